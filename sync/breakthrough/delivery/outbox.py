"""The ledger of mails: what is to be sent, what was, and what nobody can know; each under a key that exists once.

States: `pending` (lease_until: not before), `sending` (lease_until: whoever sends it is gone after that), `sent`,
`uncertain` (the server may or may not have taken it), `refused` (for good), `cancelled` (by a person). SMTP cannot
promise "exactly once"; this ledger can: what is certain happens once, what is not is shown and left to a person.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, Select, Update, func, select
from sqlalchemy.dialects import postgresql, sqlite

from breakthrough.delivery.key import Key
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import MailError, StoreLocked
from breakthrough.month import Month
from breakthrough.store import Store, archive
from breakthrough.store.tables import outbox

log = logging.getLogger(__name__)

State = Literal["pending", "sending", "sent", "uncertain", "refused", "cancelled"]

LEASE = dt.timedelta(minutes=30)  # well over the ten minutes that a server may take to answer a message
_TRIES = 12  # with the waits below about two days, which is when greylisting and full mailboxes are over
_FIRST_WAIT = dt.timedelta(minutes=10)
_LONGEST_WAIT = dt.timedelta(hours=6)
_INSISTENCE = 5  # times the store's own wait of ten seconds
_PATIENCE = 10  # put off so often in a row, the server wants rest: the others keep for the next time


@dataclass(frozen=True, slots=True)
class Item:
    """A mail to be put in the outbox. `unusable` says why it cannot be sent at all; it is kept so that this is seen."""

    key: Key
    recipient: str  # envelope address
    message_id: str
    payload: bytes
    unusable: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A mail of the outbox, as it is listed."""

    key: str
    report: str
    subject: str
    period: str
    revision: int
    recipient: str
    state: State
    attempts: int
    created_at: dt.datetime
    sent_at: dt.datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did, and how many mails still wait, those put off included."""

    sent: int
    refused: int
    uncertain: int
    left: int


class Transport(Protocol):
    """What hands one message over; `delivery.smtp.Connection` is one."""

    def send(self, recipient: str, content: bytes) -> Outcome:
        """What became of the message. Raises MailError when it was certainly not taken and no other would be."""


@dataclass(frozen=True, slots=True)
class _Claim:
    key: str
    recipient: str
    payload: bytes
    attempts: int
    lease: dt.datetime  # also the proof that the row is still ours


_LISTED = tuple(Line.__dataclass_fields__)
_REMEDIES = {
    "pending": "It goes out by itself: breakthrough send",
    "sending": "Wait until it is sent, or until its sender counts as gone, half an hour after it began.",
    "sent": "The mail server has taken it, and no mail is sent twice under one key.",
}


def enqueue(store: Store, items: Iterable[Item], now: dt.datetime) -> tuple[str, ...]:
    """The keys that are new. All are written in one transaction; a key that is there already stays untouched."""
    with store.begin() as connection:
        return put(connection, items, now)


def put(connection: Connection, items: Iterable[Item], now: dt.datetime) -> tuple[str, ...]:
    """The keys that are new, in the caller's transaction. The bytes of their mails are archived with them."""
    new = []
    for item in items:
        if _insert(connection, item, now):
            new.append(str(item.key))
            if item.payload:
                archive.keep_mail(connection, new[-1], item.payload, now)
    return tuple(new)


def keys(store: Store, collaborative: str, month: Month) -> frozenset[str]:
    """The keys of that month that are in the outbox, whatever became of them."""
    wanted = select(outbox.c.key).where(outbox.c.collaborative == collaborative, outbox.c.period == str(month))
    with store.read() as connection:
        return frozenset(connection.scalars(wanted))


def listing(store: Store, *, states: Collection[State] = (), month: Month | None = None) -> tuple[Line, ...]:
    """The mails in those states (none named: in any) and of that month, the oldest first."""
    wanted = select(outbox).order_by(outbox.c.created_at, outbox.c.key)
    if states:
        wanted = wanted.where(outbox.c.state.in_(states))
    if month:
        wanted = wanted.where(outbox.c.period == str(month))
    with store.read() as connection:
        rows = connection.execute(wanted.with_only_columns(*(outbox.c[name] for name in _LISTED))).mappings()
        return tuple(Line(**row) for row in rows)


