"""One month's edition: everything worked out once from the store, and the reports that are made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.errors import NothingToReport
from breakthrough.measures import Doubt, Packed, Restated
from breakthrough.measures.counts import PERIOD, SUBMITTED, period
from breakthrough.measures.suppression import Audience, Release, owned
from breakthrough.month import Month
from breakthrough.reporting.links import redcap
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.settings import MAIN
from breakthrough.store import Held, View
from breakthrough.teams.grouped import Grouped, by_team
from breakthrough.teams.health import Received
from breakthrough.teams.values import Flag, Portfolio
from breakthrough.worker import disclosure, elsewhere, footing, ledger, peers
from breakthrough.worker.figures import FORM, Figures, figures, require_aim
from breakthrough.worker.restatements import About, Last, State, last
from breakthrough.worker.sources import Sources, of_all

_ASKED = (FORM, "monthly_report", "coach_rating", "coach_contact", *teams.OCCASIONAL)  # by a link to an unused one


@dataclass(frozen=True)
class Edition:
    """What all reports of a month share: people and work, results, charts, doubts and flags."""

    collaborative: Collaborative
    portfolio: Portfolio
    figures: Figures
    charts: Packed  # by team and measure
    doubts: tuple[Doubt, ...]
    flags: tuple[Flag, ...]
    received: Mapping[str, dt.date]  # the day on which a team sent the month's counts
    occasion: Occasion
    last: Mapping[About, Last] = field(default_factory=dict)  # by team or coach, and its code
    forms: frozenset[str] = frozenset()  # the instruments that the REDCap project has
    submitted: Received = field(default_factory=dict)  # the same of every month
    told: Release | None = None  # what reports before it have told of others' figures
    view: View | None = field(default=None, compare=False)  # what it was worked out from
    code: str = ""  # of the collaborative in the archive and the outbox

    @property
    def frame(self) -> pd.DataFrame:
        """The results frame, with columns `measures.COLUMNS`."""
        return self.figures.frame

    @cached_property
    def released(self) -> Release:
        """What may be told of these figures to those who do not own them; as a rule, of the aim's measure alone."""
        privacy = self.collaborative.privacy
        everything = "suppressed" in {privacy.own_team, privacy.coach}
        rows = self.frame if everything else disclosure.of_aim(self.frame, self.collaborative)
        return disclosure.released(rows, self.collaborative, self.portfolio, self.told).last()

    @cached_property
    def newest(self) -> pd.DataFrame:
        """The rows behind what teams are told of their peers."""
        return peers.newest(self.frame, self.collaborative, self.occasion.month)

    @cached_property
    def newest_lines(self) -> ledger.Lines:
        """The same as they are archived behind each team's report."""
        return ledger.lines(self.newest)

    @cached_property
    def field(self) -> peers.Field | None:
        """The same as every team is told of it."""
        return peers.field(self.newest, self.collaborative, self.portfolio, self.released)

    @cached_property
    def shared(self) -> Sources:
        """The records of all teams, on which rests what any of them is told of others, or not told."""
        used = {*disclosure.aims(self.collaborative), *elsewhere.measures(self.collaborative)}
        return of_all(self.figures, self.collaborative, used)

    def rows(self, codes: Sequence[str]) -> pd.DataFrame:
        """The rows of those teams."""
        return self.frame.iloc[self._places(codes)]

    def lines(self, codes: Sequence[str]) -> ledger.Lines:
        """The same, as they are archived."""
        places = self._places(codes)
        return ledger.lines({name: column[places] for name, column in self._columns.items()})

    @cached_property
    def _columns(self) -> Mapping[str, NDArray[Any]]:
        return {name: self.frame[name].to_numpy() for name in ledger.COLUMNS}

    def _places(self, codes: Sequence[str]) -> NDArray[np.int64]:
        found = sorted(self._by_team[code] for code in set(codes) if code in self._by_team)
        return np.concatenate([np.arange(*bounds) for bounds in found] or [np.zeros(0, np.int64)])

    @cached_property
    def _by_team(self) -> Mapping[str, tuple[int, int]]:
        """Between which places each team's rows stand in the frame: all those of a team stand together."""
        return measures.stretches(self.frame)

    @cached_property
    def _doubts_by_team(self) -> Grouped[Doubt]:
        return by_team(self.doubts)

    @cached_property
    def _flags_by_team(self) -> Grouped[Flag]:
        return by_team(self.flags)

    @cached_property
    def worked(self) -> Mapping[str, tuple[elsewhere.Worked, ...]]:
        """By driver, the changes that other teams may be told of, as a signal came after them."""
        today = self.occasion.today(self.collaborative)
        return elsewhere.worked(self.frame, self.charts, self.collaborative, self.portfolio, self.released, today)

    @cached_property
    def released_totals(self) -> Release:
        """What may be told of the other measures, of which reports tell totals over all teams and no team's rows."""
        return disclosure.totals(self.frame, self.collaborative, self.portfolio, self.told).last()

    def knowing(self, other: Edition) -> Edition:
        """The same, which takes from `other` what teams are told of each other, as that is worked out of all rows."""
        vars(self).update(field=other.field, worked=other.worked)
        return self

    def restated(self, report: str, subject: str, teams: Sequence[str]) -> list[Restated]:
        """The figures of those teams that the reader's last report gave otherwise."""
        before = self.last.get((report, subject))
        return [one for one in before.restated if one.team in teams] if before else []

    def seen_by(self, who: Audience, codes: Sequence[str]) -> Edition:
        """The same with the figures of those teams alone, as that reader of their reports gets them.

        Where the policy withholds even their own small numbers from them, charts and flags are worked out anew from
        what is left; doubts and restatements of what is not, which tell figures, are left out.
        """
        rows = self.rows(codes)
        if set(codes) <= owned(who, self.collaborative, {team.code: team.coach for team in self.portfolio.teams}):
            return replace(
                self,
                figures=replace(self.figures, frame=rows),
                charts=self.charts.only(codes),
                doubts=self._doubts_by_team.only(codes),
                flags=self._flags_by_team.only(codes),
            )
        rows = only(self.released.rows(self.frame, who), codes)
        withheld = rows[rows["state"].isin(["suppressed", "invalid"])]
        series = set(zip(withheld["team"], withheld["measure"], strict=True))
        shown = in_use(rows, self.collaborative, self.occasion.month)
        charts = measures.packed(shown, self.collaborative, goals=_goals(self.portfolio))
        doubts = tuple(one for one in self.doubts if one.team in codes and (one.team, one.measure) not in series)
        some, today = self.portfolio.only(*codes), self.occasion.today(self.collaborative)
        return replace(
            self,
            figures=replace(self.figures, frame=rows),
            charts=charts,
            doubts=doubts,
            flags=teams.flags(some, rows, charts, doubts, self.collaborative, self.occasion.month, today),
            last={},
        )


