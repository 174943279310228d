"""Field embedding: `{field}` and `{field:icons}` in labels, notes, section headers and choice labels.

`found(text)`. Which names are fields only the caller knows; a field embedded anywhere leaves its own row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_EMBED = re.compile(r"(?<![{$\\])\{([A-Za-z][A-Za-z0-9_]*)(:icons)?\}(?!\})")


@dataclass(frozen=True, slots=True)
class Embed:
    """A field to be shown in the text. `icons`: with the small pictures for history and comments."""

    field: str
    icons: bool
    start: int
    end: int


def found(text: str) -> tuple[Embed, ...]:
    """Everything in the text that has the form of an embedded field, in order. Names are in lower case."""
    if "{" not in text:
        return ()
    return tuple(Embed(one[1].lower(), one[2] is not None, *one.span()) for one in _EMBED.finditer(text))
