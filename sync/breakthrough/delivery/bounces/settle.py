"""Holds what came back against the outbox, and writes down what follows. What matches none of our mails is left."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from sqlalchemy import Connection, or_, select

from breakthrough.delivery import addresses, suppressions, unsubscribe
from breakthrough.delivery.bounces import notice
from breakthrough.delivery.bounces.notice import Failure, Notice
from breakthrough.delivery.suppressions import Suppression
from breakthrough.settings import Secret
from breakthrough.store import Store
from breakthrough.store.tables import outbox

log = logging.getLogger(__name__)

Meaning = Literal["hard", "soft", "unsubscribed", "nothing"]

_IDENTIFIERS_MOST = 20  # of one message; a bounce is about one mail


class Box(Protocol):
    """Where messages come back to; `maildir.Box` and `imap.Box` are two."""

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Each message that was not done with, by a name. Raises MailError."""

    def done(self, name: str) -> None:
        """Marks it as read, so that it does not come again. Raises MailError."""


@dataclass(frozen=True, slots=True)
class Read:
    """What became of the messages that were in the box."""

    hard: int = 0
    soft: int = 0
    unsubscribed: int = 0
    nothing: int = 0


def empty(store: Store, box: Box, now: dt.datetime, key: Secret | None = None) -> Read:
    """What was in the box. Each message is settled in the store first and marked after: a crash between repeats it.

    `key` signs the tokens of those who unsubscribe; without one they are left alone. Raises MailError.
    """
    tally: Counter[Meaning] = Counter()
    for name, content in box.unread():
        found = notice.read(content)
        with store.begin() as connection:
            meaning = settled(connection, found, now, key)
        box.done(name)
        tally[meaning] += 1
        log.info("came back: %s", meaning)
    return Read(tally["hard"], tally["soft"], tally["unsubscribed"], tally["nothing"])


def settled(connection: Connection, found: Notice, now: dt.datetime, key: Secret | None = None) -> Meaning:
    """What the message meant, once that is written down. Doing it again changes nothing."""
    if found.unsubscribe:
        took = key is not None and unsubscribe.carry_out(connection, key, found.unsubscribe, now)
        return "unsubscribed" if took else "nothing"
    worst: Meaning = "nothing"
    for row in _mails(connection, found):
        for failure in found.failures:
            # the claim has to name the one reader of that very mail: a forwarder's dead end is not our reader's
            if failure.recipient == addresses.same(row.recipient):
                _write(connection, row, failure, now)
                worst = "hard" if failure.hard else worst if worst == "hard" else "soft"
    return worst


def _mails(connection: Connection, found: Notice) -> Iterator[Any]:
    """The mails that it is about: those that were handed over."""
    if not found.failures or not 0 < len(found.about) <= _IDENTIFIERS_MOST:
        return
    named = or_(*(outbox.c.message_id.startswith(f"<{one}@") for one in sorted(found.about)))
    handed_over = outbox.c.state.in_(("sent", "sending", "uncertain"))
    columns = (outbox.c.key, outbox.c.collaborative, outbox.c.recipient)
    yield from connection.execute(select(*columns).where(named, handed_over)).all()


def _write(connection: Connection, row: Any, failure: Failure, now: dt.datetime) -> None:
    said = "came back for good" if failure.hard else "came back"
    noted = outbox.update().where(outbox.c.key == row.key, outbox.c.state.in_(("sent", "uncertain")))
    connection.execute(noted.values(note=f"{said}: {failure.status}"))
    if failure.hard:
        suppressions.put(
            connection, Suppression(row.recipient, row.collaborative, "", "bounced", now, note=failure.status)
        )
