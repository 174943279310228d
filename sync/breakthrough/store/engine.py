"""Opens a database so that what is committed stays: durable writes, one writer at a time, the file for us alone."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import ArgumentError

from breakthrough.errors import SettingInvalid, StoreError, StoreLocked

_BUSY_MS = 10_000
_PRAGMAS = (
    f"PRAGMA busy_timeout = {_BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
)


def sqlite_path(url: str) -> Path:
    """The file that a `sqlite:///` address names. Raises SettingInvalid where it names none, or another database."""
    try:
        parts = make_url(url)
    except ArgumentError as broken:
        raise SettingInvalid(f"The store's address is not one. {_HOW}") from broken
    if parts.get_backend_name() != "sqlite":
        raise SettingInvalid(f"The store cannot be kept in {parts.get_backend_name()}. {_HOW}")
    if not parts.database or parts.database == ":memory:":
        raise SettingInvalid(f"A store in memory would forget what was sent. {_HOW}")
    return Path(parts.database)


_HOW = "Write the path of a file on this computer's own disk, such as sqlite:///breakthrough.sqlite"


def open_sqlite(path: Path) -> Engine:
    """An engine on that file, which is made, readable by us alone, where it is new. Raises StoreError."""
    _make_private(path)
    engine = create_engine(f"sqlite:///{path}", json_serializer=canonical)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)

    @event.listens_for(engine, "handle_error")
    def _say_in_our_words(context: ExceptionContext) -> None:
        ours = sorted_error(context.original_exception, path)
        if ours:
            raise ours from context.original_exception

    return engine


def canonical(value: Any) -> str:
    """The value as JSON text, always the same for equal values."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sorted_error(error: BaseException | None, path: Path) -> StoreError | None:
    """The error of ours that a database error is; None for one that is the caller's to handle (a broken constraint)."""
    if not isinstance(error, sqlite3.Error) or isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return None
    if re.search(r"locked|busy", str(error)):
        return StoreLocked(
            f"Another process has been writing to the store {path} for more than {_BUSY_MS // 1000} seconds. Nothing "
            "was changed. Try again when it has finished."
        )
    if "not a database" in str(error):
        return StoreError(f"{path} is not a store: it is some other file. Check the store's address in the settings.")
    return StoreError(
        f"The store {path} cannot be read or written: {error}. Nothing was changed. Check that its folder exists, that "
        "this user may write there, and that the disk is not full."
    )


def _make_private(path: Path) -> None:
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


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves; Python's own would begin too late, and never for reads
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin(connection: Connection) -> None:
    options: Mapping[str, Any] = connection.get_execution_options()
    # a writer takes its place at once: a reader that turns into a writer later could find the store changed under it
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")
