"""What went out goes back into REDCap: a team's report into its own folder, and a row of report_log, each once.

What is to be written is worked out from archive, outbox and ledger, so a crash, a restart or a second worker needs no
case of its own: whoever writes first claims a thing in the ledger, and looks into REDCap before anything is put there.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from breakthrough import paper, teams
from breakthrough.delivery import addresses, outbox, redcap_files, redcap_log
from breakthrough.delivery.key import Key
from breakthrough.delivery.redcap_files import Outcome
from breakthrough.errors import (
    AuthFailed,
    BreakthroughError,
    ImportRefused,
    PaperMissing,
    Refused,
    SettingInvalid,
    StoreError,
    StoreLocked,
    WrongProject,
)
from breakthrough.month import Month
from breakthrough.reporting.render.printed import pdf
from breakthrough.settings import MAIN
from breakthrough.store import Report, Store, archive, marks, materials, projects, write_backs
from breakthrough.store.archive import ReportKey
from breakthrough.store.write_backs import Line, State
from breakthrough.worker import pages
from breakthrough.worker.deployment import Deployment

log = logging.getLogger(__name__)

Now = Callable[[], dt.datetime]

IN_FOLDERS = ("team",)  # the only report that is for everybody in a team's data access group
_ALL_AT_ONCE = 100  # things in one run, so that the next pull need not wait for a whole year's
_A_DAY = dt.timedelta(days=1)  # after a refusal, which a person has to see to
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(minutes=10), dt.timedelta(hours=6)
_FINGERPRINT = 16  # digits of a report's digest
_TOLD = ("written", "refused", "uncertain")
_FINAL = frozenset({"sent", "uncertain", "refused", "cancelled", "superseded"})


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be written: `what` is html, pdf or log; `key` is the edition's, and `mails` are its mails."""

    key: str
    what: str
    report: ReportKey
    mails: tuple[outbox.Line, ...]

    @property
    def team(self) -> str:
        """The team's record."""
        return self.report[2]


@dataclass(frozen=True, slots=True)
class Written:
    """What a run did, and how many things wait for the next."""

    written: int = 0
    refused: int = 0
    uncertain: int = 0
    left: int = 0


def require(here: Deployment) -> None:
    """Raises SettingInvalid where what is asked for cannot be done here at all."""
    wanted, file = here.settings.redcap.write_back, here.folder / "breakthrough.yaml"
    if "pdf" in wanted.kinds:
        try:
            paper.require()
        except PaperMissing as absent:
            raise SettingInvalid(
                f"{file}: redcap.write_back.files asks for PDF files, and none can be made here. Write files: html, or "
                f"see to this: {absent}"
            ) from absent
    if wanted.log and redcap_log.FORM not in {one.name for one in here.project.instruments}:
        raise SettingInvalid(
            f"{file}: redcap.write_back.log is on, and the form report_log is not among the instruments. Write "
            "report_log: {use: true} under 'instruments' in instruments/project.yaml, and run: breakthrough deploy"
        )


def due(here: Deployment, store: Store, now: dt.datetime) -> tuple[Item, ...]:
    """What is to be written now: files first, then the log, by month.

    A team's report goes into its folder once one of its mails was sent, or where it has none; it is logged once it is
    known of every mail what became of it. What was made of a record that has been purged since is not written.
    """
    wanted = here.settings.redcap.write_back
    if not wanted.kinds and not wanted.log:
        return ()
    with store.read() as connection:
        reports = archive.listing(connection, collaborative=here.code)
        ledger = write_backs.lines(connection)
        shut = {lane: marks.at(connection, _shut(lane)) for lane in ("files", "log")}
    mails: dict[str, list[outbox.Line]] = defaultdict(list)
    for line in outbox.listing(store):
        mails[Key.read(line.key).edition].append(line)
    found = [*_files(wanted.kinds, reports, mails), *(_logs(here.code, mails) if wanted.log else ())]
    lines = ((one, ledger.get((one.key, one.what))) for one in found)
    return tuple(
        one for one, line in lines if not (line and line.waits(now)) and not _closed(shut[_lane(one.what)], now)
    )


def run(here: Deployment, store: Store, now: Now, stop: Callable[[], bool]) -> Written:
    """What was written, one thing after the other, until told to stop; nothing where another worker is at it.

    Raises what REDCap was not reached with or refused, after which a day passes before it is asked for that again.
    """
    items = due(here, store, now())
    if not items:
        return Written()
    with ExitStack() as alone:
        try:
            alone.enter_context(store.alone("write-back"))
        except StoreLocked:
            return Written(left=len(items))
        return _Run(here, store, now).all(due(here, store, now()), stop)


