"""User roles: what they grant, who is in them, and what becomes of that."""

from __future__ import annotations

import re
from typing import Any

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import AddUser, Api, Clock, invalid

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.design import project
from redcap_sandbox.people import assignments, members, role_attributes, roles
from redcap_sandbox.people.grants import Grants

UNIQUE = re.compile(r"U-[0-9]{3}[A-Z0-9]{7}")


def role(team: Api, label: str, **rights: Any) -> str:
    """The unique name of a new role."""
    team.json("userRole", data=[{"role_label": label, **rights}])
    return str(team.json("userRole")[-1]["unique_role_name"])


def put(team: Api, username: str, unique: str) -> None:
    assert team.json("userRoleMapping", data=[{"username": username, "unique_role_name": unique}]) == 1


def user(team: Api, username: str) -> dict[str, Any]:
    return next(row for row in team.json("user") if row["username"] == username)


def test_a_project_begins_without_roles(team: Api) -> None:
    assert team.json("userRole") == []
    assert team.call("userRole", format="csv").text.startswith("unique_role_name,role_label,design,alerts,")
    assert team.call("userRole").text == '<?xml version="1.0" encoding="UTF-8" ?>\n<users>\n</users>\n'


def test_pycap_makes_and_deletes_roles_new_ones_coming_last(team: Api) -> None:
    project = team.project()
    assert project.import_user_roles([{"role_label": "Nurses"}]) == 1
    assert project.import_user_roles([{"role_label": "Doctors", "unique_role_name": ""}]) == 1
    exported = project.export_user_roles()
    assert [row["role_label"] for row in exported] == ["Nurses", "Doctors"]
    assert all(UNIQUE.fullmatch(row["unique_role_name"]) for row in exported)
    assert project.delete_user_roles([exported[-1]["unique_role_name"]]) == 1
    assert [row["role_label"] for row in project.export_user_roles()] == ["Nurses"]


def test_a_roles_rights_are_texts_and_locking_is_listed_the_other_way_round(team: Api) -> None:
    role(team, "Nurses", design=1, forms={"pdsa": 2})
    (exported,) = team.json("userRole")
    assert (exported["design"], exported["alerts"]) == ("1", "0")
    assert (exported["forms"], exported["forms_export"]) == (
        {"profile": 0, "monthly": 0, "pdsa": 2},
        {"profile": 0, "monthly": 0, "pdsa": 0},
    )
    names = list(exported)
    assert names[:4] == ["unique_role_name", "role_label", "design", "alerts"]
    assert names[-6:] == [
        "record_delete",
        "lock_records_customization",
        "lock_records",
        "lock_records_all_forms",
        "forms",
        "forms_export",
    ]
    assert len(names) == 30


def test_rights_to_randomize_are_listed_only_where_randomization_is_on(sandbox: Sandbox, team: Api) -> None:
    assert not any(name.startswith("random_") for name in team.json("user")[0])
    number = team.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        settings = project.load(db, number).settings
        project.save_settings(db, number, {**settings, "randomization_enabled": 1})
    role(team, "Nurses", random_perform=1)
    assert list(team.json("user")[0])[-5:] == [
        "random_setup",
        "random_dashboard",
        "random_perform",
        "forms",
        "forms_export",
    ]
    assert list(team.json("userRole")[0].items())[-3:] == [
        ("random_setup", "0"),
        ("random_dashboard", "0"),
        ("random_perform", "1"),
    ]


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_roles_go_round_in_every_format(team: Api, data_format: str) -> None:
    role(team, "Data Entry & Review", reports=1, user_rights=2, forms={"pdsa": 130}, forms_export={"profile": 3})
    before = team.json("userRole")
    exported = team.call("userRole", format=data_format).text
    assert team.call("userRole", format=data_format, data=exported).text == "1"
    assert team.json("userRole") == before


