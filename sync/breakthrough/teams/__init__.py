"""The people and the work: teams, tests, ratings, asks, meetings, changes, spread, and what in them calls for a coach.

Read from the store's entries; figures are `measures`', sentences in reports are `reporting`'s.
"""

from breakthrough.teams.changes import changes
from breakthrough.teams.flags import act_first, flags
from breakthrough.teams.occasional import OCCASIONAL, FormDue, forms_due
from breakthrough.teams.package import across, by_driver
from breakthrough.teams.pdsa import POINTS, SIGHTED
from breakthrough.teams.read import Entries, read, read_roster
from breakthrough.teams.spread import check_days
from breakthrough.teams.values import (
    Ask,
    Charter,
    Closeout,
    CoachRating,
    Document,
    Flag,
    Narrative,
    Pdsa,
    Person,
    Portfolio,
    Roster,
    Severity,
    Status,
    Team,
    Text,
)

__all__ = [
    "OCCASIONAL",
    "POINTS",
    "SIGHTED",
    "Ask",
    "Charter",
    "Closeout",
    "CoachRating",
    "Document",
    "Entries",
    "Flag",
    "FormDue",
    "Narrative",
    "Pdsa",
    "Person",
    "Portfolio",
    "Roster",
    "Severity",
    "Status",
    "Team",
    "Text",
    "across",
    "act_first",
    "by_driver",
    "changes",
    "check_days",
    "flags",
    "forms_due",
    "read",
    "read_roster",
]
