"""The names that field types and validations have inside REDCap, and so in its XML, against those of the dictionary."""

from __future__ import annotations

from collections.abc import Mapping

from breakthrough.instruments.field import Field

# Of the dictionary: of the XML.
TYPES: Mapping[str, str] = {"dropdown": "select", "notes": "textarea"}
VALIDATIONS: Mapping[str, str] = {"integer": "int", "number": "float"}
TYPES_BACK: Mapping[str, str] = {inside: ours for ours, inside in TYPES.items()}
VALIDATIONS_BACK: Mapping[str, str] = {inside: ours for ours, inside in VALIDATIONS.items()}
IMPLIED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "yesno": (("1", "Yes"), ("0", "No")),
    "truefalse": (("1", "True"), ("0", "False")),
    "checkbox": (("1", "Checked"), ("0", "Unchecked")),
}
_ANY_LENGTH = "999"


def type_in_xml(field_type: str) -> str:
    """`select` for `dropdown`, `textarea` for `notes`; any other as it is."""
    return TYPES.get(field_type, field_type)


def validation_in_xml(field: Field) -> str:
    """`int` for `integer`, `float` for `number`, except for a slider, whose `number` only shows its value."""
    if field.field_type == "slider":
        return field.validation
    return VALIDATIONS.get(field.validation, field.validation)


def type_in_dictionary(inside: str) -> str:
    """`dropdown` for `select`, `notes` for `textarea`; any other as it is."""
    return TYPES_BACK.get(inside, inside)


def validation_in_dictionary(inside: str) -> str:
    """`integer` for `int`, `number` for `float`; any other as it is."""
    return VALIDATIONS_BACK.get(inside, inside)


def data_type(field: Field) -> tuple[str, str]:
    """ODM's data type of a field's values, and their length as ODM wants it told."""
    kind = field.field_type
    if kind in IMPLIED:
        return "boolean", "1"
    if kind in {"radio", "dropdown", "select", "sql"}:
        return "text", str(max((len(code) for code in field.codes), default=1) or 1)
    if kind == "calc":
        return "float", _ANY_LENGTH
    if kind == "slider":
        return "integer", _ANY_LENGTH
    return (_of_text(field.validation) if kind == "text" else "text"), _ANY_LENGTH


def _of_text(validation: str) -> str:
    if validation in {"integer", "int"}:
        return "integer"
    if (validation.startswith("number") and "comma" not in validation) or validation == "float":
        return "float"
    if validation.startswith("datetime_seconds"):
        return "datetime"
    if validation.startswith("datetime"):
        return "partialDatetime"
    if validation == "time":
        return "partialTime"
    return "date" if validation.startswith("date") else "text"
