"""Every report that was made to be sent, with all that it takes to make it again, and every mail as it was sent."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, select

from breakthrough.errors import StoreError
from breakthrough.store import materials
from breakthrough.store.tables import mail_archive, outbox, report_source
from breakthrough.store.tables import report as reports

# A mail is taken apart where its parts begin: text, page and charts are the same for all readers of a report. What is
# in base64 is kept as what it stands for, as which it is in the report, too.
_SEAM = re.compile(
    rb"(^--=_[^\r\n]{1,70}\r?\n|^(?:[A-Za-z0-9+/]{76}\r\n){20,}(?:[A-Za-z0-9+/]{1,75}={0,2}\r\n)?)", re.MULTILINE
)
_SHORT = 2_000  # bytes: so much is written where it stands
_LINE = 76  # characters of a line of base64
Coding = Literal["text", "as it is", "base64"]

About = tuple[str, str, str, str]  # collaborative, kind, subject, period
ReportKey = tuple[str, str, str, str, int]  # the same, and the revision
_KEY = tuple(reports.c[name] for name in ("collaborative", "kind", "subject", "period", "revision"))


@dataclass(frozen=True, slots=True)
class Report:
    """An archived report. `specification`, `templates`, `parts` and `figures` are digests of materials.

    The first three are manifests: the configuration's files, the files that rendering reads, and what the report was,
    on the web and in a mail. `figures` are the rows of the results frame behind it, as CSV. `rendered_at` is the moment
    that the report takes as now, `libraries` are versions by name. A report of which `unreproducible_since` is set was
    made of a record that has been purged: it cannot be made again.
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
    parts: str
    figures: str
    unreproducible_since: dt.datetime | None = None

    @property
    def key(self) -> ReportKey:
        """What makes it the same report."""
        return (self.collaborative, self.kind, self.subject, self.period, self.revision)

    def __str__(self) -> str:
        """`team T003, 2026-03, revision 0`: as it is told to people."""
        return f"{self.kind} {self.subject}, {self.period}, revision {self.revision}"


_OF_MAIL = tuple(outbox.c[name] for name in ("collaborative", "report", "subject", "period", "revision"))
_COLUMNS = [reports.c[name] for name in Report.__dataclass_fields__]


def keep_report(connection: Connection, report: Report, sources: Collection[tuple[str, str]] = ()) -> bool:
    """Whether the report was archived now; False where it stood there already, the same.

    `sources` are the records that it was made of, as (project, record); none named counts as everything that its
    snapshot holds. Its materials have been kept before. Raises StoreError where another report of the same key is
    archived: what was sent is never overwritten, a changed report has the next revision.
    """
    before = of(connection, report.key)
    if before is not None:
        if before.parts == report.parts:
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
    found = where(connection, *(column == value for column, value in zip(_KEY, key, strict=True)))
    return found[0] if found else None


def before(connection: Connection, about: About, at: dt.datetime) -> Report | None:
    """The archived report that the readers of one on that month had had last, if any: the newest made before `at`.

    It is of an earlier month, or of the same one, which is then corrected. `at` is the moment that the report takes as
    now. So it is the same one whenever that report is made again, whatever was archived since. One that a newer one
    took the place of before it went to anybody was had by nobody.
    """
    *same, period = about
    same_reader = (one == value for one, value in zip(_KEY, same, strict=False))
    found = where(connection, *same_reader, reports.c.period <= period, reports.c.rendered_at < at, _went_out())
    return found[-1] if found else None


def corrects(connection: Connection, key: ReportKey) -> bool:
    """Whether the report of that key corrects an earlier revision which had gone to readers."""
    *same, revision = key
    columns = zip(_KEY, same, strict=False)
    return bool(
        where(connection, *(one == value for one, value in columns), reports.c.revision < revision, _went_out())
    )


def _went_out() -> ColumnElement[bool]:
    """That a report has no mails, or some mail of it has done more than wait and be superseded.

    Whoever makes a newer report puts aside all mails with the older one that still wait, so this stays as it is then.
    """
    mails = [one == mail for one, mail in zip(_KEY, _OF_MAIL, strict=True)]
    put_in = select(outbox.c.key).where(*mails).exists()
    others = select(outbox.c.key).where(*mails, outbox.c.state.not_in(["held", "pending", "superseded"])).exists()
    return ~put_in | others


