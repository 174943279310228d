"""A full pull: every record of the project, in chunks, each chunk one transaction; at the end, what has gone goes.

Any step may fail, or the process die: what is in the store then is true as far as it goes, the cursor has not moved,
and running it again finishes the work: the answer for a record is the whole truth about it, so taking the same record
in twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from breakthrough.errors import AnswerUnreadable, StoreError
from breakthrough.pull import guard
from breakthrough.redcap import shapes
from breakthrough.redcap.client import Client
from breakthrough.redcap.shapes import Layout
from breakthrough.store import Run, Seen, Store, Tally, projects, rows, runs

log = logging.getLogger(__name__)

_SIGNPOST = dt.timedelta(seconds=60)  # longer than REDCap takes to save a form


def _nothing(_records: int) -> None:
    return


def pull(
    store: Store,
    client: Client,
    project: str = "main",
    *,
    now: dt.datetime,
    advance: Callable[[int], None] = _nothing,
    chunk: int = 200,
    clock: Callable[[], float] = time.monotonic,
) -> Run:
    """The run that has brought the store level with REDCap.

    `now` is when it begins, aware; `clock` counts the seconds from there. `advance` is called after each chunk with
    the number of its records, `chunk` being the most that are asked for at once.

    Raises WrongProject when the token belongs to another project than the store's, StoreLocked when another pull of
    this project is going on, any RedcapError of the client, and Refused or AnswerUnreadable when what REDCap sends
    cannot be the whole truth. The run is then noted as failed; chunks already taken in stay, and no record has gone.
    """
    with store.alone(project):
        begun = clock()

        def at() -> dt.datetime:
            return now + dt.timedelta(seconds=clock() - begun)

        with store.begin() as connection:
            run = runs.start(connection, project, "full", at())
        work = _Pull(store, client, project, run, at, advance, chunk)
        try:
            work.carry_out()
        except BaseException as error:
            _note_failure(work, error)
            raise
        with store.read() as connection:
            return runs.of(connection, run)


def _note_failure(work: _Pull, error: BaseException) -> None:
    kind = type(error).__name__
    log.warning("pull project=%s run=%d failed=%s", work.project, work.run, kind)
    try:
        with work.store.begin() as connection:
            runs.fail(connection, work.run, tally=work.tally, note=kind, at=work.at())
    except StoreError:  # then the run stays "running", and the next one notes it as interrupted
        log.warning("pull project=%s run=%d could not be noted as failed", work.project, work.run)


@dataclass
class _Pull:
    """One pull under way."""

    store: Store
    client: Client
    project: str
    run: int
    at: Callable[[], dt.datetime]
    advance: Callable[[int], None]
    chunk: int
    tally: Tally = field(default_factory=Tally)
    ungrouped: bool = False  # the project is known to have no data access groups

    def carry_out(self) -> None:
        self._identify()
        hi = (self.client.server_time or self.at()) - _SIGNPOST  # taken before anything is asked for
        layout, schema_version = self._dictionary()
        held = self.store.records(self.project)
        ids = guard.ids(self.client.record_ids(), held)
        log.info("pull project=%s run=%d records=%d in_store=%d", self.project, self.run, len(ids), len(held))
        unanswered: set[str] = set()
        for n, start in enumerate(range(0, len(ids), self.chunk)):
            some = ids[start : start + self.chunk]
            unanswered |= self._take_in(n, some, layout, schema_version)
            self.advance(len(some))
        gone = self._gone(set(ids), held, unanswered)
        with self.store.begin() as connection:
            self.tally += rows.let_go(connection, self.project, gone, Seen(self.run, self.at(), schema_version))
            runs.complete(connection, self.run, records=len(ids), tally=self.tally, hi=hi, at=self.at())
        log.info(
            "pull project=%s run=%d complete inserted=%d updated=%d deleted=%d unchanged=%d",
            self.project,
            self.run,
            self.tally.inserted,
            self.tally.updated,
            self.tally.deleted,
            self.tally.unchanged,
        )

    def _identify(self) -> None:
        number, version = int(self.client.info()["project_id"]), self.client.version()
        with self.store.begin() as connection:
            projects.claim(connection, self.project, self.client.url, number, self.at())
            projects.note_version(connection, self.project, version)

    def _dictionary(self) -> tuple[Layout, int]:
        metadata = self.client.metadata()
        with self.store.begin() as connection:
            version = projects.note_dictionary(connection, self.project, metadata, self.at())
        log.info("pull project=%s dictionary_version=%d fields=%d", self.project, version, len(metadata))
        return Layout.of(metadata), version

    def _take_in(self, n: int, ids: Sequence[str], layout: Layout, schema_version: int) -> set[str]:
        """Takes those records in, in one transaction, and returns those that REDCap did not answer for."""
        found = self._ask(ids, layout)
        missing = set(ids) - {row[layout.record_field] for row in found}
        guard.answered(ids, missing)
        for record in sorted(missing):  # a long list may have been cut somewhere; a single record is answered or is not
            found += self._ask([record], layout)
        entries = shapes.entries(found, self.project, layout)
        answered = {row[layout.record_field] for row in found}
        with self.store.begin() as connection:
            seen = Seen(self.run, self.at(), schema_version)
            tally = rows.apply(connection, self.project, answered, entries, seen)
            runs.chunk_done(connection, self.run, n, ids, self.at())
        self.tally += tally
        log.info(
            "pull project=%s run=%d chunk=%d records=%d rows=%d changed=%d",
            self.project,
            self.run,
            n,
            len(answered),
            len(found),
            tally.inserted + tally.updated + tally.deleted,
        )
        return set(ids) - answered

    def _ask(self, ids: Sequence[str], layout: Layout) -> list[dict[str, str]]:
        found = self.client.records(records=ids, forms=layout.forms, dags=True)
        guard.rows(found, ids, layout)
        if found and shapes.DAG not in found[0] and not self.ungrouped:
            with self.store.read() as connection:
                held = rows.has_groups(connection, self.project)
            guard.groups(self.client, held=held)
            self.ungrouped = True
        return found

    def _gone(self, ids: set[str], held: set[str], unanswered: set[str]) -> set[str]:
        """The records of the store that two whole lists, from before the chunks and after them, do not name."""
        suspects = (held - ids) | unanswered
        if not suspects:
            return set()
        still = set(guard.ids(self.client.record_ids(), held)) & suspects
        if still & unanswered:
            raise AnswerUnreadable(
                f"REDCap lists {len(still & unanswered)} records that it does not return when asked for them, so it is "
                "not known whether they are there. They were left as they are. Try again later; if it stays so, check "
                "the rights of the token's user."
            )
        return suspects - still
