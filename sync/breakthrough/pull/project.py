"""Pulls one project: what has changed since the last time, everything, or everything to see what was missed.

Any step may fail, or the process die: what is in the store then is true as far as it goes, the cursor has not moved,
and running it again finishes the work. The answer for a record is the whole truth about it, so taking the same record
in twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from breakthrough.errors import AuthFailed, StoreError
from breakthrough.pull import candidates, chunks, design, guard, reconcile, vanishing
from breakthrough.pull import probe as probing
from breakthrough.pull import window as windows
from breakthrough.pull.ahead import one_ahead
from breakthrough.pull.chunks import PassedOver, Sizes
from breakthrough.pull.design import Redesign
from breakthrough.pull.ending import Ended, Ending
from breakthrough.pull.failpoints import reach
from breakthrough.pull.need import Need
from breakthrough.pull.probe import Probe
from breakthrough.pull.reconcile import Answers, Comparison
from breakthrough.pull.taking import Reading, Taking
from breakthrough.pull.vanishing import Lists
from breakthrough.pull.window import Window
from breakthrough.redcap.client import Client
from breakthrough.settings import MAIN
from breakthrough.store import Run, Store, Tally, hints, projects, quarantine, refusals, runs
from breakthrough.store.runs import WHOLE, Mode
from breakthrough.store.tables import sync_run

log = logging.getLogger(__name__)

_UTC = ZoneInfo("UTC")
_NOT_RETURNED = "NotReturned"


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull did. `lacking` fields are needed and REDCap has them not; `removed` ones it had the last time.

    `renamed` records have another name now. `second_list` and `person` records are no longer listed, and stay until
    another list, or a person, says so. `comparison` is a reconciliation's.
    """

    run: Run
    lacking: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: int = 0
    second_list: int = 0
    person: int = 0
    comparison: Comparison | None = None


def _nothing(_records: int) -> None:
    return


def pull(
    store: Store,
    client: Client,
    project: str = MAIN,
    *,
    now: dt.datetime,
    mode: Mode | None = None,
    need: Need | None = None,
    zone: ZoneInfo = _UTC,
    most_skew: dt.timedelta | None = windows.SKEW,
    sizes: Sizes = Sizes(),  # noqa: B008 (frozen)
    advance: Callable[[int], None] = _nothing,
    clock: Callable[[], float] = time.monotonic,
) -> Pulled:
    """What it took to bring the store level with REDCap.

    `now` is when it begins, aware; `clock` counts the seconds from there. `mode` None is `changed` where there is a
    cursor and the project's design is the same as then, else `full`. `need` None asks for every field. `zone` is the
    server's. `most_skew` is how far its clock may be off, None where that does not matter. `advance` is called after
    each chunk with the number of its records.

    Raises WrongProject when the token belongs to another project than the store's, StoreLocked when another pull of
    this project is going on, SettingInvalid for an identifier without a reason, any RedcapError of the client, and
    Refused or AnswerUnreadable when what REDCap sends cannot be the whole truth. The run is then noted as failed;
    chunks already taken in stay, no record has gone, and the cursor stays. AuthFailed is noted for the project.
    """
    with store.alone(project):
        begun = clock()

        def at() -> dt.datetime:
            return now + dt.timedelta(seconds=clock() - begun)

        with store.begin() as connection:
            cursor = runs.cursor_of(connection, project)
            wanted: Mode = mode or "changed"
            run = runs.start(connection, project, wanted if cursor or wanted != "changed" else "full", at())
        reach("after-start")
        work = _Pull(store, client, project, run, at, cursor, wanted, zone, sizes, advance)
        try:
            return work.carry_out(need, most_skew)
        except BaseException as error:
            _note_failure(work, error)
            raise


