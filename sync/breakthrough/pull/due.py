"""When a project is to be pulled again, and how: by its cadence, sooner after a hint or a doubt, weekly whole."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from breakthrough.pull.guard import APART
from breakthrough.store import deletions, hints, refusals, runs
from breakthrough.store.runs import WHOLE, Mode

REST = dt.timedelta(minutes=5)  # so long after a pull, also one that failed, no hint asks for another
CHECK = dt.timedelta(days=7)  # so long a change that leaves no trace may go unseen
_NEVER_PULLED = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """From when on a pull is due, and its mode. `at` is None where REDCap refuses us: not before a person has acted."""

    at: dt.datetime | None
    mode: Mode

    def by(self, now: dt.datetime) -> bool:
        """Whether it is due at that time."""
        return self.at is not None and self.at <= now


def due(connection: Connection, project: str, every: dt.timedelta, check: dt.timedelta = CHECK) -> Due:
    """The next pull of that project, which is pulled `every` so often, and read as a whole each `check`."""
    last = runs.newest(connection, project)
    whole = runs.newest(connection, project, modes=WHOLE)
    if last is None or whole is None or last.finished_at is None or whole.finished_at is None:
        return Due(None if refusals.of(connection, project) else _NEVER_PULLED, "full")
    at = last.finished_at + every
    at = min([at, *(one.first_at + 2 * APART for one in deletions.of(connection, project) if one.lists == 1)])
    hinted = hints.next_due(connection, project)
    if hinted is not None:
        newest = runs.last(connection, project) or last
        at = min(at, max(hinted, (newest.finished_at or newest.started_at) + REST))
    # a pull that comes a little early for the check is nearer to it than the next one would be
    mode: Mode = "reconcile" if at + every / 2 >= whole.finished_at + check else "changed"
    return Due(None if refusals.of(connection, project) else at, mode)
