"""What clients send as `data` and as files, and what the server writes: bytes, and round trips through both."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from redcap_sandbox.wire import answers, call, formbody, payload
from redcap_sandbox.wire.answers import Cell, Tags
from redcap_sandbox.wire.call import Call, Format
from redcap_sandbox.wire.refusals import Refusal

HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'


def asked(data: str, data_format: str, **parameters: str) -> Call:
    return call.read([("data", data), ("format", data_format), *parameters.items()])


def written(
    columns: list[str], rows: list[list[Cell]], data_format: Format, tags: Tags | None = None, delimiter: str = ","
) -> str:
    return "".join(answers.written(columns, rows, data_format, tags or Tags(), delimiter))


# ------------------------------------------------------------------------------------------------ what is written


def test_json_escapes_slashes_and_letters_beyond_ascii_as_php_does() -> None:
    rows: list[list[Cell]] = [['American Indian/Alaska "Native"', 1], ["a\\/b é\n", ""]]
    assert written(["race", "n/a"], rows, "json") == (
        '[{"race":"American Indian\\/Alaska \\"Native\\"","n\\/a":1},{"race":"a\\\\\\/b \\u00e9\\n","n\\/a":""}]'
    )
    assert answers.json_text({"error": "and/or"}) == '{"error":"and\\/or"}'


def test_a_percent_sign_in_a_column_name_is_a_percent_sign() -> None:
    assert written(["100%s"], [["%s"]], "json") == '[{"100%s":"%s"}]'


# Recorded: a listing of metadata from a real server.
def test_a_listing_in_xml_has_a_line_to_each_row_and_nothing_for_a_blank() -> None:
    rows: list[list[Cell]] = [["num", ""], ["A & B", 3]]
    assert written(["field_name", "section_header"], rows, "xml", answers.LISTINGS["metadata"]) == (
        f"{HEAD}\n<records>\n"
        "<item><field_name><![CDATA[num]]></field_name><section_header></section_header></item>\n"
        "<item><field_name><![CDATA[A & B]]></field_name><section_header><![CDATA[3]]></section_header></item>\n"
        "</records>\n"
    )


# Recorded: an export of records from a real server.
def test_records_in_xml_have_an_empty_section_for_a_blank_and_no_newline_at_their_end() -> None:
    rows: list[list[Cell]] = [["1", "event_c_arm_1", 2, ""]]
    columns = ["study_no", "redcap_event_name", "redcap_repeat_instance", "num"]
    assert written(columns, rows, "xml", answers.RECORDS) == (
        f"{HEAD}\n<records>\n"
        "<item><study_no><![CDATA[1]]></study_no><redcap_event_name><![CDATA[event_c_arm_1]]></redcap_event_name>"
        "<redcap_repeat_instance><![CDATA[2]]></redcap_repeat_instance><num><![CDATA[]]></num></item>\n"
        "</records>"
    )


def test_csv_quotes_for_blanks_and_doubles_quotes() -> None:
    rows: list[list[Cell]] = [["form_1", "Form 1"], ["a", 'say "no"'], ["b", "a,b\nc"], ["c", "Unchecked"]]
    assert written(["instrument_name", "instrument_label"], rows, "csv") == (
        'instrument_name,instrument_label\nform_1,"Form 1"\na,"say ""no"""\nb,"a,b\nc"\nc,Unchecked\n'
    )
    assert written(["a", "b"], [["1;2", "1,2"]], "csv", delimiter=";") == 'a;b\n"1;2";1,2\n'


def test_nothing_begins_with_a_byte_order_mark_and_an_empty_table_still_has_its_frame() -> None:
    assert written(["a", "b"], [], "csv") == "a,b\n"
    assert written(["a", "b"], [], "json") == "[]"
    assert written(["a", "b"], [], "xml", answers.RECORDS) == f"{HEAD}\n<records>\n</records>"


@pytest.mark.parametrize(
    ("data_format", "expected"),
    [
        ("json", "application/json; charset=utf-8"),
        ("csv", "text/csv; charset=utf-8"),
        ("xml", "text/xml; charset=utf-8"),
    ],
)
def test_content_types_are_redcaps(data_format: Format, expected: str) -> None:
    assert answers.table(["a"], [["1"]], data_format).content_type == expected
    assert answers.number(3, data_format).content_type == expected
    assert answers.plain("14.5.26").content_type == "text/html; charset=UTF-8"


# ------------------------------------------------------------------------------------------------ round trips

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
ANY = st.text(st.characters(codec="utf-8"), max_size=20)
# XML has no control characters, and its readers turn a carriage return into a line feed.
IN_XML = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff", include_characters="\t\n"),
    max_size=20,
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn, cells: st.SearchStrategy[str], fewest: int = 1) -> tuple[list[str], list[list[Cell]]]:
    columns = draw(st.lists(NAMES, min_size=fewest, max_size=4, unique=True))
    rows = draw(st.lists(st.lists(cells, min_size=len(columns), max_size=len(columns)), max_size=4))
    return columns, [list(row) for row in rows]


