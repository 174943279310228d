"""Functions that tell blanks from missing-data codes."""

from __future__ import annotations

from breakthrough.logic.setting import Setting
from breakthrough.logic.values import BLANK, Value, flag, text


def isblankormissingcode(setting: Setting, value: Value) -> Value:
    """1 for a blank and for any missing-data code of the project."""
    return flag(text(value) == BLANK or text(value) in setting.missing_codes)


def isblanknotmissingcode(_setting: Setting, value: Value) -> Value:
    """1 for a blank only."""
    return flag(text(value) == BLANK)


def ismissingcode(setting: Setting, value: Value) -> Value:
    """1 for a missing-data code of the project."""
    return flag(text(value) in setting.missing_codes)


def hasmissingcode(setting: Setting, value: Value, codes: Value) -> Value:
    """1 for a missing-data code of the project that is among those listed, with commas between."""
    listed = {code.strip(" ") for code in text(codes).split(",")}
    return flag(text(value) in setting.missing_codes and text(value) in listed)
