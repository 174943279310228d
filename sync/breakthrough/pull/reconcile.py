"""Holds the store to REDCap, record by record: what quicker pulls had missed, and the proof that nothing differs now.

Both sides are counted and hashed by themselves: REDCap's from its answers as they come, the store's from what it holds
at the end. Records that REDCap could not answer for, or that wait to be let go, are left out on both sides.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from breakthrough.entry import Entry, EntryKey
from breakthrough.pull.failpoints import reach
from breakthrough.store import Proof, Store, bulk, known, proof, quarantine, reconciliations
from breakthrough.store.columns import of_records
from breakthrough.store.proof import Sum
from breakthrough.store.tables import row_current

log = logging.getLogger(__name__)

_SIZE = 2**256


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one instrument: how many, and the sum of their hashes as 64 hexadecimal digits."""

    rows: int = 0
    digest: str = "0" * 64


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: the whole, and its parts by instrument."""

    whole: Proof
    parts: Mapping[str, Part]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a reconciliation found. `differing` records differed; `missed` of them a quicker pull should have seen.

    `left_out` records are in the store and could not be compared.
    """

    redcap: Side
    store: Side
    differing: int
    missed: int
    left_out: int

    @property
    def agrees(self) -> bool:
        """Whether the store is now what REDCap answered."""
        return self.redcap == self.store

    @property
    def instruments(self) -> tuple[str, ...]:
        """Every instrument that either side has rows of, in order."""
        return tuple(sorted({*self.redcap.parts, *self.store.parts}))


@dataclass(slots=True)
class Answers:
    """REDCap's side in the making, and which records differed from what the store held of them."""

    differing: set[str] = field(default_factory=set)
    _whole: Sum = field(default_factory=Sum)
    _parts: dict[str, list[int]] = field(default_factory=dict)  # rows, sum

    def add(self, connection: Connection, project: str, records: Collection[str], entries: Iterable[Entry]) -> None:
        """Takes in REDCap's answer for those records, before the store does."""
        found: dict[str, list[Entry]] = {record: [] for record in records}
        for entry in entries:
            found[entry.key.record].append(entry)
        held = proof.fingerprints(connection, project, records)
        for record, its in found.items():
            self._whole.add(record, its)
            if proof.fingerprint(its) != held[record]:
                self.differing.add(record)
            for entry in its:
                _take(self._parts, entry.key, entry.digest)

    def side(self) -> Side:
        """What was taken in."""
        return Side(self._whole.proof(), _parts(self._parts))


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A reconciliation whose pull has ended, the `run`-th, at that time."""

    store: Store
    project: str
    run: int
    at: dt.datetime

    def prove(self, answers: Answers, missed: int, waiting: Collection[str]) -> Comparison:
        """The comparison, noted. `waiting` records are in the store, and no longer on REDCap's list."""
        with self.store.read() as connection:
            inside = {one.record for one in quarantine.of(connection, self.project)}
            names = known.there(connection, self.project, inside | set(waiting))
            side = store_side(connection, self.project, names)
        found = Comparison(answers.side(), side, len(answers.differing), missed, len(names))
        with self.store.begin() as connection:
            reconciliations.note(
                connection,
                self.project,
                self.run,
                redcap=found.redcap.whole,
                store=found.store.whole,
                differing=found.differing,
                missed=found.missed,
                at=self.at,
            )
            reach("in-proof")
        log.info(
            "pull project=%s run=%d compared=%d differing=%d missed=%d agrees=%s",
            self.project,
            self.run,
            found.redcap.whole.records,
            found.differing,
            found.missed,
            "yes" if found.agrees else "no",
        )
        return found


def store_side(connection: Connection, project: str, left_out: Collection[str]) -> Side:
    """What the store holds of that project, without those records. It reads all of its keys, few at a time."""
    whole = proof.of(connection, project)
    parts: dict[str, list[int]] = {}
    for key, digest in _held(connection, project):
        if key.record not in left_out:
            _take(parts, key, digest)
    if not left_out:
        return Side(whole, _parts(parts))
    others = Sum()
    for record, entries in _entries(connection, project, left_out).items():
        others.add(record, entries)
    return Side(_less(whole, others.proof()), _parts(parts))


def _take(parts: dict[str, list[int]], key: EntryKey, digest: str) -> None:
    part = parts.setdefault(key.instrument, [0, 0])
    row = f"{key.record}\x00{key.event}\x00{key.instance}\x00{digest}"
    part[0] += 1
    part[1] = (part[1] + int.from_bytes(hashlib.sha256(row.encode()).digest())) % _SIZE


def _parts(parts: Mapping[str, list[int]]) -> dict[str, Part]:
    return {instrument: Part(rows, f"{total:064x}") for instrument, (rows, total) in sorted(parts.items())}


def _less(whole: Proof, part: Proof) -> Proof:
    """The proof of what is in the whole and not in the part: sums can be taken apart as they were put together."""
    rows = {name: number - part.rows.get(name, 0) for name, number in whole.rows.items()}
    total = (int(whole.digest, 16) - int(part.digest, 16)) % _SIZE
    rows = {name: number for name, number in rows.items() if number}
    return Proof(whole.records - part.records, rows, f"{total:064x}")


def _held(connection: Connection, project: str) -> Iterator[tuple[EntryKey, str]]:
    columns = [row_current.c[name] for name in ("record", "event", "instrument", "instance", "digest")]
    there = (row_current.c.project == project, row_current.c.deleted_at.is_(None))
    for row in bulk.stream(connection, select(*columns).where(*there)):
        yield EntryKey(project, row.record, row.event, row.instrument, row.instance), row.digest


def _entries(connection: Connection, project: str, records: Collection[str]) -> dict[str, list[Entry]]:
    columns = ("record", "event", "instrument", "instance", "dag", "data", "deleted_at")
    found: dict[str, list[Entry]] = {record: [] for record in records}
    for row in connection.execute(of_records(connection, row_current, columns, project, records)):
        if row.deleted_at is None:
            key = EntryKey(project, row.record, row.event, row.instrument, row.instance)
            found[row.record].append(Entry(key, row.dag, row.data))
    return found
