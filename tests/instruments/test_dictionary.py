from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import ContentMissing, DictionaryInvalid
from breakthrough.instruments import dictionary, sheet
from breakthrough.instruments.field import HEADERS, Field, Origin
from breakthrough.instruments.sheet import Shape

UI = list(HEADERS.values())
API = list(HEADERS)
R = [
    "Variable...Field.Name", "Form.Name", "Section.Header", "Field.Type", "Field.Label",
    "Choices..Calculations..OR.Slider.Labels", "Field.Note", "Text.Validation.Type.OR.Show.Slider.Number",
    "Text.Validation.Min", "Text.Validation.Max", "Identifier.", "Branching.Logic..Show.field.only.if....",
    "Required.Field.", "Custom.Alignment", "Question.Number..surveys.only.", "Matrix.Group.Name", "Matrix.Ranking.",
    "Field.Annotation",
]  # fmt: skip
OLD = [*UI[:5], "Choices OR Calculations", *UI[6:15]]  # 15 columns: before matrices
BODY = [
    ["record_id", "visit", "", "text", "Record ID", "", "", "", "", "", "", "", "", "", ""],
    ["pain", "visit", "Über\nalles", "radio", 'He said "ouch"', "1, A little | 2, A lot, really", "", "", "", "", "",
     "[record_id] <> ''", "y", "RH", ""],
]  # fmt: skip


