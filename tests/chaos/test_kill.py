"""kill -9 at every failpoint and at random times: what is left is whole, and the next pull brings the rest."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

import pytest
from tests.chaos.conftest import Extent
from tests.chaos.people import Pick
from tests.chaos.world import World
from tests.pull.dying import Nursery, nursery

from breakthrough.pull.failpoints import PLACES, Place
from breakthrough.store.runs import Mode

MODES: tuple[Mode | None, ...] = (None, None, "full", "reconcile")
AT_REST = 25  # kills after which a project is left in peace, and another founded


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Nursery]:
    """Another process that pulls."""
    with nursery() as found:
        yield found


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_a_failpoint(
    found: Callable[[Pick], World], elsewhere: Nursery, extent: Extent, place: Place
) -> None:
    chance = random.Random(f"{extent.seed} {place}")
    world = found(lambda options: chance.choice(list(options)))
    modes: list[Mode | None] = ["full", None, "reconcile"]
    for mode in modes[-1:] if place == "in-proof" else modes:
        _work(world)
        kills = world.account.kills
        world.pull_elsewhere(elsewhere, mode, failpoint=f"{place}:1" if mode == "full" and "chunk" in place else place)
        assert world.account.kills == kills + 1
        world.pull()
    world.settle()


def test_killed_at_any_time(found: Callable[[Pick], World], elsewhere: Nursery, extent: Extent) -> None:
    chance = random.Random(extent.seed)
    left = extent.kills
    while left > 0:
        world = found(lambda options: chance.choice(list(options)))
        world.pull_elsewhere(elsewhere)
        lasts = _lasts(world, elsewhere)
        for _ in range(min(left, AT_REST)):
            _work(world)
            kills = world.account.kills
            mode: Mode | None = world.pick(MODES)
            world.pull_elsewhere(elsewhere, mode, after=chance.uniform(0, lasts))
            left -= world.account.kills - kills
            world.pull()
        world.settle()


def _work(world: World) -> None:
    """A while in which people do one thing or another, so that there is something to be lost."""
    for _ in range(4):
        world.edit()
    if world.pick((False, False, False, True)):
        world.redesign()
    world.wait(minutes=world.pick((1, 20, 300)))


def _lasts(world: World, elsewhere: Nursery) -> float:
    """The seconds that a whole pull takes."""
    began = time.monotonic()
    world.pull_elsewhere(elsewhere, "full")
    return time.monotonic() - began
