"""Input meant to do harm is refused, or stored and given back unchanged."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import SUPER_TOKEN, Api, MakeProject, field, new_project

from redcap_sandbox import Sandbox, serve

NASTY = [
    "'; DROP TABLE record; --",
    "<script>alert(1)</script>",
    "nul \x00 byte",
    "bell \x07 and escape \x1b",
    "]]><!-- --><![CDATA[",
    "=cmd|' /C calc'!A0",
    "../../etc/passwd",
    "\u202eright to left",
    "😀" * 50,
    "{{7*7}} ${7*7} %s %(x)s %d",
    '"\\"',
]


@pytest.fixture
def notes(make: MakeProject) -> Api:
    return make([field("record_id", "f"), field("note", "f", "notes")])


@pytest.mark.parametrize("value", NASTY)
def test_nasty_values_come_back_as_they_were(notes: Api, value: str) -> None:
    notes.save({"record_id": "1", "note": value})
    assert notes.json("record", fields="note") == [{"note": value}]
    assert notes.call("record", format="xml").status_code == 200
    assert len(notes.json("log", logtype="record")) == 1


@pytest.mark.parametrize("name", [value[:90] for value in NASTY if value.isprintable() or "\u202e" in value])
def test_nasty_record_names_are_names(notes: Api, name: str) -> None:
    notes.save({"record_id": name, "note": "x"})
    assert notes.json("record", **{"records[0]": name.strip()}) == [
        {"record_id": name.strip(), "note": "x", "f_complete": "0"}
    ]
    assert notes.json("record", action="delete", **{"records[0]": name}) == 1


@pytest.mark.parametrize("name", ["nul \x00 byte", "bell\x07", "two\nlines"])
def test_a_record_name_with_control_characters_is_refused(notes: Api, name: str) -> None:
    status, message = notes.refusal("record", data=[{"record_id": name}])
    assert (status, "control characters" in message) == (400, True)


def test_nasty_group_and_user_names_do_no_harm(notes: Api) -> None:
    for name in NASTY:
        notes.json("dag", action="import", data=[{"data_access_group_name": name, "unique_group_name": ""}])
        status, _ = notes.refusal("user", data=[{"username": name}])
        assert status == 400
    assert [user["username"] for user in notes.json("user")] == ["sandbox_owner"]
    assert len(notes.json("dag")) == len(NASTY)
    assert {group["data_access_group_name"] for group in notes.json("dag")} == {name.strip() for name in NASTY}


def test_lone_surrogates_become_replacement_characters(notes: Api) -> None:
    data = '[{"record_id":"a\\ud800","note":"\\udfff!"}]'
    assert notes.json("record", action="import", data=data) == {"count": 1}
    assert notes.json("record", fields="record_id,note") == [{"record_id": "a\ufffd", "note": "\ufffd!"}]


@pytest.mark.parametrize(
    "data",
    [
        '<!DOCTYPE r [<!ENTITY a "b">]><records><item><record_id>&a;</record_id></item></records>',
        '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><records><item><record_id>&a;</record_id></item></records>',
        "<!DOCTYPE r><records/>",
        "<a>" * 5000,
        "<records><item><a><b><c><d><e><f/></e></d></c></b></a></item></records>",
        "\x00",
        "<records><item><record_id>\x01</record_id></item></records>",
    ],
    ids=["entity", "file", "doctype", "deep", "nested", "nul", "control"],
)
def test_dangerous_xml_is_refused(notes: Api, data: str) -> None:
    reply = notes.call("record", action="import", format="xml", returnFormat="json", data=data)
    assert (reply.status_code, "not formatted correctly" in reply.json()["error"]) == (400, True)


def test_json_nested_a_hundred_thousand_deep_is_refused(notes: Api) -> None:
    assert notes.refusal("record", action="import", data="[" * 100_000)[0] == 400


def test_a_number_of_ten_thousand_digits_is_refused(notes: Api) -> None:
    assert notes.refusal("record", action="import", data='[{"record_id":' + "9" * 10_000 + "}]")[0] == 400


def test_parameters_with_strange_brackets_do_no_harm(notes: Api) -> None:
    notes.save({"record_id": "1"})
    for name in ("fields[", "fields]", "fields[][]", "[]", "fields[a][b]", "fields[0]x", ""):
        assert notes.call("record", format="json", **{name: "x"}).status_code == 200


def test_a_body_over_the_limit_is_refused_and_the_server_goes_on(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN, body_limit=10_000) as sandbox:
        owner = new_project(sandbox, [field("record_id", "f")])
        large = {"token": owner.token, "content": "record", "data": "x" * 500_000}
        reply = requests.post(sandbox.url, data=large, timeout=10)
        assert reply.status_code == 413
        assert "larger than 10,000 bytes" in reply.text
        chunks = requests.post(sandbox.url, data=iter([b"x" * 60_000] * 5), timeout=10)
        assert chunks.status_code == 413
        assert owner.json("record") == []


@pytest.mark.parametrize(
    "head",
    [
        b"POST /api/ HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"POST /api/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/ HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\nabc",
        b"POST /api/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /api/ HTTP/1.1\r\nContent-Length: 100\r\n\r\ntoken=",
        b"\x00\x01\x02\r\n\r\n",
        b"POST " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["no number", "negative", "huge", "bad chunk", "cut short", "binary", "long path"],
)
def test_broken_requests_do_not_stop_the_server(
    sandbox: Sandbox, capfd: pytest.CaptureFixture[str], head: bytes
) -> None:
    host, port = sandbox.url.split("/")[2].split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(head)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert not answer.startswith(b"HTTP/1.1 200")
    assert requests.post(sandbox.url, data={"token": ""}, timeout=10).status_code == 403
    assert "Traceback" not in capfd.readouterr().err


def test_a_client_that_hangs_up_in_the_middle_of_an_export_leaves_no_trace(
    notes: Api, capfd: pytest.CaptureFixture[str]
) -> None:
    notes.save(*({"record_id": str(number), "note": "x" * 1000} for number in range(5000)))
    with requests.post(
        notes.url, data={"token": notes.token, "content": "record", "format": "json"}, stream=True, timeout=10
    ) as reply:
        next(reply.iter_content(100))
    notes.save({"record_id": "5000"})
    assert len(notes.json("record")) == 5001
    assert "Traceback" not in capfd.readouterr().err


TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(values=st.lists(TEXT, min_size=1, max_size=4))
def test_any_text_goes_in_and_out_through_json_and_csv(notes: Api, values: list[str]) -> None:
    rows = [{"record_id": str(number), "note": value} for number, value in enumerate(values)]
    notes.json("record", data=rows, overwriteBehavior="overwrite")
    wanted = ",".join(row["record_id"] for row in rows)
    exported = notes.json("record", fields="record_id,note", records=wanted)
    assert exported == rows
    table = notes.call("record", format="csv", fields="record_id,note", records=wanted)
    notes.json("record", action="delete", records=wanted)
    table.encoding = "utf-8"
    reply = notes.call("record", format="csv", returnFormat="json", data=table.text)
    assert reply.json() == {"count": len(rows)}, json.dumps(rows)
    assert notes.json("record", fields="record_id,note", records=wanted) == rows
