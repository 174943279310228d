"""A project's data dictionary as the server uses it: fields, choices, and the columns that exports and imports have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

COLUMNS = (
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
    "text_validation_min",
    "text_validation_max",
    "identifier",
    "branching_logic",
    "required_field",
    "custom_alignment",
    "question_number",
    "matrix_group_name",
    "matrix_ranking",
    "field_annotation",
)
CHOICE_TYPES = frozenset({"radio", "dropdown", "checkbox"})
FIELD_TYPES = frozenset(
    {"text", "notes", "calc", "file", "yesno", "truefalse", "descriptive", "slider", "sql", *CHOICE_TYPES}
)
_FIXED_CHOICES = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_COMPLETE_CHOICES = "0, Incomplete | 1, Unverified | 2, Complete"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Choice:
    """One answer of a multiple choice field: the code that is stored and the label that is shown."""

    code: str
    label: str


@dataclass(frozen=True)
class Column:
    """A column of record exports and imports.

    `name` is the exported name (`race___1`), `key` where documents keep the value (`race(1)`), `logged` how the
    record log writes it. `labels` maps stored codes to labels, None where the value is its own label.
    """

    name: str
    key: str
    logged: str
    form: str
    field: str
    kind: str
    heading: str
    labels: Mapping[str, str] | None = None
    choice: Choice | None = None

    @property
    def is_checkbox(self) -> bool:
        """True for one of the columns of a checkbox field: the choice's own."""
        return self.choice is not None

    @property
    def is_status(self) -> bool:
        """True for `<form>_complete`."""
        return self.kind == "status"


@dataclass(frozen=True)
class Field:
    """A row of the data dictionary."""

    cells: Mapping[str, str]

    @property
    def name(self) -> str:
        """The variable name."""
        return self.cells["field_name"]

    @property
    def form(self) -> str:
        """The unique name of the field's instrument."""
        return self.cells["form_name"]

    @property
    def kind(self) -> str:
        """The field type, such as `radio`."""
        return self.cells["field_type"]

    @property
    def label(self) -> str:
        """The label without its markup."""
        return _TAG.sub("", self.cells["field_label"]).strip()

    @property
    def validation(self) -> str:
        """The text validation type; '' for other kinds of field, whose column says something else."""
        return self.cells["text_validation_type_or_show_slider_number"] if self.kind == "text" else ""

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        """The field's choices, yes/no and true/false included; () for other fields, calculations too."""
        if self.kind in CHOICE_TYPES:
            return read_choices(self.cells["select_choices_or_calculations"])
        return read_choices(_FIXED_CHOICES.get(self.kind, ""))

    def columns(self) -> tuple[Column, ...]:
        """The field's columns in exports: one per choice of a checkbox, none for a descriptive field."""
        if self.kind == "descriptive":
            return ()
        if self.kind == "checkbox":
            return tuple(self.box(choice) for choice in self.choices)
        labels = {choice.code: choice.label for choice in self.choices} or None
        return (Column(self.name, self.name, self.name, self.form, self.name, self.kind, self.label, labels),)

    @property
    def is_identifier(self) -> bool:
        """Whether the field may tell who a person is."""
        return self.cells["identifier"] == "y"

    @property
    def formula(self) -> str:
        """What a calc field computes; '' for other fields, @CALCTEXT and @CALCDATE too."""
        return self.cells["select_choices_or_calculations"] if self.kind == "calc" else ""

    @property
    def annotation(self) -> str:
        """The field annotation with its action tags."""
        return self.cells["field_annotation"]

    def combined_column(self) -> Column:
        """The one column of a checkbox field whose checked codes are exported joined."""
        return Column(self.name, self.name, self.name, self.form, self.name, self.kind, self.label)

    def box(self, choice: Choice) -> Column:
        """The column of one box of a checkbox field."""
        key = f"{self.name}({choice.code})"
        return Column(
            name=checkbox_column(self.name, choice.code),
            key=key,
            logged=key,
            form=self.form,
            field=self.name,
            kind=self.kind,
            heading=f"{self.label} (choice={choice.label})",
            labels={"0": "Unchecked", "1": "Checked"},
            choice=choice,
        )


