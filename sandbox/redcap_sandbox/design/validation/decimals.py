"""Numbers written with the decimal character that an export asks for."""

from __future__ import annotations

import re
from typing import Literal

from redcap_sandbox.design.validation.kinds import NUMBER, find

DecimalCharacter = Literal["", ".", ","]

_NATIVE = {".": re.compile(NUMBER, re.ASCII), ",": re.compile(NUMBER.replace(r"\.", ","), re.ASCII)}


def native_character(field_type: str, validation: str) -> DecimalCharacter:
    """The decimal character in which the field's numbers are stored, '' if it holds none with decimals.

    Calculated fields and text fields that are validated as a number of some sort do.
    """
    if field_type == "calc":
        return "."
    kind = find(validation) if field_type == "text" else None
    if kind is None:
        return ""
    return "," if kind.data_type == "number_comma_decimal" else "." if kind.data_type == "number" else ""


def with_decimal(field_type: str, validation: str, value: str, character: DecimalCharacter) -> str:
    """The stored value with that decimal character; unchanged without one, and where the value is no such number."""
    native = native_character(field_type, validation)
    if not character or not native or native == character or not _NATIVE[native].fullmatch(value):
        return value
    return value.replace(native, character, 1)
