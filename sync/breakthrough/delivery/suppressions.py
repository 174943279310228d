"""Addresses that get no more mails of a collaborative, or of its reports of one kind, and who has been told of it.

A suppression is of an address: a person whose address is corrected gets mails again by that alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.delivery import addresses
from breakthrough.delivery.key import Key
from breakthrough.store.tables import suppressions as table

Reason = Literal["bounced", "unsubscribed"]


@dataclass(frozen=True, slots=True)
class Suppression:
    """One address, what it gets no more of ('' as `report`: nothing of the collaborative), why, and since when."""

    address: str  # as `addresses.same` has it
    collaborative: str
    report: str
    reason: Reason
    since: dt.datetime
    note: str = ""  # the status code of a bounce
    told_at: dt.datetime | None = None


_COLUMNS = [table.c[name] for name in Suppression.__dataclass_fields__]


def put(connection: Connection, found: Suppression) -> bool:
    """Whether it is new. One that is there already stays as it is, so that the same is told of once."""
    insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(table)
    line = {name: getattr(found, name) for name in Suppression.__dataclass_fields__}
    line["address"] = addresses.same(found.address)
    return connection.execute(insert.values(line).on_conflict_do_nothing()).rowcount == 1


def of(connection: Connection, collaborative: str, *, untold: bool = False) -> tuple[Suppression, ...]:
    """Those of a collaborative, the oldest first; `untold`: those alone that its coordinator has not been told of."""
    wanted = select(*_COLUMNS).where(table.c.collaborative == collaborative)
    if untold:
        wanted = wanted.where(table.c.told_at.is_(None))
    ordered = wanted.order_by(table.c.since, table.c.address, table.c.report)
    return tuple(Suppression(*row) for row in connection.execute(ordered))


def told(connection: Connection, found: Suppression, at: dt.datetime) -> None:
    """Notes that the coordinator has been told of it."""
    here = (table.c.collaborative == found.collaborative) & (table.c.report == found.report)
    connection.execute(table.update().where(table.c.address == found.address, here).values(told_at=at))


def lift(connection: Connection, collaborative: str, address: str) -> int:
    """How many suppressions of that address there were in the collaborative; there are none now."""
    here = (table.c.address == addresses.same(address)) & (table.c.collaborative == collaborative)
    return connection.execute(table.delete().where(here)).rowcount


def why_not(connection: Connection, key: Key, address: str) -> str:
    """Why the mail of that key must not go to that address, in a sentence with its remedy; '' where it may."""
    kinds = table.c.report.in_(("", key.report))
    here = (table.c.address == addresses.same(address)) & (table.c.collaborative == key.collaborative)
    row = connection.execute(
        select(table.c.reason, table.c.note).where(here, kinds).order_by(table.c.reason, table.c.report)
    ).first()
    if row is None:
        return ""
    if row.reason == "bounced":
        status = f" ({row.note})" if row.note else ""
        return (
            f"not sent: mail to this address came back for good{status}. Correct the address in REDCap; where it is "
            "right after all, run: breakthrough outbox allow KEY, then: breakthrough outbox resend KEY"
        )
    return "not sent: this reader has unsubscribed. Only where they want it again, run: breakthrough outbox allow KEY"
