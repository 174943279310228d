"""A frame of many records' rows as logic sees it: which column, and which row of the record, a reference reads.

Rows are those of REDCap's flat export: a column a field (`cond___3` for a checkbox's choice), and the record, event,
repeating instrument and instance, where the project has them. The answers are those of `record`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from breakthrough.logic.columns import Codes, Column, Flags, Levels, column, constant, levels
from breakthrough.logic.instances import NONE, Instances
from breakthrough.logic.record import EVENT_WORDS, UNCHECKED, export_name, neighbour
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import Reference, Smart
from breakthrough.logic.values import BLANK, text

_STEPS = MappingProxyType({"current-instance": 0, "previous-instance": -1, "next-instance": 1})


class Table:
    """A frame, or a mapping of columns of one length, with what references to it need.

    `events` and `designated` are as in `Record`. `forms` gives the instrument of a field: with it, an instance counts
    for [last-instance] even where the field is blank in it. `smart` gives smart variables that are the same in every
    row, by what stands within the brackets. A field without a column is blank in every row, a box unchecked.
    """

    def __init__(
        self,
        data: pd.DataFrame | Mapping[str, Any],
        *,
        record: str = "record_id",
        event: str = "redcap_event_name",
        instrument: str = "redcap_repeat_instrument",
        instance: str = "redcap_repeat_instance",
        events: Sequence[str] = (),
        designated: Mapping[str, Iterable[str]] | None = None,
        forms: Mapping[str, str] | None = None,
        smart: Mapping[str, str] | None = None,
    ) -> None:
        self._data = data
        self._record, self._event, self._instrument, self._instance = record, event, instrument, instance
        self._order = tuple(events)
        self._designated = {name: tuple(held) for name, held in (designated or {}).items()}
        self._forms = forms or {}
        self._smart = smart or {}
        self._columns: dict[tuple[str, bool], Column] = {}

    def __len__(self) -> int:
        if isinstance(self._data, pd.DataFrame):
            return len(self._data)
        return len(next(iter(self._data.values()), ()))

    def column(self, reference: Reference, setting: Setting) -> Column:
        """What the reference reads in each row."""
        own = self._own(reference, setting)
        if own is None:
            return constant(BLANK if reference.code is None else UNCHECKED)
        if reference.event or reference.instance or self._instance in self._data:
            own = self._seen(reference, levels(own))
        return own if reference.code is None else _with_boxes_unchecked(own)

    def smart(self, smart: Smart) -> Column:
        """What a smart variable is in each row: as given, else what the rows' structure says, else blank."""
        name = ":".join((smart.name, *smart.arguments))
        if name in self._smart:
            return constant(self._smart[name])
        if name == "event-name":
            return Levels(self._events[0], self._events[1])
        if name in EVENT_WORDS:
            return Levels(self._events[0], [neighbour(name, one, self._order) or BLANK for one in self._events[1]])
        if name in _STEPS:
            found = self._stepped(name)
            return np.where(found == NONE, np.nan, found.astype(np.float64))
        structure = {"record-name": self._record, "record-dag-name": "redcap_data_access_group"}.get(name, "")
        return column(self._data[structure]) if structure in self._data else constant(BLANK)

    def _own(self, reference: Reference, setting: Setting) -> Column | None:
        """The field's column as it stands in the frame."""
        names = [reference.field]
        if reference.code is not None:
            names = [f"{reference.field}({reference.code})", export_name(reference.field, reference.code)]
        name = next((one for one in names if one in self._data), None)
        if name is None:
            return None
        key = (name, setting.has_comma(reference.field))
        if key not in self._columns:
            self._columns[key] = column(self._data[name], comma=key[1])
        return self._columns[key]

    def _seen(self, reference: Reference, own: Levels) -> Levels:
        """The field as each row sees it: in its own row, in the record's base row, in another event or instance."""
        held = self._present(reference.field, own)
        event = self._events[0] if reference.event is None else self._target(reference)
        here = event == self._events[0]
        stored = Instances(self._records, self._events[0], self._numbers, held)
        number = self._wanted(reference.instance, stored, event, here)
        row = stored.find(event, number)
        base = (row < 0) & (number != NONE) & ((here & (number == self._numbers)) | (number == 1) & ~stored.any(event))
        row = np.where(base, stored.find(event, np.zeros_like(number)), row)
        blank = (*own.levels, BLANK)
        return Levels(np.where(row < 0, len(own.levels), own.codes[row]), blank)

    def _present(self, field: str, own: Levels) -> Flags:
        """Rows that hold the field: where it has a value, and every row of its repeating instrument."""
        filled = np.asarray([level != BLANK for level in own.levels], dtype=np.bool_)[own.codes]
        if field not in self._forms or self._instrument not in self._data:
            return filled
        codes, names = _named(self._data[self._instrument])
        return filled | np.asarray([name == self._forms[field] for name in names], dtype=np.bool_)[codes]

    def _target(self, reference: Reference) -> Codes:
        """The number of the event meant in each row, or NONE."""
        codes, names = self._events
        word, held = reference.event, self._designated.get(reference.field)
        if word == "event-name" or word is None:
            return codes
        if word not in EVENT_WORDS:
            return np.full_like(codes, names.index(word) if word in names else NONE)
        meant = [neighbour(word, one, self._order, held) for one in names]
        return np.asarray([names.index(one) if one in names else NONE for one in meant], dtype=np.intp)[codes]

    def _wanted(self, instance: str | None, stored: Instances, event: Codes, here: Flags) -> Codes:
        """The instance meant in each row: 0 for the base row, NONE for one that cannot be."""
        if instance is None:
            return np.where(here, self._numbers, 0)
        if instance in _STEPS:
            found = self._stepped(instance)
            return np.where(here, self._numbers, found) if instance == "current-instance" else found
        if instance in {"first-instance", "last-instance"}:
            return stored.outermost(event, last=instance == "last-instance")
        return np.full_like(self._numbers, int(instance) or NONE)

    def _stepped(self, word: str) -> Codes:
        moved = self._numbers + _STEPS[word]
        return np.where((self._numbers > 0) & (moved > 0), moved, NONE)

    @cached_property
    def _records(self) -> Codes:
        if self._record not in self._data:
            return np.arange(len(self))  # each row is a record of its own
        return _named(self._data[self._record])[0]

    @cached_property
    def _events(self) -> tuple[Codes, list[str]]:
        if self._event not in self._data:
            return np.zeros(len(self), dtype=np.intp), [BLANK]
        return _named(self._data[self._event])

    @cached_property
    def _numbers(self) -> Codes:
        if self._instance not in self._data:
            return np.zeros(len(self), dtype=np.intp)
        found = levels(column(self._data[self._instance]))
        return np.nan_to_num(found.plain[found.codes]).astype(np.intp)


def _named(data: Any) -> tuple[Codes, list[str]]:
    """Codes into distinct texts."""
    found = levels(column(data))
    names: dict[str, int] = {}
    places = [names.setdefault(text(level), len(names)) for level in found.levels]
    return np.asarray(places, dtype=np.intp)[found.codes], list(names)


def _with_boxes_unchecked(found: Column) -> Column:
    """A box's column, in which a blank is unchecked."""
    if isinstance(found, Levels):
        return Levels(found.codes, [UNCHECKED if level == BLANK else level for level in found.levels])
    return np.asarray(np.where(np.isnan(found), 0.0, found))
