"""Reports, which come with the project XML."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import csv

ROLES = "roles___1,roles____2,roles___k__9,roles___mixedcase"
HEADER = f"ward_id,beds,remarks,safety_complete,sort,{ROLES}"


def number(api: Api) -> int:
    """The number of the project's report, which the web page shows and the API does not list."""
    return next(tried for tried in range(1, 100) if api.call("report", report_id=tried).status_code == 200)


# T1 [R] report/default: the report's own fields in the report's own order, [P] export_report doctest
def test_a_report_has_its_fields_in_its_order(wards: Api) -> None:
    lines = csv(wards, "report", report_id=number(wards)).splitlines()
    assert lines[0] == HEADER
    assert lines[2:] == ["2,70,,0,,0,0,0,0", "10,,,0,2,0,0,0,0"]


# T2 [R] report/raw: a line break is two blanks, if the report says so
def test_line_breaks_are_taken_out(own_wards: Api) -> None:
    own_wards.save({"ward_id": "2", "remarks": "one\ntwo"})
    rows = own_wards.json("report", report_id=number(own_wards))
    assert [row["remarks"] for row in rows if row["ward_id"] == "2"] == ["one  two"]
    assert all("\n" not in row["remarks"] for row in rows)


# T3 [R] report/export_checkbox_label: labels, and the choices of boxes
def test_values_may_be_labels(wards: Api) -> None:
    asked = {"report_id": number(wards), "rawOrLabel": "label"}
    first = wards.json("report", **asked)[0]
    assert [first[name] for name in ("sort", "safety_complete", "roles___1", "roles____2")] == [
        *("Medical", "Unverified", "Checked", "Unchecked")
    ]
    named = wards.json("report", **asked, exportCheckboxLabel="true")[0]
    assert [named[name] for name in ("roles___1", "roles____2", "roles___k__9")] == ["Nurse, day", "", "Kitchen"]


# T4 [R] redcap-report.R raw_or_label_headers
def test_headings_may_be_labels(wards: Api) -> None:
    text = csv(wards, "report", report_id=number(wards), rawOrLabelHeaders="label")
    assert text.startswith('"Ward ID",Beds,Remarks,Complete?,"Sort of ward","Who helps (choice=Nurse, day)",')


# T5 [A] exportReportsTyped.R csvDelimiter
def test_a_delimiter_may_be_asked_for(wards: Api) -> None:
    text = csv(wards, "report", report_id=number(wards), csvDelimiter=";")
    assert text.split("\n", 1)[0] == HEADER.replace(",", ";")


# T6 [P] export_report: flat, whatever `type` says
@pytest.mark.parametrize("kind", ["flat", "eav"])
def test_a_report_is_flat(wards: Api, kind: str) -> None:
    assert csv(wards, "report", report_id=number(wards), type=kind).split("\n", 1)[0] == HEADER


# T7 [R] test-report "bad token -Error"
def test_a_wrong_token_reads_no_report(wards: Api) -> None:
    reply = Api(wards.url, "BAD0" * 8).call("report", format="csv", report_id=12)
    assert (reply.status_code, reply.text) == (403, "ERROR: You do not have permissions to use the API")


# T8 [P] request.py: an unknown report is an error
def test_an_unknown_report_is_refused(wards: Api) -> None:
    assert wards.refusal("report", report_id="999999")[0] == 400
