"""A form of the data dictionary as a sheet: `blank`, and `filled` with what a record holds."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from breakthrough.instruments.text import choices, tags
from breakthrough.instruments.text.html import plain
from redcap_sandbox.design.dictionary import Dictionary, Field, status_column, status_name
from redcap_sandbox.pdf.labels import paragraphs, stored
from redcap_sandbox.pdf.sheet import Option, Question, Scale, Section, Sheet

_UNPRINTED = frozenset({"@HIDDEN", "@HIDDEN-PDF"})
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(.*)", re.DOTALL)


def blank(dictionary: Dictionary, form: str, project: str = "") -> Sheet:
    """The form without a record: every question and choice in the dictionary's order, the form's status last.

    Fields with @HIDDEN or @HIDDEN-PDF are left out. The dictionary must know the form.
    """
    sections = [*_sections(dictionary, form), Section(("Form Status",), (_status(form),))]
    return Sheet(form, dictionary.form_labels[form], project, tuple(sections), record_id=dictionary.record_id)


def filled(
    sheet: Sheet,
    values: Mapping[str, str],
    record: str,
    event: str = "",
    instance: str = "",
    hidden: Collection[str] = (),
    compact: bool = False,
) -> Sheet:
    """A blank sheet with a record's values: choices marked, dates in the field's own order, all else as stored.

    `values` are keyed as documents keep them: `field`, and `field(code)` = "1" for a checkbox that is checked. A file
    field's value is the file's name. Fields in `hidden` are left out, as their branching logic wants it, and
    `compact` leaves out all without a value; a header goes when nothing is left under it.
    """
    values = {**values, sheet.record_id: record}
    sections = []
    for section in sheet.sections:
        answered = (_answered(question, values) for question in section.questions if question.field not in hidden)
        questions = tuple(question for question in answered if question.answered or not compact)
        if questions:
            sections.append(Section(section.header, questions))
    return replace(sheet, sections=tuple(sections), record=record, event=event, instance=instance)


def _sections(dictionary: Dictionary, form: str) -> Iterator[Section]:
    header, questions = None, list[Question]()
    for field in dictionary.fields:
        if field.form != form:
            continue
        if field.cells["section_header"]:
            if questions:
                yield Section(header, tuple(questions))
            header, questions = paragraphs(field.cells["section_header"]), []
        annotation = field.cells["field_annotation"]
        if "@" not in annotation or not any(tag.name in _UNPRINTED for tag in tags.found(annotation)):
            questions.append(_question(field))
    if questions:
        yield Section(header, tuple(questions))


def _question(field: Field) -> Question:
    cells = field.cells
    return Question(
        field=field.name,
        kind=field.kind,
        label=paragraphs(cells["field_label"]),
        number=cells["question_number"].strip(),
        note=paragraphs(cells["field_note"]),
        required=cells["required_field"].strip().lower() == "y",
        options=tuple(Option(choice.code, plain(choice.label)) for choice in field.choices),
        scale=_scale(cells) if field.kind == "slider" else None,
        validation=cells["text_validation_type_or_show_slider_number"],
        alignment=cells["custom_alignment"].strip().upper() or "RV",
        matrix=cells["matrix_group_name"].strip(),
        rich=any(tag.name == "@RICHTEXT" for tag in tags.found(cells["field_annotation"])),
    )


def _scale(cells: Mapping[str, str]) -> Scale:
    labels = tuple(plain(label.text) for label in choices.sliders(cells["select_choices_or_calculations"]))
    low, high = _number(cells["text_validation_min"], 0), _number(cells["text_validation_max"], 100)
    return Scale(labels[:3], low, high) if low < high else Scale(labels[:3])


def _status(form: str) -> Question:
    column = status_column(form)
    options = tuple(Option(code, label) for code, label in (column.labels or {}).items())
    return Question(field=status_name(form), kind="dropdown", label=(column.heading,), options=options)


def _answered(question: Question, values: Mapping[str, str]) -> Question:
    if question.kind == "checkbox":
        name = question.field
        return _chosen(question, {one.code for one in question.options if values.get(f"{name}({one.code})") == "1"})
    value = values.get(question.field, "")
    if not value:
        return question
    if question.options:
        found = any(one.code == value for one in question.options)
        return _chosen(question, {value}) if found else replace(question, value=stored(value))
    if question.scale:
        at = _number(value, math.nan)
        scale = replace(question.scale, at=None if math.isnan(at) else at)
        return replace(question, scale=scale, value=stored(value))
    if question.rich:
        return replace(question, value=paragraphs(value))
    return replace(question, value=stored(_shown(value, question.validation)))


def _chosen(question: Question, codes: Collection[str]) -> Question:
    options = (replace(one, chosen=True) if one.code in codes else one for one in question.options)
    return replace(question, options=tuple(options)) if codes else question


def _shown(value: str, validation: str) -> str:
    """A date in the order in which the field shows it; REDCap stores them all Y-M-D. On paper, too (assumed)."""
    if not (match := _DATE.fullmatch(value)):
        return value
    year, month, day, rest = match.groups()
    if validation.endswith("_mdy"):
        return f"{month}-{day}-{year}{rest}"
    return f"{day}-{month}-{year}{rest}" if validation.endswith("_dmy") else value


def _number(text: str, absent: float) -> float:
    try:
        number = float(text)
    except ValueError:
        return absent
    return number if math.isfinite(number) else absent
