"""The team's report: given its own rows alone, and of others what the release lets it be told."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.measures.suppression import Audience
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.worker import elsewhere, peers
from breakthrough.worker.edition import Edition, only
from breakthrough.worker.ledger import Lines
from breakthrough.worker.reports.kind import Kind, itself, taking_part
from breakthrough.worker.sources import EVERYTHING, Sources, of_team

NAME = "team"


def _render(of: Edition, team: str, content: Content) -> Rendered:
    seen = of.seen_by(Audience("team", team), [team])
    own = of.portfolio.only(team)
    report = views.team_report(
        of.collaborative,
        team,
        own,
        seen.frame,
        seen.charts,
        occasion=of.occasion,
        doubts=seen.doubts,
        received=of.received.get(team),
        blocked=of.figures.blocked,
        restated=seen.restated(NAME, team, [team]),
        peers=peers.peers(of.field, team),
        elsewhere=elsewhere.told(of.worked, team, of.collaborative, own),
        forms=of.forms,
    )
    return render.team(report, content)


def _behind(of: Edition, team: str) -> Lines:
    """The team's own rows, and of every team those that decide what it is told of its peers."""
    return {**of.newest_lines, **of.lines([team])}


def _made_of(of: Edition, team: str) -> Sources:
    """The team's own records; and all teams', as what it is told of others, or not told, rests on all of them."""
    shared = of.collaborative.privacy.peer_names != "none"
    if shared and of.shared == EVERYTHING:
        return EVERYTHING
    found = [of_team(of.figures, of.collaborative, team, of.rows([team]))]
    if before := of.last.get((NAME, team)):
        found.append(of_team(before.figures, of.collaborative, team, only(before.figures.frame, [team])))
    if shared:
        found.append(of.shared)
    return EVERYTHING if EVERYTHING in found else frozenset().union(*found)


TEAM = Kind(NAME, taking_part, _render, _behind, _made_of, itself, single=True)
