"""Over teams and drivers of any number, with any names and figures: no words are cut off, and none lie on others."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.reporting.charts import made
from tests.reporting.charts.test_any_chart import UNITS, charts

from breakthrough.measures import Chart
from breakthrough.measures.funnel import Funnel, FunnelLimits, FunnelPoint
from breakthrough.measures.values import Run
from breakthrough.month import Month
from breakthrough.reporting.charts import (
    MOST_DOTS,
    Panel,
    Peer,
    by_need,
    dot_strip,
    driver_diagram,
    funnel,
    small_multiples,
)
from breakthrough.reporting.charts.drivers import Branch, Diagram, IdeaState, table
from breakthrough.reporting.draw import png, svg
from breakthrough.reporting.draw.scene import Scene

ANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NAMES = st.one_of(
    st.sampled_from(("", "Darlington", "Redcar and Cleveland", "مدرسة الملك فهد", "प्राथमिक विद्यालय", "Żory")),
    st.text(max_size=40),
)


def sound(scene: Scene, wide: float) -> None:
    """The picture is as wide as asked for, all words lie inside of it, and none on others."""
    assert scene.width == wide
    assert made.outside(scene) == []
    assert made.colliding(scene) == []


@st.composite
def funnels(draw: st.DrawFn) -> Funnel:
    """A funnel about any centre, of teams of any size, whose limits are as wide as those of a share roughly are."""
    scale, most = draw(st.sampled_from((1.0, 100.0, 5_000.0))), draw(st.sampled_from((40, 9_000, 3_000_000)))
    centre = draw(st.floats(0.01, 0.9)) * scale
    teams = draw(st.lists(st.tuples(st.integers(1, most), st.floats(0, 1), NAMES), max_size=40))
    points = []
    for n, (size, share, _) in enumerate(teams):
        wide = centre / (1 + size) ** 0.5
        value, low, high = share * scale, max(0.0, centre - 3 * wide), centre + 3 * wide
        outside = "above" if value > high else "below" if value < low else ""
        direction = draw(st.sampled_from(("improving", "worsening", "unclear"))) if outside else "unclear"
        points.append(
            FunnelPoint(f"T{n}", value * size, size, value, low, high, low, high, outside, outside, direction)  # type: ignore[arg-type]
        )
    largest = max((size for size, _, _ in teams), default=1)
    curve = []
    for size in sorted({max(1, largest * step // 24) for step in range(1, 26)}):
        wide = centre / (1 + size) ** 0.5
        curve.append(
            FunnelLimits(size, max(0.0, centre - 3 * wide), centre + 3 * wide, centre - 2 * wide, centre + 2 * wide)
        )
    spread, few, provisional = draw(st.tuples(st.booleans(), st.booleans(), st.booleans()))
    without = tuple(draw(st.lists(st.just("T9"), max_size=3)))
    limits = "overdispersed" if spread else "exact"
    return Funnel(
        "ca_day", (Month("2026-03"),), tuple(points), without, centre if points else None, limits,  # type: ignore[arg-type]
        spread, few, 1.0, provisional, "1", tuple(curve) if points else (),
    )  # fmt: skip


@ANY
@given(funnels(), st.lists(NAMES, max_size=40), st.sampled_from(UNITS), NAMES, st.booleans())
def test_a_funnel(made_of: Funnel, names: list[str], unit: str, size: str, phone: bool) -> None:
    by_team = {f"T{n}": name for n, name in enumerate(names)}
    scene = funnel(made_of, made.measure(unit=unit), by_team, size=size, own="T1", phone=phone)
    sound(scene, 328 if phone else 560)
    assert sum(word in {by_team.get(one.team) for one in made_of.outside} for word in made.words(scene)) <= len(names)


VALUES = st.one_of(st.floats(-5, 100), st.floats(0, 1e-3), st.floats(0, 90_000)).map(lambda value: round(value, 4))


@ANY
@given(
    st.lists(st.tuples(VALUES, NAMES), max_size=160).flatmap(lambda some: st.sampled_from((some, some * 6))),
    st.one_of(st.none(), VALUES), st.one_of(st.none(), VALUES), st.one_of(st.none(), VALUES),
    st.sampled_from(UNITS), st.booleans(),
)  # fmt: skip
@example([(7.0, "")] * 160, 7.0, 7.0, 7.0, "%", True)
@example([(7.0, "")] * 1_000, 7.0, 7.0, 7.0, "%", True)
@example([(float(n % 9), f"{n:03x}") for n in range(160)], 3.0, 4.0, 4.05, "%", True)
def test_a_strip(
    peers: list[tuple[float, str]], own: float | None, median: float | None, goal: float | None, unit: str, phone: bool
) -> None:
    told = [Peer(value, name) for value, name in peers]
    scene = dot_strip(told, made.measure(unit=unit), own=own, median=median, goal=goal, phone=phone)
    sound(scene, 328 if phone else 560)
    named = {name for _, name in peers} if len(peers) <= MOST_DOTS else set()
    assert ("you" in made.words(scene)) == (own is not None or "you" in named)


@st.composite
def panel_lists(draw: st.DrawFn) -> list[Panel]:
    """Panels of some charts, each with one of the verdicts, repeated until there are enough."""
    some: list[Chart] = draw(st.lists(charts(), min_size=1, max_size=4))
    verdict = st.sampled_from(("improving", "worsening", "unclear", "none", "few", "no_rule"))
    side = st.sampled_from((None, "above", "below"))
    told = []
    for chart, word, of in zip(
        some, draw(st.lists(verdict, min_size=4)), draw(st.lists(side, min_size=4)), strict=False
    ):
        run = Run(of, (Month("2026-02"), Month("2026-03")), 8, "improving") if of else None  # type: ignore[arg-type]
        told.append(replace(chart, verdict=word, run=run))  # type: ignore[arg-type]
    names = draw(st.lists(NAMES, min_size=1, max_size=12))
    return [Panel(name, told[n % len(told)]) for n, name in enumerate(names * draw(st.sampled_from((1, 1, 2, 13))))]


@settings(ANY, max_examples=25)
@given(panel_lists(), st.sampled_from(UNITS), st.booleans())
def test_small_multiples(panels: list[Panel], unit: str, phone: bool) -> None:
    scene = small_multiples(by_need(panels), made.measure(unit=unit), phone=phone)
    sound(scene, 328 if phone else 560)
    assert scene.height > 40


IDEAS = st.builds(
    IdeaState, code=st.just("D1"), title=st.text(min_size=1, max_size=120), routine=st.integers(0, 6),
    testing=st.integers(0, 6), dropped=st.integers(0, 2),
)  # fmt: skip
BRANCHES = st.builds(
    Branch, code=st.from_regex(r"[A-Za-z0-9]{1,8}", fullmatch=True), title=st.text(min_size=1, max_size=90),
    secondary=st.lists(st.text(min_size=1, max_size=90), max_size=5).map(tuple),
    ideas=st.lists(IDEAS, max_size=30).map(tuple), at_work=st.integers(0, 12), improving=st.integers(0, 3),
    worsening=st.integers(0, 3),
)  # fmt: skip
DIAGRAMS = st.builds(
    Diagram, measure=st.text(min_size=1, max_size=40), goal=st.just("6.5% by July 2026"), aim=st.text(max_size=900),
    branches=st.lists(BRANCHES, max_size=7).map(tuple), teams=st.sampled_from((12, 13, 160)),
)  # fmt: skip


@settings(ANY, max_examples=25)
@given(DIAGRAMS, st.booleans())
def test_a_driver_diagram(made_of: Diagram, phone: bool) -> None:
    pages = driver_diagram(made_of, phone=phone)
    ideas = [idea for branch in made_of.branches for idea in branch.ideas]
    for scene in pages:
        sound(scene, 328 if phone else 592)
        assert scene.height < (2_400 if phone else 1_500)
    assert len(table(made_of)) == len(ideas) + sum(not branch.ideas for branch in made_of.branches)


@settings(ANY, max_examples=5)
@given(DIAGRAMS)
def test_both_writers_take_any_driver_diagram(made_of: Diagram) -> None:
    scene = driver_diagram(made_of)[0]
    assert png(scene)[:4] == b"\x89PNG"
    assert svg(scene, title="Drivers", description="").startswith("<svg")
