"""What rules look at: the fields, what else is known of the project, and what several rules need, found once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.expressions import Expression, expressions
from breakthrough.instruments.lint.spelling import Names
from breakthrough.instruments.text import choices as choice_lists
from breakthrough.instruments.text import tags
from breakthrough.instruments.text.choices import Choice
from breakthrough.instruments.text.tags import Tag

_CHOOSING = frozenset({"radio", "dropdown", "checkbox"})
_IMPLIED = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_STATUS = frozenset({"0", "1", "2"})


@dataclass(frozen=True)
class Subject:
    """A dictionary to be looked through.

    `whole`: it is a project's dictionary; else one instrument's, whose logic may name fields that are elsewhere.
    `events` are the unique event names, None where they are not known (a CSV does not hold them).
    """

    fields: tuple[Field, ...]
    name: str = ""
    whole: bool = True
    events: frozenset[str] | None = None
    missing_codes: frozenset[str] = frozenset()

    @cached_property
    def named(self) -> Mapping[str, Field]:
        """The fields by name in small letters, as REDCap refers to them; of two with one name, the first."""
        found: dict[str, Field] = {}
        for field in self.fields:
            found.setdefault(field.field_name.lower(), field)
        return found

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The form names in the order they first appear in."""
        return tuple(dict.fromkeys(field.form_name for field in self.fields if field.form_name.strip()))

    @cached_property
    def statuses(self) -> frozenset[str]:
        """The names of the fields in which REDCap keeps whether a form is complete."""
        return frozenset(f"{unique_name(form)}_complete" for form in self.forms)

    @cached_property
    def places(self) -> Mapping[int, int]:
        """The place of each field among all, by identity: equal fields may stand twice."""
        return {id(field): place for place, field in enumerate(self.fields)}

    @cached_property
    def _choices(self) -> dict[int, tuple[Choice, ...]]:
        return {}

    def choices(self, field: Field) -> tuple[Choice, ...]:
        """The choices of a field; none where its type has none."""
        key = id(field)
        if key not in self._choices:
            cell = field.select_choices_or_calculations if field.field_type in _CHOOSING else ""
            self._choices[key] = choice_lists.parse(_IMPLIED.get(field.field_type, cell))
        return self._choices[key]

    @cached_property
    def _codes(self) -> dict[int, frozenset[str]]:
        return {}

    def codes(self, field: Field) -> frozenset[str]:
        """The codes of a field's choices."""
        key = id(field)
        if key not in self._codes:
            self._codes[key] = frozenset(choice.code for choice in self.choices(field))
        return self._codes[key]

    def codes_of(self, name: str) -> frozenset[str] | None:
        """The codes that the field of that name can hold; None where it is not there or can hold anything."""
        if name in self.statuses and name not in self.named:
            return _STATUS
        field = self.named.get(name)
        if field is None or not self.choices(field):
            return None
        return self.codes(field)

    @cached_property
    def tags(self) -> Mapping[int, tuple[Tag, ...]]:
        """Every action tag of each field, by the field's identity, those inside @IF included."""
        return {id(field): tags.every(field.field_annotation) for field in self.fields if "@" in field.field_annotation}

    def tags_of(self, field: Field) -> tuple[Tag, ...]:
        """Every action tag of the field, those inside @IF included."""
        return self.tags.get(id(field), ())

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """All logic of the dictionary, parsed: branching, calculations, and what stands in action tags."""
        return expressions(self.fields, self.tags)

    @cached_property
    def by_field(self) -> Mapping[int, tuple[Expression, ...]]:
        """The logic of each field, by the field's identity."""
        found: dict[int, list[Expression]] = {}
        for expression in self.expressions:
            found.setdefault(id(expression.field), []).append(expression)
        return {key: tuple(several) for key, several in found.items()}

    def has(self, name: str) -> bool:
        """Whether logic may refer to that name: a field, or the status of a form."""
        return name in self.named or name in self.statuses

    @cached_property
    def _names(self) -> Names:
        return Names([*self.named, *self.statuses])

    def nearest(self, name: str) -> str:
        """The field or status that was probably meant; blank where none is close."""
        return self._names.nearest(name)


def unique_name(form: str) -> str:
    """The form name as REDCap writes it: small letters, anything else as a single underscore."""
    return re.sub(r"[^a-z0-9]+", "_", form.lower()).strip("_")
