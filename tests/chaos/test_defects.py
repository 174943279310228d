"""Each planted defect makes the same bench fail that finds nothing wrong with the code as it is."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.chaos import judge, world
from tests.chaos.conftest import Planted
from tests.chaos.defects import DEFECTS, Defect
from tests.chaos.machine import bench
from tests.chaos.people import Pick
from tests.chaos.world import Account, World

SETTINGS = settings(
    max_examples=200,
    stateful_step_count=10,
    deadline=None,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


class Found(BaseException):
    """Something is broken: enough is known, and hypothesis need not see it again."""


# `make test` tries these, `make chaos` all of them: a few take long to be come upon.
OFTEN = {
    "the cursor moves to the end of the pull",
    "the cursor moves although a chunk failed",
    "records let go by an empty list",
    "records let go however many they are",
    "rows written without a look at their hash",
    "an update not added to the history",
    "rows of a record that are not in its answer stay",
    "a chunk in two transactions",
}
TRIED = [defect for defect in DEFECTS if "CHAOS_STEPS" in os.environ or defect.name in OFTEN]


@pytest.mark.parametrize("defect", TRIED, ids=[defect.name for defect in TRIED])
def test_a_planted_defect_is_found(
    found: Callable[[Pick], World], monkeypatch: pytest.MonkeyPatch, planted: Planted, defect: Defect
) -> None:
    planted.there += 1
    for module in (judge, world):
        monkeypatch.setattr(module, "Broken", Found)
    defect.plant(monkeypatch)
    with pytest.raises(Found):
        run_state_machine_as_test(seed(1)(bench(found, Account(), defect.aims, defect.favourites)), settings=SETTINGS)
    planted.caught += 1


def test_those_that_are_tried_often_are_there() -> None:
    assert {defect.name for defect in TRIED} >= OFTEN
