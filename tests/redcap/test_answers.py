"""Answers judged as plain values, without a network."""

from __future__ import annotations

import datetime as dt

import pytest

from breakthrough.errors import (
    AnswerUnreadable,
    AuthFailed,
    Busy,
    ImportRefused,
    Overloaded,
    RedcapError,
    Refusal,
    Refused,
)
from breakthrough.redcap import answers
from breakthrough.redcap.answers import Answer, Want

JSON = "application/json; charset=utf-8"
NO_TOKEN = b'{"error":"You do not have permissions to use the API"}'
NO_EXPORT = b'{"error":"You do not have API Export privileges"}'
NO_IMPORT = b'{"error":"You do not have API Import/Update privileges"}'
NO_LOG = b"{\"error\":\"Insufficient user privileges: You must have 'API Export' privileges and 'Logging' privileges\"}"
BANNED = b"<html><body>Your IP address has been <b>banned</b> due to suspected abuse. Patient SECRET</body></html>"
MAINTENANCE = b"<!DOCTYPE html><html><body>REDCap is offline. Patient SECRET</body></html>"

# what people write on a form is data, whatever it sounds like
XML = b'<?xml version="1.0"?>\n<ODM><Label>Was your IP address banned? &lt;error&gt; ERROR: no</Label></ODM>\n'


def answer(body: bytes, status: int = 200, kind: str = JSON) -> Answer:
    return Answer(status, kind, body)


@pytest.mark.parametrize(
    ("want", "body", "kind", "expected"),
    [
        ("rows", b"[]", JSON, []),
        ("rows", b'[{"record_id":"007"}]', JSON, [{"record_id": "007"}]),
        ("object", b'{"project_id":13}', JSON, {"project_id": 13}),
        ("count", b"12", JSON, 12),
        ("count", b'{"count": 12}', JSON, 12),
        ("count", b'"12"', JSON, 12),
        ("count", b"12", "text/html; charset=UTF-8", 12),
        ("text", b"14.5.26", "text/html; charset=UTF-8", "14.5.26"),
        ("text", b"20-1\n", "text/html", "20-1"),
        ("token", b"9A59B7DE35E3DE5A3D9F0B1C2D3E4F50", "text/html", "9A59B7DE35E3DE5A3D9F0B1C2D3E4F50"),
        ("token", b"<b>Notice</b>: x\n9A59B7DE35E3DE5A3D9F0B1C2D3E4F50\n", "", "9A59B7DE35E3DE5A3D9F0B1C2D3E4F50"),
        ("document", XML, "text/xml", XML),
    ],
)
def test_a_sound_answer_is_read(want: Want, body: bytes, kind: str, expected: object) -> None:
    assert answers.read(answer(body, kind=kind), want) == expected


def test_json_is_read_as_utf_8_whatever_character_set_the_header_names() -> None:
    body = '[{"name":"déjà ø 學"}]'.encode()

    assert answers.read(answer(body, kind="application/json; charset=ISO-8859-1"), "rows") == [{"name": "déjà ø 學"}]


def test_a_users_text_that_sounds_like_an_error_is_data() -> None:
    body = b'[{"note":"REDCap ran out of server memory <error>no</error> ERROR: x"}]'

    found = answers.read(answer(body), "rows")

    assert found[0]["note"] == "REDCap ran out of server memory <error>no</error> ERROR: x"