def edition(
    held: Held,
    collaborative: Collaborative,
    month: Month,
    now: dt.datetime,
    *,
    code: str | None = None,
    revised: bool = False,
) -> Edition:
    """That month, worked out from what is held.

    `code` names the collaborative in the archive of reports: with it, and a view, readers are told which figures are
    others than in their last report. `revised` tells that readers have had that month's already.

    Raises NothingToReport where nothing was ever pulled, FieldsMissing where REDCap lacks a field that reports rest on.
    """
    run, place = held.last_run(MAIN), held.place(MAIN)
    if run is None or run.finished_at is None or place is None:
        raise NothingToReport("No records have been pulled yet, so there is nothing to report. Run: breakthrough pull")
    footing.require(held, collaborative, MAIN)
    today = now.astimezone(collaborative.zone).date()
    seen = held.sightings(MAIN, "pdsa_cycle", teams.SIGHTED)
    portfolio = teams.read(held, collaborative, today, seen=seen)
    if not portfolio.teams:
        raise NothingToReport(
            "REDCap holds no team profile yet, so there is nobody to report on. Enter the teams, then run: "
            "breakthrough pull"
        )
    counted = figures(held, collaborative, portfolio, month, today)
    require_aim(counted, collaborative)
    frame = counted.frame
    charts = measures.packed(in_use(frame, collaborative, month), collaborative, goals=_goals(portfolio))
    links = redcap(place.server, place.redcap_version, place.redcap_project_id)
    doubts = measures.doubts(in_use(frame, collaborative, month), collaborative, uncounted=counted.uncounted)
    submitted = _submitted(held)
    made = Edition(
        collaborative,
        portfolio,
        counted,
        charts,
        doubts,
        flags=teams.flags(portfolio, frame, charts, doubts, collaborative, month, today),
        received=submitted.get(month, {}),
        occasion=Occasion(month, now, run.finished_at, links, revised, unread=run.quarantined, used=_used(held)),
        submitted=submitted,
        forms=frozenset(row["form_name"] for row in held.dictionary(MAIN)),
    )
    if code is None or not isinstance(held, View):
        return made
    state = State(held, portfolio, counted)
    return replace(
        made,
        last=last(state, collaborative, code, made.occasion, _restating(made)),
        told=disclosure.told(held, collaborative, code, portfolio, now),
        view=held,
        code=code,
    )


def _goals(portfolio: Portfolio) -> dict[tuple[str, str], float]:
    """The teams' own goals, by team and measure."""
    return {
        (code, measure): goal for code, charter in portfolio.charters.items() for measure, goal in charter.goals.items()
    }


def _restating(of: Edition) -> tuple[About, ...]:
    """Those whose reports tell what is given otherwise than in the last: teams and coaches."""
    found = [("team", team.code) for team in of.portfolio.teams]
    return (*found, *(("coach", coach.code) for coach in of.collaborative.coaches))


def in_use(frame: pd.DataFrame, collaborative: Collaborative, month: Month) -> pd.DataFrame:
    """Without the measures that the month's reports do not tell of: those to come, and those given up before."""
    used = {code for code, one in collaborative.measures.items() if one.in_use(month)}
    if used == collaborative.measures.keys():
        return frame  # as nearly always: a copy for each step would be as large again
    return frame[frame["measure"].isin(used)]


def only(frame: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """The rows of those teams."""
    return frame[frame["team"].isin(codes)]


def _used(held: Held) -> dict[tuple[str, str], int]:
    """The last instance of each form that reports and reminders ask for; 0 of one that does not repeat."""
    last: dict[tuple[str, str], int] = {}
    for form in _ASKED:
        for entry in held.entries(MAIN, form):
            key = entry.key.record, form
            last[key] = max(last.get(key, 0), entry.key.instance)
    return last


def _submitted(held: Held) -> Received:
    """The day on which each team says it sent a month's counts; months of which it does not say are left out."""
    days: dict[Month, dict[str, dt.date]] = {}
    for entry in held.entries(MAIN, FORM):
        if month := period(entry.values.get(PERIOD, "")):
            with suppress(ValueError):
                days.setdefault(month, {})[entry.key.record] = _day(entry.values.get(SUBMITTED, ""))
    return days


@lru_cache(maxsize=1024)  # teams send their counts on the same few days
def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
