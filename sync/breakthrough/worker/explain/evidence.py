"""Rows of REDCap with the values that a figure stands on: their labels, since when they were seen, what was before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from breakthrough.entry import EntryKey
from breakthrough.instruments.dictionary import from_rows
from breakthrough.instruments.field import Field, export_name
from breakthrough.instruments.text.html import plain
from breakthrough.measures.caserows import GROUP
from breakthrough.reporting.links import Links, redcap
from breakthrough.store import Store, View, aliases, projects, runs
from breakthrough.store.past import Change, Kind, Version
from breakthrough.store.runs import WHOLE
from breakthrough.worker.explain.values import Before, Place, Role, Row, Used

_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A value to be looked up: how it is named, in which column of which row, and what for."""

    name: str
    column: str
    part: str
    value: str
    row: EntryKey | None


@dataclass(frozen=True)
class Evidence:
    """One project as it was held at the view's run. Reads from the store as it is asked."""

    view: View
    project: str

    @property
    def store(self) -> Store:
        """The store."""
        return self.view.store

    @property
    def run(self) -> int:
        """The number of the run up to which anything is looked at."""
        return self.view.snapshot.runs[self.project]

    @cached_property
    def place(self) -> Place:
        """The project as it was read."""
        with self.store.read() as connection:
            run = runs.of(connection, self.run)
            whole = runs.newest(connection, self.project, until=self.run, modes=WHOLE)
            detected = run.finished_at or run.started_at
            number, since = projects.in_force(connection, self.project, detected)
        there = self.view.place(self.project)
        if there is None:
            raise LookupError(f"the project {self.project} has runs and no place")
        return Place(
            project=self.project,
            redcap_project_id=there.redcap_project_id,
            server=there.server,
            redcap_version=there.redcap_version,
            run=self.run,
            detected=detected,
            checked=whole.finished_at if whole else None,
            dictionary=number,
            dictionary_since=since,
        )

    @cached_property
    def links(self) -> Links:
        """Links to the project's records and forms."""
        return redcap(self.place.server, self.place.redcap_version, self.place.redcap_project_id)

    def url(self, key: EntryKey) -> str:
        """The address of the form, or of its record where the project has events, which addresses have numbers for."""
        return self.links(key.record) if key.event else self.links(key.record, key.instrument, key.instance)

    def row(
        self, key: EntryKey, group: str, role: Role, why: str, wanted: Sequence[Wanted], left: dt.datetime | None = None
    ) -> Row:
        """The row with those values, each traced to when it was first and last seen, and its record's former names."""
        return Row(
            key=key,
            redcap_project_id=self.place.redcap_project_id,
            group=group,
            url=self.url(key),
            role=role,
            why=why,
            used=tuple(self._used(one) for one in wanted),
            formerly=tuple((one.old, one.at) for one in self._renames.get(key.record, ()) if one.run <= self.run),
            gone=left,
        )

    def versions(self, record: str, instrument: str) -> list[Version]:
        """Every version of the record's rows of that form up to the run, in the order in which they were seen."""
        return [one for one in self.store.history(self.project, record, instrument) if one.run <= self.run]

    def _used(self, one: Wanted) -> Used:
        field, hidden = self._field(one.column), one.column in self._identifiers
        changes = self._changes(one.row, one.column) if one.row else ()
        return Used(
            name=one.name,
            column=one.column,
            label=self._label(one.column),
            part=one.part,
            value="" if hidden else one.value,
            choice="" if hidden else _choice(field, one.column, one.value),
            row=one.row,
            first_seen=changes[0].seen_at if changes else None,
            since=changes[-1].seen_at if changes else None,
            before=tuple(
                Before(
                    "" if hidden else after.before,
                    "" if hidden else _choice(field, one.column, after.before),
                    first.seen_at,
                    after.seen_at,
                    after.kind,
                )
                for first, after in pairwise(changes)
                if after.before
            ),
            hidden=hidden,
        )

    def _changes(self, key: EntryKey, column: str) -> Sequence[Change]:
        """The value's changes, those under its record's former names included: a rename is no change of a value."""
        found = list(self._own(key, column))
        for one in reversed(self._renames.get(key.record, ())):
            if one.run > self.run:
                continue
            former = [each for each in self._own(replace(key, record=one.old), column) if each.run < one.run]
            if former and found and found[0].run == one.run:
                first, held = found.pop(0), former[-1].after
                if first.after != held:
                    found.insert(0, replace(first, before=held, kind="edited"))
            found = [*former, *found]
        return found

    def _own(self, key: EntryKey, column: str) -> Sequence[Change]:
        if column == GROUP:
            return self._moves(key)
        if column == self._record_field:
            first = next((one for one in self.versions(key.record, key.instrument) if one.entry.key == key), None)
            return [_change(first, "", key.record)] if first else []
        return self.store.trace(key, column, as_of=self.run).changes

    def _moves(self, key: EntryKey) -> list[Change]:
        """The changes of the row's data access group, which is no field."""
        found, before = [], ""
        for one in self.versions(key.record, key.instrument):
            after = "" if one.op == "D" else one.entry.dag
            if one.entry.key == key and after != before:
                found.append(_change(one, before, after))
                before = after
        return found

    @cached_property
    def _renames(self) -> Mapping[str, tuple[aliases.Alias, ...]]:
        found: dict[str, tuple[aliases.Alias, ...]] = {}
        with self.store.read() as connection:
            for one in aliases.of(connection, self.project):
                found[one.new] = (*found.get(one.old, ()), one)
        return found

    @cached_property
    def _fields(self) -> Mapping[str, Field]:
        return {field.field_name: field for field in from_rows(self.view.design(self.project).dictionary)}

    @cached_property
    def _identifiers(self) -> frozenset[str]:
        """Columns of fields that are flagged as identifiers, then or now."""
        now = from_rows(self.store.design(self.project).dictionary)
        flagged = [field for field in (*self._fields.values(), *now) if field.is_identifier]
        return frozenset(name for field in flagged for name in (field.field_name, *field.export_names))

    @property
    def _record_field(self) -> str:
        return next(iter(self._fields), "")

    def _field(self, column: str) -> Field | None:
        return self._fields.get(column) or self._fields.get(column.partition("___")[0])

    def _label(self, column: str) -> str:
        if column == GROUP:
            return "Data access group"
        if column.endswith("_complete") and column not in self._fields:
            return "Form status"
        field = self._field(column)
        return plain(field.field_label) if field else ""


def gone(versions: Sequence[Version]) -> dict[EntryKey, tuple[Version, Version]]:
    """Rows that were there and are not: what each held at last, and the version that tells that it went."""
    held: dict[EntryKey, Version] = {}
    left: dict[EntryKey, tuple[Version, Version]] = {}
    for one in versions:
        key = one.entry.key
        if one.op != "D":
            held[key] = one
            left.pop(key, None)
        elif key in held:
            left[key] = (held[key], one)
    return left


def _choice(field: Field | None, column: str, value: str) -> str:
    """The label of a code, as people see it; '' for what is no code."""
    if not value:
        return ""
    if field is None:
        return _STATUS.get(value, "") if column.endswith("_complete") else ""
    if field.field_type == "checkbox":
        box = next((one for one in field.choices if export_name(field.field_name, one.code) == column), None)
        return f"{plain(box.label)}: {'ticked' if value == '1' else 'not ticked'}" if box else ""
    return next((plain(one.label) for one in field.choices if one.code == value), "")


def _change(version: Version, before: str, after: str) -> Change:
    kind: Kind = "edited" if before and after else "entered" if after else "gone"
    return Change(kind, version.cause, before, after, version.run, version.seen_at, version.schema_version)
