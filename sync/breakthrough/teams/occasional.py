"""Forms that are due once or now and then, by the phase of the journey: which a team still owes, and by which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.teams.spread import check_days
from breakthrough.teams.values import Portfolio, Team

OCCASIONAL = ("storyboard", "spread_plan", "sustain_check", "closeout")

_THERE = frozenset({"active", "completed"})


@dataclass(frozen=True, slots=True)
class FormDue:
    """A form that a team has not filled in. `about` is the event's code or the check's name; '' where there is one."""

    team: str
    instrument: str
    about: str
    day: dt.date


def forms_due(portfolio: Portfolio, collaborative: Collaborative, instruments: Collection[str]) -> tuple[FormDue, ...]:
    """What each team owes at any time, by day and team; of the instruments that the project has.

    A storyboard at each learning session, the spread plan from the first session of spreading on, the sustainability
    check then, at the end and 3, 6 and 12 months later (domain §9), the closing form at the end. A team that joined
    after the day owes nothing of it.
    """
    owed = [
        one
        for team in portfolio.teams
        if team.status in _THERE
        for one in (*_storyboards(team, portfolio, collaborative), *_by_phase(team, portfolio, collaborative))
        if one.instrument in instruments and team.joined <= one.day
    ]
    return tuple(sorted(owed, key=lambda one: (one.day, one.team, one.instrument)))


def _storyboards(team: Team, portfolio: Portfolio, collaborative: Collaborative) -> Iterator[FormDue]:
    shown = {one.event for one in portfolio.storyboards if one.team == team.code}
    for event in collaborative.calendar.events:
        if event.kind == "learning_session" and event.code not in shown:
            yield FormDue(team.code, "storyboard", event.code, event.date)


def _by_phase(team: Team, portfolio: Portfolio, collaborative: Collaborative) -> Iterator[FormDue]:
    events = sorted(collaborative.calendar.events, key=lambda event: event.date)
    sessions = [one.date for one in events if (one.kind, one.phase) == ("learning_session", "spreading")]
    spreading, end = sessions[0] if sessions else None, collaborative.calendar.end.last
    if spreading and not any(one.team == team.code for one in portfolio.units):
        yield FormDue(team.code, "spread_plan", "", spreading)
    done = {one.when for one in portfolio.sustain_checks if one.team == team.code}
    for check, day in check_days(spreading, end).items():
        if check not in done:
            yield FormDue(team.code, "sustain_check", check, day)
    if not any(one.team == team.code for one in portfolio.closeouts):
        yield FormDue(team.code, "closeout", "", end)
