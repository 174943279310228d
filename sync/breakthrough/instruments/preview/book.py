"""What is previewed: a project's fields and instruments, and the name that stands over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Instrument, Project


@dataclass(frozen=True)
class Book:
    """The fields, in order, and the instruments that are to have pages; `title` names the project."""

    title: str
    fields: tuple[Field, ...]
    instruments: tuple[Instrument, ...]

    @classmethod
    def of(cls, project: Project, title: str) -> Book:
        """A collaborative's project. Where a wording is licensed, its fields hold placeholders, and so do pages."""
        return cls(title, project.fields, project.instruments)

    @classmethod
    def of_dictionary(cls, fields: Iterable[Field], title: str) -> Book:
        """A dictionary read from anywhere: REDCap makes an instrument's label from its name."""
        kept = tuple(fields)
        forms = dict.fromkeys(field.form_name for field in kept)
        return cls(title, kept, tuple(Instrument(form, form.replace("_", " ").capitalize()) for form in forms))

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """Each field by its name."""
        return {field.field_name: field for field in self.fields}

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """What each instrument is called, by its name."""
        return {one.name: one.label for one in self.instruments}

    def fields_of(self, instrument: str) -> tuple[Field, ...]:
        """The fields of that instrument, in order."""
        return tuple(field for field in self.fields if field.form_name == instrument)