def again(store: Store, key: str, what: str, now: dt.datetime) -> None:
    """Has the next run look for that thing in REDCap, and write it where it is not there; after a refusal, at once.

    Raises StoreError as `write_backs.decide` does.
    """
    with store.begin() as connection:
        write_backs.decide(connection, key, what, "pending", now)
        marks.forget(connection, _shut(_lane(what)))


class _Run:
    """One run: what is asked of REDCap once and serves every thing of it."""

    def __init__(self, here: Deployment, store: Store, now: Now) -> None:
        self.here, self.store, self.now = here, store, now
        self.client = here.writer()
        self.folders: dict[str, int | Outcome] = {}
        self._groups: Mapping[str, str] | None = None
        self._people: Mapping[tuple[str, str], str] | None = None

    def all(self, items: Sequence[Item], stop: Callable[[], bool]) -> Written:
        """What became of them."""
        tally: Counter[str] = Counter()
        failed: BreakthroughError | None = None
        closed: set[str] = set()
        done = 0
        for item in items[:_ALL_AT_ONCE]:
            if stop():
                break
            if _lane(item.what) in closed:
                continue
            try:
                outcome = self._one(item)
            except AuthFailed:
                self._close("files", "log")
                raise
            except (Refused, ImportRefused) as refused:
                failed = failed or refused
                closed.add(_lane(item.what))
                self._close(_lane(item.what))
                tally["refused"] += 1
                continue
            done += 1
            if outcome:
                tally[outcome.state] += 1
        log.info("write back: written=%d refused=%d uncertain=%d", *(tally[one] for one in _TOLD))
        if failed:
            raise failed
        return Written(tally["written"], tally["refused"], tally["uncertain"], len(items) - done)

    def _one(self, item: Item) -> Outcome | None:
        """What became of the thing; None where another worker has it."""
        with self.store.begin() as connection:
            ours = write_backs.claim(connection, item.key, item.what, self.now())
        if ours is None:
            return None
        try:
            prepared = self._prepared(item)
        except BreakthroughError as trouble:  # nothing of it is in REDCap yet
            self._put_off(ours, trouble)
            raise
        if isinstance(prepared, Outcome):
            outcome = prepared
        else:
            try:
                outcome = prepared()
            except (AuthFailed, Refused, ImportRefused) as trouble:
                self._put_off(ours, trouble)
                raise
            # after any other error it may be there: the line stays `writing`, and REDCap is looked at after its lease
        again = self.now() + _A_DAY if outcome.state == "refused" else None
        self._settle(ours, outcome.state, place=outcome.place, note=outcome.note, again=again)
        return outcome

    def _prepared(self, item: Item) -> Callable[[], Outcome] | Outcome:
        """What writes the thing; or the outcome, where it is known before anything is written."""
        groups = self.groups
        if item.team not in groups:
            return Outcome("refused", note=f"REDCap has no record {item.team} now, so nothing is written about it.")
        if item.what == "log":
            rows = self._rows(item)
            return lambda: redcap_log.write(self.client, item.team, rows)
        group, wanted = groups[item.team], self.here.settings.redcap.write_back
        if not group:
            return Outcome(
                "refused",
                note=f"The record {item.team} is in no data access group, so no folder is its team's alone. Put it "
                "into its group.",
            )
        name = redcap_files.file_name(item.report, item.what)
        content = self._content(item)
        title = redcap_files.folder_name(wanted.folder, item.team)
        if title not in self.folders:
            self.folders[title] = redcap_files.folder(self.client, title, group)
        number = self.folders[title]
        return number if isinstance(number, Outcome) else lambda: redcap_files.put(self.client, number, name, content)

    @property
    def groups(self) -> Mapping[str, str]:
        """Every record's data access group as REDCap has it now. Raises Refused where the account cannot see them."""
        if self._groups is None:
            self._require_project()
            self._groups = self.client.record_groups()
        if self._groups is None:
            raise Refused(
                "REDCap does not tell the account of redcap.write_token which data access group a record is in, so it "
                "is not known whose folder a report belongs in. Nothing was written. Take that account out of every "
                "data access group, or make the groups: breakthrough deploy"
            )
        return self._groups

    def _require_project(self) -> None:
        """Raises WrongProject where the account's token leads elsewhere: another project has other people in it."""
        with self.store.read() as connection:
            place = projects.place(connection, MAIN)
        number = self.client.info()["project_id"]
        if place is None or (place.server, place.redcap_project_id) != (self.client.url, number):
            pulled = f"project {place.redcap_project_id} at {place.server}" if place else "no project yet"
            raise WrongProject(
                f"The token of redcap.write_token belongs to project {number} at {self.client.url}, but reports are "
                f"made of records of {pulled}. Nothing was written. Correct redcap.write_token."
            )

    def _content(self, item: Item) -> bytes:
        with self.store.read() as connection:
            report = archive.of(connection, item.report)
            if report is None:
                raise StoreError(f"The report {item.key} is no longer in the archive, so it cannot go into REDCap.")
            page = materials.read_all(connection, report.parts)[pages.PAGE]
        return page if item.what == "html" else pdf(page.decode(), self.here.settings.redcap.write_back.paper)

    def _rows(self, item: Item) -> list[redcap_log.Row]:
        """One for each role that the report went to."""
        _, kind, team, period, revision = item.report
        zone = ZoneInfo(self.here.settings.redcap.timezone)
        by_role: dict[str, list[outbox.Line]] = defaultdict(list)
        for mail in item.mails:
            by_role[self._role(team, mail.recipient)].append(mail)
        with self.store.read() as connection:
            archived = archive.of(connection, item.report)
        return [
            redcap_log.Row(
                kind=kind,
                period=Month(period).first,
                revision=revision,
                role=role,
                status=redcap_log.status({mail.state for mail in mails}),
                sent_at=max((mail.sent_at.astimezone(zone) for mail in mails if mail.sent_at), default=None),
                fingerprint=archived.parts[:_FINGERPRINT] if archived else "",
            )
            for role, mails in sorted(by_role.items())
        ]

    def _role(self, team: str, address: str) -> str:
        """REDCap's code of the role that the person of that address has in the team; '' for one who is not on it."""
        if self._people is None:
            held = self.store.newest([MAIN], self.now())
            found = teams.read_roster(held, self.here.collaborative, self.here.today(self.now())).people
            self._people = {(one.team, addresses.same(one.email)): one.role for one in found}
        return self._people.get((team, addresses.same(address)), "")

    def _put_off(self, ours: Line, trouble: BreakthroughError) -> None:
        """Notes that nothing was written, by the kind of error alone, and when it is tried again."""
        refused = isinstance(trouble, (Refused, ImportRefused)) and not isinstance(trouble, AuthFailed)
        wait = _A_DAY if refused else min(_FIRST_WAIT * 2 ** min(ours.attempts - 1, 8), _LONGEST_WAIT)
        self._settle(ours, "refused" if refused else "pending", note=type(trouble).__name__, again=self.now() + wait)

    def _settle(
        self, ours: Line, state: State, *, place: str = "", note: str = "", again: dt.datetime | None = None
    ) -> None:
        with self.store.begin() as connection:
            write_backs.settle(connection, ours, state, self.now(), place=place, note=note, again=again)

    def _close(self, *lanes: str) -> None:
        """Leaves REDCap alone with those things for a day."""
        with self.store.begin() as connection:
            for lane in lanes:
                marks.put(connection, _shut(lane), self.now())


