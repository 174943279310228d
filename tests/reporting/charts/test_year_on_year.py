"""Measures that add up over the year: a line a school year, and the distance to a year before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tests.reporting.charts import made

from breakthrough.measures.values import Chart, State
from breakthrough.reporting.charts import year_on_year
from breakthrough.reporting.draw import Circle, Line, Polyline, Scene
from breakthrough.reporting.draw.colours import INK, PEBBLE, PLUM, STONE
from breakthrough.reporting.sentences import yearly

Values = Sequence[float | State | None]
UNPUBLISHED: list[State] = ["not_collected"] * 4  # September to December
LAST: Values = [*UNPUBLISHED, 20.2, 19.5, 19.4, 19.0, 19.0, 19.2, 19.2, None]
NOW: Values = [*UNPUBLISHED, 19.9, 19.5, 18.9]


def cumulative(values: Values, first: str = "2024-09", **changes: Any) -> Chart:
    chart = made.chart(made.points(values, first), goal=18.0, **changes)
    return replace(chart, kind="year_on_year", centre=(None,) * len(values), line="", frozen=False, verdict="no_rule")


def drawn(chart: Chart, **how: Any) -> Scene:
    return year_on_year(chart, made.measure(), **how)


def dots(scene: Scene, colour: str) -> list[Circle]:
    return [m for m in scene.marks if isinstance(m, Circle) and m.fill == colour and m.stroke == "#FFFFFF"]


def test_each_school_year_is_a_line_named_beside_it() -> None:
    scene = drawn(cumulative([*LAST, *NOW]))
    assert {"2024/25: Mar 19.4%", "Mar 18.9%", "76,482 of 404,666", "Goal 18% by Jul"} <= set(made.words(scene))
    assert (len(dots(scene, STONE)), len(dots(scene, INK))) == (7, 3)


def test_months_in_which_nothing_is_published_are_left_out() -> None:
    words = made.words(drawn(cumulative([*LAST, *NOW])))
    assert [w for w in words if w in {"Sep", "Dec", "Jan", "Mar", "Jul", "Aug"}] == ["Jan", "Mar", "Jul"]
    assert "not collected" not in words


def test_a_bracket_says_how_far_the_latest_month_is_from_a_year_before() -> None:
    scene = drawn(cumulative([*LAST, *NOW]))
    assert "0.5 points lower" in made.words(scene)
    (bracket,) = [m for m in scene.marks if isinstance(m, Polyline) and m.width == 1.3]
    heights = {round(y, 2) for _, y in bracket.places}
    ring = next(m for m in scene.marks if isinstance(m, Circle) and m.fill is None and m.stroke == INK)
    march = [c for c in dots(scene, STONE) if c.x == ring.x]
    assert heights == {round(ring.y, 2), round(march[0].y, 2)}


def test_higher_and_equal_values_are_called_so() -> None:
    assert "1.1 points higher" in made.words(drawn(cumulative([*LAST, *UNPUBLISHED, 19.9, 19.5, 20.5])))
    assert "as a year ago" in made.words(drawn(cumulative([*LAST, *UNPUBLISHED, 19.9, 19.5, 19.4])))


def test_the_difference_is_that_of_the_two_figures_shown() -> None:
    # 20.06 and 19.94 are 0.12 apart, but a reader sees 20.1 and 19.9.
    last: Values = [*UNPUBLISHED, 20.2, 19.5, 20.06, 19.0, 19.0, 19.2, 19.2, None]
    drawn_ = cumulative([*last, *UNPUBLISHED, 19.9, 19.5, 19.94])
    assert "0.2 points lower" in made.words(drawn(drawn_))
    assert yearly.heading(drawn_, made.measure()).startswith("0.2 points lower than a year ago")
    assert yearly.meaning(drawn_, made.measure()).endswith("March 2026: 19.9%; March 2025: 20.1%.")


def test_the_words_keep_clear_of_every_line() -> None:
    scene = drawn(cumulative([*LAST, *NOW]))
    words = next(t for t in scene.texts if t.string == "0.5 points lower")
    goal = next(m for m in scene.marks if isinstance(m, Line) and m.colour == PLUM)
    assert abs(words.y - goal.y1) > 5


def test_without_a_value_a_year_before_nothing_is_compared() -> None:
    scene = drawn(cumulative(NOW, "2025-09"))
    assert not any("points" in w for w in made.words(scene))
    assert not [m for m in scene.marks if isinstance(m, Polyline) and m.width == 1.3]


def test_a_line_does_not_cross_a_month_without_a_value() -> None:
    scene = drawn(cumulative([*LAST, *UNPUBLISHED, 19.9, "missing", 18.9]))
    assert not [m for m in scene.marks if isinstance(m, Polyline) and m.colour == INK and m.width > 2]
    assert "not sent" in made.words(scene)


def test_only_the_newest_four_years_are_drawn() -> None:
    year: Values = [*UNPUBLISHED, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, None]
    scene = drawn(cumulative([*year, *year, *year, *year, *NOW], "2021-09"))
    names = [w[:7] for w in made.words(scene) if "/" in w]
    assert sorted(names) == ["2022/23", "2023/24", "2024/25"]
    assert len(dots(scene, PEBBLE)) == 14


def test_a_year_of_the_calendar_has_the_name_of_its_year() -> None:
    scene = drawn(cumulative([10.0] * 15, "2025-01"), year_starts=1)
    assert "2025: Mar 10.0%" in made.words(scene)


def test_before_the_first_value_of_a_year_the_year_before_is_the_latest() -> None:
    scene = drawn(cumulative([*LAST, "not_collected", "missing"]))
    words = made.words(scene)
    assert {"Jul 19.2%", "2024/25"} <= set(words)
    assert "not sent" in words
    assert len(dots(scene, INK)) == 7


def test_the_phone_cut_has_letters_and_leaves_out_values_of_other_years() -> None:
    scene = drawn(cumulative([*LAST, *NOW]), phone=True)
    words = made.words(scene)
    assert scene.width == 328
    assert {"2024/25", "Mar 18.9%", "2025/26", "Goal 18%", "0.5 lower"} <= set(words)


def test_a_chart_without_points_can_be_drawn() -> None:
    scene = drawn(cumulative([]))
    assert "No figures yet" in made.words(scene)
    assert made.outside(scene) == []
