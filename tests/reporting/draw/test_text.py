"""Measuring words against the font file itself."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from breakthrough.reporting.draw.scene import Text, Weight, plain
from breakthrough.reporting.draw.text import Box, _report, balanced, box, cut, face, lines, shown, width

FONTS = Path(__file__).parents[3] / "reports" / "static" / "fonts"
FILES = {400: FONTS / "BreakthroughSans-Regular.otf", 600: FONTS / "BreakthroughSans-SemiBold.otf"}


@pytest.mark.parametrize("weight", [400, 600])
def test_a_width_is_the_sum_of_the_letters_advances(weight: Weight) -> None:
    font = TTFont(FILES[weight])
    glyphs = [font.getBestCmap()[ord(letter)] for letter in "27,563 of 404,666"]
    units = sum(font["hmtx"][glyph][0] for glyph in glyphs)
    assert width("27,563 of 404,666", 11, weight) == pytest.approx(units / font["head"].unitsPerEm * 11)


def test_both_weights_are_one_family_with_a_name_of_its_own_under_the_open_font_licence() -> None:
    names = [TTFont(path)["name"] for path in FILES.values()]
    assert [table.getDebugName(1) for table in names] == ["Breakthrough Sans"] * 2
    assert all("SIL Open Font License" in table.getDebugName(13) for table in names)
    assert [TTFont(path)["OS/2"].usWeightClass for path in FILES.values()] == [400, 600]
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text()


@pytest.mark.parametrize("weight", [400, 600])
def test_the_font_has_every_letter_that_charts_use(weight: Weight) -> None:
    wanted = "ĄąĆćŁłŃńŻżŽžŐőŪūŢţȘșŴŵ→←↑↓≤≥≠σΔ′–—…“”‘’×−◆■○①②③④⑤⑥⑦⑧⑨€"
    assert [letter for letter in wanted if ord(letter) not in face(weight).advances] == []


def test_a_letter_the_font_lacks_counts_as_a_whole_em() -> None:
    assert width("中", 12) == 12


def test_a_letter_the_font_lacks_is_shown_as_a_box_and_its_alphabet_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _report.cache_clear()  # other tests may have met the alphabet before
    with caplog.at_level(logging.WARNING):
        assert shown("aกข!") == "a□□!"
        assert shown("ก") == "□"
    assert [record.getMessage() for record in caplog.records] == [
        "The chart font has no letters of the kind THAI. Charts in mail show a box for each; web pages are not affected."
    ]


def test_words_are_kept_composed_and_without_what_cannot_be_seen() -> None:
    assert plain("Z\u030cory\u200b \n\t\u202eM\x00") == "Žory M"
    assert Text(0, 0, "e\u0301\u2066", 12, "#000000").string == "é"


def test_words_that_fit_are_left_as_they_are() -> None:
    assert cut("Cause sheet", 200, 12) == "Cause sheet"


def test_words_too_long_end_in_an_ellipsis_within_their_room() -> None:
    short = cut("Three-question cause sheet, read every Friday", 100, 12)
    assert short == "Three-question…"
    assert width(short, 12) <= 100


def test_a_word_longer_than_its_room_is_cut_and_not_run_over() -> None:
    assert all(width(line, 12) <= 60 for line in lines("x" * 500 + " and more", 60, 12))


def test_lines_break_at_spaces_and_the_last_one_is_cut() -> None:
    words = "one two three four five six seven eight nine ten"
    assert lines(words, 60, 12, most=2) == ("one two", "three…")
    assert lines("one two", 60, 12) == ("one two",)


def test_balanced_lines_are_as_many_and_shorter() -> None:
    words = "Worsening signal: Dec above the upper limit"
    greedy, even = lines(words, 230, 12, 600), balanced(words, 230, 12, 600)
    assert len(greedy) == len(even) == 2
    assert " ".join(even) == words
    assert max(width(line, 12, 600) for line in even) < max(width(line, 12, 600) for line in greedy)


def test_boxes_follow_anchor_and_turn() -> None:
    wide = width("closed", 10)
    level = box(Text(50, 20, "closed", 10, "#000000", anchor="middle"))
    assert level.left == pytest.approx(50 - wide / 2)
    assert level.right == pytest.approx(50 + wide / 2)
    assert level.top < 20 - 7.5 < 20 < level.bottom
    upright = box(Text(50, 20, "closed", 10, "#000000", rotation=-90))
    assert upright.bottom == pytest.approx(20)
    assert upright.top == pytest.approx(20 - wide)
    assert upright.left < 50 - 7.5 < 50 < upright.right


def test_boxes_touch_when_they_overlap_or_come_closer_than_asked() -> None:
    assert Box(0, 0, 10, 10).touches(Box(9, 9, 20, 20))
    assert not Box(0, 0, 10, 10).touches(Box(10, 0, 20, 10))
    assert Box(0, 0, 10, 10).touches(Box(11, 0, 20, 10), 2)
