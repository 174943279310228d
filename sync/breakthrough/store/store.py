"""The store: REDCap as last pulled, everything seen before, the book of runs, the reports sent and the outbox."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Connection

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import address, backend, past, projects, rows, runs, schema, snapshots
from breakthrough.store import sightings as firsts
from breakthrough.store.address import Address
from breakthrough.store.backend import Backend
from breakthrough.store.past import Trace, Version
from breakthrough.store.projects import Design, Place
from breakthrough.store.runs import Run
from breakthrough.store.sightings import Sightings
from breakthrough.store.snapshots import Snapshot
from breakthrough.store.view import View


class Store:
    """An open store. Several processes may have the same one open; each write waits for the one before it.

    Every method may raise StoreLocked, when another process keeps writing for too long, or StoreError.
    """

    def __init__(self, found: Backend) -> None:
        """Takes over a backend that `open` has made ready."""
        self.backend = found

    @classmethod
    def open(cls, where: str | Address, password: str | None = None) -> Self:
        """The store at `sqlite:///PATH` or `postgresql://USER@HOST/DATABASE`, made when it is not there.

        A file is made 0600, new folders 0700; a database must be there and UTF-8. `password` is the secret itself: a
        URL that holds one is refused.

        Raises SettingInvalid for an address that is none, StoreOutOfDate for a store of another version of this
        program, StoreError for a place that is none, cannot be reached or may not be written.
        """
        found = backend.at(address.parse(where, password) if isinstance(where, str) else where)
        try:
            schema.make_ready(found)
        except Exception as broken:
            found.engine.dispose()
            if ours := found.said(broken):
                raise ours from broken
            raise
        return cls(found)

    def close(self) -> None:
        """Closes every connection."""
        self.backend.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self.backend}>"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a transaction that may write: committed at the end of the block, undone by an error.

        Only one of a store writes at a time, on every machine. Nothing slow belongs into the block.
        """
        with self.backend.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the store as it is at its first query, whatever is written meanwhile."""
        with self.backend.read() as connection:
            yield connection

    def alone(self, project: str) -> AbstractContextManager[None]:
        """Lets one process at a time pull that project. Raises StoreLocked at once when another one does."""
        return self.backend.alone(project)

    def entries(self, project: str, instrument: str | None = None, *, as_of: int | None = None) -> Iterator[Entry]:
        """The entries now in REDCap (of that instrument), by record, event, instrument and instance.

        `as_of` is the number of a run: the entries are then those that this method gave when that run had ended.
        """
        with self.read() as connection:
            if as_of is None:
                yield from rows.current(connection, project, instrument)
            else:
                yield from past.entries(connection, project, as_of, instrument)

    def history(self, project: str, record: str | None = None, instrument: str | None = None) -> Iterator[Version]:
        """Every version of those entries that was ever seen, in the order in which they were seen.

        Two edits between two pulls are seen as one.
        """
        with self.read() as connection:
            yield from past.history(connection, project, record, instrument)

    def trace(self, key: EntryKey, field: str, *, as_of: int | None = None) -> Trace:
        """How that column of that entry came to be what it is, or, `as_of` a run, what it was after that run."""
        with self.read() as connection:
            return past.trace(connection, key, field, as_of)

    def sightings(self, project: str, instrument: str, fields: Collection[str]) -> Sightings:
        """When each of those columns of that instrument was first seen to hold something, by entry, then column."""
        with self.read() as connection:
            return firsts.sightings(connection, project, instrument, fields)

    def records(self, project: str) -> set[str]:
        """The records that REDCap has, as last seen."""
        with self.read() as connection:
            return rows.records(connection, project)

    def counts(self, project: str) -> dict[str, int]:
        """How many entries of each instrument are now in REDCap, by instrument in order."""
        with self.read() as connection:
            return rows.counts(connection, project)

    def place(self, project: str) -> Place | None:
        """Where the project is; None before its first pull."""
        with self.read() as connection:
            return projects.place(connection, project)

    def last_run(self, project: str) -> Run | None:
        """The project's newest pull, whatever became of it."""
        with self.read() as connection:
            return runs.last(connection, project)

    def cursor(self, project: str) -> dt.datetime | None:
        """The server's time up to which the project has certainly been seen; None before its first complete pull."""
        with self.read() as connection:
            return runs.cursor_of(connection, project)

    def dictionary(self, project: str) -> list[dict[str, str]]:
        """The project's data dictionary as last pulled, in REDCap's API names; empty before the first pull."""
        with self.read() as connection:
            return projects.dictionary(connection, project)

    def design(self, project: str) -> Design:
        """What the project was like when last pulled, and what was asked of it; no field before the first pull."""
        with self.read() as connection:
            return projects.designed(connection, project)

    def newest(self, wanted: Collection[str], at: dt.datetime, *, before: dt.datetime | None = None) -> View:
        """The store as it was after the newest complete pull of each of those projects, that had ended by `before`.

        Projects without one are not in it. `at` is when it was looked at. Nothing is written.
        """
        with self.read() as connection:
            found = snapshots.newest(connection, wanted, before)
            return View(self, snapshots.taken(connection, found, at))

    def freeze(self, wanted: Mapping[str, int], at: dt.datetime) -> View:
        """The store as it was after those runs, by project, under a name from which it can be had again."""
        with self.begin() as connection:
            return View(self, snapshots.freeze(connection, wanted, at))

    def view(self, snapshot: str | Snapshot) -> View:
        """The store as it was at that snapshot. Raises StoreError where there is none of that name."""
        if isinstance(snapshot, Snapshot):
            return View(self, snapshot)
        with self.read() as connection:
            return View(self, snapshots.of(connection, snapshot))
