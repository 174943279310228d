"""What a dictionary upload refuses, what it puts right without a word, and what it leaves as it is."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.conftest import DICTIONARY_COLUMNS, field

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.field import HEADERS
from redcap_sandbox.design import dictionary_check
from redcap_sandbox.wire import answers, call, payload
from redcap_sandbox.wire.call import Format

RECORD_ID = field("record_id", "f")
Rows = list[dict[str, str]]


def problems(*rows: dict[str, str]) -> list[str]:
    return dictionary_check.problems(dictionary_check.normalised([RECORD_ID, *rows]))


def fixed(row: dict[str, str]) -> Mapping[str, str]:
    return dictionary_check.normalised([RECORD_ID, row])[1].cells


# ------------------------------------------------------------------------------------------------ refused


def test_the_recorded_message_is_told_word_for_word() -> None:
    """A client once sent a dictionary whose columns had moved by one; the reply is quoted in PyCap#190."""
    forms = ["", "Contact Information", *([""] * 12)]
    rows = [{**field("demographics", form), "field_type": "Study ID"} for form in forms]
    message = "\n".join(dictionary_check.problems(dictionary_check.normalised(rows)))
    again = "".join(f"demographics (A{number})" for number in range(3, 16))
    missing = ", ".join(f"B{number}" for number in (2, *range(4, 16)))
    assert message.startswith(
        "The following variable/field names were duplicated. Please rename these field names so that they only appear "
        f"once.{again}\n"
        f"Each row MUST have a form name, but the following cells have a form name missing: {missing}.\n"
        "Form names must be sequential and cannot repeat again after being used for another form. Rename the following "
        "form names\r\n                   beginning with the values listed below: (B4)\n"
        "The only valid field types are text, notes, radio, dropdown, calc, file, checkbox, yesno, truefalse, "
        "descriptive, slider and must all "
    )


