"""Scenes as palette PNGs, read back pixel by pixel."""

from __future__ import annotations

import struct
from itertools import pairwise

import pytest
from tests.reporting.draw.pictures import Picture, chunks, read

from breakthrough.reporting.draw import Circle, Line, Polygon, Polyline, Rect, Scene, Text, png
from breakthrough.reporting.draw.colours import BLUE, BRAND, FOG, INK, PAPER, PLUM, RUST, SLATE, rgb
from breakthrough.reporting.draw.palette import colours, nearest
from breakthrough.reporting.draw.scene import Mark
from breakthrough.reporting.draw.text import box, width

WHITE = (255, 255, 255)


def drawn(*marks: Mark, width: float = 100, height: float = 40) -> Picture:
    return read(png(Scene(width, height, marks)))


def test_a_picture_is_twice_its_drawn_size_and_says_so() -> None:
    parts = dict(chunks(png(Scene(100, 40, ()))))
    assert struct.unpack(">II", parts[b"IHDR"][:8]) == (200, 80)
    assert struct.unpack(">IIB", parts[b"pHYs"]) == (7560, 7560, 1)
    assert list(dict.fromkeys(name for name, _ in chunks(png(Scene(1, 1, ()))))) == [
        b"IHDR",
        b"pHYs",
        b"PLTE",
        b"IDAT",
        b"IEND",
    ]


@pytest.mark.parametrize(("width", "height"), [(10.5, 4.5), (10.5, 4), (10, 4.5), (0.5, 0.5)])
def test_a_picture_of_an_odd_size_has_as_many_pixels_and_no_more(width: float, height: float) -> None:
    picture = drawn(Rect(0, 0, width, height, fill=FOG), Line(0, 0.5, 20, 0.5, INK, 1), width=width, height=height)
    assert (picture.width, picture.height) == (width * 2, height * 2)
    assert picture.colours() <= {rgb(FOG), rgb(INK)}
    assert set(picture.rows[0]) == {rgb(INK)}


def test_the_ground_is_exactly_white_up_to_its_corners() -> None:
    picture = drawn(Text(10, 25, "Median 7.4%", 12.5, SLATE, 600))
    corners = [picture.rows[y][x] for y in (0, -1) for x in (0, -1)]
    assert corners == [WHITE] * 4


def test_the_same_scene_gives_the_same_bytes() -> None:
    marks = (Text(10, 25, "Mar 6.8%", 12.5, INK, 600), Line(0, 30, 90, 30, PLUM, 1.8, (7, 4)))
    assert png(Scene(100, 40, marks)) == png(Scene(100, 40, marks))
    assert png(Scene(100, 40, marks)) != png(Scene(100, 40, marks[:1]))


@pytest.mark.parametrize("weight", [400, 600])
@pytest.mark.parametrize("words", ["Median 7.4%", "≤ ≥ ≠ σ Δ ′ – — … × −", "Żory München Łódź", "→ ← ✓ €"])
def test_words_are_really_drawn_and_stay_in_their_box(words: str, weight: int) -> None:
    text = Text(10, 25, words, 12, INK, weight)  # type: ignore[arg-type]
    picture, room = drawn(text, width=200), box(text)
    assert picture.darkest(room.left, room.top, room.right, room.bottom) < 300
    assert picture.darkest(0, 0, 200, room.top - 1) == 765
    assert picture.darkest(0, room.bottom + 1, 200, 40) == 765
    assert picture.darkest(room.right + 1, 0, 200, 40) == 765
    assert picture.darkest(0, 0, room.left - 1, 40) == 765


@pytest.mark.parametrize(("anchor", "left", "right"), [("start", 0, 1), ("middle", -0.5, 0.5), ("end", -1, 0)])
def test_words_begin_or_end_or_centre_at_their_place(anchor: str, left: float, right: float) -> None:
    long = width("closed", 10.5)
    picture = drawn(Text(50, 25, "closed", 10.5, INK, anchor=anchor))  # type: ignore[arg-type]
    dark = [x / 2 for row in picture.rows for x, colour in enumerate(row) if sum(colour) < 400]
    assert min(dark) == pytest.approx(50 + left * long, abs=1.5)
    assert max(dark) == pytest.approx(50 + right * long, abs=1.5)


def test_turned_words_run_upwards_from_their_place() -> None:
    text = Text(50, 36, "closed", 10, INK, rotation=-90)
    picture = drawn(text)
    dark = [(x / 2, y / 2) for y, row in enumerate(picture.rows) for x, colour in enumerate(row) if sum(colour) < 400]
    assert min(x for x, _ in dark) > 41
    assert max(x for x, _ in dark) < 52
    assert max(y for _, y in dark) <= 36
    assert min(y for _, y in dark) == pytest.approx(36 - width("closed", 10), abs=1.5)


