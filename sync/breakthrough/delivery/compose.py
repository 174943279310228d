"""From a rendered report and a recipient to an item of the outbox, with what all mails of a collaborative share."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.headerregistry import Address

from breakthrough.collaborative import Collaborative
from breakthrough.delivery import addresses, message, signing, unsubscribe
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.signing import Signer
from breakthrough.errors import MailError
from breakthrough.reporting.values import Rendered
from breakthrough.settings import Mail, Secret


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes, who answers, and under which name mail programs file it."""

    sender: Address
    reply_to: Address
    list_name: str  # the part of every List-ID that is the collaborative's
    signer: Signer | None = None
    leaving: Leaving | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """How readers take themselves off: by a mail that is read by this program, and by a click where there is a page."""

    key: Secret
    box: Address | None  # where bounces are read, which such mails go to as well
    url: str | None


def letterhead(mail: Mail, collaborative: Collaborative, secret: Callable[[str], Secret] | None = None) -> Letterhead:
    """The letterhead of a collaborative; `secret` fetches what a reference of the settings leads to.

    Raises MailError when sender or coordinator cannot stand in a header, SettingInvalid for a signature that could not
    speak for the sender, and what `secret` raises.
    """
    sender = addresses.sender(mail.sender)
    reply_to = addresses.mailbox(collaborative.coordinator.name, collaborative.coordinator.email)
    signer, leaving = None, None
    if mail.dkim and secret:
        signer = signing.signer(mail.dkim, secret(mail.dkim.key), sender)
    if mail.unsubscribe_key and secret and (mail.bounces or mail.unsubscribe_url):
        box = addresses.sender(mail.bounce) if mail.bounce and mail.bounces else None
        leaving = Leaving(secret(mail.unsubscribe_key), box, mail.unsubscribe_url)
    return Letterhead(sender, reply_to, f"{slug(collaborative.name)}.{sender.domain}", signer, leaving)


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
    by_mail, by_click = _leaving(key, recipient, head, about or key.subject)
    mail = message.written(
        rendered,
        sender=head.sender,
        recipient=recipient,
        reply_to=head.reply_to,
        message_id=message_id,
        list_id=f"{slug(about or key.subject)}.{slug(key.report)}.{head.list_name}",
        date=date,
        unsubscribe=by_mail,
        one_click=by_click,
        attachments=attachments,
    )
    if head.signer:
        mail = head.signer.signed(mail, date)
    return Item(key, recipient.addr_spec, message_id, mail)


def _leaving(key: Key, recipient: Address, head: Letterhead, about: str) -> tuple[str, str]:
    """The addresses to unsubscribe at: a mail's, which a person reads where this program does not; a page's or ''."""
    token = ""
    if head.leaving:
        token = unsubscribe.token(head.leaving.key, key.collaborative, key.report, key.subject, recipient.addr_spec)
    if head.leaving and head.leaving.box:
        by_mail = message.mailto(head.leaving.box, f"unsubscribe {token}")
    else:
        by_mail = message.mailto(head.reply_to, f"Unsubscribe: {key.report} report {about}")
    by_click = f"{head.leaving.url.rstrip('/')}/{token}" if head.leaving and head.leaving.url else ""
    return by_mail, by_click
