"""Access groups, users, their rights and their tokens."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from redcap.request import RedcapError
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, Clock, MakeProject, invalid

from redcap_sandbox import Refusal, Sandbox


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


def test_an_assignment_of_an_unknown_user_or_group_is_refused_whole(team: Api) -> None:
    owner = {"username": "sandbox_owner", "redcap_data_access_group": "north"}
    for row, name in (({"username": "bob"}, "'bob'"), ({**owner, "redcap_data_access_group": "west"}, "'west'")):
        _, message = team.refusal("userDagMapping", data=[owner, row])
        assert name in message
    assert team.json("userDagMapping")[0]["redcap_data_access_group"] == ""


def user(owner: Api, username: str) -> dict[str, Any]:
    return next(row for row in owner.json("user") if row["username"] == username)


def test_a_user_needs_a_name_only_and_then_has_no_rights(team: Api) -> None:
    team.json("user", data=[{"username": "ann"}])
    added = user(team, "ann")
    rights = [value for value in added.values() if isinstance(value, int)]
    assert len(rights) == 26
    assert set(rights) == {0}
    assert added["forms"] == {"profile": 0, "monthly": 0, "pdsa": 0}
    assert (added["email"], added["expiration"], added["data_access_group_id"]) == ("", "", "")


def test_rights_that_are_not_mentioned_stay_and_unknown_keys_are_passed_over(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "email": "ann@example.org", "reports": 1, "data_export": 2}])
    team.json("user", data=[{"username": "ann", "logging": "1", "forms": {"pdsa": 2, "gone": 1}}])
    changed = user(team, "ann")
    assert (changed["email"], changed["reports"], changed["logging"]) == ("ann@example.org", 1, 1)
    assert changed["forms"] == {"profile": 0, "monthly": 0, "pdsa": 2}


def test_a_user_imported_without_his_group_loses_it(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "data_access_group": "north"}])
    (north, _) = team.json("dag")
    held = user(team, "ann")
    assert (held["data_access_group"], held["data_access_group_id"], held["data_access_group_label"]) == (
        "north",
        north["data_access_group_id"],
        "North",
    )
    team.json("user", data=[{"username": "ann", "reports": 1}])
    assert user(team, "ann")["data_access_group"] == ""


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_users_go_round_in_every_format(team: Api, data_format: str) -> None:
    team.json("user", data=[{"username": "ann", "data_access_group": "north", "forms": {"pdsa": 3}}])
    before = team.json("user")
    exported = team.call("user", format=data_format).text
    assert team.call("user", format=data_format, data=exported).text == "2"
    assert team.json("user") == before


def test_csv_writes_form_rights_as_pairs(team: Api) -> None:
    text = team.call("user", format="csv").text
    assert text.endswith('"profile:1,monthly:1,pdsa:1","profile:1,monthly:1,pdsa:1"\n')


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"username": ""}, "must have a username"),
        ({"username": "a", "design": "much"}, invalid("design", "much")),
        ({"username": "a", "data_access_group": "west"}, invalid("data_access_group", "west")),
        ({"username": "a", "expiration": "soon"}, invalid("expiration", "soon")),
        ({"username": "a", "forms": "pdsa"}, invalid("forms", "pdsa")),
        ({"username": {"a": "b"}}, 'The value of the parameter "username" is not valid'),
    ],
    ids=["name", "right", "group", "expiration", "forms", "nested"],
)
def test_a_user_that_cannot_be_stored_is_refused(team: Api, row: dict[str, Any], part: str) -> None:
    status, message = team.refusal("user", data=[{"username": "ok"}, row])
    assert (status, part in message) == (400, True)
    assert len(team.json("user")) == 1


def test_pycap_deletes_users_and_a_deleted_users_token_is_dead(team: Api, add_user: AddUser) -> None:
    gone = add_user(team, "ann", api_export=1)
    assert gone.json("record") == []
    assert team.project().delete_users(["ann"], return_format_type="xml") == "1"
    assert gone.refusal("record")[0] == 403
    assert team.refusal("user", action="delete", users="ann,bob") == (400, invalid("users", "ann", "bob"))


EXPORT_DENIED = (403, "You do not have API Export privileges")
IMPORT_DENIED = (403, "You do not have API Import/Update privileges")


def insufficient(*rights: str) -> tuple[int, str]:
    named = " and ".join(f"'{right}' privileges" for right in rights)
    return 400, f"Insufficient user privileges: You must have {named} in the project."


def test_a_user_without_any_api_right_is_denied_like_a_stranger(team: Api, add_user: AddUser) -> None:
    nobody = add_user(team, "nobody", design=1, record_delete=1)
    assert nobody.refusal("record") == (403, "You do not have permissions to use the API")
    assert nobody.refusal("record", data=[{"record_id": "1"}])[0] == 403


def test_exporting_and_importing_are_separate_rights(team: Api, add_user: AddUser) -> None:
    reader = add_user(team, "reader", api_export=1, record_create=1, design=1)
    writer = add_user(team, "writer", api_import=1, record_create=1)
    assert reader.json("record") == []
    assert reader.refusal("record", data=[{"record_id": "1"}]) == IMPORT_DENIED
    assert reader.refusal("metadata", data=[{}]) == IMPORT_DENIED
    assert writer.json("record", data=[{"record_id": "1"}]) == {"count": 1}
    assert writer.refusal("record") == EXPORT_DENIED
    assert writer.refusal("metadata") == EXPORT_DENIED


@pytest.mark.parametrize(
    ("content", "action", "rights"),
    [
        ("dag", "export", ("API Export", "Data Access Groups")),
        ("dag", "import", ("API Import/Update", "Data Access Groups")),
        ("dag", "delete", ("API Import/Update", "Data Access Groups")),
        ("userDagMapping", "export", ("API Export", "Data Access Groups")),
        ("userDagMapping", "import", ("API Import/Update", "Data Access Groups")),
        ("user", "export", ("API Export", "User Rights")),
        ("user", "import", ("API Import/Update", "User Rights")),
        ("user", "delete", ("API Import/Update", "User Rights")),
        ("log", "export", ("API Export", "Logging")),
        ("metadata", "import", ("API Import/Update", "Project Design/Setup")),
        ("repeatingFormsEvents", "import", ("API Import/Update", "Project Design/Setup")),
        ("project_settings", "import", ("API Import/Update", "Project Design/Setup")),
    ],
)
def test_some_contents_need_a_further_right(
    team: Api, add_user: AddUser, content: str, action: str, rights: tuple[str, ...]
) -> None:
    plain = add_user(team, "plain", api_export=1, api_import=1)
    assert plain.refusal(content, action=action, data=[{}]) == insufficient(*rights)


def test_the_read_only_user_right_reads_but_does_not_write(team: Api, add_user: AddUser) -> None:
    looker = add_user(team, "looker", api_export=1, api_import=1, user_rights=2)
    assert len(looker.json("user")) == 2
    assert looker.refusal("user", data=[{"username": "x"}]) == insufficient("API Import/Update", "User Rights")


def test_an_expired_user_is_denied_from_that_day_on(team: Api, add_user: AddUser, clock: Clock) -> None:
    guest = add_user(team, "guest", api_export=1)
    team.json("user", data=[{"username": "guest", "expiration": "2025-10-01"}])
    clock.set("2025-09-30 23:59:59")
    assert guest.json("record") == []
    clock.set("2025-10-01 00:00:00")
    assert guest.refusal("record") == (403, "You do not have permissions to use the API")


def test_a_token_is_made_once_and_stays(sandbox: Sandbox, team: Api) -> None:
    project = team.json("project")["project_id"]
    team.json("user", data=[{"username": "ann", "api_export": 1}])
    first = sandbox.token_for(project, "ann")
    assert len(first) == 32
    assert sandbox.token_for(project, "ann") == first
    assert sandbox.token_for(project, "sandbox_owner") == team.token
    with pytest.raises(Refusal, match="no user 'bob'"):
        sandbox.token_for(project, "bob")
    with pytest.raises(Refusal, match="Project 987654 has no user"):
        sandbox.token_for(987654, "ann")


def test_the_admin_page_gives_the_same_token_to_the_holder_of_the_super_token(sandbox: Sandbox, team: Api) -> None:
    page = sandbox.url.replace("/api/", "/sandbox/token")
    project = team.json("project")["project_id"]
    asked = {"token": SUPER_TOKEN, "project_id": project, "username": "sandbox_owner", "format": "json"}
    reply = requests.post(page, data=asked, timeout=10)
    assert (reply.status_code, reply.text) == (200, team.token)
    for wrong in (
        {"token": team.token},
        {"token": ""},
        {"project_id": "x"},
        {"project_id": "9" * 30},
        {"username": "bob"},
        {"username": ""},
    ):
        reply = requests.post(page, data={**asked, **wrong}, timeout=10)
        assert reply.status_code in {400, 403}
        assert "error" in json.loads(reply.text)