@dataclass(frozen=True)
class Form:
    """An instrument: its unique name and its label."""

    name: str
    label: str


@dataclass(frozen=True)
class Dictionary:
    """The forms and fields of a project, in order. The first field is the record id."""

    forms: tuple[Form, ...]
    fields: tuple[Field, ...]

    @property
    def record_id(self) -> str:
        """The name of the record id field."""
        return self.fields[0].name

    @cached_property
    def form_labels(self) -> Mapping[str, str]:
        """Form → label, in form order."""
        return {form.name: form.label for form in self.forms}

    @cached_property
    def form_positions(self) -> Mapping[str, int]:
        """Form → position, from 0."""
        return {form.name: position for position, form in enumerate(self.forms)}

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by variable name."""
        return {field.name: field for field in self.fields}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every column of a full export but REDCap's own, each form's block ending in its `_complete`."""
        blocks: dict[str, list[Column]] = {form.name: [] for form in self.forms}
        for field in self.fields:
            blocks[field.form].extend(field.columns())
        for form, block in blocks.items():
            block.append(status_column(form))
        return tuple(column for block in blocks.values() for column in block)

    @cached_property
    def column_names(self) -> Mapping[str, Column]:
        """Columns by exported name; of two checkbox codes that export under one name, the first."""
        found: dict[str, Column] = {}
        for column in self.columns:
            found.setdefault(column.name, column)
        return found

    @cached_property
    def requestable(self) -> frozenset[str]:
        """The names that the `fields` parameter may hold: fields, descriptive ones too, and form statuses."""
        return frozenset(self.by_name) | {status_name(form.name) for form in self.forms}

    @cached_property
    def form_of(self) -> Mapping[str, str]:
        """The form of each field and of each form status."""
        return {field.name: field.form for field in self.fields} | {
            status_name(form.name): form.name for form in self.forms
        }


def read_choices(text: str) -> tuple[Choice, ...]:
    """The choices in `code, label | code, label`. A label without a code gets its position, as REDCap does it."""
    parts = [part.strip() for part in text.split("|")]
    return tuple(_choice(part, number) for number, part in enumerate(parts, 1) if part)


def _choice(part: str, number: int) -> Choice:
    code, comma, label = part.partition(",")
    return Choice(code.strip(), label.strip()) if comma else Choice(str(number), part)


def checkbox_column(field: str, code: str) -> str:
    """The exported name of one checkbox: the code in lower case, every other character but `_` an underscore."""
    return f"{field}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}"


def status_name(form: str) -> str:
    """The name of a form's status field."""
    return f"{form}_complete"


def status_column(form: str) -> Column:
    """The column of a form's status."""
    name = status_name(form)
    labels = {choice.code: choice.label for choice in read_choices(_COMPLETE_CHOICES)}
    return Column(name, name, name, form, name, "status", "Complete?", labels)


def timestamp_name(form: str) -> str:
    """The name of the column that tells when a survey was completed."""
    return f"{form}_timestamp"


def timestamp_column(form: str) -> Column:
    """The column that tells when a form's survey was completed."""
    name = timestamp_name(form)
    return Column(name, name, name, form, name, "timestamp", "Survey Timestamp")


def default_label(form: str) -> str:
    """The label REDCap gives an instrument it only knows by name: `my_form` → `My Form`."""
    return " ".join(word.capitalize() for word in form.split("_"))


def assembled(cells: Iterable[Mapping[str, str]], labels: Mapping[str, str]) -> Dictionary:
    """The dictionary of these rows; a form without a label in `labels` gets the default one."""
    fields = tuple(Field(dict(row)) for row in cells)
    names = dict.fromkeys(field.form for field in fields)
    return Dictionary(tuple(Form(name, labels.get(name) or default_label(name)) for name in names), fields)
