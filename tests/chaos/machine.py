"""The bench itself: hypothesis has people edit, clocks go wrong and servers fail, with pulls between, and looks on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import wraps
from random import Random
from typing import Any, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from tests.chaos.people import Pick
from tests.chaos.trouble import FAULTS, LIES, ONE_RECORD, RIGHTS, SLOW, WHERE
from tests.chaos.world import SKEWS, Account, World

from breakthrough.store.runs import Mode

Founded = Callable[[Pick], World]  # a new world, from chance

_MODES: Sequence[Mode | None] = (None, None, None, None, "full", "reconcile")
_WAITS: Sequence[Mapping[str, int]] = (
    *({"seconds": 1}, {"seconds": 59}, {"minutes": 5}, {"minutes": 17}, {"minutes": 50}),
    *({"hours": 3}, {"hours": 23, "minutes": 7}, {"days": 8}),
)
MODES, WAITS = st.sampled_from(_MODES), st.sampled_from(_WAITS)


def _step(**given: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule that is one of those aimed at, and is counted."""

    def made(taken: Callable[..., None]) -> Callable[..., None]:
        @wraps(taken)
        def counted(self: Bench, **drawn: Any) -> None:
            self.account.steps += 1
            taken(self, **drawn)

        ruled: Callable[..., None] = cast("Any", rule)(**given)(counted)
        return precondition(lambda self: not self.aims or taken.__name__ in self.aims)(ruled)

    return made


class Bench(RuleBasedStateMachine):
    """One project from its founding to its peace. `found` makes the world, `account` keeps count; see `bench`."""

    found: Founded
    account: Account
    aims: frozenset[str]
    favourites: frozenset[str]

    @initialize(chance=st.integers(0, 2**32).map(Random))
    def begin(self, chance: Random) -> None:
        """What people do in a step is left to chance of another kind: so many small choices are too many to steer."""
        self.world = type(self).found(lambda options: chance.choice(list(options)))
        self.world.people.favourites = self.favourites

    # --- people

    @_step(times=st.integers(1, 3))
    def edit(self, times: int) -> None:
        for _ in range(times):
            self.world.edit()

    @_step()
    def redesign(self) -> None:
        self.world.redesign()

    @_step(right=st.sampled_from(("logging", "data_access_groups")))
    def toggle(self, right: str) -> None:
        self.world.toggle(right)

    @precondition(lambda self: self.world.judge.missing)
    @_step()
    def confirm(self) -> None:
        self.world.confirm()

    # --- time

    @_step(time=WAITS)
    def wait(self, time: Mapping[str, int]) -> None:
        self.world.wait(**time)

    @_step(seconds=st.sampled_from(SKEWS))
    def skew(self, seconds: int) -> None:
        self.world.skew(seconds)

    @_step(before=st.integers(1, 6), later=st.integers(1, 9))
    def pull_around_the_change(self, before: int, later: int) -> None:
        """The server's clock is set back, or forward, between two pulls."""
        world = self.world
        world.pull_around(lambda: world.until_the_change(10 * before), lambda: world.wait(minutes=10 * later))

    @_step(first=st.sampled_from(SKEWS), later=st.sampled_from(SKEWS))
    def pull_around_a_correction(self, first: int, later: int) -> None:
        """The server's clock goes wrong, or is put right, between two pulls."""
        self.world.pull_around(lambda: self.world.skew(first), lambda: self.world.skew(later))

    # --- pulls

    @_step(mode=MODES, times=st.integers(0, 3), time=WAITS)
    def pull(self, mode: Mode | None, times: int, time: Mapping[str, int]) -> None:
        """As on any day, and so most often: see the next."""
        for _ in range(times):
            self.world.edit()
        self.world.wait(**time)
        self.world.pull(mode)

    @_step(times=st.integers(1, 3), time=WAITS)
    def pull_later(self, times: int, time: Mapping[str, int]) -> None:
        for _ in range(times):
            self.world.edit()
        self.world.wait(**time)
        self.world.pull()

    @_step()
    def pull_twice(self) -> None:
        self.world.pull_twice()

    @_step(mode=MODES, fault=st.sampled_from(sorted(FAULTS)), where=st.sampled_from(WHERE))
    def pull_in_trouble(self, mode: Mode | None, fault: str, where: Mapping[str, object]) -> None:
        self.world.pull_in_trouble(mode, fault, {**FAULTS[fault], **where})

    @_step(mode=MODES, time=WAITS)
    def pull_past_a_record(self, mode: Mode | None, time: Mapping[str, int]) -> None:
        """The server cannot answer for one record of several; it can, later."""
        self.world.edit()
        self.world.edit()
        self.world.pull_in_trouble(mode, "out of memory", {**FAULTS["out of memory"], **ONE_RECORD})
        self.world.wait(**time)
        self.world.pull()

    @_step(fault=st.sampled_from(sorted(SLOW)), nth=st.integers(1, 12))
    def pull_in_silence(self, fault: str, nth: int) -> None:
        self.world.pull_in_trouble(None, fault, {**SLOW[fault], "nth": nth})

    @_step(mode=MODES, lie=st.sampled_from(LIES))
    def pull_lied_to(self, mode: Mode | None, lie: str) -> None:
        self.world.pull_lied_to(mode, next((one for one in LIES if one in self.favourites), lie))

    @_step(what=st.sampled_from(RIGHTS))
    def pull_without_rights(self, what: str) -> None:
        self.world.pull_without_rights(what)

    @_step(mode=MODES)
    def pull_and_die(self, mode: Mode | None) -> None:
        self.world.pull_and_die(mode)

    @_step(mode=MODES, after=st.sampled_from((0, 0, 1, 4)), minutes=st.sampled_from((0, 1, 20, 40)))
    def pull_at_work(self, mode: Mode | None, after: int, minutes: int) -> None:
        self.world.pull_at_work(mode, after, minutes, 2)

    @_step()
    def pull_from_replica(self) -> None:
        self.world.pull_from_replica()

    # --- peace

    @_step()
    def settle(self) -> None:
        self.world.settle()

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.settle()


def bench(
    found: Founded, account: Account, aims: Collection[str] = (), favourites: Collection[str] = ()
) -> type[Bench]:
    """The bench for those worlds and that account.

    `aims` are the rules that are used, all where none is named; `favourites` the edits that are made most often,
    and the lie that is told.
    """
    given = {"aims": frozenset(aims), "favourites": frozenset(favourites)}
    return type("Bench", (Bench,), {"found": staticmethod(found), "account": account, **given})
