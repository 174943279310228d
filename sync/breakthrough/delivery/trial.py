"""Sends one mail to see whether it arrives, apart from all that wait in the outbox.

It is a line of the outbox, so that what was sent is known, but it is never tried again by itself: whoever tests looks
at the answer and tests again. So it stands there as being sent from the start, and what is put off is cancelled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from breakthrough.delivery.outbox import LEASE, Item, State, Transport
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import MailError
from breakthrough.store import Store
from breakthrough.store.tables import outbox

_STATES: dict[str, State] = {
    "accepted": "sent",
    "permanent": "refused",
    "temporary": "cancelled",
    "unknown": "uncertain",
}
_ONCE = "a test is not tried again"


def send(
    store: Store, item: Item, connect: Callable[[], AbstractContextManager[Transport]], now: Callable[[], dt.datetime]
) -> Outcome:
    """What the server said to that mail. No other mail that waits is sent with it.

    Raises MailError where it cannot be written, or the server lets us not in.
    """
    if item.unusable:
        raise MailError(item.unusable)
    _begun(store, item, now())
    transport: Transport | None = None
    try:
        with connect() as transport:
            outcome = transport.send(item.recipient, item.payload)
    except (MailError, KeyboardInterrupt, SystemExit) as trouble:
        if isinstance(trouble, MailError) or transport is None or not transport.begun:
            _settled(store, item, state="cancelled", note=f"{type(trouble).__name__}: {_ONCE}")
        raise
    state = _STATES[outcome.kind]
    note = f"{outcome.note}; {_ONCE}" if state == "cancelled" else outcome.note
    _settled(store, item, state=state, note=note, sent_at=now() if state == "sent" else None)
    return outcome


def _begun(store: Store, item: Item, now: dt.datetime) -> None:
    """A crash from here on leaves a mail that may have been sent, as with any other."""
    with store.begin() as connection:
        connection.execute(
            outbox.insert().values(
                **item.columns,
                state="sending",
                attempts=1,
                lease_until=now + LEASE,
                created_at=now,
                payload=b"",  # kept nowhere: it is made anew for the next test
            )
        )


def _settled(store: Store, item: Item, **changes: Any) -> None:
    with store.begin() as connection:
        connection.execute(outbox.update().where(outbox.c.key == str(item.key)).values(lease_until=None, **changes))
