"""The rows of a record import, checked: what each says about which instance of which form, or every reason why not.

A real-time import is all or nothing: one fault anywhere and no row is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from redcap_sandbox.design.dictionary import Column, Field, timestamp_name
from redcap_sandbox.design.events import Event
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.validation import (
    Check,
    DateOrder,
    Invalid,
    choice_check,
    missing_check,
    refuses_missing_codes,
    slider_check,
    text_check,
)
from redcap_sandbox.records import missing, names
from redcap_sandbox.records.layout import EVENT, GROUP, REPEAT_INSTANCE, REPEAT_INSTRUMENT, SURVEY_IDENTIFIER
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.payload import TextRow
from redcap_sandbox.wire.refusals import Refusal

NEW = "new"

_NOT_REPEATING_FORM = (
    "redcap_repeat_instrument must be the unique form name of a Repeating Instrument.  It currently does not match "
    "the unique form name of any Repeating Instruments.  Please fix this in the data import file and try again."
)
_NO_INSTANCE_HERE = (
    "redcap_repeat_instance cannot have a value since this instrument or event is not a repeating instrument or "
    "repeating event, respectively.  The redcap_repeat_instance field must be left blank for this row of data."
)
_INSTANCE_MISSING = (
    "This field ('{field}') exists on a Repeating Instrument named '{form}'. However, the fields "
    "'redcap_repeat_instance' and/or 'redcap_repeat_instrument' for this row of data have no value, which are both "
    "required for importing data into a Repeating Instrument.  You are not allowed to import data for this field "
    "into a non-repeating instrument."
)
_NOT_DESIGNATED = (
    "This field ('{field}') exists on an instrument that is not designated for the event named '{event}'. You are not "
    "allowed to import data for this field into this event."
)
# The texts from here on are assumed.
_OTHER_FORM = (
    "This field ('{field}') does not exist on the Repeating Instrument named '{form}' that this row of data is for. "
    "You are not allowed to import data for this field in the same row."
)
_BAD_INSTANCE = "redcap_repeat_instance must be a whole number from 1 to 32767, or the word new."
_NO_RECORD = "The record has no name: the value of the record ID field is blank."
_LONG_RECORD = f"The record name is longer than {names.LONGEST} characters."
_CONTROLS = "The record name contains control characters, which are not allowed in it."
_NO_GROUP = "The value is not the unique group name of a Data Access Group of this project."

_MOST_INSTANCES = 32767
_INSTANCE = re.compile(r"0{0,9}[1-9]\d{0,4}", re.ASCII)
_REMEMBERED = 4096
_IGNORED = frozenset({"calc", "file"})  # columns that are passed over: REDCap computes or uploads these


@dataclass(frozen=True)
class Incoming:
    """One checked row.

    `instance` is a number or `new`, `form` the repeating form the row is an instance of, '' for other rows. `group` is
    None where the row says nothing about it, '' to take the record out of its group. `values` holds, by form and
    document key, what to store; '' erases.
    """

    record: str
    event: int
    form: str
    instance: int | str
    group: str | None
    values: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rules:
    """How an import is to be read.

    Whether blanks erase, in which order dates are written, whether the caller sits inside a data access group, and
    whether it is a background import, whose messages are less exact.
    """

    blanks_erase: bool = False
    dates: DateOrder = "YMD"
    in_group: bool = False
    in_background: bool = False


class _Target(NamedTuple):
    """Where the values of one imported column go."""

    column: Column
    form: str
    key: str
    check: Check | None


class _Cell(NamedTuple):
    """A column of a row that goes into a form: its name, the document key, and the check it must pass."""

    name: str
    key: str
    check: Check | None


class _Plan(NamedTuple):
    """What becomes of a row's columns: the cells of each form, and those that belong elsewhere."""

    forms: tuple[tuple[str, tuple[_Cell, ...]], ...]
    astray: tuple[_Target, ...]


@dataclass(frozen=True)
class Fault:
    """Why a value may not be imported."""

    record: str
    name: str
    value: str
    text: str

    def __str__(self) -> str:
        parts = (self.record, self.name, self.value, self.text)
        return ",".join('"' + part.replace('"', '""') + '"' for part in parts)


