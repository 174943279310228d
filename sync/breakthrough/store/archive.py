"""Every report that was made to be sent, with all that it takes to make it again, and every mail as it was sent."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, select

from breakthrough.errors import StoreError
from breakthrough.store import materials
from breakthrough.store.tables import mail_archive, report_source
from breakthrough.store.tables import report as reports

# A mail is taken apart where its parts begin: text, page and charts are the same for all readers of a report.
_BOUNDARY = re.compile(rb"(^--[^\r\n]{1,72}\r?\n)", re.MULTILINE)
_SHORT = 2_000  # bytes: so much is written where it stands

ReportKey = tuple[str, str, str, str, int]  # collaborative, kind, subject, period, revision


@dataclass(frozen=True, slots=True)
class Report:
    """An archived report. `specification`, `templates` and `page` are digests of materials, the first two manifests.

    `rendered_at` is the moment that the report takes as now, `libraries` are versions by name. A report of which
    `unreproducible_since` is set was made of a record that has been purged: it cannot be made again.
    """

    collaborative: str
    kind: str
    subject: str
    period: str
    revision: int
    rendered_at: dt.datetime
    snapshot: str
    specification: str
    templates: str
    code_version: str
    libraries: Mapping[str, str]
    page: str
    unreproducible_since: dt.datetime | None = None

    @property
    def key(self) -> ReportKey:
        """What makes it the same report."""
        return (self.collaborative, self.kind, self.subject, self.period, self.revision)

    def __str__(self) -> str:
        """`team T003, 2026-03, revision 0`: as it is told to people."""
        return f"{self.kind} {self.subject}, {self.period}, revision {self.revision}"


_COLUMNS = [reports.c[name] for name in Report.__dataclass_fields__]


def keep_report(connection: Connection, report: Report, sources: Collection[tuple[str, str]] = ()) -> bool:
    """Whether the report was archived now; False where it stood there already, the same.

    `sources` are the records that it was made of, as (project, record); none named counts as everything that its
    snapshot holds. Its materials have been kept before. Raises StoreError where another report of the same key is
    archived: what was sent is never overwritten, a changed report has the next revision.
    """
    before = of(connection, report.key)
    if before is not None:
        if before.page == report.page:
            return False
        raise StoreError(
            f"The report {report} is archived already, and differs. What was sent is never overwritten: make the "
            "changed report under the next revision."
        )
    line = {column.name: getattr(report, column.name) for column in _COLUMNS}
    made = connection.execute(reports.insert().values(line | {"libraries": dict(report.libraries)}))
    number = made.inserted_primary_key[0] if made.inserted_primary_key else None
    if sources:
        lines = [{"report": number, "project": project, "record": record} for project, record in sorted(set(sources))]
        connection.execute(report_source.insert(), lines)
    return True


def of(connection: Connection, key: ReportKey) -> Report | None:
    """The archived report of that key, if there is one."""
    names = ("collaborative", "kind", "subject", "period", "revision")
    found = where(connection, *(reports.c[name] == value for name, value in zip(names, key, strict=True)))
    return found[0] if found else None


def listing(
    connection: Connection,
    *,
    collaborative: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    period: str | None = None,
) -> tuple[Report, ...]:
    """The archived reports of which all that holds, by period, kind, subject and revision."""
    given = {"collaborative": collaborative, "kind": kind, "subject": subject, "period": period}
    return where(connection, *(reports.c[name] == value for name, value in given.items() if value is not None))


def where(connection: Connection, *holds: ColumnElement[bool]) -> tuple[Report, ...]:
    """The archived reports for whose rows all that holds, by period, kind, subject and revision."""
    order = (reports.c.period, reports.c.kind, reports.c.subject, reports.c.collaborative, reports.c.revision)
    return tuple(Report(*row) for row in connection.execute(select(*_COLUMNS).where(*holds).order_by(*order)))


def keep_mail(connection: Connection, key: str, content: bytes, at: dt.datetime) -> bool:
    """Whether that mail, of the outbox's key, was archived now; False where it stood there already.

    Its long parts are shared with other mails that have the same ones.
    """
    if connection.execute(select(mail_archive.c.key).where(mail_archive.c.key == key)).first():
        return False
    pieces = list(_pieces(connection, content))
    digest = hashlib.sha256(content).hexdigest()
    line = {"key": key, "archived_at": at, "size": len(content), "digest": digest, "pieces": pieces}
    connection.execute(mail_archive.insert().values(line))
    return True


def mail(connection: Connection, key: str) -> bytes | None:
    """The bytes of that mail as it was archived; None where it was not. Raises StoreError where they are others."""
    row = connection.execute(select(mail_archive).where(mail_archive.c.key == key)).first()
    if row is None:
        return None
    parts = (
        materials.read(connection, piece["digest"]) if "digest" in piece else piece["text"].encode("latin-1")
        for piece in row.pieces
    )
    content = b"".join(parts)
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise StoreError("The archived mail is not what was sent: the store has a fault. See its backups.")
    return content


def _pieces(connection: Connection, content: bytes) -> Iterator[dict[str, str]]:
    short = b""
    for part in _BOUNDARY.split(content):
        if len(part) <= _SHORT:
            short += part
            continue
        if short:
            yield {"text": short.decode("latin-1")}
        yield {"digest": materials.keep(connection, part)}
        short = b""
    if short:
        yield {"text": short.decode("latin-1")}
