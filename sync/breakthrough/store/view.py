"""The store as it was at a snapshot, read by the methods of the store itself: what needs one can be given either."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from breakthrough.entry import Entry
from breakthrough.errors import StoreError
from breakthrough.store import past, projects, runs
from breakthrough.store import sightings as firsts
from breakthrough.store.projects import Design, Place
from breakthrough.store.runs import Run
from breakthrough.store.sightings import Sightings
from breakthrough.store.snapshots import Snapshot

if TYPE_CHECKING:
    from breakthrough.store.store import Store


@dataclass(frozen=True, slots=True)
class View:
    """What the store held after the runs of a snapshot. Methods raise StoreError for a project that has none there."""

    store: Store
    snapshot: Snapshot

    def entries(self, project: str, instrument: str | None = None) -> Iterator[Entry]:
        """The entries then in REDCap (of that instrument), by record, event, instrument and instance."""
        run = self._run(project)
        with self.store.read() as connection:
            yield from past.entries(connection, project, run, instrument)

    def sightings(self, project: str, instrument: str, fields: Collection[str]) -> Sightings:
        """When each of those columns of that instrument was first seen to hold something, by entry, then column."""
        with self.store.read() as connection:
            return firsts.sightings(connection, project, instrument, fields, self._run(project))

    def records(self, project: str) -> set[str]:
        """The records of which an entry was there."""
        with self.store.read() as connection:
            return past.records(connection, project, self._run(project))

    def last_run(self, project: str) -> Run:
        """The run of the snapshot."""
        with self.store.read() as connection:
            return runs.of(connection, self._run(project))

    def place(self, project: str) -> Place | None:
        """Where the project is, with the server's version as it was then."""
        with self.store.read() as connection:
            found = projects.place(connection, project)
        version = self.snapshot.versions.get(project, "")
        return replace(found, redcap_version=version) if found else None

    def dictionary(self, project: str) -> list[dict[str, str]]:
        """The project's data dictionary as it was then, in REDCap's API names."""
        return [dict(row) for row in self.design(project).dictionary]

    def design(self, project: str) -> Design:
        """What the project was like then, and what was asked of it; no field where the snapshot holds nothing of it."""
        if project not in self.snapshot.runs:
            return Design(())
        run = self.last_run(project)
        with self.store.read() as connection:
            number = projects.version(connection, project, run.finished_at or run.started_at)
            return projects.designed(connection, project, number)

    def _run(self, project: str) -> int:
        found = self.snapshot.runs.get(project)
        if found is None:
            raise StoreError(
                f"The snapshot {self.snapshot.id} holds nothing of the project '{project}', so nothing can be read "
                "from it as of then."
            )
        return found
