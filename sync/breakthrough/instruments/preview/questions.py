"""Fields as a page shows them: questions with their labels, choices and limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import behaviour, markup, sentences, validation
from breakthrough.instruments.preview.behaviour import Behaviour
from breakthrough.instruments.preview.markup import Text
from breakthrough.instruments.preview.validation import Validation
from breakthrough.instruments.text import choices as lists
from breakthrough.instruments.text import embedding

_KINDS = {
    "textarea": "notes", "select": "dropdown", "yesno": "radio", "truefalse": "radio",
}  # fmt: skip
_SHOWN = {
    "text", "notes", "radio", "dropdown", "checkbox", "slider", "calc", "descriptive", "file", "signature", "sql",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One choice. `id` is that of its box or circle on the page."""

    id: str
    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Slider:
    """A slider's words and ends."""

    labels: tuple[Text, ...]
    least: str
    greatest: str
    shows_number: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A field as the page has it. `only_if` says in words when it is shown; blank where it always is.

    `name` is its accessible name wherever no label stands beside it.
    """

    field: Field
    kind: str
    label: Text
    note: Text
    name: str
    options: tuple[Option, ...]
    behaviour: Behaviour
    validation: Validation | None
    slider: Slider | None
    only_if: str
    embedded: Mapping[str, Question]  # those that stand in its label, note, header or choices
    header: Text

    @property
    def id(self) -> str:
        """The field's name."""
        return self.field.field_name

    @property
    def horizontal(self) -> bool:
        """Whether the choices stand in a row."""
        return self.field.custom_alignment.strip().upper().endswith("H")

    @property
    def below(self) -> bool:
        """Whether the answer stands below the label, with the page's whole width, in place of beside it."""
        return self.field.custom_alignment.strip().upper().startswith("L") or self.kind == "descriptive"


class Questions:
    """Makes the questions of one instrument; a field that is embedded somewhere belongs to the first place only."""

    def __init__(self, fields: Iterable[Field], known: Mapping[str, Field], record_id: str, now: dt.datetime) -> None:
        self._own = {field.field_name: field for field in fields}
        self._known = known
        self._record_id = record_id
        self._now = now
        self._taken = _places(self._own)

    @property
    def embedded(self) -> frozenset[str]:
        """The fields that stand in another's text and so have no row of their own."""
        return frozenset(self._taken)

    def question(self, field: Field) -> Question:
        """The question of that field, with those that are embedded in it."""
        own = frozenset(name for name, home in self._taken.items() if home == field.field_name)
        kind = "record" if field.field_name == self._record_id else self._kind(field)
        tags = behaviour.of(field.field_annotation, self._now)
        label = self._text(field.field_label, own)
        return Question(
            field=field,
            kind=kind,
            label=label,
            note=self._text(field.field_note, own),
            name=label.plain or field.field_name,
            options=tuple(
                Option(f"f-{field.field_name}-{place}", choice.code, self._text(choice.label, own))
                for place, choice in enumerate(field.choices)
                if choice.code not in tags.left_out
            ),
            behaviour=tags,
            validation=validation.of(field.validation) if kind == "text" else None,
            slider=self._slider(field) if kind == "slider" else None,
            only_if=sentences.condition(field.branching_logic, self._known),
            embedded={name: self.question(self._own[name]) for name in own},
            header=self._text(field.section_header, own),
        )

    def _kind(self, field: Field) -> str:
        if field.field_type == "file" and field.validation == "signature":
            return "signature"
        kind = _KINDS.get(field.field_type, field.field_type)
        return kind if kind in _SHOWN else "text"

    def _text(self, source: str, own: frozenset[str]) -> Text:
        return markup.text(source, self._known, own)

    def _slider(self, field: Field) -> Slider:
        labels = [self._text(label.text, frozenset()) for label in lists.sliders(field.select_choices_or_calculations)]
        least, greatest = (
            bound.strip() if _is_whole(bound.strip()) else default
            for bound, default in ((field.text_validation_min, "0"), (field.text_validation_max, "100"))
        )
        return Slider(tuple(labels[:3]), least, greatest, field.validation == "number")


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 10


def _places(fields: Mapping[str, Field]) -> dict[str, str]:
    """For each embedded field, the one it stands in: the first that names it, never itself, never in a ring."""
    found: dict[str, str] = {}
    for name, field in fields.items():
        texts = (
            field.section_header, field.field_label, field.field_note, *(choice.label for choice in field.choices)
        )  # fmt: skip
        for text in texts:
            for embed in embedding.found(text):
                if embed.field in fields and embed.field not in found and not _leads(found, name, embed.field):
                    found[embed.field] = name
    return found


def _leads(found: Mapping[str, str], start: str, sought: str) -> bool:
    """Whether `start` is `sought`, or stands in it, however deep."""
    place: str | None = start
    while place is not None:
        if place == sought:
            return True
        place = found.get(place)
    return False
