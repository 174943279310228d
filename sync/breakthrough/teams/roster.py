"""Who takes part: teams from their profiles, people from rosters, each team's own aim and goals from its charter."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable, Mapping
from functools import cache

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.teams.forms import Form
from breakthrough.teams.values import Charter, Person, Status, Team

log = logging.getLogger(__name__)

_STATUS: Mapping[str, Status] = {"1": "applied", "2": "active", "3": "paused", "4": "withdrew", "5": "completed"}
_TYPES = {
    "1": "district or local authority",
    "2": "school",
    "3": "university or college",
    "4": "practice or clinic",
    "5": "hospital",
    "6": "other",
}
_ROLES = {code: code for code in "1234567"}
_REPORTS = {"1": "team", "2": "leader", "3": "reminders"}
# One plain address: no name, list or header line can hide in it.
_ADDRESS = re.compile(r"[^@\s,;:<>()\"\x00-\x1f\x7f]+@[^@\s,;:<>()\"\x00-\x1f\x7f]+\.[^@\s,;:<>()\"\x00-\x1f\x7f]+")
_NEVER = dt.date.max
_ALWAYS = dt.date.min


def teams(profiles: Iterable[Entry], collaborative: Collaborative, today: dt.date | None = None) -> tuple[Team, ...]:
    """One team for each profile, by code. A profile without a readable status has only applied: it gets no mail yet.

    With `today`, a team whose coach has left by then is told of in the log, as one that nobody coaches is.
    """
    found = [_team(Form(entry, "tp_noid"), collaborative, today) for entry in profiles]
    return tuple(sorted(found, key=lambda team: team.code))


def people(rosters: Iterable[Entry]) -> tuple[Person, ...]:
    """Everyone on a roster. Who has no usable address stays listed and gets no mail."""
    return tuple(_person(Form(entry)) for entry in rosters)


def charters(forms: Iterable[Entry], collaborative: Collaborative) -> dict[str, Charter]:
    """Charters by team, goals only for measures that the collaborative has."""
    return {form.team: _charter(form, collaborative) for form in (Form(entry, "tc_noid") for entry in forms)}


def _team(form: Form, collaborative: Collaborative, today: dt.date | None) -> Team:
    status = form.choice("tp_status", _STATUS) or "applied"
    left = form.day("tp_left")
    if status == "withdrew" and left is None:
        log.warning("a team withdrew without a day, so it goes on owing data: entry=%s field=tp_left", form.key)
    coach = collaborative.coach(form.text("tp_coach"))
    if coach is None:
        log.warning("a team is in no coach's report: entry=%s field=tp_coach names no coach of ours", form.key)
    elif today and status == "active" and not coach.coaches(today):
        log.warning("a team is in no coach's report: entry=%s field=tp_coach names a coach who has left", form.key)
    return Team(
        code=form.team,
        name=form.text("tp_name") or form.team,
        short=form.text("tp_short") or form.text("tp_name")[:14] or form.team,
        dag=form.dag,
        coach=form.text("tp_coach"),
        status=status,
        joined=form.day("tp_joined") or collaborative.calendar.start.first,
        left=left,
        organisation=form.text("tp_org"),
        region=form.text("tp_region"),
        cohort=form.text("tp_cohort"),
        type=_TYPES.get(form.text("tp_type"), form.text("tp_type")),
    )


def _person(form: Form) -> Person:
    """A person; a date that cannot be read means no mail, as nobody knows whether they are still there."""
    address = form.text("tr_email")
    usable = bool(_ADDRESS.fullmatch(address))
    if address and not usable:
        log.warning("no mail to this person, the address cannot be used: entry=%s field=tr_email", form.key)
    unknown = form.unreadable("tr_from") or form.unreadable("tr_to")
    return Person(
        team=form.team,
        name=form.text("tr_name"),
        email=address if usable else "",
        role=form.choice("tr_role", _ROLES) or "",
        since=_NEVER if unknown else form.day("tr_from") or _ALWAYS,
        until=form.day("tr_to"),
        reports=_reports(*(code for code in _REPORTS if form.ticked(f"tr_reports___{code}"))),
        consents=form.ticked("tr_consent_mail"),
        hours=hours if (hours := form.number("tr_hours")) is not None and hours >= 0 else None,
        experienced=form.yes("tr_qi_before"),
    )


@cache  # there are eight of them, for thousands of people
def _reports(*codes: str) -> frozenset[str]:
    return frozenset(_REPORTS[code] for code in codes)


def _charter(form: Form, collaborative: Collaborative) -> Charter:
    goals = {measure: form.number(f"tc_goal_{measure}") for measure in collaborative.measures}
    return Charter(
        team=form.team,
        aim=form.written("tc_aim"),
        pilot=form.text("tc_pilot"),
        goals={measure: goal for measure, goal in goals.items() if goal is not None},
    )
