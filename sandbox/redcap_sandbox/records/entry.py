"""A form as a person fills it in: what was typed, what the form's calculations make of it, what branching hides.

Forms and survey pages are the same in this; what differs is whether a person is asked before a hidden value goes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.records import branching, calculating
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.records.sight import Sight

# The setting "prevent branching logic from hiding fields that have values", as exports of settings call it.
SHOWS_VALUES = "bypass_branching_erase_field_prompt"


@dataclass(frozen=True)
class Place:
    """An instance of a form at an event: 1 where neither repeats."""

    event: int
    form: str
    instance: int = 1


@dataclass(frozen=True)
class Filled:
    """A form after it was filled in: what is to be stored by document key, '' to erase, and the fields now hidden."""

    values: Mapping[str, str]
    hidden: frozenset[str]


def filled(
    record: Record,
    place: Place,
    typed: Mapping[str, str],
    project: Project,
    sight: Sight,
    kept: Collection[str] = (),
) -> Filled:
    """What the form holds once these values were typed into it: by document key, '' for a field made blank.

    Calculated fields of the form are computed and hidden ones blanked. A hidden field keeps its value if that is a
    missing data code, and so do those in `kept`: on a form, a person may untick them in the dialog that lists what
    would be erased. `record` is as stored, its documents complete; for a record that is yet to be made, without any.
    """
    return _Filling(record, place, project, sight, frozenset(kept)).done(typed)


class _Filling:
    def __init__(self, record: Record, place: Place, project: Project, sight: Sight, kept: frozenset[str]) -> None:
        self._record = record
        self._place = place
        self._project = project
        self._sight = sight
        self._kept = kept
        self._keys: dict[str, list[str]] = {}
        for column in project.dictionary.columns:
            if column.form == place.form:
                self._keys.setdefault(column.field, []).append(column.key)
        self._rules = branching.rules(project.dictionary, place.form)
        found = calculating.found(project.dictionary)
        self._calculations = [one for one in found if one.field.form == place.form]
        self._stored = values_at(record, place)

    def done(self, typed: Mapping[str, str]) -> Filled:
        """Hides and computes over and over: what is hidden counts as blank, until nothing changes any more."""
        values = {**self._stored, **typed}
        hidden: frozenset[str] = frozenset()
        for _ in range(len(self._rules) + len(self._calculations) + 2):  # fields that chase each other never settle
            results = self._computed(self._shown(values, hidden), hidden)
            values |= results
            before, hidden = hidden, self._hidden(values, hidden)
            if hidden == before and not results:
                break
        after = self._shown(values, hidden)
        touched = [key for key in values if key in typed or after.get(key, "") != self._stored.get(key, "")]
        return Filled({key: after.get(key, "") for key in touched}, hidden)

    def _shown(self, values: Mapping[str, str], hidden: Collection[str]) -> dict[str, str]:
        """The values without those that go with the fields that are hidden."""
        gone = {key for name in hidden if name not in self._kept for key in self._keys.get(name, ())}
        codes = self._project.missing_codes
        return {key: value for key, value in values.items() if value and (key not in gone or value in codes)}

    def _computed(self, values: Mapping[str, str], hidden: Collection[str]) -> dict[str, str]:
        """The results of the form's calculations that are not among the values yet; a hidden one is not computed."""
        shown = [one for one in self._calculations if one.field.name not in hidden]
        results = calculating.computed(self._as_if(values), shown, self._project, self._sight)
        return {one.key: one.value for one in results if self._is_here(one.event, one.form, one.instance)}

    def _hidden(self, values: Mapping[str, str], hidden: Collection[str]) -> frozenset[str]:
        """The fields that are hidden from who sees the values, but for those of the fields hidden so far."""
        place = self._place
        seen = self._sight.values(self._as_if(self._shown(values, hidden)))
        repeats = self._project.repeats(place.event) or self._project.repeats(place.event, place.form)
        row = self._sight.at(seen, place.event, place.instance if repeats else None, place.form)
        found = branching.hidden(self._rules, row, self._sight.setting)
        if str(self._project.settings.get(SHOWS_VALUES, "")) == "1":
            return frozenset(name for name in found if not any(values.get(key) for key in self._keys.get(name, ())))
        return found

    def _as_if(self, values: Mapping[str, str]) -> Record:
        """The record as if these values were stored."""
        place = self._place
        others = [one for one in self._record.documents if not self._is_here(one.event, one.form, one.instance)]
        own = any((one.event, one.form, one.instance) == (place.event, "", self._own) for one in others)
        rows = [] if own else [Document(place.event, "", self._own, {})]
        return Record(
            self._record.id,
            self._record.name,
            self._record.group,
            [*others, *rows, Document(place.event, place.form, place.instance, values)],
        )

    @property
    def _own(self) -> int:
        """The instance of the record's own row that the form belongs to."""
        return self._place.instance if self._project.repeats(self._place.event) else 1

    def _is_here(self, event: int, form: str, instance: int) -> bool:
        return Place(event, form, instance) == self._place


def values_at(record: Record, place: Place) -> dict[str, str]:
    """What the record holds there."""
    for document in record.documents:
        if Place(document.event, document.form, document.instance) == place:
            return dict(document.values)
    return {}


def without_hidden_calculations(project: Project, hidden: frozenset[str]) -> Project:
    """The project to save a filled form with: calculations that branching hid, and blanked, are not done anew."""
    gone = hidden.intersection(one.field.name for one in calculating.found(project.dictionary))
    fields = tuple(_uncomputed(field) if field.name in gone else field for field in project.dictionary.fields)
    return replace(project, dictionary=replace(project.dictionary, fields=fields))


def _uncomputed(field: Field) -> Field:
    """The field without its formula: others may still read it."""
    return Field({**field.cells, "select_choices_or_calculations": "", "field_annotation": ""})
