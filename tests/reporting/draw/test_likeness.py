"""The eye of the other tests: what it takes for the same picture, and what it sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.reporting.draw.likeness import Pixels, compared, read

from breakthrough.reporting.draw import Circle, Line, Rect, Scene, Text, png
from breakthrough.reporting.draw.colours import BLUE, HAZE, INK, MIST, RUST, SLATE

MARKS = (
    Rect(0, 20, 200, 40, fill=HAZE),
    Line(0, 30, 200, 30, MIST, 1),
    Line(0, 50, 200, 50, MIST, 0.5),
    Text(10, 18, "Median 7.4%", 12.5, SLATE, 600),
    Circle(150, 40, 3.6, fill=INK),
)


def drawn(*marks: object) -> Pixels:
    return read(png(Scene(200, 80, marks)))  # type: ignore[arg-type]


def changed(at: int, **how: object) -> Pixels:
    """The picture with one of its marks otherwise."""
    one: Any = MARKS[at]
    return drawn(*MARKS[:at], one._replace(**how), *MARKS[at + 1 :])


def test_a_picture_is_like_itself() -> None:
    assert compared(drawn(*MARKS), drawn(*MARKS)).worst == 0


def test_edges_smoothed_otherwise_are_not_seen() -> None:
    assert compared(drawn(*MARKS), changed(4, x=150.25)).same
    assert compared(drawn(*MARKS), changed(3, x=10.25)).same


@pytest.mark.parametrize("at", range(len(MARKS)))
def test_a_mark_that_is_not_there_is_seen_either_way(at: int) -> None:
    without = drawn(*MARKS[:at], *MARKS[at + 1 :])
    assert not compared(drawn(*MARKS), without).same
    assert not compared(without, drawn(*MARKS)).same


@pytest.mark.parametrize(
    ("at", "how"),
    [(3, {"string": "Median 7.1%"}), (3, {"x": 13}), (3, {"colour": RUST}), (4, {"fill": BLUE}), (4, {"y": 43}), (3, {"weight": 400})],
    ids=["a figure", "words aside", "their colour", "a dot's colour", "a dot lower", "another weight"],
)  # fmt: skip
def test_a_small_change_is_seen_and_where(at: int, how: dict[str, object]) -> None:
    found = compared(drawn(*MARKS), changed(at, **how))
    assert not found.same
    where = MARKS[at]
    assert isinstance(where, Text | Circle)
    assert abs(found.y / 2 - where.y) < 20


def test_pictures_of_other_sizes_are_refused() -> None:
    with pytest.raises(AssertionError, match="20 by 10 pixels, not 10 by 10"):
        compared(np.zeros((10, 20, 3), np.uint8), np.zeros((10, 10, 3), np.uint8))
