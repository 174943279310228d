"""Takes back a mail that has not gone out yet, because what it says is no longer so."""

from __future__ import annotations

from sqlalchemy import Connection, select

from breakthrough.store.tables import outbox


def withdraw(connection: Connection, key: str, why: str) -> bool:
    """Whether the mail of that key had, or may have, reached its reader; one that waits is cancelled, and has not.

    Nobody has had a mail that was refused, was cancelled, or is not in the outbox.
    """
    wanted = (outbox.c.key == key, outbox.c.state == "pending")
    taken = connection.execute(outbox.update().where(*wanted).values(state="cancelled", lease_until=None, note=why))
    if taken.rowcount:
        return False
    state = connection.execute(select(outbox.c.state).where(outbox.c.key == key)).scalar()
    return state in {"sent", "sending", "uncertain"}
