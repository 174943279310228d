from __future__ import annotations

from dataclasses import replace

from breakthrough.instruments.field import Field
from breakthrough.instruments.text import matrices

ROW = Field("a", "f", field_type="radio", select_choices_or_calculations="1, No | 2, Yes", matrix_group_name="m")


def rows(*names: str) -> list[Field]:
    return [replace(ROW, field_name=name) for name in names]


def test_adjacent_rows_of_a_group_are_one_matrix() -> None:
    fields = [Field("id", "f"), *rows("a", "b"), Field("c", "f"), replace(ROW, field_name="d", matrix_group_name="n")]
    one, two = matrices.found(fields)
    assert (one.name, one.form, one.place, [row.field_name for row in one.fields]) == ("m", "f", 1, ["a", "b"])
    assert (two.name, two.place) == ("n", 4)
    assert [choice.label for choice in one.choices] == ["No", "Yes"]
    assert one.faults == ()
    assert not one.ranked


def test_a_group_whose_rows_are_apart_comes_once_for_each_run() -> None:
    apart = [*rows("a"), Field("x", "f"), *rows("b"), replace(ROW, field_name="c", form_name="g")]
    assert [(one.name, one.form, one.place) for one in matrices.found(apart)] == [
        ("m", "f", 0),
        ("m", "f", 2),
        ("m", "g", 3),
    ]


def test_rows_that_differ_from_the_first_are_told_with_what_differs() -> None:
    first, second, third, fourth = rows("a", "b", "c", "d")
    first = replace(first, matrix_ranking="y", section_header="Only the first may have one")
    second = replace(second, matrix_ranking="y", select_choices_or_calculations="1, No |2,  Yes")  # the same, spaced
    third = replace(third, select_choices_or_calculations="1, No | 3, Yes", section_header="Again")
    fourth = replace(fourth, field_type="checkbox", matrix_ranking="Y")
    (matrix,) = matrices.found([first, second, third, fourth])
    assert [(row.field_name, fault) for row, fault in matrix.faults] == [
        ("c", "choices"), ("c", "ranking"), ("c", "section_header"), ("d", "type"),
    ]  # fmt: skip
    assert matrix.ranked
