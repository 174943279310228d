"""Puts mails into the outbox, each once, and lists them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.delivery.outbox.values import Item, Line, State
from breakthrough.month import Month
from breakthrough.store import Store, archive
from breakthrough.store.tables import outbox

_LISTED = tuple(Line.__dataclass_fields__)
_WAITING = ("held", "pending")  # nothing of these has gone out, or is going
_MONTH = tuple(outbox.c[name] for name in ("collaborative", "report", "subject"))


def enqueue(store: Store, items: Iterable[Item], now: dt.datetime) -> tuple[str, ...]:
    """The keys that are new. All are written in one transaction; a key that is there already stays untouched."""
    with store.begin() as connection:
        return put(connection, items, now)


def put(connection: Connection, items: Iterable[Item], now: dt.datetime) -> tuple[str, ...]:
    """The keys that are new, in the caller's transaction. The bytes of their mails are archived with them.

    An earlier month or revision of the same for the same reader that still waits is superseded: after a long outage
    the newest goes out, and no flood.
    """
    new: list[str] = []
    editions: dict[tuple[str, str, str, Month, int], None] = {}
    for item in items:
        if _insert(connection, item, now):
            new.append(str(item.key))
            editions[item.key.collaborative, item.key.report, item.key.subject, item.key.month, item.key.revision] = (
                None
            )
            if item.payload:
                archive.keep_mail(connection, new[-1], item.payload, now)
    for collaborative, report, subject, month, revision in editions:
        about = _about(collaborative, report, subject)
        newest = select(outbox.c.recipient).where(
            about, outbox.c.period == str(month), outbox.c.revision == revision, outbox.c.state.in_(_WAITING)
        )
        earlier = tuple_(outbox.c.period, outbox.c.revision) < tuple_(str(month), revision)
        _replace(connection, about & earlier & outbox.c.recipient.in_(newest), f"{month}, revision {revision}")
    return tuple(new)


def supersede(connection: Connection, collaborative: str, report: str, subject: str, month: Month, before: int) -> int:
    """How many mails of the month's revisions before that one, or of earlier months, were superseded.

    It does not matter who their readers are. Those still held or pending are; one that is being sent, was sent or is
    uncertain stays what it is. In the caller's transaction, in which the newer one is put in.
    """
    about = _about(collaborative, report, subject)
    earlier = tuple_(outbox.c.period, outbox.c.revision) < tuple_(str(month), before)
    return _replace(connection, about & earlier, f"{month}, revision {before}")


def held_until(store: Store, collaborative: str, report: str, subject: str, period: str) -> dt.datetime | None:
    """Until when a mail of that report is held, whichever revision; None where none is."""
    held = _about(collaborative, report, subject) & (outbox.c.period == period) & (outbox.c.state == "held")
    with store.read() as connection:
        found: dt.datetime | None = connection.scalar(select(func.max(outbox.c.lease_until)).where(held))
        return found


def moments(store: Store) -> dict[State, dt.datetime]:
    """When the first of the mails that are held, and of those that are pending, may go out.

    A state is left out that none is in, or none with a moment: those wait for a person.
    """
    wanted = select(outbox.c.state, func.min(outbox.c.lease_until)).where(outbox.c.state.in_(_WAITING))
    with store.read() as connection:
        found = connection.execute(wanted.group_by(outbox.c.state))
        return {state: at for state, at in found if at is not None}


def keys(store: Store, collaborative: str, month: Month) -> frozenset[str]:
    """The keys of that month that are in the outbox, whatever became of them."""
    wanted = select(outbox.c.key).where(outbox.c.collaborative == collaborative, outbox.c.period == str(month))
    with store.read() as connection:
        return frozenset(connection.scalars(wanted))


def listing(store: Store, *, states: Collection[State] = (), month: Month | None = None) -> tuple[Line, ...]:
    """The mails in those states (none named: in any) and of that month, the oldest first."""
    wanted = select(*(outbox.c[name] for name in _LISTED)).order_by(outbox.c.created_at, outbox.c.key)
    if states:
        wanted = wanted.where(outbox.c.state.in_(states))
    if month:
        wanted = wanted.where(outbox.c.period == str(month))
    with store.read() as connection:
        return tuple(Line(**row) for row in connection.execute(wanted).mappings())


def _about(*values: str) -> ColumnElement[bool]:
    return tuple_(*_MONTH) == tuple_(*values)


def _replace(connection: Connection, which: ColumnElement[bool], by: str) -> int:
    gone: dict[str, Any] = {"state": "superseded", "lease_until": None, "payload": b""}  # its bytes stay archived
    waiting = outbox.update().where(which, outbox.c.state.in_(_WAITING))
    return connection.execute(waiting.values(**gone, note=f"superseded by {by}")).rowcount


def _insert(connection: Connection, item: Item, now: dt.datetime) -> bool:
    insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(outbox)
    state, until = _first(item, now)
    made = connection.execute(
        insert.values(
            **item.columns,
            state=state,
            payload=item.payload,
            lease_until=until,
            created_at=now,
            note=item.unusable,
        ).on_conflict_do_nothing()
    )
    return made.rowcount == 1


def _first(item: Item, now: dt.datetime) -> tuple[State, dt.datetime | None]:
    if item.unusable:
        return "refused", None
    if item.held or item.held_until is not None:
        return "held", item.held_until
    return "pending", now
