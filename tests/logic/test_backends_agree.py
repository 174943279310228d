"""The three backends give the same text for made-up logic on made-up data."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, given, settings
from tests.logic.backends import CLOCK, JavaScript
from tests.logic.generated import context, expressions, rows

from breakthrough.logic import frame, parse, read, row

SETTINGS = settings(
    max_examples=300,
    deadline=None,
    # The same cases in every run: log and fractional powers come from two mathematical libraries, whose last digit may
    # differ just where 14 digits round the other way, perhaps once in a million cases.
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@SETTINGS
@given(expression=expressions(), data=rows())
def test_row_frame_and_javascript_agree_on_any_logic_and_data(
    node: JavaScript, expression: str, data: list[dict[str, str]]
) -> None:
    tree = parse(expression)
    seen = [read(context(values), CLOCK) for values in data]
    setting = seen[0][1]
    one_by_one = [row.result(tree, *one) for one in seen]
    assert frame.results(tree, pd.DataFrame(data), setting).tolist() == one_by_one
    assert node.results(tree, [context(values) for values in data]) == one_by_one
    assert frame.holds(tree, pd.DataFrame(data), setting).tolist() == [row.holds(tree, *one) for one in seen]