def test_a_letter_the_font_lacks_is_a_box_and_not_a_crash() -> None:
    picture = drawn(Text(10, 25, "中文", 12, INK))
    assert picture.darkest(10, 12, 40, 28) < 300


def test_every_brand_colour_is_drawn_as_it_is() -> None:
    marks = [Rect(n * 8, 0, 8, 20, fill=colour) for n, colour in enumerate(BRAND)]
    picture = drawn(*marks)
    assert [picture.at(n * 8 + 4, 10) for n in range(len(BRAND))] == [rgb(colour) for colour in BRAND]


def test_filled_boxes_on_whole_pixels_have_sharp_edges() -> None:
    picture = drawn(Rect(10, 10, 20, 10, fill=INK))
    assert picture.rows[20][19:22] == (WHITE, rgb(INK), rgb(INK))
    assert picture.rows[19][30] == WHITE
    assert picture.rows[39][30] == rgb(INK)
    assert picture.rows[40][30] == WHITE


def test_a_level_line_of_one_unit_fills_two_rows_of_pixels() -> None:
    picture = drawn(Line(0, 10, 100, 10, SLATE, 1))
    assert [picture.rows[y][100] for y in (18, 19, 20, 21)] == [WHITE, rgb(SLATE), rgb(SLATE), WHITE]


def test_dashes_leave_gaps() -> None:
    picture = drawn(Line(0, 10, 100, 10, PLUM, 2, (7, 4)))
    row = [colour == WHITE for colour in picture.rows[20]]
    gaps = sum(1 for before, now in pairwise(row) if now and not before)
    assert gaps == 9  # after 7, 18, 29 … 95 of 100


def test_strokes_have_round_ends_and_joins() -> None:
    picture = drawn(Polyline(((20, 30), (50, 10), (80, 30)), INK, 6))
    assert picture.at(50, 8) != WHITE
    assert picture.at(50, 5.5) == WHITE  # a mitre would reach to 5


def test_shapes_are_filled_and_framed() -> None:
    picture = drawn(
        Circle(20, 20, 8, fill=BLUE),
        Circle(50, 20, 8, stroke=RUST, stroke_width=2),
        Polygon(((80, 10), (90, 20), (80, 30), (70, 20)), fill=FOG, stroke=INK, stroke_width=2),
        Rect(2, 2, 10, 6, stroke=PLUM, stroke_width=2, radius=2),
    )
    assert picture.at(20, 20) == rgb(BLUE)
    assert (picture.at(50, 20), picture.at(58, 20)) == (WHITE, rgb(RUST))
    assert (picture.at(80, 20), picture.at(70.5, 20)) == (rgb(FOG), rgb(INK))
    assert (picture.at(7, 5), picture.at(7, 2)) == (WHITE, rgb(PLUM))


def test_of_circles_that_overlap_the_later_one_covers_the_frame_of_the_one_before() -> None:
    one, two = (Circle(x, 20, 8, fill=BLUE, stroke=FOG, stroke_width=2) for x in (40, 46))
    for marks, before, later in (((one, two), 48, 38), ((two, one), 38, 48)):
        picture = drawn(*marks)
        assert (picture.at(before, 20), picture.at(later, 20)) == (rgb(BLUE), rgb(FOG))


def test_an_opaque_ground_of_another_colour_is_kept() -> None:
    assert read(png(Scene(10, 10, (), ground=FOG))).colours() == {rgb(FOG)}


def test_the_palette_begins_with_white_and_fits_a_byte() -> None:
    palette = [tuple(int(part) for part in colour) for colour in colours()]
    assert palette[0] == rgb(PAPER) == WHITE
    assert len(set(palette)) == len(palette) <= 256


def test_every_colour_goes_to_its_nearest_in_the_palette() -> None:
    palette, index = colours().astype(int), nearest()
    for red, green, blue in ((250, 251, 252), (30, 40, 50), (180, 185, 190), (10, 90, 170), (200, 120, 60)):
        found = palette[index[red >> 3 << 10 | green >> 3 << 5 | blue >> 3]]
        best = min(sum((a - b) ** 2 for a, b in zip(colour, (red, green, blue), strict=True)) for colour in palette)
        assert sum((a - b) ** 2 for a, b in zip(found, (red, green, blue), strict=True)) <= best + 400
