"""Charts as scenes: plain values in, and out come lines, shapes and words that never lie on one another."""

from breakthrough.reporting.charts.beside import Beside
from breakthrough.reporting.charts.broken_line import broken_line
from breakthrough.reporting.charts.crowd import MOST_DOTS
from breakthrough.reporting.charts.dot_strip import Peer, dot_strip
from breakthrough.reporting.charts.driver_diagram import driver_diagram
from breakthrough.reporting.charts.funnel import funnel
from breakthrough.reporting.charts.pills import TestMark
from breakthrough.reporting.charts.ramp import ramp
from breakthrough.reporting.charts.rating_distribution import rating_distribution
from breakthrough.reporting.charts.row import row
from breakthrough.reporting.charts.small_multiples import Panel, by_need, small_multiples
from breakthrough.reporting.charts.timeline import timeline
from breakthrough.reporting.charts.year_on_year import year_on_year

__all__ = [
    "MOST_DOTS",
    "Beside",
    "Panel",
    "Peer",
    "TestMark",
    "broken_line",
    "by_need",
    "dot_strip",
    "driver_diagram",
    "funnel",
    "ramp",
    "rating_distribution",
    "row",
    "small_multiples",
    "timeline",
    "year_on_year",
]
