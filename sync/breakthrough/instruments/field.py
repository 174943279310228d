"""One row of a data dictionary: the 18 cells as REDCap names them, verbatim, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from breakthrough.instruments.text.choices import Choice, joined, suffix
from breakthrough.instruments.text.choices import parse as choices

__all__ = ["COLUMNS", "HEADERS", "Choice", "Field", "Origin", "choices", "export_name", "joined"]

# The API's name of each column, in REDCap's order, with the header its Data Dictionary download writes.
HEADERS: Mapping[str, str] = {
    "field_name": "Variable / Field Name",
    "form_name": "Form Name",
    "section_header": "Section Header",
    "field_type": "Field Type",
    "field_label": "Field Label",
    "select_choices_or_calculations": "Choices, Calculations, OR Slider Labels",
    "field_note": "Field Note",
    "text_validation_type_or_show_slider_number": "Text Validation Type OR Show Slider Number",
    "text_validation_min": "Text Validation Min",
    "text_validation_max": "Text Validation Max",
    "identifier": "Identifier?",
    "branching_logic": "Branching Logic (Show field only if...)",
    "required_field": "Required Field?",
    "custom_alignment": "Custom Alignment",
    "question_number": "Question Number (surveys only)",
    "matrix_group_name": "Matrix Group Name",
    "matrix_ranking": "Matrix Ranking?",
    "field_annotation": "Field Annotation",
}
COLUMNS = tuple(HEADERS)

_IMPLIED = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_LISTED = {"radio", "dropdown", "checkbox", "select"}  # select: the internal name of dropdown, found in old files


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a field was read: the file, its row as a spreadsheet counts it, and what it was repeated for, if it was.

    `lists` are those of the collaborative that its choices were filled in from. `line` is that of the text file, which
    is another where cells above hold line breaks; 0 where there is none.
    An XML has no rows: there `row` is 0.
    """

    file: str
    row: int
    repeated_for: str = ""
    line: int = field(default=0, compare=False)
    lists: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        """`pdsa_cycle.csv, row 7`, or `project.xml, line 312`."""
        again = f" (repeated for {self.repeated_for})" if self.repeated_for else ""
        return f"{self.file}, {f'row {self.row}' if self.row or not self.line else f'line {self.line}'}{again}"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an instrument. Every attribute but `origin` is the cell's text as it stands in the dictionary.

    Two fields are equal when their 18 cells are, wherever they were read.
    """

    field_name: str
    form_name: str
    section_header: str = ""
    field_type: str = "text"
    field_label: str = ""
    select_choices_or_calculations: str = ""
    field_note: str = ""
    text_validation_type_or_show_slider_number: str = ""
    text_validation_min: str = ""
    text_validation_max: str = ""
    identifier: str = ""
    branching_logic: str = ""
    required_field: str = ""
    custom_alignment: str = ""
    question_number: str = ""
    matrix_group_name: str = ""
    matrix_ranking: str = ""
    field_annotation: str = ""
    origin: Origin | None = field(default=None, compare=False, repr=False)

    @classmethod
    def of(cls, row: Mapping[str, object], origin: Origin | None = None) -> Field:
        """The field in a row that has the API's column names; absent columns are blank, others are left out."""
        cells = {name: "" if row.get(name) is None else str(row.get(name, "")) for name in COLUMNS}
        return cls(**cells, origin=origin)

    def row(self) -> dict[str, str]:
        """The 18 cells under the API's column names, in REDCap's order."""
        return {name: str(getattr(self, name)) for name in COLUMNS}

    @property
    def validation(self) -> str:
        """The text validation type, such as `integer` or `date_ymd`; blank where there is none."""
        return self.text_validation_type_or_show_slider_number

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The choices in order, those of yes/no and true/false included; none where the type has no choices."""
        if self.field_type in _LISTED:
            return choices(self.select_choices_or_calculations)
        return choices(_IMPLIED.get(self.field_type, ""))

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the choices, in order."""
        return tuple(choice.code for choice in self.choices)

    @property
    def is_identifier(self) -> bool:
        """Whether the field is flagged as one that may tell who a person is."""
        return self.identifier.strip().lower() == "y"

    @property
    def is_required(self) -> bool:
        """Whether the form asks for a value before it is left. REDCap does not enforce it on imports."""
        return self.required_field.strip().lower() == "y"

    @property
    def holds_data(self) -> bool:
        """False for descriptive text, which never stores a value and is in no export."""
        return self.field_type != "descriptive"

    @property
    def export_names(self) -> tuple[str, ...]:
        """The columns this field has in an export: one a choice for a checkbox, none for descriptive text."""
        if self.field_type == "checkbox":
            return tuple(export_name(self.field_name, code) for code in self.codes)
        return (self.field_name,) if self.holds_data else ()


def export_name(checkbox: str, code: str) -> str:
    """The export column of one box: `race___4_4` for code `4.4`; the code in lower case, all punctuation as `_`."""
    return f"{checkbox}___{suffix(code)}"