STRICT: list[tuple[str, Rows, list[str]]] = [
    ("no name", [field("", "f")], ["have a variable/field name missing: A3."]),
    ("digit first", [field("1a", "f")], ["begin with a letter", "1a (A3)"]),
    ("too long", [field("a" * 101, "f")], ["no longer than 100 characters", "(A3)"]),
    ("own column", [field("redcap_repeat_instance", "f")], ["REDCap reserves", "(A3)"]),
    ("form status", [field("a", "f"), field("f_complete", "g")], ["REDCap reserves", "f_complete (A4)"]),
    ("timestamp", [field("f_timestamp", "f")], ["REDCap reserves", "f_timestamp (A3)"]),
    (
        "box column",
        [field("a", "f", "checkbox", choices="1, X"), field("a___1", "f")],
        ["the export column of a checkbox: a___1 (A4)"],
    ),
    ("type", [field("a", "f", "texte")], ["The only valid field types are", "texte (D3)"]),
    ("sql", [field("a", "f", "sql", choices="SELECT 1")], ["by REDCap administrators only: a (A3)"]),
    ("no choices", [field("a", "f", "checkbox")], ["must have choices", "F3"]),
    ("no code", [field("a", "f", "radio", choices=", A | 2, B")], ["must have a code", "F3"]),
    ("code twice", [field("a", "f", "dropdown", choices="1, A | 1, B")], ["may occur only once", "F3"]),
    ("code given twice", [field("a", "f", "dropdown", choices="2, A | B")], ["may occur only once", "F3"]),
    ("no calculation", [field("a", "f", "calc", choices=" ")], ["must have a calculation", "F3"]),
    ("alignment", [field("a", "f", custom_alignment="UP")], ["RV, RH, LV or LH", "UP (N3)"]),
    ("identifier", [field("a", "f", identifier="yes")], ["Identifier? must be y or blank: yes (K3)"]),
    ("required", [field("a", "f", required_field="1")], ["Required Field? must be y or blank: 1 (M3)"]),
    ("validation", [field("a", "f", validation="date_xyz")], ["do not exist on this server: date_xyz (H3)"]),
    ("signature", [field("a", "f", validation="signature")], ["do not exist on this server: signature (H3)"]),
    ("choice validation", [field("a", "f", "radio", choices="1, A", validation="number")], ["clear these cells", "(H3)"]),
    ("notes validation", [field("a", "f", "notes", validation="email")], ["clear these cells: email (H3)"]),
    ("range of text", [field("a", "f", text_validation_min="1")], ["can have a minimum or maximum", "I3"]),
    ("range of notes", [field("a", "f", "notes", text_validation_max="1")], ["a minimum or maximum", "J3"]),
    ("range of email", [field("a", "f", validation="email", text_validation_max="1")], ["a minimum or maximum", "J3"]),
    (
        "limit no number",
        [field("a", "f", validation="integer", text_validation_min="low")],
        ["do not have the format of their validation type: low (I3)"],
    ),
    (
        "limit no date",
        [field("a", "f", validation="date_ymd", text_validation_max="2023-02-30")],
        ["do not have the format", "2023-02-30 (J3)"],
    ),
    (
        "limit of no field",
        [field("a", "f", validation="date_ymd", text_validation_max="[born]")],
        ["refer to what does not exist: J3", "'born'"],
    ),
    (
        "crossed",
        [field("a", "f", validation="number", text_validation_min="10", text_validation_max="9")],
        ["greater than the maximum", "I3"],
    ),
    (
        "crossed times",
        [field("a", "f", validation="time", text_validation_min="10:00", text_validation_max="9:00")],
        ["greater than the maximum", "I3"],
    ),
    (
        "matrix apart",
        [
            field("a", "f", "radio", choices="1, A", matrix_group_name="m"),
            field("b", "f"),
            field("c", "f", "radio", choices="1, A", matrix_group_name="m"),
        ],
        ["must stand together on one form", "m (P5)"],
    ),
    (
        "matrix on two forms",
        [
            field("a", "f", "radio", choices="1, A", matrix_group_name="m"),
            field("b", "g", "radio", choices="1, A", matrix_group_name="m"),
        ],
        ["must stand together on one form", "m (P4)"],
    ),
    ("matrix of text", [field("a", "f", matrix_group_name="m")], ["radio or checkbox can be in a matrix: m (P3)"]),
    (
        "matrix of two types",
        [
            field("a", "f", "radio", choices="1, A", matrix_group_name="m"),
            field("b", "f", "checkbox", choices="1, A", matrix_group_name="m"),
        ],
        ["must have the same field type: checkbox (D4)"],
    ),
    (
        "matrix of two lists",
        [
            field("a", "f", "radio", choices="1, A", matrix_group_name="m"),
            field("b", "f", "radio", choices="1, B", matrix_group_name="m"),
        ],
        ["must have the same choices: F4"],
    ),
    (
        "ranked boxes",
        [field("a", "f", "checkbox", choices="1, A", matrix_group_name="m", matrix_ranking="y")],
        ["Only a matrix of radio buttons can be ranked", "Q3"],
    ),
    (
        "half ranked",
        [
            field("a", "f", "radio", choices="1, A", matrix_group_name="m", matrix_ranking="y"),
            field("b", "f", "radio", choices="1, A", matrix_group_name="m"),
        ],
        ["and then all its rows are: Q4"],
    ),
    ("branching syntax", [field("a", "f", branching_logic="[record_id] == '1'")], ["branching logic", "L3"]),
    ("branching field", [field("a", "f", branching_logic="[age] > 1")], ["branching logic", "L3", "'age'"]),
    ("calc syntax", [field("a", "f", "calc", choices="round([record_id]")], ["calculations", "F3"]),
    ("calc field", [field("a", "f", "calc", choices="[b] + 1")], ["calculations", "F3", "'b'"]),
    ("calc function", [field("a", "f", "calc", choices="ifnull([record_id], 1)")], ["calculations", "F3"]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "parts"), [case[1:] for case in STRICT], ids=[case[0] for case in STRICT])
def test_a_faulty_cell_is_named(rows: Rows, parts: list[str]) -> None:
    (message,) = problems(*rows)
    assert all(part in message for part in parts), message


def test_an_empty_dictionary_is_refused() -> None:
    assert dictionary_check.problems(()) == ["The data dictionary has no fields."]


def test_the_first_field_is_a_text_without_branching() -> None:
    rows = [field("record_id", "f", "notes", branching_logic="1=1")]
    found = dictionary_check.problems(dictionary_check.normalised(rows))
    assert [message.rpartition(" ")[2] for message in found] == ["D2", "L2"]


def test_all_faults_are_told_at_once() -> None:
    assert len(problems(field("a", "f", "texte"), field("a", ""), field("b", "g", branching_logic="[x]"))) == 4


def test_an_sql_field_may_be_kept_and_administrators_may_add_one() -> None:
    rows = dictionary_check.normalised([RECORD_ID, field("a", "f", "sql", choices="SELECT 1")])
    other = dictionary_check.normalised([RECORD_ID, field("a", "f", "sql", choices="SELECT 2")])
    assert dictionary_check.problems(rows, held=rows) == []
    assert dictionary_check.problems(rows, administrator=True) == []
    assert len(dictionary_check.problems(rows, held=other)) == 1


def test_a_type_that_the_institution_added_is_no_fault() -> None:
    rows = dictionary_check.normalised([RECORD_ID, field("a", "f", validation="crawling")])
    assert dictionary_check.problems(rows, added_types={"crawling"}) == []
    assert dictionary_check.problems(rows, held=rows) == []


