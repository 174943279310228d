"""How headers are written on the wire, where the standard library's folding would change what they say.

Seen with Python 3.11's `email.policy.SMTP`: a long List-Unsubscribe, List-ID or Content-ID turns into encoded words,
which no client reads back; a long quoted name with a comma loses its quotes and becomes two recipients
(python/cpython#80222); words beyond ASCII are folded differently by each release, not always legibly (#92081, #144156).
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

_WHOLE = frozenset(
    {"list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id", "references", "in-reply-to", "content-id"}
)
_PEOPLE = frozenset({"from", "to", "reply-to"})
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~ -]+")  # RFC 5322 atext but "?", which could pose as an encoded word
_LINE_MOST = 998  # RFC 5322 §2.1.1, without the line's end


def one_line(text: str) -> bool:
    """Whether a text has no line break of any kind, no control character and no half of a surrogate pair."""
    return not any(unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"} for sign in text)


class Wire(EmailPolicy):
    """Message identifiers and list headers stand raw on one line; names and subjects keep every character."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """The header as it is kept: ours unparsed, since parsing decodes what merely looks like an encoded word.

        Raises ValueError for a line break or a control character.
        """
        if name.lower() not in _WHOLE | {"subject"}:
            return super().header_store_parse(name, value)
        if not one_line(str(value)):
            raise ValueError(f"the header {name} holds a line break or a control character")
        return name, str(value)

    def fold(self, name: str, value: Any) -> str:
        """The header as it is written, with its line ends. Raises ValueError when it cannot be written."""
        if name.lower() in _WHOLE:
            return self._raw(name, str(value))
        if name.lower() in _PEOPLE:
            return self._raw(name, f",{self.linesep} ".join(self._person(one) for one in value.addresses))
        if name.lower() == "subject":
            return self._raw(name, self._words(str(value), name))
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The same as bytes; all of it is ASCII."""
        return self.fold(name, value).encode("ascii")

    def _raw(self, name: str, written: str) -> str:
        lines = f"{name}: {written}".split(self.linesep)
        fits = all(len(line) <= _LINE_MOST and line.isascii() and line.isprintable() for line in lines)
        if not fits or not all(line.startswith(" ") for line in lines[1:]):
            raise ValueError(f"the header {name} is too long for one line or holds characters it may not hold")
        return self.linesep.join([*lines, ""])

    def _person(self, person: Address) -> str:
        if not person.display_name:
            return person.addr_spec
        name = self._phrase(person.display_name)
        together = f"{name} <{person.addr_spec}>"
        return together if len(together) < 66 else f"{name}{self.linesep} <{person.addr_spec}>"

    def _phrase(self, name: str) -> str:
        if _ATOMS.fullmatch(name):
            return name
        if name.isascii() and "=?" not in name:
            escaped = re.sub(r'([\\"])', r"\\\1", name)
            return f'"{escaped}"'
        return Header(name, "utf-8", header_name="Reply-To").encode(linesep=self.linesep)

    def _words(self, text: str, name: str) -> str:
        charset = "us-ascii" if text.isascii() and "=?" not in text else "utf-8"
        return Header(text, charset, header_name=name).encode(linesep=self.linesep)


WIRE = Wire(linesep="\r\n", max_line_length=78, cte_type="7bit", utf8=False, raise_on_defect=False)
