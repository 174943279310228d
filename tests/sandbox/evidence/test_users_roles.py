"""Users, their roles, and which user has which."""

from __future__ import annotations

import csv as standard
import io
import json
import re
from typing import Any

import pytest
from tests.sandbox.conftest import AddUser, Api
from tests.sandbox.evidence.conftest import csv

SOMEONE = "someone@team.example"

PERSON = ("username", "email", "firstname", "lastname", "expiration")
GROUP = ("data_access_group", "data_access_group_id", "data_access_group_label")
# What the project's creator has after granting himself the last rights, in the order of the export.
OWNERS_RIGHTS = {
    "design": 1,
    "alerts": 1,
    "user_rights": 1,
    "data_access_groups": 1,
    "reports": 1,
    "stats_and_charts": 1,
    "manage_survey_participants": 1,
    "calendar": 1,
    "data_import_tool": 1,
    "data_comparison_tool": 1,
    "logging": 1,
    "email_logging": 0,
    "file_repository": 1,
    "data_quality_create": 1,
    "data_quality_execute": 1,
    "api_export": 1,
    "api_import": 1,
    "api_modules": 1,
    "mobile_app": 1,
    "mobile_app_download_data": 0,
    "record_create": 1,
    "record_rename": 1,
    "record_delete": 1,
    "lock_records_all_forms": 1,
    "lock_records": 1,
    "lock_records_customization": 0,
}
ROLE_RIGHTS = [
    *(name for name in OWNERS_RIGHTS if not name.startswith("lock_records")),
    "lock_records_customization",
    "lock_records",
]


def user(api: Api, name: str) -> dict[str, Any]:
    return next(row for row in api.json("user") if row["username"] == name)


# U1 [P] export_users doctest, test_export_users: one user, keys and rights in this order, forms as objects
def test_a_user_is_exported_as_pycap_shows_it(wards: Api) -> None:
    (owner,) = wards.json("user")
    rights = {name: value for name, value in owner.items() if name not in {*PERSON, *GROUP, "forms", "forms_export"}}
    assert list(rights.items()) == list(OWNERS_RIGHTS.items())
    assert list(owner) == [*PERSON, *GROUP, *OWNERS_RIGHTS, "forms", "forms_export"]
    assert owner["forms"] == owner["forms_export"] == {"ward": 1, "safety": 1, "people": 1}
    assert [owner[name] for name in ("expiration", *GROUP)] == [""] * 4
    assert all(owner[name] for name in ("username", "email", "firstname", "lastname"))


# U1 [P] conftest.py grant_superuser_rights: a creator lacks these until he grants them himself
def test_a_creator_may_not_delete_at_first(own_wards: Api) -> None:
    mine = own_wards.json("user")[0]
    fresh = {**mine, **dict.fromkeys(("record_delete", "record_rename", "lock_records"), 0)}
    assert own_wards.json("user", data=[fresh]) == 1
    assert own_wards.refusal("record", action="delete", **{"records[0]": "1"})[0] == 403
    assert own_wards.json("user", data=[mine]) == 1
    assert own_wards.json("record", action="delete", **{"records[0]": "1"}) == 1


# U2 [R] users-export/without-dags--user (forms_export = demographics:1,health:1,…), [A] exportUsers.R
def test_form_rights_are_joined_in_csv(wards: Api) -> None:
    (row,) = list(standard.DictReader(io.StringIO(csv(wards, "user"))))
    assert row["forms"] == row["forms_export"] == "ward:1,safety:1,people:1"


# U3 [P] test_users_import_and_delete, import_users doctest: the name alone will do
def test_a_user_is_added_by_name_and_deleted(own_wards: Api) -> None:
    project = own_wards.project()
    assert project.import_users([{"username": SOMEONE}], return_format_type="csv") == "1"
    assert user(own_wards, SOMEONE)["api_export"] == 0
    assert project.delete_users([SOMEONE], return_format_type="xml") == "1"
    assert len(own_wards.json("user")) == 1


# U4 [P] import_users doctest "All currently valid options": older keys are let in
def test_every_key_pycap_lists_is_let_in(own_wards: Api) -> None:
    zeros = dict.fromkeys(
        ("design", "user_rights", "data_access_groups", "data_import_tool", "data_comparison_tool", "logging"), 0
    )
    row = {
        "username": SOMEONE,
        "email": SOMEONE,
        "firstname": "Some",
        "lastname": "One",
        "expiration": "",
        "data_access_group": "",
        "data_access_group_id": "",
        "data_export": 2,
        **zeros,
        "reports": 1,
        "calendar": 1,
        "lock_records_customization": 0,
        "forms": {"ward": 3},
    }
    assert own_wards.json("user", data=[row]) == 1
    assert (user(own_wards, SOMEONE)["reports"], user(own_wards, SOMEONE)["calendar"]) == (1, 1)


