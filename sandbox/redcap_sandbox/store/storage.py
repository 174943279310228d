"""The one SQLite file of a sandbox: snapshots for reading, one writer at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from threading import Lock

from redcap_sandbox.wire.refusals import Refusal

SCHEMA_VERSION = 2
FILE_NAME = "sandbox.sqlite"


class Storage:
    """The stored projects. Reading sees one unchanging snapshot; writing is all or nothing."""

    def __init__(self, folder: Path) -> None:
        """Opens the sandbox kept in `folder`, or starts one there; Refusal if another version wrote it."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self.path.touch(mode=0o600)  # it holds tokens
        self._lock = Lock()
        self._writer = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            _configure(self._writer)
            self._prepare()
        except sqlite3.Error as error:
            self._writer.close()
            raise Refusal(
                500, f"{self.path} cannot be used: {error}. Start with an empty folder, or put its backup back."
            ) from error
        except BaseException:
            self._writer.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A snapshot of everything committed so far, unmoved by later writes.

        Each has its own connection: opening one costs a tenth of a millisecond, and closing it also ends what an
        export that broke off has left unread.
        """
        with closing(sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)) as db:
            _configure(db)
            db.execute("BEGIN")
            yield db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """The one writable transaction: committed at the end, undone on any exception."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
            except BaseException:
                self._writer.rollback()
                raise
            self._writer.commit()

    def close(self) -> None:
        """Closes the file once the write under way, if any, is done."""
        with self._lock:
            self._writer.close()

    def _prepare(self) -> None:
        (version,) = self._writer.execute("PRAGMA user_version").fetchone()
        if version == 0:
            schema = files("redcap_sandbox.store").joinpath("schema.sql").read_text("utf-8")
            self._writer.executescript(f"BEGIN; {schema} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        elif version != SCHEMA_VERSION:
            raise Refusal(
                500,
                f"{self.path} was written by another version of the sandbox (layout {version}, this one reads "
                f"{SCHEMA_VERSION}). Start with an empty folder, or use the version that wrote it.",
            )


def _configure(db: sqlite3.Connection) -> None:
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # a power cut may cost a sandbox its data; a crash of ours does not
    db.execute("PRAGMA foreign_keys = ON")