def dicts(table: tuple[list[str], list[list[Cell]]]) -> list[dict[str, Cell]]:
    columns, rows = table
    return [dict(zip(columns, row, strict=True)) for row in rows]


@given(table=tables(ANY))
def test_any_text_goes_through_json(table: tuple[list[str], list[list[Cell]]]) -> None:
    assert payload.rows(asked(written(*table, "json"), "json")) == dicts(table)


# A row of one blank cell is an empty line, which no reader of CSV takes for a row: hence two columns at least.
@given(table=tables(ANY, fewest=2), delimiter=st.sampled_from([",", "tab", ";", "|", "^"]))
def test_any_text_goes_through_csv(table: tuple[list[str], list[list[Cell]]], delimiter: str) -> None:
    text = written(*table, "csv", delimiter="\t" if delimiter == "tab" else delimiter)
    assert payload.rows(asked(text, "csv", csvDelimiter=delimiter)) == dicts(table)


@given(table=tables(IN_XML), tags=st.sampled_from([*answers.LISTINGS.values(), answers.RECORDS, Tags()]))
def test_any_text_that_xml_can_hold_goes_through_xml(table: tuple[list[str], list[list[Cell]]], tags: Tags) -> None:
    found = payload.rows(asked(written(*table, "xml", tags), "xml"))
    assert found == dicts(table)


def test_xml_loses_what_xml_cannot_hold() -> None:
    text = written(["a"], [["nul \x00, bell \x07, two\r\nlines, ]]> end"]], "xml")
    assert payload.rows(asked(text, "xml")) == [{"a": "nul , bell , two\nlines, ]]> end"}]


def test_nested_rights_go_through_json_and_xml() -> None:
    row: list[Cell] = ["ann", {"demographics": 1, "day_3": 0}]
    expected = [{"username": "ann", "forms": {"demographics": "1", "day_3": "0"}}]
    formats: tuple[Format, Format] = ("json", "xml")
    for data_format in formats:
        text = written(["username", "forms"], [row], data_format)
        assert payload.rows(asked(text, data_format)) == expected
    assert written(["username", "forms"], [row], "csv") == 'username,forms\nann,"demographics:1,day_3:0"\n'


# ------------------------------------------------------------------------------------------------ what is read


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ("1", "1"),
        ("1.0", "1"),
        ("2.50", "2.5"),
        ("0.1", "0.1"),
        ("1e5", "100000"),
        ("1e25", "1.0E+25"),
        ("1.5e-7", "1.5E-7"),
        ("1e999", "INF"),
        ("-1e999", "-INF"),
        ("0.30000000000000004", "0.3"),
        ("12345678901234567890", "12345678901234567890"),
        ("true", "1"),
        ("false", ""),
        ("null", ""),
        ('"\\ud800!"', "\ufffd!"),
    ],
)
def test_json_values_become_the_text_that_php_prints(sent: str, text: str) -> None:
    assert payload.text_rows(asked(f'[{{"a":{sent}}}]', "json")) == [{"a": text}]


@pytest.mark.parametrize("sent", ["NaN", "Infinity", "-Infinity", "01", "'x'", "9" * 10_000])
def test_what_php_does_not_take_for_json_is_refused(sent: str) -> None:
    with pytest.raises(Refusal, match="Syntax error"):
        payload.rows(asked(f'[{{"a":{sent}}}]', "json"))


def test_a_lone_object_is_no_list_of_rows_but_is_one_row() -> None:
    lone = '{"project_title":"New","is_longitudinal":1}'
    with pytest.raises(Refusal, match=r"The JSON must be in an array, as in \[\{ \.\.\. \}\]\."):
        payload.rows(asked(lone, "json"))
    expected = {"project_title": "New", "is_longitudinal": "1"}
    assert payload.single_row(asked(lone, "json")) == expected
    assert payload.single_row(asked(f"[{lone}]", "json")) == expected
    assert payload.single_row(asked("\ufeffproject_title,is_longitudinal\nNew,1\n", "csv")) == expected


@pytest.mark.parametrize("data", ["[]", '[{"a":1},{"a":2}]', "{", "[1]", '{"a":[1]}'])
def test_none_or_several_are_not_one_row(data: str) -> None:
    with pytest.raises(Refusal, match="not formatted correctly"):
        payload.single_row(asked(data, "json"))


