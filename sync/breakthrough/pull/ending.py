"""The end of a pull: which records have gone, which were renamed, from where the next one goes on. One transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.pull import design, guard, renames
from breakthrough.pull.failpoints import reach
from breakthrough.pull.guard import Verdict
from breakthrough.pull.probe import Probe
from breakthrough.pull.window import Window
from breakthrough.store import Seen, Store, Tally, aliases, deletions, projects, proof, quarantine, rows, runs
from breakthrough.store.tables import record as records_table


@dataclass(frozen=True, slots=True)
class Ended:
    """How a pull ended: what it did in all, what has gone and what waits, and how many records have another name."""

    tally: Tally
    verdict: Verdict
    renamed: int


@dataclass(frozen=True, slots=True)
class Ending:
    """What there is to be ended. `held` is how many records the store had; `whole`: every one was read.

    `flipped`: the project was moved to production, or back.
    """

    store: Store
    project: str
    run: int
    schema_version: int
    at: Callable[[], dt.datetime]
    probe: Probe
    window: Window
    held: int
    flipped: bool
    whole: bool

    def end(
        self,
        gone: Collection[str] | None,
        renamed: Mapping[str, str],
        forgotten: Collection[str],
        tally: Tally,
        *,
        asked: int,
        listed: int | None,
        quarantined: int,
    ) -> Ended:
        """Lets go what may go, notes what waits, and moves the cursor: all or nothing of it.

        `gone` are the records of the store that REDCap no longer lists, None where it was not asked for the list;
        `renamed` are new names by old, as its log tells them; `forgotten` were set aside before they were ever read,
        and are not listed either; `tally` is what the chunks have done.
        """
        reach("before-finish")
        with self.store.begin() as connection:
            seen = Seen(self.run, self.at(), self.schema_version)
            found = self._renamed(connection, gone or (), renamed, seen)
            tally += rows.let_go(connection, self.project, found.keys(), seen, cause="renamed")
            verdict = Verdict()
            quarantine.release(connection, self.project, forgotten)
            if gone is not None:
                missing = [name for name in gone if name not in found]
                pending = deletions.note(connection, self.project, missing, self.run, seen.at)
                verdict = guard.verdict(pending, self.held, seen.at, suspicious=self.flipped)
                tally += rows.let_go(connection, self.project, verdict.go, seen)
                deletions.forget(connection, self.project, verdict.go)
                quarantine.release(connection, self.project, verdict.go | found.keys())
            if self.whole:
                design.note(connection, self.project, self.probe, self.schema_version)
            if not verdict.person:  # as long as a person is waited for, the switch counts as not yet seen
                projects.note_production(connection, self.project, self.probe.in_production)
            runs.complete(
                connection,
                self.run,
                records=asked,
                tally=tally,
                hi=self.window.hi,
                at=seen.at,
                listed=listed,
                quarantined=quarantined,
            )
            reach("in-finish")
        reach("after-finish")
        return Ended(tally, verdict, len(found))

    def _renamed(
        self, connection: Connection, gone: Collection[str], logged: Mapping[str, str], seen: Seen
    ) -> dict[str, str]:
        """Those of the gone records that have another name now, noted as such."""
        if not gone:
            return {}
        came = self._came(connection, gone)
        found = renames.pairs(
            proof.fingerprints(connection, self.project, gone),
            proof.fingerprints(connection, self.project, came),
            logged,
        )
        for old, new in sorted(found.items()):
            aliases.note(connection, self.project, old, new, self.run, seen.at)
        return found

    def _came(self, connection: Connection, gone: Collection[str]) -> set[str]:
        """The records that came in this run, or since one of those gone was first missed."""
        waiting = [one.run for one in deletions.of(connection, self.project) if one.record in gone]
        table = records_table.c
        new = select(table.record).where(
            table.project == self.project, table.gone_at.is_(None), table.since_run >= min((self.run, *waiting))
        )
        return set(connection.scalars(new))
