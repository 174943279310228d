"""A store in a file: durable writes, one writer at a time, the file for us alone."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from breakthrough.errors import StoreError, StoreLocked
from breakthrough.store import lock
from breakthrough.store.columns import canonical

BUSY_MS = 10_000
# some builds of SQLite overwrite all that is deleted at once, others nothing: that is for `scrub`, or each mail that is
# sent, whose bytes go then, would write them once more
_PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA secure_delete = FAST")


class Sqlite:
    """The file at `path` as a backend of the store."""

    def __init__(self, path: Path, *, writable: bool = True, enforced: bool = True, busy_ms: int = BUSY_MS) -> None:
        """Opens the file, which is made, readable by us alone, where it is new. Raises StoreError.

        `writable` False leaves the file as it is, to the last byte; `enforced` False leaves references between tables
        unchecked, as a migration needs that makes a table anew; `busy_ms` is how long to wait for another writer.
        """
        self.path = path
        self._writable = writable
        self._pragmas = (
            f"PRAGMA busy_timeout = {busy_ms}",
            *(_PRAGMAS if writable else ()),
            f"PRAGMA foreign_keys = {'ON' if enforced else 'OFF'}",
        )
        if writable:
            make_private(path)
        self.engine = self._engine()

    def __str__(self) -> str:
        return str(self.path)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a transaction that may write, the only one that does."""
        with self.engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the file as it is at its first query."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def alone(self, project: str) -> AbstractContextManager[None]:
        """Holds the lock of that project, which is a file beside the store."""
        name = re.sub(r"\W", "_", project)
        return lock.held(self.path.with_name(f"{self.path.name}.{name}.lock"), f"A pull of {project}")

    def copy_to(self, path: Path) -> None:
        """Writes the file as it is at this moment to `path`, which is there and empty, while others go on writing."""
        try:
            with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as copy:
                source.execute(self._pragmas[0])
                source.backup(copy)  # in one step: pages written meanwhile do not make it begin anew
        except sqlite3.Error as broken:
            raise self.said(broken) or StoreError(f"The store {self.path} cannot be copied.") from broken
        Sqlite(path).close_file()

    def close_file(self) -> None:
        """Leaves one file, with nothing beside it, durable and found to be sound. Raises StoreError where it is not."""
        self.engine.dispose()
        try:
            with closing(sqlite3.connect(self.path, isolation_level=None)) as raw:
                raw.execute("PRAGMA journal_mode = DELETE")
                sound = raw.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        except sqlite3.DatabaseError:
            sound = False
        if not sound:
            raise StoreError(f"{self.path} is not a sound copy: the store, or the disk, has a fault. It was not kept.")
        with self.path.open("rb") as file:
            os.fsync(file.fileno())

    def scrub(self, _tables: object) -> None:
        """Leaves nothing in the files of what was deleted before. Raises StoreLocked where others have it open."""
        try:
            with closing(sqlite3.connect(self.path, isolation_level=None)) as raw:
                raw.execute(self._pragmas[0])
                raw.execute("PRAGMA secure_delete = ON")
                raw.execute("VACUUM")
                busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as broken:
            raise self.said(broken) or StoreError(f"The store {self.path} cannot be cleaned.") from broken
        if busy:
            raise StoreLocked(
                f"Another process is reading the store {self.path}, so what was deleted still stands in its files. "
                "Stop that process, then do the same again."
            )

    def said(self, error: BaseException | None) -> StoreError | None:
        """The error of ours that a database error is; None for one that is the caller's (a broken constraint)."""
        if isinstance(error, DBAPIError):
            error = error.orig
        callers = (sqlite3.IntegrityError, sqlite3.ProgrammingError)
        if not isinstance(error, sqlite3.Error) or isinstance(error, callers):
            return None
        if re.search(r"locked|busy", str(error)):
            return StoreLocked(
                f"Another process has been writing to the store {self.path} for more than {BUSY_MS // 1000} seconds. "
                "Nothing was changed. Try again when it has finished."
            )
        if "not a database" in str(error):
            return StoreError(f"{self.path} is not a store: it is some other file. Check the store's address.")
        return StoreError(
            f"The store {self.path} cannot be read or written: {error}. Nothing was changed. Check that its folder "
            "exists, that this user may write there, and that the disk is not full."
        )

    def _engine(self) -> Engine:
        place = f"{self.path.absolute().as_uri()}?mode={'rwc' if self._writable else 'ro'}"
        engine = create_engine(
            "sqlite://",
            creator=lambda: sqlite3.connect(place, uri=True, check_same_thread=False),  # one at a time: the pool's
            poolclass=QueuePool,
            json_serializer=canonical,
            json_deserializer=orjson.loads,
            hide_parameters=True,
        )
        event.listen(engine, "connect", self._prepare)
        event.listen(engine, "begin", _begin)

        @event.listens_for(engine, "handle_error")
        def _say_in_our_words(context: ExceptionContext) -> None:
            if ours := self.said(context.original_exception):
                raise ours from context.original_exception

        return engine

    def _prepare(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; Python's would begin too late, and never for reads
        for pragma in self._pragmas:
            connection.execute(pragma)


def make_private(path: Path) -> None:
    """Makes the file (0600) and those of its folders that are missing (0700): it will hold data about people."""
    try:
        for folder in reversed(path.parent.parents):
            folder.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as broken:
        raise StoreError(
            f"The store {path} cannot be opened: {broken.strerror}. Check the path and who may write there."
        ) from broken


def _begin(connection: Connection) -> None:
    options: Mapping[str, Any] = connection.get_execution_options()
    # a writer takes its place at once: a reader that turns into a writer later could find the store changed under it
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
