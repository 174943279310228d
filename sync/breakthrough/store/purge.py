"""Erases a record: from what is there now, from all of its past, and, where that is wanted, from what was sent.

What was sent cannot be called back, and what was made of the record can no longer be made again. Both are said.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, and_, func, or_, select, true

from breakthrough.errors import StoreLocked
from breakthrough.store import aliases, archive, materials
from breakthrough.store.archive import Report
from breakthrough.store.store import Store
from breakthrough.store.tables import (
    erasure,
    hint,
    mail_archive,
    outbox,
    pending_deletion,
    quarantine,
    record_alias,
    report_source,
    row_current,
    row_history,
    snapshot,
)
from breakthrough.store.tables import record as record_table
from breakthrough.store.tables import report as report_table

_ABOUT_RECORDS = (row_current, row_history, record_table, quarantine, pending_deletion, hint, report_source)
_SCRUBBED = frozenset(table.name for table in (*_ABOUT_RECORDS, record_alias, outbox, mail_archive)) | {"material"}


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that shows, or may show, something of the record."""

    key: str
    state: str
    archived: bool
    waiting: bool  # its bytes are still in the outbox


@dataclass(frozen=True, slots=True)
class Trail:
    """Everything that the store holds of a record.

    `names` are all that it has had; `in_redcap` says whether REDCap has it, as last pulled. `reports` were made of it.
    `mails` are theirs, and those of which no report is archived, from the time since the record was first seen.
    """

    project: str
    names: tuple[str, ...]
    in_redcap: bool
    rows: int
    versions: int
    reports: tuple[Report, ...]
    mails: tuple[Mail, ...]


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge has done. `archives` counts the pages and mails that were erased with the record."""

    trail: Trail
    archives: int


def trail(connection: Connection, project: str, record: str) -> Trail:
    """What the store holds of that record, under every name that it has had."""
    names = aliases.family(connection, project, record)
    there = select(record_table.c.record).where(_of(record_table, project, names), record_table.c.gone_at.is_(None))
    reports = archive.where(connection, _made_of(project, names))
    return Trail(
        project,
        tuple(sorted(names)),
        connection.execute(there).first() is not None,
        _count(connection, row_current, project, names),
        _count(connection, row_history, project, names),
        reports,
        tuple(_mails(connection, project, names, reports)),
    )


def purge(store: Store, project: str, record: str, at: dt.datetime, *, archives: bool = False) -> Purged:
    """What was erased, and is nowhere in the database's own files any more.

    Reports made of the record stay archived, and are marked as such that cannot be made again. With `archives`, their
    pages and mails are erased as well, and mails that wait are cancelled. Raises StoreLocked while the project is
    being pulled, or where another process kept the files from being cleaned: the same call then does the rest.
    """
    with store.alone(project):
        with store.begin() as connection:
            found = trail(connection, project, record)
            erased = _erase_archives(connection, found) if archives else 0
            _erase(connection, found, at, erased)
        try:
            store.backend.scrub(_SCRUBBED)
        except StoreLocked as busy:
            raise StoreLocked(
                f"The record is deleted, but other processes have the store {store.backend} open, so its files still "
                "hold what was deleted. Stop them, then run the same again: it does the rest."
            ) from busy
    return Purged(found, erased)


def _erase(connection: Connection, found: Trail, at: dt.datetime, archives: int) -> None:
    project, names = found.project, found.names
    marked = report_table.update().where(_made_of(project, names), report_table.c.unreproducible_since.is_(None))
    connection.execute(marked.values(unreproducible_since=at))
    # a report that names what it was made of goes on doing so, without this name: else it would count as made of all
    sources = select(report_source.c.report).where(_of(report_source, project, names)).distinct()
    placeholders = [
        {"report": number, "project": project, "record": ""}
        for number in connection.scalars(sources)
        if not connection.execute(select(report_source).where(_placeholder(project, number))).first()
    ]
    if placeholders:
        connection.execute(report_source.insert(), placeholders)
    for table in _ABOUT_RECORDS:
        connection.execute(table.delete().where(_of(table, project, names)))
    either = record_alias.c.old.in_(names) | record_alias.c.new.in_(names)
    connection.execute(record_alias.delete().where(record_alias.c.project == project, either))
    if found.rows or found.versions:
        counts = {"rows": found.rows, "versions": found.versions, "reports": len(found.reports), "archives": archives}
        connection.execute(erasure.insert().values(project=project, at=at, **counts))


def _erase_archives(connection: Connection, found: Trail) -> int:
    """How many pages and mails were erased. What other reports and mails share with them stays."""
    keys = [mail.key for mail in found.mails]
    others = archive.where(connection, ~_made_of(found.project, found.names))
    shared = _shown(connection, others) | _pieces(connection, keys, within=False)
    shared |= materials.reached(connection, (digest for one in others for digest in (one.specification, one.templates)))
    theirs = (_shown(connection, found.reports) | _pieces(connection, keys, within=True)) - shared
    pages = theirs & {report.parts for report in found.reports}
    materials.drop(connection, theirs)
    connection.execute(mail_archive.delete().where(mail_archive.c.key.in_(keys)))
    mails = outbox.update().where(outbox.c.key.in_(keys))
    connection.execute(mails.values(payload=b""))
    waiting = mails.where(outbox.c.state.in_(("held", "pending", "uncertain", "refused")))
    connection.execute(waiting.values(state="cancelled", lease_until=None, note="cancelled: made of a purged record"))
    return len(pages) + len(keys)


def _shown(connection: Connection, reports: Collection[Report]) -> set[str]:
    """The materials of which those reports consist, with the figures behind them."""
    return materials.reached(connection, (report.parts for report in reports)) | {
        report.figures for report in reports if report.figures
    }


def _pieces(connection: Connection, keys: Collection[str], *, within: bool) -> set[str]:
    """The materials that those archived mails, or all others, are put together from."""
    chosen = mail_archive.c.key.in_(keys)
    found = connection.scalars(select(mail_archive.c.pieces).where(chosen if within else ~chosen))
    return {piece["digest"] for pieces in found for piece in pieces if "digest" in piece}


def _made_of(project: str, names: Iterable[str]) -> ColumnElement[bool]:
    """Whether a report names one of those records, or names none and its snapshot reaches to when one was there."""
    named = select(report_source.c.report).where(_of(report_source, project, names))
    first = select(func.min(row_history.c.valid_from_run)).where(_of(row_history, project, names)).scalar_subquery()
    reached = select(snapshot.c.id).where(snapshot.c.project == project, snapshot.c.as_of_run >= first)
    unnamed = report_table.c.id.not_in(select(report_source.c.report))
    return or_(report_table.c.id.in_(named), and_(unnamed, report_table.c.snapshot.in_(reached)))


def _mails(connection: Connection, project: str, names: Iterable[str], reports: Collection[Report]) -> Iterable[Mail]:
    first = select(func.min(row_history.c.seen_at)).where(_of(row_history, project, names))
    since: dt.datetime | None = connection.execute(first).scalar()
    theirs = {report.key for report in reports}
    known = {report.key for report in archive.where(connection, true())}
    about = ("collaborative", "report", "subject", "period", "revision")
    archived = set(connection.scalars(select(mail_archive.c.key)))
    wanted = select(
        outbox.c.key,
        outbox.c.state,
        outbox.c.created_at,
        func.length(outbox.c.payload).label("bytes"),
        *(outbox.c[name] for name in about),
    ).order_by(outbox.c.created_at, outbox.c.key)
    for row in connection.execute(wanted).mappings():
        key = tuple(row[name] for name in about)
        shows = key in theirs or (key not in known and since is not None and row["created_at"] >= since)
        if shows and (row["bytes"] or row["key"] in archived):
            yield Mail(row["key"], row["state"], row["key"] in archived, bool(row["bytes"]))


def _count(connection: Connection, table: Table, project: str, names: Iterable[str]) -> int:
    return int(
        connection.execute(select(func.count()).select_from(table).where(_of(table, project, names))).scalar_one()
    )


def _of(table: Table, project: str, names: Iterable[str]) -> ColumnElement[bool]:
    return and_(table.c.project == project, table.c.record.in_(tuple(names)))


def _placeholder(project: str, number: int) -> ColumnElement[bool]:
    mine = (report_source.c.report == number, report_source.c.project == project)
    return and_(*mine, report_source.c.record == "")