def test_a_role_is_changed_under_its_unique_name_and_keeps_what_is_not_mentioned(team: Api) -> None:
    unique = role(team, "Nurses", design=1, reports=1, forms={"pdsa": 1})
    team.json("userRole", data=[{"unique_role_name": unique, "design": 0, "data_export_tool": 1}])
    team.json("userRole", data=[{"unique_role_name": unique, "role_label": "Senior nurses"}])
    (changed,) = team.json("userRole")
    assert (changed["role_label"], changed["design"], changed["reports"]) == ("Senior nurses", "0", "1")
    assert changed["forms"]["pdsa"] == 1


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"design": 1}, "must have a role_label"),
        ({"role_label": "X", "unique_role_name": "U-2119C4Y87T"}, invalid("unique_role_name", "U-2119C4Y87T")),
        ({"role_label": "X", "design": "yes"}, invalid("design", "yes")),
        ({"role_label": {"a": "b"}}, 'The value of the parameter "role_label" is not valid'),
    ],
    ids=["label", "unknown", "level", "nested"],
)
def test_a_role_that_cannot_be_stored_is_refused(team: Api, row: dict[str, Any], part: str) -> None:
    status, message = team.refusal("userRole", data=[{"role_label": "Good"}, row])
    assert (status, part in message) == (400, True)
    assert team.json("userRole") == []


def test_an_unknown_role_is_not_deleted_nor_are_the_others(team: Api) -> None:
    unique = role(team, "Nurses")
    assert team.refusal("userRole", action="delete", roles=f"{unique},U-1") == (400, invalid("roles", "U-1"))
    assert team.refusal("userRole", action="delete")[1] == 'The required parameter "roles" is missing'
    assert len(team.json("userRole")) == 1


def test_a_user_in_a_role_has_and_exports_the_roles_rights(team: Api, add_user: AddUser) -> None:
    ann = add_user(team, "ann", api_export=1, design=1, logging=1)
    unique = role(team, "Nurses", api_import=1, record_create=1, forms={"pdsa": 2}, forms_export={"profile": 1})
    put(team, "ann", unique)
    held = user(team, "ann")
    assert (held["api_export"], held["design"], held["api_import"], held["forms"]["pdsa"]) == (0, 0, 1, 2)
    assert ann.json("record", data=[{"record_id": "1"}]) == {"count": 1}
    assert ann.refusal("record") == (403, "You do not have API Export privileges")
    team.json("userRole", data=[{"unique_role_name": unique, "api_export": 1}])
    assert "town" in ann.json("record")[0]
    assert "month" not in ann.json("record")[0]


def test_a_role_without_any_api_right_locks_its_users_out(team: Api, add_user: AddUser) -> None:
    ann = add_user(team, "ann", api_export=1)
    put(team, "ann", role(team, "Nurses", design=1))
    assert ann.refusal("record") == (403, "You do not have permissions to use the API")


def test_rights_of_a_user_in_a_role_cannot_be_imported(team: Api) -> None:
    team.json("user", data=[{"username": "james-12345"}])
    put(team, "james-12345", role(team, "Nurses"))
    status, message = team.refusal("user", data=[{"username": "other"}, {"username": "james-12345", "design": 1}])
    assert status == 400
    assert message == (
        'The user "james-12345" cannot have their user privileges modified because the user belongs to a user role. '
        "Users in roles cannot have their privileges modified via the 'Import User' API method."
    )
    assert len(team.json("user")) == 2


# redcapAPI's way round: out of the role, import, and back into it
def test_a_users_own_rights_wait_while_he_is_in_a_role(team: Api) -> None:
    unique = role(team, "Nurses", reports=1)
    team.json("user", data=[{"username": "ann", "data_access_groups": 1}])
    put(team, "ann", unique)
    assert (user(team, "ann")["data_access_groups"], user(team, "ann")["reports"]) == (0, 1)
    put(team, "ann", "")
    assert (user(team, "ann")["data_access_groups"], user(team, "ann")["reports"]) == (1, 0)


def test_deleting_a_role_leaves_its_users_with_their_own_rights(team: Api, add_user: AddUser) -> None:
    ann = add_user(team, "ann", api_export=1)
    unique = role(team, "Nurses", api_import=1)
    put(team, "ann", unique)
    assert team.json("userRole", action="delete", **{"roles[0]": unique}) == 1
    assert [row["unique_role_name"] for row in team.json("userRoleMapping")] == ["", ""]
    assert ann.json("record") == []


