"""Forms as PDF."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import Api


# H1 [P] export_pdf doctest: the file's first bytes
def test_a_pdf_begins_as_redcaps_does(wards: Api) -> None:
    content, told = wards.project().export_pdf()
    assert content.startswith(b"%PDF-1.3\n3 0 obj\n")
    assert content.rstrip().endswith(b"%%EOF")
    assert isinstance(told, dict)


ASKED = [
    {},
    {"instrument": "safety"},
    {"record": "1"},
    {"record": "1", "instrument": "safety"},
    {"allRecords": "1"},
    {"record": "1", "compactDisplay": "true"},
]


# H2 [A] test-109 (blank, one form, one record, all records), [R] test-instruments, [P] export_pdf
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_forms_may_be_blank_or_filled(wards: Api, asked: dict[str, str]) -> None:
    reply = wards.call("pdf", returnFormat="csv", **asked)
    assert reply.status_code == 200
    assert reply.content.startswith(b"%PDF-")


# H2 [A] test-109 with an event, [R] redcap-instrument-download.R sends every parameter, blank ones too
def test_an_events_forms_are_exported(teams: Api) -> None:
    blank = {"record": "", "instrument": "", "event": "start_arm_1"}
    assert teams.call("pdf", returnFormat="csv", **blank).content.startswith(b"%PDF-")
    one = teams.call("pdf", record="1", event="start_arm_1", instrument="pulse")
    assert one.content.startswith(b"%PDF-")


# H3 [P] instruments.py splits the type at `;` and `=`
def test_the_content_type_can_be_taken_apart(wards: Api) -> None:
    parts = wards.call("pdf").headers["Content-Type"].split(";")
    assert all(part.count("=") == 1 for part in parts[1:])


# H4 [R] test-instruments "bad token -Error"
def test_a_wrong_token_gets_no_pdf(wards: Api) -> None:
    assert Api(wards.url, "BAD0" * 8).call("pdf", returnFormat="csv").status_code == 403
