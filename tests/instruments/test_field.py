from __future__ import annotations

import dataclasses

import pytest

from breakthrough.instruments.field import COLUMNS, Choice, Field, Origin, choices, export_name


def test_a_field_has_redcaps_18_columns_in_redcaps_order() -> None:
    assert len(COLUMNS) == 18
    assert [one.name for one in dataclasses.fields(Field)] == [*COLUMNS, "origin"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1, Yes | 2, No", [("1", "Yes"), ("2", "No")]),
        ("1,Yes|2,No", [("1", "Yes"), ("2", "No")]),  # no blanks at all
        ("1, Ham, eggs and tea", [("1", "Ham, eggs and tea")]),  # parted at the first comma only
        ("02, Two | 2, Other two", [("02", "Two"), ("2", "Other two")]),  # a leading zero is part of the code
        ("Yes | No", [("1", "Yes"), ("2", "No")]),  # labels alone get their position
        ("5, | -9, Unknown", [("5", ""), ("-9", "Unknown")]),  # a label may be blank
        ("1, Yes\n2, No", [("1", "Yes"), ("2", "No")]),  # the designer's own separator
        ("", []),
    ],
)
def test_choices_are_read_as_redcap_reads_them(cell: str, expected: list[tuple[str, str]]) -> None:
    assert choices(cell) == tuple(Choice(*one) for one in expected)


@pytest.mark.parametrize(
    ("code", "column"),
    [
        ("1", "race___1"),
        ("-1", "race____1"),
        ("4.4", "race___4_4"),
        ("Five.5", "race___five_5"),
        ("0-zero", "race___0_zero"),
    ],
)
def test_the_export_column_of_a_box_has_its_code_in_lower_case_without_punctuation(code: str, column: str) -> None:
    assert export_name("race", code) == column


def test_yes_no_has_its_choices_without_being_told() -> None:
    assert Field("a", "f", field_type="yesno").codes == ("1", "0")
    assert Field("a", "f", field_type="truefalse").choices[0] == Choice("1", "True")


def test_a_calculation_is_not_taken_for_choices() -> None:
    assert Field("a", "f", field_type="calc", select_choices_or_calculations="round([a], 1)").choices == ()


def test_export_names_are_one_a_box_one_a_field_and_none_for_text_that_is_only_shown() -> None:
    assert Field("a", "f", field_type="checkbox", select_choices_or_calculations="1, x | B, y").export_names == (
        "a___1",
        "a___b",
    )
    assert Field("a", "f").export_names == ("a",)
    assert Field("a", "f", field_type="descriptive").export_names == ()


def test_fields_are_equal_by_their_cells_wherever_they_were_read() -> None:
    assert Field("a", "f", origin=Origin("x.csv", 2)) == Field("a", "f", origin=Origin("y.csv", 9))
    assert Field("a", "f") != Field("a", "f", field_note="n")


def test_a_row_of_the_api_becomes_a_field_and_the_same_row_again() -> None:
    row = dict.fromkeys(COLUMNS, "") | {"field_name": "a", "form_name": "f", "field_type": "notes", "identifier": "y"}
    field = Field.of(row | {"unknown": "x"})
    assert (field.field_type, field.is_identifier, field.is_required) == ("notes", True, False)
    assert field.row() == row
    assert list(field.row()) == list(COLUMNS)
