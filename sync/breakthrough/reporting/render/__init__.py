"""A report becomes a mail's HTML and text and a page that stands alone. Layout only: nothing is worked out here."""

from breakthrough.reporting.render.report import coach, coordinator, drift, team

__all__ = ["coach", "coordinator", "drift", "team"]
