"""What the outbox is told, and what it tells.

Where a mail stands is one word, its state:

`held`        waits for a person, or for the moment `lease_until` where there is one
`pending`     goes out from `lease_until` on
`sending`     is being handed over; whoever does it is gone after `lease_until`
`sent`        the mail server has taken it, at `lease_until` as at `sent_at`: so one index serves every question
`uncertain`   the mail server may or may not have taken it
`refused`     for good, by the mail server or because it could not be written
`cancelled`   by a person, or because its reader may get it no longer
`superseded`  a newer one took its place before it went out
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from breakthrough.delivery.key import Key
from breakthrough.delivery.smtp import Outcome

State = Literal["held", "pending", "sending", "sent", "uncertain", "refused", "cancelled", "superseded"]
STATES: tuple[State, ...] = get_args(State)

# More than the slowest send that settings allow: ten times `mail.timeout` for the verdict alone.
LEASE = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Item:
    """A mail to be put in the outbox.

    `unusable` says why it cannot be sent at all; it is kept so that this is seen. With `held` it waits for a person's
    release, and where `held_until` is set it goes out by itself from then on.
    """

    key: Key
    recipient: str  # envelope address
    message_id: str
    payload: bytes
    unusable: str = ""
    held: bool = False
    held_until: dt.datetime | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """What the outbox says of it, whatever becomes of it: by the names of its columns."""
        return {
            "key": str(self.key),
            "collaborative": self.key.collaborative,
            "report": self.key.report,
            "subject": self.key.subject,
            "period": str(self.key.month),
            "revision": self.key.revision,
            "recipient": self.recipient,
            "message_id": self.message_id,
        }


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
    lease_until: dt.datetime | None  # what it means goes by the state
    message_id: str
    note: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did. `left` are the mails that still wait, those put off included, those held not.

    `cancelled` are those whose readers may get them no longer; `held` wait for a person or their moment; `limited`
    says that some wait because as many went out in the minute or hour as settings allow.
    """

    sent: int
    refused: int
    uncertain: int
    left: int
    cancelled: int = 0
    held: int = 0
    limited: bool = False


class Transport(Protocol):
    """What hands one message over; `delivery.smtp.Connection` is one."""

    @property
    def begun(self) -> bool:
        """Whether something of the text of the message that `send` was last given may have gone out."""

    def send(self, recipient: str, content: bytes) -> Outcome:
        """What became of the message. Raises MailError when it was certainly not taken and no other would be."""