def test_events_in_logic_are_checked_where_they_are_known() -> None:
    rows = dictionary_check.normalised([RECORD_ID, field("a", "f", branching_logic="[start_arm_1][record_id]<>''")])
    assert dictionary_check.problems(rows) == []
    assert dictionary_check.problems(rows, events={"start_arm_1"}) == []
    assert "start_arm_1" in dictionary_check.problems(rows, events={"end_arm_1"})[0]


# ------------------------------------------------------------------------------------------------ let pass

PASSED: list[tuple[str, Rows]] = [
    ("autocomplete", [field("a", "f", "dropdown", choices="1, A", validation="autocomplete")]),
    ("signature", [field("a", "f", "file", validation="signature")]),
    ("slider", [field("a", "f", "slider", choices="low | | high", validation="number", text_validation_max="10")]),
    ("calc with a number format", [field("a", "f", "calc", choices="1+1", validation="number_1dp")]),
    ("ontology", [field("a", "f", choices="BIOPORTAL:HP")]),
    ("empty label", [field("a", "f", "radio", choices="5, | 6,")]),
    ("odd codes", [field("a", "f", "checkbox", choices="9..9, A | k>=9, B | -4, C | 02, D | 2, E | A, F | a, G")]),
    ("limits", [field("a", "f", validation="date_ymd", text_validation_min="[record_id]", text_validation_max="today")]),
    ("limit of another event", [field("a", "f", validation="integer", text_validation_min="[e_arm_1][record_id]")]),
    ("number without decimals", [field("a", "f", validation="number_1dp", text_validation_min="1")]),
    ("comma limits", [field("a", "f", validation="number_1dp_comma_decimal", text_validation_min="1,0", text_validation_max="2,0")]),
    ("double quotes and lines", [field("a", "f", branching_logic='[record_id] = ""\n AND [f_complete] <> \'2\'')]),
    ("smart variable", [field("a", "f", branching_logic="[user-dag-name] = 'x' and [event-name] = 'y'")]),
    ("checkbox without its code", [field("a", "f", "checkbox", choices="1, A"), field("b", "f", branching_logic="[a] = '1'")]),
    ("header within a matrix", [
        field("a", "f", "radio", choices="1, A|2, B", matrix_group_name="m"),
        field("b", "f", "radio", choices="1, A | 2, B", matrix_group_name="m", section_header="More"),
    ]),
    ("reserved by hearsay", [field("project_id", "f"), field("record", "f")]),
]  # fmt: skip


@pytest.mark.parametrize("rows", [case[1] for case in PASSED], ids=[case[0] for case in PASSED])
def test_what_real_dictionaries_hold_is_no_fault(rows: Rows) -> None:
    assert problems(*rows) == []


# ------------------------------------------------------------------------------------------------ put right

TYPE = "text_validation_type_or_show_slider_number"
CHOICES = "select_choices_or_calculations"


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (field(" My Field? ", "f"), "field_name", "my_field"),
        (field("a", "My Form-1"), "form_name", "my_form_1"),
        (field("a", "f", "SELECT", choices="1, A"), "field_type", "dropdown"),
        (field("a", "f", "textarea"), "field_type", "notes"),
        (field("a", "f", " Text "), "field_type", "text"),
        (field("a", "f", validation="int"), TYPE, "integer"),
        (field("a", "f", validation="float"), TYPE, "number"),
        (field("a", "f", validation="date"), TYPE, "date_ymd"),
        (field("a", "f", "radio", choices="Low | High"), CHOICES, "1, Low | 2, High"),
        (field("a", "f", "radio", choices="1, Low | High"), CHOICES, "1, Low | 2, High"),
        (field("a", "f", "radio", choices="1, Low\n2, High\n"), CHOICES, "1, Low | 2, High"),
        (field("a", "f", identifier="Y"), "identifier", "y"),
        (field("a", "f", custom_alignment="rh"), "custom_alignment", "RH"),
        (field("a", "f", "radio", choices="1, A", matrix_group_name="My Matrix"), "matrix_group_name", "my_matrix"),
        (
            field("a", "f", validation="datetime_ymd", text_validation_min="8/1/23 1:01"),
            "text_validation_min",
            "2023-08-01 01:01",
        ),
        (field("a", "f", validation="date_dmy", text_validation_max="31/8/2023"), "text_validation_max", "2023-08-31"),
    ],
)
def test_a_cell_is_put_right_and_the_change_is_told(row: dict[str, str], column: str, expected: str) -> None:
    assert fixed(row)[column] == expected
    letter = "ABCDEFGHIJKLMNOPQR"[DICTIONARY_COLUMNS.index(column)]
    assert dictionary_check.changes([RECORD_ID, row]) == [f'{letter}3: "{row[column]}" became "{expected}"']
    assert problems(row) == []