def _note_failure(work: _Pull, error: BaseException) -> None:
    kind = type(error).__name__
    log.warning("pull project=%s run=%d failed=%s", work.project, work.run, kind)
    try:
        with work.store.begin() as connection:
            runs.fail(connection, work.run, tally=work.tally, note=kind, at=work.at())
            if isinstance(error, AuthFailed):
                refusals.note(connection, work.project, kind, work.at())
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
    cursor: dt.datetime | None
    mode: Mode
    zone: ZoneInfo
    sizes: Sizes
    advance: Callable[[int], None]
    tally: Tally = field(default_factory=Tally)
    quarantined: int = 0
    chunks: int = 0

    def carry_out(self, need: Need | None, most_skew: dt.timedelta | None) -> Pulled:
        probe = probing.probe(self.client, need, self.at, most_skew)
        version, redesign, flipped = self._identify(probe)
        reach("after-probe")
        window = windows.window(self.cursor, probe.server_now, self.zone)
        self.mode = self._mode(redesign, flipped=flipped)
        with self.store.read() as connection:
            asked_at = self.at()
            held = vanishing.held(connection, self.project, asked_at)
        lists = Lists(self.store, self.client, self.project, self.run, self.at, probe, held)
        found = candidates.changes(self.client, window)
        due = self.mode in WHOLE or candidates.list_due(len(held.records), held.last_listed, self.at(), found)
        listed = lists.ask() if due or not lists.sees_all() else None
        if self.mode == "changed" and listed is not None and lists.fell(listed):
            self.mode = "reconcile"
        # a full pull has no use for them, and they would be as many as the records
        likely = [] if self.mode == "full" else candidates.candidates(found, listed, held.records, held.again)
        records = listed if self.mode in WHOLE and listed is not None else likely
        self._note_mode(window, len(records), len(held.records))
        answers = Answers() if self.mode == "reconcile" else None
        taking = Taking(self.store, self.project, self.run, version, self.at, redesign, held.waiting, answers)
        reading = Reading(self.client, self.project, probe, held.grouped)
        unanswered = self._take_in(records, reading, taking, listed=listed is not None)
        if unanswered and listed is None:
            listed = lists.ask()
            # it counts as the list of the day, so all that it shows is read: what is new, and in another group
            shown = candidates.candidates(found, listed, held.records, held.again)
            more = [name for name in shown if name not in records]
            unanswered |= self._take_in(more, reading, taking, listed=True)
            records = [*records, *more]
        missing = (
            None
            if listed is None
            else lists.missing(listed, found.there, records, unanswered, first=self.cursor is None)
        )
        if missing:
            self._set_aside(missing.silent, _NOT_RETURNED)
            # what is not returned now, has gone since, and the next list tells
            self._take_in(sorted(missing.overlooked), reading, taking, listed=False)
        # never read, and no longer there: if it comes again, it is new, and read
        forgotten = held.unread() - listed.groups(held.again).keys() if listed is not None else set()
        missed = self._missed(answers, window, likely, redesign)
        ending = Ending(
            self.store,
            self.project,
            self.run,
            version,
            self.at,
            probe,
            window,
            len(held.records),
            flipped,
            self.mode in WHOLE,
        )
        ended = ending.end(
            None if missing is None else missing.gone,
            found.renamed,
            forgotten,
            self.tally,
            asked=len(records) + (len(missing.overlooked) if missing else 0),
            listed=None if listed is None else len(listed),
            quarantined=self.quarantined,
        )
        if held.hinted:
            with self.store.begin() as connection:
                hints.taken(connection, self.project, held.hinted, asked_at)
        self._tell(ended)
        comparison = None
        if answers:
            of = reconcile.Reconciled(self.store, self.project, self.run, self.at())
            comparison = of.prove(answers, missed, ended.verdict.waiting)
        return Pulled(
            run=self._ended_run(),
            lacking=probe.request.lacking,
            removed=redesign.removed if redesign else (),
            renamed=ended.renamed,
            second_list=len(ended.verdict.second_list),
            person=len(ended.verdict.person),
            comparison=comparison,
        )

    def _identify(self, probe: Probe) -> tuple[int, Redesign | None, bool]:
        """The number of the dictionary, what is new in the design, and whether production was switched on or off."""
        with self.store.begin() as connection:
            projects.claim(connection, self.project, probe.server, probe.number, self.at())
            refusals.clear(connection, self.project)
            projects.note_version(connection, self.project, probe.version)
            before = projects.place(connection, self.project)
            redesign = design.change(connection, self.project, probe)
            if redesign:
                design.unsettle(connection, self.project)
            version = projects.note_design(connection, self.project, probe.designed, self.at())
        log.info("pull project=%s dictionary_version=%d fields=%d", self.project, version, len(probe.dictionary))
        flipped = before is not None and before.in_production not in {None, probe.in_production}
        return version, redesign, flipped

    def _mode(self, redesign: Redesign | None, *, flipped: bool) -> Mode:
        if self.mode != "changed":
            return self.mode
        if self.cursor is None or redesign is not None:
            return "full"
        return "reconcile" if flipped else "changed"

    def _note_mode(self, window: Window, records: int, held: int) -> None:
        with self.store.begin() as connection:
            lo = window.lo if self.mode == "changed" else None
            connection.execute(sync_run.update().where(sync_run.c.id == self.run).values(mode=self.mode, lo=lo))
        message = "pull project=%s run=%d mode=%s records=%d in_store=%d"
        log.info(message, self.project, self.run, self.mode, records, held)

    def _take_in(self, records: Sequence[str], reading: Reading, taking: Taking, *, listed: bool) -> set[str]:
        """Reads those records, which REDCap has just `listed`, or not; returns those that it did not return."""
        unanswered: set[str] = set()
        found = chunks.each(records, reading.ask, self.sizes, self.client.version)
        for chunk in one_ahead(found):
            if isinstance(chunk, PassedOver):
                self._set_aside([chunk.record], chunk.why)
                self.advance(1)
                continue
            if listed:
                guard.require_answers(chunk.records, chunk.answer.missing)
            tally = taking.take_in(self.chunks, chunk.records, chunk.answer)
            self.tally += tally
            unanswered |= chunk.answer.missing
            log.info(
                "pull project=%s run=%d chunk=%d records=%d rows=%d changed=%d",
                self.project,
                self.run,
                self.chunks,
                len(chunk.answer.groups),
                chunk.answer.rows,
                tally.inserted + tally.updated + tally.deleted,
            )
            self.chunks += 1
            self.advance(len(chunk.records))
        return unanswered

    def _set_aside(self, records: Collection[str], why: str) -> None:
        if not records:
            return
        with self.store.begin() as connection:
            for record in records:
                quarantine.put(connection, self.project, record, why, self.at())
        self.quarantined += len(records)
        log.warning("pull project=%s run=%d quarantined=%d why=%s", self.project, self.run, len(records), why)

    def _missed(
        self, answers: Answers | None, window: Window, likely: Collection[str], redesign: Redesign | None
    ) -> int:
        """How many of the records that differed a quicker pull would have passed over, now and ever after."""
        if answers is None or window.since is None or redesign is not None:
            return 0
        unexplained = answers.differing - set(likely)
        if unexplained:  # what was changed while this pull went on, the next one would have seen
            unexplained -= set(self.client.changed_since(window.since))
        return len(unexplained)

    def _ended_run(self) -> Run:
        with self.store.read() as connection:
            return runs.of(connection, self.run)

    def _tell(self, ended: Ended) -> None:
        tally = ended.tally
        log.info(
            "pull project=%s run=%d complete inserted=%d updated=%d deleted=%d unchanged=%d waiting=%d quarantined=%d",
            self.project,
            self.run,
            tally.inserted,
            tally.updated,
            tally.deleted,
            tally.unchanged,
            len(ended.verdict.waiting),
            self.quarantined,
        )
