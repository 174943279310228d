"""Reads everything about people and work from the store, once; or of people alone who they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.store import Sightings
from breakthrough.teams.assessments import assessments
from breakthrough.teams.changes import statements
from breakthrough.teams.closing import closeouts, documents
from breakthrough.teams.meetings import attendance, contacts, leader_answers, storyboards
from breakthrough.teams.narratives import asks, narratives
from breakthrough.teams.pdsa import pdsas
from breakthrough.teams.prework import prework
from breakthrough.teams.ratings import ratings
from breakthrough.teams.roster import charters, people, teams
from breakthrough.teams.spread import sustain_checks, units
from breakthrough.teams.values import Portfolio, Roster

_NONE: Sightings = {}


class Entries(Protocol):
    """Something that holds a project's entries: the store."""

    def entries(self, project: str, instrument: str | None = None) -> Iterable[Entry]:
        """The current entries of that instrument."""


def read_roster(store: Entries, collaborative: Collaborative, today: dt.date, *, project: str = "main") -> Roster:
    """Every team with a profile, and its people, as they stand on that day: what `read` gives, in a fifth of the time.

    For what is asked at every tick and of every mail: who gets it, and who owes figures.
    """
    found = teams(store.entries(project, "team_profile"), collaborative, today)
    codes = {team.code for team in found}
    return Roster(found, tuple(one for one in people(store.entries(project, "team_roster")) if one.team in codes))


def read(
    store: Entries,
    collaborative: Collaborative,
    today: dt.date,
    *,
    project: str = "main",
    seen: Sightings = _NONE,
) -> Portfolio:
    """The portfolio: every team with a profile, and what is on its other forms, as it stands on that day.

    `seen` tells when the fields `pdsa.SIGHTED` of the PDSA form were first seen, so that no prediction is taken for
    older than it is; without it, the form's own date counts.

    What cannot be read is left blank, what cannot be placed (a report without a month, a rating without a score) is
    left out; both are logged by entry and field, without values. Forms of a record without a profile are left out.
    """

    def forms(instrument: str) -> Iterable[Entry]:
        return store.entries(project, instrument)

    told = narratives(forms("monthly_report"))
    met = contacts(forms("coach_contact"), today)
    requests = asks(told, met, today)
    everything = Portfolio(
        teams=teams(forms("team_profile"), collaborative, today),
        people=people(forms("team_roster")),
        charters=charters(forms("team_charter"), collaborative),
        pdsas=pdsas(forms("pdsa_cycle"), today, seen=seen, zone=collaborative.zone),
        ratings=ratings(forms("coach_rating")),
        narratives=told,
        asks=tuple(ask for ask in requests if ask.state != "solved"),
        requests=requests,
        attendance=attendance(forms("event_attendance"), collaborative),
        contacts=met,
        leader_answers=leader_answers(forms("leader_checkin")),
        statements=statements(forms("change_status")),
        units=units(forms("spread_plan")),
        sustain_checks=sustain_checks(forms("sustain_check")),
        assessments=assessments(forms("care_assessment")),
        storyboards=storyboards(forms("storyboard")),
        closeouts=closeouts(forms("closeout"), collaborative),
        documents=documents(forms("document_upload")),
        prework=prework(forms("prework")),
    )
    return everything.only(*(team.code for team in everything.teams))
