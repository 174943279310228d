"""Requests as three clients encode them, and what comes back whatever the content.

The numbers in comments are those of docs/sandbox-behaviour.md. [P] PyCap, [R] REDCapR, [A] redcapAPI, [I] an issue.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import requests
from redcap.project import Project
from redcap.request import RedcapError
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, invalid
from tests.sandbox.evidence.conftest import XML_HEAD, Create, csv
from tests.sandbox.evidence.studies import TEAMS

BAD_TOKEN = "BAD0" * 8
NO_PERMISSION = "You do not have permissions to use the API"

CONTENTS = (
    "arm",
    "dag",
    "event",
    "exportFieldNames",
    "file",
    "fileRepository",
    "formEventMapping",
    "generateNextRecordName",
    "instrument",
    "log",
    "metadata",
    "participantList",
    "pdf",
    "project",
    "project_xml",
    "record",
    "repeatingFormsEvents",
    "report",
    "surveyLink",
    "surveyQueueLink",
    "surveyReturnCode",
    "surveyAccessCode",
    "user",
    "userDagMapping",
    "userRole",
    "userRoleMapping",
    "version",
)


# W1 [P] request.py, base.py: a POST to an address that ends in /api/, form-encoded
def test_the_api_is_at_an_address_that_pycap_accepts(wards: Api) -> None:
    assert wards.url.endswith("/api/")
    assert Project(wards.url, wards.token).def_field == "ward_id"


# W1 [P] files.py: multipart when there is a file; httr sends multipart for every call with a file
def test_the_parameters_may_come_as_multipart_form_data(wards: Api) -> None:
    parts = {"token": wards.token, "content": "instrument", "format": "csv"}
    reply = requests.post(wards.url, files={name: (None, value) for name, value in parts.items()}, timeout=30)
    assert (reply.status_code, reply.text) == (200, csv(wards, "instrument"))


# W2 [R] kernel-api.R: what a browser sees at the address
def test_get_is_not_implemented(wards: Api) -> None:
    reply = requests.get(wards.url, timeout=30)
    assert reply.status_code == 501
    assert "<error>The requested method is not implemented</error>" in reply.text


# W3 [P] base.py, [R] sanitize-token.R, [A] redcapConnection.R
def test_a_token_is_32_upper_case_hexadecimal_characters(wards: Api) -> None:
    assert re.fullmatch("[0-9A-F]{32}", wards.token)


# W3 [P] conftest.py, [A] createRedcapProject.R: 64 characters, for making projects only
def test_a_super_token_reads_no_project(wards: Api) -> None:
    reply = Api(wards.url, SUPER_TOKEN).call("record", format="json")
    assert (reply.status_code, reply.json()) == (403, {"error": NO_PERMISSION})


# W4 [R] test-read-oneshot, test-delete, test-dag-read, test-report, test-users-export … "bad token -Error"
@pytest.mark.parametrize("content", CONTENTS)
def test_a_wrong_token_gets_the_same_text_for_every_content(wards: Api, content: str) -> None:
    reply = Api(wards.url, BAD_TOKEN).call(content, format="csv")
    assert (reply.status_code, reply.text) == (403, f"ERROR: {NO_PERMISSION}")


# W5 [P] request.py: JSON, CSV and XML errors are found by these three shapes
@pytest.mark.parametrize(
    ("asked", "body"),
    [
        ("json", '{"error":"You do not have permissions to use the API"}'),
        ("csv", "ERROR: You do not have permissions to use the API"),
        (
            "xml",
            f"{XML_HEAD}<hash><error>You do not have permissions to use the API</error></hash>",
        ),
    ],
)
def test_an_error_has_the_shape_of_the_format(wards: Api, asked: str, body: str) -> None:
    reply = Api(wards.url, BAD_TOKEN).call("metadata", format=asked)
    assert (reply.status_code, reply.text) == (403, body)


# W6 [P] request.py: returnFormat before format, and XML where neither is given
@pytest.mark.parametrize(
    ("formats", "start"),
    [
        ({"format": "json", "returnFormat": "csv"}, "ERROR: "),
        ({"format": "csv", "returnFormat": "json"}, '{"error":'),
        ({"format": "csv", "returnFormat": "xml"}, "<?xml"),
        ({"returnFormat": "json"}, '{"error":'),
        ({}, "<?xml"),
    ],
    ids=["csv-over-json", "json-over-csv", "xml-over-csv", "json-alone", "neither"],
)
def test_an_errors_format_is_return_format_then_format_then_xml(
    wards: Api, formats: dict[str, str], start: str
) -> None:
    assert wards.call("record", **{"fields[0]": "no_such_field"}, **formats).text.startswith(start)


# W6 [P] request.py: so a request without any format fails in words PyCap finds
def test_pycap_sees_the_error_of_a_request_without_a_format(wards: Api) -> None:
    with pytest.raises(RedcapError, match="<error>"):
        Project(wards.url, BAD_TOKEN).export_version()


# W7 [R] test-arm-export, test-event-read …: "ERROR: " and the message is all there is in CSV
def test_a_csv_error_is_one_line_without_a_header(wards: Api) -> None:
    reply = wards.call("arm", format="csv")
    assert (reply.status_code, reply.text) == (400, "ERROR: You cannot export arms for classic projects")


# W8 [A] redcapError.R
def test_an_unknown_content_is_refused(wards: Api) -> None:
    assert wards.refusal("no-content") == (400, 'The value of the parameter "content" is not valid')


ARRAYS = [
    ("record", "records", ["1", "10"]),
    ("record", "fields", ["ward_id", "beds"]),
    ("record", "forms", ["ward", "people"]),
    ("metadata", "fields", ["beds", "sort"]),
    ("metadata", "forms", ["people", "ward"]),
]


# W9 [P] `fields[0]`, [A] `fields[1]` (vectorToApiBodyList.R), PHP's `fields[]`
@pytest.mark.parametrize(("content", "name", "values"), ARRAYS)
@pytest.mark.parametrize("first", [0, 1])
def test_an_array_begins_at_any_number(wards: Api, content: str, name: str, values: list[str], first: int) -> None:
    numbered = {f"{name}[{number}]": value for number, value in enumerate(values, first)}
    unnumbered = requests.post(
        wards.url,
        data={"token": wards.token, "content": content, "format": "csv", f"{name}[]": values},
        timeout=30,
    )
    assert csv(wards, content, **numbered) == unnumbered.text
    assert csv(wards, content, **numbered) != csv(wards, content)


# W10 [R] redcap-read-oneshot.R: records, fields, forms and events joined by commas
@pytest.mark.parametrize(("content", "name", "values"), ARRAYS)
def test_a_list_may_be_joined_by_commas(wards: Api, content: str, name: str, values: list[str]) -> None:
    numbered = {f"{name}[{number}]": value for number, value in enumerate(values)}
    assert csv(wards, content, **{name: ",".join(values)}) == csv(wards, content, **numbered)


# W10 [R] redcap-read-oneshot.R (events), redcap-event-instruments.R (arms)
def test_events_and_arms_may_be_joined_by_commas(teams: Api) -> None:
    events = ["start_arm_1", "start_arm_2"]
    assert {row["redcap_event_name"] for row in teams.json("record", events=",".join(events))} == set(events)
    assert teams.json("formEventMapping", arms="1,2") == teams.json("formEventMapping")


# W11 [I] PyCap#110, PyCap records.py: comma-joined forms that do not exist give every form; an array is refused
def test_an_unknown_form_is_passed_over_in_a_joined_list_and_refused_in_an_array(wards: Api) -> None:
    assert wards.json("record", forms="no_such_form") == wards.json("record")
    assert wards.refusal("record", **{"forms[0]": "no_such_form"}) == (400, invalid("forms", "no_such_form"))


TRUE = ["true", "TRUE", "True", "1"]
FALSE = ["false", "FALSE", "False", "0", ""]


# W12 [R] logicals as TRUE/FALSE and true/false, [P] str(bool), [A] tolower(logical) and as.numeric(logical)
@pytest.mark.parametrize(("spelt", "expected"), [*((text, True) for text in TRUE), *((text, False) for text in FALSE)])
def test_every_clients_spelling_of_a_boolean_is_understood(wards: Api, spelt: str, expected: bool) -> None:
    rows = wards.json("record", exportDataAccessGroups=spelt)
    assert ("redcap_data_access_group" in rows[0]) is expected


# W13 [R] redcap-read-oneshot.R sends these every time
def test_an_empty_parameter_is_an_absent_one(wards: Api) -> None:
    empty = dict.fromkeys(
        ("records", "fields", "forms", "events", "filterLogic", "dateRangeBegin", "dateRangeEnd", "csvDelimiter"), ""
    )
    assert csv(wards, "record", **empty) == csv(wards, "record")
    log = {"beginTime": "", "endTime": "", "record": "", "user": ""}
    assert csv(wards, "log", **log).startswith("timestamp,username,action,details,record\n")


# W14 [A] makeApiCall.R reads the charset from the content type, and takes ISO 8859-1 if there is none
@pytest.mark.parametrize(
    ("asked", "kind"), [("json", "application/json"), ("csv", "text/csv"), ("xml", "text/xml")], ids=str
)
@pytest.mark.parametrize("content", ["record", "metadata", "project", "user", "log", "dag", "instrument"])
def test_the_content_type_names_utf_8(wards: Api, content: str, asked: str, kind: str) -> None:
    reply = wards.call(content, format=asked)
    assert reply.headers["Content-Type"].lower() == f"{kind}; charset=utf-8"


# W15 [R] test-instruments "text/html; charset=UTF-8", [A] exportVersion.R
@pytest.mark.parametrize("content", ["version", "generateNextRecordName"])
def test_a_bare_text_is_called_html(wards: Api, content: str) -> None:
    assert wards.call(content).headers["Content-Type"].lower() == "text/html; charset=utf-8"


# W16 [R] test-read-errors "Bad Uri -wrong address"
def test_another_address_is_not_found(wards: Api) -> None:
    reply = requests.post(wards.url.replace("/api/", "/apiFFFFF/"), data={"token": wards.token}, timeout=30)
    assert reply.status_code == 404
    assert "The requested URL was not found on this server." in reply.text


# W17 [R], [A]: every success is 200
@pytest.mark.parametrize("content", ["instrument", "metadata", "record", "version", "project", "user", "log"])
def test_success_is_200(wards: Api, content: str) -> None:
    assert wards.call(content, format="csv").status_code == 200


# W18 [R] test-write-error
def test_importing_needs_the_import_right(own_wards: Api, add_user: AddUser) -> None:
    reader = add_user(own_wards, "reader", api_export=1)
    reply = reader.call("record", format="csv", returnFormat="csv", data="ward_id\n1")
    assert (reply.status_code, reply.text) == (403, "ERROR: You do not have API Import/Update privileges")


# W19 [R] test-delete "no-delete-permissions"
def test_deleting_records_needs_its_own_right(own_wards: Api, add_user: AddUser) -> None:
    writer = add_user(own_wards, "writer", api_export=1, api_import=1)
    reply = writer.call("record", action="delete", **{"records[0]": "1"})
    assert reply.status_code == 403
    assert "You do not have Delete Record privileges" in reply.text


# W20 [I] REDCapR#558, redcapAPI#365
def test_reading_groups_needs_their_right(own_wards: Api, add_user: AddUser) -> None:
    reader = add_user(own_wards, "reader", api_export=1)
    message = (
        "Insufficient user privileges: You must have 'API Export' privileges and 'Data Access Groups' privileges "
        "in the project."
    )
    assert reader.refusal("dag") == (400, message)


# W21 [I] a Julia client's recorded reply
def test_json_that_cannot_be_read_is_quoted_as_php_does(own_wards: Api) -> None:
    message = (
        "The data being imported is not formatted correctly. PHP error from JSON decoder: Syntax error. \n"
        "The JSON must be in an array, as in [{ ... }]."
    )
    assert own_wards.refusal("record", data="[{]") == (400, message)


# W22 [P] conftest.py takes the last 32 characters; [A] createRedcapProject.R the whole
@pytest.mark.parametrize("asked", ["xml", "csv", "json"])
def test_creating_a_project_answers_the_bare_token(new: Create, asked: str) -> None:
    url = new(TEAMS).url
    data: dict[str, Any] = {
        "xml": "<item><project_title>Made</project_title><purpose>0</purpose></item>",
        "csv": "project_title,purpose\nMade,0\n",
        "json": json.dumps([{"project_title": "Made", "purpose": 0}]),
    }
    reply = Api(url, SUPER_TOKEN).call("project", format=asked, data=data[asked])
    assert reply.status_code == 200
    assert re.fullmatch("[0-9A-F]{32}", reply.text)
    assert Api(url, reply.text).json("project")["project_title"] == "Made"
