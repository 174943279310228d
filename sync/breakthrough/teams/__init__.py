"""The people and the work: teams, rosters, tests, ratings, reports and asks, and what in them calls for a coach.

Read from the store's entries; figures are `measures`', sentences in reports are `reporting`'s.
"""

from breakthrough.teams.case import Thresholds
from breakthrough.teams.flags import act_first, flags
from breakthrough.teams.pdsa import POINTS
from breakthrough.teams.read import Entries, read
from breakthrough.teams.values import (
    Ask,
    Charter,
    CoachRating,
    Flag,
    Narrative,
    Pdsa,
    Person,
    Portfolio,
    Severity,
    Status,
    Team,
    Text,
)

__all__ = [
    "POINTS",
    "Ask",
    "Charter",
    "CoachRating",
    "Entries",
    "Flag",
    "Narrative",
    "Pdsa",
    "Person",
    "Portfolio",
    "Severity",
    "Status",
    "Team",
    "Text",
    "Thresholds",
    "act_first",
    "flags",
    "read",
]
