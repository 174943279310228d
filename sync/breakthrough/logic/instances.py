"""Finds the row of a record's event and instance, for all rows of a frame at once."""

from __future__ import annotations

import numpy as np

from breakthrough.logic.columns import Codes, Flags

NONE = -1


class Instances:
    """Rows that hold one field, in order of record, event and instance; 0 is the base row.

    `records`, `events` and `numbers` are codes for every row of the frame, `held` marks those that hold the field.
    """

    def __init__(self, records: Codes, events: Codes, numbers: Codes, held: Flags) -> None:
        self._records = records
        self._events = int(events.max(initial=0)) + 1
        group = records * self._events + events
        rows = np.flatnonzero(held)
        self._rows = rows[np.lexsort((numbers[rows], group[rows]))]
        self._numbers = numbers[self._rows]
        self._group = group[self._rows]
        self._span = int(numbers.max(initial=0)) + 1
        self._keys = self._group * self._span + self._numbers

    def find(self, event: Codes, number: Codes) -> Codes:
        """The row that holds the field for that event and instance of each row's record, or NONE."""
        key = self._wanted(event) * self._span + number
        place = np.searchsorted(self._keys, key, side="right") - 1  # of two rows for one instance, the later
        possible = (event >= 0) & (number >= 0) & (number < self._span) & (place >= 0)
        if not len(self._keys):
            return np.full_like(event, NONE)
        found = possible & (self._keys[place] == key)
        return np.where(found, self._rows[place], NONE)

    def any(self, event: Codes) -> Flags:
        """Whether the field is held by an instance of that event of each row's record."""
        return self._ends(event)[2]

    def outermost(self, event: Codes, *, last: bool) -> Codes:
        """The number of the first or last instance that holds the field; 1 where none does."""
        first, end, some = self._ends(event)
        return np.where(some, self._numbers_at(end - 1 if last else first), 1)

    def _ends(self, event: Codes) -> tuple[Codes, Codes, Flags]:
        """Where the instances of the wanted event begin and end among the sorted rows, base rows left out."""
        wanted = self._wanted(event) * self._span
        first = np.searchsorted(self._keys, wanted + 1, side="left")
        end = np.searchsorted(self._keys, wanted + self._span, side="left")
        return first, end, (event >= 0) & (end > first)

    def _numbers_at(self, place: Codes) -> Codes:
        if not len(self._numbers):
            return np.ones_like(place)
        return self._numbers[np.clip(place, 0, len(self._numbers) - 1)]

    def _wanted(self, event: Codes) -> Codes:
        return self._records * self._events + event
