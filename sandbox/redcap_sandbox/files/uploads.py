"""Uploaded files by number, as REDCap keeps them. Large ones go in and out of the database piece by piece."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from redcap_sandbox.files import naming
from redcap_sandbox.wire.answers import Answer

_PIECE = 1024 * 1024


@dataclass(frozen=True)
class About:
    """An uploaded file without its bytes: its number, its name, its media type and how many bytes it has."""

    id: int
    name: str
    mime: str
    size: int


@dataclass(frozen=True)
class Stored:
    """An uploaded file: its number, its name, its media type and its bytes."""

    id: int
    name: str
    mime: str
    content: bytes


def names(db: sqlite3.Connection, project: int) -> dict[str, str]:
    """The name of each of the project's files by its number as text, which is what file fields hold."""
    rows = db.execute("SELECT id, name FROM upload WHERE project = ?", (project,))
    return {str(number): name for number, name in rows}


def add(db: sqlite3.Connection, project: int, at: str, name: str, mime: str, content: bytes) -> int:
    """The number of the stored file. Its name becomes harmless; with '' as media type it gets that of its name."""
    kept = naming.harmless(name)
    (number,) = db.execute(
        "INSERT INTO upload (project, name, mime, at, content) VALUES (?, ?, ?, ?, zeroblob(?)) RETURNING id",
        (project, kept, mime or naming.media_type(kept), at, len(content)),
    ).fetchone()
    # A bound value would be copied twice on its way into the database.
    view = memoryview(content)
    with db.blobopen("upload", "content", number) as blob:
        for start in range(0, len(content), _PIECE):
            blob.write(view[start : start + _PIECE])
    return int(number)


def about(db: sqlite3.Connection, project: int, number: int) -> About | None:
    """What is known of the project's file of that number; None if it has none such."""
    row = db.execute(
        "SELECT id, name, mime, length(content) FROM upload WHERE project = ? AND id = ?", (project, number)
    ).fetchone()
    return About(*row) if row else None


def get(db: sqlite3.Connection, project: int, number: int) -> Stored | None:
    """The project's file of that number; None if it has none such."""
    row = db.execute(
        "SELECT id, name, mime, content FROM upload WHERE project = ? AND id = ?", (project, number)
    ).fetchone()
    return Stored(*row) if row else None


def download(db: sqlite3.Connection, file: About) -> Answer:
    """The answer that sends the file: a large one while it is read, for which `db` must stay open."""
    kind = naming.content_type(file.name, file.mime)
    pieces = _pieces(db, file.id)
    return Answer(next(pieces, b"") if file.size <= _PIECE else pieces, kind)


def _pieces(db: sqlite3.Connection, number: int) -> Iterator[bytes]:
    blob = db.blobopen("upload", "content", number, readonly=True)
    while piece := blob.read(_PIECE):
        yield piece


def delete(db: sqlite3.Connection, number: int) -> None:
    """Forgets the file."""
    db.execute("DELETE FROM upload WHERE id = ?", (number,))
