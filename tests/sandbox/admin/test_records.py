"""Whole records: assigned to a group, deleted with their traces, locked."""

from __future__ import annotations

import pytest
from tests.sandbox.admin.conftest import Join, Project
from tests.sandbox.conftest import Clock

from redcap_sandbox import Refusal
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"
SITE = "site_admin"
LOCKED = "This record has been locked at the record level. No value within this record can be modified."


@pytest.fixture
def held(clinic: Project) -> Project:
    """The clinic with the records 1 and 2."""
    clinic.owner.save({"record_id": "1", "weight": "70"}, {"record_id": "2"})
    return clinic


def test_a_record_changes_its_group_and_keeps_its_name(held: Project, admin: Administrator, join: Join) -> None:
    nell = join(held, "nell", "north")
    admin.assign_group(held.number, "1", "north")
    assert [row["record_id"] for row in nell.json("record", fields="record_id")] == ["1"]
    admin.assign_group(held.number, "1", "south")
    assert nell.json("record") == []
    admin.assign_group(held.number, "1", "")
    admin.assign_group(held.number, "1", "")
    assert held.log()[:3] == [
        (SITE, "Update record 1", "Remove record from Data Access Group (redcap_data_access_group = '')"),
        (SITE, "Update record 1", "Assign record to Data Access Group (redcap_data_access_group = 'south')"),
        (SITE, "Update record 1", "Assign record to Data Access Group (redcap_data_access_group = 'north')"),
    ]
    with pytest.raises(Refusal, match="\"group\" are not valid: 'west'"):
        admin.assign_group(held.number, "1", "west")


def test_a_changed_group_is_a_change_to_the_date_filter(held: Project, admin: Administrator, clock: Clock) -> None:
    clock.set("2025-09-19 10:00:00")
    admin.assign_group(held.number, "2", "north")
    changed = held.owner.json("record", fields="record_id", dateRangeBegin="2025-09-19 09:00:00")
    assert [row["record_id"] for row in changed] == ["2"]


def test_who_is_in_a_group_assigns_none(held: Project, admin: Administrator, join: Join) -> None:
    join(held, "nell", "north", data_access_groups=1)
    join(held, "tom")
    admin.assign_group(held.number, "1", "north", username="tom")
    assert held.log()[0][0] == "tom"
    with pytest.raises(Refusal, match="no Data Access Group may assign"):
        admin.assign_group(held.number, "1", "south", username="nell")


def test_a_record_is_deleted_and_the_log_says_so(held: Project, admin: Administrator) -> None:
    admin.delete_record(held.number, "1")
    assert [row["record_id"] for row in held.owner.json("record", fields="record_id")] == ["2"]
    assert held.log()[0] == (SITE, "Delete record 1", "record_id = '1'")


def test_with_the_log_wiped_nothing_tells_of_the_record(held: Project, admin: Administrator) -> None:
    held.owner.save({"record_id": "1", "weight": "71"})
    held.owner.save({"record_id": "10", "weight": "71"})
    admin.delete_record(held.number, "1", wipe_log=True)
    assert [action for _, action, _ in held.log()] == ["Create record (API) 10", "Create record (API) 2"]
    assert held.owner.json("log", record="1") == []
    held.owner.save({"record_id": "1"})
    assert held.log()[0][1] == "Create record (API) 1"


def test_only_who_may_delete_records_deletes_one(held: Project, admin: Administrator, join: Join) -> None:
    join(held, "nell", "north", record_delete=1)
    join(held, "tom", record_delete=0)
    with pytest.raises(Refusal, match="record_delete"):
        admin.delete_record(held.number, "1", username="tom")
    with pytest.raises(Refusal, match='The record "1" does not exist'):
        admin.delete_record(held.number, "1", username="nell")
    admin.assign_group(held.number, "1", "north")
    admin.delete_record(held.number, "1", username="nell")
    assert held.log()[0] == ("nell", "Delete record 1", "record_id = '1'")


def test_a_locked_record_takes_no_import_and_no_form(held: Project, admin: Administrator) -> None:
    admin.lock_record(held.number, "1")
    told = f'"1","visit_complete","","{LOCKED}"'
    rows = [{"record_id": "1", "weight": "71"}, {"record_id": "2", "weight": "72"}]
    assert held.owner.refusal("record", action="import", data=rows) == (400, told)
    with pytest.raises(Refusal) as why:
        admin.save_form(held.number, ME, "1", "outcome", {"note": "x"})
    assert (why.value.status, why.value.message) == (400, told)
    assert held.owner.json("record", fields="weight") == [{"weight": "70"}, {"weight": ""}]
    admin.lock_record(held.number, "1", locked=False)
    held.owner.save(*rows)
    assert held.owner.json("record", fields="weight") == [{"weight": "71"}, {"weight": "72"}]


def test_a_locked_record_takes_no_survey_page(held: Project, admin: Administrator) -> None:
    admin.set_up_survey(held.number, "outcome")
    link = held.owner.call("surveyLink", record="1", instrument="outcome").text
    admin.lock_record(held.number, "1")
    with pytest.raises(Refusal, match="locked at the record level"):
        admin.answer_survey(link, {"note": "x"})


def test_locks_are_logged(held: Project, admin: Administrator) -> None:
    for locked in (True, True, False, False):
        admin.lock_record(held.number, "1", locked=locked)
    assert held.log("lock_record") == [
        (SITE, "Lock/Unlock Record 1", "Action: Unlock entire record Record: 1 - Arm 1: Arm 1"),
        (SITE, "Lock/Unlock Record 1", "Action: Lock entire record Record: 1 - Arm 1: Arm 1"),
    ]


def test_a_lock_names_every_arm_of_the_record(trial: Project, admin: Administrator) -> None:
    for event in ("start_arm_2", "start_arm_1", "week_arm_1"):
        admin.save_form(trial.number, ME, "1", "visit", {}, event=event)
    admin.save_form(trial.number, ME, "2", "visit", {}, event="start_arm_2")
    admin.lock_record(trial.number, "1")
    admin.lock_record(trial.number, "2")
    assert [details for _, _, details in trial.log("lock_record")] == [
        "Action: Lock entire record Record: 2 - Arm 2: Placebo",
        "Action: Lock entire record Record: 1 - Arm 2: Placebo",
        "Action: Lock entire record Record: 1 - Arm 1: Drug",
    ]


def test_locking_is_a_right(held: Project, admin: Administrator, join: Join) -> None:
    join(held, "nell")
    with pytest.raises(Refusal, match="lock_records_all_forms"):
        admin.lock_record(held.number, "1", username="nell")
    admin.set_rights(held.number, "nell", {"lock_records_all_forms": 1})
    admin.lock_record(held.number, "1", username="nell")
    assert held.log("lock_record")[0][0] == "nell"


def test_a_record_that_is_not_there_is_refused(held: Project, admin: Administrator) -> None:
    for action, more in (("assign_group", {"group": "north"}), ("delete_record", {}), ("lock_record", {})):
        with pytest.raises(Refusal) as why:
            admin.call(action, project_id=held.number, record="9", **more)
        assert (why.value.status, why.value.message) == (400, 'The record "9" does not exist')
