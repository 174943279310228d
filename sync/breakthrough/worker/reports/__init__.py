"""The reports of an edition, by kind: whom there is one for, and each of them rendered."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.reporting.values import Rendered
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports.coach import COACH
from breakthrough.worker.reports.collaborative import COLLABORATIVE
from breakthrough.worker.reports.coordinator import COORDINATOR
from breakthrough.worker.reports.kind import Kind
from breakthrough.worker.reports.leader import LEADER
from breakthrough.worker.reports.team import TEAM

__all__ = ["KINDS", "Kind", "rendered", "subjects"]

KINDS = {
    kind.name: kind for kind in (TEAM, COACH, LEADER, COLLABORATIVE, COORDINATOR)
}  # in the order in which they are made


def rendered(of: Edition, kind: str, subject: str, content: Content) -> Rendered:
    """One report of the edition. It is given what its reader may see, and nothing else."""
    return KINDS[kind].render(of, subject, content)


def subjects(of: Edition, only: str | None = None) -> tuple[tuple[str, str], ...]:
    """Whom the edition has reports for, as `rendered` takes them; or just those about the code `only`."""
    found = ((kind.name, code) for kind in KINDS.values() for code in kind.subjects(of))
    return tuple((kind, code) for kind, code in found if only in {None, code})
