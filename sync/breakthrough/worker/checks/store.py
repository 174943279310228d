"""The store: whether it opens, is of this version, takes what is written, and is for this user alone."""

from __future__ import annotations

import datetime as dt
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import text

from breakthrough.english import long_day
from breakthrough.store import Store, address, marks
from breakthrough.worker.checks.finding import Finding, Now
from breakthrough.worker.deployment import Deployment

_OLD = dt.timedelta(days=8)


def store(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with the store. One that is not there yet is not made."""
    where = address.of(here.settings, here.folder, here.environment)
    if where.path and not where.path.exists():
        yield from _none_yet(where.path)
        return
    with here.store() as found:
        yield Finding("good", "store", f"The store {where} opens, and is of this version.")
        yield from _writable(found)
        if where.path:
            yield from _file(found, where.path)
            yield from _backup(found, now())
        else:
            yield Finding("unknown", "store", "See that your institution backs up this database.")


def _none_yet(path: Path) -> Iterator[Finding]:
    folder = next(one for one in path.absolute().parents if one.exists())
    if _takes(folder):
        yield Finding("good", "store", f"There is no store {path} yet. The first pull makes it: breakthrough pull")
    else:
        yield Finding(
            "wrong",
            "store",
            f"There is no store {path} yet, and it cannot be made: {folder} may not be written to.",
            "Give this user the right to write there, or name another place under store in breakthrough.yaml.",
        )


def _takes(folder: Path) -> bool:
    """Whether a file can be made there. It has no name for long, and leaves nothing."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _writable(found: Store) -> Iterator[Finding]:
    """Whether a row can be written; it is taken back. Raises StoreError, with its remedy, where not."""
    with found.begin() as connection:
        writing = connection.begin_nested()
        marks.put(connection, "checked", dt.datetime.now(dt.UTC))
        writing.rollback()
    yield Finding("good", "store", "It can be written to.")


def _file(found: Store, path: Path) -> Iterator[Finding]:
    with found.read() as connection:
        mode = str(connection.execute(text("PRAGMA journal_mode")).scalar())
        sound = str(connection.execute(text("PRAGMA quick_check(1)")).scalar())
    if sound != "ok":
        yield Finding(
            "wrong",
            "store",
            "Its file is damaged, so that what it says cannot be trusted.",
            "Move it away and put the newest backup in its place: breakthrough store restore FILE",
        )
    if mode != "wal":
        yield Finding(
            "wrong",
            "store",
            "It cannot be read while it is written (no write-ahead log), as on a folder that is shared over a network.",
            "Keep the store on a disk of this computer.",
        )
    yield from _private(path)


def _private(path: Path) -> Iterator[Finding]:
    if os.name != "posix":
        yield Finding("unknown", "store", "Who else may read its file is not looked at on this system.")
        return
    files = [one for one in (path, *(path.with_name(path.name + tail) for tail in ("-wal", "-shm"))) if one.exists()]
    open_ = [one for one in files if stat.S_IMODE(one.stat().st_mode) & 0o077]
    if open_:
        names = " ".join(str(one) for one in open_)
        yield Finding("wrong", "store", f"Other users of this computer may read {names}.", f"Run: chmod 600 {names}")
    elif stat.S_IMODE(path.absolute().parent.stat().st_mode) & 0o022:
        folder = path.absolute().parent
        yield Finding(
            "advice",
            "store",
            f"Other users may put files of theirs into {folder}, where the store is.",
            f"Run: chmod 700 {folder}",
        )
    else:
        yield Finding("good", "store", "Its file is for this user alone.")


def _backup(found: Store, now: dt.datetime) -> Iterator[Finding]:
    with found.read() as connection:
        at = marks.at(connection, marks.BACKED_UP)
    if at is None:
        yield Finding(
            "advice",
            "store",
            "No backup of it was made from here.",
            "Make one, to a place that others cannot read, and do so each week: breakthrough store backup FILE",
        )
    elif now - at > _OLD:
        yield Finding(
            "advice",
            "store",
            f"Its last backup from here is of {long_day(at.date())}.",
            "Make one each week: breakthrough store backup FILE",
        )
    else:
        yield Finding("good", "store", f"It was backed up on {long_day(at.date())}.")
