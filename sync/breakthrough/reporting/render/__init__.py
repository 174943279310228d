"""A report becomes a mail's HTML and text and a page that stands alone. Layout only: nothing is worked out here."""

from breakthrough.reporting.render.inspection import faults, tell
from breakthrough.reporting.render.marking import marked
from breakthrough.reporting.render.page import page
from breakthrough.reporting.render.report import (
    alert,
    change_package,
    closing,
    coach,
    collaborative,
    coordinator,
    drift,
    leader,
    preview,
    reminder,
    returned,
    story,
    team,
    trial,
)

__all__ = [
    "alert",
    "change_package",
    "closing",
    "coach",
    "collaborative",
    "coordinator",
    "drift",
    "faults",
    "leader",
    "marked",
    "page",
    "preview",
    "reminder",
    "returned",
    "story",
    "team",
    "tell",
    "trial",
]
