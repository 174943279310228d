"""A message that came back, in types: which of our mails it is about, for whom it failed, and what it asks for.

Bounces are those of RFC 3464 alone, which every mail server of today writes: what is guessed from prose suppresses
people who can be reached. Whatever a message claims is only a claim; `settle` holds it against the outbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses

from breakthrough.delivery import addresses

MOST = 1 << 20  # octets of a message that are looked at: what is ours stands in front
_PARTS_MOST = 50
_VERP = re.compile(r"\+([0-9a-f]{32})@")
_IDENTIFIER = re.compile(r"<([0-9a-f]{32})@[^<>\s]{1,255}>")
_STATUS = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
_UNSUBSCRIBE = re.compile(r"\s*unsubscribe[\s:]+(\S+)\s*", re.IGNORECASE)
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class Failure:
    """For whom the mail failed, as `addresses.same` has it, with an RFC 3463 status: `5.1.1`."""

    recipient: str
    status: str

    @property
    def hard(self) -> bool:
        """Whether the address is no use, now and later: unknown, no such domain, malformed, moved, or disabled.

        A full mailbox, a message that is too long or unwanted, or the sender's own address at fault says nothing of
        the kind.
        """
        kind, subject, detail = self.status.split(".")
        if kind != "5":
            return False
        return (
            (subject == "1" and detail not in {"7", "8", "9"})
            or (subject, detail) == ("2", "1")
            or (subject, detail) == ("0", "0")
        )


@dataclass(frozen=True, slots=True)
class Notice:
    """`about` are the identifiers of our mails that it names: what stands before the @ of their Message-IDs."""

    about: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    unsubscribe: str = ""  # the token


def read(content: bytes) -> Notice:
    """What the message says that concerns us; an empty notice for every other message, broken ones included."""
    try:
        message = message_from_bytes(content[:MOST], policy=policy.compat32)
        return _bounce(message) if _reports(message) else Notice(unsubscribe=_asked(message))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, HeaderParseError):
        return Notice()  # the standard library trips over some hostile messages; none of those is a bounce


def _reports(message: Message) -> bool:
    """Whether it is a delivery status notification, which nobody sends from an address that could be answered."""
    kind = str(message.get_param("report-type") or "").lower()
    path = message["Return-Path"]
    return (
        message.get_content_type() == "multipart/report"
        and kind == "delivery-status"
        and (path is None or str(path).strip() == "<>")
    )


def _bounce(message: Message) -> Notice:
    parts = [part for part, _ in zip(_parts(message), range(_PARTS_MOST), strict=False)]
    about = {found for name in _TO for value in message.get_all(name, []) for found in _VERP.findall(str(value))}
    for part in parts:
        about.update(_IDENTIFIER.findall(_returned(part)))
    prose = next((str(part.get_payload()) for part in parts if part.get_content_type() == "text/plain"), "")
    failures = [one for part in parts for one in _failures(part, prose)]
    named = {
        addresses.same(address) for _, address in getaddresses(map(str, message.get_all("X-Failed-Recipients", [])))
    }
    if named:  # Exim's status names the address that was written to, also where one behind it failed
        failures = [one for one in failures if one.recipient in named]
    return Notice(frozenset(about), tuple(dict.fromkeys(failures)))


def _parts(message: Message) -> Iterator[Message]:
    """The parts of the report itself, and nothing of the message that it returns."""
    payload = message.get_payload()
    if isinstance(payload, list):
        yield from (part for part in payload if isinstance(part, Message))


def _returned(part: Message) -> str:
    """The Message-ID of the mail that is returned in that part; '' where none is."""
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
        return "".join(str(one["Message-ID"] or "") for one in payload if isinstance(one, Message))
    if part.get_content_type() in {"text/rfc822-headers", "message/rfc822-headers"} and isinstance(payload, str):
        return str(message_from_string(payload, policy=policy.compat32)["Message-ID"] or "")
    return ""


def _failures(part: Message, prose: str) -> Iterator[Failure]:
    blocks = part.get_payload()
    if part.get_content_type() != "message/delivery-status" or not isinstance(blocks, list):
        return
    for block in (one for one in blocks if isinstance(one, Message)):
        status = _STATUS.search(str(block["Status"] or ""))
        if str(block["Action"] or "").strip().lower() != "failed" or not status:
            continue
        kind, _, address = str(block["Final-Recipient"] or "").partition(";")
        if kind.strip().lower() == "rfc822" and address.strip():
            told = f"{block['Diagnostic-Code'] or ''}"
            yield Failure(addresses.same(address.strip().strip("<>")), _precise(status[0], told, prose))


def _precise(status: str, diagnosis: str, prose: str) -> str:
    """The status, or, where it says "undefined" alone, the one that the server's words hold; the milder of several."""
    if not status.endswith(".0.0"):
        return status
    found = _STATUS.findall(diagnosis) or _STATUS.findall(prose)
    return min((one for one in found if not one.endswith(".0.0")), key=_severity, default=status)


def _severity(status: str) -> bool:
    return Failure("", status).hard


def _asked(message: Message) -> str:
    """The token of a mail that asks for no more; '' where it is none, or no person wrote it."""
    if str(message["Auto-Submitted"] or "no").strip().lower() != "no":
        return ""
    subject = str(make_header(decode_header(str(message["Subject"] or ""))))
    found = _UNSUBSCRIBE.fullmatch(subject)
    return found[1] if found else ""
