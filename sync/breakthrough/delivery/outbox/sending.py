"""Hands mails to the mail server: each claimed before anything of it goes out, and settled after."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select

from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox.pace import Full, Pace
from breakthrough.delivery.outbox.values import LEASE, Sent, State, Transport
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import MailError, StoreLocked
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.store.tables import outbox

log = logging.getLogger(__name__)

# Why that mail must not go out now, in words for the coordinator that hold no address; '' where it may. Asked in the
# transaction that claims the mail, so it reads the store through that connection and is quick.
WhyNot = Callable[[Connection, Key], str]

_TRIES = 12  # with the waits below about two days, which is when greylisting and full mailboxes are over
_FIRST_WAIT = dt.timedelta(minutes=10)
_LONGEST_WAIT = dt.timedelta(hours=6)
_INSISTENCE = 5  # times the store's own wait of ten seconds
_PATIENCE = 10  # put off so often in a row, the server wants rest: the others keep for the next time
_ANY = Pace()
_PAUSES = 70  # seconds in which a minute is over; if not, the clock stands, or others are quicker

# The next mail, in the order of an index, or each would cost a look at every other; equal ones come as put in.
_DUE = (
    select(outbox)
    .where(outbox.c.state == "pending", outbox.c.lease_until <= bindparam("now"))
    .order_by(outbox.c.lease_until)
    .limit(1)
)
# Built once, as building takes as long as carrying out. What is given beside the names here is written to the row.
_ROW = outbox.update().where(outbox.c.key == bindparam("of"))
_OURS = _ROW.where(outbox.c.state.in_(("sending", "uncertain")), outbox.c.lease_until == bindparam("lease"))


@dataclass(frozen=True, slots=True)
class _Claim:
    key: str
    recipient: str
    payload: bytes
    attempts: int
    lease: dt.datetime  # also the proof that the row is still ours
    barred: str = ""  # why it must not go out: then it is cancelled, and nobody's


@dataclass(frozen=True, slots=True)
class _Done:
    """What became of a claimed mail, as columns of its row; not written yet."""

    claim: _Claim
    changes: dict[str, Any]


def send_due(
    store: Store,
    connect: Callable[[], AbstractContextManager[Transport]],
    now: Callable[[], dt.datetime],
    *,
    why_not: WhyNot = lambda _, __: "",
    pace: Pace = _ANY,
    pause: Callable[[float], object] = time.sleep,
    advance: Callable[[int], object] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Sent:
    """What became of the mails that may go out now, each claimed before it is handed over and settled after.

    Held ones whose moment has come are among them. `connect` is called only where there is something to send; `now`
    tells the time anew for each mail, as a long run outlasts leases; `why_not` is asked as each is claimed, and what it
    names cancels the mail. Where `pace` leaves no room in the minute, `pause` is given a second at a time; where it
    leaves none in the hour, the rest waits for another run. `advance(1)` follows each mail; `stop` is asked between
    two. Raises MailError where the server as a whole refuses or is not there: what was sent stays sent, the rest waits.
    """
    tally: Counter[str] = Counter(uncertain=_doubt(store, now()))
    if _next(store, now()):
        try:
            with (
                connect() as transport,
                closing(_handed_over(store, transport, now, why_not, pace, pause, stop)) as outcomes,
            ):
                for outcome in outcomes:
                    tally[outcome] += 1
                    advance(1)
        except MailError as trouble:
            doubtful = f"; uncertain: {tally['uncertain']}" if tally["uncertain"] else ""
            raise type(trouble)(
                f"{trouble}\nSent before that: {tally['sent']}{doubtful}; waiting: {_waiting(store)['pending']}."
            ) from trouble
    waiting = _waiting(store)
    return Sent(
        tally["sent"],
        tally["refused"],
        tally["uncertain"],
        left=waiting["pending"],
        cancelled=tally["cancelled"],
        held=waiting["held"],
        limited=waiting["pending"] > 0 and _full(store, pace, now()),
    )


def _handed_over(
    store: Store,
    transport: Transport,
    now: Callable[[], dt.datetime],
    why_not: WhyNot,
    pace: Pace,
    pause: Callable[[float], object],
    stop: Callable[[], bool],
) -> Generator[State]:
    """The new state of each mail in turn, until none is due, somebody says stop, or the server wants rest."""
    in_a_row = pauses = 0
    done: _Done | None = None  # is written with the next claim: each transaction waits for the disk
    claim: _Claim | Full | None = None
    given = False  # whether the mail that was claimed last has been given to the transport
    try:
        while in_a_row < _PATIENCE and pauses < _PAUSES and not stop():
            claim = _claim(store, now(), why_not, pace, done)
            done, given = None, False
            if claim is None or claim == "hour":
                return
            if claim == "minute":
                pause(1.0)
                pauses += 1
                continue
            pauses = 0
            if claim.barred:
                yield "cancelled"
                continue
            try:
                given = True
                outcome = transport.send(claim.recipient, claim.payload)
            except MailError as trouble:
                done = _Done(claim, _untried(claim, trouble))
                raise
            done = _Done(claim, _verdict(claim, outcome, now()))
            in_a_row = in_a_row + 1 if outcome.kind == "temporary" else 0
            yield done.changes["state"]
    except (KeyboardInterrupt, SystemExit) as end:
        untouched = not (given and transport.begun)  # else nobody can know, and it stays what it is
        if untouched and done is None and isinstance(claim, _Claim) and not claim.barred:
            done = _Done(claim, _untried(claim, end))
        raise
    finally:
        if done is not None:
            _settle(store, done)


def _untried(claim: _Claim, trouble: BaseException) -> dict[str, Any]:
    """The columns of a mail of which certainly nothing has gone out."""
    waiting = {"state": "pending", "lease_until": claim.lease - LEASE, "attempts": claim.attempts - 1}
    return waiting | {"note": type(trouble).__name__}


def _verdict(claim: _Claim, outcome: Outcome, now: dt.datetime) -> dict[str, Any]:
    """The columns that an outcome changes."""
    note = {"note": outcome.note}
    if outcome.kind == "accepted":
        return note | {"state": "sent", "sent_at": now, "lease_until": now, "payload": b""}  # kept nowhere twice
    if outcome.kind == "permanent":
        return note | {"state": "refused", "lease_until": None}
    if outcome.kind == "unknown":
        return note | {"state": "uncertain"}
    if claim.attempts >= _TRIES:
        return {"state": "refused", "lease_until": None, "note": f"given up after {_TRIES} tries: {outcome.note}"}
    wait = min(_FIRST_WAIT * 2 ** (claim.attempts - 1), _LONGEST_WAIT)
    return note | {"state": "pending", "lease_until": now + wait}


def _claim(
    store: Store, now: dt.datetime, why_not: WhyNot, pace: Pace, done: _Done | None = None
) -> _Claim | Full | None:
    """The next mail, in state `sending` before anything of it goes out; None when none is due, else what has no room.

    A crash from here on leaves it there, which is how it is known that it may have been sent. One that must not go out
    is cancelled instead. What became of the one before is written in the same transaction.
    """
    with store.begin() as connection:
        if done is not None:
            _write(connection, done)
        return _claimed(connection, now, why_not, pace)


def _claimed(connection: Connection, now: dt.datetime, why_not: WhyNot, pace: Pace) -> _Claim | Full | None:
    row = connection.execute(_DUE.with_for_update(skip_locked=True), {"now": now}).first()
    if row is None:
        return None
    if barred := why_not(connection, _key(row)):
        connection.execute(_ROW, {"of": row.key, "state": "cancelled", "lease_until": None, "note": barred})
        return _Claim(row.key, row.recipient, b"", row.attempts, now, barred)
    if full := pace.full(connection, now):
        return full
    claim = _Claim(row.key, row.recipient, row.payload, row.attempts + 1, now + LEASE)
    taken = {"state": "sending", "attempts": claim.attempts, "lease_until": claim.lease, "note": ""}
    connection.execute(_ROW, {"of": row.key} | taken)
    return claim


def _settle(store: Store, done: _Done) -> None:
    """Writes what became of a mail. Waits out other writers for longer than elsewhere: giving up makes a doubt."""
    for _ in range(_INSISTENCE):
        with suppress(StoreLocked), store.begin() as connection:
            return _write(connection, done)
    with store.begin() as connection:
        return _write(connection, done)


def _write(connection: Connection, done: _Done) -> None:
    """Writes what became of a claimed mail, unless it was taken from us meanwhile."""
    which = {"of": done.claim.key, "lease": done.claim.lease}
    if not connection.execute(_OURS, which | done.changes).rowcount:
        log.warning("a mail was changed by another process while it was being sent; its outcome is not in the outbox")


def _doubt(store: Store, now: dt.datetime) -> int:
    """How many mails whose sender is gone are uncertain from now on. They are never sent again unasked."""
    gone = outbox.update().where(outbox.c.state == "sending", outbox.c.lease_until < now)
    with store.begin() as connection:
        return connection.execute(
            gone.values(state="uncertain", note="the program ended while sending it: it may or may not have arrived")
        ).rowcount


def _next(store: Store, now: dt.datetime) -> bool:
    """Whether a mail is due; those held whose moment has come are pending from now on."""
    ripe = outbox.update().where(outbox.c.state == "held", outbox.c.lease_until <= now)
    with store.begin() as connection:
        connection.execute(ripe.values(state="pending"))
        return connection.execute(_DUE.with_only_columns(outbox.c.key), {"now": now}).first() is not None


def _full(store: Store, pace: Pace, now: dt.datetime) -> bool:
    with store.read() as connection:
        return pace.full(connection, now) is not None


def _key(row: Row[Any]) -> Key:
    return Key(row.collaborative, row.report, row.subject, Month(row.period), row.revision, row.recipient)


def _waiting(store: Store) -> Counter[str]:
    """How many wait in each of the states that do."""
    wanted = select(outbox.c.state, func.count()).where(outbox.c.state.in_(("pending", "held")))
    with store.read() as connection:
        return Counter({row[0]: int(row[1]) for row in connection.execute(wanted.group_by(outbox.c.state))})
