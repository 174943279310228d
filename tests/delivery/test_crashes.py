"""kill -9 at every place of a sender: no mail twice, none lost, and the one of which nobody can know is shown."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.delivery.crashing import PLACES, Office, Senders, World, mail, office, senders

from breakthrough.delivery import outbox
from breakthrough.store import Store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Senders]:
    with senders() as found:
        yield found


@pytest.fixture
def taking(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path) as found:
        yield found


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'store.sqlite'}"


@pytest.mark.parametrize(
    ("place", "left", "arrived", "at_once"),
    [
        # of the mail before, which the server has taken
        ("verdict", "uncertain sent sent", [0, 1, 2], "sending pending pending"),
        ("settled", "uncertain sent sent", [0, 1, 2], "sending pending pending"),
        ("claimed", "sent uncertain sent", [0, 2], "sent sending pending"),
        ("before DATA", "sent uncertain sent", [0, 2], "sent sending pending"),
        ("after DATA", "sent uncertain sent", [0, 1, 2], "sent sending pending"),
    ],
)
def test_killed_at_any_place_no_mail_goes_twice_none_is_lost_and_the_doubtful_one_is_shown(
    url: str, taking: Office, elsewhere: Senders, place: str, left: str, arrived: list[int], at_once: str
) -> None:
    assert place in PLACES
    with Store.open(url) as store:
        world = World(store, url, taking, elsewhere)
        world.put(3)
        world.run(place=place, nth=2)
        assert world.kills == 1
        assert [line.state for line in outbox.listing(store)] == at_once.split()
        world.settle()
        assert [line.state for line in outbox.listing(store)] == left.split()
    assert taking.taken() == {mail(number).message_id: 1 for number in arrived}
    assert world.faults() == []


def test_a_line_that_breaks_at_the_text_leaves_a_doubt_and_is_told_from_one_that_breaks_before(
    url: str, tmp_path: Path, elsewhere: Senders
) -> None:
    with office(tmp_path, unsure=True) as unsure, Store.open(url) as store:
        world = World(store, url, unsure, elsewhere)
        world.put(82)
        world.settle()
        assert world.faults() == []
        doubtful = outbox.listing(store, states=["uncertain"])
        assert [line.subject for line in doubtful] == ["T0039", "T0040", "T0080", "T0081"]
        assert [unsure.taken()[line.message_id] for line in doubtful] == [1, 0, 1, 0]
