"""REDCap's list of records, asked for twice where it lacks some that the store has, and what has gone by both."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from breakthrough.errors import AnswerUnreadable
from breakthrough.pull import candidates, chunks, guard
from breakthrough.pull.probe import Probe
from breakthrough.redcap import shapes
from breakthrough.redcap.client import Client
from breakthrough.redcap.record_list import RecordList
from breakthrough.store import Store, deletions, hints, known, quarantine
from breakthrough.store.tables import sync_run


@dataclass(frozen=True, slots=True)
class Held:
    """What the store knew when a pull began: its records with their groups, and more about some of them.

    `again` are to be read whatever REDCap says of changes, those that are `waiting` to be let go among them; of
    `confirmed` a person has said that they have gone.
    """

    records: RecordList
    again: frozenset[str]
    waiting: frozenset[str]
    confirmed: frozenset[str]
    hinted: tuple[str, ...]  # that somebody was working on, of which it has been quiet for long enough
    last_listed: dt.datetime | None

    @property
    def grouped(self) -> bool:
        """Whether any record is in a data access group."""
        return self.records.grouped

    def unread(self) -> set[str]:
        """Records that are to be read again, and never were: they were set aside when they were new."""
        return set(self.again) - self.records.groups(self.again).keys()


def held(connection: Connection, project: str, now: dt.datetime) -> Held:
    """What the store knows; `now` is what time it is."""
    waiting = deletions.of(connection, project)
    names = frozenset(one.record for one in waiting)
    hinted = hints.due(connection, project, now)
    done = (sync_run.c.project == project, sync_run.c.state == "complete", sync_run.c.listed.is_not(None))
    return Held(
        RecordList(known.each(connection, project)),
        names.union(hinted, (one.record for one in quarantine.of(connection, project))),
        names,
        frozenset(one.record for one in waiting if one.confirmed_at),
        hinted,
        connection.execute(select(func.max(sync_run.c.finished_at)).where(*done)).scalar(),
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """Records that neither list names; those that REDCap lists and does not return; those that only one list lacked.

    The last were not asked for, though they may have changed, or be new: the list that named what there is to be read
    lacked them.
    """

    gone: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    overlooked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one pull, the `run`-th."""

    store: Store
    client: Client
    project: str
    run: int
    at: Callable[[], dt.datetime]
    probe: Probe
    held: Held

    def ask(self) -> RecordList:
        """REDCap's list of records. Raises AnswerUnreadable for an empty one, unless a person has confirmed it."""
        there = self.held.records
        found = candidates.listing(self.client, self.probe, held_groups=self.held.grouped)
        confirmed = all(name in self.held.confirmed for name in there)
        if there and not found and not confirmed:
            with self.store.begin() as connection:  # so that a person can confirm it
                deletions.note(connection, self.project, list(there), self.run, self.at(), counts=False)
        guard.require_records(found, len(there), confirmed=confirmed)
        return found

    def sees_all(self) -> bool:
        """Whether the token's user sees records of every group, going by one record; to be asked where no list is.

        Raises Refused where REDCap does not say which group it is in: what it says of changes is then less than all.
        """
        groups = self.probe.groups
        if not (self.held.grouped if groups is None else groups):
            return True
        one = self.held.records[0]
        rows = self.client.records(records=[one], fields=[self.probe.layout.record_field], dags=True)
        guard.require_groups(there=bool(rows) and shapes.DAG not in rows[0])
        return bool(rows)

    def fell(self, listed: RecordList) -> bool:
        """Whether so many records are missing from the list that everything is to be looked at again."""
        return len(self._missing(listed)) > guard.LARGE * len(self.held.records)

    def missing(
        self,
        listed: RecordList,
        there: Collection[str],
        asked: Collection[str],
        unanswered: Collection[str],
        *,
        first: bool,
    ) -> Missing:
        """What became of the records that this list should name and does not, by what a second one says.

        These are the store's, and those that were `there` when REDCap was asked for changes just before. At the `first`
        pull neither is known, so a second list is asked for in any case: what only that names was overlooked.
        `unanswered` are those of the records `asked` for that were not returned. Raises AnswerUnreadable where they are
        too many to be but a few records with a fault.
        """
        suspects = self._missing(listed) | (set(there) - listed.groups(there).keys()) | set(unanswered)
        if not suspects and not first:
            return Missing()
        second = self.ask()
        still = suspects & second.groups(suspects).keys()
        silent = still & set(unanswered)
        if len(silent) > chunks.MOST or (len(silent) > 1 and len(silent) == len(asked)):
            raise AnswerUnreadable(
                f"REDCap lists {len(silent)} records that it does not return when asked for them, so it is not known "
                "whether they are there. They were left as they are. Try again later; if it stays so, check the rights "
                "of the token's user."
            )
        gone = self.held.records.groups(suspects).keys() - still
        overlooked = still.difference(asked) | (listed.lacking(second) if first else set())
        return Missing(frozenset(gone), frozenset(silent), frozenset(overlooked))

    def _missing(self, listed: RecordList) -> set[str]:
        return listed.lacking(self.held.records)
