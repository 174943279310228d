"""Makes the documents of the closing congress, and writes down what they told: anybody may have read them since."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from breakthrough.errors import NothingToReport
from breakthrough.reporting.values import Rendered
from breakthrough.store import Report, Store, archive, materials, snapshots
from breakthrough.worker import ledger, pages, versions
from breakthrough.worker.press import Press
from breakthrough.worker.reports.closing import closing


def documents(
    of: Press, store: Store, subject: str | None = None, *, advance: Callable[[int], object]
) -> tuple[Rendered, ...]:
    """All documents, or those about that team; each is kept before anybody gets it.

    Raises NothingToReport where there is none about it, and what rendering raises.
    """
    with of.here.speaking():
        made = closing(of.edition)
        wanted = [(kind, code) for kind, code in made.documents if subject in {None, code}]
        if not wanted:
            raise NothingToReport(
                f"There is no document about '{subject}'. There is a story of a team only where its closing form says "
                "that its results may be published under its name."
            )
        found: list[Rendered] = []
        for kind, code in wanted:
            found.append(made.rendered(kind, code, of.here.content))
            advance(1)
    # First kept, then given away: what nobody could have read may count as told, and never the other way round.
    keep(store, of, found)
    return tuple(found)


def keep(store: Store, of: Press, documents: Sequence[Rendered]) -> int:
    """How many of them are new in the archive, with all figures of the edition behind each, in one transaction.

    One that is the same as when it was last written stays as it is; else it is kept as the next revision.
    """
    with store.begin() as connection:
        shared = (
            snapshots.keep(connection, of.snapshot).id,
            materials.keep_all(connection, of.here.specification),
            materials.keep_all(connection, of.templates),
            materials.keep(connection, ledger.written(ledger.lines(of.edition.frame))),
        )
        return sum(_kept(connection, of, shared, one) for one in documents)


def _kept(connection: Connection, of: Press, shared: tuple[str, str, str, str], page: Rendered) -> bool:
    snapshot, specification, templates, figures = shared
    about = (of.here.code, page.kind, page.subject_code, str(page.month))
    code, kind, subject, period = about
    before = archive.listing(connection, collaborative=code, kind=kind, subject=subject, period=period)
    parts = materials.keep_all(connection, pages.packed(page))
    if before and before[-1].parts == parts:
        return False
    made = Report(
        *about,
        revision=before[-1].revision + 1 if before else 0,
        rendered_at=of.at,
        snapshot=snapshot,
        specification=specification,
        templates=templates,
        code_version=versions.code(),
        libraries=of.libraries,
        parts=parts,
        figures=figures,
    )
    return archive.keep_report(connection, made)
