"""The book of pulls: which ran, how far each came, what it changed, and from where the next one goes on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, select

from breakthrough.store.rows import Tally, upsert
from breakthrough.store.tables import cursor, run_chunk, sync_run

State = Literal["running", "complete", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Run:
    """One pull. `hi` is the server's time up to which it has certainly seen every change."""

    id: int
    project: str
    mode: str
    state: State
    started_at: dt.datetime
    finished_at: dt.datetime | None
    hi: dt.datetime | None
    records: int
    tally: Tally
    note: str

    @property
    def changed(self) -> int:
        """How many entries it added, changed or let go."""
        return self.tally.inserted + self.tally.updated + self.tally.deleted


def start(connection: Connection, project: str, mode: str, at: dt.datetime) -> int:
    """The number of a new run. Runs of the project that never came to an end are noted as interrupted."""
    connection.execute(
        sync_run.update()
        .where(sync_run.c.project == project, sync_run.c.state == "running")
        .values(state="interrupted", finished_at=at)
    )
    made = connection.execute(
        sync_run.insert().values(project=project, mode=mode, state="running", started_at=at).returning(sync_run.c.id)
    )
    return int(made.scalar_one())


def chunk_done(connection: Connection, run: int, n: int, ids: Sequence[str], at: dt.datetime) -> None:
    """Notes that the n-th chunk of the run, these records, is in the store."""
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    connection.execute(run_chunk.insert().values(run=run, n=n, records=len(ids), ids_digest=digest, done_at=at))


def complete(connection: Connection, run: int, *, records: int, tally: Tally, hi: dt.datetime, at: dt.datetime) -> None:
    """Ends the run, and moves its project's cursor to `hi`."""
    _end(connection, run, "complete", at, records=records, hi=hi, tally=tally)
    project = connection.execute(select(sync_run.c.project).where(sync_run.c.id == run)).scalar_one()
    upsert(connection, cursor, ("project",), [{"project": project, "hi": hi, "run": run}])


def fail(connection: Connection, run: int, *, tally: Tally, note: str, at: dt.datetime) -> None:
    """Ends the run where it stands. The cursor stays; `note` is the kind of error, not its text."""
    _end(connection, run, "failed", at, note=note, tally=tally)


def of(connection: Connection, run: int) -> Run:
    """The run of that number."""
    return _run(connection.execute(select(sync_run).where(sync_run.c.id == run)).one())


def last(connection: Connection, project: str) -> Run | None:
    """The project's newest run, whatever became of it."""
    found = select(sync_run).where(sync_run.c.project == project).order_by(sync_run.c.id.desc()).limit(1)
    row = connection.execute(found).first()
    return _run(row) if row else None


def cursor_of(connection: Connection, project: str) -> dt.datetime | None:
    """The server's time up to which the project has certainly been seen; None before its first complete pull."""
    return connection.execute(select(cursor.c.hi).where(cursor.c.project == project)).scalar()


def _end(connection: Connection, run: int, state: State, at: dt.datetime, *, tally: Tally, **more: Any) -> None:
    counts = {name: getattr(tally, name) for name in ("inserted", "updated", "deleted", "unchanged")}
    connection.execute(
        sync_run.update().where(sync_run.c.id == run).values(state=state, finished_at=at, **counts, **more)
    )


def _run(row: Row[Any]) -> Run:
    tally = Tally(row.inserted, row.updated, row.deleted, row.unchanged)
    return Run(
        row.id,
        row.project,
        row.mode,
        row.state,
        row.started_at,
        row.finished_at,
        row.hi,
        row.records,
        tally,
        row.note,
    )
