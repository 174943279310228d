"""Data access groups: their names, who belongs to them, and who may move among them."""

from __future__ import annotations

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import AddUser, Api, MakeProject, invalid

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.people import switcher


def test_groups_are_listed_in_the_order_they_were_made(team: Api) -> None:
    groups = team.project().export_dags()
    assert [(group["data_access_group_name"], group["unique_group_name"]) for group in groups] == [
        ("North", "north"),
        ("South", "south"),
    ]
    assert all(isinstance(group["data_access_group_id"], int) for group in groups)


@pytest.mark.parametrize(
    ("name", "unique"),
    [
        ("New DAG", "new_dag"),
        ("dag-a", "daga"),
        ("Test_Group1", "test_group1"),
        ("Integration Test DAG", "integration_test_d"),
        ("Ærø", "r"),
        ("---", "group"),
    ],
)
def test_a_groups_unique_name_is_made_from_its_name(make: MakeProject, name: str, unique: str) -> None:
    project = make().project()
    assert project.import_dags([{"data_access_group_name": name, "unique_group_name": ""}]) == 1
    assert project.export_dags()[0]["unique_group_name"] == unique


def test_two_groups_whose_names_come_out_alike_are_told_apart(make: MakeProject) -> None:
    owner = make(groups=("A-1", "A1", "a 1", "A.1"))
    assert [group["unique_group_name"] for group in owner.json("dag")] == ["a1", "a1b", "a_1", "a1c"]


def test_pycap_makes_renames_and_deletes_groups(team: Api) -> None:
    project = team.project()
    renamed = [{"data_access_group_name": "Far North", "unique_group_name": "north"}]
    assert project.import_dags(renamed, return_format_type="csv") == "1"
    assert [group["unique_group_name"] for group in project.export_dags()] == ["far_north", "south"]
    assert project.delete_dags(["far_north"]) == 1
    with pytest.raises(RedcapError, match="nowhere"):
        project.delete_dags(["south", "nowhere"])
    assert len(project.export_dags()) == 1


def test_a_group_with_records_or_users_is_not_deleted(team: Api, add_user: AddUser) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "north"})
    add_user(team, "sam", "south")
    assert team.refusal("dag", action="delete", dags="north")[0] == 400
    assert team.refusal("dag", action="delete", dags="south") == (
        400,
        "The group could not be deleted because users or roles are still assigned to it.",
    )
    assert len(team.json("dag")) == 2


def test_a_group_for_whom_folders_are_kept_is_not_deleted(sandbox: Sandbox, team: Api) -> None:
    numbers = (team.json("project")["project_id"], team.json("dag")[0]["data_access_group_id"])
    with sandbox._storage.writing() as db:
        db.execute("INSERT INTO folder (project, name, access_group) VALUES (?, 'Plans', ?)", numbers)
    assert team.refusal("dag", action="delete", dags="north")[0] == 400
    assert team.json("dag", action="delete", dags="south") == 1


@pytest.mark.parametrize(
    ("row", "part"),
    [({"data_access_group_name": ""}, "must have"), ({"data_access_group_name": "X", "unique_group_name": "y"}, "'y'")],
)
def test_a_group_without_a_name_or_with_an_unknown_unique_name_is_refused(
    team: Api, row: dict[str, str], part: str
) -> None:
    status, message = team.refusal("dag", action="import", data=[row])
    assert (status, part in message) == (400, True)


def test_users_are_assigned_to_groups_and_listed_alphabetically(team: Api) -> None:
    project = team.project()
    assert project.import_users([{"username": "zoe"}, {"username": "ann@example.org"}]) == 2
    assert project.import_user_dag_assignment([{"username": "zoe", "redcap_data_access_group": "south"}]) == 1
    assert project.export_user_dag_assignment() == [
        {"username": "ann@example.org", "redcap_data_access_group": ""},
        {"username": "sandbox_owner", "redcap_data_access_group": ""},
        {"username": "zoe", "redcap_data_access_group": "south"},
    ]
    assert project.import_user_dag_assignment([{"username": "zoe", "redcap_data_access_group": ""}]) == 1
    assert project.export_user_dag_assignment()[2]["redcap_data_access_group"] == ""


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"username": "bob"}, invalid("username", "bob")),
        ({"username": "ann", "redcap_data_access_group": "west"}, invalid("redcap_data_access_group", "west")),
        ({"username": "Sandbox_Owner"}, "only one record per username"),
    ],
)
def test_an_assignment_that_cannot_be_made_is_refused_whole(team: Api, row: dict[str, str], part: str) -> None:
    team.json("user", data=[{"username": "ann"}])
    owner = {"username": "sandbox_owner", "redcap_data_access_group": "north"}
    status, message = team.refusal("userDagMapping", data=[owner, row])
    assert (status, part in message) == (400, True)
    assert {row["redcap_data_access_group"] for row in team.json("userDagMapping")} == {""}


