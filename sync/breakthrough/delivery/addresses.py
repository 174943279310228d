"""Names and addresses as they may stand in a header and an envelope. What people typed is checked here, once."""

from __future__ import annotations

import re
from email.headerregistry import Address

import idna

from breakthrough.delivery.headers import one_line
from breakthrough.errors import MailError
from breakthrough.reporting.clean import clean

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 dot-atom
_SETTING = re.compile(r'(?:"?(?P<name>[^<>"]*?)"?\s*<(?P<inside>[^<>]+)>|(?P<bare>[^<>\s]+))')
_NAME_MOST = 100  # characters of a display name; it is a courtesy, the address delivers


def mailbox(name: str, address: str) -> Address:
    """The person as a header names them: the name without what could end a header, the address in ASCII.

    Raises MailError when either could not stand in a mail. Neither is in the error's text.
    """
    local, _, domain = canonical(address).rpartition("@")
    return Address(_display(name), local, domain)


def canonical(address: str) -> str:
    """One address as mail servers want it: the domain in lower case and IDNA 2008, the local part as it was written.

    Raises MailError for anything that is not exactly one plain address, without repeating it.
    """
    local, at, domain = address.strip().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > 64:
        raise _unusable("the part before the @ is missing, has other characters than mail servers take, or is too long")
    # The codec of the standard library knows IDNA 2003 alone, by which straße.de is another owner's domain.
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise _unusable("the part after the @ is not a domain name") from None
    if len(local) + 1 + len(ascii_domain) > 254:
        raise _unusable("it is longer than 254 characters")
    return f"{local}@{ascii_domain}"


def same(address: str) -> str:
    """What two spellings of one address have in common: compare and key by this, never send to it.

    Also given for what is no usable address, so that such a one can be named and shown.
    """
    try:
        return canonical(address).casefold()
    except MailError:
        return address.strip().casefold()


def sender(setting: str) -> Address:
    """The sender as settings name it, `Name <address>`. Raises MailError when it is not one address."""
    found = _SETTING.fullmatch(setting.strip())
    if not found:
        raise MailError(
            "The sender of the settings is not one name and address. Write mail.sender as: Name <reports@example.org>"
        )
    return mailbox(found["name"] or "", found["inside"] or found["bare"])


def _display(name: str) -> str:
    plain = " ".join(name.replace("\t", " ").split(" ")).strip()
    if not one_line(plain):
        raise MailError(
            "A name on the roster holds a line break or a control character, so no header can be made of it. "
            "Type the name again in REDCap."
        )
    shown = clean(plain)  # nothing unseen, nothing that turns the address beside it round
    return shown if len(shown) <= _NAME_MOST else f"{shown[: _NAME_MOST - 1]}…"


def _unusable(why: str) -> MailError:
    return MailError(f"An address on the roster cannot be written to: {why}. Correct it in REDCap.")
