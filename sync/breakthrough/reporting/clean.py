"""Makes any text fit to be shown: nothing invisible, nothing that reorders its neighbours, no endless strings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Joiners are letters' business in Persian, Hindi and emoji; every other format character only deceives the eye.
_JOINERS = "\u200c\u200d"
_MARKS_IN_A_ROW = 4  # Vietnamese needs two; more than four overflow the line
# Nearly every text is of these alone: Latin letters, our own quotes, dashes, arrows and signs. None needs a look.
_SOUND = re.compile(
    "[\\n\\t\u0020-\u007e\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u22ff\u25a0-\u25ff]*"
)


@lru_cache(maxsize=2048, typed=True)  # a month's reports have most of their words in common; Markup stays Markup
def clean(text: str) -> str:
    """The text without control, bidirectional and other invisible characters. Line breaks stay."""
    if _SOUND.fullmatch(text):
        return text
    kept: list[str] = []
    marks = 0
    for sign in text.replace("\r\n", "\n").replace("\r", "\n"):
        kind = unicodedata.category(sign)
        marks = marks + 1 if kind in {"Mn", "Me"} else 0
        if marks <= _MARKS_IN_A_ROW:
            kept.append(_shown(sign, kind))
    return "".join(kept)


def line(text: str, limit: int = 200) -> str:
    """The text as one clean line of at most `limit` characters; what is cut off shows as an ellipsis."""
    whole = " ".join(clean(text[: limit * 8]).split())
    return whole if len(whole) <= limit else _at_a_word(whole, limit - 1) + "…"


def passage(text: str, limit: int) -> tuple[str, bool]:
    """The text as one clean line, cut at a word; and whether anything was cut off."""
    whole = " ".join(clean(text[: limit * 8]).split())
    if len(whole) <= limit:
        return whole, len(text) > limit * 8
    return _at_a_word(whole, limit), True


def _at_a_word(text: str, limit: int) -> str:
    head = text[:limit]
    space = head.rfind(" ")
    return (head[:space] if space > limit * 2 // 3 else head).rstrip()


def _shown(sign: str, kind: str) -> str:
    if sign in "\n\t" or sign in _JOINERS:
        return sign
    if kind in {"Cc", "Cf"}:
        return ""
    if kind in {"Zl", "Zp"}:
        return "\n"
    nowhere = ord(sign) & 0xFFFE == 0xFFFE  # U+FFFE and its like: no XML may hold them
    return "\ufffd" if nowhere or kind in {"Cs", "Co"} else sign
