"""Which columns and events a record export has, from what the call asks for and the caller may see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from redcap_sandbox.design.dictionary import Column, Dictionary, timestamp_column
from redcap_sandbox.design.events import Event
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.access import Access
from redcap_sandbox.records.missing import NO_BOXES, Boxes
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.call import Call, Names

EVENT = "redcap_event_name"
REPEAT_INSTRUMENT = "redcap_repeat_instrument"
REPEAT_INSTANCE = "redcap_repeat_instance"
GROUP = "redcap_data_access_group"
SURVEY_IDENTIFIER = "redcap_survey_identifier"
HEADINGS = {
    EVENT: "Event Name",
    REPEAT_INSTRUMENT: "Repeat Instrument",
    REPEAT_INSTANCE: "Repeat Instance",
    GROUP: "Data Access Group",
    SURVEY_IDENTIFIER: "Survey Identifier",
}


@dataclass(frozen=True)
class Layout:
    """The columns of an export: those of fields, and REDCap's own (`plumbing`), which come with the record id only."""

    columns: tuple[Column, ...]
    identified: bool
    plumbing: tuple[str, ...]
    events: tuple[Event, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The header in raw form: the record id, the plumbing, then the other fields."""
        fields = [column.name for column in self.columns]
        return (*fields[: self.split], *self.plumbing, *fields[self.split :])

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The header in label form."""
        fields = [column.heading for column in self.columns]
        plumbing = [HEADINGS[name] for name in self.plumbing]
        return (*fields[: self.split], *plumbing, *fields[self.split :])

    @property
    def split(self) -> int:
        """How many field columns stand before the plumbing."""
        return int(self.identified)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The forms that have a column here, in order."""
        return tuple(dict.fromkeys(column.form for column in self.columns))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Where the value of each column is kept: document keys, and the names of the plumbing."""
        fields = [column.key for column in self.columns]
        return (*fields[: self.split], *self.plumbing, *fields[self.split :])


def layout(call: Call, project: Project, access: Access, *, in_group: bool, missing: Boxes = NO_BOXES) -> Layout:
    """The layout a call asks for. The group column is for callers outside every group (`in_group` False) only.

    `missing`: the boxes of missing data codes that checkbox fields have beside those of their choices.

    Fields kept from the caller are refused in an array like unknown ones, and left out of a joined list (assumed).
    """
    dictionary = project.dictionary
    hidden = frozenset(column.field for column in dictionary.columns if not access.allows(column))
    fields = known(call.names("fields"), "fields", dictionary.requestable - hidden)
    forms = known(call.names("forms"), "forms", frozenset(dictionary.form_labels))
    # Only unknown names in joined lists: REDCap then exports all.
    everything = not forms and dictionary.requestable.isdisjoint(call.names("fields").values)
    surveys = frozenset(project.surveys) if call.flag("exportSurveyFields") else frozenset()
    in_values = call.text("type") == "eav"  # which has a row for each box
    columns = tuple(
        column
        for column in _columns(dictionary, missing, combined=call.flag("combineCheckboxOptions") and not in_values)
        if access.allows(column) and (everything or column.form in forms or column.field in fields)
    )
    columns = tuple(_with_timestamps(columns, dictionary, surveys, access))
    identified = any(column.field == dictionary.record_id for column in columns)
    wanted = _Plumbing(
        groups=call.flag("exportDataAccessGroups") and not in_group,
        survey_identifier=call.flag("exportSurveyFields"),
    )
    plumbing = tuple(_plumbing(project, access, wanted)) if identified else ()
    return Layout(columns, identified, plumbing, _events(call, project))


def selected(
    project: Project,
    access: Access,
    fields: Sequence[str],
    *,
    groups: bool = False,
    survey_fields: bool = False,
    combined: bool = False,
    missing: Boxes = NO_BOXES,
) -> Layout:
    """The layout of just these fields, in their own order but the record id first: that of a report."""
    dictionary = project.dictionary
    by_field: dict[str, list[Column]] = {}
    for column in _columns(dictionary, missing, combined=combined):
        if access.allows(column):
            by_field.setdefault(column.field, []).append(column)
    order = sorted(dict.fromkeys(fields), key=lambda name: name != dictionary.record_id)
    columns = tuple(column for name in order for column in by_field.get(name, ()))
    surveys = frozenset(project.surveys) if survey_fields else frozenset()
    columns = tuple(_with_timestamps(columns, dictionary, surveys, access))
    identified = any(column.field == dictionary.record_id for column in columns)
    wanted = _Plumbing(groups=groups, survey_identifier=survey_fields)
    plumbing = tuple(_plumbing(project, access, wanted)) if identified else ()
    return Layout(columns, identified, plumbing, project.events)


@dataclass(frozen=True)
class _Plumbing:
    """Which of REDCap's own columns are asked for; the others come by themselves."""

    groups: bool
    survey_identifier: bool


def known(asked: Names, parameter: str, names: frozenset[str]) -> frozenset[str]:
    """The names asked for.

    An unknown one in an array is an error; in a comma-joined string REDCap passes over it, and if no name is left
    exports everything (PyCap pull request 110).
    """
    if asked.exact and (unknown := [name for name in dict.fromkeys(asked.values) if name not in names]):
        raise refusals.invalid_values(parameter, unknown)
    return names.intersection(asked.values)


def _columns(dictionary: Dictionary, missing: Boxes, *, combined: bool) -> Iterator[Column]:
    """The dictionary's columns; with `combined` one for each checkbox field instead of one for each box."""
    for field, columns in groupby(dictionary.columns, key=attrgetter("field")):
        held = tuple(columns)
        if not held[0].is_checkbox:
            yield from held
        elif combined:
            yield dictionary.by_name[field].combined_column()
        else:
            yield from (*held, *missing.get(field, ()))


def _with_timestamps(
    columns: tuple[Column, ...], dictionary: Dictionary, surveys: frozenset[str], access: Access
) -> Iterator[Column]:
    """The columns, those of each survey led by its timestamp; the record id stays in front."""
    told: set[str] = set()
    for column in columns:
        timestamp = timestamp_column(column.form)
        due = column.form in surveys and column.form not in told and access.allows(timestamp)
        if due and column.field != dictionary.record_id:
            told.add(column.form)
            yield timestamp
        yield column


def _plumbing(project: Project, access: Access, wanted: _Plumbing) -> Iterator[str]:
    if project.is_longitudinal:
        yield EVENT
    if project.any_repeats:
        yield from (REPEAT_INSTRUMENT, REPEAT_INSTANCE)
    if wanted.groups and project.groups:
        yield GROUP
    if wanted.survey_identifier and project.surveys and access.sees_survey_identifiers:
        yield SURVEY_IDENTIFIER


def _events(call: Call, project: Project) -> tuple[Event, ...]:
    """The events asked for, all without any; a classic project passes over the question."""
    asked = call.names("events")
    if not project.is_longitudinal or not asked:
        return project.events
    wanted = known(asked, "events", frozenset(project.event_by_unique))
    return tuple(event for event in project.events if event.unique_name in wanted) or project.events
