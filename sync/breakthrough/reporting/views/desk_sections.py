"""The sections of a coordinator's report: who is late, what in the data needs a look, mails, ratings, health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough import language
from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.language import count, exact, inside, of, say
from breakthrough.measures import health
from breakthrough.measures.values import Blocked, Doubt, Uncounted
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.desk import Desk
from breakthrough.reporting.links import Links, checked, of_entry
from breakthrough.reporting.parts import Chip, Link
from breakthrough.reporting.sentences import desk as words
from breakthrough.reporting.sentences import duties, states
from breakthrough.reporting.sentences.verdicts import chip
from breakthrough.reporting.views import gather
from breakthrough.reporting.views.returns import Return
from breakthrough.settings import MAIN
from breakthrough.teams.values import Portfolio, Team

_BACK = 12  # months that are still asked for
_DOUBTED = 3  # months that doubts look back
_TAKING_PART = frozenset({"active", "completed"})


@dataclass(frozen=True, slots=True)
class Late:
    """What a team has not sent: since when the oldest of it is due, what it is, whom to ring, where to enter it."""

    team: str
    chip: Chip
    what: tuple[str, ...]
    ring: str
    coach: str
    link: Link
    now: bool  # something of the month reported is among it
    days: int


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the data to look at, and where it stands in REDCap, if it stands in one place."""

    where: str
    text: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class MailRow:
    """One kind of report, and how many mails of it stand where."""

    kind: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unrated:
    """A coach, and the teams that have no rating for the month."""

    coach: str
    teams: str


@dataclass(frozen=True, slots=True)
class HealthRow:
    """A measure of the collaborative itself: its newest figure, of how many, against its goal."""

    name: str
    figure: str
    counted: str
    goal: str
    met: bool | None  # None without a figure
    chip: Chip  # blank where no rule holds


def late(
    collaborative: Collaborative,
    portfolio: Portfolio,
    sent: Mapping[tuple[str, Month], Return],
    month: Month,
    today: dt.date,
    links: Links,
) -> tuple[Late, ...]:
    """The teams that owe something whose day has passed, those that owe the month itself first."""
    found = (
        _late(collaborative, portfolio, team, sent, month, today, links)
        for team in portfolio.teams
        if team.status in _TAKING_PART
    )
    return tuple(sorted((one for one in found if one), key=lambda one: (not one.now, -one.days, one.team)))


def _late(
    collaborative: Collaborative,
    portfolio: Portfolio,
    team: Team,
    sent: Mapping[tuple[str, Month], Return],
    month: Month,
    today: dt.date,
    links: Links,
) -> Late | None:
    calendar = collaborative.calendar
    first = max(month + -(_BACK - 1), calendar.start)
    whole: list[Month] = []
    part: dict[tuple[str, ...], list[Month]] = {}
    days: list[dt.date] = []
    for at in first.to(month):
        one = sent.get((team.code, at))
        owed = _overdue(one, collaborative, today) if one else {}
        if one and len(owed) == one.of:
            whole.append(at)
        elif owed:
            part.setdefault(tuple(owed), []).append(at)
        days += owed.values()
    what = [words.counts_owed(whole, (), month)] if whole else []
    what += [words.counts_owed(months, names, month) for names, months in part.items()]
    now, due = sent.get((team.code, month)), calendar.due(month)
    if now and now.standing != "not expected" and due < today and not _told(portfolio, team.code, month):
        what.append(words.report_owed(month))
        days.append(due)
    if not days:
        return None
    coach = collaborative.coach(team.coach)
    return Late(
        team=line(team.short or team.name, 40),
        chip=duties.overdue(min(days), today),
        what=tuple(what),
        ring=_ring(portfolio, team.code, today),
        coach=line(coach.name, 60) if coach else "",
        link=Link(say("Open its record"), checked(links(team.code))),
        now=month in whole or any(month in months for months in part.values()),
        days=(today - min(days)).days,
    )


def _overdue(one: Return, collaborative: Collaborative, today: dt.date) -> dict[str, dt.date]:
    """The names of the measures of which a month's counts are missing though their day has passed, with that day."""
    found = {}
    for gap in one.gaps:
        measure = collaborative.measures[gap.measure]
        due = collaborative.calendar.due(one.month, measure.lag)
        if gap.state == "missing" and due < today:
            found[measure.name] = due
    return found


def _told(portfolio: Portfolio, team: str, month: Month) -> bool:
    written = gather.narrative(portfolio, team, month)
    return written is not None and bool(written.complete or written.submitted)


def _ring(portfolio: Portfolio, team: str, today: dt.date) -> str:
    """The person to ring: the day-to-day leader of today, else the data lead, else the senior leader."""
    here = [
        one
        for one in portfolio.people
        if one.team == team and one.name.strip() and one.since <= today and (one.until is None or today <= one.until)
    ]
    for role in words.RUNG:
        for one in here:
            if one.role == role:
                return words.person(one.name, role)
    return words.nobody()


