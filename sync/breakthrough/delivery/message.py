"""A rendered report as a mail: text and HTML side by side, charts inside, every header once and safe to send."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import format_datetime
from urllib.parse import quote

from breakthrough.delivery import headers
from breakthrough.delivery.headers import one_line
from breakthrough.errors import MailError
from breakthrough.reporting.values import Picture, Rendered

_END = b"\r\n"
_MIME = b"MIME-Version: 1.0\r\n"
_WIDE = 76  # letters of a line of base64 (RFC 2045 §6.8)
_ID = re.compile(r"[A-Za-z0-9._+=$!-]+@[A-Za-z0-9.-]+")
_CID = re.compile(r"[A-Za-z0-9._+=$!@-]{1,200}")
_USED = re.compile(r"""cid:(?<!\wcid:)([^"'\s)>]+)""")  # begins with what hardly ever occurs, which is found faster


@dataclass(frozen=True, slots=True)
class Attachment:
    """A web page that goes with a mail as a file. Its name has letters, digits, hyphens and dots alone."""

    name: str
    content: bytes


def written(
    rendered: Rendered,
    *,
    sender: Address,
    recipient: Address,
    reply_to: Address,
    message_id: str,
    list_id: str,
    date: dt.datetime,
    unsubscribe: str,
    attachments: Sequence[Attachment] = (),
    one_click: str = "",
) -> bytes:
    """The mail, ready to be sent: `alternative(text/plain, related(text/html, image/png …))`.

    With `attachments` it is `mixed` of that and them. The same bytes for the same arguments.

    `message_id` stands in angle brackets, `list_id` is the dotted name alone (RFC 2919), `unsubscribe` a mailto: URI,
    `one_click` an https: URI that a POST unsubscribes at (RFC 8058), `date` is aware. Raises MailError when a header
    could be read as more than it says, or a picture is missing.
    """
    _check(rendered, message_id, list_id, (unsubscribe, *filter(None, [one_click])), date, attachments)
    ways = f"<{one_click}>, <{unsubscribe}>" if one_click else f"<{unsubscribe}>"
    heads = [
        headers.raw("Date", format_datetime(date)),
        headers.raw("Message-ID", message_id),
        headers.people("From", sender),
        headers.people("To", recipient),
        headers.people("Reply-To", reply_to),
        headers.words("Subject", rendered.subject),
        headers.raw("Auto-Submitted", "auto-generated"),
        headers.raw("List-ID", f"<{list_id}>"),
        headers.raw("List-Unsubscribe", ways),
    ]
    if one_click:
        heads.append(headers.raw("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    # `=_` cannot occur in quoted-printable or base64, so no boundary is ever met within a part (RFC 2045 §6.7). It is
    # taken from the message's identifier: a random one would make equal mails differ.
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}"
    return b"".join([*heads, _MIME, _whole(rendered, boundary, attachments)])


def mailto(address: Address, subject: str) -> str:
    """`mailto:ros@example.org?subject=Unsubscribe…`: opens a mail to the person who takes readers off the list."""
    return f"mailto:{quote(address.addr_spec, safe='@+')}?subject={quote(subject)}"


def _whole(rendered: Rendered, boundary: str, attachments: Sequence[Attachment]) -> bytes:
    body = _body(rendered, boundary)
    if not attachments:
        return body
    return _multipart("mixed", f"{boundary}_2", [_MIME + body, *(_attached(one) for one in attachments)])


def _body(rendered: Rendered, boundary: str) -> bytes:
    """Text beside page and pictures. Written here, as the standard library takes ten times as long over pictures."""
    page = _text(rendered.html, "html")
    if rendered.pictures:
        pictures = [_picture(one) for one in rendered.pictures]
        page = _MIME + _multipart("related", f"{boundary}_1", [page, *pictures], root="text/html")
    return _multipart("alternative", f"{boundary}_0", [_text(rendered.text, "plain"), page])


def _multipart(kind: str, boundary: str, parts: Sequence[bytes], root: str = "") -> bytes:
    """Several parts as one. `root` is the kind of the first, which the others belong to (RFC 2387 §3.1)."""
    named = f' type="{root}";{_END.decode()}' if root else ""
    opening = f'Content-Type: multipart/{kind};{named} boundary="{boundary}"'.encode()
    line = f"--{boundary}".encode()
    return _END.join([opening, b"", *(piece for part in parts for piece in (line, part)), line + b"--", b""])


def _text(text: str, kind: str) -> bytes:
    # Never 8bit or 7bit: inlined HTML has lines beyond the 998 octets that SMTP allows. Written here, as the standard
    # library's own classes take several times as long. Blanks at a line's end say nothing, and of some the encoder
    # would make a line longer than is allowed.
    heads = (f'Content-Type: text/{kind}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable")
    lines = b"\n".join([one.rstrip(b" \t") for one in text.encode().splitlines()])
    encoded = binascii.b2a_qp(lines).replace(b"\n", _END)
    return _END.join([*(head.encode() for head in heads), b"", encoded, b""])


def _attached(one: Attachment) -> bytes:
    heads = (
        "Content-Type: text/html; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{one.name}"',
    )
    return _END.join([*(head.encode("ascii") for head in heads), _MIME, *_lines(one.content), b""])


def _picture(picture: Picture) -> bytes:
    """Its content id and, made from it, its file's name need no quoting: `_check` has looked at them."""
    name = f"{picture.cid.partition('@')[0]}.png"
    heads = (
        "Content-Type: image/png",
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: inline; filename="{name}"',
        f"Content-ID: <{picture.cid}>",
    )
    return _END.join([*(head.encode("ascii") for head in heads), _MIME, *_lines(picture.png), b""])


def _lines(content: bytes) -> Sequence[bytes]:
    """In base64, line by line; cut at once, as pictures have thousands of lines."""
    letters = base64.b64encode(content)
    full, rest = divmod(len(letters), _WIDE)
    lines = struct.unpack(f"{full * f'{_WIDE}s'}{rest}s", letters)
    return lines if rest else lines[:-1]


def _check(
    rendered: Rendered,
    message_id: str,
    list_id: str,
    ways: Sequence[str],
    date: dt.datetime,
    attachments: Sequence[Attachment],
) -> None:
    wrong = list(_wrong(rendered, message_id, list_id, ways, date))
    if not all(re.fullmatch(r"[A-Za-z0-9.-]{1,100}", one.name) for one in attachments):
        wrong.append("the name of an attachment has characters other than letters, digits, hyphens and dots")
    if wrong:
        raise MailError(f"The {rendered.kind} report of {rendered.subject_code} cannot be mailed: {'; '.join(wrong)}.")


def _wrong(rendered: Rendered, message_id: str, list_id: str, ways: Sequence[str], date: dt.datetime) -> list[str]:
    found = []
    if not one_line(rendered.subject):
        found.append("its subject holds a line break or a control character")
    if not _ID.fullmatch(message_id.removeprefix("<").removesuffix(">")) or message_id[:1] != "<":
        found.append("its Message-ID is not of the form <name@domain>")
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", list_id):
        found.append("its List-ID is not a dotted name")
    if not all(re.fullmatch(r"(mailto|https):[!-;=?-~]+", way) for way in ways):
        found.append("its address to unsubscribe is not a mailto: or https: URI")
    if date.tzinfo is None:
        found.append("its date has no time zone")
    used, here = set(_USED.findall(rendered.html)), {picture.cid for picture in rendered.pictures}
    if not all(_CID.fullmatch(cid) for cid in here):
        found.append("the name of a picture has characters other than letters, digits and dots")
    if used != here or len(here) < len(rendered.pictures):
        found.append("the pictures that its page names and those that go with it are not the same")
    return found
