"""Stored records → the flat rows of an export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter, itemgetter

from redcap_sandbox.design.events import Event
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.layout import EVENT, GROUP, REPEAT_INSTANCE, REPEAT_INSTRUMENT, Layout
from redcap_sandbox.records.reading import Document, Record
from redcap_sandbox.records.wording import Wording
from redcap_sandbox.wire.answers import Cell

# Whether a record's row at an event is wanted; with the form that repeats there, and the instance, if it is a repeat.
Keep = Callable[[Record, int, str, int | None], bool]
_Row = tuple[int, str, int | None, dict[str, Cell]]  # event, repeating form or '', instance if it is a repeat, cells


def keep_all(_record: Record, _event: int, _form: str, _instance: int | None) -> bool:
    """Every row passes."""
    return True


@dataclass(frozen=True)
class _Plan:
    """How the rows of one event look: each set of defaults is an untouched row in which only some forms apply."""

    event: Event
    base: Mapping[str, Cell]
    single: frozenset[str]
    repeated: Mapping[str, Mapping[str, Cell]]
    repeats: bool
    shows_base: bool


class Sheet:
    """The flat rows of an export: a record's own rows event by event, then what repeats, event by event.

    A row is the columns picked out of one mapping: the defaults, overlaid with the documents that belong to it.
    """

    def __init__(self, project: Project, layout: Layout, wording: Wording, keep: Keep = keep_all) -> None:
        self._record_id = project.dictionary.record_id
        self._groups = {group.id: group.unique for group in project.groups}
        self._plans = {event.id: _plan(project, layout, wording, event) for event in layout.events}
        self._combined = [column for column in layout.columns if column.kind == "checkbox" and not column.choice]
        self._coded = _coded(project, layout)
        self._boxes = {column.key: wording.boxes(project.dictionary.by_name[column.field]) for column in self._combined}
        named = (self._record_id,) if wording.needs_record(layout) else ()
        self._pick = _picker((*layout.keys, *named))
        self._worded = wording.rewriter(layout)
        self._has_columns = bool(layout.columns)
        self._keep = keep

    def rows(self, records: Iterable[Record]) -> Iterator[Sequence[Cell]]:
        """The rows of the records, in their order; none where no column is asked for (descriptive fields have none)."""
        if not self._has_columns:
            return iter(())
        merged = self._merged(records)
        if self._coded:
            merged = map(self._missing, merged)
        if self._combined:
            merged = map(self._joined, merged)
        picked = map(self._pick, merged)
        if self._worded is None:
            return picked
        return map(self._worded, picked)

    def _merged(self, records: Iterable[Record]) -> Iterator[dict[str, Cell]]:
        plans = list(self._plans.values())
        if len(plans) == 1 and not plans[0].repeats and not plans[0].repeated:
            return self._plain(plans[0], records)
        return self._eventful(records)

    def _plain(self, plan: _Plan, records: Iterable[Record]) -> Iterator[dict[str, Cell]]:
        """The rows where there is one event and nothing repeats: the shape of most large projects, so kept short."""
        only, single, record_id = plan.event.id, plan.single, self._record_id
        for record in records:
            here = False
            row = dict(plan.base)
            for event, form, instance, values in record.documents:
                if event == only and instance == 1 and form in single:
                    row.update(values)
                    here = here or not form
            if here and self._keep(record, only, "", None):
                row[record_id] = record.name
                if record.group is not None:
                    row[GROUP] = self._groups[record.group]
                yield row

    def _eventful(self, records: Iterable[Record]) -> Iterator[dict[str, Cell]]:
        for record in records:
            identity: dict[str, Cell] = {self._record_id: record.name}
            if record.group is not None:
                identity[GROUP] = self._groups[record.group]
            by_event: dict[int, list[Document]] = {}
            for document in record.documents:
                by_event.setdefault(document.event, []).append(document)
            if len(by_event) > 1:
                by_event = {event: by_event[event] for event in self._plans if event in by_event}
            for event, form, instance, row in self._of_record(by_event):
                if self._keep(record, event, form, instance):
                    row.update(identity)
                    yield row

    def _of_record(self, by_event: Mapping[int, list[Document]]) -> Iterator[_Row]:
        """Every event's own rows first, then what repeats, by event."""
        repeated: list[Iterator[_Row]] = []
        for event, documents in by_event.items():
            plan = self._plans.get(event)
            if plan is None:
                continue
            if plan.repeats:
                repeated.append(_repeating_event(plan, documents))
                continue
            single: list[Document] = []
            again: dict[str, list[Document]] = {}
            base: dict[str, Cell] | None = None
            for document in documents:
                if document.form in plan.single:
                    if document.instance == 1:
                        single.append(document)
                        if document.form == "":
                            base = dict(plan.base)
                elif document.form in plan.repeated:
                    again.setdefault(document.form, []).append(document)
            if base is not None and plan.shows_base:
                for document in single:
                    base.update(document.values)
                yield event, "", None, base
            if again:
                repeated.append(_repeating_forms(plan, again))
        yield from chain.from_iterable(repeated)

    def _missing(self, row: dict[str, Cell]) -> dict[str, Cell]:
        """The row with blank boxes where a missing data code says why none of them is checked."""
        for codes, boxes in self._coded:
            if any(row[key] == "1" for key in codes):
                row.update(dict.fromkeys(boxes, ""))
        return row

    def _joined(self, row: dict[str, Cell]) -> dict[str, Cell]:
        """The row with the checked codes of each combined checkbox in one cell."""
        for column in self._combined:
            row[column.key] = ",".join(shown for key, shown in self._boxes[column.key] if row.get(key) == "1")
        return row


