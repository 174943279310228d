"""A proof that two collections of records are the same: how many they are, and a sum over what is in each.

The sum does not depend on the order in which records are added, so a pull adds up REDCap's answers chunk by chunk and
compares with the store at the end. It guards against accidents, not against somebody who means to deceive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select

from breakthrough.entry import Entry
from breakthrough.store import bulk, known
from breakthrough.store.columns import of_records
from breakthrough.store.tables import row_current

_SIZE = 2**256
_KEY = ("record", "event", "instrument", "instance")

_Row = tuple[str, str, int, str]  # event, instrument, instance, digest


@dataclass(frozen=True, slots=True)
class Proof:
    """How many records and rows, rows by instrument, and the sum of their fingerprints as 64 hexadecimal digits."""

    records: int
    rows: dict[str, int]  # by instrument, in order
    digest: str


@dataclass(slots=True)
class Sum:
    """A proof in the making."""

    _records: int = 0
    _total: int = 0
    _rows: dict[str, int] = field(default_factory=dict)

    def add(self, record: str, entries: Iterable[Entry]) -> None:
        """Takes in a record with all of its entries; one without entries counts as a record, too."""
        rows = [(e.key.event, e.key.instrument, e.key.instance, e.digest) for e in entries]
        self._take(record, rows)

    def proof(self) -> Proof:
        """What was taken in."""
        return Proof(self._records, dict(sorted(self._rows.items())), f"{self._total:064x}")

    def _take(self, record: str, rows: list[_Row]) -> None:
        self._records += 1
        whole = f"{record}\x00{_fingerprint(rows)}"
        self._total = (self._total + int.from_bytes(hashlib.sha256(whole.encode()).digest())) % _SIZE
        for _, instrument, _, _ in rows:
            self._rows[instrument] = self._rows.get(instrument, 0) + 1


def of(connection: Connection, project: str) -> Proof:
    """The proof of what the store holds of that project. It reads all of its keys, few at a time."""
    found = Sum()
    lines = _grouped(connection, _rows(project))
    ahead = next(lines, None)
    for name, _ in known.each(connection, project):
        rows: list[_Row] = []
        if ahead and ahead[0] == name:
            rows, ahead = ahead[1], next(lines, None)
        found._take(name, rows)  # noqa: SLF001 (its other half)
    return found.proof()


def fingerprint(entries: Iterable[Entry]) -> str:
    """A hash over one record's entries: equal where they are, in any order."""
    return _fingerprint([(e.key.event, e.key.instrument, e.key.instance, e.digest) for e in entries])


def fingerprints(connection: Connection, project: str, records: Collection[str]) -> dict[str, str]:
    """The fingerprint of each of those records in the store; one of which no entry is there has that of nothing."""
    columns = (*_KEY, "digest")
    found: dict[str, list[_Row]] = {record: [] for record in records}
    for record, *row in connection.execute(of_records(connection, row_current, columns, project, records)):
        if row[-1]:  # else it has gone
            found[record].append(tuple(row))
    return {record: _fingerprint(rows) for record, rows in found.items()}


def _fingerprint(rows: list[_Row]) -> str:
    text = "\n".join(f"{event}\x00{form}\x00{instance}\x00{digest}" for event, form, instance, digest in sorted(rows))
    return hashlib.sha256(text.encode()).hexdigest()


def _rows(project: str) -> Select[Any]:
    key = [row_current.c[name] for name in _KEY]
    there = (row_current.c.project == project, row_current.c.deleted_at.is_(None))
    return select(*key, row_current.c.digest).where(*there).order_by(*key)


def _grouped(connection: Connection, wanted: Select[Any]) -> Iterator[tuple[str, list[_Row]]]:
    for name, rows in groupby(bulk.stream(connection, wanted), key=lambda row: row[0]):
        yield name, [(row.event, row.instrument, row.instance, row.digest) for row in rows]
