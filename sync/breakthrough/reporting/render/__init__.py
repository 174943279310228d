"""A report becomes a mail's HTML and text and a page that stands alone. Layout only: nothing is worked out here."""

from breakthrough.reporting.render.inspection import faults, tell
from breakthrough.reporting.render.report import (
    change_package,
    closing,
    coach,
    collaborative,
    coordinator,
    drift,
    leader,
    returned,
    story,
    team,
)

__all__ = [
    "change_package",
    "closing",
    "coach",
    "collaborative",
    "coordinator",
    "drift",
    "faults",
    "leader",
    "returned",
    "story",
    "team",
    "tell",
]