def test_moving_a_user_is_logged_as_leaving_one_group_and_joining_the_other(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "data_access_group": "north"}])
    team.json("userDagMapping", data=[{"username": "ann", "redcap_data_access_group": "north"}])
    team.json("userDagMapping", data=[{"username": "ann", "redcap_data_access_group": "south"}])
    told = [entry["details"] for entry in team.json("log", logtype="manage")]
    assert told[:2] == [
        "Assign user to data access group (API) user = 'ann', group = 'South'",
        "Remove user from data access group (API) user = 'ann', group = 'North'",
    ]
    assert sum("user = 'ann'" in line for line in told) == 2


# REDCapR's recorded tests of a member's token: the users of other groups are listed as well
def test_a_user_in_a_group_lists_the_users_and_groups_of_all(team: Api, add_user: AddUser) -> None:
    rights = {"api_export": 1, "user_rights": 2, "data_access_groups": 1}
    member = add_user(team, "member", "north", **rights)
    add_user(team, "sam", "south")
    assert [row["username"] for row in member.json("user")] == ["member", "sam", "sandbox_owner"]
    assert [row["unique_group_name"] for row in member.json("dag")] == ["north", "south"]


def offered(sandbox: Sandbox, team: Api, username: str, *names: str) -> None:
    """Lets the user switch among the groups of these unique names; '' is no group."""
    project = team.json("project")["project_id"]
    numbers = {row["unique_group_name"]: row["data_access_group_id"] for row in team.json("dag")}
    with sandbox._storage.writing() as db:
        switcher.allow(db, project, username, [numbers.get(name) for name in names])


def test_a_user_switches_among_the_groups_he_is_offered(sandbox: Sandbox, team: Api, add_user: AddUser) -> None:
    team.save({"record_id": "1", "redcap_data_access_group": "north"})
    team.save({"record_id": "2", "redcap_data_access_group": "south"})
    mover = add_user(team, "mover", "north", api_export=1, api_import=1)
    offered(sandbox, team, "MOVER", "south", "north")
    team.json("user", data=[{"username": "mover", "data_access_group": "north", "forms_export": {"profile": 1}}])
    assert mover.project().switch_dag("south") == "1"
    assert [row["record_id"] for row in mover.json("record", fields="record_id")] == ["2"]
    assert mover.call("dag", action="switch", dag="north").text == "1"
    assert [row["record_id"] for row in mover.json("record", fields="record_id")] == ["1"]
    moves = [line["details"] for line in team.json("log", logtype="manage", user="mover")]
    assert moves[0] == "Assign user to data access group (API) user = 'mover', group = 'North'"
    assert moves[1] == "Remove user from data access group (API) user = 'mover', group = 'South'"


@pytest.mark.parametrize(
    ("offers", "dag", "part"),
    [
        ((), "south", "cannot switch to the Data Access Group 'south'"),
        (("north",), "south", "cannot switch to the Data Access Group 'south'"),
        (("north", "south"), "", "cannot switch to no Data Access Group"),
        (("south",), "West", invalid("dag", "West")),
    ],
    ids=["none", "others", "no group", "unknown"],
)
def test_switching_to_what_is_not_offered_is_refused(
    sandbox: Sandbox, team: Api, add_user: AddUser, offers: tuple[str, ...], dag: str, part: str
) -> None:
    mover = add_user(team, "mover", "north", api_import=1)
    offered(sandbox, team, "mover", *offers)
    status, message = mover.refusal("dag", action="switch", dag=dag)
    assert (status, part in message) == (400, True)
    assert team.json("userDagMapping")[0]["redcap_data_access_group"] == "north"


def test_a_user_leaves_his_group_where_that_is_offered(sandbox: Sandbox, team: Api, add_user: AddUser) -> None:
    mover = add_user(team, "mover", "north", api_import=1)
    offered(sandbox, team, "mover", "")
    assert mover.json("dag", action="switch", dag="") == 1
    assert team.json("userDagMapping")[0]["redcap_data_access_group"] == ""
    assert mover.refusal("dag", action="switch", dag="north")[0] == 400


def test_switching_needs_a_group_and_the_right_to_import(team: Api, add_user: AddUser) -> None:
    reader = add_user(team, "reader", api_export=1)
    denied = (403, "You do not have API Import/Update privileges")
    assert reader.refusal("dag", action="switch", dag="north") == denied
    assert team.refusal("dag", action="switch") == (400, 'The required parameter "dag" is missing')


def test_only_the_projects_own_groups_are_offered_to_its_own_users(
    sandbox: Sandbox, team: Api, make: MakeProject
) -> None:
    elsewhere = make(groups=("West",)).json("dag")[0]["data_access_group_id"]
    project = team.json("project")["project_id"]
    with sandbox._storage.writing() as db:
        with pytest.raises(Refusal, match=f"'{elsewhere}'"):
            switcher.allow(db, project, "sandbox_owner", [elsewhere])
        with pytest.raises(Refusal, match="no user 'bob'"):
            switcher.allow(db, project, "bob", [None])


def test_a_deleted_group_is_offered_no_longer(sandbox: Sandbox, team: Api) -> None:
    offered(sandbox, team, "sandbox_owner", "north", "south", "")
    team.json("dag", action="delete", dags="south")
    numbers = {None, team.json("dag")[0]["data_access_group_id"]}
    with sandbox._storage.reading() as db:
        assert switcher.choices(db, team.json("project")["project_id"], "sandbox_owner") == numbers
