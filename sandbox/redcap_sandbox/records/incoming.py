"""The rows of a record import, checked: what each says about which instance of which form, or every reason why not.

An import is all or nothing: one fault anywhere and no row is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from redcap_sandbox.design.dictionary import Column, Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.validation import Check, DateOrder, Invalid, choice_check, slider_check, text_check
from redcap_sandbox.records import names
from redcap_sandbox.records.layout import GROUP, REPEAT_INSTANCE, REPEAT_INSTRUMENT
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
_REMEMBERED = 4096
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Incoming:
    """One checked row.

    `instance` is a number or `new`; `group` is None where the row says nothing about it, '' to take the record out
    of its group. `values` holds, by form and document key, what to store; '' erases.
    """

    record: str
    instance: int | str
    group: str | None
    values: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Rules:
    """How an import is to be read.

    Whether blanks erase, in which order dates are written, and whether the caller sits inside a data access group.
    """

    blanks_erase: bool = False
    dates: DateOrder = "YMD"
    in_group: bool = False


@dataclass(frozen=True)
class _Target:
    """Where the values of one imported column go."""

    column: Column
    form: str
    key: str
    check: Check | None


@dataclass
class _Faults:
    """The faults found so far, as the lines of REDCap's message."""

    lines: list[str] = field(default_factory=list)

    def add(self, record: str, name: str, value: str, text: str) -> None:
        self.lines.append(",".join('"' + part.replace('"', '""') + '"' for part in (record, name, value, text)))

    def refuse(self) -> None:
        if self.lines:
            raise Refusal(400, "\n".join(self.lines))


class Intake:
    """Checks rows against a project's design."""

    def __init__(self, project: Project, rules: Rules) -> None:
        self._project = project
        self._rules = rules
        self._id = project.dictionary.record_id
        self._targets: dict[str, _Target] = {}
        self._fits: dict[str, Mapping[str, _Target]] = {}
        self._faults = _Faults()

    def checked(self, rows: Sequence[TextRow]) -> list[Incoming]:
        """The rows, ready to be saved. Refusal, with every fault there is, if any of them may not be."""
        self._targets = self._aim(rows)
        found = [self._row(row) for row in rows]
        self._faults.refuse()
        return found

    def _aim(self, rows: Iterable[TextRow]) -> dict[str, _Target]:
        """The column each imported name stands for; Refusal for names that stand for none."""
        sent: dict[str, None] = {}
        for row in rows:
            sent.update(dict.fromkeys(row))
        plumbing = {self._id, REPEAT_INSTRUMENT, REPEAT_INSTANCE}
        if GROUP in sent and self._rules.in_group:
            raise refusals.illegal_group_column()
        if self._project.groups:
            plumbing.add(GROUP)
        columns = self._project.dictionary.column_names
        if unknown := [name for name in sent if name not in columns and name not in plumbing]:
            raise refusals.unknown_columns(unknown)
        if sent and self._id not in sent:
            raise Refusal(400, f"The record ID field '{self._id}' is missing from the data being imported.")
        return {
            name: _Target(columns[name], columns[name].form, columns[name].key, self._check(columns[name]))
            for name in sent
            if name in columns and name != self._id and columns[name].kind not in {"calc", "file"}
        }

    def _check(self, column: Column) -> Check | None:
        check = self._exact_check(column)
        return lru_cache(_REMEMBERED)(check) if check else None  # columns hold few different values

    def _exact_check(self, column: Column) -> Check | None:
        if column.is_checkbox:
            return choice_check(column.name, frozenset({"0", "1"}))
        if column.labels is not None:
            return choice_check(column.name, frozenset(column.labels))
        if column.kind == "slider":
            return slider_check()
        asked: Field = self._project.dictionary.by_name[column.field]
        return text_check(asked.validation, self._rules.dates)

    def _row(self, row: TextRow) -> Incoming:
        record = row.get(self._id, "").strip()
        if not record:
            self._faults.add("", self._id, "", _NO_RECORD)
        elif len(record) > names.LONGEST:
            self._faults.add(record, self._id, record, _LONG_RECORD)
        elif not record.isprintable() and _CONTROL.search(record):
            self._faults.add(record, self._id, record, _CONTROLS)
        form, instance = self._place(record, row)
        return Incoming(record, instance, self._group(record, row), self._values(record, form, row))

    def _place(self, record: str, row: TextRow) -> tuple[str, int | str]:
        """(repeating form or '', instance) the row is for."""
        form = row.get(REPEAT_INSTRUMENT, "").strip()
        instance = row.get(REPEAT_INSTANCE, "").strip()
        if form and form not in self._project.repeating:
            self._faults.add(record, REPEAT_INSTRUMENT, form, _NOT_REPEATING_FORM)
            return "", 1
        if not form:
            if instance:
                self._faults.add(record, REPEAT_INSTANCE, instance, _NO_INSTANCE_HERE)
            return "", 1
        if instance.lower() == NEW:
            return form, NEW
        if not instance:
            return "", 1  # the form's values are then refused one by one, as REDCap does it
        if not (instance.isascii() and instance.isdigit()) or not 1 <= int(instance[:9]) <= _MOST_INSTANCES:
            self._faults.add(record, REPEAT_INSTANCE, instance, _BAD_INSTANCE)
            return form, 1
        return form, int(instance)

    def _group(self, record: str, row: TextRow) -> str | None:
        group = row.get(GROUP, "").strip()
        if not group:
            return "" if GROUP in row and self._rules.blanks_erase else None
        if group not in self._project.group_by_unique:
            self._faults.add(record, GROUP, group, _NO_GROUP)
        return group

    def _fitting(self, form: str) -> Mapping[str, _Target]:
        """The imported columns that belong into a row for this repeating form, or for '' into a base row."""
        if form not in self._fits:
            self._fits[form] = {
                name: target
                for name, target in self._targets.items()
                if (target.column.form == form if form else target.column.form not in self._project.repeating)
            }
        return self._fits[form]

    def _values(self, record: str, form: str, row: TextRow) -> dict[str, dict[str, str]]:
        values: dict[str, dict[str, str]] = {}
        fitting = self._fitting(form)
        for name, value in row.items():
            if not value and not self._rules.blanks_erase:
                continue
            target = fitting.get(name)
            if target is not None:
                held = values.get(target.form)
                if held is None:
                    held = values[target.form] = {}
                held[target.key] = value if target.check is None or not value else self._stored(record, target, value)
            elif value and name in self._targets:
                self._misplaced(record, form, self._targets[name], value)
        return values

    def _misplaced(self, record: str, form: str, target: _Target, value: str) -> None:
        """A value in a row for another form, or for none although its form repeats."""
        name = target.column.name
        text = _OTHER_FORM if form else _INSTANCE_MISSING
        self._faults.add(record, name, value, text.format(field=name, form=form or target.form))

    def _stored(self, record: str, target: _Target, value: str) -> str:
        """The value as documents keep it; an unchecked box is blank."""
        try:
            stored = target.check(value) if target.check else value
        except Invalid as why:
            self._faults.add(record, target.column.name, value, str(why))
            return ""
        return "" if stored == "0" and target.column.is_checkbox else stored
