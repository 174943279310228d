"""Holds the store to the oracle: what must be in it after a pull, what may be, and what must never be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import select
from tests.chaos.oracle import Line, Oracle, Place, State

from breakthrough.entry import Entry, EntryKey
from breakthrough.store import Run, Store, aliases, deletions, known, quarantine, runs
from breakthrough.store.past import Version
from breakthrough.store.tables import run_chunk

PROJECT = "main"
AT_ONCE, SMALL, LARGE = 20, 0.05, 0.20  # as the page on pulls promises
APART = dt.timedelta(seconds=60)


class Broken(AssertionError):
    """An invariant that does not hold."""


def require(holds: object, what: str) -> None:
    """Raises Broken where it does not hold."""
    if not holds:
        raise Broken(what)


@dataclass
class Judge:
    """What the store was seen to hold so far, in one project. `lines` are its entries after each run."""

    store: Store
    oracle: Oracle
    held: dict[str, State] = field(default_factory=dict)
    history: list[Version] = field(default_factory=list)
    lines: dict[int, frozenset[Line]] = field(default_factory=dict)
    missing: dict[str, dt.datetime] = field(default_factory=dict)  # since when REDCap's list lacks them
    confirmed: set[str] = field(default_factory=set)
    cursor: dt.datetime | None = None

    # --- after each pull

    def ended(self, run: Run, unsure: Mapping[str, int], began: int, at: dt.datetime) -> None:
        """A pull came to its end. It began at that moment of the oracle's; `unsure` records may look older.

        `unsure` gives the moment from which on each may be as it was; for all others it is `began`.
        """
        now = self._now()
        inside, waiting = self._inside(), self._waiting()
        for record in self.oracle.names() | now.keys() | self.held.keys():
            may_be = self.oracle.since(record, min(began, unsure.get(record, began)))
            found = now.get(record)
            if record in inside:
                require(found == self.held.get(record), f"{record} is set aside and was changed")
            elif record in waiting:
                require(found == self.held.get(record), f"{record} waits to be let go and was changed")
                require(None in may_be, f"{record} waits to be let go, and is there")
            elif len(may_be) > 1 and None in may_be and found == self.held.get(record):
                pass  # it went and came back while the pull went on: one list lacks it, the next one does not
            else:
                require(found in may_be, f"{record} is as it never was, or no longer is: {found} not in {may_be}")
        self._judge_gone(self.held.keys() - now.keys(), run, at)
        self.missing = {name: self.missing.get(name, at) for name in waiting}
        self.confirmed &= waiting
        require(run.hi is not None and self.store.cursor(PROJECT) == run.hi, "the cursor is not the run's end")
        self.cursor = self.store.cursor(PROJECT)
        self._note(run.id, now)

    def broke_off(self, unsure: Mapping[str, int], began: int) -> None:
        """A pull failed, or died: it may have brought whole chunks, and nothing else."""
        run = self.store.last_run(PROJECT)
        require(run is None or run.state != "complete" or run.id in self.lines, "a pull that failed is complete")
        now = self._now()
        require(self.held.keys() <= now.keys(), "a pull that failed has let records go")
        for record, found in now.items():
            if found != self.held.get(record):
                may_be = self.oracle.since(record, min(began, unsure.get(record, began)))
                require(found in may_be, f"{record} is as it never was: {found} not in {may_be}")
        require(self.store.cursor(PROJECT) == self.cursor, "a pull that failed has moved the cursor")
        if run is not None and run.id not in self.lines:
            self._judge_chunks(run.id)
            self._note(run.id, now)

    def unchanged(self) -> None:
        """Nothing whatever was to be written."""
        require(self._now() == self.held, "what is held was changed")
        require(self._versions() == self.history, "the history was changed")

    # --- at the end

    def settled(self) -> None:
        """Nothing is under way, nothing was wrong with the last pulls: the store is the oracle, and so was it ever."""
        require(not self._waiting(), "records wait")
        require(not self._inside(), "records are set aside")
        now = self._now()
        truth = self.oracle.now()
        differing = sorted(name for name in now.keys() | truth.keys() if now.get(name) != truth.get(name))
        require(not differing, f"the store is not what REDCap is: {differing}")
        for run, lines in self.lines.items():
            require(_lines(self.store.entries(PROJECT, as_of=run)) == lines, f"run {run} cannot be had again")
        self._judge_history()
        self._judge_traces()

    # --- parts

    def _now(self) -> dict[str, State]:
        """What the store holds, in the oracle's terms."""
        forms: dict[str, list[tuple[Place, tuple[tuple[str, str], ...]]]] = {}
        with self.store.read() as connection:
            groups = known.groups(connection, PROJECT)
        for entry in self.store.entries(PROJECT):
            key = entry.key
            require(key.record in groups, f"{key} is there, and its record is not")
            require(entry.dag == groups[key.record], f"{key} and its record are in two groups")
            forms.setdefault(key.record, []).append(
                ((key.event, key.instrument, key.instance), tuple(sorted(entry.values.items())))
            )
        return {name: State(group, tuple(sorted(forms.get(name, ())))) for name, group in groups.items()}

    def _inside(self) -> set[str]:
        with self.store.read() as connection:
            return {one.record for one in quarantine.of(connection, PROJECT)}

    def _waiting(self) -> set[str]:
        with self.store.read() as connection:
            return {one.record for one in deletions.of(connection, PROJECT)}

    def _versions(self) -> list[Version]:
        return list(self.store.history(PROJECT))

    def _note(self, run: int, now: dict[str, State]) -> None:
        versions = self._versions()
        require(versions[: len(self.history)] == self.history, "the history was rewritten")
        require(all(one.run == run for one in versions[len(self.history) :]), "history of a run that is not the run's")
        self.history = versions
        self.held = now
        self.lines[run] = frozenset(line for name, state in now.items() for line in state.lines(name))

    def _judge_gone(self, gone: Collection[str], run: Run, at: dt.datetime) -> None:
        with self.store.read() as connection:
            pairs = {one.old: one.new for one in aliases.of(connection, PROJECT) if one.run == run.id}
        for old, new in pairs.items():
            require(new in self.oracle.called(old) or self._alike(old, new), f"{old} was never renamed to {new}")
        others = gone - pairs.keys() - self.confirmed
        share = len(others) / len(self.held) if self.held else 0.0
        require(share <= LARGE, f"{len(others)} of {len(self.held)} records went, and nobody was asked")
        if share > SMALL or len(others) > AT_ONCE:
            for name in others:
                waited = name in self.missing and at - self.missing[name] >= APART
                require(waited, f"{len(others)} of {len(self.held)} records went by one list, such as {name}")

    def _alike(self, old: str, new: str) -> bool:
        """Whether they hold the same, so that one may be taken for the other."""
        before, after = self.held[old], self.oracle.since(new, 0)
        return bool(before.forms) and before in after

    def _judge_chunks(self, run: int) -> None:
        """What a run changed that came to no end is in chunks that are noted."""
        with self.store.read() as connection:
            noted = sum(connection.scalars(select(run_chunk.c.records).where(run_chunk.c.run == run)))
        changed = {one.entry.key.record for one in self._versions() if one.run == run}
        require(len(changed) <= noted, f"{len(changed)} records were changed, and {noted} noted")

    def _judge_history(self) -> None:
        with self.store.read() as connection:
            known_runs = {run: runs.of(connection, run) for run in {one.run for one in self.history}}
        require(all(known_runs.values()), "history of no run")
        for key, versions in groupby(sorted(self.history, key=_by_key), key=_by_key):
            before: Version | None = None
            for one in versions:
                require((one.op == "I") == (before is None or before.op == "D"), f"{key}: {one.op} after {before}")
                require(one.op != "D" or not one.entry.values, f"{key} is gone, and holds something")
                if one.op != "D":
                    require(_line(one.entry) in self.oracle.ever, f"{key} never was {one.entry.values}")
                    same = before is not None and (before.entry, before.op != "D") == (one.entry, True)
                    require(not same, f"{key} was noted twice, and is the same")
                before = one

    def _judge_traces(self) -> None:
        """Each value of three records, by all the looks that were taken at it."""
        names = sorted({line[0] for lines in self.lines.values() for line in lines})[-3:]
        cells = {
            ((*line[:4],), column) for lines in self.lines.values() for line in lines if line[0] in names
            for column, _ in line[5]
        }  # fmt: skip
        looks = [
            {((*line[:4],), column): value for line in lines if line[0] in names for column, value in line[5]}
            for _, lines in sorted(self.lines.items())
        ]
        for place, column in sorted(cells)[:12]:
            seen = [value for value, _ in groupby(look.get((place, column), "") for look in looks)]
            trace = self.store.trace(EntryKey(PROJECT, *place), column)
            told = [change.after for change in trace.changes]
            require(told == seen[not seen[0] :], f"the trace of {place} {column} is {told}")


def _by_key(one: Version) -> tuple[str, str, str, int]:
    key = one.entry.key
    return key.record, key.event, key.instrument, key.instance


def _line(entry: Entry) -> Line:
    key = entry.key
    return (key.record, key.event, key.instrument, key.instance, entry.dag, tuple(sorted(entry.values.items())))


def _lines(entries: Iterable[Entry]) -> frozenset[Line]:
    return frozenset(_line(entry) for entry in entries)
