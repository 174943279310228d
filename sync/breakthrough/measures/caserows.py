"""A REDCap project's rows as measures see them: which are cases, when they were, whose they are, what logic reads."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Source
from breakthrough.entry import Entry, EntryKey
from breakthrough.logic import Node, Setting, frame
from breakthrough.logic.columns import Column
from breakthrough.logic.record import export_name
from breakthrough.logic.tree import Reference
from breakthrough.measures.design import Design, reference

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]
Days = NDArray[np.datetime64]
Texts = NDArray[np.object_]

GROUP = "redcap_data_access_group"
# Dates and datetimes, which REDCap stores alike whatever order a form shows them in.
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?: \d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_NO_DAY = np.datetime64("NaT", "D")
_ANY = Setting.at(dt.datetime(1, 1, 1))  # noqa: DTZ001 - conditions that read the clock are refused, so any will do


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one project, one an entry, with the columns that some references read.

    What a row sees of its record is what `breakthrough.logic` says of a row of REDCap's flat export. That the forms of
    one base row are rows of their own here makes no difference to it, as no field is on two forms.
    """

    design: Design
    keys: Sequence[EntryKey]
    groups: Texts
    columns: Mapping[str, Texts]

    @cached_property
    def events(self) -> frozenset[str]:
        """The events that there are rows of."""
        return frozenset(key.event for key in self.keys)

    def holds(self, condition: Node) -> Flags:
        """Whether the condition is true, row by row."""
        return frame.holds(condition, self.table, self._setting)

    def numbers(self, expression: Node) -> NDArray[np.float64]:
        """What the expression comes to, row by row; NaN where it is blank or no number."""
        return frame.numbers(expression, self.table, self._setting)

    def texts(self, field: str) -> Texts:
        """What each row sees in that field; a missing-data code is as good as a blank."""
        found = frame.results(reference(field), self.table, self._setting)
        return _each(found, lambda text: "" if text in self.design.missing_codes else text.strip())

    def of_form(self, form: str) -> Places:
        """The places of that form's rows."""
        return np.flatnonzero(np.fromiter((key.instrument == form for key in self.keys), np.bool_, len(self.keys)))

    def of_records(self, records: Collection[str]) -> Places:
        """The places of those records' rows."""
        return np.flatnonzero(np.fromiter((key.record in records for key in self.keys), np.bool_, len(self.keys)))

    def at(self, places: Places) -> Rows:
        """The rows at those places."""
        columns = {name: texts[places] for name, texts in self.columns.items()}
        return Rows(self.design, [self.keys[place] for place in places.tolist()], self.groups[places], columns)

    def origins(self, read: Reference) -> Places:
        """The place of the row whose value each row sees under that reference; -1 where none holds one.

        Found by logic's own rules: in place of its value, each row that has one holds its place.
        """
        if read.field == self.design.record_field:
            return np.arange(len(self.keys))
        column = column_of(read)
        places = _texts([f"@{place}" if text else "" for place, text in enumerate(self.columns[column])])
        found = frame.results(read, replace(self, columns={column: places}).table, _ANY)
        return np.array([int(text[1:]) if text.startswith("@") else -1 for text in found], dtype=np.intp)

    def stored(self, column: str, place: int) -> str:
        """The value of that row as REDCap stores it."""
        return self.keys[place].record if column == self.design.record_field else str(self.columns[column][place])

    @property
    def _setting(self) -> Setting:
        return replace(_ANY, missing_codes=self.design.missing_codes, types=self.design.types)

    @cached_property
    def table(self) -> frame.Table:
        """The rows as logic sees them."""
        structure = {
            self.design.record_field: _texts([key.record for key in self.keys]),
            "redcap_event_name": _texts([key.event for key in self.keys]),
            "redcap_repeat_instrument": _texts([key.instrument if key.instance else "" for key in self.keys]),
            "redcap_repeat_instance": _texts([str(key.instance or "") for key in self.keys]),
            GROUP: self.groups,
        }
        return _Remembering(
            {**structure, **self.columns},
            record=self.design.record_field,
            events=tuple(self.design.events or ()),
            designated=self.design.designated,
            forms=self.design.forms,
        )


class _Remembering(frame.Table):
    """A table that looks up what a reference reads once, as many measures read the same."""

    @cached_property
    def _remembered(self) -> dict[Reference, Column]:
        return {}

    def column(self, reference: Reference, setting: Setting) -> Column:
        """What the reference reads in each row, always under the same setting."""
        if reference not in self._remembered:
            self._remembered[reference] = super().column(reference, setting)
        return self._remembered[reference]


def read(entries: Iterable[Entry], design: Design, references: Iterable[Reference]) -> Rows:
    """The entries as rows, with the columns that those references read."""
    wanted = dict.fromkeys(column_of(one) for one in references if one.field != design.record_field)
    columns: dict[str, list[str]] = {column: [] for column in wanted}
    keys: list[EntryKey] = []
    groups: list[str] = []
    for entry in entries:
        keys.append(entry.key)
        groups.append(entry.dag)
        held = entry.values
        for column, texts in columns.items():
            texts.append(held.get(column, ""))
    return Rows(design, keys, _texts(groups), {column: _texts(texts) for column, texts in columns.items()})


@dataclass(frozen=True, eq=False)
class Sited:
    """The case rows of a source, in the order of the store: where among all rows, whose, and of which day.

    `whose` is the data access group or the field's text, '' for none; `days` is NaT where `dates`, the text, is none.
    """

    rows: Rows
    source: Source
    places: Places
    whose: Texts
    dates: Texts
    days: Days

    @property
    def keys(self) -> list[EntryKey]:
        """The keys of the case rows."""
        return [self.rows.keys[place] for place in self.places.tolist()]


def sited(rows: Rows, source: Source) -> Sited:
    """The case rows of that source among the rows of its project."""
    places = rows.of_form(source.form)
    whose = rows.groups if source.by_group else rows.texts(source.team)
    dates = rows.texts(source.date)[places]
    return Sited(rows, source, places, whose[places], dates, _days(dates))


def column_of(read: Reference) -> str:
    """The column of an export that a reference reads: the field's own, or that of one box."""
    return read.field if read.code is None else export_name(read.field, read.code)


def _days(dates: Texts) -> Days:
    codes, distinct = pd.factorize(dates)
    found = np.array([_day(text) for text in distinct], dtype="datetime64[D]")
    return found[codes] if len(found) else np.full(len(dates), _NO_DAY)


def _day(text: str) -> np.datetime64:
    found = _DAY.fullmatch(text)
    try:
        return np.datetime64(dt.date.fromisoformat(found[1]), "D") if found else _NO_DAY
    except ValueError:
        return _NO_DAY


def _texts(values: Sequence[str]) -> Texts:
    """The texts as an array of objects."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


def _each(values: Texts, change: Callable[[str], str]) -> Texts:
    """The texts changed, each distinct one once."""
    codes, distinct = pd.factorize(values)
    return _texts([change(text) for text in distinct])[codes]
