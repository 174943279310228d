"""The collaborative's own health, counted month by month: who reports, tests, comes, is rated and stays.

What each measure means is `measures.health`'s to say (domain §11.5).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.measures import NOT_OWED
from breakthrough.measures.health import Health, Tally, definitions, not_yet, tally
from breakthrough.measures.health.definitions import RATED_IN, SOLVED_IN, WELL_KEPT
from breakthrough.month import Month
from breakthrough.teams import leaders, presence, ramps
from breakthrough.teams.values import Pdsa, Portfolio, Team

Received = Mapping[Month, Mapping[str, dt.date]]  # the day on which a team sent a month's counts, by its code
Sent = Mapping[Month, Sequence[dt.date]]  # the days on which a month's reports went out, one for each report

_THERE = frozenset({"reported", "no_cases"})
_NOT_ASKED = NOT_OWED | {"not_due"}


def health(
    portfolio: Portfolio,
    frame: pd.DataFrame,
    collaborative: Collaborative,
    month: Month,
    today: dt.date,
    *,
    received: Received,
    sent: Sent,
) -> tuple[Tally, ...]:
    """Every health measure in every month from the collaborative's start to `month`, by measure and month.

    `frame` is the results frame of all teams. A month is not_due until the day has passed by which its figure can be
    there, not_in_session where the calendar says so, not_expected outside the months that the measure is about, and
    missing or not_collected where nothing was recorded that could be counted.
    """
    about = _About(portfolio, frame, collaborative, today, received, sent)
    known = definitions(collaborative)
    months = tuple(collaborative.calendar.start.to(min(month, collaborative.calendar.last)))
    return tuple(_COUNTED[code](about, of, one) for code, of in known.items() for one in months)


@dataclass(frozen=True)
class _About:
    """What there is to count, and what is asked of it again and again."""

    portfolio: Portfolio
    frame: pd.DataFrame
    collaborative: Collaborative
    today: dt.date
    received: Received
    sent: Sent

    def active(self, month: Month) -> frozenset[str]:
        """The teams that take part in that month."""
        return frozenset(team.code for team in self.portfolio.teams if _joined(team, month) and team.expected(month))

    @cached_property
    def reporting(self) -> Mapping[tuple[str, Month], bool]:
        """By team and month of which it owes a key figure, whether all of those that are due are there."""
        keys = list(self.collaborative.key_measures or self.collaborative.measures)
        start = self.collaborative.calendar.start.name
        rows = self.frame[self.frame["measure"].isin(keys) & (self.frame["month"] >= start)]
        there = rows["state"].isin(_THERE) | ((rows["state"] == "excluded") & rows["value"].notna())
        told = pd.DataFrame(
            {
                "team": rows["team"],
                "month": rows["month"],
                "there": there,
                "lacking": ~there & ~rows["state"].isin(_NOT_ASKED),
                "owed": ~rows["state"].isin(_NOT_ASKED),
            }
        )
        found = told.groupby(["team", "month"], sort=False).any()
        months = {name: Month(name) for name in rows["month"].unique()}
        return {
            (team, months[name]): there and not lacking
            for (team, name), there, lacking, owed in zip(
                found.index, found["there"], found["lacking"], found["owed"], strict=True
            )
            if owed
        }

    @cached_property
    def grid(self) -> presence.Grid:
        return presence.grid(self.portfolio, self.collaborative, self.today)

    @cached_property
    def firsts(self) -> tuple[Pdsa, ...]:
        return ramps.firsts(self.portfolio.pdsas)

    def closed(self, month: Month) -> list[Pdsa]:
        """The cycles of active teams that came to a decision in that month."""
        active = self.active(month)
        return [one for one in self.portfolio.pdsas if one.team in active and _within(one.closed_on, month)]


def _joined(team: Team, month: Month) -> bool:
    return team.status != "applied" and Month.of(team.joined) <= month


def _within(day: dt.date | None, month: Month) -> bool:
    return day is not None and Month.of(day) == month


Count = Callable[[_About, Health, Month], Tally]


def _in_session(by: Callable[[Collaborative, Month], dt.date]) -> Callable[[Count], Count]:
    """Counts only months in session, and these once the day that `by` names has passed."""

    def wrapped(count: Count) -> Count:
        def counted(about: _About, of: Health, month: Month) -> Tally:
            if not about.collaborative.calendar.in_session(month):
                return not_yet(of, month, "not_in_session")
            if about.today <= by(about.collaborative, month):
                return not_yet(of, month, "not_due")
            return count(about, of, month)

        return counted

    return wrapped


def _due(collaborative: Collaborative, month: Month) -> dt.date:
    return collaborative.calendar.due(month)


def _over(_: Collaborative, month: Month) -> dt.date:
    return month.last


def _rating_due(collaborative: Collaborative, month: Month) -> dt.date:
    return collaborative.calendar.rating_due(month)


def _before_report_day(collaborative: Collaborative, month: Month) -> dt.date:
    return collaborative.calendar.report_on(month) - dt.timedelta(1)


def _asks_due(collaborative: Collaborative, month: Month) -> dt.date:
    return collaborative.calendar.due(month) + dt.timedelta(SOLVED_IN)


@_in_session(_due)
def _report(about: _About, of: Health, month: Month) -> Tally:
    teams = [team for team in about.active(month) if (team, month) in about.reporting]
    return tally(of, month, sum(about.reporting[team, month] for team in teams), len(teams))


@_in_session(_due)
def _on_time(about: _About, of: Health, month: Month) -> Tally:
    measures = about.collaborative.key_measures or about.collaborative.measures
    if all(measure.source for measure in measures.values()):
        return not_yet(of, month, "not_collected")  # case rows do not say when they were sent
    due = about.collaborative.calendar.due(month)
    teams = [team for team in about.active(month) if (team, month) in about.reporting]
    came = about.received.get(month, {})
    prompt = [about.reporting[team, month] and came.get(team, dt.date.max) <= due for team in teams]
    return tally(of, month, sum(prompt), len(teams))


@_in_session(_due)
def _narratives(about: _About, of: Health, month: Month) -> Tally:
    active = about.active(month)
    told = {one.team for one in about.portfolio.narratives if one.month == month and one.complete}
    return tally(of, month, len(told & active), len(active))


@_in_session(_over)
def _testing(about: _About, of: Health, month: Month) -> Tally:
    if about.collaborative.calendar.kind(month) != "live":
        return not_yet(of, month, "not_expected")
    active = about.active(month)
    learned = {one.team for one in about.portfolio.pdsas if _within(one.studied_on, month)}
    return tally(of, month, len(learned & active), len(active))


@_in_session(_over)
def _closed(about: _About, of: Health, month: Month) -> Tally:
    return tally(of, month, len(about.closed(month)), len(about.active(month)))


@_in_session(_over)
def _documented(about: _About, of: Health, month: Month) -> Tally:
    closed = about.closed(month)
    return tally(of, month, sum(one.score >= WELL_KEPT for one in closed), len(closed))


@_in_session(_over)
def _small(about: _About, of: Health, month: Month) -> Tally:
    active = about.active(month)
    begun = [one for one in about.firsts if one.team in active and _within(one.start, month)]
    return tally(of, month, sum(one.scale in {1, 2} for one in begun), len(begun))


def _attending(about: _About, of: Health, month: Month) -> Tally:
    events = about.collaborative.calendar.events
    if not any(Month.of(event.date) == month for event in events):
        return tally(of, month, 0, 0)
    if about.today <= month.last:
        return not_yet(of, month, "not_due")
    came = about.grid.in_month(month)
    if came.unrecorded and not came.expected + came.excused:
        return not_yet(of, month, "missing")
    return tally(of, month, came.there, came.expected)


@_in_session(_due)
def _led(about: _About, of: Health, month: Month) -> Tally:
    active = about.active(month)
    return tally(of, month, len(leaders.met_in(about.portfolio, month) & active), len(active))


@_in_session(_rating_due)
def _rated(about: _About, of: Health, month: Month) -> Tally:
    active, due = about.active(month), about.collaborative.calendar.rating_due(month)
    in_time = {one.team for one in about.portfolio.ratings if one.month == month and one.given and one.given <= due}
    return tally(of, month, len(in_time & active), len(active))


@_in_session(_rating_due)
def _at_target(about: _About, of: Health, month: Month) -> Tally:
    day = about.collaborative.calendar.report_on(month)
    newest: dict[str, tuple[dt.date, float]] = {}
    for one in about.portfolio.ratings:  # by team and month, so that the newest month stays
        given = one.given or one.month.last
        if one.month <= month and given <= day:
            newest[one.team] = given, one.score
    fresh = {team for team, (given, _) in newest.items() if (day - given).days <= RATED_IN}
    high = {team for team in fresh if newest[team][1] >= about.collaborative.rating.target}
    active = about.active(month)
    return tally(of, month, len(high & active), len(active))


def _staying(about: _About, of: Health, month: Month) -> Tally:
    if about.today <= month.last:
        return not_yet(of, month, "not_due")
    ever = [team for team in about.portfolio.teams if _joined(team, month)]
    return tally(of, month, sum(team.expected(month) or team.status == "completed" for team in ever), len(ever))


@_in_session(_before_report_day)
def _turnaround(about: _About, of: Health, month: Month) -> Tally:
    days = [(day - month.last).days for day in about.sent.get(month, ())]
    if not days:
        is_due = about.today > about.collaborative.calendar.report_on(month)
        return not_yet(of, month, "missing" if is_due else "not_due")
    return Tally(of.code, month, "reported", None, float(len(days)), float(median(days)))


@_in_session(_asks_due)
def _solved(about: _About, of: Health, month: Month) -> Tally:
    asks = [one for one in about.portfolio.requests if one.month == month]
    ripe = [one for one in asks if one.state == "solved" or one.age(about.today) > SOLVED_IN]
    soon = [one for one in ripe if one.state == "solved" and one.age(about.today) <= SOLVED_IN]
    return tally(of, month, len(soon), len(ripe))


_COUNTED: Mapping[str, Count] = {
    "h_report": _report,
    "h_ontime": _on_time,
    "h_narr": _narratives,
    "h_test": _testing,
    "h_pdsa": _closed,
    "h_pdsaq": _documented,
    "h_small": _small,
    "h_attend": _attending,
    "h_leader": _led,
    "h_rated": _rated,
    "h_at4": _at_target,
    "h_retain": _staying,
    "h_turn": _turnaround,
    "h_asks": _solved,
}
