"""Reads some records whole and makes the store equal to the answer: one transaction for each chunk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from breakthrough.entry import Entry
from breakthrough.pull import guard
from breakthrough.pull.design import Redesign
from breakthrough.pull.failpoints import reach
from breakthrough.pull.probe import Probe
from breakthrough.pull.reconcile import Answers
from breakthrough.redcap import shapes
from breakthrough.redcap.client import Client
from breakthrough.store import Cause, Seen, Store, Tally, deletions, quarantine, rows, runs


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole truth about some records: groups of those REDCap has, their entries, and those it did not return."""

    rows: int
    groups: Mapping[str, str]
    entries: Sequence[Entry]
    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How records of a project are asked for. `held_groups`: the store has records with a data access group."""

    client: Client
    project: str
    probe: Probe
    held_groups: bool

    def ask(self, records: Sequence[str], attempts: int) -> Answer:
        """The answer for those records; what a long answer leaves out is asked for by itself.

        Raises Refused where it lacks fields or groups, AnswerUnreadable where it does not fit the dictionary, and any
        RedcapError of the client.
        """
        found = self._rows(records, attempts)
        groups = self._groups(found)
        missing = [name for name in records if name not in groups]
        if len(missing) < len(records):  # else no single one of them would be believed either
            for name in missing:
                found += self._rows([name], attempts)
            groups = self._groups(found)
        entries = shapes.entries(found, self.project, self.probe.layout)
        return Answer(len(found), groups, entries, frozenset(records) - groups.keys())

    def _rows(self, records: Sequence[str], attempts: int) -> list[dict[str, str]]:
        request, layout = self.probe.request, self.probe.layout
        found = self.client.records(
            records=records,
            fields=request.fields or None,
            forms=request.forms or None,
            dags=True,
            attempts=attempts,
        )
        if found:
            if request.forms:
                guard.require_columns(layout.missing(found[0]))
            if shapes.DAG not in found[0]:
                known = self.probe.groups
                guard.require_groups(there=self.held_groups if known is None else bool(known))
        return found

    def _groups(self, found: Sequence[Mapping[str, str]]) -> dict[str, str]:
        groups: dict[str, str] = {}
        for row in found:
            name = row[self.probe.layout.record_field]
            groups[name] = groups.get(name) or row.get(shapes.DAG, "")
        return groups


@dataclass(frozen=True, slots=True)
class Taking:
    """How answers go into the store. `redesign` where the project is another than when last read.

    `waiting` are the records that wait to be let go. `comparison` is where a reconciliation adds up what it finds.
    """

    store: Store
    project: str
    run: int
    schema_version: int
    at: Callable[[], dt.datetime]
    redesign: Redesign | None
    waiting: frozenset[str]
    comparison: Answers | None

    def take_in(self, n: int, records: Sequence[str], answer: Answer) -> Tally:
        """What it took to make the store equal to the answer for that chunk, the n-th of the run."""
        reach("before-chunk", n)
        with self.store.begin() as connection:
            if self.comparison is not None:
                self.comparison.add(connection, self.project, answer.groups.keys(), answer.entries)
            tally = self._applied(connection, answer)
            runs.chunk_done(connection, self.run, n, records, self.at())
            quarantine.release(connection, self.project, answer.groups.keys())
            deletions.forget(connection, self.project, self.waiting & answer.groups.keys())
            reach("in-chunk", n)
        reach("after-chunk", n)
        return tally

    def _applied(self, connection: Connection, answer: Answer) -> Tally:
        seen = Seen(self.run, self.at(), self.schema_version)
        if self.redesign is None:
            names = answer.groups.keys()
            return rows.apply(connection, self.project, names, answer.entries, seen, present=answer.groups)
        explained = self.redesign.explains(connection, self.project, answer.groups, answer.entries)
        return self._some(connection, answer, explained, seen, "schema") + self._some(
            connection, answer, answer.groups.keys() - explained, seen
        )

    def _some(
        self, connection: Connection, answer: Answer, names: Collection[str], seen: Seen, cause: Cause = ""
    ) -> Tally:
        entries = [entry for entry in answer.entries if entry.key.record in names]
        groups = {name: answer.groups[name] for name in names}
        return rows.apply(connection, self.project, names, entries, seen, present=groups, cause=cause)