def csv_bytes(rows: list[list[str]], delimiter: str = ",", newline: str = "\n", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=newline, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode(encoding)


def cells(data: bytes, delimiter: str, encoding: str) -> list[list[str]]:
    """An independent reading, by the csv module."""
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


def wide(rows: list[list[str]], columns: int) -> list[list[str]]:
    return [row + [""] * (columns - len(row)) for row in rows]


@pytest.mark.parametrize("header", [UI, API, R, UI[:17], UI[:16], OLD], ids=["ui", "api", "r", "17", "16", "15"])
@pytest.mark.parametrize(
    ("delimiter", "newline", "encoding"),
    [
        (",", "\n", "utf-8"),
        (",", "\r\n", "utf-8-sig"),  # what current servers write
        (";", "\r\n", "utf-8-sig"),  # European servers
        ("\t", "\n", "utf-16"),  # Excel's "Unicode text"
        (",", "\r", "utf-8"),  # old Excel on a Mac
        (";", "\n", "cp1252"),
    ],
)
def test_a_dictionary_is_read_in_every_shape_and_written_back_cell_by_cell(
    header: list[str], delimiter: str, newline: str, encoding: str
) -> None:
    rows = [header, *wide(BODY, len(header))]
    data = csv_bytes(rows, delimiter, newline, encoding)
    found = dictionary.parse(data, "visit.csv")
    assert [field.field_name for field in found.fields] == ["record_id", "pain"]
    pain = found.fields[1]
    assert (pain.section_header, pain.field_label) == ("Über\nalles", 'He said "ouch"')
    assert pain.select_choices_or_calculations == "1, A little | 2, A lot, really"
    assert (pain.branching_logic, pain.required_field, pain.custom_alignment) == ("[record_id] <> ''", "y", "RH")
    written = dictionary.encode(found)
    assert cells(written, delimiter, encoding) == rows
    assert found.shape == Shape(encoding, delimiter, newline)


def test_a_file_as_redcap_writes_it_comes_back_byte_by_byte() -> None:
    data = (
        '"Variable / Field Name","Form Name","Section Header","Field Type","Field Label","Choices, Calculations, OR '
        'Slider Labels","Field Note","Text Validation Type OR Show Slider Number","Text Validation Min","Text '
        'Validation Max",Identifier?,"Branching Logic (Show field only if...)","Required Field?","Custom Alignment",'
        '"Question Number (surveys only)","Matrix Group Name","Matrix Ranking?","Field Annotation"\n'
        'record_id,visit,,text,"Record ID",,,,,,,,,,,,,\n'
        'age,visit,,text,Age,,"In ""years""",integer,0,120,,,y,,,,,"@CHARLIMIT=3 \n@HIDDEN"\n'
    ).encode("utf-8-sig")
    assert dictionary.encode(dictionary.parse(data, "visit.csv")) == data


def test_blank_rows_ragged_rows_and_columns_of_others_are_kept() -> None:
    header = [*UI, "tags", "repeat"]
    rows = [
        header,
        ["a", "f", "", "text", "A", *[""] * 13, "t1", "r1"],
        [],
        ["", " ", ""],
        ["b", "f", "", "text", "short row"],
        ["c", "f", "", "text", "long row", *[""] * 13, "t3", "r3", "over the edge"],
    ]
    data = csv_bytes(rows)
    found = dictionary.parse(data, "odd.csv")
    assert [(field.field_name, field.origin) for field in found.fields] == [
        ("a", Origin("odd.csv", 2)),
        ("b", Origin("odd.csv", 5)),
        ("c", Origin("odd.csv", 6)),
    ]
    assert cells(dictionary.encode(found), ",", "utf-8") == rows
    assert [remark.split(":")[0].split(";")[0] for remark in found.remarks] == [
        "The column 'tags' is not REDCap's",
        "The column 'repeat' is not REDCap's",
        "Row 5 has 5 cells where the header has 20",
        "Row 6 has 21 cells where the header has 20",
    ]


def test_only_the_cell_that_was_changed_differs_in_the_file_written_back() -> None:
    rows = [[*UI, "tags"], [*wide(BODY, 18)[0], "x"], [], [*wide(BODY, 18)[1], "y"]]
    found = dictionary.parse(csv_bytes(rows), "visit.csv")
    first, second = found.fields
    changed = dictionary.replaced(found, [first, replace(second, field_note="Today")])
    rows[3][6] = "Today"
    assert cells(dictionary.encode(changed), ",", "utf-8") == rows


def test_a_short_row_is_made_longer_only_as_far_as_a_change_needs() -> None:
    found = dictionary.parse(csv_bytes([UI, ["a", "f", "", "text"], ["b", "f", "", "text"]]), "f.csv")
    changed = dictionary.replaced(found, [replace(found.fields[0], field_note="n"), found.fields[1]])
    assert cells(dictionary.encode(changed), ",", "utf-8")[1:] == [
        ["a", "f", "", "text", "", "", "n"],
        ["b", "f", "", "text"],
    ]


def test_a_letter_the_encoding_lacks_is_still_written() -> None:
    found = dictionary.parse(csv_bytes([UI, ["a", "f", "", "text", "Café"]], encoding="cp1252"), "f.csv")
    assert found.remarks[0].startswith("The file is not UTF-8")
    changed = dictionary.replaced(found, [replace(found.fields[0], field_label="Кафе")])
    assert dictionary.parse(dictionary.encode(changed), "f.csv").fields[0].field_label == "Кафе"


def test_excels_line_about_its_separator_is_passed_over_and_kept() -> None:
    data = b"sep=;\r\n" + csv_bytes([UI, *wide(BODY, 18)], ";", "\r\n")
    found = dictionary.parse(data, "visit.csv")
    assert [field.field_name for field in found.fields] == ["record_id", "pain"]
    assert found.fields[0].origin == Origin("visit.csv", 3)
    assert dictionary.encode(found).startswith(b"sep=;\r\n")


def test_columns_are_found_by_name_and_not_by_place() -> None:
    header = ["field_label", "form_name", "field_type", "field_name"]
    (field,) = dictionary.parse(csv_bytes([header, ["Age", "f", "text", "age"]]), "few.csv").fields
    assert (field.field_name, field.field_label) == ("age", "Age")


@pytest.mark.parametrize(
    "mark", ["\ufeff\ufeff", "ï»¿", "X.U.FEFF.", "ï.."], ids=["twice", "misread", "r", "r-misread"]
)
def test_a_byte_order_mark_that_went_astray_does_not_hide_the_first_column(mark: str) -> None:
    header = [mark + R[0], *R[1:]]
    (field,) = dictionary.parse(csv_bytes([header, ["a", "f", "", "text", *[""] * 14]]), "r.csv").fields
    assert field.field_name == "a"


def test_columns_that_an_older_server_left_out_or_that_stand_twice_are_told_of() -> None:
    found = dictionary.parse(csv_bytes([[*OLD, "Field Note"], *wide(BODY, 16)]), "old.csv")
    assert [remark.split(".")[0] for remark in found.remarks] == [
        "The column 'Field Note' stands twice; the second is kept and not used",
        "There is no column for Matrix Group Name, Matrix Ranking?, Field Annotation; an older server left it out",
    ]


def test_a_field_is_found_again_by_its_row_and_by_its_line_of_text() -> None:
    rows = [UI, *wide(BODY, 18), [], ["last", "visit", "", "text", *[""] * 14]]
    data = csv_bytes(rows, newline="\r\n")
    origins = [field.origin for field in dictionary.parse(data, "visit.csv").fields]
    assert [(origin.row, origin.line) for origin in origins if origin] == [(2, 2), (3, 3), (5, 6)]
    assert data.decode().splitlines()[5].startswith('"last"')
    assert str(origins[2]) == "visit.csv, row 5"


def test_line_ends_may_be_of_every_kind_in_one_file() -> None:
    lines = [
        ",".join(API),
        "a,f,,text,One,,,,,,,,,,,,,",
        'b,f,,text,"Two\nlines\r\nand\rthree",,,,,,,,,,,,,',
        "c,f,,text,,,,,,,,,,,,,,",
    ]
    found = dictionary.parse("{}\r\n{}\r{}\n{}".format(*lines).encode(), "mixed.csv")
    assert [field.field_name for field in found.fields] == ["a", "b", "c"]
    assert found.fields[1].field_label == "Two\nlines\r\nand\rthree"
    again = cells(dictionary.encode(found), ",", "utf-8")
    assert again == [line.split(",") if '"' not in line else again[2] for line in lines]
    assert again[2][4] == "Two\nlines\r\nand\rthree"


def test_the_na_that_r_writes_for_nothing_is_told_of() -> None:
    found = dictionary.parse(csv_bytes([API, ["a", "f", *["NA"] * 16]]), "r.csv")
    assert any("NA" in remark for remark in found.remarks)
    assert found.fields[0].branching_logic == "NA"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "visit.csv: the file is empty"),
        (b"\n\n ,\n", "visit.csv: the file is empty"),
        (b"PK\x03\x04workbook", "visit.csv: this is not a CSV file"),
        (b"a,b\x00c", "visit.csv: this is not a CSV file"),
        (b"field_name,form_name\na,\x81\n", "visit.csv: byte 24 is no letter"),
        (b"name,age\nx,1\n", "lacks Variable / Field Name and Form Name and Field Type"),
        (b"field_name,form_name,field_label\na,f,A\n", "Its header row lacks Field Type"),
        (b'field_name,form_name,field_type\na,f,text\nb,f,"text\nc,f,text\n', "visit.csv, row 3: a cell of this row"),
        (b"field_name,form_name,field_type\na,f,text\n" + b"x" * 200_000, "visit.csv, row 3: this row cannot be read"),
    ],
    ids=["empty", "blank", "xlsx", "binary", "no-encoding", "other-csv", "no-type", "open-quote", "huge-cell"],
)
def test_what_is_no_dictionary_is_refused_with_file_place_and_remedy(data: bytes, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        dictionary.parse(data, "visit.csv")
    assert says in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match=r"none\.csv"):
        dictionary.read(tmp_path / "none.csv")
    with pytest.raises(ContentMissing, match="cannot be read"):
        dictionary.read(tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", ",".join(API).encode() + b"\n", ";".join(UI).encode() + b"\r\n"]))
def test_any_bytes_are_either_a_dictionary_or_refused(tail: bytes, head: bytes) -> None:
    try:
        found = dictionary.parse(head + tail, "any.csv")
    except DictionaryInvalid:
        return
    again = dictionary.parse(dictionary.encode(found), "any.csv")
    assert again.fields == found.fields


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(texts, min_size=15, max_size=15), min_size=1, max_size=4), st.sampled_from(",;\t"))
def test_every_text_survives_being_written_and_read(rows: list[list[str]], delimiter: str) -> None:
    fields = [Field.of(dict(zip(API, ["a", "f", "h", *row], strict=True))) for row in rows]
    header = csv_bytes([UI, ["a", "f"]], delimiter)
    shape = dictionary.parse(header, "a.csv").shape
    data = sheet.encode([UI, *(list(field.row().values()) for field in fields)], shape)
    assert dictionary.parse(data, "a.csv").fields == tuple(fields)


def test_fields_are_written_as_a_file_that_redcap_takes(tmp_path: Path) -> None:
    fields = (Field("a", "f", field_label="A field"), Field("b", "f", field_type="notes"))
    dictionary.write(tmp_path / "f.csv", fields)
    rows = cells((tmp_path / "f.csv").read_bytes(), ",", "utf-8")
    assert rows[0] == UI
    assert [row[:5] for row in rows[1:]] == [["a", "f", "", "text", "A field"], ["b", "f", "", "notes", ""]]
    assert dictionary.read(tmp_path / "f.csv") == fields


def test_rows_of_the_api_become_fields_and_rows_again() -> None:
    rows = [dict.fromkeys(API, "") | {"field_name": "a", "form_name": "f", "field_type": "text"}]
    assert dictionary.rows(dictionary.from_rows(rows)) == rows
    with pytest.raises(DictionaryInvalid, match="field 2: it has no name"):
        dictionary.from_rows([*rows, {"form_name": "f"}])
