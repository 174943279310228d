"""A rendered report as a mail: text and HTML side by side, charts inside, every header once and safe to send."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from typing import cast
from urllib.parse import quote

from breakthrough.delivery.policy import WIRE, one_line
from breakthrough.errors import MailError
from breakthrough.reporting.values import Picture, Rendered

_ID = re.compile(r"[A-Za-z0-9._+=$!-]+@[A-Za-z0-9.-]+")
_CID = re.compile(r"[A-Za-z0-9._+=$!@-]{1,200}")
_USED = re.compile(r"""\bcid:([^"'\s)>]+)""")


def build(
    rendered: Rendered,
    *,
    sender: Address,
    recipient: Address,
    reply_to: Address,
    message_id: str,
    list_id: str,
    date: dt.datetime,
    unsubscribe: str,
) -> EmailMessage:
    """The mail: `alternative(text/plain, related(text/html, image/png …))`, the same bytes for the same arguments.

    `message_id` stands in angle brackets, `list_id` is the dotted name alone (RFC 2919), `unsubscribe` a mailto: URI,
    `date` is aware. Raises MailError when a header could be read as more than it says, or a picture is missing.
    """
    _check(rendered, message_id, list_id, unsubscribe, date)
    mail = EmailMessage(policy=WIRE)
    mail["Date"] = date
    mail["Message-ID"] = message_id
    mail["From"] = sender
    mail["To"] = recipient
    mail["Reply-To"] = reply_to
    mail["Subject"] = rendered.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail["List-ID"] = f"<{list_id}>"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    _fill(mail, rendered)
    _bound(mail, message_id)
    return mail


def mailto(address: Address, subject: str) -> str:
    """`mailto:ros@example.org?subject=Unsubscribe…`: opens a mail to the person who takes readers off the list."""
    return f"mailto:{quote(address.addr_spec, safe='@+')}?subject={quote(subject)}"


def _fill(mail: EmailMessage, rendered: Rendered) -> None:
    # Never 8bit or 7bit: inlined HTML has lines beyond the 998 octets that SMTP allows.
    mail.set_content(rendered.text, cte="quoted-printable")
    mail.add_alternative(rendered.html, subtype="html", cte="quoted-printable")
    if not rendered.pictures:
        return
    page = cast("list[EmailMessage]", mail.get_payload())[1]
    for picture in rendered.pictures:
        _attach(page, picture)
    page.set_param("type", "text/html")  # RFC 2387 §3.1: the root's type


def _attach(page: EmailMessage, picture: Picture) -> None:
    name = f"{picture.cid.partition('@')[0]}.png"
    page.add_related(picture.png, "image", "png", cid=f"<{picture.cid}>", disposition="inline", filename=name)


def _bound(mail: EmailMessage, message_id: str) -> None:
    """Sets each boundary from the message's identifier: random ones would make equal mails differ.

    `=_` cannot occur in quoted-printable or base64, so no boundary is ever met within a part (RFC 2045 §6.7).
    """
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")


def _check(rendered: Rendered, message_id: str, list_id: str, unsubscribe: str, date: dt.datetime) -> None:
    wrong = list(_wrong(rendered, message_id, list_id, unsubscribe, date))
    if wrong:
        raise MailError(f"The {rendered.kind} report of {rendered.subject_code} cannot be mailed: {'; '.join(wrong)}.")


def _wrong(rendered: Rendered, message_id: str, list_id: str, unsubscribe: str, date: dt.datetime) -> list[str]:
    found = []
    if not one_line(rendered.subject):
        found.append("its subject holds a line break or a control character")
    if not _ID.fullmatch(message_id.removeprefix("<").removesuffix(">")) or message_id[:1] != "<":
        found.append("its Message-ID is not of the form <name@domain>")
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", list_id):
        found.append("its List-ID is not a dotted name")
    if not re.fullmatch(r"(mailto|https):[!-;=?-~]+", unsubscribe):
        found.append("its address to unsubscribe is not a mailto: or https: URI")
    if date.tzinfo is None:
        found.append("its date has no time zone")
    used, here = set(_USED.findall(rendered.html)), {picture.cid for picture in rendered.pictures}
    if not all(_CID.fullmatch(cid) for cid in here):
        found.append("the name of a picture has characters other than letters, digits and dots")
    if used != here or len(here) < len(rendered.pictures):
        found.append("the pictures that its page names and those that go with it are not the same")
    return found
