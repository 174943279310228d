"""The same chart twice: drawn by our own family, and by matplotlib's object API with fixed axes, PNG bytes included."""

from __future__ import annotations

import datetime as dt
import importlib
import io
from collections.abc import Callable
from typing import Any

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.measures.values import Chart, Point
from breakthrough.month import Month
from breakthrough.reporting import charts, draw
from breakthrough.reporting.charts import TestMark

FIRST, MEDIAN, GOAL, END = Month("2024-04"), 7.4, 6.5, Month("2026-03")
VALUES = [7.4 + (-1) ** n * 0.3 + (n % 5) * 0.08 - max(0, n - 15) * 0.09 for n in range(24)]
WIDE, HIGH, SCALE = 560, 300, 2


def chart() -> Chart:
    """24 months of a share around its median, with a goal."""
    months = list(FIRST.to(END))
    points = tuple(
        Point(month, "reported", value, value * 100, 10_000.0, "live")
        for month, value in zip(months, VALUES, strict=True)
    )
    none = (None,) * len(points)
    return Chart(
        "ca_day", "T001", "run", points, (MEDIAN,) * len(points), none, none, "median of all months", False, len(points),  # noqa: E501
        (), None, "none", GOAL, END, "anhoej 1",
    )  # fmt: skip


def ours() -> Callable[[], bytes]:
    """Chart value to PNG bytes, as a report has it: scene, pixels, palette, file."""
    what = collaboratives.load(Content().collaborative("absenteeism"))
    measure, events = what.measures["ca_day"], what.calendar.events
    value = chart()
    tests = (TestMark(1, dt.date(2025, 10, 6), dt.date(2025, 10, 20), True),)

    def drawn() -> bytes:
        return draw.png(charts.timeline(value, measure, events=events, tests=tests, until=END), SCALE)

    return drawn


def matplotlib() -> Callable[[], bytes] | None:
    """The same elements at the same size by Figure and FigureCanvasAgg; None where it is not installed."""
    try:
        agg, figures = (importlib.import_module(f"matplotlib.{name}") for name in ("backends.backend_agg", "figure"))
    except ImportError:
        return None
    labels = [month.short for month in FIRST.to(END)]

    def drawn() -> bytes:
        figure: Any = figures.Figure(figsize=(WIDE / 100, HIGH / 100), dpi=100 * SCALE)
        agg.FigureCanvasAgg(figure)
        axes = figure.add_axes((0.08, 0.14, 0.78, 0.66))
        axes.plot(range(24), VALUES, color="#17212B", marker="o", markersize=3, linewidth=1.5)
        axes.hlines(MEDIAN, 0, 23, color="#4B5A67", linewidth=1.2)
        axes.hlines(GOAL, 0, 23, color="#6A3D8F", linewidth=1.2, linestyles="dashed")
        axes.text(23.4, MEDIAN, "Median 7.4 %", fontsize=7, color="#4B5A67", va="center")
        axes.text(23.4, GOAL, "Goal 6.5 %", fontsize=7, color="#6A3D8F", va="center")
        for place, words in ((17.6, "Learning session 1"), (19.7, "Learning session 2")):
            axes.axvline(place, color="#4B5A67", linewidth=0.8)
            axes.text(place, 8.4, words, fontsize=6.5, color="#4B5A67", rotation=30)
        axes.annotate("Test 1", (18.4, VALUES[18]), (18.4, 5.9), fontsize=7, arrowprops={"arrowstyle": "-"})
        axes.set_xticks(range(24), labels, fontsize=6.5)
        axes.tick_params(axis="y", labelsize=7)
        axes.set_ylim(5.5, 8.4)
        axes.grid(axis="y", color="#CFD7DD", linewidth=0.6)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        figure.text(0.02, 0.94, "Absence rate: no signal yet", fontsize=10, fontweight="semibold")
        file = io.BytesIO()
        figure.savefig(file, format="png")
        return file.getvalue()

    return drawn
