"""Short ways to put entries into a store and to look at its past."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Cause, Seen, Store, Tally, rows, runs

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


def entry(
    record: str, instance: int = 1, dag: str = "", *, instrument: str = "monthly", project: str = "main", **values: str
) -> Entry:
    return Entry(EntryKey(project, record, "", instrument, instance), dag, values)


def take_in(
    store: Store,
    run: int,
    records: Sequence[str],
    entries: Sequence[Entry],
    *,
    project: str = "main",
    present: Mapping[str, str] | None = None,
    cause: Cause = "",
    at: dt.datetime = NOW,
    version: int = 1,
) -> Tally:
    with store.begin() as connection:
        seen = Seen(run, at, version)
        return rows.apply(connection, project, records, entries, seen, present=present, cause=cause)


def pulled(
    store: Store,
    records: Sequence[str],
    entries: Sequence[Entry],
    at: dt.datetime,
    *,
    mode: str = "full",
    project: str = "main",
    version: int = 1,
) -> int:
    """The number of a complete run that took those in."""
    with store.begin() as connection:
        run = runs.start(connection, project, mode, at)
    tally = take_in(store, run, records, entries, project=project, at=at, version=version)
    with store.begin() as connection:
        runs.complete(connection, run, records=len(records), tally=tally, hi=at, at=at + dt.timedelta(minutes=1))
    return run


def past(store: Store, project: str = "main") -> list[tuple[str, str, str, str]]:
    return [
        (v.op, v.cause, str(v.entry.key), json.dumps(dict(v.entry.values), sort_keys=True))
        for v in store.history(project)
    ]
