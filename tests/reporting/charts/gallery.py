"""Charts of every kind from fixed figures, in the cuts in which they are used: what is looked at, and kept as goldens.

`make goldens` draws them anew into tests/goldens/charts. Look at each before it is kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from tests.measures.sheets import collaborative, form, frame
from tests.reporting.charts import made

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative, Measure
from breakthrough.content import Content
from breakthrough.measures import Chart
from breakthrough.measures.funnel import Funnel
from breakthrough.measures.funnel import funnel as funnel_of
from breakthrough.measures.values import Occurrence, Run, State
from breakthrough.month import Month
from breakthrough.reporting.charts import (
    Beside,
    Panel,
    Peer,
    TestMark,
    by_need,
    dot_strip,
    driver_diagram,
    funnel,
    ramp,
    rating_distribution,
    row,
    small_multiples,
    timeline,
    year_on_year,
)
from breakthrough.reporting.charts.drivers import Branch, Diagram, IdeaState, diagram
from breakthrough.reporting.draw import Scene, png
from breakthrough.teams.changes import Change, Followed, Stage

FOLDER = Path(__file__).parents[2] / "goldens" / "charts"
TOWNS = (
    "County Durham", "Darlington", "Gateshead", "Hartlepool", "Middlesbrough", "Newcastle upon Tyne", "North Tyneside",
    "Northumberland", "Redcar and Cleveland", "South Tyneside", "Stockton-on-Tees", "Sunderland",
)  # fmt: skip
ELSEWHERE = ("مدرسة الملك فهد", "प्राथमिक विद्यालय", "Чернівці", "ירושלים", "ابتدائية النور", "Λύκειο")
IDEAS = (
    "Greeter at the door", "A note with the days missed, sent home every Friday", "A driver of a great many ideas",
    "One thing that it rests on", "6.5% by July 2026", "Pupils miss no more than 6.5 of 100 days.", "Absence rate",
)  # fmt: skip
UNTIL = Month("2026-07")
RATES: tuple[float | State | None, ...] = (
    6.1, 6.8, 7.4, 9.0, 6.6, 7.4, 7.7, 7.2, 8.0, 7.9, 8.0, None, 6.3, 6.9, 8.2, 8.7, 6.9, 6.7, 6.8,
)  # fmt: skip
BELOW: tuple[float | State | None, ...] = (*RATES[:12], 6.3, 6.9, 6.8, 6.7, 6.5, 6.4, 6.2)
GAPS: tuple[float | State | None, ...] = (*RATES[:12], 6.3, "late", 8.2, "invalid", 6.9, "no_cases", "missing")
TESTS = (
    TestMark(1, dt.date(2025, 10, 6), dt.date(2025, 10, 17), finished=True),
    TestMark(2, dt.date(2025, 11, 24), dt.date(2025, 12, 12), finished=True),
    TestMark(3, dt.date(2026, 1, 12), dt.date(2026, 2, 13), finished=True),
    TestMark(4, dt.date(2026, 3, 9), None, finished=False),
)


@cache
def scenes() -> Mapping[str, Scene]:
    """Every picture by its name."""
    return dict(_all())


def _all() -> Iterator[tuple[str, Scene]]:
    yield from timelines()
    yield from years()
    yield from ramps()
    yield from ratings()
    yield from funnels()
    yield from strips()
    yield from multiples()
    yield from drivers()


def _run(values: tuple[float | State | None, ...] = RATES, **changes: Any) -> Chart:
    return made.chart(made.points(values), **changes)


def _signals(chart: Chart, direction: Any, first: str, last: str, rule: str = "shift") -> Chart:
    told = made.signal(rule, direction, list(Month(first).to(Month(last))))
    return replace(chart, signals=(told,), verdict=direction)


def timelines() -> Iterator[tuple[str, Scene]]:
    """Run charts, and what has limits, phases, events or nothing yet."""

    def drawn(chart: Chart, measure: Measure | None = None, **how: Any) -> Scene:
        told: dict[str, Any] = {"events": made.EVENTS, "tests": TESTS, "until": UNTIL} | how
        return timeline(chart, measure or made.measure(), **told)

    line = _run()
    middle = tuple(
        (point.month, None if point.value is None or at == 16 else point.value + (0.3, -0.2, 0.5)[at % 3])
        for at, point in enumerate(line.points)
    )
    for name, cut in (("timeline-beside", {"wide": 592}), ("timeline-beside-phone", {"phone": True})):
        yield name, drawn(line, tests=(), beside=Beside("Teams’ median 7.1%", middle), **cut)

    better = _signals(_run(BELOW), "improving", "2025-11", "2026-03")
    worse = _signals(_run((*RATES[:12], 8.3, 8.4, 8.2, 8.7, 8.9, 8.6, 8.8)), "worsening", "2025-09", "2026-03")
    yield "run", drawn(_run())
    yield "run-phone", drawn(_run(), phone=True)
    yield "run-improving", drawn(better)
    yield "run-improving-phone", drawn(better, phone=True)
    yield "run-worsening", drawn(worse)
    yield "run-states", drawn(_run(GAPS), tests=())
    yield "run-phases", drawn(_phases(), tests=())
    yield "p-prime", drawn(_limited(), tests=())
    yield "t-events", drawn(_events(), made.measure(name="Days between falls", unit=" days", decimals=0), tests=())
    yield "run-empty", drawn(made.chart(made.points(["not_due", "not_due"], first="2025-09")), tests=())


def _phases() -> Chart:
    months: list[float | State | None] = [
        7.9,
        8.1,
        7.7,
        8.4,
        8.0,
        7.8,
        8.2,
        None,
        7.9,
        8.3,
        7.6,
        8.0,
        7.0,
        6.8,
        7.1,
        6.6,
        "missing",
        6.9,
        6.7,
    ]
    chart = _run(tuple(months))
    return replace(
        chart, centre=(*(8.0 for _ in range(12)), *(6.85 for _ in range(7))), line="median since September 2025"
    )


def _limited() -> Chart:
    chart = _run(RATES, kind="p_prime", line="baseline average")
    spread = [0.9 + 0.15 * (n % 3) for n in range(len(RATES))]
    centre = [7.5 for _ in RATES]
    return replace(
        chart,
        centre=tuple(centre),
        lower=tuple(c - s for c, s in zip(centre, spread, strict=True)),
        upper=tuple(c + s for c, s in zip(centre, spread, strict=True)),
        signals=(made.signal("limits", "worsening", [Month("2024-12")], "baseline average"),),
    )


def _events() -> Chart:
    days = [3, 11, 6, 20, 14, 9, 31, 18, 26, 40, 22, 35]
    counted = made.points([float(n) for n in days], first="2025-04", start="2025-09")
    points = [replace(point, numerator=None, denominator=None) for point in counted]
    events = tuple(
        Occurrence(point.month, 1 + 5 * n % 28, float(n), "reported") for n, point in zip(days, points, strict=True)
    )
    return made.chart(
        points, kind="t", line="average of all months", each="event", events=events, goal=None, goal_by=None
    )


def years() -> Iterator[tuple[str, Scene]]:
    """Year on year."""
    so_far = [
        20.4,
        19.9,
        19.5,
        20.8,
        20.1,
        19.8,
        19.4,
        19.2,
        19.0,
        18.9,
        18.8,
        None,
        18.9,
        18.6,
        18.4,
        19.5,
        18.9,
        18.6,
        18.2,
    ]
    chart = _run(tuple(so_far), kind="year_on_year", line="", verdict="no_rule", goal=18.0)
    chart = replace(chart, centre=(None,) * len(so_far))
    measure = made.measure(name="Persistent absence")
    yield "year-on-year", year_on_year(chart, measure)
    yield "year-on-year-phone", year_on_year(chart, measure, phone=True)


def ramps() -> Iterator[tuple[str, Scene]]:
    """Ramps of PDSA cycles."""
    cycles = [
        made.cycle(1, scale=1, predicted=80.0, result_number=60.0),
        made.cycle(2, scale=2, predicted=75.0, result_number=74.0, start=dt.date(2025, 12, 1), end=dt.date(2025, 12, 12)),
        made.cycle(
            3, scale=3, predicted=80.0, result_number=82.0, decision="extend", start=dt.date(2026, 1, 12),
            end=dt.date(2026, 2, 6),
        ),
        made.cycle(
            4, scale=4, predicted=85.0, result_number=None, met="", decision="", status="awaiting study", score=5,
            missing=("result", "study", "decision"), start=dt.date(2026, 3, 2), end=dt.date(2026, 3, 20),
        ),
    ]  # fmt: skip
    told: dict[str, Any] = {"measures": {"ca_c5": made.measure()}, "today": dt.date(2026, 4, 15)}
    ideas = {"D1c": "Three-question cause sheet"}
    yield "ramp", ramp(cycles, ideas, **told)
    yield "ramp-phone", ramp(cycles, ideas, phone=True, **told)


def ratings() -> Iterator[tuple[str, Scene]]:
    """How many teams stand where, and the rows of a grid."""
    months = [Month("2025-10") + n for n in range(6)]
    levels = {
        month: {1.5: max(0, 5 - n), 2.0: 4, 2.5: min(3, n), 3.0: n // 2, 3.5: int(n > 3), 4.0: int(n > 4)}
        for n, month in enumerate(months)
    }
    yield "ratings", rating_distribution(levels, 4.0, months)
    yield "ratings-phone", rating_distribution(levels, 4.0, months, phone=True)
    many = {month: {level: 15 * number for level, number in of.items()} for month, of in levels.items()}
    yield "ratings-many", rating_distribution(many, 4.0, months)
    rated = [(month, 1.5 + n / 2) for n, month in enumerate(months)]
    yield "row", row(_run((*RATES[:-1], "missing")), rated, 4.0)
    yield "row-improving", row(_signals(_run(BELOW), "improving", "2025-11", "2026-03"), rated, 4.0)


@cache
def _funnel(teams: int, spread: float, largest: int = 9_000) -> Funnel:
    chance = np.random.default_rng(teams)
    of: dict[str, dict[str, dict[str, object]]] = {}
    for n in range(teams):
        seen = int(60 + largest * (n + 1) ** 2 / teams**2)
        share = float(np.clip(chance.normal(0.072, spread), 0.01, 0.5))
        hits = [int(chance.binomial(seen, share)) for _ in range(3)]
        of[f"T{n + 1:03}"] = {f"2026-0{4 + at}": {"hit": hit, "seen": seen} for at, hit in enumerate(hits)}
    forms = [
        form(team, month, values, at)
        for team, months in of.items()
        for at, (month, values) in enumerate(months.items(), 1)
    ]
    return funnel_of(frame(forms, teams=list(of), until=Month("2026-06")), collaborative(), "rate")


def _named(names: tuple[str, ...]) -> dict[str, str]:
    return {f"T{n:03}": name for n, name in enumerate(names, 1)}


def funnels() -> Iterator[tuple[str, Scene]]:
    """Funnels."""
    measure, size = made.measure(), "possible half-days"
    yield "funnel", funnel(_funnel(12, 0.006), measure, _named(TOWNS), size=size)
    yield "funnel-phone", funnel(_funnel(12, 0.006), measure, _named(TOWNS), size=size, own="T009", phone=True)
    yield "funnel-few", funnel(_funnel(5, 0.002, 1_500), measure, _named(TOWNS), size=size)
    yield "funnel-many", funnel(_funnel(160, 0.012), measure, {}, size=size, own="T044")


STRIP = (6.42, 6.55, 6.6, 6.95, 7.02, 7.05, 7.3, 7.52, 7.88, 8.5, 6.58)


def strips() -> Iterator[tuple[str, Scene]]:
    """Strips of peers."""

    def drawn(labels: tuple[str, ...], **how: Any) -> Scene:
        peers = [Peer(value, label) for value, label in zip(STRIP, labels, strict=True)]
        return dot_strip(peers, made.measure(), own=6.81, median=6.98, goal=6.5, **how)

    codes = tuple(f"{n * 61 + 90:03x}" for n in range(len(STRIP)))
    yield "strip", drawn(codes)
    yield "strip-phone", drawn(codes, phone=True)
    yield "strip-unnamed", drawn(("",) * len(STRIP))
    yield "strip-named", drawn(TOWNS[:11])
    many = [Peer(round(7.2 + 0.6 * float(z), 2)) for z in np.random.default_rng(8).normal(size=159)]
    yield "strip-many-phone", dot_strip(many, made.measure(), own=6.81, median=7.2, goal=6.5, phone=True)


def panels(names: tuple[str, ...]) -> list[Panel]:
    """A panel a name: some with signals, some with months not sent."""
    made_panels = []
    for n, name in enumerate(names):
        shifted = [value if not isinstance(value, float) else round(value + (n * 7 % 11 - 5) / 5, 1) for value in RATES]
        if n % 6 == 1:
            shifted[-1] = "missing"
        chart = _run(tuple(shifted))
        side, direction = ("below", "improving") if n % 2 else ("above", "worsening")
        live = [point.month for point in chart.points if point.kind == "live" and point.value is not None]
        chart = replace(chart, run=Run(side, tuple(live[-(n % 5 + 1) :]), 8, direction))  # type: ignore[arg-type]
        if n % 6 == 4:
            chart = _signals(chart, "worsening" if n % 4 else "improving", "2025-09", "2026-03")
        made_panels.append(Panel(name, chart))
    return made_panels


def multiples() -> Iterator[tuple[str, Scene]]:
    """All teams’ panels."""
    yield "multiples", small_multiples(by_need(panels(TOWNS)), made.measure())
    yield "multiples-phone", small_multiples(by_need(panels(TOWNS[:6])), made.measure(), phone=True)
    yield "multiples-alphabets", small_multiples(panels(ELSEWHERE), made.measure())


@cache
def _absenteeism() -> Collaborative:
    return collaboratives.load(Content().collaborative("absenteeism"))


def drivers() -> Iterator[tuple[str, Scene]]:
    """Driver diagrams."""
    told = _absenteeism()
    stages: tuple[Stage, ...] = ("spread", "adopted", "testing", "adapted", "not started", "dropped", "not started")
    followed = (Followed(told.aim.measure, "improving", dt.date(2026, 1, 5), Month("2026-02"), ()),)
    changes = [
        Change(
            f"T{team:03}",
            idea.code,
            driver.code,
            _stage(stages, team, at, nth),
            None,
            (),
            followed * (at == 0 and team < 4),
        )
        for team in range(12)
        for at, driver in enumerate(told.drivers)
        for nth, idea in enumerate(driver.ideas)
    ]
    shown = diagram(told, changes)
    yield "drivers", driver_diagram(shown)[0]
    yield "drivers-phone", driver_diagram(shown, phone=True)[0]
    ideas = tuple(
        IdeaState(
            f"D9{n}",
            IDEAS[n % 2],
            40 - n,
            n,
            0,
        )
        for n in range(40)
    )
    branch = Branch("D9", "A driver of a great many ideas", ("One thing that it rests on",), ideas, 31, 5, 2)
    large = Diagram("Absence rate", "6.5% by July 2026", "Pupils miss no more than 6.5 of 100 days.", (branch,), 60)
    yield "drivers-continued", driver_diagram(large)[1]


def _stage(stages: tuple[Stage, ...], team: int, at: int, nth: int) -> Stage:
    return "not started" if at == 3 else stages[(team * 3 + at + nth * 2) % len(stages)]


def draw_anew() -> None:
    """Draws every picture into the folder of goldens; one that is no longer in the gallery goes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.png"):
        old.unlink()
    for name, scene in scenes().items():
        (FOLDER / f"{name}.png").write_bytes(png(scene))
