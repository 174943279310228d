"""When something was last done, for what is done from time to time and leaves no other trace."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from breakthrough.store.bulk import upsert
from breakthrough.store.tables import meta


def at(connection: Connection, name: str) -> dt.datetime | None:
    """When that was last done; None for never."""
    found = connection.execute(select(meta.c.value).where(meta.c.key == f"mark {name}")).scalar()
    return dt.datetime.fromisoformat(found) if found else None


def put(connection: Connection, name: str, moment: dt.datetime) -> None:
    """Notes that it was done at that moment."""
    line = {"key": f"mark {name}", "value": moment.astimezone(dt.UTC).isoformat()}
    upsert(connection, meta, ("key",), [line])
