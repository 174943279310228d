"""When what stands in a field was first seen, and up to when it certainly was not there yet."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.entry import EntryKey
from breakthrough.store import aliases, bulk
from breakthrough.store.tables import row_history, sync_run


@dataclass(frozen=True, slots=True)
class Sighting:
    """The first time that a field of an entry was seen to hold something.

    It was entered after `unseen`, when a pull had seen that nothing stood there, and by `seen`. `unseen` is None where
    no pull had looked before: the first of a project, or the first one that asked for the field.
    """

    first: str  # what stood there then
    seen: dt.datetime
    unseen: dt.datetime | None


Sightings = Mapping[EntryKey, Mapping[str, Sighting]]  # by entry, then by column


def sightings(
    connection: Connection, project: str, instrument: str, fields: Collection[str], run: int | None = None
) -> dict[EntryKey, dict[str, Sighting]]:
    """Every first sighting of those columns of that instrument, by entry, then column; of a `run`, as after that run.

    A record that has another name now keeps the sightings of its former one. Pulls around which a record was in
    quarantine do not count as having looked, since nobody knows which record it was.
    """
    names, looks = _names(connection, project, run), _Looks(connection, project)
    wanted = [row_history.c.project == project, row_history.c.instrument == instrument]
    if run is not None:
        wanted.append(row_history.c.valid_from_run <= run)
    columns = tuple(row_history.c[name] for name in _COLUMNS)
    seen: dict[tuple[str, str, int], dict[str, Sighting]] = {}
    for record, event, instance, number, at, cause, data in bulk.stream(
        connection, select(*columns).where(*wanted).order_by(row_history.c.seq)
    ):
        own = seen.setdefault((names.get(record, record), event, instance), {})
        fresh = [field for field in fields if field not in own and data.get(field)]
        if fresh:
            unseen = None if cause == "schema" else looks.before(number)
            own.update((field, Sighting(data[field], at, unseen)) for field in fresh)
    return {
        EntryKey(project, record, event, instrument, instance): own
        for (record, event, instance), own in seen.items()
        if own
    }


_COLUMNS = ("record", "event", "instance", "valid_from_run", "seen_at", "cause", "data")


class _Looks:
    """The complete runs of a project that had an answer for every record, and the server's time each had seen up to."""

    def __init__(self, connection: Connection, project: str) -> None:
        complete = (sync_run.c.project == project, sync_run.c.state == "complete", sync_run.c.quarantined == 0)
        found = connection.execute(select(sync_run.c.id, sync_run.c.hi).where(*complete).order_by(sync_run.c.id))
        self._runs = [(int(number), hi) for number, hi in found if hi is not None]

    def before(self, run: int) -> dt.datetime | None:
        """The time up to which the newest of them before that run had seen everything."""
        place = bisect_left(self._runs, run, key=lambda look: look[0])
        return self._runs[place - 1][1] if place else None


def _names(connection: Connection, project: str, run: int | None) -> dict[str, str]:
    """What each record that was renamed by then is called now."""
    pairs = [one for one in aliases.of(connection, project) if run is None or one.run <= run]
    return dict(_followed({one.old: one.new for one in pairs}))


def _followed(renamed: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for old in renamed:
        name, been = old, {old}
        while (new := renamed.get(name)) is not None and new not in been:
            name = new
            been.add(new)
        yield old, name
