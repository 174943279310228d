"""Data access groups, and who is in which."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api
from tests.sandbox.evidence.conftest import csv

SOMEONE = "aa.someone@team.example"


# G1 [P] export_dags doctest, test_export_dags; [R] test-dag-read "dag-default"; groups come with the XML
def test_groups_have_a_name_a_unique_name_and_a_number(wards: Api) -> None:
    rows = wards.json("dag")
    assert [(row["data_access_group_name"], row["unique_group_name"]) for row in rows] == [
        ("North Wing", "north_wing"),
        ("South", "south"),
    ]
    assert list(rows[0]) == ["data_access_group_name", "unique_group_name", "data_access_group_id"]
    assert min(row["data_access_group_id"] for row in rows) > 0
    assert csv(wards, "dag").split("\n", 1)[0] == "data_access_group_name,unique_group_name,data_access_group_id"


# G2 [P] test_import_delete_dags, import_dags and delete_dags doctests
def test_a_group_is_added_and_deleted(own_wards: Api) -> None:
    project = own_wards.project()
    new = [{"data_access_group_name": "New DAG", "unique_group_name": ""}]
    assert project.import_dags(new, return_format_type="csv") == "1"
    assert project.export_dags()[-1]["unique_group_name"] == "new_dag"
    assert project.delete_dags(["new_dag"]) == 1


# G3 [P] doctests (test_dag, new_dag), [R] read-dag (daga)
@pytest.mark.parametrize(("name", "unique"), [("New DAG", "new_dag"), ("dag-a", "daga"), ("Test DAG", "test_dag")])
def test_a_unique_name_is_made_of_the_name(own_wards: Api, name: str, unique: str) -> None:
    own_wards.json("dag", action="import", data=[{"data_access_group_name": name, "unique_group_name": ""}])
    assert own_wards.json("dag")[-1]["unique_group_name"] == unique


# G4 [A] importDags.R, test-104: a group is renamed by its unique name
def test_a_group_is_renamed_by_its_unique_name(own_wards: Api) -> None:
    data = '"data_access_group_name","unique_group_name"\n"Southern","south"'
    reply = own_wards.call("dag", action="import", format="csv", returnFormat="csv", data=data)
    assert (reply.status_code, reply.text) == (200, "1")
    assert [row["data_access_group_name"] for row in own_wards.json("dag")] == ["North Wing", "Southern"]


# G5 [P] import_user_dag_assignment doctest: the e-mail-named user before the owner; blank is no group
def test_assignments_name_every_user(own_wards: Api) -> None:
    project = own_wards.project()
    owner = own_wards.json("user")[0]["username"]
    project.import_users([{"username": SOMEONE}])
    assert project.import_user_dag_assignment([{"username": SOMEONE, "redcap_data_access_group": "south"}]) == 1
    assert project.export_user_dag_assignment() == [
        {"username": SOMEONE, "redcap_data_access_group": "south"},
        {"username": owner, "redcap_data_access_group": ""},
    ]
    assert (
        own_wards.json("userDagMapping", action="import", data=[{"username": SOMEONE, "redcap_data_access_group": ""}])
        == 1
    )
    assert {row["redcap_data_access_group"] for row in project.export_user_dag_assignment()} == {""}
    assert project.delete_users([SOMEONE]) == 1


# G6 [P] test_import_user_dag_assignment
def test_exported_assignments_go_in_again(own_wards: Api) -> None:
    project = own_wards.project()
    mapping = project.export_user_dag_assignment()
    assert len(mapping) == 1
    assert project.import_user_dag_assignment(mapping, return_format_type="csv") == "1"


# G7 [P] switch_dag ('1'), [A] switchDag.R: to a group the user may switch to
def test_a_member_switches_to_his_own_group(own_wards: Api, join: AddUser) -> None:
    member = join(own_wards, SOMEONE, group="north_wing", api_export=1, api_import=1)
    reply = member.call("dag", action="switch", returnFormat="csv", dag="north_wing")
    assert (reply.status_code, reply.text) == (200, "1")


# G8 [R] read-dag/assigned-to-dag-a, test-write-dag: a member sees the records of his group, whatever he asks for
def test_a_member_sees_his_groups_records_only(own_wards: Api, join: AddUser) -> None:
    member = join(own_wards, SOMEONE, group="north_wing", api_export=1)
    assert [row["ward_id"] for row in member.json("record")] == ["1"]
    assert member.json("record", records="2,10") == []
    own_wards.save({"ward_id": "2", "redcap_data_access_group": "north_wing"})
    assert [row["ward_id"] for row in member.json("record")] == ["1", "2"]
    assert {row["record"] for row in member.json("record", type="eav")} == {"1", "2"}
