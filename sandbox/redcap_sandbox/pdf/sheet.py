"""What is to be printed of a form: questions with choices and values, in words, and nothing about places on paper."""

from __future__ import annotations

from dataclasses import dataclass

Paragraphs = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a question; `chosen` on a filled form."""

    code: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A slider: the labels at its left, middle and right, its ends, and where it stands on a filled form."""

    labels: tuple[str, ...] = ()
    low: float = 0
    high: float = 100
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A field as it is printed.

    `kind` is REDCap's field type. `value` holds what was stored, in words and by paragraphs; of a multiple choice
    question only what is none of its options. `alignment` is the dictionary's: RV, RH, LV or LH.
    """

    field: str
    kind: str
    label: Paragraphs
    number: str = ""
    note: Paragraphs = ()
    required: bool = False
    options: tuple[Option, ...] = ()
    value: Paragraphs = ()
    scale: Scale | None = None
    validation: str = ""
    alignment: str = "RV"
    matrix: str = ""
    rich: bool = False

    @property
    def answered(self) -> bool:
        """Whether there is anything to print as its answer."""
        return bool(self.value) or any(option.chosen for option in self.options)


@dataclass(frozen=True, slots=True)
class Section:
    """Questions under a header. None is no header; () a bar without words, which a header of blanks gives."""

    header: Paragraphs | None
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form to be printed. `record` is blank on a blank form; `event` and `instance` are in words as they are read.

    `record_id` names the field whose value is the record's own name.
    """

    form: str
    title: str
    project: str
    sections: tuple[Section, ...]
    record: str = ""
    event: str = ""
    instance: str = ""
    record_id: str = ""
