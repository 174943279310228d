"""Every type of measure drawn and told from real figures: nothing is cut off, and no words lie on others."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_counts, of_rows
from tests.measures.kinds.test_of_counts import COUNT, GAP, INDEX, MEAN, MEDIAN, PROPORTION, RATE
from tests.measures.kinds.test_of_rows import BUNDLE, FALLS, visit
from tests.measures.kinds.test_of_rows import MEAN as ROW_MEAN
from tests.measures.sheets import form, frame
from tests.reporting.charts import made

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures import Chart
from breakthrough.month import Month
from breakthrough.reporting.charts import plot, row, timeline
from breakthrough.reporting.charts.columns import Columns
from breakthrough.reporting.charts.scale import Scale
from breakthrough.reporting.charts.series import Series
from breakthrough.reporting.draw import png, svg
from breakthrough.reporting.sentences import alt, goals, verdicts

MONTHS = tuple(Month("2024-09").to(Month("2026-06")))
CHANGING = {"goal": 30, "goals": [{"from": "2025-12", "goal": 40}, {"from": "2026-04", "goal": 55, "by": "2026-07"}]}
VERSION = {"from": "2026-01", "change": "one more kind", "accepted_by": "Ro", "on": "2025-12-20"}
EACH: dict[str, tuple[dict[str, Any], bool]] = {
    **{f"share, {chart}": ({**PROPORTION, "chart": chart}, False) for chart in ("p", "p_prime", "i", "i_prime")},
    **{f"rate, {chart}": ({**RATE, "chart": chart}, False) for chart in ("u", "u_prime", "run")},
    **{f"count, {chart}": ({**COUNT, "chart": chart}, False) for chart in ("c", "g", "run")},
    "mean": ({**MEAN, "chart": "auto"}, False),
    "median": (MEDIAN, False),
    "index": ({**INDEX, "unit": " points"}, False),
    "difference": (GAP, False),
    "quarters": ({**PROPORTION, "every": "quarter"}, False),
    "three times a year": ({**PROPORTION, "every": [10, 1, 5]}, False),
    "goals": ({**PROPORTION, **CHANGING}, False),
    "versions": ({**PROPORTION, "versions": [{**VERSION, "numerator": "also"}]}, False),
    "mean of rows": ({**ROW_MEAN, "chart": "xbar"}, True),
    "composite": (BUNDLE, True),
    "time between": (FALLS, True),
}


def _charts(name: str) -> tuple[Collaborative, list[Chart]]:
    keys, from_rows = EACH[name]
    chance = random.Random(name)
    what = of_rows(**keys) if from_rows else of_counts(**keys)
    if from_rows:
        rows = [
            visit(at, str(month.day(chance.randint(1, 28))), **{
                field: str(chance.randint(0, 1)) for field in ("a", "b", "fall")
            }, days=str(chance.randint(-3, 40)))
            for at, month in enumerate(month for month in MONTHS for _ in range(6))
        ]  # fmt: skip
        found = audits.frame(rows, what, design=DESIGN)
    else:
        fields = {
            "hit": (5, 40),
            "seen": (60, 90),
            "also": (20, 50),
            "roll": (60, 80),
            "wait": (3, 40),
            "stay": (9, 90),
        }
        entries = [
            form("T001", month.name, {field: chance.randint(*ends) for field, ends in fields.items()}, at)
            for at, month in enumerate(MONTHS)
        ]
        found = frame(entries, what=what)
    return what, [measures.chart(found, what, "T001", "one"), measures.pooled_chart(found, what, "one")]


@pytest.mark.parametrize("name", EACH)
def test_each_kind_is_drawn_and_told(name: str) -> None:
    what, charts = _charts(name)
    measure = what.measures["one"]
    for chart in charts:
        said = verdicts.verdict(chart, measure, what.calendar)
        words = " ".join([said.heading, said.meaning, goals.sentence(chart, measure), verdicts.word(chart, measure)])
        told = alt.chart(chart, measure, said.heading)
        assert chart.latest is not None
        for bad in ("nan", "None", "inf"):
            assert bad not in f"{words} {told}"
        if chart.each != "month":
            assert "month in a row" not in words
            assert "months in a row" not in words
        for phone in (False, True):
            scene = timeline(chart, measure, events=made.EVENTS, tests=(), until=Month("2026-07"), phone=phone)
            assert made.outside(scene) == []
            assert made.colliding(scene) == []
            assert svg(scene, title="One", description=told).startswith("<svg")
            assert png(scene)[:4] == b"\x89PNG"
        assert row(chart, [], 4.0).marks


def test_quarters_are_joined_as_neighbours_and_a_quarter_not_sent_is_a_gap() -> None:
    what = of_counts(**PROPORTION, every="quarter")
    entries = [form("T001", f"2025-{m:02}", {"hit": m, "seen": 50}, m) for m in (3, 6, 12)]
    entries.append(form("T001", "2026-03", {"hit": 9, "seen": 50}, 20))
    chart = measures.chart(frame(entries, what=what), what, "T001", "one")
    joined = [[point.month.name for point in stretch] for stretch in Series(chart).joined]
    assert joined == [["2025-03", "2025-06"], ["2025-12", "2026-03"]]
    assert [point.state for point in chart.points if point.month.name == "2025-09"] == ["missing"]


def test_a_new_definition_is_named_above_its_phase() -> None:
    what, (chart, _) = _charts("versions")
    scene = timeline(chart, what.measures["one"], events=(), tests=(), until=Month("2026-07"))
    assert any(word.startswith("Defined anew") for word in made.words(scene))


def test_goals_that_held_before_are_drawn_as_a_step() -> None:
    _, (chart, _) = _charts("goals")
    columns, scale = Columns(Month("2024-09"), Month("2026-07"), 0, 230), Scale(0, 100, 10, 0, 110)
    former = plot.former_goals(chart, columns, scale)
    assert [(line.x1, line.x2, line.y1) for line in former] == [(120, 150, scale.y(30)), (150, 190, scale.y(40))]  # type: ignore[union-attr]
    now = plot.goal_line(chart, columns, scale)
    assert now == (190, 230, scale.y(55))
