"""kill -9 at random times while hundreds of mails go out: no mail twice, none lost, every ambiguous one uncertain."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from tests.chaos.conftest import Extent, Posted
from tests.delivery.crashing import PLACES, World, office, senders
from tests.delivery.dying import DEFECTS

from breakthrough.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")

MAILS = 200  # of a run
SHARE = 20  # kills of a run


def test_killed_at_any_time_and_place_while_mails_go_out(
    empty_store: Path, tmp_path: Path, extent: Extent, posted: Posted
) -> None:
    chance = random.Random(extent.seed)
    with senders() as elsewhere:
        while posted.kills < extent.mail_kills:
            folder = tmp_path / str(posted.runs)
            folder.mkdir()
            path = folder / "store.sqlite"
            path.write_bytes(empty_store.read_bytes())
            with office(folder, unsure=True) as taking, Store.open(f"sqlite:///{path}") as store:
                world = World(store, f"sqlite:///{path}", taking, elsewhere)
                world.put(MAILS)
                kills = min(SHARE, extent.mail_kills - posted.kills)
                _killed(world, kills, chance)
                world.settle()
                assert world.faults() == []
                doubtful = world.uncertain()
                # a kill leaves one in doubt at most; the server broke the line at two of each 41
                assert doubtful <= world.kills + 2 * (sum(taking.taken().values()) // 40 + 1)
                posted.runs += 1
                posted.kills += world.kills
                posted.mails += world.mails
                posted.taken += sum(taking.taken().values())
                posted.uncertain += doubtful


def _killed(world: World, kills: int, chance: random.Random) -> None:
    """Until so many senders were killed, at places and at random times; more mails are put in where none wait."""
    begun = time.monotonic()
    world.run(place="claimed", nth=10)
    lasts = time.monotonic() - begun
    while world.kills < kills:
        if not world.waiting():
            world.put(MAILS)
        if chance.random() < 0.2:
            world.run(place=chance.choice(PLACES), nth=chance.randint(1, 5))
        else:
            world.run(after=chance.uniform(0, 2 * lasts))


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_of_the_outbox_is_found(
    empty_store: Path, tmp_path: Path, posted: Posted, defect: str
) -> None:
    posted.defects += 1
    path = tmp_path / "store.sqlite"
    path.write_bytes(empty_store.read_bytes())
    with (
        senders() as elsewhere,
        office(tmp_path, unsure=True) as taking,
        Store.open(f"sqlite:///{path}") as store,
    ):
        world = World(store, f"sqlite:///{path}", taking, elsewhere, defect)
        world.put(60)
        for place in PLACES:
            world.run(place=place, nth=2)
        world.settle()
        assert world.faults()
    posted.caught += 1
