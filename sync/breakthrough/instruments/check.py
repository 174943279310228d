"""What must hold before anything is sent to REDCap: the mistakes that REDCap refuses, or that break at run time."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.field import Field, export_name

TYPES = (
    "text", "notes", "radio", "dropdown", "checkbox", "calc", "yesno", "truefalse", "slider", "descriptive", "file",
    "sql",
)  # fmt: skip
LONGEST_NAME = 100
_NAME = re.compile(r"[a-z](?:[a-z0-9]|_(?!_|$))*")
_CODE = re.compile(r"[A-Za-z0-9_.-]+")
_RESERVED = {
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group",
    "redcap_survey_identifier", "redcap_survey_timestamp", "record", "event", "instance", "project_id", "page", "arm",
    "arm_num", "event_id", "hidden_edit_flag", "passkey", "pid",
}  # fmt: skip
_ALIGNMENTS = {"", "RV", "RH", "LV", "LH"}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_REFERENCE = re.compile(r"\[([A-Za-z][A-Za-z0-9_]*)(?:\(([^()\]]*)\))?(?::[^\]]*)?\](?=\s*(\[)|)")


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake: which field it is in, what is wrong, and what to do."""

    field: Field
    problem: str
    remedy: str

    def __str__(self) -> str:
        """`pdsa_cycle.csv, row 7, field pd_kind: …`, then what is wrong and what to do."""
        where = f"{self.field.origin}, " if self.field.origin else ""
        return f"{where}field {self.field.field_name or '(no name)'}: {self.problem}. {self.remedy}."


def require(fields: Sequence[Field]) -> None:
    """Raises DictionaryInvalid listing every finding, one a line; returns nothing where there is none."""
    found = findings(fields)
    if found:
        raise DictionaryInvalid("\n".join(str(finding) for finding in found))


def findings(fields: Sequence[Field]) -> tuple[Finding, ...]:
    """Every mistake in a whole project's fields, in the order of the fields."""
    named = {field.field_name: field for field in fields}
    statuses = {f"{field.form_name}_complete" for field in fields}
    place = {id(field): number for number, field in enumerate(fields)}
    every: list[Callable[[Sequence[Field]], Iterable[Finding]]] = [_names, _forms, _first, _matrices, _exports]
    found = [finding for rule in every for finding in rule(fields)]
    for field in fields:
        for one in (_type, _choices, _cells, _validation):
            found += one(field)
        found += _logic(field, named, statuses)
    return tuple(sorted(found, key=lambda finding: place[id(finding.field)]))


def _names(fields: Sequence[Field]) -> Iterator[Finding]:
    first: dict[str, Field] = {}
    for field in fields:
        name = field.field_name
        if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
            yield Finding(
                field,
                f"the name '{name}' is not one REDCap takes",
                f"Use small letters, digits and single underscores, a letter first, at most {LONGEST_NAME} characters",
            )
        elif name in _RESERVED:
            yield Finding(field, f"the name '{name}' is REDCap's own", "Choose another name")
        if name in first:
            yield Finding(field, f"the name stands twice (also in {first[name].origin})", "Rename one of the two")
        first.setdefault(name, field)


def _forms(fields: Sequence[Field]) -> Iterator[Finding]:
    seen: set[str] = set()
    for form, run in groupby(fields, key=lambda field: field.form_name):
        field = next(iter(run))
        if not _NAME.fullmatch(form):
            yield Finding(
                field,
                f"the form name '{form}' is not one REDCap takes",
                "Use small letters, digits and single underscores, a letter first",
            )
        if form in seen:
            yield Finding(field, f"the form '{form}' begins a second time here", "Keep all rows of a form together")
        seen.add(form)
    names = {field.field_name: field for field in fields}
    for form in seen:
        for taken in (f"{form}_complete", f"{form}_timestamp"):
            if taken in names:
                yield Finding(
                    names[taken], f"REDCap keeps the name '{taken}' for the form '{form}'", "Choose another name"
                )


def _first(fields: Sequence[Field]) -> Iterator[Finding]:
    if fields and (fields[0].field_type != "text" or fields[0].branching_logic):
        yield Finding(
            fields[0],
            "the first field is the record ID, which must be plain text and always shown",
            "Make its type text and its branching logic blank, or put the record-ID field first",
        )


def _type(field: Field) -> Iterator[Finding]:
    if field.field_type not in TYPES:
        near = difflib.get_close_matches(field.field_type, TYPES, n=1)
        hint = f"Did you mean {near[0]}" if near else f"Write one of: {', '.join(TYPES)}"
        yield Finding(field, f"the field type '{field.field_type}' is not one of REDCap's", hint)
    if field.field_type == "calc" and not field.select_choices_or_calculations.strip():
        yield Finding(field, "a calculated field has no calculation", "Write it in the choices column")


