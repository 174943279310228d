"""Tokens, formats, parameters and errors: what every content has in common."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import SUPER_TOKEN, Api

from redcap_sandbox import Sandbox
from redcap_sandbox.wire import call, formbody
from redcap_sandbox.wire.formbody import Upload

DENIED = "You do not have permissions to use the API"
XML_DENIED = f'<?xml version="1.0" encoding="UTF-8" ?><hash><error>{DENIED}</error></hash>'


@pytest.mark.parametrize("content", ["record", "metadata", "version", "no such content", ""])
@pytest.mark.parametrize("token", ["", "A" * 32, "A" * 64, "' OR 1=1 --"], ids=["none", "unknown", "64", "sql"])
def test_a_wrong_token_is_denied_whatever_it_asks_for(sandbox: Sandbox, token: str, content: str) -> None:
    assert Api(sandbox.url, token).refusal(content) == (403, DENIED)


@pytest.mark.parametrize(
    ("parameters", "content_type", "body"),
    [
        ({"format": "json"}, "application/json; charset=utf-8", f'{{"error":"{DENIED}"}}'),
        ({"format": "csv"}, "text/csv; charset=utf-8", f"ERROR: {DENIED}"),
        ({"format": "xml"}, "text/xml; charset=utf-8", XML_DENIED),
        ({"format": "json", "returnFormat": "csv"}, "text/csv; charset=utf-8", f"ERROR: {DENIED}"),
        ({"format": "csv", "returnFormat": "json"}, "application/json; charset=utf-8", f'{{"error":"{DENIED}"}}'),
        ({"returnFormat": "csv"}, "text/csv; charset=utf-8", f"ERROR: {DENIED}"),
        ({}, "text/xml; charset=utf-8", XML_DENIED),
        ({"format": "odm"}, "text/xml; charset=utf-8", XML_DENIED),
        ({"format": "yaml"}, "text/xml; charset=utf-8", XML_DENIED),
        ({"format": "", "returnFormat": ""}, "text/xml; charset=utf-8", XML_DENIED),
    ],
    ids=[
        "json",
        "csv",
        "xml",
        "returnFormat wins",
        "json wins",
        "returnFormat alone",
        "neither",
        "odm",
        "bad",
        "empty",
    ],
)
def test_an_error_has_the_form_the_caller_asked_for(
    sandbox: Sandbox, parameters: dict[str, str], content_type: str, body: str
) -> None:
    reply = Api(sandbox.url, "").call("record", **parameters)
    assert (reply.status_code, reply.headers["Content-Type"], reply.text) == (403, content_type, body)


def test_unknown_words_in_the_common_parameters_are_refused(team: Api) -> None:
    assert team.refusal("nonsense") == (400, 'The value of the parameter "content" is not valid')
    assert team.refusal("version", action="fly") == (400, 'The value of the parameter "action" is not valid')
    for parameter in ("format", "returnFormat"):
        reply = team.call("record", **{parameter: "yaml"})
        assert reply.status_code == 400
        assert f'The value of the parameter "{parameter}" is not valid' in reply.text


def test_the_super_token_is_good_for_projects_only(sandbox: Sandbox) -> None:
    assert Api(sandbox.url, SUPER_TOKEN).refusal("record") == (403, DENIED)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_methods_but_post_are_not_implemented(sandbox: Sandbox, method: str) -> None:
    reply = requests.request(method, sandbox.url, timeout=10)
    assert reply.status_code == 501
    assert reply.text == (
        '<?xml version="1.0" encoding="UTF-8" ?><hash><error>The requested method is not implemented</error></hash>'
    )


def test_another_path_is_not_found(sandbox: Sandbox) -> None:
    assert requests.post(sandbox.url.replace("/api/", "/"), timeout=10).status_code == 404


def test_arrays_may_be_indexed_bare_or_joined_by_commas(team: Api) -> None:
    team.save({"record_id": "1"}, {"record_id": "2"}, {"record_id": "3"})
    expected = [{"record_id": "1", "town": ""}, {"record_id": "3", "town": ""}]
    plumbing = {"redcap_repeat_instrument": "", "redcap_repeat_instance": ""}
    rows = [{**row, **plumbing} for row in expected]
    indexed = {"records[0]": "1", "records[1]": "3", "fields[0]": "record_id", "fields[1]": "town"}
    bare = [("records[]", "1"), ("records[]", "3"), ("fields[]", "record_id"), ("fields[]", "town")]
    base = [("token", team.token), ("content", "record"), ("format", "json")]
    assert team.json("record", **indexed) == rows
    assert requests.post(team.url, data=base + bare, timeout=10).json() == rows
    assert team.json("record", records="1,3", fields="record_id,town") == rows


@pytest.mark.parametrize("word", ["true", "TRUE", "True", "1"])
def test_every_spelling_of_true_is_understood(team: Api, word: str) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "north"})
    (row,) = team.json("record", exportDataAccessGroups=word)
    assert row["redcap_data_access_group"] == "north"


@pytest.mark.parametrize("word", ["false", "FALSE", "False", "0", ""])
def test_every_spelling_of_false_is_understood(team: Api, word: str) -> None:
    team.save({"record_id": "1"})
    (row,) = team.json("record", exportDataAccessGroups=word)
    assert "redcap_data_access_group" not in row


def test_names_of_parameters_are_case_sensitive(team: Api) -> None:
    everything = team.json("record")
    assert team.json("record", RawOrLabel="nonsense", FIELDS="town") == everything
    assert team.call("instrument", Format="json").text.startswith("<?xml")


def test_the_last_of_two_values_under_one_name_counts(team: Api) -> None:
    pairs = [("token", team.token), ("content", "metadata"), ("format", "csv"), ("format", "json")]
    fields = [("fields[0]", "town"), ("fields[0]", "kind"), ("fields[7]", "seen")]
    rows = requests.post(team.url, data=pairs + fields, timeout=10).json()
    assert [row["field_name"] for row in rows] == ["kind", "seen"]


def test_empty_parameters_count_as_absent(team: Api) -> None:
    team.save({"record_id": "1"})
    assert len(team.json("record", filterLogic="", dateRangeBegin="", fields="", rawOrLabel="")) == 1


def test_a_form_may_come_as_multipart(team: Api) -> None:
    parts = {"token": team.token, "content": "instrument", "format": "csv"}
    reply = requests.post(team.url, files={name: (None, value) for name, value in parts.items()}, timeout=10)
    assert reply.text == 'instrument_name,instrument_label\nprofile,"Profile"\nmonthly,"Monthly"\npdsa,"Pdsa"\n'


def test_a_body_may_come_in_chunks_of_unannounced_length(team: Api) -> None:
    body = f"token={team.token}&content=version".encode()
    reply = requests.post(
        team.url,
        data=iter([body[:10], body[10:]]),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=10,
    )
    assert reply.status_code == 200
    assert reply.text.count(".") == 2


def test_percent_signs_pluses_and_accents_arrive_as_they_were_sent(team: Api) -> None:
    text = '100% of +2 & a=b; %22 %2522 é ✓ \u0080 "quoted" #1\r\nnext'
    team.save({"record_id": "1", "town": text})
    (row,) = team.json("record", fields="town")
    assert row == {"town": text}


def test_a_call_with_neither_data_nor_action_exports(team: Api) -> None:
    assert team.json("dag") == team.json("dag", action="export")


def test_json_is_ascii_and_compact(team: Api) -> None:
    team.save({"record_id": "1", "town": "Århus"})
    reply = team.call("record", format="json", fields="town")
    assert reply.content == b'[{"town":"\\u00c5rhus"}]'
    assert json.loads(reply.content) == [{"town": "Århus"}]


def test_a_file_reaches_the_content_that_is_called() -> None:
    body = requests.Request(
        "POST",
        "http://127.0.0.1/",
        data={"token": "T", "content": "file", "action": "import"},
        files={"file": ("mug.jpg", b"\xff\xd8", "image/jpeg")},
    ).prepare()
    assert isinstance(body.body, bytes)
    form = formbody.read(body.body, body.headers["Content-Type"])
    asked = call.read(form.parameters, form.files)
    assert (asked.content, asked.action) == ("file", "import")
    assert asked.file("file") == Upload("mug.jpg", "image/jpeg", b"\xff\xd8")
    assert asked.file("token") is None


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(0, 9))
def test_a_long_text_is_unescaped_slice_by_slice_without_tearing_an_escape(text: str, shift: int) -> None:
    long = "x" * (formbody._SLICE - shift) + text + "é%" * 5
    kind = "application/x-www-form-urlencoded"
    for end in ("", "%"):  # the second, which begins no escape, takes the slow way
        ((_, read),) = formbody.parameters(f"data={quote(long)}{end}".encode(), kind)
        assert read == long + end
