"""Errors that point at the character: where, what was expected, what stood there, and what was probably meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable

from breakthrough.errors import LogicInvalid

WIDEST = 100  # characters of a long line that an excerpt shows

# What the grammar's terminals are called in a message; those that say the same are named once.
_WORDS = {
    "NUMBER": "a value",
    "TEXT": "a value",
    "WORD": "a value",
    "OPEN": "a value",
    "LPAR": "a value",
    "SIGN": "a value",
    "NOT": "a value",
    "NAME": "a name",
    "CODE": "a choice's code",
    "COMPARE": "an operator",
    "AND": "an operator",
    "OR": "an operator",
    "TIMES": "an operator",
    "CARET": "an operator",
    "COMMA": "','",
    "CLOSE": "')'",
    "RPAR": "')'",
    "END": "']'",
    "COLON": "':'",
    "ARGUMENT": "an argument",
    "$END": "the end",
}

# Spellings that are right elsewhere. Matched at the place of the error.
_HABITS = (
    (re.compile(r"=="), "REDCap compares with a single '='."),
    (re.compile(r"(?<==)>"), "Write '>='."),
    (re.compile(r"(?<==)<"), "Write '<='."),
    (re.compile(r"!(?!=)"), "REDCap has no '!': write '<>' for 'is not'."),
    (re.compile("[‘’“”„]"), "Curly quotes are no quotes to REDCap: write straight ones, ' or \"."),
    (re.compile(r"\{"), "Curly brackets embed a field in a label. In logic, write [field]."),
    (re.compile(r"%"), "REDCap has no '%': for a remainder, write mod(a, b)."),
    (re.compile(r"@\w+", re.ASCII), "Logic as a whole may stand in @CALCTEXT(…) or @CALCDATE(…), and in no other tag."),
    (re.compile(r"['\"]"), "This quote is never closed. A text begins and ends with the same kind of quote."),
)


class Misread(Exception):
    """Raised while the tree is built; becomes a LogicInvalid where the whole text is at hand."""

    def __init__(self, at: int, sentence: str, code: str = "syntax") -> None:
        super().__init__(sentence)
        self.at = at
        self.sentence = sentence
        self.code = code


def invalid(source: str, at: int, sentence: str, *, code: str = "syntax", expected: Iterable[str] = ()) -> LogicInvalid:
    """The error for that place of the source, with line, column and an excerpt."""
    at = max(0, min(at, len(source)))
    before = source[:at]
    start = max(before.rfind("\n"), before.rfind("\r")) + 1
    return LogicInvalid(
        sentence,
        code=code,
        position=at,
        line=1 + len(re.findall(r"\r\n|\r|\n", before)),
        column=at - start + 1,
        excerpt=_excerpt(source, start, at),
        expected=tuple(expected),
    )


def unexpected(source: str, at: int, terminals: Collection[str]) -> LogicInvalid:
    """The error for text that the grammar cannot go on with; `terminals` are those it could have gone on with."""
    expected = _expected(set(terminals))
    if not source.strip():
        return invalid(source, 0, "There is no logic here.", code="empty", expected=expected)
    dangling = re.search(r"\b(?:and|or)\s*$", source[:at], re.IGNORECASE)
    if dangling and "an operator" in expected:  # it was read as a value, for want of one before it
        return invalid(source, dangling.start(), f"Expected a value, found {_found(source, dangling.start())}.")
    if at >= len(source.rstrip()):
        sentence = f"The logic ends here, but {_one_of(expected)} was expected."
    else:
        sentence = f"Expected {_one_of(expected)}, found {_found(source, at)}."
        sentence += "".join(f" {advice}" for pattern, advice in _HABITS if pattern.match(source, at))
    return invalid(source, at, sentence, expected=expected)


def nearest(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the closest of the known names, or nothing when none is close."""
    spelt = {one.lower(): one for one in known}
    close = difflib.get_close_matches(name.lower(), list(spelt), n=1, cutoff=0.6)
    return f" Did you mean '{spelt[close[0]]}'?" if close else ""


def _expected(terminals: set[str]) -> tuple[str, ...]:
    if "END" in terminals:  # within brackets a '(' opens a choice's code
        terminals = {"'('" if name == "LPAR" else name for name in terminals}
    words = {_WORDS.get(name, name) for name in terminals if name in _WORDS or name == "'('"}
    if "an operator" in words:
        words.discard("a value")  # a sign is both, and here it joins
    return tuple(sorted(words))


def _one_of(words: tuple[str, ...]) -> str:
    if not words:
        return "something else"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _found(source: str, at: int) -> str:
    found = re.compile(r"[\w@]+|<>|[=!<>]{2,3}|&&|\|\||.", re.DOTALL).match(source, at)
    return f"'{_visible(found.group()[:30])}'" if found else "nothing"


def _visible(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)


def _excerpt(source: str, start: int, at: int) -> str:
    """That line and a caret below the place. What cannot be seen is a blank, and long lines are cut."""
    line = _visible(re.split(r"[\r\n]", source[start:], maxsplit=1)[0])
    column = at - start
    cut = max(0, column - WIDEST // 2)
    return f"    {line[cut : cut + WIDEST]}\n    {' ' * (column - cut)}^"
