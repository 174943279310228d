"""The coach's report (domain §7.1): do first, asks, teams, ratings, the collaborative, bright spots, doubts, dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Coach, Collaborative
from breakthrough.language import say, worded
from breakthrough.measures.values import Blocked, Chart, Doubt, Pooled, Restated, Uncounted
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Dated, Header, Listing
from breakthrough.reporting.sentences import dates, duties
from breakthrough.reporting.sentences import restated as changes
from breakthrough.reporting.sentences.words import named
from breakthrough.reporting.views import attention, grid
from breakthrough.reporting.views import coach_sections as sections
from breakthrough.reporting.views.coach_sections import AskLine, Finding, Ratings, Together
from breakthrough.reporting.views.occasion import NAME, Occasion, header, subject
from breakthrough.reporting.views.scope import scope
from breakthrough.teams.values import Flag, Portfolio


@dataclass(frozen=True, slots=True)
class CoachReport:
    """Everything a coach's report says and shows, in the order it is read."""

    coach: str
    month: Month
    subject: str
    header: Header
    reader: str
    heading: str
    sent: str
    first: tuple[attention.First, ...]
    asks: tuple[AskLine, ...]
    more_asks: str
    measure: str
    shown: str  # the month that the rows' figures are of
    rows: tuple[grid.TeamRow, ...]
    legend: str
    listing: Listing  # of the rows' pictures
    ratings: Ratings
    together: Together | None
    bright: tuple[Finding, ...]
    more_bright: str
    full_logs: str
    doubts: tuple[Finding, ...]
    more_doubts: str
    restated: tuple[Finding, ...]
    more_restated: str
    dates: tuple[Dated, ...]

    @property
    def mailed(self) -> tuple[grid.TeamRow, ...]:
        """The rows that the mail has room for; the page has all."""
        return self.rows[: grid.PICTURED]

    @property
    def after(self) -> str:
        """The teams after those with their figures, as far as the mail has room for them; '' where there are none."""
        some = self.rows[grid.PICTURED : grid.PICTURED + grid.NAMED]
        return grid.after([*some], len(self.rows) - grid.PICTURED - len(some)) if some else ""


def coach_report(
    collaborative: Collaborative,
    coach: Coach,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    *,
    pooled: Sequence[Pooled],
    pooled_chart: Chart | None,
    flags: Sequence[Flag],
    occasion: Occasion,
    doubts: Sequence[Doubt] = (),
    received: Mapping[str, dt.date] | None = None,
    blocked: Sequence[Blocked] = (),
    unplaced: Sequence[Uncounted] = (),
    restated: Sequence[Restated] = (),
) -> CoachReport:
    """The report of one coach and month.

    `portfolio`, `frame`, `charts`, `flags`, `doubts`, `received` (the day on which a team's counts of the month came
    in) and `restated` (figures that the coach's last report gave otherwise) hold the coach's teams alone; `pooled` and
    `pooled_chart` are of the aim's measure over all teams; `blocked` are the measures that cannot be counted,
    `unplaced` case rows that are no team's. Raises ReportError where anything of another coach's team is among them,
    NothingToReport where the coach has no team.
    """
    about = scope(
        collaborative,
        coach,
        portfolio,
        frame,
        charts,
        flags,
        doubts,
        received or {},
        occasion,
        blocked,
        unplaced,
        restated,
    )
    first = attention.first(about.teams, about.flags, about.names, about.urls)
    heading = sections.headline(about, first[0].team if first else "")
    asks, bright, doubted = sections.asks(about), sections.bright(about), sections.doubts(about)
    changed = sections.changed(about)
    title = worded("Your {n} team, {month}", "Your {n} teams, {month}", len(about.teams), month=occasion.month.label)
    return CoachReport(
        coach=coach.code,
        month=occasion.month,
        subject=subject(collaborative, say("Your teams"), occasion),
        header=header(collaborative, occasion, title, preview=heading),
        reader=line(coach.name, NAME),
        heading=heading,
        sent=sections.sent(about),
        first=first,
        asks=asks[: sections.ASKS],
        more_asks=duties.more(len(asks) - sections.ASKS),
        measure=about.aim.name,
        shown=named(grid.month(about), occasion.month),
        rows=sections.rows(about),
        legend=grid.legend(about),
        listing=grid.listing(about),
        ratings=sections.spread(about),
        together=sections.together(about, pooled, pooled_chart),
        bright=bright[: sections.BRIGHT],
        more_bright=duties.more(len(bright) - sections.BRIGHT),
        full_logs=sections.full_logs(about),
        doubts=doubted[: sections.DOUBTS],
        more_doubts=duties.more(len(doubted) - sections.DOUBTS),
        restated=changed[: sections.RESTATED],
        more_restated=changes.more(len(changed) - sections.RESTATED),
        dates=dates.for_coach(collaborative, coach, occasion.month, about.today),
    )
