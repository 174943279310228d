"""From a rendered report and a recipient to an item of the outbox, with what all mails of a collaborative share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import addresses, message
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.errors import MailError
from breakthrough.reporting.values import Rendered
from breakthrough.settings import Mail


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, who answers, and under which name mail programs file it."""

    sender: Address
    reply_to: Address
    list_name: str  # the part of every List-ID that is the collaborative's


def letterhead(mail: Mail, collaborative: Collaborative) -> Letterhead:
    """The letterhead of a collaborative. Raises MailError when sender or coordinator cannot stand in a header."""
    sender = addresses.sender(mail.sender)
    reply_to = addresses.mailbox(collaborative.coordinator.name, collaborative.coordinator.email)
    return Letterhead(sender, reply_to, f"{slug(collaborative.name)}.{sender.domain}")


def slug(text: str) -> str:
    """`north-east-attendance-collaborative`: a name as one label of a dotted name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:63].strip("-") or "collaborative"


def item(
    rendered: Rendered,
    key: Key,
    name: str,
    address: str,
    head: Letterhead,
    date: dt.datetime,
    *,
    about: str | None = None,
    attachments: Sequence[message.Attachment] = (),
) -> Item:
    """The mail of that report to that person, ready for the outbox; the same bytes for the same arguments.

    `about` is what mail programs file it by, in place of the key's subject, where that is another one each time.
    An address or a name that cannot be written to yields an item that is refused from the start, so that it is seen and
    keeps nobody else waiting. Raises MailError when the report itself cannot be mailed.
    """
    message_id = key.message_id(head.sender.domain)
    try:
        recipient = addresses.mailbox(name, address)
    except MailError as unusable:
        return Item(key, address.strip()[:254], message_id, b"", str(unusable))
    mail = message.written(
        rendered,
        sender=head.sender,
        recipient=recipient,
        reply_to=head.reply_to,
        message_id=message_id,
        list_id=f"{slug(about or key.subject)}.{slug(key.report)}.{head.list_name}",
        date=date,
        unsubscribe=message.mailto(head.reply_to, f"Unsubscribe: {key.report} report {about or key.subject}"),
        attachments=attachments,
    )
    return Item(key, recipient.addr_spec, message_id, mail)
