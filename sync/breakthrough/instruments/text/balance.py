"""Finds where a quoted text or a bracketed one ends, with quotes, escapes and comments reckoned with."""

from __future__ import annotations

import re

_QUOTE_OR_ESCAPE = {'"': re.compile(r'\\.|"', re.DOTALL), "'": re.compile(r"\\.|'", re.DOTALL)}
# A comment runs to the end of its line and may hold anything: "// don't".
_MARK = re.compile(r"""['"(),{}]|(?://|\#)[^\r\n]*""")
_MARK_ALONE = re.compile(r"""['"(),{}]""")
_PAIRS = {"(": ")", "{": "}"}


def quoted(text: str, start: int) -> int | None:
    """The place after the closing quote of a text that opens at `start`; None where it is never closed."""
    quote = text[start]
    for match in _QUOTE_OR_ESCAPE[quote].finditer(text, start + 1):
        if match[0] == quote:
            return match.end()
    # A backslash before the last quote was meant as a backslash, as in 'C:\'.
    end = text.rfind(quote, start + 1)
    return end + 1 if end > start else None


def bracketed(text: str, start: int) -> tuple[int, tuple[int, ...]] | None:
    """The place after the bracket that closes the one at `start`, and the places of the commas directly inside it.

    None where it is never closed. Comments are passed over, unless the bracket is closed only inside one.
    """
    return _closed(text, start, _MARK) or _closed(text, start, _MARK_ALONE)


def _closed(text: str, start: int, mark: re.Pattern[str]) -> tuple[int, tuple[int, ...]] | None:
    opening, closing = text[start], _PAIRS[text[start]]
    depth, place = 0, start
    commas: list[int] = []
    while match := mark.search(text, place):
        sign, place = match[0], match.end()
        if sign in {"'", '"'}:
            after = quoted(text, match.start())
            if after is None:
                return None
            place = after
        elif sign == opening:
            depth += 1
        elif sign == closing:
            depth -= 1
            if depth == 0:
                return place, tuple(commas)
        elif sign == "," and depth == 1:
            commas.append(match.start())
    return None
