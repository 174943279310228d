"""Nasty values in every parameter and column of the record, event, arm, report, log and PDF calls: never a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sandbox.conftest import Api, field
from tests.sandbox.longitudinal import FIELDS, at, longitudinal

from redcap_sandbox import Sandbox

NASTY = (
    "'; DROP TABLE record; --",
    '" OR ""="',
    "<script>alert(1)</script>",
    "../../../etc/passwd",
    "\x00",
    "a\x00b",
    "\r\nX-Injected: 1",
    "%s%n%d{0}",
    "-1",
    "0",
    "00000001",
    "1e9",
    "NaN",
    "9" * 20,
    "9" * 400,
    "-" + "9" * 5000,
    "²",
    "١٢",
    "\ufeff1",
    "\u202egnp.exe",
    "😀" * 50,
    "x" * 100_000,
    "[" * 50 + "]" * 50,
    "{}",
    "null",
    "True",
    ",,,",
    " ",
)
CALLS: dict[tuple[str, str], tuple[str, ...]] = {
    ("record", "export"): (
        *("records", "fields", "forms", "events", "type", "rawOrLabel", "rawOrLabelHeaders", "exportCheckboxLabel"),
        *(
            "exportSurveyFields",
            "exportDataAccessGroups",
            "filterLogic",
            "dateRangeBegin",
            "dateRangeEnd",
            "csvDelimiter",
        ),
        *("decimalCharacter", "combineCheckboxOptions", "exportBlankForGrayFormStatus", "format", "returnFormat"),
    ),
    ("record", "import"): (
        *("data", "type", "overwriteBehavior", "forceAutoNumber", "dateFormat", "csvDelimiter", "returnContent"),
        "backgroundProcess",
    ),
    ("record", "delete"): ("records", "arm", "instrument", "event", "repeat_instance", "delete_logging"),
    ("record", "rename"): ("record", "new_record_name", "arm"),
    ("arm", "export"): ("arms",),
    ("arm", "import"): ("data", "override"),
    ("arm", "delete"): ("arms",),
    ("event", "export"): ("arms",),
    ("event", "import"): ("data", "override"),
    ("event", "delete"): ("events",),
    ("formEventMapping", "export"): ("arms",),
    ("formEventMapping", "import"): ("data",),
    ("repeatingFormsEvents", "import"): ("data",),
    ("project_settings", "import"): ("data",),
    ("report", "export"): ("report_id", "rawOrLabel", "csvDelimiter", "decimalCharacter"),
    ("log", "export"): ("logtype", "user", "record", "dag", "beginTime", "endTime"),
    ("pdf", "export"): ("record", "event", "instrument", "repeat_instance", "allRecords", "compactDisplay"),
    ("generateNextRecordName", "export"): ("format",),
}


@pytest.fixture(scope="module")
def study(server: Sandbox) -> Api:
    """A longitudinal project with a record, whose owner may do everything."""
    made = longitudinal(server, [*FIELDS, field("twice", "diary", "calc", choices="[mood] * 2")], groups=("North",))
    made.json("user", data=[{"username": "sandbox_owner", "record_delete": 1, "record_rename": 1}])
    made.save(at("1", "start_arm_1", name="Ann"), at("1", "daily_arm_1", "", 1, mood="1"))
    return made


def sent(api: Api, content: str, action: str, **parameters: str) -> requests.Response:
    """The reply to a call, which must be an answer or a refusal, and well-formed."""
    asked = {"token": api.token, "content": content, "action": action, "format": "json", **parameters}
    reply = requests.post(api.url, data=asked, timeout=60)
    assert reply.status_code in {200, 400}, (reply.status_code, content, action, list(parameters))
    assert "X-Injected" not in reply.headers
    if reply.status_code == 400 and not {"format", "returnFormat"} & parameters.keys():
        assert list(reply.json()) == ["error"]
    return reply


SWITCHES = frozenset(
    {
        *("exportCheckboxLabel", "exportSurveyFields", "exportDataAccessGroups", "combineCheckboxOptions", "override"),
        *("exportBlankForGrayFormStatus", "forceAutoNumber", "backgroundProcess", "delete_logging", "allRecords"),
        "compactDisplay",
    }
)
PARAMETERS = [(*call, name) for call, names in CALLS.items() for name in names]


@pytest.mark.parametrize(("content", "action", "name"), PARAMETERS)
def test_no_value_of_a_parameter_makes_the_server_fail(study: Api, content: str, action: str, name: str) -> None:
    usual = {
        ("record", "delete"): {"records": "nobody"},
        ("record", "rename"): {"record": "nobody", "new_record_name": "1"},
        ("record", "import"): {"data": json.dumps([at("1", "start_arm_1", name="Ann")])},
    }
    for value in NASTY[:6] if name in SWITCHES else NASTY:
        sent(study, content, action, **{**usual.get((content, action), {}), name: value})
        if name in {"records", "fields", "forms", "events", "arms"}:
            sent(study, content, action, **{f"{name}[0]": value, f"{name}[x]": value})
    (row,) = study.json("record", records="1", events="start_arm_1")
    assert row["name"] == "Ann"
    assert len(study.json("event")) == 4


COLUMNS: dict[str, dict[str, Any]] = {
    "record": {**at("1", "daily_arm_1", "", 1), "mood": "1", "redcap_data_access_group": "north", "signs___a": "1"},
    "arm": {"arm_num": 1, "name": "Group 1"},
    "event": {
        "event_name": "Start",
        "arm_num": 1,
        "unique_event_name": "start_arm_1",
        "custom_event_label": "",
        "day_offset": 0,
        "offset_min": 0,
    },
    "formEventMapping": {"arm_num": 1, "unique_event_name": "start_arm_1", "form": "enrol"},
    "repeatingFormsEvents": {"event_name": "daily_arm_1", "form_name": "", "custom_form_label": ""},
    "project_settings": {"project_title": "A", "purpose": 0, "surveys_enabled": 0, "secondary_unique_field": ""},
}


@pytest.mark.parametrize(("content", "column"), [(content, name) for content, row in COLUMNS.items() for name in row])
def test_no_value_of_a_column_makes_the_server_fail(server: Sandbox, content: str, column: str) -> None:
    study = longitudinal(server, groups=("North",))
    others: tuple[Any, ...] = (7, -1.5, True, None, [], {"a": "b"})
    for value in (*NASTY, *others):
        sent(study, content, "import", data=json.dumps([{**COLUMNS[content], column: value}]))
    sent(study, content, "import", data=json.dumps([{column: value} for value in NASTY]))
    for other in ("record", "arm", "event", "formEventMapping", "log"):
        assert isinstance(study.json(other), list)
    assert study.call("record", format="xml").status_code == 200
    assert study.call("record", format="csv", type="eav").status_code == 200


def test_a_hundred_thousand_names_are_answered(study: Api) -> None:
    body = "&".join(f"fields[]=f{number}" for number in range(100_000))
    head = f"token={study.token}&content=record&format=json&"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = requests.post(study.url, data=head + body, headers=kind, timeout=60)
    assert (reply.status_code, reply.json()["error"].startswith("The following values")) == (400, True)
    body = "&".join(f"records[{number}]={number}" for number in range(100_000))
    reply = requests.post(study.url, data=head + body, headers=kind, timeout=60)
    assert [row["record_id"] for row in reply.json()][:2] == ["1", "1"]
    joined = ",".join(f"n{number}" for number in range(100_000))
    assert sent(study, "record", "export", events=joined, fields=joined, forms=joined).status_code == 200


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "cp1252"])
def test_text_in_another_encoding_is_stored_as_what_it_reads_as(study: Api, encoding: str) -> None:
    data = json.dumps([at("1", "start_arm_1", name="Zoë")], ensure_ascii=False).encode(encoding)
    asked = {"token": study.token, "content": "record", "format": "json", "data": data}
    reply = requests.post(study.url, data=asked, timeout=30)
    assert reply.status_code in {200, 400}
    study.save(at("1", "start_arm_1", name="Ann"))


def test_a_mark_at_the_beginning_of_data_is_no_part_of_them(study: Api) -> None:
    data = "\ufeffrecord_id,redcap_event_name,name\n1,start_arm_1,Ann\n"
    assert study.call("record", format="csv", data=data).text == "1"
    data = "\ufeff" + json.dumps([at("1", "start_arm_1", name="Ann")])
    assert study.call("record", format="json", data=data).json() == {"count": 1}


scalars = st.one_of(
    st.text(max_size=8), st.integers(), st.booleans(), st.none(), st.floats(), st.sampled_from(NASTY[:20])
)
names = st.one_of(
    st.sampled_from(["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "mood"]),
    st.sampled_from(["weight", "signs___a", "redcap_data_access_group", "twice", "enrol_complete", "joined"]),
)
rows = st.lists(st.dictionaries(names, scalars, max_size=6), max_size=3)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=rows, options=st.fixed_dictionaries({}, optional={
    "overwriteBehavior": st.sampled_from(["normal", "overwrite"]),
    "type": st.sampled_from(["flat", "eav"]),
    "forceAutoNumber": st.sampled_from(["true", "false"]),
    "returnContent": st.sampled_from(["ids", "auto_ids", "nothing"]),
    "dateFormat": st.sampled_from(["MDY", "DMY"]),
    "backgroundProcess": st.sampled_from(["0", "1"]),
}))  # fmt: skip
def test_any_rows_are_imported_or_refused(study: Api, rows: list[dict[str, Any]], options: dict[str, str]) -> None:
    sent(study, "record", "import", data=json.dumps(rows), **options)
    assert study.call("record", format="json").status_code == 200


values = st.fixed_dictionaries(
    {"record": st.sampled_from(["1", "2", "", " "])},
    optional={
        "redcap_event_name": st.sampled_from(["daily_arm_1", "start_arm_1", ""]),
        "redcap_repeat_instance": st.sampled_from(["1", "new", "", "x"]),
        "field_name": st.one_of(names, st.sampled_from(["signs", "", "redcap_event_name"])),
        "value": scalars,
    },
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(rows=st.lists(values, max_size=5))
def test_any_values_one_by_one_are_imported_or_refused(study: Api, rows: list[dict[str, Any]]) -> None:
    sent(study, "record", "import", data=json.dumps(rows), type="eav")
    assert study.call("record", format="json", type="eav").status_code == 200


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    asked=st.dictionaries(
        st.sampled_from(CALLS["record", "export"]),
        st.one_of(
            st.text(max_size=12),
            st.sampled_from(
                ["label", "eav", "1", "true", "start_arm_1", "record_id", "mood", "enrol", "json", "csv", "xml"]
            ),
        ),
    )
)
def test_any_export_is_answered_or_refused(study: Api, asked: dict[str, str]) -> None:
    sent(study, "record", "export", **asked)
