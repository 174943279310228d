"""What the collaborative decided: aim, calendar, measures, drivers, coaches, targets, privacy. No data."""

from breakthrough.collaborative.cases import Condition, Source
from breakthrough.collaborative.counted import Counted
from breakthrough.collaborative.definition import Goal, Part, Ratio, Sampling, Version
from breakthrough.collaborative.flags import FlagCode, Flags, Trajectory
from breakthrough.collaborative.load import load, parse
from breakthrough.collaborative.measure import Measure
from breakthrough.collaborative.model import (
    Aim,
    Coach,
    Collaborative,
    Commitment,
    Coordinator,
    Count,
    Driver,
    Event,
    Exclusion,
    Idea,
    Phase,
    Privacy,
    Rating,
    Reporting,
    Sponsor,
)
from breakthrough.collaborative.timeline import Stage, Timeline

__all__ = [
    "Aim",
    "Coach",
    "Collaborative",
    "Commitment",
    "Condition",
    "Coordinator",
    "Count",
    "Counted",
    "Driver",
    "Event",
    "Exclusion",
    "FlagCode",
    "Flags",
    "Goal",
    "Idea",
    "Measure",
    "Part",
    "Phase",
    "Privacy",
    "Rating",
    "Ratio",
    "Reporting",
    "Sampling",
    "Source",
    "Sponsor",
    "Stage",
    "Timeline",
    "Trajectory",
    "Version",
    "load",
    "parse",
]
