"""Which columns a record export has, from what the call asks for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.project import Project
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.call import Call, Names

REPEAT_INSTRUMENT = "redcap_repeat_instrument"
REPEAT_INSTANCE = "redcap_repeat_instance"
GROUP = "redcap_data_access_group"
_HEADINGS = {
    REPEAT_INSTRUMENT: "Repeat Instrument",
    REPEAT_INSTANCE: "Repeat Instance",
    GROUP: "Data Access Group",
}


@dataclass(frozen=True)
class Layout:
    """The columns of an export: those of fields, and REDCap's own (`plumbing`), which come with the record id only."""

    columns: tuple[Column, ...]
    identified: bool
    plumbing: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The header in raw form: the record id, the plumbing, then the other fields."""
        fields = [column.name for column in self.columns]
        return (*fields[: self.split], *self.plumbing, *fields[self.split :])

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The header in label form."""
        fields = [column.heading for column in self.columns]
        plumbing = [_HEADINGS[name] for name in self.plumbing]
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


def layout(call: Call, project: Project, *, in_group: bool) -> Layout:
    """The layout a call asks for. The group column is for callers outside every group (`in_group` False) only."""
    dictionary = project.dictionary
    fields = _known(call.names("fields"), "fields", dictionary.requestable)
    forms = _known(call.names("forms"), "forms", frozenset(dictionary.form_labels))
    everything = not fields and not forms
    columns = tuple(
        column for column in dictionary.columns if everything or column.form in forms or column.field in fields
    )
    identified = any(column.field == dictionary.record_id for column in columns)
    plumbing: list[str] = []
    if identified and project.repeating:
        plumbing += [REPEAT_INSTRUMENT, REPEAT_INSTANCE]
    if identified and call.flag("exportDataAccessGroups") and project.groups and not in_group:
        plumbing.append(GROUP)
    return Layout(columns, identified, tuple(plumbing))


def _known(asked: Names, parameter: str, known: frozenset[str]) -> frozenset[str]:
    """The names asked for.

    An unknown one in an array is an error; in a comma-joined string REDCap passes over it, and if no name is left
    exports everything (PyCap pull request 110).
    """
    if asked.exact and (unknown := [name for name in dict.fromkeys(asked.values) if name not in known]):
        raise refusals.invalid_values(parameter, unknown)
    return known.intersection(asked.values)
