"""The book of pulls: which ran, how far each came, what it changed, and from where the next one goes on."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, select

from breakthrough.errors import StoreLocked
from breakthrough.store.bulk import upsert
from breakthrough.store.rows import Tally
from breakthrough.store.tables import cursor, run_chunk, sync_run

State = Literal["running", "complete", "failed", "interrupted"]

# `full` reads every record, `changed` those that may have changed, `reconcile` every record to find what was missed.
Mode = Literal["full", "changed", "reconcile"]
WHOLE: frozenset[Mode] = frozenset({"full", "reconcile"})


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
    lo: dt.datetime | None = None  # changes were asked for from here; none: everything
    listed: int | None = None  # records on REDCap's list, where one was asked for
    quarantined: int = 0

    @property
    def changed(self) -> int:
        """How many entries it added, changed or let go."""
        return self.tally.inserted + self.tally.updated + self.tally.deleted


def start(connection: Connection, project: str, mode: str, at: dt.datetime, *, lo: dt.datetime | None = None) -> int:
    """The number of a new run. Runs of the project that never came to an end are noted as interrupted."""
    connection.execute(
        sync_run.update()
        .where(sync_run.c.project == project, sync_run.c.state == "running")
        .values(state="interrupted", finished_at=at)
    )
    made = connection.execute(
        sync_run.insert()
        .values(project=project, mode=mode, state="running", started_at=at, lo=lo)
        .returning(sync_run.c.id)
    )
    return int(made.scalar_one())


def chunk_done(connection: Connection, run: int, n: int, ids: Sequence[str], at: dt.datetime) -> None:
    """Notes that the n-th chunk of the run, these records, is in the store.

    Raises StoreLocked where another run has begun meanwhile: the chunk must not be taken in then, since this run may
    bring what is older than what that one has brought.
    """
    state = connection.execute(select(sync_run.c.state).where(sync_run.c.id == run)).scalar_one()
    if state != "running":
        raise _overtaken()
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    connection.execute(run_chunk.insert().values(run=run, n=n, records=len(ids), ids_digest=digest, done_at=at))


def complete(
    connection: Connection,
    run: int,
    *,
    records: int,
    tally: Tally,
    hi: dt.datetime,
    at: dt.datetime,
    listed: int | None = None,
    quarantined: int = 0,
) -> None:
    """Ends the run, and moves its project's cursor to `hi`: also back, as when the server's clock was wrong before.

    Raises StoreLocked where another run has begun meanwhile: it would move the cursor over what that one has not seen.
    """
    ended = _end(
        connection, run, "complete", at, records=records, hi=hi, tally=tally, listed=listed, quarantined=quarantined
    )
    if not ended:
        raise _overtaken()
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
    return _first(connection, _newest(project))


def first(connection: Connection, project: str) -> Run | None:
    """The project's first complete run."""
    wanted = select(sync_run).where(sync_run.c.project == project, sync_run.c.state == "complete")
    return _first(connection, wanted.order_by(sync_run.c.id).limit(1))


def newest(
    connection: Connection,
    project: str,
    *,
    before: dt.datetime | None = None,
    until: int | None = None,
    modes: Collection[str] = (),
) -> Run | None:
    """The project's newest complete run: that had ended by `before`, of a number up to `until`, of those modes."""
    wanted = _newest(project).where(sync_run.c.state == "complete")
    if before is not None:
        wanted = wanted.where(sync_run.c.finished_at <= before)
    if until is not None:
        wanted = wanted.where(sync_run.c.id <= until)
    if modes:
        wanted = wanted.where(sync_run.c.mode.in_(modes))
    return _first(connection, wanted)


def cursor_of(connection: Connection, project: str) -> dt.datetime | None:
    """The server's time up to which the project has certainly been seen; None before its first complete pull."""
    return connection.execute(select(cursor.c.hi).where(cursor.c.project == project)).scalar()


def _newest(project: str) -> Select[Any]:
    return select(sync_run).where(sync_run.c.project == project).order_by(sync_run.c.id.desc()).limit(1)


def _first(connection: Connection, wanted: Select[Any]) -> Run | None:
    row = connection.execute(wanted).first()
    return _run(row) if row else None


def _end(connection: Connection, run: int, state: State, at: dt.datetime, *, tally: Tally, **more: Any) -> bool:
    """Whether the run was still going on, and is now ended."""
    counts = {name: getattr(tally, name) for name in ("inserted", "updated", "deleted", "unchanged")}
    going_on = sync_run.update().where(sync_run.c.id == run, sync_run.c.state == "running")
    return connection.execute(going_on.values(state=state, finished_at=at, **counts, **more)).rowcount == 1


def _overtaken() -> StoreLocked:
    return StoreLocked(
        "Another pull of this project began while this one was going on, so this one ends here. What it had taken in "
        "stays, and the other one goes on from there."
    )


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        project=row.project,
        mode=row.mode,
        state=row.state,
        started_at=row.started_at,
        finished_at=row.finished_at,
        hi=row.hi,
        records=row.records,
        tally=Tally(row.inserted, row.updated, row.deleted, row.unchanged),
        note=row.note,
        lo=row.lo,
        listed=row.listed,
        quarantined=row.quarantined,
    )
