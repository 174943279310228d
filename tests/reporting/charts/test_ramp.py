"""Ramps of PDSA cycles: steps, prediction over result, and what is missing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.reporting.charts import made

from breakthrough.reporting.charts import ramp
from breakthrough.reporting.draw import Circle, Polyline, Scene
from breakthrough.reporting.draw.colours import INK, RUST, STONE
from breakthrough.teams.values import Pdsa

IDEAS = {"D1c": "Three-question cause sheet", "D2a": "Two-by-ten chats"}


def drawn(*cycles: Pdsa, **how: Any) -> Scene:
    return ramp(cycles, IDEAS, **how)


def discs(scene: Scene) -> list[Circle]:
    return [m for m in scene.marks if isinstance(m, Circle) and m.radius == 10.5]


def test_steps_climb_as_the_test_grows() -> None:
    scene = drawn(made.cycle(1, scale=2), made.cycle(2, scale=3), made.cycle(3, scale=5))
    heights = [disc.y for disc in discs(scene)]
    assert heights == sorted(heights, reverse=True)
    assert heights[1] - heights[2] == 2 * (heights[0] - heights[1])
    assert len([m for m in scene.marks if isinstance(m, Polyline) and m.colour == STONE]) == 2


def test_sizes_are_named_from_the_smallest_used_to_the_next_one() -> None:
    words = made.words(drawn(made.cycle(1, scale=2), made.cycle(2, scale=3)))
    assert [w for w in words if w in {"One person", "A few people", "One group", "Several groups", "Whole unit"}] == [
        "A few people",
        "One group",
        "Several groups",
    ]


def test_a_cycle_that_does_not_say_its_size_stands_level_with_the_one_before() -> None:
    first, second = discs(drawn(made.cycle(1, scale=3), made.cycle(2, scale=0)))
    assert first.y == second.y


def test_closed_cycles_are_filled_and_open_ones_hollow() -> None:
    scene = drawn(made.cycle(1), made.cycle(2, status="awaiting study", decision="", result_number=None))
    assert [disc.fill for disc in discs(scene)] == [INK, "#FFFFFF"]


def test_prediction_stands_over_result_in_the_unit_of_the_measure() -> None:
    scene = drawn(made.cycle(1), measures={"ca_c5": made.measure()})
    at = {t.string: (t.y, t.weight) for t in scene.texts}
    assert at["80%"][0] == at["Predicted"][0]
    assert at["74%"] == (at["Got"][0], 600)
    assert at["80%"][0] < at["74%"][0]


def test_without_the_measure_figures_stand_alone() -> None:
    assert {"80", "74"} <= set(made.words(drawn(made.cycle(1))))


def test_what_is_owed_is_said_with_its_age() -> None:
    owed = made.cycle(
        4, status="awaiting study", decision="", result_number=None, end=dt.date(2026, 3, 20), score=5, scale=5
    )
    scene = drawn(owed, today=dt.date(2026, 4, 15))
    assert [t.string for t in scene.texts if t.colour == RUST] == ["not written", "open 26 days"]
    assert "5 of 8" in made.words(scene)


def test_a_cycle_still_running_owes_nothing() -> None:
    running = made.cycle(1, status="running", decision="", result_number=None, end=None)
    scene = drawn(running, today=dt.date(2026, 4, 15))
    assert [t.string for t in scene.texts if t.colour == RUST] == []
    assert "running" in made.words(scene)


def test_words_are_printed_only_where_their_form_is_cleared() -> None:
    secret = made.written("Jamie was ill", cleared=False)
    cleared = made.written("5 of 6 families")
    words = made.words(drawn(made.cycle(1, predicted=None, prediction=cleared, result_number=None, result=secret)))
    assert "5 of 6 families" in words
    assert "in REDCap" in words
    assert not any("Jamie" in w for w in words)


def test_long_words_take_two_lines_and_end_in_an_ellipsis() -> None:
    text = made.written("Four of the six families will ring back within two days if we ask them three short questions")
    cycles = [made.cycle(n, predicted=None, prediction=text) for n in range(1, 5)]
    scene = drawn(*cycles)
    assert sum(w.endswith("…") for w in made.words(scene)) == 4
    assert made.colliding(scene) == []


def test_dots_show_how_well_the_log_is_kept() -> None:
    scene = drawn(made.cycle(1, score=5))
    small = [m for m in scene.marks if isinstance(m, Circle) and m.radius < 4]
    assert [dot.fill for dot in small] == [INK] * 5 + ["#FFFFFF"] * 3


def test_only_the_newest_cycles_are_drawn_where_there_are_many() -> None:
    cycles = [made.cycle(n) for n in range(1, 8)]
    wide, phone = drawn(*cycles), drawn(*cycles, phone=True)
    assert [t.string for t in wide.texts if t.weight == 600 and t.anchor == "middle"] == ["3", "4", "5", "6", "7"]
    assert [t.string for t in phone.texts if t.weight == 600 and t.anchor == "middle"] == ["4", "5", "6", "7"]
    assert "Two earlier cycles not shown" in made.words(wide)
    assert "Three earlier cycles not shown" in made.words(phone)


def test_several_ramps_are_named_by_their_change_ideas() -> None:
    words = made.words(drawn(made.cycle(1), made.cycle(1, ramp="R2", idea="D2a")))
    assert [w for w in words if w in IDEAS.values()] == ["Three-question cause sheet", "Two-by-ten chats"]
    assert "Three-question cause sheet" not in made.words(drawn(made.cycle(1)))


def test_dates_are_as_long_as_there_is_room_for() -> None:
    across = made.cycle(1, start=dt.date(2026, 2, 23), end=dt.date(2026, 3, 20))
    assert "23 Feb–20 Mar" in made.words(drawn(across))
    assert "Feb–Mar" in made.words(drawn(*[across] * 4, phone=True))
    assert "10–14 Nov" in made.words(drawn(made.cycle(1)))
    assert "from 10 Nov" in made.words(drawn(made.cycle(1, end=None, end_planned=None)))
    assert "no date" in made.words(drawn(made.cycle(1, start=None)))


def test_what_was_written_in_letters_that_reach_far_has_lines_as_far_apart() -> None:
    told = made.written("मासिक उपस्थिति सूची शुक्रवार को पढ़ी गई और सबने देखा")
    scene = ramp([made.cycle(1, predicted=None, result_number=None, prediction=told, result=told)], {})
    assert made.colliding(scene) == []
