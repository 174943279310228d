"""The log of a project: what was done, by whom, when. REDCap's date filters and its log export both read it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["export", "manage", "user", "record_add", "record_edit", "record_delete", "lock_record", "page_view"]

MANAGE = "Manage/Design "  # with the blank that servers put behind it


@dataclass(frozen=True)
class Note:
    """A line of the log before it is dated and signed. `record` is blank for what concerns no record."""

    kind: Kind
    action: str
    details: str = ""
    record: str = ""


@dataclass(frozen=True)
class Entry:
    """A line of the log; `at` is server-local, to the second."""

    at: str
    username: str
    action: str
    details: str
    record: str


@dataclass(frozen=True)
class Wanted:
    """Which lines to read.

    `kinds` () for all; `begin` and `end` are minutes, both inclusive, '' for open; `group` is a data access group's
    number.
    """

    kinds: tuple[str, ...] = ()
    username: str = ""
    record: str = ""
    group: int | None = None
    begin: str = ""
    end: str = ""


def managed(details: str) -> Note:
    """A line about the project itself."""
    return Note("manage", MANAGE, details)


def write(db: sqlite3.Connection, project: int, at: str, username: str, notes: Iterable[Note]) -> None:
    """Adds the notes to the project's log. Line ends within details become blanks, as in REDCap's export."""
    db.executemany(
        "INSERT INTO journal (project, at, username, kind, action, details, record) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (project, at, username, note.kind, note.action, " ".join(note.details.splitlines()), note.record)
            for note in notes
        ),
    )


def entries(db: sqlite3.Connection, project: int, wanted: Wanted) -> list[Entry]:
    """The wanted lines, newest first."""
    where = ["project = ?"]
    values: list[str | int] = [project]
    if wanted.kinds:
        where.append(f"kind IN ({', '.join('?' * len(wanted.kinds))})")
        values.extend(wanted.kinds)
    for column, value in (("username", wanted.username), ("record", wanted.record)):
        if value:
            where.append(f"{column} = ? COLLATE NOCASE")
            values.append(value)
    if wanted.begin:
        where.append("at >= ?")
        values.append(f"{wanted.begin}:00")
    if wanted.end:
        where.append("at <= ?")
        values.append(f"{wanted.end}:59")
    if wanted.group is not None:
        where.append(
            "(record IN (SELECT name FROM record WHERE project = ? AND access_group = ?)"
            " OR username IN (SELECT username FROM member WHERE project = ? AND access_group = ?))"
        )
        values.extend((project, wanted.group, project, wanted.group))
    rows = db.execute(
        "SELECT at, username, action, details, record FROM journal WHERE "  # noqa: S608  (only constants are joined)
        + " AND ".join(where)
        + " ORDER BY id DESC",
        values,
    )
    return [Entry(*row) for row in rows]
