"""One row of REDCap as the rooms above know it: whose it is, which form, which repeat, and the values entered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson


@dataclass(frozen=True, slots=True)
class EntryKey:
    """What makes a row the same row: project, record, event, instrument and repeat instance.

    `event` is '' in a classic project; `instance` is 0 where the instrument does not repeat.
    """

    project: str
    record: str
    event: str
    instrument: str
    instance: int

    def __str__(self) -> str:
        """`main/T001/monthly_measures/12`: fit for a log, as it holds no value."""
        parts = [self.project, self.record, self.event, self.instrument, str(self.instance or "")]
        return "/".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with its data access group and its non-blank values, all text as REDCap sends them."""

    key: EntryKey
    dag: str
    values: Mapping[str, str]

    @property
    def digest(self) -> str:
        """A hash over the data access group and the values: equal rows have equal digests, in any order of fields."""
        return hashlib.sha256(orjson.dumps([self.dag, sorted(self.values.items())])).hexdigest()
