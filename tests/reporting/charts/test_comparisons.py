"""Teams side by side: the funnel, the strip of peers, and all teams' panels."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.reporting.charts import gallery, made

from breakthrough.measures.funnel import Funnel, FunnelLimits, FunnelPoint
from breakthrough.measures.values import Direction, Run
from breakthrough.month import Month
from breakthrough.reporting.charts import Panel, Peer, by_need, dot_strip, funnel, small_multiples
from breakthrough.reporting.draw import Circle, Line, Polygon, Polyline, Rect, Scene
from breakthrough.reporting.draw.colours import BLUE, INK, PAPER, PLUM, RUST, SLATE, STONE

MEASURE = made.measure()
NAMES = {"T1": "Darlington", "T2": "Gateshead", "T3": "Sunderland"}


def point(team: str, size: float, value: float, outside: str = "", direction: Direction = "unclear") -> FunnelPoint:
    return FunnelPoint(team, value * size / 100, size, value, 5, 9, 6, 8, outside, outside, direction)  # type: ignore[arg-type]


def told(*points: FunnelPoint, **changes: object) -> Funnel:
    """A funnel of those teams about 7 %, with limits that narrow towards the largest."""
    curve = tuple(FunnelLimits(n * 100, 7 - 8 / n, 7 + 8 / n, 7 - 4 / n, 7 + 4 / n) for n in range(1, 12))
    known = Funnel("ca_day", (Month("2026-03"),), points, (), 7.0, "exact", False, False, 1.0, False, "1", curve)
    return replace(known, **changes)  # type: ignore[arg-type]


def drawn(made_of: Funnel, names: dict[str, str] = NAMES, **how: object) -> Scene:
    return funnel(made_of, MEASURE, names, size="half-days", **how)  # type: ignore[arg-type]


def said(scene: Scene) -> str:
    return " ".join(made.words(scene))


def dots(scene: Scene, colour: str) -> list[Circle]:
    return [mark for mark in scene.marks if isinstance(mark, Circle) and mark.fill == colour]


def test_teams_stand_by_size_from_left_to_right_and_by_rate_upwards() -> None:
    small, large = dots(drawn(told(point("T1", 200, 8.0), point("T2", 800, 6.0))), INK)
    assert small.x < large.x
    assert small.y < large.y


def test_a_team_beyond_the_limits_has_the_shape_of_what_that_means_and_its_name() -> None:
    scene = drawn(told(point("T1", 900, 9.5, "above", "worsening"), point("T2", 800, 4.5, "below", "improving")))
    assert sorted(mark.fill or "" for mark in scene.marks if isinstance(mark, Polygon) and mark.stroke) == sorted(
        [BLUE, RUST]
    )
    assert {(text.string, text.colour, text.weight) for text in scene.texts} >= {
        ("Darlington", RUST, 600),
        ("Gateshead", BLUE, 600),
    }


def test_the_solid_limits_are_those_of_998_and_the_dashed_ones_those_of_95_in_100() -> None:
    scene = drawn(told(point("T1", 900, 7.0), point("T2", 300, 8.5)))
    assert len([mark for mark in scene.marks if isinstance(mark, Polyline) and mark.colour == STONE]) >= 2
    dashes = [mark for mark in scene.marks if isinstance(mark, Line) and mark.colour == STONE and mark.width == 1.2]
    assert len(dashes) > 20
    assert {"99.8% limit", "95% limit", "All teams 7.0%"} <= set(made.words(scene))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Inside the funnel, differences may be no more than chance."),
        ({"overdispersed": True, "limits": "overdispersed"}, "further apart than chance alone would set them"),
        ({"few": True}, "With fewer than ten teams it cannot be told"),
        ({"without": ("T4",)}, "1 team without a figure is not shown."),
        ({"without": ("T4", "T5")}, "2 teams without a figure are not shown."),
        ({"provisional": True}, "Not all teams have reported yet: figures may change."),
    ],
)
def test_what_the_limits_allow_for_is_said_beneath(changes: dict[str, object], words: str) -> None:
    for phone in (False, True):
        assert words in said(drawn(told(point("T1", 900, 7.0), **changes), phone=phone))


def test_ones_own_team_is_larger_ringed_and_named_and_the_others_are_quiet() -> None:
    scene = drawn(told(point("T1", 300, 7.5), point("T2", 800, 6.0)), {"T1": "You"}, own="T1")
    (mine,), (other,) = dots(scene, INK), dots(scene, STONE)
    assert mine.radius > other.radius
    assert [text.weight for text in scene.texts if text.string == "You"] == [600]
    assert [mark for mark in scene.marks if isinstance(mark, Circle) and mark.stroke == INK and not mark.fill]


def test_a_team_that_has_no_name_for_the_reader_has_none_in_the_picture() -> None:
    words = said(drawn(told(point("T1", 300, 9.9, "above", "worsening")), {}))
    assert "T1" not in words
    assert "Darlington" not in words


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_sizes_along_the_axis_stand_clear_of_one_another_whatever_the_largest_is(phone: bool) -> None:
    for largest in (tenths * 10**power // 10 for power in range(1, 8) for tenths in range(10, 100, 2)):
        scene = drawn(told(point("T1", largest, 7.0), curve=()), phone=phone)
        assert made.colliding(scene) == []
        assert made.outside(scene) == []
    assert {"0", "1,000,000", "3,000,000"} <= set(made.words(drawn(told(point("T1", 3e6, 7.0), curve=()))))


def test_a_funnel_of_no_team_says_so() -> None:
    scene = drawn(told(centre=None, curve=(), without=("T1",)))
    assert "No figures yet" in made.words(scene)


def strip(*peers: Peer, own: float | None = 6.8, **how: object) -> Scene:
    options: dict[str, object] = {"median": 7.0, "goal": 6.5} | how
    return dot_strip(peers, MEASURE, own=own, **options)  # type: ignore[arg-type]


def test_ones_own_dot_is_filled_larger_and_says_you() -> None:
    scene = strip(Peer(7.5), Peer(6.2))
    (mine,) = dots(scene, INK)
    peers = dots(scene, PAPER)
    assert all(peer.radius < mine.radius for peer in peers)
    assert [text.x for text in scene.texts if text.string == "you"] == [mine.x]


def test_dots_stand_by_their_value_and_every_peer_has_one() -> None:
    values = [6.2, 6.9, 7.1, 7.15, 9.0]
    scene = strip(*(Peer(value) for value in values))
    places = sorted(mark.x for mark in dots(scene, PAPER))
    assert len(places) == len(values)
    left, right = places[0], places[-1]
    assert [round((x - left) / (right - left) * 2.8 + 6.2, 3) for x in places] == values


def test_unnamed_peers_have_no_words() -> None:
    words = [word for word in made.words(strip(Peer(7.5), Peer(6.2), goal=None)) if not word.endswith("%")]
    assert words == ["you", "← lower is better"]


def test_codes_stand_in_their_dots_and_names_beside_them() -> None:
    scene = strip(Peer(7.5, "3f2"))
    (code,) = [text for text in scene.texts if text.string == "3f2"]
    assert [disc.x for disc in dots(scene, PAPER)] == [code.x]
    (name,) = [text for text in strip(Peer(7.5, "Newcastle")).texts if text.string == "Newcastle"]
    assert name.anchor in {"start", "end"}


def test_too_many_names_leave_the_dots_alone() -> None:
    scene = strip(*(Peer(7 + n % 3 / 50, f"Team with number {n}") for n in range(160)))
    assert len(dots(scene, PAPER)) == 160
    assert not [word for word in made.words(scene) if word.startswith("Team")]


def test_more_than_two_hundred_teams_stand_in_columns_that_say_how_many_the_highest_counts() -> None:
    values = [6.0] * 60 + [6.5] * 120 + [7.1] * 30
    scene = strip(*(Peer(value, f"{n:03x}") for n, value in enumerate(values)), own=7.1)
    columns = sorted((mark.x, mark.height) for mark in scene.marks if isinstance(mark, Rect) and mark.stroke == STONE)
    assert [high for _, high in columns] == pytest.approx([130 * 60 / 120, 130, 130 * 31 / 120])
    assert dots(scene, PAPER) == []
    assert {"you", "Median of 211 teams 7.0%", "Highest column: 120 teams"} <= set(made.words(scene))
    assert {f"{n:03x}" for n in range(len(values))}.isdisjoint(made.words(scene))


def test_ones_own_dot_stands_on_the_column_that_counts_it() -> None:
    scene = strip(*(Peer(value) for value in [6.0] * 150 + [6.5] * 100 + [8.5] * 50), own=6.02)
    (mine,) = dots(scene, INK)
    columns = [mark for mark in scene.marks if isinstance(mark, Rect) and mark.stroke == STONE]
    (under,) = [one for one in columns if one.x < mine.x < one.x + one.width]
    assert under.height == max(one.height for one in columns)
    assert mine.y + mine.radius < under.y


def test_the_median_is_a_solid_line_and_the_goal_a_dashed_one() -> None:
    scene = strip(Peer(7.5), Peer(6.2))
    by_colour = {mark.colour: mark for mark in scene.marks if isinstance(mark, Line) and mark.width == 1.8}
    assert (by_colour[SLATE].dash, bool(by_colour[PLUM].dash)) == ((), True)
    assert {"Median of 3 teams 7.0%", "Goal 6.5%"} <= set(made.words(scene))


def test_a_team_without_a_figure_of_its_own_sees_its_peers() -> None:
    scene = strip(Peer(7.5), Peer(6.2), own=None)
    assert "you" not in made.words(scene)
    assert "Median of 2 teams 7.0%" in made.words(scene)


@pytest.mark.parametrize(("direction", "words"), [("lower", "← lower is better"), ("higher", "higher is better →")])
def test_which_way_is_better_is_said(direction: str, words: str) -> None:
    scene = dot_strip([Peer(7.0)], made.measure(direction=direction), own=6.0, median=None)
    assert made.words(scene)[-1] == words
    quiet = dot_strip([Peer(7.0)], made.measure(direction="neither"), own=6.0, median=None)
    assert not [word for word in made.words(quiet) if "better" in word]


def panel(name: str, verdict: str, last: float | str = 7.0, run: Run | None = None) -> Panel:
    chart = made.chart(made.points([7.0] * 14 + [last]), verdict=verdict, run=run)  # type: ignore[list-item]
    return Panel(name, chart)


def test_those_needing_help_come_first_and_improving_ones_last() -> None:
    months = (Month("2026-02"), Month("2026-03"))
    panels = [
        panel("improving", "improving"),
        panel("good run", "none", run=Run("below", months, 8, "improving")),
        panel("b quiet", "none"),
        panel("a quiet", "none"),
        panel("bad run", "none", run=Run("above", months, 8, "worsening")),
        panel("odd", "unclear"),
        panel("owing", "none", last="missing"),
        panel("worsening", "worsening"),
    ]
    assert [one.name for one in by_need(panels)] == [
        "worsening", "owing", "odd", "bad run", "a quiet", "b quiet", "good run", "improving",
    ]  # fmt: skip


def test_panels_share_one_scale_and_the_same_months() -> None:
    high = Panel("High", made.chart(made.points([20.0] * 15)))
    low = Panel("Low", made.chart(made.points([10.0] * 15)))
    scene = small_multiples([high, low], MEASURE)
    first, second = [mark.places for mark in scene.marks if isinstance(mark, Polyline) and mark.colour == INK]
    assert first[0][1] < second[0][1]
    assert [x for x, _ in first] == pytest.approx([x - (second[0][0] - first[0][0]) for x, _ in second])
    assert "the same in every panel" in said(scene)


def test_a_panel_says_its_verdict_in_words_and_marks_the_months_of_a_signal() -> None:
    scene = small_multiples(gallery.panels(gallery.TOWNS), MEASURE)
    assert [word for word in made.words(scene) if word.startswith("◆ improving")]
    assert [word for word in made.words(scene) if word == "Mar not sent"]
    shapes = [mark.fill for mark in scene.marks if isinstance(mark, Polygon)]
    assert (shapes.count(BLUE), shapes.count(RUST)) == (7, 7)


def test_a_value_far_above_all_others_does_not_press_them_flat() -> None:
    panels = [Panel(f"T{n}", made.chart(made.points([7.0 + n % 5 / 5] * 15))) for n in range(12)]
    panels[3] = Panel("Far", made.chart(made.points([7.0] * 14 + [90.0])))
    assert "stand at the upper edge" in said(small_multiples(panels, MEASURE))


@pytest.mark.parametrize("teams", [4, 160])
def test_every_team_has_its_panel(teams: int) -> None:
    names = tuple(f"Team {n}" for n in range(teams))
    words = made.words(small_multiples(gallery.panels(names), MEASURE))
    assert {word for word in words if word.startswith("Team ")} == set(names)