def test_a_role_changes_neither_the_group_nor_the_expiration(team: Api, add_user: AddUser, clock: Clock) -> None:
    unique = role(team, "Nurses", api_export=1)
    team.json("user", data=[{"username": "ann", "expiration": "2025-10-01", "data_access_group": "north"}])
    put(team, "ann", unique)
    assert (user(team, "ann")["expiration"], user(team, "ann")["data_access_group"]) == ("2025-10-01", "north")
    bob = add_user(team, "bob", expiration="2025-10-01")
    put(team, "bob", unique)
    assert bob.json("record") == []
    clock.set("2025-10-01 00:00:00")
    assert bob.refusal("record")[0] == 403


def test_assignments_list_every_user_with_his_role_and_group(team: Api) -> None:
    project = team.project()
    unique = role(team, "Nurses")
    project.import_users([{"username": "zoe", "data_access_group": "south"}, {"username": "ann@example.org"}])
    assert project.import_user_role_assignment([{"username": "zoe", "unique_role_name": unique}]) == 1
    expected = [
        {"username": "ann@example.org", "unique_role_name": "", "data_access_group": ""},
        {"username": "sandbox_owner", "unique_role_name": "", "data_access_group": ""},
        {"username": "zoe", "unique_role_name": unique, "data_access_group": "south"},
    ]
    assert project.export_user_role_assignment() == expected
    assert project.import_user_role_assignment(expected) == 3
    assert project.export_user_role_assignment() == expected
    assert project.delete_users(["zoe"]) == 1


def test_an_assignment_may_name_a_group_too(team: Api) -> None:
    unique = role(team, "Nurses")
    team.json("user", data=[{"username": "ann"}])
    text = f"username,unique_role_name,data_access_group\nann,{unique},north\n"
    assert team.call("userRoleMapping", format="csv", action="import", data=text).text == "1"
    held = {"username": "ann", "unique_role_name": unique, "data_access_group": "north"}
    assert team.json("userRoleMapping")[0] == held
    put(team, "ann", unique)
    assert team.json("userRoleMapping")[0] == held
    blank = {"username": "ann", "data_access_group": ""}
    team.json("userRoleMapping", data=[blank])
    assert team.json("userRoleMapping")[0] == {**blank, "unique_role_name": ""}


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"username": "bob"}, invalid("username", "bob")),
        ({"username": "ann", "unique_role_name": "U-1"}, invalid("unique_role_name", "U-1")),
        ({"username": "ann", "data_access_group": "west"}, invalid("data_access_group", "west")),
        ({"username": "sandbox_owner"}, "only one record per username"),
    ],
    ids=["user", "role", "group", "twice"],
)
def test_an_assignment_that_cannot_be_made_is_refused_whole(team: Api, row: dict[str, str], part: str) -> None:
    team.json("user", data=[{"username": "ann"}])
    owner = {"username": "sandbox_owner", "data_access_group": "north"}
    status, message = team.refusal("userRoleMapping", data=[owner, row])
    assert (status, part in message) == (400, True)
    assert {row["data_access_group"] for row in team.json("userRoleMapping")} == {""}


def test_roles_and_assignments_are_logged_among_the_users(team: Api) -> None:
    team.json("user", data=[{"username": "ann"}])
    unique = role(team, "Nurses")
    team.json("userRole", data=[{"unique_role_name": unique, "design": 1}])
    put(team, "ann", unique)
    put(team, "ann", unique)
    put(team, "ann", "")
    team.project().delete_user_roles([unique])
    told = [(entry["action"], entry["details"]) for entry in reversed(team.json("log", logtype="user"))]
    assert told[-6:] == [
        ("Add user ann", "user = 'ann'"),
        ("Create user role", "role = 'Nurses'"),
        ("Edit user role", "role = 'Nurses'"),
        ("Update user ann", "user = 'ann', role = 'Nurses'"),
        ("Update user ann", "user = 'ann', role = ''"),
        ("Delete user role", "role = 'Nurses'"),
    ]


def test_roles_belong_to_one_project(team: Api, make: Any) -> None:
    unique = role(team, "Nurses")
    elsewhere = make()
    with pytest.raises(RedcapError, match=unique):
        elsewhere.project().import_user_roles(team.json("userRole"))
    assert elsewhere.json("userRole") == []


