"""Labels pushed apart, and no farther than they must be."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.reporting.charts.gutter import spread


def test_labels_that_do_not_touch_stay_where_they_want_to_be() -> None:
    assert spread([(10, 15), (40, 15), (90, 30)], 0, 200) == [10, 40, 90]


def test_two_labels_at_one_height_move_half_a_label_each() -> None:
    assert spread([(50, 10), (50, 10)], 0, 200) == [45, 55]


def test_labels_at_the_edge_move_inwards() -> None:
    assert spread([(-8, 10), (-4, 10)], 0, 200) == [0, 10]
    assert spread([(180, 10), (198, 10)], 0, 200) == [180, 190]


def test_a_label_pushed_in_from_the_edge_pushes_its_neighbour() -> None:
    assert spread([(175, 15), (199, 20)], 0, 200) == [165, 180]


def test_three_labels_share_the_least_sum_of_squared_moves() -> None:
    # Wishes 50, 52, 80 with height 15: the first two meet about (50 + 52 - 15) / 2 = 43.5; the third is free.
    assert spread([(50, 15), (52, 15), (80, 15)], 0, 200) == pytest.approx([43.5, 58.5, 80])


WISHES = st.lists(st.tuples(st.floats(-50, 250), st.floats(5, 30)), max_size=6).map(sorted)


@settings(max_examples=100, deadline=None)
@given(WISHES)
def test_labels_never_overlap_and_stay_inside_as_long_as_there_is_room(wishes: list[tuple[float, float]]) -> None:
    edges = spread(wishes, 0, 200)
    heights = [high for _, high in wishes]
    assert len(edges) == len(wishes)
    assert all(b - a >= high - 1e-6 for (a, b), high in zip(pairwise(edges), heights, strict=False))
    if edges and sum(heights) <= 200:
        assert edges[0] >= -1e-6
        assert edges[-1] + heights[-1] <= 200 + 1e-6
