"""What a text field may hold: the server's validation types, the checks of imports and forms, ranges, decimal marks."""

from __future__ import annotations

from redcap_sandbox.design.validation.checks import (
    Check,
    choice_check,
    form_message,
    missing_check,
    refuses_missing_codes,
    slider_check,
    text_check,
)
from redcap_sandbox.design.validation.dates import Invalid
from redcap_sandbox.design.validation.decimals import DecimalCharacter, native_character, with_decimal
from redcap_sandbox.design.validation.kinds import (
    EXPECTED_FORMAT,
    OLDER_NAMES,
    TYPES,
    DataType,
    DateOrder,
    ValidationType,
    find,
)
from redcap_sandbox.design.validation.limits import comparable, displayed, limit, range_message, takes_range

__all__ = [
    "EXPECTED_FORMAT",
    "OLDER_NAMES",
    "TYPES",
    "Check",
    "DataType",
    "DateOrder",
    "DecimalCharacter",
    "Invalid",
    "ValidationType",
    "choice_check",
    "comparable",
    "displayed",
    "find",
    "form_message",
    "limit",
    "missing_check",
    "native_character",
    "range_message",
    "refuses_missing_codes",
    "slider_check",
    "takes_range",
    "text_check",
    "with_decimal",
]
