"""Which text a field accepts, and how it is stored. Ranges are not checked here: in REDCap they are soft.

A validation type that this server does not have is taken to be one that the institution added: its values pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from breakthrough.instruments.text import tags
from redcap_sandbox.design.validation import dates
from redcap_sandbox.design.validation.dates import Invalid
from redcap_sandbox.design.validation.kinds import EXPECTED_FORMAT, DateOrder, find

Check = Callable[[str], str]

_WHOLE_NUMBER = r"[-+]?\d+"


def text_check(validation: str, order: DateOrder, *, background: bool = False) -> Check | None:
    """The check for a text field of this validation type, None where anything passes.

    `order` is how the import writes dates. The check returns the value as it is stored, or raises Invalid. A
    background import has one text for every bad value.
    """
    kind = find(validation)
    if kind is None:
        return None
    if kind.order is not None:
        return _date_check(kind.data_type, order)
    return _pattern_check(kind.pattern, EXPECTED_FORMAT if background else kind.message)


def choice_check(name: str, codes: frozenset[str]) -> Check:
    """The check for a field that takes only these codes."""

    def check(value: str) -> str:
        code = value.strip()
        if code not in codes:
            raise Invalid(f"The value is not a valid category for {name}")
        return code

    return check


def slider_check(*, background: bool = False) -> Check:
    """The check for a slider, which holds a whole number."""
    whole = find("integer")
    return _pattern_check(_WHOLE_NUMBER, EXPECTED_FORMAT if background or not whole else whole.message)


def missing_check(check: Check | None, codes: Collection[str], *, refused: bool = False) -> Check | None:
    """The check that lets the project's missing data codes pass too, or, for an @NOMISSING field, refuses them.

    A missing data code is a value of any type of field; that those refused get the general text is assumed.
    """
    if not codes or (check is None and not refused):
        return check

    def checked(value: str) -> str:
        code = value.strip()
        if code in codes:
            if refused:
                raise Invalid(EXPECTED_FORMAT)
            return code
        return check(value) if check else value

    return checked


def refuses_missing_codes(annotation: str) -> bool:
    """Whether the field has the action tag @NOMISSING."""
    return any(tag.name == "@NOMISSING" for tag in tags.found(annotation))


def form_message(validation: str, why: Invalid) -> str:
    """What the dialog of a form says of a bad value: the general text there also names the format."""
    kind = find(validation)
    text = str(why)
    return f"{text}Required format: {kind.label}" if kind and text == EXPECTED_FORMAT else text


def _pattern_check(pattern: str, text: str) -> Check:
    matches = re.compile(pattern, re.ASCII).fullmatch

    def check(value: str) -> str:
        stripped = value.strip()
        if not matches(stripped):
            raise Invalid(text)
        return stripped

    return check


def _date_check(kind: str, order: DateOrder) -> Check:
    def check(value: str) -> str:
        return dates.stored(value.strip(), kind, order)

    return check
