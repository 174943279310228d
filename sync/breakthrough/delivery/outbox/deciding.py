"""What people decide about mails: to let one go, to send one again, to send one never."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, Update, select

from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox.values import State
from breakthrough.errors import MailError
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.store.tables import outbox

_REMEDIES: dict[State, str] = {
    "held": "Let it go with: breakthrough outbox release",
    "pending": "It goes out by itself: breakthrough send",
    "sending": "Wait until it is sent, or until its sender counts as gone, half an hour after it began.",
    "sent": "The mail server has taken it, and no mail is sent twice under one key. To a reader who has lost it, "
    "forward what this writes: breakthrough outbox show KEY > message.eml",
    "uncertain": "Ask its reader whether it arrived, then: breakthrough outbox resend, or cancel",
    "refused": "Correct the address in REDCap, or: breakthrough outbox resend",
    "cancelled": "Take it back with: breakthrough outbox resend",
    "superseded": "A newer one took its place before it went out: find that one with breakthrough outbox list.",
}


def release(store: Store, now: dt.datetime, *keys: str, month: Month | None = None) -> tuple[str, ...]:
    """The keys of the held mails that are to be sent from now on: those named, else all, or all of that month.

    Raises MailError, and releases none, where one that is named is not held.
    """
    with store.begin() as connection:
        for key in keys:
            state, _ = _known(connection, key)
            if state != "held":
                raise MailError(
                    f"The mail {_short(key)} is {state}, not held, so none was released. {_REMEDIES[state]}"
                )
        wanted = select(outbox.c.key).where(outbox.c.state == "held").order_by(outbox.c.created_at, outbox.c.key)
        if month:
            wanted = wanted.where(outbox.c.period == str(month))
        found = tuple(dict.fromkeys(keys) if keys else connection.scalars(wanted))
        for key in found:
            connection.execute(_update(key).values(state="pending", lease_until=now, note="released by hand"))
        return found


def resend(store: Store, *keys: str) -> None:
    """Puts mails that are uncertain, refused or cancelled back among those to be sent, under the same Message-ID.

    Raises MailError, and changes none, where one is in another state or could never be written, saying why.
    """
    with store.begin() as connection:
        for key in keys:
            state, payload = _known(connection, key)
            if Key.read(key).report == "test":
                raise MailError("A test is not sent again. Send another: breakthrough send --test ADDRESS")
            if state not in {"uncertain", "refused", "cancelled"}:
                raise MailError(f"The mail {_short(key)} is {state}, so it is not sent again. {_REMEDIES[state]}")
            if not payload:
                raise MailError(
                    f"The mail {_short(key)} could never be written, as its address or name is unusable, or it was "
                    "made of a record that was purged. Correct it in REDCap: the next report goes out."
                )
            again = {"state": "pending", "lease_until": outbox.c.created_at, "attempts": 0}
            connection.execute(_update(key).values(**again, note="sent again by hand"))


def cancel(store: Store, *keys: str) -> None:
    """Makes sure that mails which wait, are held, are uncertain or were refused are never sent.

    Raises MailError, and changes none, where one is in another state.
    """
    with store.begin() as connection:
        for key in keys:
            state, _ = _known(connection, key)
            if state not in {"held", "pending", "uncertain", "refused", "cancelled"}:
                raise MailError(f"The mail {_short(key)} is {state}, so it cannot be cancelled. {_REMEDIES[state]}")
            connection.execute(_update(key).values(state="cancelled", lease_until=None, note="cancelled by hand"))


def _known(connection: Connection, key: str) -> tuple[State, bytes]:
    row = connection.execute(select(outbox.c.state, outbox.c.payload).where(outbox.c.key == key)).first()
    if row is None:
        raise MailError("There is no mail of that key in the outbox. See the keys with: breakthrough outbox list")
    return row.state, row.payload


def _short(key: str) -> str:
    """The key without the address."""
    return key.rpartition("/")[0]


def _update(key: str) -> Update:
    return outbox.update().where(outbox.c.key == key)
