from __future__ import annotations

from typing import get_args

import pytest

from breakthrough.measures.values import Point, State
from breakthrough.month import Month
from breakthrough.reporting.charts import plot, signs
from breakthrough.reporting.sentences import states

EVERY: tuple[State, ...] = get_args(State)


@pytest.mark.parametrize("state", EVERY)
def test_every_state_has_words_of_its_own_for_a_cell_and_a_sentence(state: State) -> None:
    assert (states.cell(state) == "") == (state == "reported")
    assert states.clause("March", state)
    others = [other for other in EVERY if other != state]
    assert states.cell(state) not in {states.cell(other) for other in others}
    assert states.clause("March", state) not in {states.clause("March", other) for other in others}


@pytest.mark.parametrize("state", EVERY)
def test_every_state_without_a_figure_has_a_chip(state: State) -> None:
    point = Point(Month("2026-03"), state, None, None, None, "live")
    assert (states.chip(point) is None) == (state in {"reported", "excluded"})


def test_states_on_the_axis_of_a_chart_each_have_a_sign_of_their_own() -> None:
    shapes = {
        state: tuple(map(repr, signs.state(state, 0, 0)))
        for state in EVERY
        if state in plot.ON_AXIS or state == "excluded"
    }
    assert all(shapes.values())
    assert len(set(shapes.values())) == len(shapes)
