from __future__ import annotations

from collections.abc import Sequence

import pytest

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import check
from breakthrough.instruments.field import Field, Origin

ID = Field("record_id", "a", origin=Origin("a.csv", 2))
BOX = Field("box", "a", field_type="checkbox", select_choices_or_calculations="1, One | 2, Two")


def field(name: str = "x", form: str = "a", **cells: str) -> Field:
    return Field.of(cells | {"field_name": name, "form_name": form, "field_type": cells.get("field_type", "text")})


def radio(name: str, choices: str, **cells: str) -> Field:
    return field(name, field_type="radio", select_choices_or_calculations=choices, **cells)


def test_a_sound_project_has_no_findings() -> None:
    fields = [
        ID,
        BOX,
        field("c", field_type="calc", select_choices_or_calculations="round(([box(1)] + 1) / 2, 1)"),
        field("t", branching_logic="[box(2)] = '1' and ([visit_1_arm_1][t] <> \"a [b\" or [a_complete] = 2)"),
        field("s", field_type="slider", text_validation_type_or_show_slider_number="number", text_validation_max="10"),
        field("u", "b", text_validation_type_or_show_slider_number="site_specific", custom_alignment="LH"),
        field("v", "b", branching_logic="[user-dag-name] = 'x' and [t:value] = 1"),
    ]
    assert check.findings(fields) == ()


LONG = "a" * 101


@pytest.mark.parametrize(
    ("rest", "says"),
    [
        ([field("Age")], "the name 'Age' is not one REDCap takes"),
        ([field("a__b")], "the name 'a__b' is not one"),
        ([field("a_")], "the name 'a_' is not one"),
        ([field("1a")], "the name '1a' is not one"),
        ([field(LONG)], "at most 100 characters"),
        ([field("")], "field (no name): the name '' is not one"),
        ([field("redcap_event_name")], "is REDCap's own"),
        ([field("x"), field("x", "b")], "field x: the name stands twice"),
        ([field("a_complete")], "REDCap keeps the name 'a_complete' for the form 'a'"),
        ([field("x", "b"), field("y")], "field y: the form 'a' begins a second time here"),
        ([field("x", "My Form")], "the form name 'My Form' is not one REDCap takes"),
        ([field(field_type="dropdwn")], "the field type 'dropdwn' is not one of REDCap's. Did you mean dropdown."),
        ([field(field_type="calc")], "a calculated field has no calculation"),
        ([radio("x", "")], "a radio has no choices. Write them as: 1, First | 2, Second."),
        ([radio("x", "1, A | 1, B")], "the code '1' stands 2 times"),
        ([radio("x", "a b, A")], "'a b' cannot be the code of a choice"),
        ([field(field_type="checkbox", select_choices_or_calculations="A, x | a, y")], "same column x___a"),
        ([field(identifier="yes")], "'yes' stands under Identifier?. Write y"),
        ([field(required_field="1")], "'1' stands under Required Field?"),
        ([field(custom_alignment="left")], "'left' is not an alignment"),
        ([radio("x", "1, A", text_validation_type_or_show_slider_number="integer")], "takes no validation 'integer'"),
        ([field(field_type="notes", text_validation_min="1")], "a notes field takes no least or greatest value"),
        ([field(branching_logic="[rekord_id] = 1")], "refers to [rekord_id], which is not there. Did you mean [record_id]"),
        ([BOX, field(branching_logic="[box(3)] = '1'")], "refers to [box(3)], a choice that is not there"),
        ([field(branching_logic="([record_id] = 1")], "the brackets () in its branching logic do not match"),
        ([field(branching_logic="[record_id = 1")], "the brackets [] in its branching logic do not match"),
        ([field(branching_logic="[record_id] = 'a")], "a quote in its branching logic is never closed"),
        ([field(field_type="calc", select_choices_or_calculations="[none]*2")], "its calculation refers to [none]"),
        ([field(branching_logic="[b_complete] = 2")], "refers to [b_complete]"),
        ([radio("x", "1, A", matrix_group_name="m"), radio("y", "2, A", matrix_group_name="m")],
         "field y: it differs from the row above in the matrix 'm'"),
        ([radio("x", "1, A", matrix_group_name="m"), radio("y", "1, A", matrix_group_name="m", section_header="h")],
         "a section header parts the matrix 'm'"),
        ([radio("x", "1, A", matrix_group_name="m"), field("y"), radio("z", "1, A", matrix_group_name="m")],
         "field z: the matrix 'm' begins a second time here"),
        ([field(matrix_group_name="m")], "a text cannot be in a matrix"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)  # fmt: skip
def test_what_redcap_refuses_is_found_with_its_field_and_a_remedy(rest: Sequence[Field], says: str) -> None:
    found = check.findings([ID, *rest])
    assert len(found) == 1, [str(one) for one in found]
    assert says in str(found[0])


@pytest.mark.parametrize("first", [Field("id", "a", field_type="radio", select_choices_or_calculations="1, A"),
                                   Field("id", "a", branching_logic="[id] <> ''")])  # fmt: skip
def test_the_record_id_is_plain_text_that_always_shows(first: Field) -> None:
    (found,) = check.findings([first])
    assert "the first field is the record ID" in found.problem


def test_every_finding_is_listed_at_once_with_file_and_row_in_the_order_of_the_fields() -> None:
    two = Field("Two", "a", origin=Origin("a.csv", 3))
    three = Field("three", "a", field_type="radio", origin=Origin("a.csv", 4))
    with pytest.raises(DictionaryInvalid) as refused:
        check.require([ID, two, three])
    lines = str(refused.value).splitlines()
    assert lines[0].startswith("a.csv, row 3, field Two: the name 'Two'")
    assert lines[1].startswith("a.csv, row 4, field three: a radio has no choices")
    assert len(lines) == 2
