"""Over charts of any shape: no words are cut off at an edge, and none lie on others."""

from __future__ import annotations

import datetime as dt
from typing import get_args

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.reporting.charts import made

from breakthrough.collaborative import Event
from breakthrough.measures.values import Chart, Direction, Point, Rule, State
from breakthrough.month import Month
from breakthrough.reporting.charts import TestMark, ramp, rating_distribution, row, timeline, year_on_year
from breakthrough.reporting.draw import png, svg
from breakthrough.teams.values import Pdsa

Levels = dict[Month, dict[float, int]]
DIRECTIONS: tuple[Direction, ...] = ("improving", "worsening", "unclear")
STATES: tuple[State, ...] = (
    "missing",
    "late",
    "invalid",
    "no_cases",
    "not_collected",
    "not_due",
    "not_expected",
    "not_in_session",
)
UNITS = ("%", " points", "", " per 1,000 days", "d")
ANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def point_lists(draw: st.DrawFn) -> tuple[Point, ...]:
    start = Month("2025-09")
    first = start + -draw(st.integers(0, 40))
    scale = draw(st.sampled_from((0.02, 1.0, 100.0, 54_321.0)))
    denominator = draw(st.sampled_from((7.0, 404_666.0, 98_631_500.0)))
    figure = st.floats(0, scale, allow_nan=False).map(lambda value: round(value, 3))
    months = draw(st.lists(st.one_of(figure, figure, figure, st.sampled_from(STATES)), min_size=1, max_size=56))
    points = [
        made.point(first + n, value, start=start, denominator=denominator)
        if isinstance(value, float)
        else made.point(first + n, None, value, start=start)
        for n, value in enumerate(months)
    ]
    if draw(st.booleans()):
        points = [
            p if p.value is None or n % 9 else made.point(p.month, p.value, "excluded", start=start)
            for n, p in enumerate(points)
        ]
    return tuple(points)


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    points = draw(point_lists())
    valued = [p.month for p in points if p.value is not None]
    signals = []
    for rule in draw(st.lists(st.sampled_from(get_args(Rule)), max_size=4)):
        if valued:
            at = draw(st.integers(0, len(valued) - 1))
            months = valued[at:][: 1 if rule == "limits" else draw(st.integers(1, 12))]
            direction = draw(st.sampled_from(DIRECTIONS))
            line = draw(st.sampled_from(("baseline median", "average of all months", "median since September 2025")))
            signals.append(made.signal(rule, direction, months, line))
    chart = made.chart(points, signals=tuple(signals))
    top = max((p.value for p in points if p.value is not None), default=1.0)
    goal = draw(st.one_of(st.none(), st.just(6.5), st.floats(0, top).map(lambda value: round(value, 2))))
    changes: dict[str, object] = {
        "goal": goal,
        "goal_by": draw(st.sampled_from((None, Month("2026-07"), Month("2025-12")))),
    }
    if goal is None:
        changes["goal_by"] = None
    if draw(st.booleans()):
        spread = draw(st.floats(0.01, 0.5)) * (top or 1.0)
        changes |= {
            "kind": "p_prime",
            "line": "baseline average",
            "lower": tuple(None if c is None else c - spread for c in chart.centre),
            "upper": tuple(None if c is None else c + spread for c in chart.centre),
        }
    if draw(st.booleans()):  # a second phase
        cut = draw(st.integers(0, len(points)))
        changes["centre"] = tuple(c if c is None or n < cut else c * 0.8 for n, c in enumerate(chart.centre))
    return made.chart(points, **({"signals": tuple(signals)} | changes))


EVENTS = st.lists(
    st.builds(
        Event,
        code=st.from_regex(r"[A-Z]{1,3}[0-9]{0,2}", fullmatch=True),
        kind=st.sampled_from(("learning_session", "congress", "call")),
        date=st.dates(dt.date(2022, 1, 1), dt.date(2027, 12, 31)),
        phase=st.just("testing"),
    ),
    max_size=9,
)


