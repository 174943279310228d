"""Reads everything about people and work from the store, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.teams.narratives import asks, narratives
from breakthrough.teams.pdsa import pdsas
from breakthrough.teams.ratings import ratings
from breakthrough.teams.roster import charters, people, teams
from breakthrough.teams.values import Portfolio


class Entries(Protocol):
    """Something that holds a project's entries: the store."""

    def entries(self, project: str, instrument: str | None = None) -> Iterable[Entry]:
        """The current entries of that instrument."""


def read(store: Entries, collaborative: Collaborative, today: dt.date, *, project: str = "main") -> Portfolio:
    """The portfolio: every team with a profile, and what is on its other forms, as it stands on that day.

    What cannot be read is left blank, what cannot be placed (a report without a month, a rating without a score) is
    left out; both are logged by entry and field, without values. Forms of a record without a profile are left out.
    """
    told = narratives(store.entries(project, "monthly_report"))
    everything = Portfolio(
        teams=teams(store.entries(project, "team_profile"), collaborative),
        people=people(store.entries(project, "team_roster")),
        charters=charters(store.entries(project, "team_charter"), collaborative),
        pdsas=pdsas(store.entries(project, "pdsa_cycle"), today),
        ratings=ratings(store.entries(project, "coach_rating")),
        narratives=told,
        asks=asks(told, today),
    )
    return _of_known_teams(everything)


def _of_known_teams(everything: Portfolio) -> Portfolio:
    known = {team.code for team in everything.teams}
    return Portfolio(
        teams=everything.teams,
        people=tuple(person for person in everything.people if person.team in known),
        charters={team: charter for team, charter in everything.charters.items() if team in known},
        pdsas=tuple(cycle for cycle in everything.pdsas if cycle.team in known),
        ratings=tuple(rating for rating in everything.ratings if rating.team in known),
        narratives=tuple(told for told in everything.narratives if told.team in known),
        asks=tuple(ask for ask in everything.asks if ask.team in known),
    )