# U5 [P] grant_superuser_rights, [A] test-101: what was exported goes in again and changes nothing
@pytest.mark.parametrize("asked", ["json", "csv"])
def test_exported_users_go_in_again(own_wards: Api, asked: str) -> None:
    own_wards.json("user", data=[{"username": SOMEONE, "data_access_group": "south", "expiration": "2031-01-31"}])
    exported = own_wards.call("user", format=asked).text
    reply = own_wards.call("user", format=asked, returnFormat="csv", data=exported)
    assert (reply.status_code, reply.text) == (200, "2")
    assert own_wards.call("user", format=asked).text == exported


# U6 [R] users-export/with-dags--user, [A] test-101 "Import User DAG Assignments"
def test_a_users_group_is_exported_three_ways(own_wards: Api) -> None:
    own_wards.json("user", data=[{"username": SOMEONE, "data_access_group": "north_wing"}])
    row = user(own_wards, SOMEONE)
    number = next(group["data_access_group_id"] for group in own_wards.json("dag"))
    assert [str(row[name]) for name in GROUP] == ["north_wing", str(number), "North Wing"]
    assert (
        own_wards.call("user", format="json", data=[{"username": SOMEONE, "data_access_group": "uncouth"}]).status_code
        == 400
    )


# U7 [A] prepUserImportData.R: form rights in CSV, of older and of newer servers
@pytest.mark.parametrize("level", [0, 1, 2, 3, 128, 129, 130, 138])
def test_form_rights_go_in_as_csv(own_wards: Api, level: int) -> None:
    data = f'"username","forms","forms_export"\n"{SOMEONE}","ward:{level},safety:{level}","ward:1,safety:2"'
    reply = own_wards.call("user", format="csv", returnFormat="csv", data=data)
    assert (reply.status_code, reply.text) == (200, "1")
    assert user(own_wards, SOMEONE)["forms_export"]["safety"] == 2


# U8 [A] test-101: a right may be given later, and stays otherwise
def test_rights_that_are_not_sent_stay(own_wards: Api) -> None:
    own_wards.json("user", data=[{"username": SOMEONE, "alerts": 1, "logging": 1}])
    own_wards.json("user", data=[{"username": SOMEONE, "logging": 0}])
    row = user(own_wards, SOMEONE)
    assert (row["alerts"], row["logging"]) == (1, 0)


# U9 [I] redcapAPI#500, [A] importUsers.R: … but a group that is not sent is taken away
def test_a_group_that_is_not_sent_is_taken_away(own_wards: Api) -> None:
    own_wards.json("user", data=[{"username": SOMEONE, "data_access_group": "south"}])
    own_wards.json("user", data=[{"username": SOMEONE, "alerts": 1}])
    assert user(own_wards, SOMEONE)["data_access_group"] == ""


# O1 [P] export_user_roles doctest: keys in this order, and rights are texts
def test_a_role_is_exported_as_pycap_shows_it(wards: Api) -> None:
    (role,) = wards.json("userRole")
    assert list(role)[:2] == ["unique_role_name", "role_label"]
    assert [name for name in role if name in ROLE_RIGHTS] == ROLE_RIGHTS
    assert {type(role[name]) for name in ROLE_RIGHTS} == {str}
    assert list(role)[-2:] == ["forms", "forms_export"]


# O2 [P] test_export_user_roles, doctest; the role is the XML's
def test_roles_come_with_the_xml(wards: Api) -> None:
    (role,) = wards.json("userRole")
    assert (role["unique_role_name"], role["role_label"]) == ("U-4711CLERKS", "Data clerk")
    assert {name: role[name] for name in ("data_import_tool", "api_export", "design", "stats_and_charts")} == {
        "data_import_tool": "1",
        "api_export": "1",
        "design": "0",
        "stats_and_charts": "1",
    }
    assert (role["forms"], role["forms_export"]) == (
        {"ward": 1, "safety": 2, "people": 0},
        {"ward": 1, "safety": 2, "people": 0},
    )


# O3 [P] test_import_delete_user_roles, delete_user_roles doctest: a new role comes last
def test_a_role_is_added_and_deleted(own_wards: Api) -> None:
    project = own_wards.project()
    assert project.import_user_roles([{"role_label": "New Role"}]) == 1
    last = project.export_user_roles()[-1]
    assert last["role_label"] == "New Role"
    assert re.fullmatch(r"U-[0-9A-Z]{10}", last["unique_role_name"])
    assert project.delete_user_roles([last["unique_role_name"]]) == 1
    assert [role["role_label"] for role in project.export_user_roles()] == ["Data clerk"]


