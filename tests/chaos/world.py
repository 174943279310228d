"""A project, those who work in it, and one who pulls it again and again through all that goes wrong; with its judge."""

from __future__ import annotations

import datetime as dt
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.chaos import trouble
from tests.chaos.judge import PROJECT, Broken, Judge, require
from tests.chaos.people import EDITS, People, Pick
from tests.chaos.trouble import Died, Unreliable
from tests.pull.dying import Nursery
from tests.pull.site import Host

from breakthrough.errors import RedcapError
from breakthrough.pull import Pulled, Sizes, candidates, pull
from breakthrough.redcap.pace import Hosts
from breakthrough.store import Run, Store, deletions
from breakthrough.store.runs import WHOLE, Mode

# Of the server. Lord Howe's clock is changed by half an hour, those of the south in other months.
ZONES = ("UTC", "America/New_York", "America/Los_Angeles", "Europe/London", "Australia/Lord_Howe", "Pacific/Auckland")
BEGIN = dt.datetime(2026, 9, 1, 6, 0, tzinfo=dt.UTC)
SKEWS = (0, 200, 420, -200, -420)  # seconds: within what the overlap makes good, from one end to the other
LAG = 600  # seconds by which a replica may be behind: the overlap makes that good, too
DAY = dt.timedelta(days=1)
TRACED = tuple(one for one in EDITS if not one.endswith("_unseen"))


@dataclass
class Account:
    """What the bench has done so far."""

    steps: int = 0
    pulls: int = 0
    failed: int = 0
    died: int = 0
    kills: int = 0
    broken: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


@dataclass
class Server(Host):
    """A server whose clock may be off by `skew`."""

    skew: dt.timedelta = dt.timedelta()

    def clock(self) -> dt.datetime:
        """What it takes for the time."""
        return self.now + self.skew

    def unreliable(self, token: str) -> Unreliable:
        """A client of that token that may be lied to."""
        return Unreliable(self.sandbox.url, token, hosts=self.hosts, timeout=(10, 60))


