"""What the collaborative decided: aim, calendar, measures, drivers, coaches, targets, privacy. No data."""

from breakthrough.collaborative.cases import Condition, Source
from breakthrough.collaborative.load import load
from breakthrough.collaborative.measure import Counted, Measure
from breakthrough.collaborative.model import (
    Aim,
    Coach,
    Collaborative,
    Coordinator,
    Count,
    Driver,
    Event,
    Exclusion,
    Idea,
    Phase,
    Privacy,
    Rating,
)
from breakthrough.collaborative.timeline import Timeline

__all__ = [
    "Aim",
    "Coach",
    "Collaborative",
    "Condition",
    "Coordinator",
    "Count",
    "Counted",
    "Driver",
    "Event",
    "Exclusion",
    "Idea",
    "Measure",
    "Phase",
    "Privacy",
    "Rating",
    "Source",
    "Timeline",
    "load",
]
