"""The report on the whole collaborative, for its sponsor: figures as the release gives them, and counts of teams."""

from __future__ import annotations

import pandas as pd

from breakthrough import measures, teams
from breakthrough.content import Content
from breakthrough.measures.suppression import Audience, Release
from breakthrough.month import Month
from breakthrough.reporting import render, views
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import collaborative as words
from breakthrough.reporting.sentences.ratings import Scores
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views.together import Together
from breakthrough.teams import spread
from breakthrough.teams.determinants import determinants
from breakthrough.teams.health import health
from breakthrough.worker import disclosure
from breakthrough.worker.edition import Edition, in_use
from breakthrough.worker.reports.kind import Kind, every_record, every_row, everyone

NAME = disclosure.WHOLE
SPONSOR = Audience("sponsor")
_STEPS = 6  # months of ratings
_THERE = frozenset({"active", "completed"})


def _subjects(of: Edition) -> tuple[str, ...]:
    there = any(team.status in _THERE for team in of.portfolio.teams)
    return (of.collaborative.topic,) if there else ()


def _render(of: Edition, _: str, content: Content) -> Rendered:
    return render.collaborative(views.collaborative_report(_together(of)), content)


def _together(of: Edition) -> Together:
    """All that the report is made of; of the results frame, only what the release lets through."""
    what, month, today = of.collaborative, of.occasion.month, of.occasion.today(of.collaborative)
    aim = what.aim.measure
    rows = of.released.rows(of.frame[of.frame["measure"] == aim], SPONSOR)
    charts = measures.packed(in_use(_counted(of), what, month), what)
    codes = [code for code, one in what.measures.items() if one.in_use(month)]
    lines = {code: _release(of, code).line(measures.pooled(of.frame, what, code), code, SPONSOR) for code in codes}
    named = {team.code: line(team.short or team.name, 40) for team in of.portfolio.teams}
    shown = [str(team) for team in rows["team"].unique()]
    return Together(
        collaborative=what,
        occasion=of.occasion,
        teams=frozenset(team.code for team in of.portfolio.teams),
        rows=rows,
        names={team: named.get(team) or words.coded(team) for team in shown},
        panels={team: chart for (team, _), chart in measures.charts(rows, what).items()},
        lines=lines,
        line_charts={code: measures.pooled_chart(of.frame, what, code, line=lines[code]) for code in codes},
        charts=charts,
        changes=teams.changes(of.portfolio, what, charts, today),
        scores=_scores(of, month),
        health=health(of.portfolio, of.frame, what, month, today, received=of.submitted, sent={}),
        determinants=determinants(of.portfolio, of.frame, what, month, today),
        reach=spread.reach(of.portfolio.units),
    )


def _release(of: Edition, measure: str) -> Release:
    return of.released if measure in of.released.measures else of.released_totals


def _counted(of: Edition) -> pd.DataFrame:
    """The frame as the release lets it through, by the teams' own codes: for counts of teams alone."""
    judged = of.frame["measure"].isin(list(of.released.measures))
    parts = [of.released.counted(of.frame[judged]), of.released_totals.counted(of.frame[~judged])]
    return pd.concat(parts).sort_index()  # as the frame is: one team's measures after another's


def _scores(of: Edition, month: Month) -> Scores:
    """The released ratings of the last months, by team; None where there is none."""
    months = [month + -back for back in reversed(range(_STEPS))]
    released = {
        (one.team, one.month): one.score
        for one in sorted(of.portfolio.ratings, key=lambda one: one.entry.instance)
        if one.released
    }
    here = [team.code for team in of.portfolio.teams if team.status in _THERE]
    return {team: [(at, released.get((team, at))) for at in months] for team in here}


COLLABORATIVE = Kind(NAME, _subjects, _render, every_row, every_record, everyone)
