"""The coordinator's report: everything, and what waits in the store beside the figures."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.errors import NothingToReport
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.worker.desk import desk
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports.kind import Kind, every_record, every_row, everyone

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


COORDINATOR = Kind(NAME, _subjects, _render, every_row, every_record, everyone, momentary=True)
