"""What would change in REDCap: the project as defined here beside the project as it is there, step by step.

Nothing is sent from here; `breakthrough.redcap.deploy` carries a plan out.
"""

from breakthrough.instruments.plan.fields import in_danger
from breakthrough.instruments.plan.making import make
from breakthrough.instruments.plan.people import assignments
from breakthrough.instruments.plan.telling import as_json, markdown, summary, words
from breakthrough.instruments.plan.values import (
    PARTS,
    Held,
    Kind,
    Live,
    LiveRole,
    LiveUser,
    Part,
    Plan,
    Risk,
    Step,
    Unseen,
    Wanted,
)

__all__ = [
    "PARTS",
    "Held",
    "Kind",
    "Live",
    "LiveRole",
    "LiveUser",
    "Part",
    "Plan",
    "Risk",
    "Step",
    "Unseen",
    "Wanted",
    "as_json",
    "assignments",
    "in_danger",
    "make",
    "markdown",
    "summary",
    "words",
]
