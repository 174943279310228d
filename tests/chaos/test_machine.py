"""The bench over the code as it is: whatever people, clocks and servers do, the store comes out as REDCap is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.chaos.conftest import Extent
from tests.chaos.machine import bench
from tests.chaos.people import Pick
from tests.chaos.world import Account, World

AT_A_TIME = 20  # projects


def test_nothing_is_lost_and_nothing_invented(found: Callable[[Pick], World], account: Account, extent: Extent) -> None:
    given = settings(
        max_examples=min(AT_A_TIME, extent.steps // extent.length + 2),
        stateful_step_count=extent.length,
        deadline=None,
        database=None,
        print_blob=True,
        phases=(Phase.generate,),  # a failure is told by its steps; making it shorter takes longer than reading it
        suppress_health_check=list(HealthCheck),
    )
    for number in count(extent.seed):
        run_state_machine_as_test(seed(number)(bench(found, account)), settings=given)
        if account.steps >= extent.steps:
            return