@pytest.mark.parametrize(
    "data",
    [
        "<items><project><project_title><![CDATA[New]]></project_title><purpose>0</purpose></project></items>",
        "<items><item><project_title>New</project_title><purpose>0</purpose></item></items>",
        "<item><project_title>New</project_title><purpose>0</purpose></item>",
        "<project_settings>\n <project_title>New</project_title>\n <purpose>0</purpose>\n</project_settings>",
    ],
    ids=["documented", "items", "item alone", "values alone"],
)
def test_xml_rows_are_found_by_their_shape(data: str) -> None:
    for head in ("", f"{HEAD}\n"):
        assert payload.single_row(asked(head + data, "xml")) == {"project_title": "New", "purpose": "0"}


def test_xml_values_may_be_cdata_or_escaped_and_items_repeat() -> None:
    data = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<records>\n  <item><a><![CDATA[A & <b>]]></a><b/></item>\n'
        "  <item><a>x &amp; <![CDATA[y]]>&#233;</a></item><item/>\n</records>"
    )
    assert payload.rows(asked(data, "xml")) == [{"a": "A & <b>", "b": ""}, {"a": "x & yé"}, {}]


@pytest.mark.parametrize(
    "data",
    [
        '<!DOCTYPE r [<!ENTITY a "b">]><records><item><a>&a;</a></item></records>',
        "<records><item><a>&lol;</a></item></records>",
        "<a>" * 5000,
        "<records><item>",
        "no xml",
        "<records><item><a>\x01</a></item></records>",
    ],
    ids=["doctype", "entity", "deep", "open", "text", "control"],
)
def test_hostile_xml_is_refused(data: str) -> None:
    with pytest.raises(Refusal, match="not formatted correctly"):
        payload.rows(asked(data, "xml"))


@given(data=st.text(max_size=60), data_format=st.sampled_from(["json", "csv", "xml"]))
def test_any_data_is_read_or_refused(data: str, data_format: str) -> None:
    try:
        found = payload.rows(asked(data, data_format))
    except Refusal:
        return
    assert all(isinstance(value, str | dict) for row in found for value in row.values())


@given(value=st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_json_value_becomes_text_or_is_refused(value: Any) -> None:
    try:
        (row,) = payload.text_rows(asked(json.dumps([{"a": value}]), "json"))
    except Refusal:
        return
    assert isinstance(row["a"], str)
    row["a"].encode()


def test_the_decimal_character_is_a_dot_a_comma_or_none() -> None:
    assert [payload.decimal_character(asked("", "csv", decimalCharacter=one)) for one in ("", ".", ",")] == [
        "",
        ".",
        ",",
    ]
    with pytest.raises(Refusal, match='The value of the parameter "decimalCharacter" is not valid'):
        payload.decimal_character(asked("", "csv", decimalCharacter="%"))


# ------------------------------------------------------------------------------------------------ files


def form(
    files: list[tuple[str, tuple[str | None, bytes | str, str] | tuple[str | None, bytes | str]]],
) -> formbody.Form:
    """What arrives of a multipart request that `requests` builds."""
    prepared = requests.Request("POST", "http://127.0.0.1/", files=files).prepare()
    assert isinstance(prepared.body, bytes)
    return formbody.read(prepared.body, prepared.headers["Content-Type"])


def test_a_file_arrives_with_its_name_type_and_bytes() -> None:
    content = bytes(range(256))
    found = form([("content", (None, "file")), ("file", ("mug shot é.jpg", content, "image/jpeg"))])
    assert found.parameters == [("content", "file")]
    assert found.files == {"file": formbody.Upload("mug shot é.jpg", "image/jpeg", content)}


def test_an_empty_file_is_a_file_and_an_unnamed_one_is_none() -> None:
    asked_for = call.read([], form([("file", ("empty.txt", b"", "text/plain"))]).files)
    assert asked_for.file("file") == formbody.Upload("empty.txt", "text/plain", b"")
    assert asked_for.file("other") is None
    browser = b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    assert formbody.read(browser, "multipart/form-data; boundary=x") == formbody.Form()


@pytest.mark.parametrize(
    "name", [b"../../etc/passwd", b"C:\\\\Windows\\\\passwd", b"/passwd", b"pass\x07wd", b"a/b\\\\passwd"]
)
def test_a_files_name_has_no_path(name: bytes) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + name + b'"\r\n\r\nx\r\n--x--\r\n'
    assert formbody.read(body, "multipart/form-data; boundary=x").files["file"].filename == "passwd"


def test_a_large_file_stays_whole() -> None:
    content = b"\r\n--x" * 500_000
    assert form([("file", ("a.bin", content))]).files["file"].content == content


@given(
    body=st.binary(max_size=200),
    kind=st.sampled_from(["multipart/form-data; boundary=x", "multipart/form-data", "text/plain", ""]),
)
def test_any_body_is_read_without_an_error(body: bytes, kind: str) -> None:
    for found in (formbody.read(body, kind), formbody.read(b"--x\r\n" + body + b"\r\n--x--", kind)):
        assert all(isinstance(value, str) for _, value in found.parameters)
