"""Records that have another name now. A rename shows as one that went and one that came; only some can be told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.store.tables import record_alias as table


@dataclass(frozen=True, slots=True)
class Alias:
    """A record that was called `old` before that run, and `new` after it."""

    old: str
    new: str
    run: int
    at: dt.datetime


def note(connection: Connection, project: str, old: str, new: str, run: int, at: dt.datetime) -> None:
    """Notes that the record `old` is called `new` now."""
    connection.execute(table.insert().values(project=project, run=run, old=old, new=new, at=at))


def of(connection: Connection, project: str) -> tuple[Alias, ...]:
    """The project's renames, in the order in which they were seen."""
    columns = (table.c.old, table.c.new, table.c.run, table.c.at)
    found = connection.execute(select(*columns).where(table.c.project == project).order_by(table.c.run, table.c.old))
    return tuple(Alias(*row) for row in found)


def family(connection: Connection, project: str, record: str) -> frozenset[str]:
    """That name, and every other one that the same record has had.

    A name that one record has given up and another one taken is in both families: nobody could tell them apart.
    """
    pairs = [(one.old, one.new) for one in of(connection, project)]
    names = {record}
    while more := {name for pair in pairs if names & set(pair) for name in pair} - names:
        names |= more
    return frozenset(names)
