"""One month's edition: everything worked out once from the store, and the reports that are made of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import NothingToReport
from breakthrough.measures import Chart, Doubt
from breakthrough.month import Month
from breakthrough.reporting import render, views
from breakthrough.reporting.links import redcap
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.settings import MAIN
from breakthrough.store import Held
from breakthrough.teams.values import Flag, Portfolio
from breakthrough.worker import footing
from breakthrough.worker.figures import FORM, Figures, figures, require_aim

PROJECT = MAIN


@dataclass(frozen=True)
class Edition:
    """What all reports of a month share: people and work, results, charts, doubts and flags."""

    collaborative: Collaborative
    portfolio: Portfolio
    figures: Figures
    charts: Mapping[tuple[str, str], Chart]  # by team and measure
    doubts: tuple[Doubt, ...]
    flags: tuple[Flag, ...]
    received: Mapping[str, dt.date]  # the day on which a team sent the month's counts
    occasion: Occasion

    @property
    def frame(self) -> pd.DataFrame:
        """The results frame, with columns `measures.COLUMNS`."""
        return self.figures.frame


def edition(held: Held, collaborative: Collaborative, month: Month, now: dt.datetime) -> Edition:
    """That month, worked out from what is held.

    Raises NothingToReport where nothing was ever pulled, FieldsMissing where REDCap lacks a field that reports rest on.
    """
    run, place = held.last_run(PROJECT), held.place(PROJECT)
    if run is None or run.finished_at is None or place is None:
        raise NothingToReport("No records have been pulled yet, so there is nothing to report. Run: breakthrough pull")
    footing.require(held, collaborative, PROJECT)
    today = now.astimezone(collaborative.zone).date()
    portfolio = teams.read(held, collaborative, today)
    if not portfolio.teams:
        raise NothingToReport(
            "REDCap holds no team profile yet, so there is nobody to report on. Enter the teams, then run: "
            "breakthrough pull"
        )
    counted = figures(held, collaborative, portfolio, month, today)
    require_aim(counted, collaborative)
    frame = counted.frame
    goals = {
        (code, measure): goal for code, charter in portfolio.charters.items() for measure, goal in charter.goals.items()
    }
    charts = measures.charts(frame, collaborative, goals=goals)
    links = redcap(place.server, place.redcap_version, place.redcap_project_id)
    doubts = measures.doubts(frame, collaborative, uncounted=counted.uncounted)
    return Edition(
        collaborative,
        portfolio,
        counted,
        charts,
        doubts,
        flags=teams.flags(portfolio, frame, charts, doubts, collaborative, month, today),
        received=_received(held, month),
        occasion=Occasion(month, now, run.finished_at, links),
    )


def rendered(of: Edition, report: str, subject: str, content: Content) -> Rendered:
    """One report of the edition: `team` and a team's code, or `coach` and a coach's. It is given its own rows alone."""
    return _team(of, subject, content) if report == "team" else _coach(of, subject, content)


def subjects(of: Edition, only: str | None = None) -> tuple[tuple[str, str], ...]:
    """Whom the edition has reports for, as `rendered` takes them: teams, then coaches; or just the code `only`."""
    found = [("team", team.code) for team in of.portfolio.teams if team.status in {"active", "completed"}]
    found += [("coach", coach.code) for coach in of.collaborative.coaches if of.portfolio.of_coach(coach.code)]
    return tuple((report, code) for report, code in found if only in {None, code})


def _team(of: Edition, team: str, content: Content) -> Rendered:
    report = views.team_report(
        of.collaborative,
        team,
        of.portfolio.only(team),
        _only(of.frame, [team]),
        {key: chart for key, chart in of.charts.items() if key[0] == team},
        occasion=of.occasion,
        doubts=[doubt for doubt in of.doubts if doubt.team == team],
        received=of.received.get(team),
        blocked=of.figures.blocked,
    )
    return render.team(report, content)


def _coach(of: Edition, code: str, content: Content) -> Rendered:
    coach = of.collaborative.coach(code)
    if coach is None:
        raise NothingToReport(f"There is no coach '{code}' in the collaborative. See 'coaches' in collaborative.yaml.")
    mine = [team.code for team in of.portfolio.teams if team.coach == code]
    aim = of.collaborative.aim.measure
    report = views.coach_report(
        of.collaborative,
        coach,
        of.portfolio.only(*mine),
        _only(of.frame, mine),
        {key: chart for key, chart in of.charts.items() if key[0] in mine},
        pooled=measures.pooled(of.frame, of.collaborative, aim),
        pooled_chart=measures.pooled_chart(of.frame, of.collaborative, aim),
        flags=[flag for flag in of.flags if flag.team in mine],
        occasion=of.occasion,
        doubts=[doubt for doubt in of.doubts if doubt.team in mine],
        received={team: day for team, day in of.received.items() if team in mine},
        blocked=of.figures.blocked,
        unplaced=[one for one in of.figures.uncounted if not one.team],
    )
    return render.coach(report, content)


def _only(frame: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    return frame[frame["team"].isin(codes)]


def _received(held: Held, month: Month) -> dict[str, dt.date]:
    """The day on which each team says it sent that month's counts; teams that do not say are left out."""
    days: dict[str, dt.date] = {}
    for entry in held.entries(PROJECT, FORM):
        if entry.values.get("mm_period") == str(month.first):
            with suppress(ValueError):
                days[entry.key.record] = dt.date.fromisoformat(entry.values.get("mm_submitted", ""))
    return days
