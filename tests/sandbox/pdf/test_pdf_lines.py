from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcap_sandbox.pdf import direction
from redcap_sandbox.pdf.wrapping import wrapped


def seen(line: str) -> str:
    """The line as it stands on paper from left to right."""
    levels = direction.levels(line, int(direction.is_right_to_left(line)))
    return "".join(line[place] for place in direction.order(levels))


# Capitals stand for Hebrew letters, as in the examples of UAX #9.
CAPITALS = str.maketrans({chr(ord("A") + n): chr(0x5D0 + n) for n in range(26)})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("car is THE CAR in arabic", "car is RAC EHT in arabic"),  # UAX #9, 3.4
        ("CAR IS 12 cars", "cars 12 SI RAC"),  # numbers and Latin words inside keep their way
        ("a B.", "a B."),  # punctuation at the end belongs to the paragraph
        ("AB (CD)", ")DC( BA"),
        ("ab (CD) e", "ab (DC) e"),
        ("A 1,234.5 B", "B 1,234.5 A"),  # W4
        ("A $5% B", "B $5% A"),  # W5
        ("x 1 A", "x 1 A"),  # W7: a number after Latin letters is part of them
        ("A\u0591B", "B\u0591A"),  # W1: an accent goes with its letter
    ],
)
def test_words_stand_as_unicode_orders_them(written: str, shown: str) -> None:
    assert seen(written.translate(CAPITALS)) == shown.translate(CAPITALS)


def test_arabic_numbers_run_to_the_right() -> None:
    assert seen("عدد ١٢٣") == "١٢٣ ددع"


@given(st.text("abאבم12١٢ .,$%+-()\u0301\u0591", max_size=30))
def test_ordering_loses_no_letter(line: str) -> None:
    levels = direction.levels(line, 1)
    assert sorted(direction.order(levels)) == list(range(len(line)))
    assert [place for start, end in direction.runs(line, levels) for place in range(start, end)] == list(
        range(len(line))
    )


def of(text: str, width: int) -> list[str]:
    return wrapped(text, len, width)


def test_lines_break_at_blanks() -> None:
    assert of("one two three", 7) == ["one two", "three"]


def test_a_word_that_no_line_can_hold_is_broken() -> None:
    assert of("a abcdefgh b", 3) == ["a", "abc", "def", "gh", "b"]
    assert of("a abcdefg b", 3) == ["a", "abc", "def", "g b"]


def test_blanks_of_any_kind_are_one_and_a_text_of_blanks_has_no_lines() -> None:
    assert of(" one\u00a0\t two\n", 20) == ["one two"]
    assert of(" \n ", 5) == []


def test_a_letter_and_its_accent_are_not_parted() -> None:
    assert of("ee\u0301e\u0301", 3) == ["ee\u0301", "e\u0301"]


def test_the_signs_of_one_emoji_are_not_parted() -> None:
    family = "👩\u200d👩\u200d👧"
    assert of(f"{family}{family}", 6) == [family, family]


@given(st.text(max_size=100), st.integers(1, 12))
def test_no_letter_is_lost(text: str, width: int) -> None:
    assert "".join("".join(of(text, width)).split()) == "".join(text.split())


@given(st.text("ab \n", max_size=100), st.integers(1, 12))
def test_no_line_is_too_wide(text: str, width: int) -> None:
    assert [line for line in of(text, width) if len(line) > width] == []
