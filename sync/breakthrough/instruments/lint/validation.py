"""V: validation types, and least and greatest values that do not fit them or each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import limits
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.spelling import nearest
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import piping

_TYPE = "text_validation_type_or_show_slider_number"
_MIN, _MAX = "text_validation_min", "text_validation_max"
_ORDERS = ("ymd", "mdy", "dmy")
# What a REDCap server comes with; administrators switch types off, and add their own.
KNOWN = frozenset(
    [
        *(f"{kind}_{order}" for kind in ("date", "datetime", "datetime_seconds") for order in _ORDERS),
        "time", "time_hh_mm_ss", "time_mm_ss", "integer", "number", "number_comma_decimal", "email", "zipcode", "ssn",
        "alpha_only", "mrn_10d", "mrn_generic", "vmrn", "phone", "phone_uk", "phone_australia", "postalcode_australia",
        "postalcode_canada", "postalcode_french", "postalcode_germany", "postalcode_uk",
        *(f"number_{places}dp{comma}" for places in "1234" for comma in ("", "_comma_decimal")),
    ]
)  # fmt: skip
_OLD = {"date": "date_ymd", "datetime": "datetime_ymd", "datetime_seconds": "datetime_seconds_ymd",
        "int": "integer", "float": "number"}  # fmt: skip
_ELSEWHERE = {"dropdown": "autocomplete", "sql": "autocomplete", "file": "signature"}
_LITERAL_WORDS = frozenset({"today", "now"})


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with validation and ranges."""
    for field in subject.fields:
        yield from _type(field)
        yield from _range(field, subject)


def _type(field: Field) -> Iterator[Finding]:
    kind = field.validation.strip()
    if not kind or field.field_type == "calc":  # some versions keep a number format there
        return
    if field.field_type == "text":
        yield from _of_text(field, kind)
    elif field.field_type == "slider":
        if kind != "number":
            problem = f"{quoted(kind)} has no meaning for a slider"
            yield Finding("V010", field, problem, "Write number to show its value, or leave it blank", _TYPE)
    elif kind != _ELSEWHERE.get(field.field_type):
        problem = f"a {field.field_type} field takes no validation {quoted(kind)}"
        yield Finding("V002", field, problem, "Clear it, or make the type text", _TYPE)


def _of_text(field: Field, kind: str) -> Iterator[Finding]:
    if kind in _OLD:
        problem = f"{quoted(kind)} is an old name of the validation {_OLD[kind]}"
        yield Finding("V008", field, problem, f"Write {_OLD[kind]}", _TYPE)
    elif kind in _ELSEWHERE.values():
        where = "file" if kind == "signature" else "dropdown"
        problem = f"a text field takes no validation {quoted(kind)}"
        yield Finding("V002", field, problem, f"Clear it, or make the type {where}", _TYPE)
    elif kind not in KNOWN:
        near = nearest(kind, KNOWN)
        problem = f"the validation type {quoted(kind)} is not one that every REDCap server has"
        remedy = (
            f"Did you mean {near}"
            if near
            else "Make sure that your server has it (Control Center, Field Validation Types)"
        )
        yield Finding("V001", field, problem, remedy, _TYPE)


def _range(field: Field, subject: Subject) -> Iterator[Finding]:
    if not (field.text_validation_min.strip() or field.text_validation_max.strip()):
        return
    column = _MIN if field.text_validation_min.strip() else _MAX
    kind = "number" if field.field_type == "slider" else field.validation.strip()
    if field.field_type not in {"text", "slider"}:
        problem = f"a {field.field_type} field takes no least or greatest value"
        yield Finding("V003", field, problem, "Clear both cells", column)
    elif not kind:
        problem = "it has a range and no validation type, so the range is not looked at"
        yield Finding(
            "V004", field, problem, "Write number, integer or a date under validation, or clear both cells", column
        )
    elif limits.kind(kind):
        yield from _limits(field, kind, subject)
    elif kind in KNOWN:
        problem = f"the validation {quoted(kind)} knows no least or greatest value"
        yield Finding("V004", field, problem, "Clear both cells", column)


def _limits(field: Field, kind: str, subject: Subject) -> Iterator[Finding]:
    read: list[limits.Limit | None] = []
    for column in (_MIN, _MAX):
        cell = str(getattr(field, column)).strip()
        found = limits.read(cell, kind) if cell else None
        read.append(found)
        if found is None and cell:
            yield from _unread(field, column, cell, kind, subject)
        elif found and not found.usual:
            problem = f"{quoted(cell)} is not how REDCap writes a limit for {kind}"
            remedy = "Write dates as 2026-01-31, times as 13:05, numbers with a dot; spreadsheets rewrite such cells"
            yield Finding("V007", field, problem, remedy, column)
    least, greatest = read
    if least and greatest and least.value > greatest.value:
        low, high = quoted(field.text_validation_min), quoted(field.text_validation_max)
        problem = f"its least value {low} is above its greatest {high}"
        yield Finding("V005", field, problem, "Change one of the two", _MIN)


def _unread(field: Field, column: str, cell: str, kind: str, subject: Subject) -> Iterator[Finding]:
    if cell.lower() in _LITERAL_WORDS:
        return
    pipes = piping.found(cell, subject.events or ())
    if not pipes or re.sub(r"\[[^\[\]]*\]", "", cell).strip():
        problem = f"{quoted(cell)} is no value of the validation {kind}"
        yield Finding("V006", field, problem, "Write one, or today, now or a [field]", column)
        return
    for pipe in pipes:
        if subject.whole and not pipe.smart and not subject.has(pipe.name):
            near = subject.nearest(pipe.name)
            problem = f"the limit is taken from [{pipe.name}], which is not there"
            remedy = f"Did you mean [{near}]" if near else "Name a field of this project"
            yield Finding("V009", field, problem, remedy, column, (pipe.start, pipe.end))
