"""A report becomes a mail's HTML and text and a page that stands alone. Layout only: nothing is worked out here."""

from breakthrough.reporting.render.inspection import faults, tell
from breakthrough.reporting.render.report import coach, drift, team

__all__ = ["coach", "drift", "faults", "team", "tell"]