def _repeating_forms(plan: _Plan, repeated: Mapping[str, list[Document]]) -> Iterator[_Row]:
    """The rows of an event's repeating forms, in form order and by instance."""
    for form, defaults in plan.repeated.items():
        for document in sorted(repeated.get(form, ()), key=_BY_INSTANCE):
            place: dict[str, Cell] = {REPEAT_INSTRUMENT: form, REPEAT_INSTANCE: document.instance}
            yield plan.event.id, form, document.instance, {**defaults, **document.values, **place}


def _repeating_event(plan: _Plan, documents: Iterable[Document]) -> Iterator[_Row]:
    """The rows of an event that repeats as a whole: one for each instance."""
    instances: dict[int, list[Document]] = {}
    for document in documents:
        if document.form in plan.single:
            instances.setdefault(document.instance, []).append(document)
    for instance, held in sorted(instances.items()):
        row: dict[str, Cell] = {**plan.base, REPEAT_INSTANCE: instance}
        for document in held:
            row.update(document.values)
        yield plan.event.id, "", instance, row


def _coded(project: Project, layout: Layout) -> list[tuple[list[str], list[str]]]:
    """(keys of missing data codes, keys of choices) of the checkbox fields that have columns for both."""
    choices = {column.key for column in project.dictionary.columns}
    by_field: dict[str, list[str]] = {}
    for column in layout.columns:
        if column.is_checkbox:
            by_field.setdefault(column.field, []).append(column.key)
    coded = [([key for key in keys if key not in choices], keys) for keys in by_field.values()]
    return [(codes, [key for key in keys if key in choices]) for codes, keys in coded if codes]


def _plan(project: Project, layout: Layout, wording: Wording, event: Event) -> _Plan:
    here = [form for form in layout.forms if form in project.forms_of(event.id)]
    repeats = project.repeats(event.id)
    repeating = [] if repeats else [form for form in here if project.repeats(event.id, form)]
    single = frozenset(here).difference(repeating)
    name = {EVENT: event.unique_name} if EVENT in layout.plumbing else {}
    return _Plan(
        event,
        _defaults(layout, wording, single) | name,
        single | {""},
        {form: _defaults(layout, wording, {form}) | name for form in repeating},
        repeats,
        # a classic project asked for a repeating form alone has no blank rows beside its instances
        shows_base=layout.identified or bool(single) or project.is_longitudinal,
    )


def _defaults(layout: Layout, wording: Wording, forms: AbstractSet[str]) -> dict[str, Cell]:
    """An untouched row in which only these forms apply."""
    applicable = {column.key: wording.untouched(column) if column.form in forms else "" for column in layout.columns}
    return {**dict.fromkeys(layout.plumbing, ""), **applicable}


def _picker(keys: Sequence[str]) -> Callable[[Mapping[str, Cell]], Sequence[Cell]]:
    """Picks the values of the keys; itemgetter does it in C, but gives no sequence for a single key."""
    if len(keys) > 1:
        return itemgetter(*keys)
    return lambda values: [values[key] for key in keys]


_BY_INSTANCE = attrgetter("instance")