def resend(store: Store, key: str) -> None:
    """Puts a mail that is uncertain, refused or cancelled back among those to be sent, under the same Message-ID.

    Raises MailError for any other, saying why.
    """
    with store.begin() as connection:
        state, payload = _known(connection, key)
        if Key.read(key).report == "test":
            raise MailError("A test is not sent again. Send another: breakthrough send --test ADDRESS")
        if state not in {"uncertain", "refused", "cancelled"}:
            raise MailError(f"That mail is {state}, so it is not sent again. {_REMEDIES[state]}")
        if not payload:
            raise MailError("That mail could never be written: its address or name is unusable. Correct it in REDCap.")
        connection.execute(
            _update(key).values(state="pending", lease_until=outbox.c.created_at, attempts=0, note="sent again by hand")
        )


def cancel(store: Store, key: str) -> None:
    """Makes sure that a mail which waits, is uncertain or was refused is never sent. Raises MailError for any other."""
    with store.begin() as connection:
        state, _ = _known(connection, key)
        if state not in {"pending", "uncertain", "refused", "cancelled"}:
            raise MailError(f"That mail is {state}, so it cannot be cancelled. {_REMEDIES[state]}")
        connection.execute(_update(key).values(state="cancelled", lease_until=None, note="cancelled by hand"))


