"""The tables that an evaluator asks for: figures, the collaborative's line, groups, funnels and health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import cached_property

import pandas as pd

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.measures import funnel, health, interruptions, table
from breakthrough.measures.health import Tally
from breakthrough.measures.strata import strata
from breakthrough.measures.suppression import COORDINATOR, EVERY, Audience, Release
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import Store, View
from breakthrough.teams import Entries
from breakthrough.teams.health import Received
from breakthrough.teams.health import health as counted_health
from breakthrough.teams.values import Portfolio
from breakthrough.worker import disclosure
from breakthrough.worker.figures import FORM, Figures, figures

_SENT: tuple[outbox.State, ...] = ("sent",)


@dataclass(frozen=True)
class Analysis:
    """Everything worked out once, of one state of the store; each table is made when it is asked for."""

    collaborative: Collaborative
    portfolio: Portfolio
    figures: Figures
    submitted: Mapping[str, dt.date]  # by the key of the monthly form
    sent: Mapping[Month, Sequence[dt.date]]
    month: Month
    today: dt.date
    as_of: dt.datetime | None
    audience: Audience = COORDINATOR
    told: Release | None = None  # what coaches' reports have told of the aim's measure

    @cached_property
    def released(self) -> Release:
        """What may be told of the figures to those who do not own them."""
        return disclosure.released(self.figures.frame, self.collaborative, self.portfolio, self.told)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """The results frame as the audience gets it."""
        frame = self.figures.frame
        return frame if self.audience.role == "coordinator" else self.released.rows(frame, self.audience)

    def _line(self, months: Sequence[Pooled], code: str, group: str) -> Sequence[Pooled]:
        """An aggregate line as the audience gets it."""
        return months if self.audience.role == "coordinator" else self.released.line(months, code, self.audience, group)

    @property
    def groups(self) -> table.Groups:
        """The cohort, region and kind of each team."""
        return {name: {team.code: getattr(team, name) for team in self.portfolio.teams} for name in table.GROUPS}

    def tidy(self, codes: Sequence[str], team: str | None = None) -> pd.DataFrame:
        """The long table (`table.TIDY`) of those measures, and of that team alone where one is named."""
        rows = self.frame
        rows = rows[rows["measure"].isin(list(codes)) & (rows["team"].eq(team) if team else True)]
        goals = {
            (code, measure): goal
            for code, charter in self.portfolio.charters.items()
            for measure, goal in charter.goals.items()
        }
        charts = measures.charts(rows, self.collaborative, goals=goals)
        return table.tidy(rows, charts, self.collaborative, table.Facts(self.groups, self.submitted, self.as_of))

    def pooled(self, codes: Sequence[str], *, cohort: bool = False) -> pd.DataFrame:
        """The collaborative's months of those measures, one after the other; over the constant cohort where asked."""
        found = [
            {"measure": code, **_fields(one)}
            for code in codes
            for months in [measures.pooled(self.figures.frame, self.collaborative, code, cohort=cohort)]
            for one in self._line(months, code, disclosure.COHORT if cohort else EVERY)
        ]
        return self._months(found)

    def strata(self, codes: Sequence[str], by: str, *, cohort: bool = False) -> pd.DataFrame:
        """The same for each group of teams."""
        found = [
            {"measure": code, "by": by, "stratum": group.name, "teams": len(group.teams), **_fields(one)}
            for code in codes
            for group in strata(self.figures.frame, self.collaborative, code, self.groups[by], cohort=cohort)
            for one in self._line(group.months, code, disclosure.stratum(by, group.name, steady=cohort))
        ]
        return self._months(found)

    def funnel(self, codes: Sequence[str]) -> pd.DataFrame:
        """Teams side by side over their `funnel.period`, of those measures that are shares or rates of cases."""
        rows = []
        for code in codes:
            if self.collaborative.measures[code].of_cases:
                made = funnel.funnel(self.frame, self.collaborative, code)
                rows += [_beside(made, point) for point in made.points]
        return self._dated(pd.DataFrame(rows, columns=list(_FUNNEL)))

    def interrupted(self, codes: Sequence[str], at: Month) -> pd.DataFrame:
        """Whether level and slope changed at that month (`interruptions.INTERRUPTED`): all teams, then each."""
        lines: dict[tuple[str, str], dict[Month, float]] = {}
        for code in codes:
            months = self._line(measures.pooled(self.figures.frame, self.collaborative, code), code, EVERY)
            known = {one.month: one.pooled for one in months if one.pooled is not None}
            lines[code, interruptions.ALL] = known
            of = self.frame[self.frame["measure"] == code]
            lines |= {(code, str(team)): {} for team in of["team"].unique()}
            plotted = of[(of["state"] == "reported") & of["value"].notna()]
            for team, month, value in zip(plotted["team"], plotted["month"], plotted["value"], strict=True):
                lines[code, team][Month(month)] = float(value)
        return self._dated(interruptions.interruptions(lines, self.collaborative, at, self.month))

    def health(self) -> pd.DataFrame:
        """The collaborative-health measures by measure and month, with line and signals."""
        tallies = self.tallies()
        known = health.definitions(self.collaborative)
        rows = health.frame(tallies)[["measure", "month", "state", "numerator", "denominator", "value"]]
        charts = {("", code): chart for code, chart in self.health_charts(tallies).items()}
        of = rows["measure"].map(known)
        rows.insert(1, "name", [one.name for one in of])
        rows = rows.assign(unit=[one.unit.strip() for one in of], direction=[one.direction for one in of])
        return self._dated(table.with_charts(rows.assign(team=""), charts).drop(columns="team"))

    def tallies(self) -> tuple[Tally, ...]:
        """What the health measures are made of."""
        frame = self.figures.frame
        came = received(frame, self.submitted)
        return counted_health(
            self.portfolio, frame, self.collaborative, self.month, self.today, received=came, sent=self.sent
        )

    def health_charts(self, tallies: Sequence[Tally]) -> dict[str, Chart]:
        """Their charts by code."""
        return health.charts(tallies, self.collaborative)

    def _months(self, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
        found = pd.DataFrame(list(rows))
        return self._dated(found.astype({"cohort_teams": "Int64", "at_goal": "Int64"}))

    def _dated(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(data_as_of=self.as_of.isoformat(timespec="seconds") if self.as_of else "")


def analysis(
    held: View, store: Store, collaborative: Collaborative, code: str, month: Month, today: dt.date
) -> Analysis:
    """What is held, worked out up to that month. `code` is the collaborative's own in keys of the outbox."""
    seen = held.sightings(MAIN, "pdsa_cycle", teams.SIGHTED)
    portfolio = teams.read(held, collaborative, today, seen=seen)
    run = held.last_run(MAIN)
    return Analysis(
        collaborative,
        portfolio,
        figures(held, collaborative, portfolio, month, today),
        submitted(held),
        sent(store, collaborative, code),
        month,
        today,
        run.finished_at.astimezone(collaborative.zone) if run.finished_at else None,
    )


def for_audience(of: Analysis, held: View, code: str, who: Audience, now: dt.datetime) -> Analysis:
    """The same, of which every table holds what that reader may have; for the coordinator that is everything."""
    if who.role == "coordinator":
        return of
    told = disclosure.told(held, of.collaborative, code, of.portfolio, now)
    return replace(of, audience=who, told=told)


def received(frame: pd.DataFrame, submitted: Mapping[str, dt.date]) -> Received:
    """The days on which months were sent, of the forms that figures rest on; `submitted` is by entry key."""
    found: dict[Month, dict[str, dt.date]] = {}
    for team, name, key in zip(frame["team"], frame["month"], frame["entry_key"], strict=True):
        if key in submitted:
            found.setdefault(Month(name), {})[team] = submitted[key]
    return found


def submitted(held: Entries) -> dict[str, dt.date]:
    """The day on which each monthly form was filled in, as it says, by its key; those that do not say are left out."""
    days: dict[str, dt.date] = {}
    for entry in held.entries(MAIN, FORM):
        with suppress(ValueError):
            days[str(entry.key)] = dt.date.fromisoformat(entry.values.get("mm_submitted", ""))
    return days


# the reports whose arrival is waited for: neither reminders, which come before, nor the coordinator's own
_REPORTS = frozenset({"team", "leader", "coach", "collaborative"})


def sent(store: Store, collaborative: Collaborative, code: str) -> dict[Month, list[dt.date]]:
    """By month, the day on which each of its reports first went out to anybody, in the collaborative's time zone."""
    first: dict[tuple[Month, str, str], dt.datetime] = {}
    for line in outbox.listing(store, states=_SENT):
        key = Key.read(line.key)
        if key.collaborative == code and key.report in _REPORTS and line.sent_at is not None:
            place = key.month, key.report, key.subject
            first[place] = min(first.get(place, line.sent_at), line.sent_at)
    days: dict[Month, list[dt.date]] = {}
    for (month, _, _), moment in sorted(first.items()):
        days.setdefault(month, []).append(moment.astimezone(collaborative.zone).date())
    return days


_FUNNEL = (
    *("measure", "from", "to", "team", "numerator", "denominator", "value", "funnel_centre"),
    *("limit_lower", "limit_upper", "limit_near_lower", "limit_near_upper", "outside", "far"),
    *("limits", "overdispersed", "phi", "few"),
)


def _fields(of: Pooled) -> dict[str, object]:
    found = {one.name: getattr(of, one.name) for one in fields(of)}
    return found | {"month": str(of.month), "cohort_teams": found.pop("cohort")}


def _beside(made: funnel.Funnel, point: funnel.FunnelPoint) -> dict[str, object]:
    limits = {f"limit_{name}": getattr(point, name) for name in ("lower", "upper", "near_lower", "near_upper")}
    return {
        "measure": made.measure,
        "from": str(made.months[0]),
        "to": str(made.months[-1]),
        "team": point.team,
        "numerator": point.numerator,
        "denominator": point.denominator,
        "value": point.value,
        "funnel_centre": made.centre,
        **limits,
        "outside": point.outside,
        "far": point.far,
        "limits": made.limits,
        "overdispersed": made.overdispersed,
        "phi": made.phi,
        "few": made.few,
    }