def _choices(field: Field) -> Iterator[Finding]:
    if field.field_type not in {"radio", "dropdown", "checkbox"}:
        return
    codes = field.codes
    if not codes:
        yield Finding(field, f"a {field.field_type} has no choices", "Write them as: 1, First | 2, Second")
    for code, times in Counter(codes).items():
        if times > 1:
            yield Finding(field, f"the code '{code}' stands {times} times among its choices", "Give each its own code")
        if not _CODE.fullmatch(code):
            yield Finding(
                field, f"'{code}' cannot be the code of a choice", "Use letters, digits, dots, dashes and underscores"
            )


def _exports(fields: Sequence[Field]) -> Iterator[Finding]:
    for field in fields:
        if field.field_type == "checkbox":
            columns = Counter(export_name(field.field_name, code) for code in dict.fromkeys(field.codes))
            for column in (name for name, times in columns.items() if times > 1):
                yield Finding(field, f"two of its codes become the same column {column}", "Change one of the codes")


def _cells(field: Field) -> Iterator[Finding]:
    for column, cell in (("Identifier?", field.identifier), ("Required Field?", field.required_field)):
        if cell not in {"", "y"}:
            yield Finding(field, f"'{cell}' stands under {column}", "Write y, or leave it blank")
    if field.custom_alignment not in _ALIGNMENTS:
        yield Finding(
            field, f"'{field.custom_alignment}' is not an alignment", "Write RV, RH, LV or LH, or leave it blank"
        )


def _validation(field: Field) -> Iterator[Finding]:
    allowed = {"dropdown": {"autocomplete"}, "sql": {"autocomplete"}, "file": {"signature"}, "slider": {"number"}}
    if field.field_type in {"text", "calc"}:
        return
    if field.validation and field.validation not in allowed.get(field.field_type, set()):
        yield Finding(
            field,
            f"a {field.field_type} field takes no validation '{field.validation}'",
            "Clear it, or make the type text",
        )
    limits = field.text_validation_min or field.text_validation_max
    if limits and field.field_type != "slider":
        yield Finding(field, f"a {field.field_type} field takes no least or greatest value", "Clear both cells")


def _matrices(fields: Sequence[Field]) -> Iterator[Finding]:
    seen: set[str] = set()
    for name, run in groupby(fields, key=lambda field: field.matrix_group_name):
        if not name:
            continue
        rows = list(run)
        if name in seen:
            yield Finding(rows[0], f"the matrix '{name}' begins a second time here", "Keep its rows together")
        seen.add(name)
        for one, two in pairwise(rows):
            if (one.field_type, one.choices, one.form_name) != (two.field_type, two.choices, two.form_name):
                yield Finding(
                    two,
                    f"it differs from the row above in the matrix '{name}'",
                    "Give both one type and the same choices",
                )
            if two.section_header:
                yield Finding(two, f"a section header parts the matrix '{name}'", "Put it on the first row")
        for row in rows:
            if row.field_type not in {"radio", "checkbox"}:
                yield Finding(row, f"a {row.field_type} cannot be in a matrix", "Only radio and checkbox can")


def _logic(field: Field, named: Mapping[str, Field], statuses: set[str]) -> Iterator[Finding]:
    yield from _expression(field, "branching logic", field.branching_logic, named, statuses)
    if field.field_type == "calc":
        yield from _expression(field, "calculation", field.select_choices_or_calculations, named, statuses)


def _expression(
    field: Field, what: str, text: str, named: Mapping[str, Field], statuses: set[str]
) -> Iterator[Finding]:
    bare = _QUOTED.sub("''", text)
    if "'" in bare.replace("''", "") or '"' in bare:
        yield Finding(field, f"a quote in its {what} is never closed", "Close it")
    for opening, closing in ("()", "[]"):
        if not _balanced(bare, opening, closing):
            yield Finding(field, f"the brackets {opening}{closing} in its {what} do not match", "Count them")
    for found in _REFERENCE.finditer(bare):
        name, code, before_another = found[1].lower(), found[2], found[3]
        if before_another or name in statuses:  # an event's name, or whether a form is complete
            continue
        if name not in named:
            near = difflib.get_close_matches(name, named, n=1)
            hint = f"Did you mean [{near[0]}]" if near else "Name a field of this project"
            yield Finding(field, f"its {what} refers to [{name}], which is not there", hint)
        elif code is not None and code.strip() not in named[name].codes:
            yield Finding(
                field, f"its {what} refers to [{name}({code})], a choice that is not there", "Use a code of that field"
            )


def unknown(text: str, named: Mapping[str, Field]) -> tuple[str, ...]:
    """The names that a text pipes, such as `[tr_name]`, and that are no fields."""
    found = (match[1].lower() for match in _REFERENCE.finditer(text) if not match[3])
    return tuple(name for name in found if name not in named)


def _balanced(text: str, opening: str, closing: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter == opening) - (letter == closing)
        if depth < 0:
            return False
    return depth == 0
