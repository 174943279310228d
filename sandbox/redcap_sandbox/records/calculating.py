"""Calculated fields: calc, @CALCTEXT and @CALCDATE, computed anew when what they read was saved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.text import tags
from breakthrough.logic import Node, as_calculation, as_date, parse, references, row
from redcap_sandbox.design.dictionary import Dictionary, Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.reading import Record
from redcap_sandbox.records.sight import Sight

_TAGS = ("@CALCTEXT", "@CALCDATE")
_OWN = ""  # the form of the document that is the record's own row at an event

Place = tuple[int, str, int]  # event, form, instance


@dataclass(frozen=True)
class Calculation:
    """A field that computes itself: its logic, and the fields that it reads.

    `near` are those of its own event and instance, `far` those it reads by the name of an event or the number of an
    instance.
    """

    field: Field
    tree: Node
    near: frozenset[str]
    far: frozenset[str]

    @property
    def reads(self) -> frozenset[str]:
        """Every field it reads."""
        return self.near | self.far

    def stored(self, result: str) -> str:
        """What the field keeps of its logic's result."""
        if self.field.kind == "calc":
            return as_calculation(result)
        return as_date(result, self.field.validation) if self.field.validation.startswith("date") else result


@dataclass(frozen=True)
class Computed:
    """A result that differs from what is stored: where it belongs, and the value, '' to erase."""

    event: int
    form: str
    instance: int
    key: str
    value: str


def found(dictionary: Dictionary) -> tuple[Calculation, ...]:
    """The dictionary's calculations, each after those that it reads; what cannot be parsed computes nothing."""
    calculations = {field.name: made for field in dictionary.fields if (made := _calculation(field))}
    graph = {name: made.reads & calculations.keys() for name, made in calculations.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:  # fields that read each other are computed once, in their own order
        order = list(calculations)
    return tuple(calculations[name] for name in order)


def _calculation(field: Field) -> Calculation | None:
    formula = field.formula
    if not formula and any(name in field.annotation.upper() for name in _TAGS):
        tag = next((one for one in tags.found(field.annotation) if one.name in _TAGS and one.function), None)
        formula = field.annotation[tag.start : tag.end] if tag else ""
    if not formula:
        return None
    try:
        tree = parse(formula)
    except LogicInvalid:
        return None
    every = references(tree).every
    far = frozenset(one.field for one in every if one.event is not None or one.instance is not None)
    near = frozenset(one.field for one in every if one.event is None and one.instance is None)
    return Calculation(field, tree, near, far)


def affected(calculations: Sequence[Calculation], fields: Collection[str]) -> tuple[Calculation, ...]:
    """The calculations that read one of these fields, also by way of each other, in order."""
    changed = set(fields)
    hit = []
    for calculation in calculations:
        if not changed.isdisjoint(calculation.reads):
            changed.add(calculation.field.name)
            hit.append(calculation)
    return tuple(hit)


class Written:
    """What was written of one record: fields, at places, which calculations may read."""

    def __init__(self, project: Project, fields: Collection[str], places: Iterable[Place]) -> None:
        self._project = project
        self._forms = {**project.dictionary.form_of, project.dictionary.record_id: _OWN}  # which every row has
        self._fields = frozenset(fields)
        self._places = {at for place in places for at in (place, (place[0], _OWN, place[2]))}
        self._results: set[tuple[Place, str]] = set()
        self._computed: set[str] = set()

    def add(self, result: Computed) -> None:
        """Counts a result as written, so that what reads it is computed, too."""
        self._results.add(((result.event, result.form, result.instance), result.key))
        self._computed.add(result.key)

    def is_read(self, calculation: Calculation, event: int, instance: int) -> bool:
        """Whether the calculation, at that event and instance, reads something that was written."""
        if not (self._fields.isdisjoint(calculation.far) and self._computed.isdisjoint(calculation.far)):
            return True
        near = ((self._home(event, name, instance), name) for name in calculation.near if name in self._forms)
        return any(
            (name in self._fields and home in self._places) or (home, name) in self._results for home, name in near
        )

    def _home(self, event: int, name: str, instance: int) -> Place:
        """Where a row of that event and instance finds the field's value."""
        form = self._forms[name]
        again = form == _OWN or self._project.repeats(event) or self._project.repeats(event, form)
        return event, form, instance if again else 1


def computed(
    record: Record,
    calculations: Iterable[Calculation],
    project: Project,
    sight: Sight,
    written: Written | None = None,
) -> Iterator[Computed]:
    """The results that are new, wherever the record holds the calculation's form.

    With `written`, only those that read what was written: REDCap computes the events and instances that are saved (so
    PyCap's tests of imports have it), and others where they name them.
    """
    values = sight.values(record)
    held = {(one.event, one.form, one.instance): one.values for one in record.documents}
    for calculation in calculations:
        form, key = calculation.field.form, calculation.field.name
        for event, instance, again in _places(held, form, project):
            if written is not None and not written.is_read(calculation, event, instance):
                continue
            seen = sight.at(values, event, instance if again else None, form)
            value = calculation.stored(row.result(calculation.tree, seen, sight.setting))
            stored = held.get((event, form, instance), {})
            if value != stored.get(key, ""):
                values[sight.name(event, form, instance, key)] = value
                result = Computed(event, form, instance, key, value)
                if written is not None:
                    written.add(result)
                yield result


def _places(held: Mapping[Place, Mapping[str, str]], form: str, project: Project) -> Iterator[tuple[int, int, bool]]:
    """(event, instance, whether it is a repeat) of every place where the record has that form."""
    for event, of_form, instance in held:
        if event not in project.event_by_id or form not in project.forms_of(event):
            continue
        if project.repeats(event, form):
            if of_form == form:
                yield event, instance, True
        elif of_form == _OWN and (instance == 1 or project.repeats(event)):
            yield event, instance, project.repeats(event)