# what the server sends, with which status and content type: what it is
BROKEN = [
    pytest.param("rows", 200, "text/html", MAINTENANCE, AnswerUnreadable, id="maintenance page with 200"),
    pytest.param("rows", 503, "text/html", MAINTENANCE, Busy, id="maintenance page with 503"),
    pytest.param("rows", 500, "text/html", b"<h1>Internal Server Error</h1>", Busy, id="500 page"),
    pytest.param("rows", 504, "text/html", b"<h1>Gateway Time-out</h1>", Busy, id="504 of a proxy"),
    pytest.param("rows", 408, "text/plain", b"", Busy, id="request time-out"),
    pytest.param("rows", 429, "text/html", b"", Busy, id="asked too often"),
    pytest.param(
        "rows",
        200,
        "text/html",
        b"<b>Fatal error</b>: Allowed memory size of 1 bytes exhausted"
        b'{"error":"REDCap ran out of server memory. The request cannot be processed."}',
        Overloaded,
        id="out of memory with 200",
    ),
    pytest.param(
        "rows", 400, JSON, b'{"error":"REDCap ran out of server memory."}', Overloaded, id="out of memory with 400"
    ),
    pytest.param("rows", 200, JSON, b"", AnswerUnreadable, id="empty body"),
    pytest.param("rows", 200, JSON, b" \n", AnswerUnreadable, id="blank body"),
    pytest.param("rows", 200, JSON, b'[{"record_id":"1"},{"record', AnswerUnreadable, id="body cut short"),
    pytest.param("rows", 200, JSON, b'[{"record_id":"1"}', AnswerUnreadable, id="body cut by one character"),
    pytest.param("rows", 200, JSON, b'[{"a":"d\xe9j\xe0"}]', AnswerUnreadable, id="Latin-1 sent as JSON"),
    pytest.param("rows", 200, "text/html", b'[{"record_id":"1"}]', AnswerUnreadable, id="JSON declared as a page"),
    pytest.param("rows", 200, "", b"[]", AnswerUnreadable, id="no content type"),
    pytest.param("rows", 200, "text/csv", b"record_id\n1\n", AnswerUnreadable, id="CSV"),
    pytest.param("rows", 200, JSON, b'{"a":1}', AnswerUnreadable, id="object for rows"),
    pytest.param("rows", 200, JSON, b"[1,2]", AnswerUnreadable, id="list of numbers for rows"),
    pytest.param("rows", 200, JSON, b"null", AnswerUnreadable, id="null for rows"),
    pytest.param("rows", 200, JSON, b"[" * 100_000, AnswerUnreadable, id="nested without end"),
    pytest.param("object", 200, JSON, b"[]", AnswerUnreadable, id="rows for an object"),
    pytest.param("count", 200, JSON, b"true", AnswerUnreadable, id="true for a count"),
    pytest.param("count", 200, JSON, b"1.5", AnswerUnreadable, id="fraction for a count"),
    pytest.param("count", 200, JSON, b"", AnswerUnreadable, id="nothing for a count"),
    pytest.param("text", 200, "text/html", MAINTENANCE, AnswerUnreadable, id="page for a version"),
    pytest.param("text", 200, "text/html", b"", AnswerUnreadable, id="nothing for a version"),
    pytest.param("text", 200, "text/html", b"\xff\xfe", AnswerUnreadable, id="not UTF-8 for a version"),
    pytest.param("text", 200, "text/html", b"one\ntwo", AnswerUnreadable, id="two lines for a version"),
    pytest.param("token", 200, "text/html", MAINTENANCE, AnswerUnreadable, id="page for a token"),
    pytest.param("token", 200, "text/html", b"9A59B7DE35E3DE5A", AnswerUnreadable, id="token cut short"),
    pytest.param("document", 200, "text/html", MAINTENANCE, AnswerUnreadable, id="page for a project XML"),
    pytest.param("document", 200, "text/xml", XML[:-8], AnswerUnreadable, id="project XML cut short"),
    pytest.param("document", 200, "text/xml", b"", AnswerUnreadable, id="nothing for a project XML"),
    pytest.param("document", 400, JSON, NO_LOG, Refused, id="no right to the project XML"),
    pytest.param("rows", 302, "text/html", b"", AnswerUnreadable, id="sent on to a login page"),
    pytest.param("rows", 301, "text/html", b"", Refused, id="moved for good"),
    pytest.param("rows", 404, "text/html", b"<h1>Not Found</h1>", Refused, id="no such address"),
    pytest.param("rows", 501, "text/xml", b"<hash><error>no method</error></hash>", Refused, id="not implemented"),
    pytest.param("rows", 403, "text/html", b"<html>Web application firewall</html>", AuthFailed, id="firewall page"),
    pytest.param("rows", 401, JSON, b"", AuthFailed, id="401"),
    pytest.param("rows", 403, JSON, NO_TOKEN, AuthFailed, id="token refused"),
    pytest.param("rows", 403, JSON, NO_EXPORT, AuthFailed, id="no right to export at all"),
    pytest.param("rows", 403, JSON, NO_IMPORT, Refused, id="no right to import"),
    pytest.param("rows", 400, JSON, NO_LOG, Refused, id="no right to the log"),
    pytest.param("rows", 403, "text/html", BANNED, AuthFailed, id="banned with 403"),
    pytest.param("rows", 200, "text/html", BANNED, AuthFailed, id="banned with 200"),
    pytest.param("rows", 413, "text/html", b"", Overloaded, id="request too long"),
    pytest.param("rows", 418, JSON, b"", Refused, id="a status nobody expects"),
]


