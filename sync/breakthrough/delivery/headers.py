"""How headers are written on the wire: by ourselves, as the standard library's folding would change what they say.

Seen with Python 3.11's `email.policy.SMTP`: a long List-Unsubscribe, List-ID or Content-ID turns into encoded words,
which no client reads back; a long quoted name with a comma loses its quotes and becomes two recipients
(python/cpython#80222); words beyond ASCII are folded differently by each release, not always legibly (#92081, #144156).
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address

_END = "\r\n"
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]+")  # RFC 5322 atext but "?", which could pose as an encoded word
_LINE_MOST = 998  # RFC 5322 §2.1.1, without the line's end


def one_line(text: str) -> bool:
    """Whether a text has no line break of any kind, no control character and no half of a surrogate pair."""
    return text.isprintable() or not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text)


def raw(name: str, text: str) -> bytes:
    """The header on one line, as it stands. Raises ValueError where it is too long for one or not printable ASCII."""
    return _written(name, [text])


def people(name: str, *them: Address) -> bytes:
    """A header that names people. Raises ValueError where one of them is too long for a line."""
    return _written(name, f",{_END} ".join(map(_person, them)).split(_END))


def words(name: str, text: str) -> bytes:
    """A header that people read, such as the subject, every character kept. Raises ValueError as `raw` does."""
    if not one_line(text):
        raise ValueError(f"the header {name} holds a line break or a control character")
    charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
    return _written(name, Header(text, charset, header_name=name).encode(linesep=_END).split(_END))


def _written(name: str, lines: list[str]) -> bytes:
    lines = [f"{name}: {lines[0]}", *lines[1:]]
    fits = all(len(line) <= _LINE_MOST and line.isascii() and line.isprintable() for line in lines)
    if not fits or not all(line.startswith(" ") for line in lines[1:]):
        raise ValueError(f"the header {name} is too long for one line or holds characters it may not hold")
    return _END.join([*lines, ""]).encode("ascii")


def _person(person: Address) -> str:
    if not person.display_name:
        return person.addr_spec
    name = _phrase(person.display_name)
    together = f"{name} <{person.addr_spec}>"
    return together if len(together) < 66 else f"{name}{_END} <{person.addr_spec}>"


def _phrase(name: str) -> str:
    if _ATOMS.fullmatch(name):
        return name
    if name.isascii() and "=?" not in name:
        escaped = re.sub(r'([\\"])', r"\\\1", name)
        return f'"{escaped}"'
    return Header(name, "utf-8", header_name="Reply-To").encode(linesep=_END)
