"""Run charts and p′ charts: what stands where, and which shape says what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.reporting.charts import made

from breakthrough.measures.values import Chart, Point, State
from breakthrough.month import Month
from breakthrough.reporting.charts import TestMark, notes, timeline
from breakthrough.reporting.draw import Circle, Line, Mark, Polygon, Polyline, Rect, Scene, Text
from breakthrough.reporting.draw.colours import BLUE, FOG, HAZE, INK, PEBBLE, PLUM, RUST, SLATE, STONE
from breakthrough.reporting.draw.text import Box

# Hartlepool, September 2024 to March 2026, in per cent: August closed.
BASELINE = [6.1, 6.8, 7.4, 9.0, 6.6, 7.4, 7.7, 7.2, 8.0, 7.9, 8.0, None]
LIVE = [6.3, 6.9, 8.2, 8.7, 6.7, 6.6, 6.8]
UNTIL = Month("2026-07")


def drawn(chart: Chart, *, tests: Sequence[TestMark] = (), phone: bool = False, **measure: Any) -> Scene:
    return timeline(chart, made.measure(**measure), events=made.EVENTS, tests=tests, until=UNTIL, phone=phone)


def of(scene: Scene, kind: type[Mark], **wanted: Any) -> list[Any]:
    return [m for m in scene.marks if isinstance(m, kind) and all(getattr(m, k) == v for k, v in wanted.items())]


def text(scene: Scene, string: str) -> Text:
    return next(text for text in scene.texts if text.string == string)


def dots(scene: Scene, colour: str) -> list[Circle]:
    return of(scene, Circle, fill=colour, stroke="#FFFFFF")


@pytest.fixture
def chart() -> Chart:
    return made.chart(made.points([*BASELINE, *LIVE]))


def test_the_gutter_names_median_latest_value_counts_and_goal(chart: Chart) -> None:
    words = made.words(drawn(chart))
    assert [w for w in ("Median 7.4%", "Mar 6.8%", "27,517 of 404,666", "Goal 6.5%") if w not in words] == []


def test_the_unit_stands_at_the_top_gridline_alone_and_the_axis_says_where_it_starts(chart: Chart) -> None:
    words = made.words(drawn(chart))
    assert words[words.index("6") : words.index("6") + 5] == ["6", "7", "8", "9%", "5.5"]


def test_a_unit_that_is_a_word_stands_over_the_values(chart: Chart) -> None:
    scene = drawn(chart, unit=" per 1,000 days")
    assert text(scene, "per 1,000 days").y < text(scene, "9").y
    assert "Mar 6.8" in made.words(scene)


def test_baseline_points_are_stone_and_live_ones_ink_and_the_latest_is_ringed(chart: Chart) -> None:
    scene = drawn(chart)
    assert (len(dots(scene, STONE)), len(dots(scene, INK))) == (11, 7)
    (ring,) = [c for c in of(scene, Circle, stroke=INK) if c.fill is None]
    assert (ring.x, ring.y) == (dots(scene, INK)[-1].x, dots(scene, INK)[-1].y)


def test_months_before_the_baseline_are_paler_and_named(chart: Chart) -> None:
    scene = drawn(made.chart(made.points([8.0, 8.2, *BASELINE, *LIVE], "2024-07")))
    assert len(dots(scene, PEBBLE)) == 2
    longer = drawn(made.chart(made.points([8.0] * 12 + [*BASELINE, *LIVE], "2023-09")))
    assert "Before the baseline" in made.words(longer)


def test_the_baseline_has_a_bracket_with_its_number_of_months(chart: Chart) -> None:
    assert "Baseline: 11 months" in made.words(drawn(chart))


def test_a_frozen_line_is_solid_over_its_baseline_and_dotted_after(chart: Chart) -> None:
    solid, dotted = of(drawn(chart), Line, colour=SLATE, width=1.6)
    assert (solid.dash, dotted.dash) == ((), (2, 3))
    assert solid.x2 == dotted.x1
    assert solid.y1 == dotted.y1


def test_a_line_of_all_months_is_solid_over_all_of_them(chart: Chart) -> None:
    scene = drawn(replace(chart, frozen=False, line="median of all months"))
    solid = of(scene, Line, colour=SLATE, width=1.6)[0]
    assert solid.x2 > dots(scene, INK)[-1].x


def test_no_line_crosses_a_closed_month_or_one_that_was_not_sent() -> None:
    scene = drawn(made.chart(made.points([*BASELINE, 6.3, "missing", 8.2, 8.7])))
    dots_ = {round(d.x, 3) for d in (*dots(scene, STONE), *dots(scene, INK))}
    strokes = [{round(x, 3) for x, _ in line.places} for line in of(scene, Polyline) if line.width > 1.1]
    data = [stroke for stroke in strokes if stroke <= dots_]
    assert sorted(len(stroke) for stroke in data) == [2, 11]  # September stands alone


def test_a_closed_month_is_a_grey_column_with_the_word(chart: Chart) -> None:
    scene = drawn(chart)
    (column,) = of(scene, Rect, fill=FOG)
    word = text(scene, "closed")
    assert column.x < word.x < column.x + column.width
    assert word.rotation == -90


STATES: list[tuple[State, str, str]] = [
    ("missing", "not sent", RUST),
    ("late", "will follow", RUST),
    ("invalid", "to check", RUST),
    ("no_cases", "no cases", SLATE),
    ("not_collected", "not collected", SLATE),
]


@pytest.mark.parametrize(("state", "words", "colour"), STATES)
def test_a_month_without_a_value_has_a_sign_at_the_axis_and_its_words_beside_it(
    state: State, words: str, colour: str
) -> None:
    with_sign = drawn(made.chart(made.points([*BASELINE, 6.3, state, 8.2])))
    without = drawn(made.chart(made.points([*BASELINE, 6.3, "not_due", 8.2])))
    assert text(with_sign, words).colour == colour
    assert words not in made.words(without)
    assert len(with_sign.marks) >= len(without.marks) + 5  # two signs and the words


def test_a_value_set_aside_is_hollow_and_the_line_passes_it_by() -> None:
    points = list(made.points([*BASELINE, *LIVE]))
    points[14] = replace(points[14], state="excluded")
    scene = drawn(made.chart(points))
    assert len(dots(scene, INK)) == 6
    assert "set aside" in made.words(scene)
    assert of(scene, Circle, stroke=STONE, fill="#FFFFFF")


def test_an_improving_shift_gives_diamonds_and_a_bracket_that_says_why(chart: Chart) -> None:
    months = [Month("2025-09") + n for n in range(7)]
    scene = drawn(replace(chart, signals=(made.signal("shift", "improving", months),)))
    diamonds = of(scene, Polygon, fill=BLUE)
    assert len(diamonds) == 8  # seven months, and the one before the words
    assert all(len({x for x, _ in shape.places}) == 3 for shape in diamonds)
    said = " ".join(t.string for t in scene.texts if t.colour == BLUE)
    assert said == "Improving signal: 7 months in a row below the baseline median"
    assert dots(scene, INK) == []
    (bracket,) = of(scene, Polyline, colour=BLUE)
    assert min(y for _, y in bracket.places) > max(y for shape in diamonds[:7] for _, y in shape.places)


def test_a_worsening_shift_gives_squares(chart: Chart) -> None:
    months = [Month("2025-10") + n for n in range(3)]
    scene = drawn(replace(chart, signals=(made.signal("shift", "worsening", months),)))
    squares = of(scene, Polygon, fill=RUST)
    assert len(squares) == 4
    assert all(len({x for x, _ in shape.places}) == 2 for shape in squares)
    said = " ".join(t.string for t in scene.texts if t.colour == RUST)
    assert said == "Worsening signal: 3 months in a row above the baseline median"


def test_a_month_beyond_a_limit_says_which() -> None:
    points = made.points([*BASELINE, *LIVE])
    chart = made.chart(
        points,
        kind="p_prime",
        line="baseline average",
        lower=tuple(6.0 if p.value else None for p in points),
        upper=tuple(8.5 if p.value else None for p in points),
        signals=(made.signal("limits", "worsening", [Month("2025-12")], "baseline average"),),
    )
    scene = drawn(chart)
    said = " ".join(t.string for t in scene.texts if t.colour == RUST)
    assert said == "Worsening signal: Dec above the upper limit"
    assert {"Average 7.4%", "Upper limit 8.5%", "Lower limit 6.0%"} <= set(made.words(scene))


def test_limits_are_a_pale_stepped_band_that_breaks_at_the_closed_month() -> None:
    points = made.points([*BASELINE, *LIVE])
    limits = [None if p.value is None else 0.5 + n / 100 for n, p in enumerate(points)]
    chart = made.chart(
        points,
        kind="p_prime",
        lower=tuple(None if w is None else 7.4 - w for w in limits),
        upper=tuple(None if w is None else 7.4 + w for w in limits),
    )
    scene = drawn(chart)
    assert [len(band.places) for band in of(scene, Polygon, fill=HAZE)] == [11 * 4, 7 * 4]


def test_too_few_crossings_is_said_and_changes_no_point(chart: Chart) -> None:
    signal = made.signal("crossings", "unclear", [p.month for p in chart.points if p.value])
    scene = drawn(replace(chart, signals=(replace(signal, count=2, needed=6),)))
    assert len(dots(scene, INK)) == 7
    said = " ".join(made.words(scene))
    assert "Unusual pattern: the baseline median is crossed only 2 times; chance alone makes 6 or more" in said


def test_the_goal_runs_from_the_first_live_month_to_its_due_month(chart: Chart) -> None:
    due = replace(chart, goal_by=Month("2026-05"))
    scene = drawn(due)
    (goal,) = of(scene, Line, colour=PLUM)
    (sign,) = of(scene, Circle, stroke=PLUM)
    letters = {t.x: t.string for t in scene.texts if len(t.string) == 1 and t.anchor == "middle" and t.size == 11}
    months = sorted(letters)
    assert goal.dash == (7, 4)
    assert months[11] < goal.x1 < months[12]  # after August
    assert months[20] < sign.x < months[21]  # May has number 20


def test_a_chart_without_a_goal_has_none_of_its_marks(chart: Chart) -> None:
    scene = drawn(replace(chart, goal=None, goal_by=None))
    assert not any(getattr(mark, "colour", None) == PLUM for mark in scene.marks)


def test_each_phase_has_its_own_line_and_bracket() -> None:
    points = made.points([*BASELINE, *LIVE])
    chart = made.chart(points, centre=tuple(8.9 if n < 6 else 7.5 for n in range(19)), line="median since March 2025")
    scene = drawn(chart)
    words = made.words(scene)
    assert "Phase 2: median 7.5%" in words
    assert any(w in words for w in ("Phase 1: median 8.9%", "Phase 1: 8.9%"))
    assert "Median 7.5%" in words
    assert len({line.y1 for line in of(scene, Line, colour=SLATE, width=1.6)}) == 2


def test_learning_sessions_and_the_congress_are_flagged_and_calls_are_not(chart: Chart) -> None:
    words = made.words(drawn(chart))
    assert [w for w in words if w in {"LS1", "LS2", "LS3", "OC", "AP1"}] == ["LS1", "LS2", "LS3", "OC"]


def test_on_a_phone_sessions_are_numbered_after_the_first(chart: Chart) -> None:
    scene = drawn(chart, phone=True)
    lane = [t.string for t in scene.texts if t.y < 40 and t.anchor == "middle" and "Base" not in t.string]
    assert lane == ["LS1", "2", "3", "OC"]


def test_the_phone_cut_leaves_out_the_counts(chart: Chart) -> None:
    scene = drawn(chart, phone=True)
    assert scene.width == 328
    assert "Mar 6.8%" in made.words(scene)
    assert not any(" of " in w for w in made.words(scene))


def test_a_phone_leaves_out_the_months_before_the_baseline_where_they_would_crowd() -> None:
    chart = made.chart(made.points([8.0] * 24 + [*BASELINE, *LIVE], "2022-09"))
    assert "2023" in made.words(drawn(chart))
    assert "2023" not in made.words(drawn(chart, phone=True))
    assert len(dots(drawn(chart, phone=True), PEBBLE)) == 0


def test_the_month_reported_stands_out_on_the_axis(chart: Chart) -> None:
    bold = [t.string for t in drawn(chart).texts if t.size == 11 and t.weight == 600]
    assert bold == ["M"]


def test_tests_are_numbered_and_filled_when_finished(chart: Chart) -> None:
    tests = [
        TestMark(1, dt.date(2025, 11, 10), dt.date(2025, 12, 20), finished=True),
        TestMark(2, dt.date(2026, 2, 23), None, finished=False),
    ]
    scene = drawn(chart, tests=tests)
    first, second = of(scene, Rect, stroke=INK)
    assert (first.fill, second.fill) == (INK, "#FFFFFF")
    september, october = (dot.x for dot in dots(scene, INK)[:2])
    assert first.width == pytest.approx((october - september) * 1.34, abs=2)  # 41 days are 1.34 months
    assert "Tests 1–2" in made.words(scene)


def test_a_test_before_the_months_shown_is_left_out(chart: Chart) -> None:
    old = TestMark(1, dt.date(2023, 1, 1), dt.date(2023, 1, 9), finished=True)
    assert "Test 1" not in made.words(drawn(chart, tests=[old]))
    assert "Test 2" in made.words(drawn(chart, tests=[old, replace(old, number=2, end=dt.date(2024, 9, 2))]))


def test_where_too_many_tests_run_at_once_the_newest_are_kept(chart: Chart) -> None:
    tests = [TestMark(n, dt.date(2026, 3, 1), dt.date(2026, 3, 5), finished=True) for n in range(1, 61)]
    scene = drawn(chart, tests=tests)
    name = next(w for w in made.words(scene) if w.startswith("Tests"))
    assert name.endswith("–60")
    assert not name.startswith("Tests 1–")
    assert made.outside(scene) == []


def test_a_chart_without_figures_says_so_and_still_shows_the_goal() -> None:
    scene = drawn(made.chart(made.points(["missing", "missing", None, "missing"])))
    assert {"No figures yet", "Goal 6.5%", "not sent"} <= set(made.words(scene))


def test_a_chart_without_points_can_be_drawn() -> None:
    scene = drawn(made.chart(()))
    assert "No figures yet" in made.words(scene)
    assert made.colliding(scene) == []


def test_a_value_far_off_does_not_leave_the_plot() -> None:
    points: list[Point] = list(made.points([*BASELINE, *LIVE]))
    points[14] = replace(points[14], state="excluded", value=9_000.0)
    scene = drawn(made.chart(points))
    (hole,) = of(scene, Circle, stroke=STONE, fill="#FFFFFF")[:1]
    assert 0 < hole.y < scene.height
    assert "8" in made.words(scene)  # the scale is still that of the other months


def test_a_wider_chart_can_be_asked_for(chart: Chart) -> None:
    scene = timeline(chart, made.measure(), events=(), tests=(), until=UNTIL, wide=592)
    assert scene.width == 592
    assert made.outside(scene) == []


def test_a_note_moved_clear_of_a_line_is_clear_of_it_whatever_rounding_leaves() -> None:
    heights = [n / 7 for n in range(1, 2000) if (n / 7 + 3.0) - 3.0 < n / 7]
    assert heights
    for y in heights:
        obstacles = object.__new__(notes._Obstacles)  # of a line alone
        obstacles.across = [(0.0, 100.0, y)]
        moved = obstacles.beyond(Box(10, y - 1, 50, y + 9), "below", ())
        assert moved.top == pytest.approx(y + 3)
