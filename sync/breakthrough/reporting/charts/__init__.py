"""Charts as scenes: plain values in, and out come lines, shapes and words that never lie on one another."""

from breakthrough.reporting.charts.pills import TestMark
from breakthrough.reporting.charts.ramp import ramp
from breakthrough.reporting.charts.rating_distribution import rating_distribution
from breakthrough.reporting.charts.row import row
from breakthrough.reporting.charts.timeline import timeline
from breakthrough.reporting.charts.year_on_year import year_on_year

__all__ = ["TestMark", "ramp", "rating_distribution", "row", "timeline", "year_on_year"]
