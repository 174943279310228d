"""The ledger of what goes back into REDCap: each thing of each report once, or shown as what nobody can know.

States: `pending` (lease_until: not before), `writing` (lease_until: whoever writes is gone after that, and what is in
REDCap must be looked at first), `written`, `uncertain` (left to a person), `refused` (lease_until: not tried before).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select

from breakthrough.errors import StoreError
from breakthrough.store.bulk import upsert
from breakthrough.store.tables import write_backs as table

State = Literal["pending", "writing", "written", "uncertain", "refused"]

LEASE = dt.timedelta(minutes=30)  # well over the five minutes that a server may take to answer


@dataclass(frozen=True, slots=True)
class Line:
    """Where one thing stands. `place` is a file's doc_id, or the instances of rows of report_log."""

    key: str
    what: str
    state: State
    place: str
    attempts: int
    lease_until: dt.datetime | None
    updated_at: dt.datetime
    note: str

    def waits(self, now: dt.datetime) -> bool:
        """Whether it is not to be tried now: it is done, somebody is at it, or its time has not come."""
        if self.state in {"written", "uncertain"}:
            return True
        return self.lease_until is not None and now < self.lease_until


def lines(connection: Connection) -> Mapping[tuple[str, str], Line]:
    """Every line by key and what."""
    wanted = select(*(table.c[name] for name in Line.__dataclass_fields__)).order_by(table.c.key, table.c.what)
    return {(row.key, row.what): Line(*row) for row in connection.execute(wanted)}


def counts(connection: Connection) -> Counter[str]:
    """How many things are in each state."""
    return Counter(connection.scalars(select(table.c.state)))


def stuck(connection: Connection, by: dt.datetime) -> tuple[Line, ...]:
    """What a person has to see to, as it stood at that moment: refused, or there or not."""
    every = lines(connection).values()
    return tuple(one for one in every if one.state in {"refused", "uncertain"} and one.updated_at <= by)


def claim(connection: Connection, key: str, what: str, now: dt.datetime) -> Line | None:
    """The line in state `writing`, ours until its lease ends; None where it is done or somebody else's.

    In a transaction of its own, before anything goes to REDCap: a crash from here on leaves it so.
    """
    found = select(*(table.c[name] for name in Line.__dataclass_fields__))
    row = connection.execute(found.where(table.c.key == key, table.c.what == what)).first()
    before = Line(*row) if row else None
    if before and before.waits(now):
        return None
    ours = Line(key, what, "writing", "", before.attempts + 1 if before else 1, now + LEASE, now, "")
    _put(connection, ours)
    return ours


def settle(
    connection: Connection,
    ours: Line,
    state: State,
    now: dt.datetime,
    *,
    place: str = "",
    note: str = "",
    again: dt.datetime | None = None,
) -> bool:
    """Whether what became of a claimed line is written down; False where another has taken it meanwhile."""
    mine = (table.c.key == ours.key, table.c.what == ours.what, table.c.lease_until == ours.lease_until)
    changes = {"state": state, "place": place, "note": note, "lease_until": again, "updated_at": now}
    return connection.execute(table.update().where(*mine).values(**changes)).rowcount == 1


def decide(connection: Connection, key: str, what: str, state: Literal["pending", "written"], now: dt.datetime) -> None:
    """Takes a person's word for a thing that is done or stuck: it is to be tried again, or it stands there.

    Raises StoreError where there is no such thing, or where nothing is to be decided about it now.
    """
    line = lines(connection).get((key, what))
    if line is None:
        raise StoreError(
            f"There is no {what} of {key} among what goes back into REDCap. See what there is with: breakthrough "
            "write-back list"
        )
    if line.state in {"pending", "writing"}:
        raise StoreError(
            f"The {what} of {key} is {line.state}, so nothing was changed: breakthrough run sees to it by itself."
        )
    which = (table.c.key == key, table.c.what == what)
    changes = {"state": state, "lease_until": None, "updated_at": now, "note": "by hand"}
    connection.execute(table.update().where(*which).values(**changes))


def _put(connection: Connection, line: Line) -> None:
    upsert(connection, table, ("key", "what"), [{name: getattr(line, name) for name in Line.__dataclass_fields__}])