def listing(
    connection: Connection,
    *,
    collaborative: str | None = None,
    kind: str | None = None,
    subject: str | None = None,
    period: str | None = None,
    by: dt.datetime | None = None,
) -> tuple[Report, ...]:
    """The archived reports of which all that holds, made by that moment, by period, kind, subject and revision."""
    given = {"collaborative": collaborative, "kind": kind, "subject": subject, "period": period}
    holds = [reports.c[name] == value for name, value in given.items() if value is not None]
    return where(connection, *holds, *([] if by is None else [reports.c.rendered_at <= by]))


def where(connection: Connection, *holds: ColumnElement[bool]) -> tuple[Report, ...]:
    """The archived reports for whose rows all that holds, by period, kind, subject and revision."""
    order = (reports.c.period, reports.c.kind, reports.c.subject, reports.c.collaborative, reports.c.revision)
    return tuple(Report(*row) for row in connection.execute(select(*_COLUMNS).where(*holds).order_by(*order)))


def keep_mail(connection: Connection, key: str, content: bytes, at: dt.datetime) -> bool:
    """Whether that mail, of the outbox's key, was archived now; False where it stood there already.

    Its long parts are shared with other mails that have the same ones, and its pictures with the report.
    """
    if connection.execute(select(mail_archive.c.key).where(mail_archive.c.key == key)).first():
        return False
    pieces = list(_pieces(content))
    digests = iter(materials.keep_each(connection, [piece for piece, coding in pieces if coding != "text"]))
    named = [_named(piece, coding, digests) for piece, coding in pieces]
    digest = hashlib.sha256(content).hexdigest()
    line = {"key": key, "archived_at": at, "size": len(content), "digest": digest, "pieces": named}
    connection.execute(mail_archive.insert().values(line))
    return True


def mail(connection: Connection, key: str) -> bytes | None:
    """The bytes of that mail as it was archived; None where it was not. Raises StoreError where they are others."""
    row = connection.execute(select(mail_archive).where(mail_archive.c.key == key)).first()
    if row is None:
        return None
    content = b"".join(_read(connection, piece) for piece in row.pieces)
    if hashlib.sha256(content).hexdigest() != row.digest:
        raise StoreError("The archived mail is not what was sent: the store has a fault. See its backups.")
    return content


def _pieces(content: bytes) -> Iterator[tuple[bytes, Coding]]:
    """The content piece by piece, each as it is kept: short ones as they stand, long ones as material."""
    short = b""
    for part in _SEAM.split(content):
        if len(part) <= _SHORT:
            short += part
            continue
        if short:
            yield short, "text"
            short = b""
        decoded = _decoded(part)
        yield (part, "as it is") if decoded is None else (decoded, "base64")
    if short:
        yield short, "text"


def _named(piece: bytes, coding: Coding, digests: Iterator[str]) -> dict[str, str]:
    if coding == "text":
        return {"text": piece.decode("latin-1")}
    digest = {"digest": next(digests)}
    return digest | {"coding": coding} if coding == "base64" else digest


def _read(connection: Connection, piece: Mapping[str, str]) -> bytes:
    if "text" in piece:
        return piece["text"].encode("latin-1")
    content = materials.read(connection, piece["digest"])
    return _encoded(content) if piece.get("coding") == "base64" else content


def _decoded(part: bytes) -> bytes | None:
    """What that part of a mail stands for in base64; None where it is not exactly what base64 would make of it."""
    try:
        content = base64.b64decode(part.replace(b"\r\n", b""), validate=True)
    except binascii.Error:
        return None
    return content if _encoded(content) == part else None


def _encoded(content: bytes) -> bytes:
    whole = binascii.b2a_base64(content, newline=False)
    return b"".join(whole[start : start + _LINE] + b"\r\n" for start in range(0, len(whole), _LINE))
