"""The senior leader's half page (domain §7.3): aim and one chart, three lines, one decision with its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.errors import NothingToReport
from breakthrough.language import day, say
from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links, checked
from breakthrough.reporting.parts import Chip, Figure, Header, Link, Passage, Row
from breakthrough.reporting.sentences import actions, aim, cycles, dates, goals
from breakthrough.reporting.sentences import leader as words
from breakthrough.reporting.sentences.verdicts import verdict
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import chart_blocks, decisions, gather
from breakthrough.reporting.views.decisions import Decision
from breakthrough.reporting.views.occasion import NAME, Occasion, header, subject
from breakthrough.teams import presence
from breakthrough.teams.values import Flag, Pdsa, Portfolio

FORM = "leader_checkin"
# What holds a team up, as a leader may hear it. Ratings that are not released, and doubts about data, are the coach's.
_STUCK = ("silent2", "worse", "late", "stuck_test", "no_test", "absent", "ask_open")
_LINES = 2


@dataclass(frozen=True, slots=True)
class LeaderReport:
    """Everything that a senior leader's report says and shows, in the order it is read."""

    team: str
    month: Month
    subject: str
    header: Header
    heading: str
    aim: Passage | None
    chip: Chip
    figure: Figure
    meaning: str
    lines: tuple[Row, ...]  # gained, stuck, next
    words: Passage | None  # the team's own, about what comes next
    decision: Decision
    standing: tuple[str, ...]  # the coach's rating, then who came
    home: str


def leader_report(
    collaborative: Collaborative,
    team: str,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    *,
    flags: Sequence[Flag],
    occasion: Occasion,
    answers: bool = True,
) -> LeaderReport:
    """The half page for the senior leader of one team.

    `portfolio`, `frame`, `charts` and `flags` hold that team alone; `answers` tells whether REDCap has the leader's
    form. Raises ReportError where anything of another team is among them, NothingToReport where the team has no chart.
    """
    gather.confine([team], portfolio, frame, charts, (), (flag.team for flag in flags))
    mine = {measure: chart for (_, measure), chart in charts.items()}
    lead = mine.get(collaborative.aim.measure)
    if lead is None:
        raise NothingToReport(
            f"There is no chart of the aim’s measure for team {team}, so there is nothing to tell its senior leader. "
            "Is the team among those that figures were worked out for?"
        )
    who, today, links = portfolio.team(team), occasion.today(collaborative), occasion.links
    measure = collaborative.measures[lead.measure]
    finding = verdict(lead, measure, collaborative.calendar)
    numbers = cycles.numbered(portfolio.pdsas)
    bearing = actions.bearing(portfolio.pdsas, lead.measure, measure, collaborative)
    by = decisions.by_when(collaborative, collaborative.coach(who.coach), today)
    wins = lead.verdict == "improving" and _kept(portfolio.pdsas, today) > 0
    asked = decisions.asked(portfolio, flags, collaborative, links, today, by, wins=wins)
    heading = aim.heading(lead, measure)
    charter = portfolio.charters.get(team)
    own = gather.narrative(portfolio, team, occasion.month)
    ahead = gather.passage(own.next, links, 200) if own else None
    title = say("{team}, {month}", team=line(who.name, NAME), month=occasion.month.label)
    return LeaderReport(
        team=team,
        month=occasion.month,
        subject=subject(collaborative, say("One decision for you"), occasion),
        header=header(collaborative, occasion, title, preview=words.preview(heading, asked.question)),
        heading=heading,
        aim=gather.passage(charter.aim, links, 240) if charter else None,
        chip=finding.chip,
        figure=chart_blocks.picture(lead, measure, collaborative, numbers, bearing, finding.heading),
        meaning=joined(f"{finding.heading}.", goals.sentence(lead, measure)),
        lines=(
            Row(say("Gained"), (words.gained(mine, collaborative.measures, _kept(portfolio.pdsas, today)),)),
            Row(say("Stuck"), (_stuck(flags, asked.about),)),
            Row(say("Next"), (_next(collaborative, portfolio, team, occasion),)),
        ),
        words=ahead if ahead and ahead.text else None,
        decision=Decision(
            say("One decision, by {day}", day=day(by)),
            asked.question,
            asked.why,
            asked.quote,
            Link(say("Answer in REDCap"), _form(portfolio, team, occasion.month, links)) if answers else None,
        ),
        standing=_standing(collaborative, portfolio, team, occasion),
        home=checked(links(team)),
    )


def _kept(tests: Sequence[Pdsa], today: dt.date) -> int:
    """Change ideas that a team has decided to keep, or has begun to make routine."""
    begun = [one for one in tests if one.start is not None and one.start <= today]
    return len({one.idea or one.ramp or str(one.entry) for one in begun if one.decision == "adopt"})


def _stuck(flags: Sequence[Flag], told: str) -> str:
    """The gravest of what holds the team up, in the flags' own words; `told` is what the decision speaks of already."""
    found = [flag for code in _STUCK for flag in flags if flag.code == code]
    codes = {flag.code for flag in found} | {told}
    left = [one for one in found if one.code != told and not (one.code == "no_test" and "stuck_test" in codes)]
    if not left:
        return words.nothing_else_stuck() if told in _STUCK else words.not_stuck()
    return joined(*(decisions.sentence(flag.evidence) for flag in left[:_LINES]))


def _next(collaborative: Collaborative, portfolio: Portfolio, team: str, occasion: Occasion) -> str:
    coach = collaborative.coach(portfolio.team(team).coach)
    today = occasion.today(collaborative)
    open_ = [one for one in portfolio.pdsas if one.status in {"planned", "running"}]
    titles = list(dict.fromkeys(cycles.title([one], collaborative) for one in open_ if _named(one, collaborative)))
    coming = dates.for_team(collaborative, coach, occasion.month, today, 1)
    return words.tests_ahead(len(open_), titles, words.dated(coming[0].day, coming[0].what) if coming else "")


def _named(test: Pdsa, collaborative: Collaborative) -> bool:
    """Whether there is a name for the test that may be printed."""
    return test.idea in collaborative.ideas or bool(test.title.printable)


def _standing(collaborative: Collaborative, portfolio: Portfolio, team: str, occasion: Occasion) -> tuple[str, ...]:
    """The released rating beside the first one, and how often team and leader came."""
    released = [one for one in portfolio.ratings if one.released and one.month <= occasion.month]
    given = gather.rating(portfolio, team, occasion.month)
    first = min(released, key=lambda one: one.month, default=None)
    came = presence.grid(portfolio, collaborative, occasion.today(collaborative))
    seen = [one.leader for one in came.cells.values() if one.leader is not None]
    told = (
        words.rating(given if given and given.released else None, first, occasion.month, collaborative),
        words.attendance(came.of_team(team), sum(seen) if seen else None),
    )
    return tuple(one for one in told if one)


def _form(portfolio: Portfolio, team: str, month: Month, links: Links) -> str:
    """The leader's form of that month where it was begun, else a new one."""
    begun = [one.entry.instance for one in portfolio.leader_answers if one.month == month]
    every = [one.entry.instance for one in portfolio.leader_answers]
    return checked(links(team, FORM, max(begun) if begun else max(every, default=0) + 1))
