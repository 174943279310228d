"""What users with less than full export rights get of each form: in rows, in values, in reports, under roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, MakeProject, field, invalid

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

FIELDS = (
    field("record_id", "intake", label="Record ID"),
    field("name", "intake", identifier="y"),
    field("born", "intake", validation="date_dmy", identifier="y"),
    field("joined", "intake", validation="date_ymd"),
    field("town", "intake"),
    field("email", "intake", validation="email"),
    field("story", "intake", "notes"),
    field("kind", "intake", "radio", choices="1, School | 2, Clinic"),
    field("seen_at", "visit", validation="datetime_seconds_mdy"),
    field("clock", "visit", validation="time"),
    field("weight", "visit", validation="number"),
    field("tools", "visit", "checkbox", choices="a, Chart | b, Drum", identifier="y"),
    field("photo", "visit", "file"),
    field("twice", "visit", "calc", choices="[weight] * 2"),
    field("mood", "pulse", "radio", choices="1, Low | 2, High"),
    field("comment", "pulse"),
)
NONE, FULL, DEIDENTIFIED, NO_IDENTIFIERS = range(4)
ROWS = (
    {
        "record_id": "1",
        "name": "Ann",
        "born": "1980-05-06",
        "joined": "2024-01-31",
        "town": "Ashby",
        "email": "a@b.org",
        "story": "Long",
        "kind": "2",
        "seen_at": "2024-02-29 10:11:12",
        "clock": "09:30",
        "weight": "70",
        "tools___a": "1",
        "mood": "1",
        "comment": "Fine",
    },
    {"record_id": "2", "joined": "2024-01-31", "seen_at": "2024-02-29 10:11:12", "weight": "70"},
)
JoinAs = Callable[..., Api]


@pytest.fixture
def owner(make: MakeProject) -> Api:
    made = make(FIELDS)
    made.save(*ROWS)
    return made


@pytest.fixture
def admin(sandbox: Sandbox) -> Administrator:
    return Administrator(sandbox.url, SUPER_TOKEN)


@pytest.fixture
def join(owner: Api, add_user: AddUser) -> JoinAs:
    """A user who may export, with this right to every form, or another to some."""

    def joined(level: int = FULL, **forms: int) -> Api:
        member = add_user(owner, "max", api_export=1, api_import=1, record_create=1)
        levels = {**dict.fromkeys(("intake", "visit", "pulse"), level), **forms}
        owner.json("user", data=[{"username": "max", "forms_export": levels}])
        return member

    return joined


def columns(api: Api, **parameters: Any) -> list[str]:
    return list(api.json("record", **parameters)[0])


EVERYTHING = [
    *("record_id", "name", "born", "joined", "town", "email", "story", "kind", "intake_complete"),
    *("seen_at", "clock", "weight", "tools___a", "tools___b", "photo", "twice", "visit_complete"),
    *("mood", "comment", "pulse_complete"),
]


@pytest.mark.parametrize(
    ("level", "gone"),
    [
        (FULL, set()),
        (NO_IDENTIFIERS, {"name", "born", "tools___a", "tools___b"}),
        (DEIDENTIFIED, {"name", "born", "tools___a", "tools___b", "town", "story", "comment"}),
        (NONE, set(EVERYTHING) - {"record_id"}),
    ],
    ids=["full", "no identifiers", "de-identified", "none"],
)
def test_each_right_leaves_columns_out(join: JoinAs, level: int, gone: set[str]) -> None:
    member = join(level)
    kept = [name for name in EVERYTHING if name not in gone]
    assert columns(member) == kept
    values = member.json("record", type="eav")
    assert {row["field_name"] for row in values} <= {name.partition("___")[0] for name in kept}


def test_rights_go_form_by_form(join: JoinAs) -> None:
    member = join(intake=NO_IDENTIFIERS, visit=NONE)
    assert columns(member) == [
        *("record_id", "joined", "town", "email", "story", "kind", "intake_complete"),
        *("mood", "comment", "pulse_complete"),
    ]
    assert columns(member, forms="visit,pulse") == ["mood", "comment", "pulse_complete"]
    assert [row["record_id"] for row in member.json("record")] == ["1", "2"]


def test_a_form_that_is_added_later_is_open(owner: Api, join: JoinAs) -> None:
    member = join(NONE)
    owner.json("metadata", data=[*FIELDS, field("extra", "added")])
    assert columns(member) == ["record_id", "extra", "added_complete"]


@pytest.mark.parametrize("kind", ["flat", "eav"])
def test_a_kept_field_is_refused_in_an_array_and_left_out_of_a_joined_list(join: JoinAs, kind: str) -> None:
    member = join(NO_IDENTIFIERS, visit=NONE)
    asked = {"fields[0]": "name", "fields[1]": "kind", "fields[2]": "visit_complete"}
    assert member.refusal("record", type=kind, **asked) == (400, invalid("fields", "name", "visit_complete"))
    rows = member.json("record", type=kind, fields="name,kind,visit_complete", records="1")
    expected = {"flat": [{"kind": "2"}], "eav": [{"record": "1", "field_name": "kind", "value": "2"}]}
    assert rows == expected[kind]


@pytest.mark.parametrize("asked", [{"fields": "name"}, {"forms": "visit"}, {"forms[0]": "visit"}], ids=str)
def test_asking_for_nothing_but_what_is_kept_brings_nothing(join: JoinAs, asked: dict[str, str]) -> None:
    member = join(NO_IDENTIFIERS, visit=NONE)
    assert member.json("record", **asked) == []
    assert member.call("record", format="csv", **asked).text == ""


def test_record_names_are_hashed_alike_everywhere(owner: Api, join: JoinAs) -> None:
    member = join(intake=DEIDENTIFIED)
    names = [row["record_id"] for row in member.json("record")]
    assert all(len(name) == 32 and set(name) <= set("0123456789abcdef") for name in names)
    assert len(set(names)) == 2
    values = member.json("record", type="eav", fields="record_id,kind", records="1")
    assert [tuple(row.values()) for row in values] == [
        (names[0], "record_id", names[0]),
        (names[0], "kind", "2"),
    ]
    assert [row["record_id"] for row in owner.json("record")] == ["1", "2"]


def test_record_names_stay_where_only_later_forms_are_deidentified(join: JoinAs) -> None:
    member = join(visit=DEIDENTIFIED)
    assert [row["record_id"] for row in member.json("record")] == ["1", "2"]


def days(one: str, other: str) -> int:
    """How many days the second date is before the first."""
    return (date.fromisoformat(one[:10]) - date.fromisoformat(other[:10])).days


def test_dates_of_a_record_are_shifted_by_one_number_of_days_and_times_stay(owner: Api, join: JoinAs) -> None:
    member = join(DEIDENTIFIED)
    found = member.json("record")
    shifts = []
    for row in found:
        shift = days("2024-01-31", row["joined"])
        assert days("2024-02-29", row["seen_at"]) == shift
        assert row["seen_at"][10:] == " 10:11:12"
        shifts.append(shift)
    assert all(0 <= shift <= 364 for shift in shifts)
    assert len(set(shifts)) == 2
    assert (found[0]["clock"], found[0]["weight"], found[1]["clock"]) == ("09:30", "70", "")
    values = member.json("record", type="eav", fields="joined,seen_at")
    assert {row["value"] for row in values} == {row[name] for row in found for name in ("joined", "seen_at")}
    assert {row["joined"] for row in owner.json("record")} == {"2024-01-31"}


def test_dates_without_their_record_are_shifted_all_the_same(join: JoinAs) -> None:
    member = join(DEIDENTIFIED)
    whole = member.json("record")
    assert member.json("record", fields="joined,weight") == [
        {"joined": row["joined"], "weight": row["weight"]} for row in whole
    ]
    assert member.json("record", forms="visit", fields="joined")[0]["seen_at"] == whole[0]["seen_at"]


def test_shifts_of_many_records_lie_between_no_day_and_a_year(owner: Api, join: JoinAs) -> None:
    owner.save(*({"record_id": f"r{number}", "joined": "2024-12-31"} for number in range(1500)))
    member = join(DEIDENTIFIED)
    shifts = {days("2024-12-31", row["joined"]) for row in member.json("record")[2:]}
    assert min(shifts) >= 0
    assert max(shifts) <= 364
    assert len(shifts) > 300


def test_missing_data_codes_are_not_shifted(owner: Api, join: JoinAs, admin: Administrator) -> None:
    project = owner.json("project")["project_id"]
    admin.set_missing_codes(project, {"NASK": "Not asked", "1900-01-01": "Unknown"})
    owner.save({"record_id": "1", "joined": "NASK", "seen_at": "1900-01-01"})
    member = join(DEIDENTIFIED)
    row = member.json("record")[0]
    assert (row["joined"], row["seen_at"]) == ("NASK", "1900-01-01")
    values = member.json("record", type="eav", fields="joined,seen_at")
    assert {row["value"] for row in values} >= {"NASK", "1900-01-01"}


def test_the_earliest_date_is_not_shifted_out_of_the_calendar(owner: Api, join: JoinAs) -> None:
    owner.save({"record_id": "1", "joined": "0001-01-01"})
    assert join(DEIDENTIFIED).json("record")[0]["joined"] == "0001-01-01"


@pytest.mark.parametrize(("level", "seen"), [(FULL, True), (NO_IDENTIFIERS, False), (DEIDENTIFIED, False)])
def test_the_survey_identifier_is_for_full_rights_only(
    owner: Api, join: JoinAs, admin: Administrator, level: int, seen: bool
) -> None:
    admin.set_up_survey(owner.json("project")["project_id"], "pulse")
    found = columns(join(level), exportSurveyFields="true")
    assert ("redcap_survey_identifier" in found) is seen
    assert "pulse_timestamp" in found


def test_a_survey_timestamp_goes_with_its_form_and_is_shifted_with_its_dates(
    sandbox: Sandbox, owner: Api, join: JoinAs, admin: Administrator
) -> None:
    number = owner.json("project")["project_id"]
    admin.set_up_survey(number, "pulse")
    assert "pulse_timestamp" not in columns(join(pulse=NONE), exportSurveyFields="true")
    member = join(DEIDENTIFIED)
    with sandbox._storage.writing() as db:
        db.execute(
            "UPDATE document SET content = json_set(content, '$.pulse_timestamp', '2024-02-29 10:11:12') "
            "WHERE form = 'pulse' AND record IN (SELECT id FROM record WHERE project = ?)",
            (number,),
        )
    row = member.json("record", exportSurveyFields="true")[0]
    assert days("2024-02-29", row["pulse_timestamp"]) == days("2024-01-31", row["joined"])
    assert row["pulse_timestamp"][10:] == " 10:11:12"


def test_a_user_in_a_role_exports_with_the_roles_rights(owner: Api, join: JoinAs) -> None:
    member = join(FULL)
    levels = {"intake": NO_IDENTIFIERS, "visit": NONE, "pulse": FULL}
    owner.json("userRole", data=[{"role_label": "Reader", "api_export": 1, "forms_export": levels}])
    (role,) = owner.json("userRole")
    owner.json("userRoleMapping", data=[{"username": "max", "unique_role_name": role["unique_role_name"]}])
    assert columns(member) == [
        *("record_id", "joined", "town", "email", "story", "kind", "intake_complete"),
        *("mood", "comment", "pulse_complete"),
    ]
    owner.json("userRoleMapping", data=[{"username": "max", "unique_role_name": ""}])
    assert columns(member) == EVERYTHING


def test_filters_read_what_is_not_exported_and_keep_it(join: JoinAs) -> None:
    member = join(NO_IDENTIFIERS)
    rows = member.json("record", filterLogic="[name] = 'Ann'")
    assert [row["record_id"] for row in rows] == ["1"]
    assert "name" not in rows[0]


def test_rights_to_export_do_not_limit_imports(owner: Api, join: JoinAs) -> None:
    member = join(NONE)
    assert member.save({"record_id": "1", "name": "Anna"}) == {"count": 1}
    assert owner.json("record", fields="name", records="1") == [{"name": "Anna"}]


def test_reports_leave_out_and_shift_as_exports_do(owner: Api, join: JoinAs, admin: Administrator) -> None:
    member = join(DEIDENTIFIED)
    fields = "record_id,seen_at,name,weight,comment,joined"
    report = admin.add_report(owner.json("project")["project_id"], title="All", redcap_reports_fields=fields)
    rows = member.json("report", report_id=report)
    assert list(rows[0]) == ["record_id", "seen_at", "weight", "joined"]
    export = member.json("record", fields="record_id,seen_at,weight,joined")
    assert [dict(sorted(row.items())) for row in rows] == [dict(sorted(row.items())) for row in export]


def test_a_report_without_the_record_id_shifts_dates_too(owner: Api, join: JoinAs, admin: Administrator) -> None:
    member = join(DEIDENTIFIED)
    number = owner.json("project")["project_id"]
    report = admin.add_report(number, title="Dates", redcap_reports_fields="joined", orderby_field1="joined")
    found = [row["joined"] for row in member.json("report", report_id=report)]
    assert sorted(found) == sorted(row["joined"] for row in member.json("record"))