@st.composite
def changes_tested(draw: st.DrawFn) -> list[TestMark]:
    starts = draw(st.lists(st.dates(dt.date(2024, 6, 1), dt.date(2026, 6, 1)), max_size=60))
    lengths = draw(st.lists(st.one_of(st.none(), st.integers(0, 90)), min_size=len(starts), max_size=len(starts)))
    return [
        TestMark(n, start, None if days is None else start + dt.timedelta(days), bool(days))
        for n, (start, days) in enumerate(zip(sorted(starts), lengths, strict=True), 1)
    ]


@ANY
@given(charts(), EVENTS, changes_tested(), st.sampled_from(UNITS), st.booleans())
def test_a_timeline_cuts_off_no_words_and_lays_none_on_others(
    chart: Chart, events: list[Event], tests: list[TestMark], unit: str, phone: bool
) -> None:
    measure = made.measure(unit=unit, decimals=2 if unit == "" else 1)
    scene = timeline(chart, measure, events=events, tests=tests, until=Month("2026-07"), phone=phone)
    assert made.outside(scene) == []
    assert made.colliding(scene) == []
    assert scene.width == (328 if phone else 560)


@ANY
@given(charts(), st.sampled_from(UNITS), st.booleans(), st.sampled_from((1, 4, 9)))
def test_a_year_on_year_chart_cuts_off_no_words_and_lays_none_on_others(
    chart: Chart, unit: str, phone: bool, starts: int
) -> None:
    scene = year_on_year(chart, made.measure(unit=unit), phone=phone, year_starts=starts)
    assert made.outside(scene) == []
    assert made.colliding(scene) == []


CYCLES = st.lists(
    st.builds(
        made.cycle,
        st.integers(1, 120),
        scale=st.integers(0, 6),
        ramp=st.sampled_from(("R1", "R1", "R1", "R2")),
        predicted=st.one_of(st.none(), st.floats(-1e6, 1e6)),
        result_number=st.one_of(st.none(), st.floats(0, 100)),
        prediction=st.builds(made.written, st.text(max_size=90), cleared=st.booleans()),
        result=st.builds(made.written, st.text(max_size=90), cleared=st.booleans()),
        decision=st.sampled_from(("adopt", "adapt", "abandon", "extend", "")),
        status=st.sampled_from(("planned", "running", "overdue", "awaiting study", "closed")),
        start=st.one_of(st.none(), st.dates(dt.date(2025, 1, 1), dt.date(2025, 12, 31))),
        end=st.one_of(st.none(), st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30))),
        score=st.integers(0, 8),
    ),
    min_size=1,
    max_size=9,
)


@FEW
@given(CYCLES, st.booleans())
def test_a_ramp_cuts_off_no_words_and_lays_none_on_others(cycles: list[Pdsa], phone: bool) -> None:
    ideas = {"D1c": "Three-question cause sheet for every family that has crossed the line since September"}
    scene = ramp(cycles, ideas, phone=phone, today=dt.date(2026, 7, 1))
    assert made.outside(scene) == []
    assert made.colliding(scene) == []


@FEW
@given(
    st.dictionaries(
        st.integers(0, 9).map(lambda n: Month("2025-09") + n),
        st.dictionaries(st.integers(1, 10).map(lambda n: n / 2), st.integers(0, 160)),
        min_size=1,
    ),
    st.sampled_from((3.5, 4.0, 5.0)),
    st.booleans(),
)
@example({Month("2026-03"): {3.0: 116}}, 4.0, True)
@example({Month("2026-03"): {3.0: 120}}, 4.0, True)
def test_a_distribution_of_ratings_cuts_off_no_words_and_lays_none_on_others(
    levels: Levels, target: float, phone: bool
) -> None:
    scene = rating_distribution(levels, target, sorted(levels), phone=phone)
    assert made.outside(scene) == []
    assert made.colliding(scene) == []


@FEW
@given(charts(), st.lists(st.one_of(st.none(), st.integers(1, 10).map(lambda n: n / 2)), max_size=8))
def test_a_row_can_be_drawn_from_any_chart(chart: Chart, scores: list[float | None]) -> None:
    scene = row(chart, [(Month("2025-10") + n, score) for n, score in enumerate(scores)], 4.0)
    assert (scene.width, scene.height) == (168, 40)
    assert png(scene)[:4] == b"\x89PNG"
    assert svg(scene, title="Row", description="").startswith("<svg")
