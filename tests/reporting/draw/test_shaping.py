"""Words in other alphabets in pictures for mail: letters join and change places, and take the room that was measured."""

from __future__ import annotations

import logging

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.reporting.draw.likeness import Pixels, read

from breakthrough.reporting.draw import Rect, Scene, Text, png
from breakthrough.reporting.draw.colours import INK, PAPER
from breakthrough.reporting.draw.scene import Weight, plain
from breakthrough.reporting.draw.text import box, cut, shown, width

NAMES = (
    "مدرسة الملك فهد",
    "ابتدائية النور 12",
    "می\u200cخواهم",
    "प्राथमिक विद्यालय क्षेत्र",
    "Київська школа № 5",
    "Ελληνικό Λύκειο",
    "בית ספר יסודי",
    "Trường Nguyễn Huệ",
    "St. Mary’s / مدرسة",
)
ROOM = 260


def drawn(*texts: Text) -> Pixels:
    return read(png(Scene(ROOM, 60, texts)))


def ink(picture: Pixels) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is dark, in drawn units."""
    down, across = np.nonzero(picture.min(axis=2) < 150)
    return across.min() / 2, down.min() / 2, (across.max() + 1) / 2, (down.max() + 1) / 2


def long(words: str, weight: Weight = 400) -> float:
    left, _, right, _ = ink(drawn(Text(10, 40, words, 13, INK, weight)))
    return right - left


@pytest.mark.parametrize("weight", [400, 600])
@pytest.mark.parametrize("words", NAMES)
def test_words_in_any_alphabet_stay_in_their_box(words: str, weight: Weight) -> None:
    text = Text(10, 40, words, 13, INK, weight)
    left, top, right, bottom = ink(drawn(text))
    room = box(text)
    assert room.left - 1 <= left < right <= room.right + 0.5
    assert room.top - 0.5 <= top < bottom <= room.bottom + 0.5  # a pixel
    assert right - left > 0.5 * (room.right - room.left)


def test_arabic_letters_join() -> None:
    apart = sum(long(letter) for letter in "نبيل")
    assert long("نبيل") < 0.9 * apart


def test_arabic_runs_from_right_to_left() -> None:
    alone = drawn(Text(10, 40, "ا", 13, INK))
    left, _, right, _ = ink(alone)
    first = drawn(Text(10, 40, "اس", 13, INK))  # alef, the first letter, stands at the right end
    end = ink(first)[2]
    stem = first[:, round(2 * (end - (right - left))) : round(2 * end)]
    assert (stem.min(axis=(1, 2)) < 150).sum() == pytest.approx((alone.min(axis=(1, 2)) < 150).sum(), abs=2)


def test_hindi_signs_change_places() -> None:
    consonant, with_sign = "क", "कि"  # the vowel is written after the consonant and stands before it
    shape = drawn(Text(10, 40, consonant, 13, INK))
    left, top, right, bottom = (round(2 * edge) for edge in ink(shape))
    both = drawn(Text(10, 40, with_sign, 13, INK))
    glyph = shape[top:bottom, left:right].astype(int)

    def unlike(at: int) -> float:
        return float(abs(both[top:bottom, at : at + right - left].astype(int) - glyph).mean())

    assert min(unlike(at) for at in range(left + 4, left + 30)) < unlike(left) / 2


@pytest.mark.parametrize(("anchor", "at"), [("start", 0), ("middle", 0.5), ("end", 1)])
def test_anchors_hold_for_words_that_are_shaped(anchor: str, at: float) -> None:
    left, _, right, _ = ink(drawn(Text(130, 40, "Київ", 13, INK, anchor=anchor)))  # type: ignore[arg-type]
    assert left + at * (right - left) == pytest.approx(130, abs=1.5)


def test_shaped_words_can_be_turned() -> None:
    left, top, right, bottom = ink(drawn(Text(50, 58, "Київ", 13, INK, rotation=-90)))
    assert bottom - top > right - left
    assert bottom <= 58.5


def test_shaped_words_can_have_another_colour_and_ground() -> None:
    picture = read(png(Scene(80, 30, (Rect(0, 0, 80, 30, fill=INK), Text(5, 20, "مدرسة", 13, PAPER)))))
    assert tuple(picture[1, 1]) == (0x17, 0x21, 0x2B)
    assert (picture.min(axis=2) > 240).any()


def test_what_stands_outside_of_the_picture_is_cut_off() -> None:
    assert read(
        png(Scene(20, 12, (Text(-30, 4, "Київська школа", 13, INK), Text(500, 500, "Київ", 13, INK))))
    ).shape == (24, 40, 3)


def test_a_letter_of_another_alphabet_is_drawn_and_one_of_none_is_a_box(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert shown("Ж م क א ệ Ω") == "Ж م क א ệ Ω"
        assert shown("🎉 文") == "□ □"
    assert not [record for record in caplog.records if "CYRILLIC" in record.getMessage()]
    assert ink(drawn(Text(10, 40, "🎉", 13, INK)))[0] >= 10


def test_joiners_stay_where_they_are_spelling_and_go_elsewhere() -> None:
    assert plain("می\u200cخواهم") == "می\u200cخواهم"
    assert plain("क्\u200dष") == "क्\u200dष"
    assert plain("a\u200db\u200c") == "ab"
    assert long("می\u200cخواهم") != long("میخواهم")


def test_the_same_words_give_the_same_bytes_and_other_places_other_ones() -> None:
    texts = tuple(Text(10, 20, name, 13, INK) for name in NAMES)
    assert png(Scene(ROOM, 60, texts)) == png(Scene(ROOM, 60, texts))
    assert png(Scene(ROOM, 60, texts[:1])) != png(Scene(ROOM, 60, texts[1:2]))


SIGNS = ("", "ा", "ि", "ी", "ु", "े", "ो", "्य", "्र")
ALPHABETS = (
    tuple("ابتثجحخدذرزسشصضطظعغفقكلمنهويةىء"),
    tuple(consonant + sign for consonant in "कखगघचजटडतदनपबमयरलवशसह" for sign in SIGNS),
    tuple("абвгдежзиклмнопрстуфхцАЖШЩ"),
    tuple("αβγδεζηθικλμνξοπρστυφωΩ"),
    tuple("אבגדהוזחטיכלמנסעפצקרשת"),
)
WORDS = st.sampled_from(ALPHABETS).flatmap(
    lambda letters: st.lists(st.sampled_from(letters), min_size=1, max_size=12).map("".join)
)


@settings(max_examples=80, deadline=None)
@given(WORDS, st.sampled_from((400, 600)))
@example("α" + "π" * 11, 400)  # the bundled font has the second letter, and not the first
def test_no_word_takes_more_room_than_was_measured(word: str, weight: Weight) -> None:
    assert long(word, weight) <= width(word, 13, weight) + 1.5


@given(st.text(max_size=60), st.floats(5, 200))
def test_words_of_any_alphabet_are_cut_to_their_room(words: str, limit: float) -> None:
    short = cut(words, limit, 12)
    assert width(short, 12) <= max(limit, width("…", 12))
    assert short == plain(words) or short.endswith("…")
