"""Words laid over a picture: on any ground, over its edge, and the same ones in many places."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reporting.draw.pictures import Picture, read

from breakthrough.reporting.draw import Rect, Scene, Text, png
from breakthrough.reporting.draw.colours import BLUE, FOG, HAZE, INK, PAPER, RUST, SLATE, rgb
from breakthrough.reporting.draw.scene import Anchor, Mark


def drawn(*marks: Mark, width: float = 100, height: float = 40) -> Picture:
    return read(png(Scene(width, height, marks)))


def pixels(picture: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(picture.rows)


def has(picture: Picture, colour: str) -> bool:
    return any(rgb(colour) in row for row in picture.rows)


@settings(deadline=None, max_examples=40)
@given(
    st.integers(-30, 110),
    st.integers(-10, 50),
    st.sampled_from(["start", "middle", "end"]),
    st.sampled_from([0, -90, 30]),
)
def test_words_over_an_edge_are_what_is_left_of_them_in_a_larger_picture(
    x: int, y: int, anchor: str, rotation: int
) -> None:
    text = Text(x, y, "Goal 6.5%", 12, INK, anchor=anchor, rotation=rotation)  # type: ignore[arg-type]
    moved = Text(x + 100, y + 100, "Goal 6.5%", 12, INK, anchor=anchor, rotation=rotation)  # type: ignore[arg-type]
    whole = pixels(drawn(moved, width=300, height=240))
    assert (pixels(drawn(text)) == whole[200:280, 200:400]).all()


@pytest.mark.parametrize(("ground", "colour"), [(PAPER, INK), (HAZE, SLATE), (INK, PAPER), (FOG, BLUE)])
def test_words_stand_in_their_own_colour_on_any_ground(ground: str, colour: str) -> None:
    picture = drawn(Rect(0, 0, 100, 40, fill=ground), Text(50, 28, "HIM", 24, colour, 600, "middle"))
    assert has(picture, colour)
    assert picture.rows[0][0] == rgb(ground)
    colours = {tuple(one) for row in picture.rows for one in row}
    between = np.linspace(rgb(ground), rgb(colour), 200)
    off = [abs(between - one).max(axis=1).min() for one in colours]
    assert max(off) <= 24, "every edge lies between the two"


def test_the_later_of_two_words_at_one_place_is_the_one_that_is_read() -> None:
    both = (Text(10, 25, "M", 20, SLATE, 600), Text(10, 25, "M", 20, RUST, 600))
    assert has(drawn(*both), RUST)
    assert not has(drawn(*both), SLATE)


def test_no_mark_hides_words_that_are_listed_before_it() -> None:
    text, cover = Text(10, 25, "M", 20, INK, 600), Rect(0, 0, 100, 40, fill=HAZE)
    assert (pixels(drawn(text, cover)) == pixels(drawn(cover, text))).all()


def test_the_same_words_look_the_same_wherever_they_stand() -> None:
    picture = pixels(drawn(*(Text(x, 25, "8 of 8", 11, SLATE) for x in (2, 52))))
    assert (picture[:, :80] == picture[:, 100:180]).all()


def test_words_of_blanks_leave_no_ink() -> None:
    assert (pixels(drawn(Text(10, 25, " ", 12, INK))) == 255).all()


@pytest.mark.parametrize("anchor", ["start", "middle", "end"])
def test_words_far_longer_than_any_picture_are_cut_off_and_come_back_nowhere(anchor: Anchor) -> None:
    endless = Text(50, 20, "m" * 10_000, 12, INK, 400, anchor)
    seen = 200 if anchor == "middle" else 50  # letters that lie within the picture, or more
    near = Text(50, 20, "m" * seen * (2 if anchor == "middle" else 1), 12, INK, 400, anchor)
    assert png(Scene(100, 40, (endless,))) == png(Scene(100, 40, (near,)))