class Intake:
    """Checks rows against a project's design."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self._project = project
        self._rules = rules
        self._id = project.dictionary.record_id
        self._targets: dict[str, _Target] = {}
        self._plans: dict[tuple[int, str, tuple[str, ...]], _Plan] = {}
        self.faults: list[Fault] = []

    def checked(self, rows: Sequence[TextRow]) -> list[Incoming]:
        """The rows, ready to be saved. Refusal, with every fault there is, if any of them may not be."""
        found = self.read(rows)
        if self.faults:
            raise Refusal(400, "\n".join(map(str, self.faults)))
        return found

    def read(self, rows: Sequence[TextRow]) -> list[Incoming]:
        """The rows, those with `faults` too. Refusal where the columns or events make no sense at all."""
        self._targets = self._aim(rows)
        self._check_events(rows)
        return [self._row(row) for row in rows]

    @property
    def fields(self) -> frozenset[str]:
        """The fields that have a column in the import."""
        return frozenset(target.column.field for target in self._targets.values())

    def _add(self, record: str, name: str, value: str, text: str) -> None:
        self.faults.append(Fault(record, name, value, text))

    def _aim(self, rows: Iterable[TextRow]) -> dict[str, _Target]:
        """The column each imported name stands for; Refusal for names that stand for none."""
        sent: dict[str, None] = {}
        for row in rows:
            sent.update(dict.fromkeys(row))
        plumbing = {self._id, EVENT, REPEAT_INSTRUMENT, REPEAT_INSTANCE, SURVEY_IDENTIFIER}
        plumbing.update(timestamp_name(form) for form in self._project.dictionary.form_labels)
        if GROUP in sent and self._rules.in_group:
            raise refusals.illegal_group_column()
        if self._project.groups:
            plumbing.add(GROUP)
        columns = {**self._project.dictionary.column_names, **self._missing_boxes()}
        if unknown := [name for name in sent if name not in columns and name not in plumbing]:
            raise refusals.unknown_columns(unknown)
        if sent and self._id not in sent:
            raise Refusal(400, f"The record ID field '{self._id}' is missing from the data being imported.")
        return {
            name: _Target(columns[name], columns[name].form, columns[name].key, self._check(columns[name]))
            for name in sent
            if name in columns and name != self._id and columns[name].kind not in _IGNORED
        }

    def _missing_boxes(self) -> dict[str, Column]:
        return {column.name: column for columns in missing.boxes(self._project).values() for column in columns}

    def _check_events(self, rows: Iterable[TextRow]) -> None:
        """Refusal if rows name events that the project does not have; a classic project passes over them."""
        if not self._project.is_longitudinal:
            return
        asked = dict.fromkeys(row.get(EVENT, "").strip() for row in rows)
        if unknown := [name for name in asked if name and name not in self._project.event_by_unique]:
            raise refusals.invalid_events(unknown)

    def _check(self, column: Column) -> Check | None:
        check = self._exact_check(column)
        return lru_cache(_REMEMBERED)(check) if check else None  # columns hold few different values

    def _exact_check(self, column: Column) -> Check | None:
        codes = self._project.missing_codes
        background = self._rules.in_background
        if column.is_checkbox:
            return _box_check(choice_check(column.name, frozenset({"0", "1"})))
        if column.is_status:
            return choice_check(column.name, frozenset(column.labels or ()))
        asked: Field = self._project.dictionary.by_name[column.field]
        if column.labels is not None:
            check: Check | None = choice_check(column.name, frozenset(column.labels))
        elif column.kind == "slider":
            check = slider_check(background=background)
        else:
            check = text_check(asked.validation, self._rules.dates, background=background)
        return missing_check(check, codes, refused=refuses_missing_codes(asked.annotation))

    def _row(self, row: TextRow) -> Incoming:
        record = row.get(self._id, "").strip()
        if not record:
            self._add("", self._id, "", _NO_RECORD)
        elif len(record) > names.LONGEST:
            self._add(record, self._id, record, _LONG_RECORD)
        elif names.has_controls(record):
            self._add(record, self._id, record, _CONTROLS)
        event = self._event(row)
        form, instance = self._place(record, event, row)
        values = self._values(record, event, form, row)
        return Incoming(record, event.id, form, instance, self._group(record, row), values)

    def _event(self, row: TextRow) -> Event:
        """The event the row is for: without any the first, as REDCap has it."""
        return self._project.event_by_unique.get(row.get(EVENT, "").strip(), self._project.first_event)

    def _place(self, record: str, event: Event, row: TextRow) -> tuple[str, int | str]:
        """(repeating form or '', instance) the row is for."""
        form = row.get(REPEAT_INSTRUMENT, "").strip()
        instance = row.get(REPEAT_INSTANCE, "").strip()
        if form and not self._project.repeats(event.id, form):
            self._add(record, REPEAT_INSTRUMENT, form, _NOT_REPEATING_FORM)
            return "", 1
        if not form and not self._project.repeats(event.id):
            if instance:
                self._add(record, REPEAT_INSTANCE, instance, _NO_INSTANCE_HERE)
            return "", 1
        if instance.lower() == NEW:
            return form, NEW
        if not instance:
            return "", 1  # the values of a repeating form are then refused one by one, as REDCap does it
        if not _INSTANCE.fullmatch(instance) or int(instance) > _MOST_INSTANCES:
            self._add(record, REPEAT_INSTANCE, instance, _BAD_INSTANCE)
            return form, 1
        return form, int(instance)

    def _group(self, record: str, row: TextRow) -> str | None:
        group = row.get(GROUP, "").strip()
        if not group:
            return "" if GROUP in row and self._rules.blanks_erase else None
        if group not in self._project.group_by_unique:
            self._add(record, GROUP, group, _NO_GROUP)
        return group

    def _plan(self, event: Event, form: str, header: tuple[str, ...]) -> _Plan:
        """What becomes of the columns of a row for this repeating form, or for '' of any other row."""
        place = (event.id, form, header)
        if place not in self._plans:
            here = self._project.forms_of(event.id)
            cells: dict[str, list[_Cell]] = {}
            astray = []
            for name in header:
                target = self._targets.get(name)
                if target is None:
                    continue
                of = target.form
                if of in here and (of == form if form else not self._project.repeats(event.id, of)):
                    cells.setdefault(of, []).append(_Cell(name, target.key, target.check))
                else:
                    astray.append(target)
            self._plans[place] = _Plan(tuple((of, tuple(listed)) for of, listed in cells.items()), tuple(astray))
        return self._plans[place]

    def _values(self, record: str, event: Event, form: str, row: TextRow) -> dict[str, dict[str, str]]:
        plan = self._plan(event, form, tuple(row))
        for target in plan.astray:
            if value := row[target.column.name]:
                self._misplaced(record, event, form, target, value)
        erasing = self._rules.blanks_erase
        values: dict[str, dict[str, str]] = {}
        for of, cells in plan.forms:
            held: dict[str, str] = {}
            for name, key, check in cells:  # the innermost loop of an import: no calls but the check itself
                value = row[name]
                if not value:
                    if erasing:
                        held[key] = ""
                elif check is None:
                    held[key] = value
                else:
                    try:
                        held[key] = check(value)
                    except Invalid as why:
                        self._add(record, name, value if why.shown is None else why.shown, str(why))
            if held:
                values[of] = held
        return values

    def _misplaced(self, record: str, event: Event, form: str, target: _Target, value: str) -> None:
        """A value in a row for another form or event, or for no form although its own repeats."""
        name = target.column.name
        if target.form not in self._project.forms_of(event.id):
            arm = self._project.arm_names[event.arm]
            where = f"{event.name} (Arm {event.arm}: {arm})"
            text = _NOT_DESIGNATED.format(field=name, event=where)
        else:
            text = (_OTHER_FORM if form else _INSTANCE_MISSING).format(field=name, form=form or target.form)
        self._add(record, name, value, text)


def _box_check(check: Check) -> Check:
    """The check of a box, which stores an unchecked one as blank."""
    return lambda value: "" if check(value) == "0" else "1"