def send_due(
    store: Store,
    connect: Callable[[], AbstractContextManager[Transport]],
    now: Callable[[], dt.datetime],
    *,
    advance: Callable[[int], object] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Sent:
    """What became of the mails that may go out now, each claimed before it is handed over and settled after.

    `connect` is called only where there is something to send; `now` tells the time anew for each mail, as a long run
    outlasts leases; `advance(1)` follows each mail; `stop` is asked between two. Raises MailError where the server as a
    whole refuses or is not there: what was sent stays sent, the rest waits.
    """
    tally: Counter[str] = Counter(uncertain=_doubt(store, now()))
    if _next(store, now()):
        try:
            with connect() as transport:
                for outcome in _handed_over(store, transport, now, stop):
                    tally[outcome] += 1
                    advance(1)
        except MailError as trouble:
            doubtful = f"; uncertain: {tally['uncertain']}" if tally["uncertain"] else ""
            raise type(trouble)(
                f"{trouble}\nSent before that: {tally['sent']}{doubtful}; waiting: {_left(store)}."
            ) from trouble
    return Sent(tally["sent"], tally["refused"], tally["uncertain"], _left(store))


def _handed_over(
    store: Store, transport: Transport, now: Callable[[], dt.datetime], stop: Callable[[], bool]
) -> Iterator[State]:
    """The new state of each mail in turn, until none is due, somebody says stop, or the server wants rest."""
    in_a_row = 0
    while in_a_row < _PATIENCE and not stop():
        claim = _claim(store, now())
        if claim is None:
            return
        try:
            outcome = transport.send(claim.recipient, claim.payload)
        except MailError as trouble:
            untried = {"state": "pending", "lease_until": claim.lease - LEASE, "attempts": claim.attempts - 1}
            _settle(store, claim, untried | {"note": type(trouble).__name__})
            raise
        changes = _verdict(claim, outcome, now())
        _settle(store, claim, changes)
        in_a_row = in_a_row + 1 if outcome.kind == "temporary" else 0
        yield changes["state"]


def _verdict(claim: _Claim, outcome: Outcome, now: dt.datetime) -> dict[str, Any]:
    """The columns that an outcome changes."""
    note = {"note": outcome.note}
    if outcome.kind == "accepted":
        return note | {"state": "sent", "sent_at": now, "lease_until": None, "payload": b""}  # kept nowhere twice
    if outcome.kind == "permanent":
        return note | {"state": "refused", "lease_until": None}
    if outcome.kind == "unknown":
        return note | {"state": "uncertain"}
    if claim.attempts >= _TRIES:
        return {"state": "refused", "lease_until": None, "note": f"given up after {_TRIES} tries: {outcome.note}"}
    wait = min(_FIRST_WAIT * 2 ** (claim.attempts - 1), _LONGEST_WAIT)
    return note | {"state": "pending", "lease_until": now + wait}


def _claim(store: Store, now: dt.datetime) -> _Claim | None:
    """The next mail, in state `sending` before anything of it goes out; None when none is due.

    A crash from here on leaves it there, which is how it is known that it may have been sent.
    """
    with store.begin() as connection:
        row = connection.execute(_due(now).with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        claim = _Claim(row.key, row.recipient, row.payload, row.attempts + 1, now + LEASE)
        connection.execute(
            _update(row.key).values(state="sending", attempts=claim.attempts, lease_until=claim.lease, note="")
        )
        return claim


def _settle(store: Store, claim: _Claim, changes: dict[str, Any]) -> None:
    """Writes what became of a claimed mail, unless it was taken from us meanwhile."""
    ours = _update(claim.key).where(outbox.c.state.in_(("sending", "uncertain")), outbox.c.lease_until == claim.lease)
    if not _insist(store, ours.values(**changes)):
        log.warning("a mail was changed by another process while it was being sent; its outcome is not in the outbox")


def _insist(store: Store, statement: Update) -> int:
    """How many rows it changed. Waits out other writers for longer than elsewhere: giving up here makes a doubt."""
    for _ in range(_INSISTENCE):
        with suppress(StoreLocked), store.begin() as connection:
            return connection.execute(statement).rowcount
    with store.begin() as connection:
        return connection.execute(statement).rowcount


def _doubt(store: Store, now: dt.datetime) -> int:
    """How many mails whose sender is gone are uncertain from now on. They are never sent again unasked."""
    gone = outbox.update().where(outbox.c.state == "sending", outbox.c.lease_until < now)
    with store.begin() as connection:
        return connection.execute(
            gone.values(state="uncertain", note="the program ended while sending it: it may or may not have arrived")
        ).rowcount


def _next(store: Store, now: dt.datetime) -> bool:
    with store.read() as connection:
        return connection.execute(_due(now)).first() is not None


def _due(now: dt.datetime) -> Select[Any]:
    # in the order of an index, or each mail would cost a look at every other; equal ones come as they were put in
    ready = (outbox.c.state == "pending") & (outbox.c.lease_until <= now)
    return select(outbox).where(ready).order_by(outbox.c.lease_until).limit(1)


def _left(store: Store) -> int:
    with store.read() as connection:
        waiting = select(func.count()).select_from(outbox).where(outbox.c.state == "pending")
        return int(connection.execute(waiting).scalar_one())


def _insert(connection: Connection, item: Item, now: dt.datetime) -> bool:
    insert = {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name].insert(outbox)
    made = connection.execute(
        insert.values(
            key=str(item.key),
            collaborative=item.key.collaborative,
            report=item.key.report,
            subject=item.key.subject,
            period=str(item.key.month),
            revision=item.key.revision,
            recipient=item.recipient,
            state="refused" if item.unusable else "pending",
            message_id=item.message_id,
            payload=item.payload,
            lease_until=None if item.unusable else now,
            created_at=now,
            note=item.unusable,
        ).on_conflict_do_nothing()
    )
    return made.rowcount == 1


def _known(connection: Connection, key: str) -> tuple[str, bytes]:
    row = connection.execute(select(outbox.c.state, outbox.c.payload).where(outbox.c.key == key)).first()
    if row is None:
        raise MailError("There is no mail of that key in the outbox. See the keys with: breakthrough outbox list")
    return row.state, row.payload


def _update(key: str) -> Update:
    return outbox.update().where(outbox.c.key == key)
