from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.instruments.text import choices
from breakthrough.instruments.text.choices import Choice, Label


def test_each_choice_knows_where_it_stands_in_its_cell() -> None:
    cell = " 1 , One|  02, Two, or more \n\nthree"
    found = choices.parse(cell)
    assert found == (Choice("1", "One"), Choice("02", "Two, or more"), Choice("3", "three"))
    assert [cell[one.start : one.end] for one in found] == ["1 , One", "02, Two, or more", "three"]


def test_a_label_without_a_code_is_told_from_one_with_a_code() -> None:
    assert [one.coded for one in choices.parse("Yes | 2, No")] == [False, True]


def test_choices_are_equal_by_code_and_label_wherever_they_stand() -> None:
    assert choices.parse("1, Yes|2, No") == choices.parse("  1,Yes  |  2,   No")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Low | Middle | High", ["Low", "Middle", "High"]),
        ("Low | | High", ["Low", "", "High"]),  # nothing in the middle
        ("Low|High", ["Low", "High"]),
        ("|", ["", ""]),
        ("Only", ["Only"]),
        ("  ", []),
        ("", []),
    ],
)
def test_the_labels_of_a_slider_keep_their_places(cell: str, expected: list[str]) -> None:
    found = choices.sliders(cell)
    assert [label.text for label in found] == expected
    assert [cell[label.start : label.end] for label in found] == expected
    assert found == tuple(Label(text) for text in expected)


def test_codes_that_stand_twice_are_grouped() -> None:
    (group,) = choices.duplicates(choices.parse("1, a | 2, b | 1, c"))
    assert [one.label for one in group] == ["a", "c"]
    assert choices.duplicates(choices.parse("A, a | a, b")) == ()  # codes are case-sensitive


def test_codes_that_become_one_export_column_are_grouped() -> None:
    (upper, points) = choices.collisions(choices.parse("A, x | a, y | 4.4, z | 4-4, w | B, v"))
    assert [one.code for one in upper] == ["A", "a"]
    assert [one.code for one in points] == ["4.4", "4-4"]
    assert choices.collisions(choices.parse("1, x | 1, y")) == ()  # one code twice is another mistake


@given(st.text(alphabet=st.sampled_from("1aA, |\n\r\t<é"), max_size=40))
def test_no_cell_is_too_odd_and_every_place_is_right(cell: str) -> None:
    for one in choices.parse(cell):
        written = cell[one.start : one.end]
        assert written == written.strip() != ""
        assert one.label in written
    for label in choices.sliders(cell):
        assert cell[label.start : label.end] == label.text


codes = st.text(st.sampled_from("abcXYZ0189_.-"), min_size=1, max_size=5)
labels = st.text(st.characters(codec="utf-8", exclude_characters="|\r\n"), max_size=9).map(str.strip)


@given(st.lists(st.builds(Choice, codes, labels), max_size=5).map(tuple))
def test_choices_that_are_joined_are_parted_again(listed: tuple[Choice, ...]) -> None:
    assert choices.parse(choices.joined(listed)) == listed
