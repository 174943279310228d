"""The store: REDCap as last pulled, everything seen before, the book of runs, the reports sent and the outbox."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, inspect, select

from breakthrough.entry import Entry
from breakthrough.errors import StoreError, StoreOutOfDate
from breakthrough.store import lock, projects, rows, runs, tables
from breakthrough.store.engine import open_sqlite, sorted_error, sqlite_path
from breakthrough.store.projects import Place
from breakthrough.store.rows import Version
from breakthrough.store.runs import Run


class Store:
    """An open store. Several processes may have the same one open; each write waits for the one before it.

    Every method may raise StoreLocked, when another process keeps writing for too long, or StoreError.
    """

    def __init__(self, engine: Engine, path: Path) -> None:
        """Takes over an engine that `open` has made ready."""
        self._engine = engine
        self._path = path

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at `sqlite:///PATH`, made when it is not there: the file 0600, new folders 0700.

        Raises SettingInvalid for an address that is none, StoreOutOfDate for a store of another version of this
        program, StoreError for a file that is none or may not be written.
        """
        path = sqlite_path(url)
        engine = open_sqlite(path)
        store = cls(engine, path)
        try:
            store._make_ready()
        except Exception as broken:
            engine.dispose()
            ours = sorted_error(getattr(broken, "orig", broken), path)
            if ours:
                raise ours from broken
            raise
        return store

    def close(self) -> None:
        """Closes every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self._path}>"

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A connection in a transaction that may write: committed at the end of the block, undone by an error."""
        with self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees the store as it is at its first query, whatever is written meanwhile."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    def alone(self, project: str) -> AbstractContextManager[None]:
        """Lets one process at a time pull that project. Raises StoreLocked at once when another one does."""
        name = re.sub(r"\W", "_", project)
        return lock.held(self._path.with_name(f"{self._path.name}.{name}.lock"), f"A pull of {project}")

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        """The entries now in REDCap (of that instrument), by record, event, instrument and instance."""
        with self.read() as connection:
            yield from rows.current(connection, project, instrument)

    def history(self, project: str, record: str | None = None, instrument: str | None = None) -> Iterator[Version]:
        """Every version of those entries that was ever seen, in the order in which they were seen.

        Two edits between two pulls are seen as one.
        """
        with self.read() as connection:
            yield from rows.history(connection, project, record, instrument)

    def records(self, project: str) -> set[str]:
        """The records of which something is in the store and not gone."""
        with self.read() as connection:
            return rows.records(connection, project)

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

    def _make_ready(self) -> None:
        """Creates the tables of a new store; holds an old one to our version."""
        with self.begin() as connection:
            present = set(inspect(connection).get_table_names())
            if not present:
                tables.metadata.create_all(connection)
                connection.execute(tables.meta.insert().values(key="schema_version", value=tables.SCHEMA))
                return
            if tables.meta.name not in present:
                raise StoreError(
                    f"{self._path} is a database of another program. Nothing was changed in it. Name another file as "
                    "the store."
                )
            version = select(tables.meta.c.value).where(tables.meta.c.key == "schema_version")
            found = connection.execute(version).scalar()
        if found != tables.SCHEMA:
            raise StoreOutOfDate(
                f"The store {self._path} has tables of version {found}, and this program uses version {tables.SCHEMA}. "
                "Nothing was changed. If the store is older, run: breakthrough store upgrade. If it is newer, install "
                "the newer program."
            )