def test_taken_out_of_a_role_on_the_web_page_a_user_keeps_its_rights(sandbox: Sandbox, team: Api) -> None:
    number = team.json("project")["project_id"]
    team.json("user", data=[{"username": "ann", "design": 1}])
    put(team, "ann", role(team, "Nurses", reports=1))
    with sandbox._storage.writing() as db:
        (note,) = assignments.keeping_rights(db, number, members.required(db, number, "ann"))
    assert (note.action, note.details) == ("Update user ann", "user = 'ann', role = ''")
    assert (user(team, "ann")["reports"], user(team, "ann")["design"]) == (1, 0)
    assert team.json("userRoleMapping")[0]["unique_role_name"] == ""


def test_a_role_for_whom_folders_are_kept_is_not_deleted(sandbox: Sandbox, team: Api) -> None:
    number = team.json("project")["project_id"]
    unique = role(team, "Nurses")
    with sandbox._storage.writing() as db:
        held = roles.find(db, number, unique)
        assert held is not None
        db.execute("INSERT INTO folder (project, name, role) VALUES (?, 'Plans', ?)", (number, held.id))
    assert team.refusal("userRole", action="delete", roles=unique)[0] == 400
    assert len(team.json("userRole")) == 1


def test_a_role_of_a_project_xml_keeps_its_unique_name_unless_it_is_taken(sandbox: Sandbox, team: Api) -> None:
    number = team.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        first = roles.create(db, number, "Nurses", Grants(), "U-942MC93HH8")
        second = roles.create(db, number, "Doctors", Grants(), "U-942MC93HH8")
    assert first.unique_name == "U-942MC93HH8"
    assert UNIQUE.fullmatch(second.unique_name)
    assert [row["role_label"] for row in team.json("userRole")] == ["Nurses", "Doctors"]


def test_a_roles_attributes_are_read_under_the_names_of_the_database() -> None:
    granted = role_attributes.read(
        {
            "role_name": "Nurses",
            "graphical": "1",
            "participants": "1",
            "data_logging": "1",
            "lock_record": "2",
            "user_rights": "2",
            "data_quality_design": "",
            "data_entry": "[form_1,1][form_2,130]",
            "data_export_instruments": "[form_1,3]",
            "data_export_tool": "",
        },
        ("form_1", "form_2", "form_3"),
    )
    assert {name: level for name, level in granted.rights.items() if level} == {
        "stats_and_charts": 1,
        "manage_survey_participants": 1,
        "logging": 1,
        "lock_records": 2,
        "user_rights": 2,
    }
    assert granted.forms == {"form_1": 1, "form_2": 130, "form_3": 0}
    assert granted.forms_export == {"form_1": 3, "form_2": 0, "form_3": 0}


def test_an_older_role_has_one_export_right_for_all_forms() -> None:
    granted = role_attributes.read({"data_export_tool": "2", "data_entry": "[a,1]"}, ("a", "b"))
    assert (granted.forms, granted.forms_export) == ({"a": 1, "b": 0}, {"a": 2, "b": 2})


def test_a_roles_attributes_are_written_as_they_are_read() -> None:
    attributes = role_attributes.written(Grants({"logging": 1}, {"a": 2, "gone": 1}, {"a": 3}), ("a", "b"))
    assert (attributes["data_entry"], attributes["data_export_instruments"]) == ("[a,2][b,1]", "[a,3][b,1]")
    assert (attributes["data_logging"], attributes["design"]) == ("1", "0")
    read = role_attributes.read(attributes, ("a", "b"))
    assert role_attributes.written(read, ("a", "b")) == attributes


def test_a_user_in_a_role_is_not_granted_rights_of_his_own(sandbox: Sandbox, team: Api) -> None:
    number = team.json("project")["project_id"]
    team.json("user", data=[{"username": "ann"}])
    put(team, "ann", role(team, "Nurses"))
    with sandbox._storage.writing() as db, pytest.raises(Refusal, match="'ann' is in a role"):
        members.grant(db, number, "ann", {"design": 1})
