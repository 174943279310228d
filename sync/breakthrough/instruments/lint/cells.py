"""T: field types, and the cells that take a few fixed words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from breakthrough.instruments.field import HEADERS, Field
from breakthrough.instruments.lint.finding import Finding, quoted
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import embedding

TYPES = (
    "text", "notes", "radio", "dropdown", "checkbox", "calc", "yesno", "truefalse", "slider", "descriptive", "file",
    "sql",
)  # fmt: skip
_INTERNAL = {"select": "dropdown", "textarea": "notes"}
_ALIGNMENTS = frozenset({"", "RV", "RH", "LV", "LH"})
_SEARCH = re.compile(r"\s*[A-Za-z]+:\S")  # BIOPORTAL:HP, SIMPLE:…, FHIR:…: a text that is looked up
_CHOICELESS = frozenset({"text", "notes", "yesno", "truefalse", "file", "descriptive"})
_SCRIPT = re.compile(r"<\s*script\b|\bon(?:click|load|error|mouseover|focus)\s*=|javascript:", re.IGNORECASE)
_SHOWN = ("field_label", "section_header", "field_note", "select_choices_or_calculations")


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with types and simple cells."""
    placed = {embed.field for field in subject.fields for column in _SHOWN for embed in _embeds(field, column)}
    record_id = subject.fields[0] if subject.whole and subject.fields else None
    for field in subject.fields:
        yield from _type(field)
        yield from _flags(field)
        yield from _required(field, is_record_id=field is record_id)
        yield from _leftover(field)
        yield from _label(field, subject, is_placed=field.field_name in placed)


def _embeds(field: Field, column: str) -> tuple[embedding.Embed, ...]:
    return embedding.found(getattr(field, column))


def _type(field: Field) -> Iterator[Finding]:
    kind = field.field_type
    if kind not in TYPES and kind.strip().lower() in TYPES:
        meant = kind.strip().lower()
        problem = f"the field type {quoted(kind)} is not written as REDCap writes it"
        yield Finding("T011", field, problem, f"Write {meant}", "field_type")
    elif kind not in TYPES:
        near = _INTERNAL.get(kind) or next(iter(difflib.get_close_matches(kind.strip().lower(), TYPES, n=1)), "")
        problem = f"the field type {quoted(kind)} is not one of REDCap's"
        yield Finding("T001", field, problem, f"Did you mean {near}" if near else _one_of(TYPES), "field_type")
    if kind == "calc" and not field.select_choices_or_calculations.strip():
        remedy = f"Write it under {HEADERS['select_choices_or_calculations']}"
        yield Finding("T002", field, "a calculated field has no calculation", remedy, "field_type")
    if kind == "sql":
        problem = "fields of type sql can be added or changed by administrators only"
        yield Finding("T008", field, problem, "Ask your REDCap administrator to upload it", "field_type")


def _one_of(words: tuple[str, ...]) -> str:
    return f"Write one of: {', '.join(words)}"


def _flags(field: Field) -> Iterator[Finding]:
    for column in ("identifier", "required_field", "matrix_ranking"):
        cell = str(getattr(field, column)).strip()
        if cell not in {"", "y"}:
            code = "T005" if cell == "Y" else "T003"
            problem = f"{quoted(cell)} stands under {HEADERS[column]}"
            yield Finding(code, field, problem, "Write y, or leave it blank", column)
    if field.custom_alignment.strip() not in _ALIGNMENTS:
        problem = f"{quoted(field.custom_alignment)} is not an alignment"
        yield Finding("T004", field, problem, "Write RV, RH, LV or LH, or leave it blank", "custom_alignment")


def _required(field: Field, *, is_record_id: bool) -> Iterator[Finding]:
    if not field.is_required:
        return
    if is_record_id:
        reason = "the record ID is always there"
    elif field.field_type in {"calc", "descriptive"}:
        reason = f"nobody can answer a {field.field_type} field"
    elif field.field_type == "checkbox":
        reason = "REDCap cannot ask for at least one box"
    else:
        return
    yield Finding("T006", field, f"required has no effect here: {reason}", "Leave it blank", "required_field")


def _leftover(field: Field) -> Iterator[Finding]:
    cell = field.select_choices_or_calculations
    if field.field_type not in _CHOICELESS or not cell.strip():
        return
    if field.field_type == "text" and _SEARCH.match(cell):
        return
    problem = f"a {field.field_type} field has no choices; REDCap ignores or clears what stands here"
    yield Finding("T007", field, problem, "Clear the cell, or change the type", "select_choices_or_calculations")


def _label(field: Field, subject: Subject, *, is_placed: bool) -> Iterator[Finding]:
    for column in _SHOWN:
        cell = str(getattr(field, column))
        if "<" in cell and (script := _SCRIPT.search(cell)):
            problem = "there is script in the HTML, which REDCap removes"
            yield Finding("T010", field, problem, "Take it out", column, script.span())
    if field.field_label.strip() or is_placed or field.field_name.lower() in _unseen(field, subject):
        return
    problem = "it has no label, so exports and codebooks show none either"
    yield Finding("T009", field, problem, "Write what is asked for", "field_label")


def _unseen(field: Field, subject: Subject) -> frozenset[str]:
    hidden = any(tag.name == "@HIDDEN" for tag in subject.tags_of(field))
    return frozenset({field.field_name.lower()}) if hidden else frozenset()