class World:
    """One project and one store, and everybody who has to do with them. `pick` is chance."""

    def __init__(self, host: Server, store: Store, pick: Pick, account: Account) -> None:
        self.host, self.store, self.pick, self.account = host, store, pick, account
        self.zone = pick(ZONES)
        self.sizes = pick((Sizes(3, 3), Sizes(4, 12), Sizes(50, 50)))
        host.hosts = Hosts(sleep=lambda _: None)
        host.skew = dt.timedelta()
        host.faults()
        host.now = BEGIN
        host.set_zone(self.zone)
        self.people = People(host, pick, longitudinal=pick((False, True)))
        self.oracle, self.site = self.people.oracle, self.people.site
        host.wait(hours=5)  # else everything would have been entered just now, and be asked for again and again
        self.token = self.site.user("worker", {"logging": 1, "data_access_groups": 1})
        self.client = host.unreliable(self.token)
        self.rights = {"logging": 1, "data_access_groups": 1}
        self.judge = Judge(store, self.oracle)
        self.listed = 0  # the oracle's moment at the last list of records that was believed

    # --- what goes on

    def edit(self, among: Sequence[str] = EDITS) -> None:
        """Somebody edits something."""
        self.account.edits[self.people.edit(among)] += 1

    def redesign(self) -> None:
        """Somebody changes the design."""
        self.account.edits[self.people.redesign()] += 1

    def wait(self, **time: float) -> None:
        """Time goes by."""
        self.host.wait(**time)

    def until_the_change(self, minutes: int) -> None:
        """It becomes so many minutes before the server's clock is set back, or forward, for the next time."""
        if change := _change(self.host.now + dt.timedelta(minutes=minutes), self.host.zone):
            self.host.now = change - dt.timedelta(minutes=minutes)

    def skew(self, seconds: int) -> None:
        """The server's clock is off by so much from now on."""
        self.host.skew = dt.timedelta(seconds=seconds)

    def toggle(self, right: str) -> None:
        """The worker loses a right that it can do without, or has it again."""
        self.rights[right] = 1 - self.rights[right]
        self.site.admin.set_rights(self.site.number, "worker", {right: self.rights[right]})

    def confirm(self) -> None:
        """A person says that what is missing has really gone."""
        with self.store.begin() as connection:
            deletions.confirm(connection, PROJECT, "ann", self.host.now)
            self.judge.confirmed |= {one.record for one in deletions.of(connection, PROJECT)}

    # --- pulls

    def pull(self, mode: Mode | None = None) -> Pulled:
        """A pull with which nothing is wrong: it must come to its end, and bring everything."""
        return self._pulled(mode)

    def pull_twice(self) -> None:
        """Two pulls with nothing between: the second changes nothing."""
        self._pulled(None)
        if self.judge.missing:
            return
        history = self.judge.history
        require(self._pulled(None).run.changed == 0, "pulling twice changed something")
        require(self.judge.history == history, "pulling twice added to the history")

    def pull_in_trouble(self, mode: Mode | None, what: str, *rules: Mapping[str, Any]) -> None:
        """A pull while the server is in trouble; it may fail."""
        self.account.faults[what] += 1
        self.edit()
        self.host.faults(*rules)
        try:
            with self.client.impatient() if what in trouble.SLOW else nullcontext():
                self._tried(mode, RedcapError)
        finally:
            self.host.faults()

    def pull_lied_to(self, mode: Mode | None, lie: str) -> None:
        """A pull to which something is said that is not so. A project that seems empty is one, where none is held."""
        if not self.judge.held:
            return
        self.account.faults[lie] += 1
        before = self.oracle.now()
        self.edit()
        there = self.oracle.now()
        edited = sorted(name for name in there if there[name] != before.get(name))
        self.client.lie, self.client.lacking = lie, self.pick(edited or sorted(there))
        try:
            self._tried(mode, RedcapError)
        finally:
            self.client.lie = ""
        if lie == "list empty":
            self.wait(minutes=2)
            self.people.edit(("delete_several",))
            self.pull()

    def pull_around(self, before: Callable[[], None], after: Callable[[], None]) -> None:
        """A pull, then edits, then another pull; what is done to the clock comes before the pulls and the edits."""
        before()
        self.pull()
        after()
        self.edit()
        self.wait(minutes=self.pick((1, 50, 180)))
        self.pull()

    def pull_without_rights(self, what: str) -> None:
        """A pull by a user who may see less than all: nothing tells him from one of an empty project, if none is held."""
        if not self.judge.held:
            return
        self.account.faults[what] += 1
        self.edit()
        with trouble.rights(self.site, what, self.pick):
            self._tried(None, RedcapError)

    def pull_and_die(self, mode: Mode | None) -> None:
        """A pull that dies at one of the failpoints."""
        self.edit()
        self.edit()
        with trouble.dying(self.pick):
            self._tried(mode, Died)

    def pull_elsewhere(
        self, nursery: Nursery, mode: Mode | None = None, *, failpoint: str = "", after: float | None = None
    ) -> None:
        """A pull by another process, which is killed at that failpoint, or after so many seconds, or not at all."""
        path, start = Path(str(self.store.backend)), self.oracle.moment
        code = nursery.pull(self.site, path, failpoint, mode, after=after, chunk=3, token=self.token)
        self.account.pulls += 1
        self.account.kills += code == -signal.SIGKILL
        require(code in {0, -signal.SIGKILL}, f"a pull with which nothing was wrong failed with {code}")
        with closing(sqlite3.connect(path)) as raw:
            require(raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)], "the store is damaged")
        run = self.store.last_run(PROJECT)
        if run is not None and run.state == "complete" and run.id not in self.judge.lines:
            self._ended(run, start)
        else:
            self.judge.broke_off(self._unsure(start, listed=False, whole=False), start)

    def pull_at_work(self, mode: Mode | None, after: int, minutes: int, edits: int) -> None:
        """A long pull, while people go on: their edits come after so many chunks, and time goes by before and after."""
        self.edit()
        self.edit()
        began, chunks, designed = self.oracle.moment, 0, False

        def advance(_: int) -> None:
            nonlocal chunks, designed
            self.wait(minutes=minutes)
            if chunks == after:
                for _ in range(edits):
                    self.edit()
                designed = self.pick((False, False, False, True))
                if designed:
                    self.redesign()
                self.wait(minutes=minutes)
            chunks += 1

        there = set(self.oracle.groups)

        def may_fail() -> bool:
            """Another design ends it, and so may a chunk of which every record was deleted before it was asked for."""
            return designed or bool(there - self.oracle.groups.keys())

        self._tried(mode, RedcapError, began=began, advance=advance, may_fail=may_fail)

    def pull_from_replica(self) -> None:
        """Edits, and at once a pull that is answered by a replica which does not know all of them yet."""
        self.account.faults["replica behind"] += 1
        self.wait(seconds=LAG + 20)  # it knows all that was before
        self.host.faults({"kind": "lag", "seconds": LAG, "content": ["record", "log"]})
        began = self.oracle.moment
        try:
            # not those without a trace: they set the clock back, by which the replica knows how far behind it is
            self.edit(TRACED)
            self.wait(seconds=self.pick((1, 100, 500)))
            self.edit(TRACED)
            self._tried(None, RedcapError, began=began)
        finally:
            self.host.faults()

    def settle(self) -> None:
        """Peace: one ordinary pull brings all that can be seen, a reconciliation the rest."""
        self.skew(0)
        if self._large:
            self.wait(hours=24)
        self.pull()
        for _ in range(3):
            if self.judge.missing:
                self.wait(seconds=61)
                self.confirm()
                self.pull()
        require(not self.judge.missing, "records wait although a person has said that they have gone")
        seen = self.people.hidden(self.oracle.moment).keys()
        now, truth = self.judge.held, self.oracle.now()
        late = {name for name in now.keys() | truth.keys() if now.get(name) != truth.get(name)} - seen
        require(not late, f"an ordinary pull has not brought {sorted(late)}")
        if seen:
            done = self.pull("reconcile")
            require(done.comparison is not None and done.comparison.agrees, "the comparison does not come out even")
        self.pull_twice()
        self.judge.settled()

    # --- how

    @property
    def _large(self) -> bool:
        return candidates.EACH_TIME < 1000

    def _tried(self, mode: Mode | None, *expected: type[BaseException], began: int | None = None, **more: Any) -> None:
        """A pull that may come to its end, or to one of those."""
        self._attempt(mode, expected, began, **more)

    def _pulled(self, mode: Mode | None) -> Pulled:
        found = self._attempt(mode, (), None)
        assert found is not None
        return found

    def _attempt(
        self,
        mode: Mode | None,
        expected: tuple[type[BaseException], ...],
        began: int | None,
        **more: Any,
    ) -> Pulled | None:
        self.account.pulls += 1
        start = self.oracle.moment if began is None else began
        unseen = bool(self.people.unseen)
        may_fail: Callable[[], bool] = more.pop("may_fail", lambda: True)
        try:
            found = pull(
                self.store,
                self.client,
                PROJECT,
                now=self.host.now,
                mode=mode,
                zone=ZoneInfo(self.zone),
                sizes=self.sizes,
                clock=lambda: self.host.now.timestamp(),  # noqa: PLW0108  (`now` is another one by then)
                **more,
            )
        except expected as error:
            if not may_fail():
                raise Broken(f"a pull with which nothing was wrong failed: {error}") from error
            run = self.store.last_run(PROJECT)
            self.account.failed += 1
            self.account.died += isinstance(error, Died)
            if run is not None and run.state == "complete":  # it died after its end
                self._ended(run, start)
            else:
                self.judge.broke_off(self._unsure(start, listed=False, whole=False), start)
            return None
        except RedcapError as error:
            raise Broken(f"a pull with which nothing was wrong failed: {type(error).__name__}: {error}") from error
        self._ended(found.run, start)
        if found.comparison is not None and not unseen and began is None and not expected:
            require(found.comparison.missed == 0, "a reconciliation tells of drift where there was none")
        return found

    def _ended(self, run: Run, start: int) -> None:
        whole, listed = run.mode in WHOLE, run.listed is not None
        self.judge.ended(run, self._unsure(start, listed=listed, whole=whole), start, self.host.now)
        self.people.looked(start, whole=whole)
        if listed:
            self.listed = start

    def _unsure(self, start: int, *, listed: bool, whole: bool) -> dict[str, int]:
        """Records that may be older in the store than a pull, and from which moment on they may.

        Edits that left no trace are found when everything is read; the list shows which records have gone, and which
        are in another group: as it was when the pull began, which is all that a replica behind it need know.
        """
        if whole:
            return {}
        truth, held = self.oracle.then(start), self.judge.held
        seen = {name for name in truth if listed and (name not in held or held[name].group != truth[name].group)}
        unsure = {name: at for name, at in self.people.hidden(start).items() if name not in seen}
        return unsure if listed else unsure | dict.fromkeys(held.keys() - truth.keys(), self.listed)


def _change(after: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """When the clock of that zone is changed for the first time after that moment; None where it never is."""

    def changed(moments: list[dt.datetime]) -> dt.datetime | None:
        """The first of the moments at which the clock is another one than before."""
        shown = [moment.astimezone(zone).utcoffset() for moment in moments]
        return next((moments[n] for n in range(1, len(moments)) if shown[n] != shown[n - 1]), None)

    day = changed([after + DAY * n for n in range(370)])
    if day is None:
        return None
    before = (day - DAY).replace(minute=0, second=0)
    return changed([before + dt.timedelta(minutes=30 * n) for n in range(50)])