def quality(
    collaborative: Collaborative,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    desk: Desk,
    doubts: Sequence[Doubt],
    blocked: Sequence[Blocked],
    uncounted: Sequence[Uncounted],
    month: Month,
    links: Links,
) -> tuple[Finding, ...]:
    """What keeps figures from being right, what stops all of them first, then single ones, the newest first."""
    names = {team.code: line(team.short or team.name, 40) for team in portfolio.teams}
    every = say("All teams")
    found = [Finding(every, words.lacking(desk.lacking))] if desk.lacking else []
    found += [Finding(every, words.shut(*one)) for one in desk.shut]
    found += [
        Finding(every, words.blocked(collaborative.measures[one.measure].name, one.reasons))
        for one in blocked
        if one.measure in collaborative.measures
    ]
    found += [Finding(every, words.vanished(*one)) for one in desk.vanished]
    for one in desk.unanswered:
        ours = one.project == MAIN
        link = Link(say("Open the record"), checked(links(one.record))) if ours else None
        found.append(Finding(names.get(one.record, every) if ours else every, words.unanswered(one), link))
    found += [_rows(one, names, every, links) for one in uncounted]
    recent = [one for one in doubts if one.code != "uncounted" and month + -_DOUBTED < one.month <= month]
    recent.sort(key=lambda one: (one.code != "invalid", -one.month.first.toordinal()))
    forms = _forms(frame)
    found += [
        Finding(names.get(one.team, one.team), line(one.evidence, 240), _form(one, forms, links)) for one in recent
    ]
    return tuple(found)


def _rows(one: Uncounted, names: Mapping[str, str], every: str, links: Links) -> Finding:
    """Case rows that no figure holds; a link to the first of them where it is in the collaborative's own project."""
    first = one.rows[0] if one.rows else None
    link = None
    if first is not None and first.project == MAIN:
        link = Link(say("Open the first row"), checked(of_entry(links, first)))
    return Finding(names.get(one.team, every), line(one.evidence, 240), link)


def _forms(frame: pd.DataFrame) -> dict[tuple[str, str, str], str]:
    keys = zip(frame["team"], frame["measure"], frame["month"], strict=True)
    return dict(zip(keys, frame["entry_key"], strict=True))


def _form(one: Doubt, forms: Mapping[tuple[str, str, str], str], links: Links) -> Link:
    """The monthly form that a figure came from; the team's record where it came from none of ours."""
    parts = forms.get((one.team, one.measure, one.month.name), "").split("/")
    if len(parts) < 4 or parts[0] != MAIN or not parts[-1].isdigit():
        return Link(say("Open the record"), checked(links(one.team)))
    key = EntryKey(parts[0], parts[1], "", parts[-2], int(parts[-1]))
    return Link(say("Open the form"), checked(of_entry(links, key)))


def mails(desk: Desk) -> tuple[MailRow, ...]:
    """The mails by kind, as they stand in the outbox."""
    return tuple(
        MailRow(
            words.kind(one),
            tuple(count(number) for number in (one.sent, one.held, one.waiting, one.refused, one.uncertain)),
        )
        for one in desk.mails
    )


def unrated(collaborative: Collaborative, portfolio: Portfolio, month: Month) -> tuple[Unrated, ...]:
    """The coaches that have not rated a team for the month, with those teams."""
    found = []
    for coach in collaborative.coaches:
        without = [
            line(team.short or team.name, 40)
            for team in portfolio.of_coach(coach.code)
            if team.status == "active"
            and team.expected(month)
            and Month.of(team.joined) <= month
            and gather.rating(portfolio, team.code, month) is None
        ]
        if without:
            found.append(Unrated(line(coach.name, 60), language.listed(without)))
    return tuple(found)


def healthy(collaborative: Collaborative, desk: Desk, month: Month) -> tuple[HealthRow, ...]:
    """The collaborative's own measures, a row each."""
    known = health.definitions(collaborative)
    drawn = health.charts(desk.health, collaborative) if desk.health else {}
    rows = []
    for code, what in known.items():
        tallies = [one for one in desk.health if one.code == code and one.month <= month]
        if not tallies:
            continue
        judged = code in drawn and what.shape == "run"
        rows.append(_health(what, tallies, chip(drawn[code].verdict) if judged else Chip("", "")))
    return tuple(rows)


def _health(what: health.Health, tallies: Sequence[health.Tally], verdict: Chip) -> HealthRow:
    """The month's figure; where that cannot be there yet, the newest one, with its month."""
    newest = next((one for one in reversed(tallies) if one.value is not None), None)
    now = tallies[-1]
    goal = words.measured(exact(what.goal), what.unit)
    if newest is None or newest.value is None:
        return HealthRow(what.name, "–", states.cell(now.state), goal, None, Chip("", ""))
    reached = newest.value >= what.goal if what.direction == "higher" else newest.value <= what.goal
    counted = ""
    if newest.numerator is not None and newest.denominator:
        counted = of(newest.numerator, newest.denominator)
    if newest.month != now.month:
        month = newest.month.word
        counted = say("{counts} in {month}", counts=counted, month=month) if counted else say("in {month}", month=month)
    shown = language.figure(newest.value, 0, "") if what.unit == "%" else language.trimmed(newest.value)
    figure = words.measured(shown, what.unit)
    return HealthRow(what.name, figure, counted, goal, reached, verdict)


def below(rows: Sequence[HealthRow]) -> list[str]:
    """The names of the measures that are not at their goal."""
    return [inside(one.name) for one in rows if one.met is False]