def _files(
    kinds: Sequence[str], reports: Sequence[Report], mails: Mapping[str, Sequence[outbox.Line]]
) -> Iterator[Item]:
    for report in reports:
        if report.kind not in IN_FOLDERS or report.unreproducible_since:
            continue
        key = Key(report.collaborative, report.kind, report.subject, Month(report.period), report.revision, "").edition
        theirs = tuple(mails.get(key, ()))
        if not theirs or any(mail.state == "sent" for mail in theirs):
            yield from (Item(key, kind, report.key, theirs) for kind in kinds)


def _logs(code: str, mails: Mapping[str, Sequence[outbox.Line]]) -> Iterator[Item]:
    for edition, theirs in sorted(mails.items(), key=lambda one: (one[1][0].period, one[0])):
        first = theirs[0]
        about = Key.read(first.key)
        known = tuple(mail for mail in theirs if mail.state in redcap_log.STATES)
        if about.collaborative != code or about.report not in redcap_log.KINDS or not known:
            continue
        if all(mail.state in _FINAL for mail in theirs):
            key = (code, about.report, about.subject, str(about.month), about.revision)
            yield Item(edition, "log", key, known)


def _lane(what: str) -> str:
    return "log" if what == "log" else "files"


def _shut(lane: str) -> str:
    return f"write back shut {lane}"


def _closed(at: dt.datetime | None, now: dt.datetime) -> bool:
    return at is not None and dt.timedelta() <= now - at < _A_DAY