@pytest.mark.parametrize(("want", "status", "kind", "body", "expected"), BROKEN)
def test_a_broken_answer_becomes_the_error_it_is_and_never_data(
    want: Want, status: int, kind: str, body: bytes, expected: type[RedcapError]
) -> None:
    with pytest.raises(RedcapError) as caught:
        answers.read(answer(body, status, kind), want)

    assert type(caught.value) is expected
    assert "SECRET" not in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b'{"error":"You do not have permissions to use the API"}'),
        ("text/csv", b"ERROR: You do not have permissions to use the API"),
        (
            "text/xml",
            b'<?xml version="1.0" encoding="UTF-8" ?><hash><error>You do not have permissions to use the API</error></hash>',
        ),
    ],
)
def test_redcaps_own_words_are_repeated_from_each_of_its_three_error_bodies(kind: str, body: bytes) -> None:
    with pytest.raises(Refused, match=r"status 403: You do not have permissions to use the API"):
        answers.read(answer(body, 403, kind), "rows")


def test_a_value_that_speaks_of_a_banned_address_is_data() -> None:
    body = b'[{"note":"my IP address was banned"}]'

    assert answers.read(answer(body), "rows") == [{"note": "my IP address was banned"}]


def test_an_error_body_with_status_200_is_an_error() -> None:
    with pytest.raises(Refused, match="fields"):
        answers.read(answer(b'{"error":"The following values in the parameter fields are not valid"}'), "rows")


IMPORT_ERROR = (
    b'{"error":"\\"T001\\",\\"ch_ytd\\",\\"Rachel Stone\\",\\"The value \'Rachel Stone\' is not an integer. Please try again.\\"\\n'
    b'\\"T002\\",\\"mm_period\\",\\"31,12\\",\\"The value you provided could not be validated.\\""}'
)


def test_a_refused_import_names_record_field_and_reason_but_never_the_value() -> None:
    with pytest.raises(ImportRefused) as caught:
        answers.read(answer(IMPORT_ERROR, 400), "count", sent={"Rachel Stone", "31,12"})

    assert caught.value.refusals == (
        Refusal("T001", "ch_ytd", "The value '…' is not an integer. Please try again."),
        Refusal("T002", "mm_period", "The value you provided could not be validated."),
    )
    assert "record T001, field ch_ytd: " in str(caught.value)
    assert "Rachel" not in str(caught.value)
    assert "31,12" not in str(caught.value)
    assert "wrote nothing" in str(caught.value)


def test_a_refused_import_of_many_values_tells_ten_and_how_many_more() -> None:
    lines = "\\n".join(f'\\"T{n:03}\\",\\"f\\",\\"v\\",\\"no\\"' for n in range(25))

    with pytest.raises(ImportRefused) as caught:
        answers.read(answer(f'{{"error":"{lines}"}}'.encode(), 400), "count", sent={"v"})

    assert len(caught.value.refusals) == 25
    assert "record T009" in str(caught.value)
    assert "record T010" not in str(caught.value)
    assert "and 15 more" in str(caught.value)


def test_an_import_error_in_another_form_keeps_its_sentence_without_the_values_that_were_sent() -> None:
    body = b'{"error":"The following fields were not found in the project as real data fields: foo, baz. Near: Rachel"}'

    with pytest.raises(ImportRefused) as caught:
        answers.read(answer(body, 400), "count", sent={"Rachel", "5"})

    assert caught.value.refusals == ()
    assert "real data fields: foo, baz. Near: …" in str(caught.value)


@pytest.mark.parametrize(
    "message",
    [
        "You do not have API Import/Update privileges",
        "You do not have permissions to use the API",
        "Insufficient user privileges: You must have 'API Import' privileges in the project.",
    ],
)
def test_a_missing_right_is_a_refusal_of_the_token_not_of_the_rows(message: str) -> None:
    with pytest.raises(Refused):
        answers.read(answer(f'{{"error":"{message}"}}'.encode(), 400), "count", sent=set())


def test_markup_tokens_and_length_of_redcaps_words_are_tamed() -> None:
    token = "ABCDEF0123456789ABCDEF0123456789"
    body = f'{{"error":"<b>No</b>&nbsp;&lt;i&gt; {token} {token * 2} {"x" * 5000}"}}'.encode()

    with pytest.raises(Refused) as caught:
        answers.read(answer(body, 400), "rows")

    assert "<" not in str(caught.value)
    assert token not in str(caught.value)
    assert len(str(caught.value)) < 800


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17.0),
        ("Sun, 22 Nov 2026 10:02:00 GMT", 120.0),
        ("Sun, 22 Nov 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_the_wait_that_a_busy_server_asks_for_is_kept(header: str, seconds: float | None) -> None:
    clock = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)

    with pytest.raises(Busy) as caught:
        answers.read(Answer(503, "text/html", b"", clock, header), "rows")

    assert caught.value.wait == seconds
