"""When something was last done, and what was counted then, where it leaves no other trace."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from breakthrough.store.bulk import upsert
from breakthrough.store.tables import meta

BACKED_UP = "backed up"


def at(connection: Connection, name: str) -> dt.datetime | None:
    """When that was last done; None for never."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == f"mark {name}")).scalar()
    return dt.datetime.fromisoformat(found) if found else None


def put(connection: Connection, name: str, moment: dt.datetime) -> None:
    """Notes that it was done at that moment."""
    line = {"key": f"mark {name}", "value": moment.astimezone(dt.UTC).isoformat()}
    upsert(connection, meta, ("key",), [line])


def named(connection: Connection, start: str) -> tuple[str, ...]:
    """What follows `start` in the names of all that was ever marked so, in order."""
    found = connection.scalars(select(meta.c.key).where(meta.c.key.startswith(f"mark {start}", autoescape=True)))
    return tuple(sorted(key.removeprefix(f"mark {start}") for key in found))


def counted(connection: Connection, name: str) -> int | None:
    """The number that was noted under that name last; None where none was."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == f"count {name}")).scalar()
    return int(found) if found else None


def count(connection: Connection, name: str, number: int) -> None:
    """Notes that number under that name, over the one that stands there."""
    upsert(connection, meta, ("key",), [{"key": f"count {name}", "value": str(number)}])


def forget(connection: Connection, name: str) -> None:
    """Takes away when that was last done, and the number under that name."""
    connection.execute(meta.delete().where(meta.c.key.in_([f"mark {name}", f"count {name}"])))
