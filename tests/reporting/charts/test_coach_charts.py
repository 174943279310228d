"""The coach's pictures: a row a team, and how many teams stand at each rating."""

from __future__ import annotations

from dataclasses import replace

from tests.reporting.charts import made

from breakthrough.month import Month
from breakthrough.reporting.charts import rating_distribution, row
from breakthrough.reporting.draw import Circle, Line, Polygon, Polyline, Rect, Scene
from breakthrough.reporting.draw.colours import BLUE, FOG, INK, PLUM, RUST, STONE

POINTS = made.points([6.1, 6.8, 7.4, 9.0, 6.6, 7.4, 7.7, 7.2, 8.0, 7.9, 8.0, None, 6.3, 6.9, 8.2, 8.7, "missing"])
MONTHS = [Month("2025-10") + n for n in range(6)]
RATED = [(month, 1.5 + n / 2) for n, month in enumerate(MONTHS)]


def squares(scene: Scene) -> list[Rect]:
    return [m for m in scene.marks if isinstance(m, Rect) and m.radius]


def test_a_row_has_a_sparkline_with_closed_month_and_cross() -> None:
    scene = row(made.chart(POINTS), RATED, 4.0)
    assert (scene.width, scene.height) == (168, 40)
    assert len([m for m in scene.marks if isinstance(m, Rect) and m.fill == FOG]) == 1
    assert len([m for m in scene.marks if isinstance(m, Line) and m.colour == RUST]) == 2


def test_a_signal_shapes_the_last_point_of_a_row() -> None:
    plain = row(made.chart(POINTS), RATED, 4.0)
    assert not [m for m in plain.marks if isinstance(m, Polygon)]
    signal = made.signal("shift", "improving", [Month("2025-11"), Month("2025-12")])
    scene = row(made.chart(POINTS, signals=(signal,)), RATED, 4.0)
    assert [m.fill for m in scene.marks if isinstance(m, Polygon)] == [BLUE]


def test_ratings_are_steps_with_a_gap_where_there_is_none() -> None:
    gaps = [(month, None if n == 3 else score) for n, (month, score) in enumerate(RATED)]
    steps = [m for m in row(made.chart(()), gaps, 4.0).marks if isinstance(m, Polyline)]
    assert [len(step.places) for step in steps] == [6, 4]
    first = steps[0].places
    assert first[0][1] == first[1][1] > first[2][1]


def test_the_target_is_a_dashed_line_over_the_steps_under_it() -> None:
    scene = row(made.chart(()), [(month, 2.0) for month in MONTHS], 4.0)
    (target,) = [m for m in scene.marks if isinstance(m, Line) and m.colour == PLUM]
    (steps,) = [m for m in scene.marks if isinstance(m, Polyline)]
    assert target.dash
    assert target.y1 < steps.places[0][1]


def test_a_row_without_ratings_or_points_can_be_drawn() -> None:
    assert len(row(made.chart(()), [], 4.0).marks) == 2


def test_one_square_is_one_team_and_the_newest_month_is_ink() -> None:
    scene = rating_distribution({MONTHS[0]: {2.0: 7, 1.5: 5}, MONTHS[1]: {2.5: 3}}, 4.0, MONTHS[:2])
    assert (len([s for s in squares(scene) if s.fill == STONE]), len([s for s in squares(scene) if s.fill == INK])) == (
        12,
        3,
    )
    assert [w for w in made.words(scene) if w in {"7", "5", "3"}] == ["3", "7", "5"]


def test_levels_run_from_the_target_down_with_their_words() -> None:
    scene = rating_distribution({MONTHS[0]: {2.5: 1}}, 4.0, MONTHS[:1])
    words = made.words(scene)
    assert [w for w in words if w.endswith((".0", ".5"))] == ["4.0", "3.5", "3.0", "2.5"]
    assert {"Significant gain", "Testing, no gain yet", "Target: 4.0 or above"} <= set(words)


def test_a_team_above_the_target_has_a_level_of_its_own() -> None:
    words = made.words(rating_distribution({MONTHS[0]: {4.5: 1}}, 4.0, MONTHS[:1]))
    assert [w for w in words if w.endswith((".0", ".5"))] == ["4.5", "4.0"]


def test_the_target_stands_under_its_level() -> None:
    scene = rating_distribution({MONTHS[0]: {3.5: 1, 4.0: 2}}, 4.0, MONTHS[:1])
    (line,) = [m for m in scene.marks if isinstance(m, Line) and m.colour == PLUM]
    at = {t.string: t.y for t in scene.texts}
    assert at["4.0"] < line.y1 < at["3.5"]


def test_where_teams_are_too_many_for_squares_a_bar_stands_for_them() -> None:
    scene = rating_distribution({MONTHS[0]: {2.0: 120, 2.5: 30}}, 4.0, MONTHS[:6])
    long, short = sorted((s.width for s in squares(scene)), reverse=True)
    assert long == 4 * short
    assert {"120", "30"} <= set(made.words(scene))


def test_a_phone_shows_the_newest_months_that_fit() -> None:
    levels = {month: {2.0: 3} for month in MONTHS}
    words = made.words(rating_distribution(levels, 4.0, MONTHS, phone=True))
    assert [w for w in words if len(w) == 3 and w.isalpha()] == ["Dec", "Jan", "Feb", "Mar"]
    assert "Busy, not testing" not in words


def test_the_last_value_of_a_row_is_a_dot_of_ink() -> None:
    scene = row(replace(made.chart(POINTS), points=POINTS[:-1], centre=(7.4,) * 16), [], 4.0)
    assert [m.fill for m in scene.marks if isinstance(m, Circle)][-1] == INK
