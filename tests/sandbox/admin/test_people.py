"""Users, as an administrator sees to them: tokens, suspensions, rights, groups."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.admin.conftest import Join, Project
from tests.sandbox.conftest import Api

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"
NO_API = (403, "You do not have permissions to use the API")


def of(project: Project, username: str) -> dict[str, Any]:
    return next(dict(row) for row in project.owner.json("user") if row["username"] == username)


def test_a_token_opens_the_api(sandbox: Sandbox, clinic: Project, admin: Administrator) -> None:
    clinic.owner.json("user", data=[{"username": "nell", "api_export": 1}])
    nell = Api(sandbox.url, admin.token(clinic.number, "nell"))
    assert nell.json("project")["project_id"] == clinic.number
    assert admin.token(clinic.number, "nell") == nell.token
    assert admin.token(clinic.number, ME) == clinic.owner.token
    with pytest.raises(Refusal, match="no user 'bob'"):
        admin.token(clinic.number, "bob")


def test_a_suspended_user_is_shut_out_of_every_project(
    clinic: Project, trial: Project, admin: Administrator, join: Join
) -> None:
    nells = [join(project, "nell") for project in (clinic, trial)]
    admin.suspend("NELL")
    for nell in nells:
        assert nell.refusal("record") == NO_API
    with pytest.raises(Refusal) as why:
        admin.save_form(clinic.number, "nell", "1", "visit", {})
    assert (why.value.status, why.value.message) == (403, "Your REDCap account has been suspended")
    assert clinic.owner.json("record") == []
    admin.unsuspend("nell")
    for nell in nells:
        assert nell.json("record") == []
    for call in (admin.suspend, admin.unsuspend):
        with pytest.raises(Refusal, match="no account 'bob'"):
            call("bob")


def test_rights_are_changed_one_by_one(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell", reports=1)
    before = of(clinic, "nell")
    admin.set_rights(clinic.number, "nell", {"reports": 0, "user_rights": 2}, {"diary": 2}, {"visit": 3})
    assert of(clinic, "nell") == {
        **before,
        "reports": 0,
        "user_rights": 2,
        "forms": {**before["forms"], "diary": 2},
        "forms_export": {**before["forms_export"], "visit": 3},
    }
    (line, *_) = clinic.log("user")
    assert line == ("site_admin", "Update user nell", "user = 'nell'")


def test_rights_hold_from_the_next_call_on(clinic: Project, admin: Administrator, join: Join) -> None:
    nell = join(clinic, "nell")
    assert nell.json("log") != []
    admin.restrict_log(clinic.number, "nell")
    assert nell.refusal("log")[1].startswith("Insufficient user privileges")
    assert nell.json("record") == []
    admin.set_rights(clinic.number, "nell", {"api_export": 0})
    assert nell.refusal("record") == (403, "You do not have API Export privileges")
    admin.set_rights(clinic.number, "nell", {"api_import": 0})
    assert nell.refusal("record") == NO_API


@pytest.mark.parametrize(
    "wrong",
    [
        {"rights": {"loging": 0}},
        {"rights": {"logging": 2}},
        {"rights": {"logging": -1}},
        {"rights": {"logging": True}},
        {"rights": {"logging": "yes"}},
        {"rights": [1]},
        {"forms": {"visits": 1}},
        {"forms": {"visit": 4}},
        {"forms_export": {"visits": 1}},
        {"forms_export": {"visit": 130}},
        {"username": "bob"},
    ],
)
def test_rights_that_there_are_not_are_refused(still: Project, admin: Administrator, wrong: dict[str, Any]) -> None:
    before = of(still, "nell")
    with pytest.raises(Refusal) as why:
        admin.call("set_rights", **{"project_id": still.number, "username": "nell", **wrong})
    assert why.value.status == 400
    assert of(still, "nell") == before


def test_the_rights_of_a_user_in_a_role_are_the_roles(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell")
    clinic.owner.json("userRole", data=[{"role_label": "Reader"}])
    (role,) = clinic.owner.json("userRole")
    mapping = [{"username": "nell", "unique_role_name": role["unique_role_name"]}]
    clinic.owner.json("userRoleMapping", action="import", data=mapping)
    with pytest.raises(Refusal, match="is in a role"):
        admin.restrict_log(clinic.number, "nell")


def test_a_user_is_put_into_a_group_and_out_of_it(clinic: Project, admin: Administrator, join: Join) -> None:
    nell = join(clinic, "nell")
    clinic.owner.save({"record_id": "1", "redcap_data_access_group": "north"}, {"record_id": "2"})
    admin.set_user_group(clinic.number, "nell", "north")
    assert [row["record_id"] for row in nell.json("record", fields="record_id")] == ["1"]
    admin.set_user_group(clinic.number, "nell", "north")
    admin.set_user_group(clinic.number, "nell", "")
    assert [row["record_id"] for row in nell.json("record", fields="record_id")] == ["1", "2"]
    assert clinic.designs()[:2] == [
        ("site_admin", "Remove user from data access group user = 'nell', group = 'North'"),
        ("site_admin", "Assign user to data access group user = 'nell', group = 'North'"),
    ]
    with pytest.raises(Refusal, match="\"group\" are not valid: 'west'"):
        admin.set_user_group(clinic.number, "nell", "west")


def test_a_user_switches_among_the_groups_he_is_allowed(clinic: Project, admin: Administrator, join: Join) -> None:
    nell = join(clinic, "nell", "north")
    assert nell.call("dag", action="switch", dag="south").status_code == 400
    admin.allow_groups(clinic.number, "nell", ["north", "south"])
    assert nell.call("dag", action="switch", dag="south").text == "1"
    assert of(clinic, "nell")["data_access_group"] == "south"
    admin.allow_groups(clinic.number, "nell", ["south", ""])
    assert nell.call("dag", action="switch", dag="north").status_code == 400
    with pytest.raises(Refusal, match="\"groups\" are not valid: 'west'"):
        admin.allow_groups(clinic.number, "nell", ["west"])


def test_a_removed_user_is_gone_with_his_token(clinic: Project, admin: Administrator, join: Join) -> None:
    nell = join(clinic, "Nell")
    admin.remove_user(clinic.number, "nell")
    assert nell.refusal("version") == NO_API
    assert [row["username"] for row in clinic.owner.json("user")] == [ME]
    assert clinic.log("user")[0] == ("site_admin", "Delete user Nell", "user = 'Nell'")
    with pytest.raises(Refusal, match="no user 'nell'"):
        admin.remove_user(clinic.number, "nell")