def test_empty_rows_are_left_out_and_absent_columns_are_blank() -> None:
    rows = [{"field_name": "record_id", "form_name": "f", "field_type": "text"}, dict.fromkeys(DICTIONARY_COLUMNS, " ")]
    (only,) = dictionary_check.normalised(rows)
    assert only.cells == {**dict.fromkeys(DICTIONARY_COLUMNS, ""), **rows[0]}


def test_columns_may_be_named_as_in_the_download() -> None:
    row = field("a", "f", "radio", "A", choices="1, X")
    shown = {HEADERS[column]: cell for column, cell in row.items()}
    mangled = {"Variable...Field.Name": "b", "Form.Name": "f", "Field.Type": "text", "Choices OR Calculations": ""}
    found = dictionary_check.normalised([RECORD_ID, shown, mangled])
    assert found[1].cells == row
    assert found[2].name == "b"
    assert dictionary_check.unknown_columns([RECORD_ID, shown, mangled]) == []
    assert dictionary_check.unknown_columns([{**row, "colour": "red", "Tags": ""}]) == ["Tags", "colour"]


# ------------------------------------------------------------------------------------------------ left as it is

FREE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=15)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: "_complete" not in name)


@st.composite
def dictionaries(draw: st.DrawFn) -> Rows:
    """Valid dictionaries with whatever text in the cells where text is free."""
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    rows = [field(name, "form_1", "text") for name in names]
    for row in rows[1:]:
        kind, choices, validation = draw(
            st.sampled_from(
                [
                    ("text", "", ""),
                    ("text", "", "date_mdy"),
                    ("notes", "", ""),
                    ("radio", "1, A|2,  B", ""),
                    ("checkbox", " a, x, y | -9, ", ""),
                    ("dropdown", "1, <b>A</b>", "autocomplete"),
                    ("slider", "low | high", "number"),
                    ("calc", f"[{names[0]}]\n * 2", ""),
                    ("yesno", "", ""),
                    ("descriptive", "", ""),
                ]
            )
        )
        row |= {"field_type": kind, CHOICES: choices, TYPE: validation}
        row["branching_logic"] = draw(st.sampled_from(["", f" [{names[0]}] <> ''\r\n"]))
    for row in rows:
        for column in ("section_header", "field_label", "field_note", "question_number", "field_annotation"):
            row[column] = draw(FREE)
        row |= {"identifier": draw(st.sampled_from(["", "y"])), "custom_alignment": draw(st.sampled_from(["", "LV"]))}
    return rows


@given(rows=dictionaries(), data_format=st.sampled_from(["csv", "json"]))
def test_a_valid_dictionary_comes_back_cell_by_cell(rows: Rows, data_format: Format) -> None:
    text = "".join(
        answers.written(
            DICTIONARY_COLUMNS, [list(row.values()) for row in rows], data_format, answers.LISTINGS["metadata"]
        )
    )
    sent = payload.text_rows(call.read([("format", data_format), ("data", text)]))
    fields = dictionary_check.normalised(sent)
    assert [dict(one.cells) for one in fields] == rows
    assert dictionary_check.problems(fields) == []
    assert dictionary_check.changes(sent) == []


@given(rows=dictionaries())
def test_a_file_of_the_download_holds_the_same_cells(rows: Rows) -> None:
    cells = [list(HEADERS.values()), *([*row.values()] for row in rows)]
    data = "".join(answers.csv_line(line) for line in cells).encode("utf-8-sig")
    assert dictionary_check.rows_from_csv(data) == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_may_have_any_usual_delimiter_and_line_end(delimiter: str) -> None:
    row = field("a", "f", "radio", "A label", choices="1, X; 2")
    lines = [answers.csv_line(line, delimiter) for line in (row, RECORD_ID.values(), row.values())]
    data = "\n".join(lines).replace("\n", "\r\n").encode("cp1252")
    assert dictionary_check.rows_from_csv(data) == [RECORD_ID, row]


def test_a_file_that_is_no_dictionary_is_refused() -> None:
    with pytest.raises(DictionaryInvalid, match=r"no_dictionary\.csv: this is not a data dictionary"):
        dictionary_check.rows_from_csv(b"a,b\n1,2\n", "no_dictionary.csv")


CELLS = st.dictionaries(st.sampled_from(DICTIONARY_COLUMNS), st.text(max_size=12), max_size=18)


@given(rows=st.lists(CELLS, max_size=5))
def test_any_rows_are_checked_without_an_error_and_stay_as_they_were_put_right(rows: Rows) -> None:
    fields = dictionary_check.normalised(rows)
    assert all(isinstance(problem, str) for problem in dictionary_check.problems(fields))
    kept = tuple(one for one in fields if any(cell.strip() for cell in one.cells.values()))
    assert dictionary_check.normalised([one.cells for one in fields]) == kept