# O4 [P] import_user_roles doctest: the export goes in again
def test_exported_roles_go_in_again(own_wards: Api) -> None:
    project = own_wards.project()
    before = project.export_user_roles()
    assert project.import_user_roles(before) == 1
    assert project.export_user_roles() == before


# O5 [A] test-102: a role is changed by its unique name, in CSV
def test_a_role_is_changed_by_its_unique_name(own_wards: Api) -> None:
    data = '"unique_role_name","role_label","design","reports"\n"U-4711CLERKS","Clerk",1,0'
    assert own_wards.call("userRole", format="csv", returnFormat="csv", data=data).text == "1"
    (role,) = own_wards.json("userRole")
    assert [role[name] for name in ("role_label", "design", "reports", "api_export")] == ["Clerk", "1", "0", "1"]


# O6 [P] test_export_import_user_role_assignments, export_user_role_assignment doctest
def test_a_user_is_given_a_role(own_wards: Api) -> None:
    project = own_wards.project()
    project.import_users([{"username": SOMEONE}])
    role = project.export_user_roles()[0]["unique_role_name"]
    assert project.import_user_role_assignment([{"username": SOMEONE, "unique_role_name": role}]) == 1
    rows = project.export_user_role_assignment()
    assert {tuple(row) for row in rows} == {("username", "unique_role_name", "data_access_group")}
    assert {row["username"]: row["unique_role_name"] for row in rows}[SOMEONE] == role
    # [A] test-103: a blank takes it away again
    assert own_wards.json("userRoleMapping", action="import", data=[{"username": SOMEONE, "unique_role_name": ""}]) == 1
    assert {row["unique_role_name"] for row in own_wards.json("userRoleMapping")} == {""}


# O6 [P] import_user_role_assignment doctest
def test_exported_assignments_go_in_again(own_wards: Api) -> None:
    project = own_wards.project()
    assert project.import_user_role_assignment(project.export_user_role_assignment()) == 1


# O7 [A] test-103 "Import User Changes when User is Assigned a Role" (issue 206)
def test_a_user_in_a_role_has_the_roles_rights(own_wards: Api) -> None:
    own_wards.json("user", data=[{"username": SOMEONE, "data_access_groups": 1}])
    given = {"username": SOMEONE, "unique_role_name": "U-4711CLERKS"}
    own_wards.json("userRoleMapping", action="import", data=[given])
    assert [user(own_wards, SOMEONE)[name] for name in ("data_access_groups", "api_export")] == [0, 1]
    assert {row["username"]: row["unique_role_name"] for row in own_wards.json("userRoleMapping")}[SOMEONE] == (
        "U-4711CLERKS"
    )
    own_wards.json("userRoleMapping", action="import", data=[{**given, "unique_role_name": ""}])
    assert [user(own_wards, SOMEONE)[name] for name in ("data_access_groups", "api_export")] == [1, 0]


# O7 [I] redcapAPI#206, [A] importUsers.R takes the role away first
def test_a_user_in_a_role_is_not_changed_by_an_import(own_wards: Api) -> None:
    own_wards.json("user", data=[{"username": SOMEONE}])
    own_wards.json("userRoleMapping", action="import", data=[{"username": SOMEONE, "unique_role_name": "U-4711CLERKS"}])
    assert own_wards.refusal("user", action="import", data=[{"username": SOMEONE, "design": 1}])[1] == (
        f'The user "{SOMEONE}" cannot have their user privileges modified because the user belongs to a user role. '
        "Users in roles cannot have their privileges modified via the 'Import User' API method."
    )


# O8 [P] export_user_roles doctest, [A] exportUserRoles.R: form rights joined in CSV
def test_a_roles_form_rights_are_joined_in_csv(wards: Api) -> None:
    (row,) = list(standard.DictReader(io.StringIO(csv(wards, "userRole"))))
    assert (row["forms"], row["forms_export"]) == ("ward:1,safety:2,people:0", "ward:1,safety:2,people:0")


# O9 [R] users-export: rights of the role work for the token, too
def test_a_roles_rights_are_the_tokens(own_wards: Api, add_user: AddUser) -> None:
    member = add_user(own_wards, SOMEONE)
    assert member.refusal("record")[0] == 403
    own_wards.json("userRoleMapping", action="import", data=[{"username": SOMEONE, "unique_role_name": "U-4711CLERKS"}])
    assert len(json.loads(member.call("record", format="json").text)) == 3
