"""The half page for a team's senior leader: given that team's own rows alone, as the team itself gets them."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.measures.suppression import Audience
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views.leader import FORM
from breakthrough.worker.edition import Edition
from breakthrough.worker.ledger import Lines
from breakthrough.worker.reports.kind import Kind, itself, taking_part
from breakthrough.worker.sources import Sources, of_team

NAME = "leader"


def _render(of: Edition, team: str, content: Content) -> Rendered:
    seen = of.seen_by(Audience("team", team), [team])
    report = views.leader_report(
        of.collaborative,
        team,
        of.portfolio.only(team),
        seen.frame,
        seen.charts,
        flags=seen.flags,
        occasion=of.occasion,
        answers=FORM in of.forms,
    )
    return render.leader(report, content)


def _behind(of: Edition, team: str) -> Lines:
    return of.lines([team])


def _made_of(of: Edition, team: str) -> Sources:
    return of_team(of.figures, of.collaborative, team, of.rows([team]))


LEADER = Kind(NAME, taking_part, _render, _behind, _made_of, itself, single=True)
