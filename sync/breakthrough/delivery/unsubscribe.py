"""Signed tokens by which a reader takes an address off one kind of report, without a login and without a list.

A token holds no address: it is a digest of one, which is compared with those that mail went to. Only a holder of the
key can make one, and it says nothing but "this address, this kind of report, this collaborative".
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.delivery import addresses, suppressions
from breakthrough.delivery.suppressions import Suppression
from breakthrough.settings import Secret
from breakthrough.store import Store
from breakthrough.store.tables import outbox

_TAG = 16  # octets of HMAC-SHA256 that go along: RFC 2104 §5 asks for half of it
_ALIAS = 16
_LONGEST = 512  # characters of a token; ours have about 120


@dataclass(frozen=True, slots=True)
class Asked:
    """What a genuine token asks for. `alias` stands for the address."""

    collaborative: str
    report: str
    subject: str
    alias: str


def token(key: Secret, collaborative: str, report: str, subject: str, address: str) -> str:
    """The token that a mail to that address carries: letters, digits, `-`, `_` and one dot, the same each time."""
    told = [collaborative, report, subject, _alias(key, address)]
    body = _letters(json.dumps(told, separators=(",", ":")).encode())
    return f"{body}.{_letters(_tag(key, body))}"


def read(key: Secret, text: str) -> Asked | None:
    """What the token asks for; None where it is not one that this key has signed."""
    body, dot, tag = text.strip().partition(".")
    if not dot or len(text) > _LONGEST or not text.isascii():
        return None
    if not hmac.compare_digest(_letters(_tag(key, body)), tag):
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (binascii.Error, ValueError):
        return None
    return Asked(*told)


def accept(store: Store, key: Secret, text: str, now: dt.datetime) -> bool:
    """Whether the token is genuine and of an address that mail went to; that address gets no more of that report.

    Doing it again changes nothing.
    """
    with store.begin() as connection:
        return carry_out(connection, key, text, now)


def carry_out(connection: Connection, key: Secret, text: str, now: dt.datetime) -> bool:
    """The same in the caller's transaction."""
    asked = read(key, text)
    if asked is None:
        return False
    here = (outbox.c.collaborative == asked.collaborative) & (outbox.c.report == asked.report)
    wanted = select(outbox.c.recipient).where(here, outbox.c.subject == asked.subject).distinct()
    for address in connection.scalars(wanted):
        if hmac.compare_digest(_alias(key, address), asked.alias):
            found = Suppression(addresses.same(address), asked.collaborative, asked.report, "unsubscribed", now)
            suppressions.put(connection, found)
            return True
    return False


def _alias(key: Secret, address: str) -> str:
    # keyed, as a plain digest of an address can be found by trying addresses
    return _letters(hmac.digest(_bytes(key), b"address\0" + addresses.same(address).encode(), hashlib.sha256)[:_ALIAS])


def _tag(key: Secret, body: str) -> bytes:
    return hmac.digest(_bytes(key), b"unsubscribe\0" + body.encode(), hashlib.sha256)[:_TAG]


def _bytes(key: Secret) -> bytes:
    return str.encode(key)


def _letters(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
