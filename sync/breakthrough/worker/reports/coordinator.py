"""The coordinator's report: everything, and what waits in the store beside the figures."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.errors import NothingToReport
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.worker import ledger
from breakthrough.worker.desk import desk
from breakthrough.worker.edition import Edition
from breakthrough.worker.ledger import Lines
from breakthrough.worker.reports.kind import Kind
from breakthrough.worker.sources import EVERYTHING, Sources

NAME = "coordinator"


def _subjects(of: Edition) -> tuple[str, ...]:
    return (of.code,) if of.view is not None else ()


def _render(of: Edition, code: str, content: Content) -> Rendered:
    if of.view is None or code != of.code:
        raise NothingToReport(f"There is no collaborative '{code}' here whose store could be looked at.")
    report = views.coordinator_report(
        of.collaborative,
        of.portfolio,
        of.frame,
        code=code,
        occasion=of.occasion,
        desk=desk(of, of.view),
        doubts=of.doubts,
        received=of.received,
        blocked=of.figures.blocked,
        uncounted=of.figures.uncounted,
        wrong=render.faults(content),
    )
    return render.coordinator(report, content)


def _behind(of: Edition, _: str) -> Lines:
    return ledger.lines(of.frame)


def _made_of(_: Edition, __: str) -> Sources:
    return EVERYTHING


def _own(of: Edition, _: str) -> frozenset[str]:
    return frozenset(team.code for team in of.portfolio.teams)


COORDINATOR = Kind(NAME, _subjects, _render, _behind, _made_of, _own, momentary=True)
