"""A copy of the store in one file, sound and complete, while others go on working; and a store from such a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from breakthrough.errors import StoreError
from breakthrough.store import copying, schema
from breakthrough.store.backend import Backend
from breakthrough.store.sqlite import Sqlite


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that holds a store: a SQLite store itself, whatever the original is kept in."""

    path: Path
    size: int  # bytes
    version: str  # of its tables


def write(at: Backend, to: Path, advance: Callable[[int], None] = lambda _: None) -> Backup:
    """The backup that was written to that path, readable by this user alone.

    It is the store as it was at one moment. There is no half of one: the file has its name only when it is whole.
    Raises StoreError where a file of that name is there, or cannot be made.
    """
    reserved = _reserve(to)
    part = to.with_name(f"{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(_reserve(part))
        version = _fill(at, part, advance)
        part.replace(to)
        _settle(to.parent)
    except BaseException as broken:
        for path in (part, *(part.with_name(part.name + tail) for tail in ("-wal", "-shm", "-journal")), to):
            path.unlink(missing_ok=True)
        if isinstance(broken, OSError):
            raise StoreError(
                f"The backup {to} cannot be written: {broken.strerror}. Nothing is left of it."
            ) from broken
        raise
    finally:
        os.close(reserved)
    return Backup(to, to.stat().st_size, version)


def restore(path: Path, at: Backend, advance: Callable[[int], None] = lambda _: None) -> str:
    """The version that the tables of the backup had; they are this program's version now, in `at`, which was empty.

    Raises StoreError where there is no backup, or `at` holds something.
    """
    if not path.is_file():
        raise StoreError(f"There is no file {path}. Name a file that `breakthrough store backup` wrote.")
    source = Sqlite(path, writable=False)
    try:
        version = copying.copy(source, at, advance)
    except Exception as broken:
        if ours := source.said(broken):
            raise ours from broken
        raise
    finally:
        source.engine.dispose()
    with at.begin() as connection:
        schema.migrate(connection, version)
    return version


def _fill(at: Backend, path: Path, advance: Callable[[int], None]) -> str:
    if isinstance(at, Sqlite):
        at.copy_to(path)
        with at.read() as connection:
            return schema.version(connection, at) or ""
    copy = Sqlite(path, enforced=False)
    try:
        version = copying.copy(at, copy, advance)
    finally:
        copy.engine.dispose()
    copy.close_file()
    return version


def _reserve(path: Path) -> int:
    try:
        return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
    except FileExistsError as there:
        raise StoreError(f"{path} is there already, and a backup overwrites nothing. Name another file.") from there
    except OSError as broken:
        raise StoreError(f"The backup {path} cannot be written: {broken.strerror}. Check the path.") from broken


def _settle(folder: Path) -> None:
    """Makes the name durable, as the content is."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
