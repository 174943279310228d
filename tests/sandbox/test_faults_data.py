"""Faults in what a server knows and says: stale data, a wrong clock, rows twice, names passed over."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sandbox.conftest import TEAM, Api, Clock, MakeProject, invalid
from tests.sandbox.faulty import Break, breaking

from redcap_sandbox import Sandbox
from redcap_sandbox.faults import doubling
from redcap_sandbox.faults.kinds import Duplicates, Omission, Skew
from redcap_sandbox.faults.rules import Series
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import Tags
from redcap_sandbox.wire.call import Format


@pytest.fixture
def breaks(server: Sandbox) -> Iterator[Break]:
    """Puts rules in force until the test is over."""
    yield from breaking(server)


@pytest.fixture
def owner(make: MakeProject) -> Api:
    """A project with the records 1, 2 and 3."""
    owner = make(TEAM)
    owner.save(*({"record_id": str(number), "town": f"Town {number}"} for number in (1, 2, 3)))
    return owner


def names(rows: Sequence[dict[str, str]]) -> list[str]:
    return [row["record_id"] for row in rows]


# --- clock skew -----------------------------------------------------------------------------------------------------


def test_a_clock_that_is_slow_dates_what_is_done(owner: Api, clock: Clock, breaks: Break) -> None:
    clock.set("2025-09-18 12:00:00")
    breaks(Skew(seconds=-3600, action="import"))
    owner.save({"record_id": "4"})
    assert [row["timestamp"] for row in owner.json("log", logtype="record", record="4")] == ["2025-09-18 11:00"]


def test_a_clock_that_is_fast_shows_in_the_date_header(owner: Api, clock: Clock, breaks: Break) -> None:
    clock.set("2025-09-18 12:00:00")
    breaks(Skew(seconds=600))
    for content in ("version", "record"):
        date = parsedate_to_datetime(owner.call(content).headers["Date"])
        assert date == datetime(2025, 9, 18, 12, 10, tzinfo=UTC)
    breaks()
    date = parsedate_to_datetime(owner.call("version").headers["Date"])
    assert date == datetime(2025, 9, 18, 12, tzinfo=UTC)


def test_skews_add_up_and_end_with_the_call(owner: Api, clock: Clock, breaks: Break) -> None:
    clock.set("2025-09-18 12:00:00")
    breaks(Skew(seconds=60, action="import"), Skew(seconds=60, action="import", nth=2))
    for record in ("4", "5"):
        owner.save({"record_id": record})
    stamps = [row["timestamp"] for row in owner.json("log", logtype="record_add")]
    assert stamps[:2] == ["2025-09-18 12:02", "2025-09-18 12:01"]
    breaks()
    owner.save({"record_id": "6"})
    assert owner.json("log", logtype="record_add")[0]["timestamp"] == "2025-09-18 12:00"


# --- duplicate rows -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "records"),
    [
        (1, "1 1 2 3"),
        ((2, 3), "1 2 2 3 3"),
        (Series(every=2), "1 2 2 3"),
        (Series(), "1 1 2 2 3 3"),
        (9, "1 2 3"),
    ],
    ids=["one", "some", "every", "all", "none"],
)
@pytest.mark.parametrize("data_format", ["json", "csv", "xml"])
def test_rows_of_an_export_come_twice(
    owner: Api, breaks: Break, rows: int | tuple[int, ...] | Series, records: str, data_format: str
) -> None:
    breaks(Duplicates(rows=rows))
    body = owner.call("record", format=data_format, fields="record_id").text
    if data_format == "json":
        assert " ".join(names(json.loads(body))) == records
    assert " ".join(re.findall(r"(?<=[\"\[\n])\d(?=[\"\]\n])", body)) == records


def test_a_share_of_the_rows_comes_twice_and_the_same_with_the_same_seed(owner: Api, breaks: Break) -> None:
    owner.save(*({"record_id": str(number)} for number in range(1, 201)))
    found = []
    for seed in (1, 1, 2):
        breaks(Duplicates(rows=Series(), share=0.3), seed=seed)
        found.append([names(owner.json("record", fields="record_id")) for _ in range(2)])
    assert found[0] == found[1]
    assert found[0] != found[2]
    assert found[0][0] != found[0][1]  # another call, another draw
    assert 230 < len(found[0][0]) < 290


def test_what_is_no_table_has_no_rows_to_come_twice(owner: Api, breaks: Break) -> None:
    calls: list[tuple[str, dict[str, str]]] = [
        ("version", {}),
        ("project", {"format": "json"}),
        ("record", {"format": "csv", "action": "import", "data": "record_id\n1", "returnContent": "ids"}),
        ("record", {"format": "csv", "fields[0]": "unknown"}),
    ]
    before = [owner.call(content, **parameters).text for content, parameters in calls]
    breaks(Duplicates(rows=Series()))
    assert [owner.call(content, **parameters).text for content, parameters in calls] == before


def test_a_table_that_is_sent_whole_keeps_its_length_right(owner: Api, breaks: Break) -> None:
    breaks(Duplicates(rows=1))
    reply = owner.call("metadata", format="csv")
    assert reply.text.count("record_id,profile") == 2
    assert reply.headers["Content-Length"] == str(len(reply.content))


CELLS = st.text(alphabet='a",\n\r\t{}[]<>&;\\é|]]>', max_size=8)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS), max_size=6),
    chosen=st.sets(st.integers(1, 6)),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=5),
    data_format=st.sampled_from(["json", "csv", "xml"]),
)
def test_doubling_a_table_on_its_way_is_writing_its_rows_twice(
    rows: list[tuple[str, str]], chosen: set[int], sizes: list[int], data_format: Format
) -> None:
    def body(of: Sequence[tuple[str, str]]) -> bytes:
        return "".join(answers.written(("item", "b"), of, data_format, Tags("records"))).encode()

    whole, pieces, number = body(rows), [], 0
    while whole:
        size = sizes[number % len(sizes)]
        pieces.append(whole[:size])
        whole, number = whole[size:], number + 1
    twice = [row for place, row in enumerate(rows, 1) for _ in range(1 + (place in chosen))]
    assert b"".join(doubling.doubled(pieces, data_format, chosen.__contains__)) == body(twice)


@pytest.mark.parametrize("body", [b"", b"3", b'["1","2"]', b"[3,4]", b'{"a":[{"b":1}]}', b"[", b"<br />[{}]", b" []"])
def test_json_that_is_no_table_passes_as_it_is(body: bytes) -> None:
    assert b"".join(doubling.doubled([body], "json", lambda _: True)) == body


# --- unknown names --------------------------------------------------------------------------------------------------


def test_unknown_fields_of_an_export_are_passed_over(owner: Api, breaks: Break) -> None:
    asked = {"fields[0]": "record_id", "fields[1]": "shoe_size", "fields[2]": "town"}
    assert owner.refusal("record", **asked) == (400, invalid("fields", "shoe_size"))
    breaks(Omission())
    assert owner.json("record", **asked)[0] == {"record_id": "1", "town": "Town 1"}
    assert owner.json("record", fields="record_id,shoe_size,profile_complete")[0] == {
        "record_id": "1",
        "profile_complete": "0",
    }


def test_unknown_forms_of_an_export_are_passed_over_and_none_left_means_all(owner: Api, breaks: Break) -> None:
    everything = list(owner.json("record")[0])
    breaks(Omission())
    assert list(owner.json("record", **{"forms[0]": "profile", "forms[1]": "nurses"})[0])[:2] == ["record_id", "town"]
    assert list(owner.json("record", **{"forms[0]": "nurses"})[0]) == everything


def test_unknown_names_are_passed_over_in_the_dictionary_too(owner: Api, breaks: Break) -> None:
    breaks(Omission())
    rows = owner.json("metadata", **{"fields[0]": "town", "fields[1]": "shoe_size"})
    assert [row["field_name"] for row in rows] == ["town"]


@pytest.mark.parametrize(
    ("data_format", "data"),
    [
        ("json", '[{"record_id": "9", "shoe_size": 44, "town": "Łódź, \\"x\\"", "tools____4": 1}]'),
        ("csv", 'record_id,shoe_size,town,tools____4\n9,44,"Łódź, ""x""",1\n'),
        (
            "xml",
            (
                '<records><item><record_id>9</record_id><shoe_size>44</shoe_size><town>Łódź, "x"</town>'
                "<tools____4>1</tools____4></item></records>"
            ),
        ),
    ],
)
def test_unknown_columns_of_an_import_are_dropped(owner: Api, breaks: Break, data_format: str, data: str) -> None:
    reply = owner.call("record", format=data_format, action="import", data=data, returnFormat="json")
    assert reply.json()["error"].endswith("not found in the project as real data fields: shoe_size")
    breaks(Omission())
    reply = owner.call("record", format=data_format, action="import", data=data, returnFormat="json")
    assert (reply.status_code, reply.text) == (200, '{"count":1}')
    (row,) = owner.json("record", records="9")
    assert (row["town"], row["tools____4"]) == ('Łódź, "x"', "1")


def test_what_is_wrong_with_known_columns_is_still_said(owner: Api, breaks: Break) -> None:
    breaks(Omission())
    status, message = owner.refusal("record", action="import", data=[{"record_id": "9", "kind": "7", "shoe": "1"}])
    assert status == 400
    assert message.startswith('"9","kind","7",')


def test_data_that_cannot_be_read_is_still_refused(owner: Api, breaks: Break) -> None:
    breaks(Omission())
    assert owner.refusal("record", action="import", data="{")[0] == 400
