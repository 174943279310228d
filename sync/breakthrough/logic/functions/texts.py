"""Functions of text. Characters are counted as a person does, by code points; case is that of Unicode."""

from __future__ import annotations

from breakthrough.logic.functions.numbers import count
from breakthrough.logic.setting import Setting
from breakthrough.logic.values import BLANK, Value, flag, text

_BLANKS = " \t\n\r\v\0"  # what trim removes: not every blank of Unicode


def contains(_setting: Setting, haystack: Value, needle: Value) -> Value:
    """1 where the needle stands in the haystack, in any case. A blank needle is nowhere."""
    return flag(_holds(haystack, needle))


def not_contain(_setting: Setting, haystack: Value, needle: Value) -> Value:
    """1 where it does not."""
    return flag(not _holds(haystack, needle))


def starts_with(_setting: Setting, haystack: Value, needle: Value) -> Value:
    """1 where the haystack begins with the needle, in any case."""
    return flag(text(needle) != BLANK and text(haystack).lower().startswith(text(needle).lower()))


def ends_with(_setting: Setting, haystack: Value, needle: Value) -> Value:
    """1 where the haystack ends with the needle, in any case."""
    return flag(text(needle) != BLANK and text(haystack).lower().endswith(text(needle).lower()))


def find(_setting: Setting, needle: Value, haystack: Value) -> Value:
    """Where the needle first stands in the haystack, counted from 1; 0 where it does not. The case matters."""
    return 0.0 if text(needle) == BLANK else float(text(haystack).find(text(needle)) + 1)


def left(_setting: Setting, value: Value, characters: Value) -> Value:
    """The first characters."""
    return text(value)[: max(0, count(characters) or 0)]


def right(_setting: Setting, value: Value, characters: Value) -> Value:
    """The last characters."""
    wanted = max(0, count(characters) or 0)
    return text(value)[-wanted:] if wanted else BLANK


def mid(_setting: Setting, value: Value, start: Value, characters: Value) -> Value:
    """So many characters from a place counted from 1; blank for a place before that."""
    first, wanted = count(start) or 0, max(0, count(characters) or 0)
    return text(value)[first - 1 : first - 1 + wanted] if first > 0 else BLANK


def length(_setting: Setting, value: Value) -> Value:
    """How many characters; 0 for a blank."""
    return float(len(text(value)))


def trim(_setting: Setting, value: Value) -> Value:
    """Without blanks, tabs and line ends at both ends."""
    return text(value).strip(_BLANKS)


def upper(_setting: Setting, value: Value) -> Value:
    """In capitals."""
    return text(value).upper()


def lower(_setting: Setting, value: Value) -> Value:
    """In small letters."""
    return text(value).lower()


def replace_text(_setting: Setting, value: Value, old: Value, new: Value) -> Value:
    """With every occurrence replaced; the case matters."""
    return text(value).replace(text(old), text(new)) if text(old) != BLANK else text(value)


def concat(_setting: Setting, *values: Value) -> Value:
    """All joined."""
    return BLANK.join(text(value) for value in values)


def concat_ws(_setting: Setting, separator: Value, *values: Value) -> Value:
    """All that are not blank, joined with the separator."""
    return text(separator).join(shown for value in values if (shown := text(value)) != BLANK)


def _holds(haystack: Value, needle: Value) -> bool:
    return text(needle) != BLANK and text(needle).lower() in text(haystack).lower()
