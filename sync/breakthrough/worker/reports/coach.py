"""The coach's report: the coach's teams, and all teams' line of the aim's measure."""

from __future__ import annotations

from breakthrough import measures
from breakthrough.content import Content
from breakthrough.errors import NothingToReport
from breakthrough.measures.suppression import Audience
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.worker import disclosure, ledger
from breakthrough.worker.edition import Edition
from breakthrough.worker.ledger import Lines
from breakthrough.worker.reports.kind import Kind
from breakthrough.worker.sources import EVERYTHING, Sources

NAME = "coach"


def _subjects(of: Edition) -> tuple[str, ...]:
    return tuple(coach.code for coach in of.collaborative.coaches if of.portfolio.of_coach(coach.code))


def _render(of: Edition, code: str, content: Content) -> Rendered:
    coach = of.collaborative.coach(code)
    if coach is None:
        raise NothingToReport(f"There is no coach '{code}' in the collaborative. See 'coaches' in collaborative.yaml.")
    mine = _teams(of, code)
    aim, who = of.collaborative.aim.measure, Audience("coach", code)
    seen = of.seen_by(who, mine)
    line = of.released.line(measures.pooled(of.frame, of.collaborative, aim), aim, who)
    report = views.coach_report(
        of.collaborative,
        coach,
        of.portfolio.only(*mine),
        seen.frame,
        seen.charts,
        pooled=line,
        pooled_chart=measures.pooled_chart(of.frame, of.collaborative, aim, line=line),
        flags=seen.flags,
        occasion=of.occasion,
        doubts=seen.doubts,
        received={team: day for team, day in of.received.items() if team in mine},
        blocked=of.figures.blocked,
        unplaced=[one for one in of.figures.uncounted if not one.team],
        restated=seen.restated(NAME, code, mine),
    )
    return render.coach(report, content)


def _behind(of: Edition, code: str) -> Lines:
    """Of the coach's teams all, and of every team the rows that decide what of the aim's measure may be told."""
    mine = of.frame["team"].isin(_teams(of, code))
    return ledger.lines(of.frame[mine | of.frame.index.isin(disclosure.of_aim(of.frame, of.collaborative).index)])


def _made_of(_: Edition, __: str) -> Sources:
    return EVERYTHING  # it tells of the whole collaborative


def _teams(of: Edition, code: str) -> list[str]:
    return [team.code for team in of.portfolio.teams if team.coach == code]


def _own(of: Edition, code: str) -> frozenset[str]:
    return frozenset(_teams(of, code))


COACH = Kind(NAME, _subjects, _render, _behind, _made_of, _own)
