"""The data entry trigger: when it is fired, what it tells, and that nobody waits for its receiver."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from tests.sandbox.admin.conftest import Join, Project, Receiver
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"
PROJECT = "<item><project_title>A project</project_title><purpose>0</purpose></item>"


def base(sandbox: Sandbox) -> str:
    return sandbox.url.removesuffix("api/")


def test_a_form_of_a_classic_project(
    sandbox: Sandbox, clinic: Project, admin: Administrator, receiver: Receiver
) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "1", "visit", {"weight": "70"}, status="1")
    admin.wait_for_triggers()
    assert receiver.posts == [
        [
            ("redcap_url", base(sandbox)),
            ("project_url", f"{base(sandbox)}redcap_v15.9.0/index.php?pid={clinic.number}"),
            ("project_id", str(clinic.number)),
            ("username", ME),
            ("record", "1"),
            ("instrument", "visit"),
            ("visit_complete", "1"),
        ]
    ]
    assert receiver.headers[0]["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_repeating_form(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "1", "diary", {"steps": "1"}, repeat_instance=3)
    admin.wait_for_triggers()
    assert receiver.posts[0][4:] == [
        ("record", "1"),
        ("instrument", "diary"),
        ("diary_complete", "0"),
        ("redcap_repeat_instance", "3"),
        ("redcap_repeat_instrument", "diary"),
    ]


def test_the_events_of_a_longitudinal_project(trial: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(trial.number, receiver.url)
    for form, event, instance in (("visit", "start_arm_2", 1), ("visit", "week_arm_1", 2), ("diary", "start_arm_1", 2)):
        admin.save_form(trial.number, ME, "1", form, {}, event=event, repeat_instance=instance)
    admin.wait_for_triggers()
    assert [post[6:] for post in receiver.posts] == [
        [("visit_complete", "0"), ("redcap_event_name", "start_arm_2")],
        [("visit_complete", "0"), ("redcap_event_name", "week_arm_1"), ("redcap_repeat_instance", "2")],
        [
            ("diary_complete", "0"),
            ("redcap_event_name", "start_arm_1"),
            ("redcap_repeat_instance", "2"),
            ("redcap_repeat_instrument", "diary"),
        ],
    ]


def test_the_group_of_the_record_is_told_whoever_saves(
    clinic: Project, admin: Administrator, receiver: Receiver, join: Join
) -> None:
    join(clinic, "Nell", "south")
    admin.set_trigger(clinic.number, receiver.url)
    name = admin.save_form(clinic.number, "nell", "", "diary", {}, repeat_instance=2)["record"]
    admin.save_form(clinic.number, ME, name.upper(), "diary", {}, repeat_instance=2)
    admin.wait_for_triggers()
    common = [
        ("record", name),
        ("instrument", "diary"),
        ("diary_complete", "0"),
        ("redcap_data_access_group", "south"),
        ("redcap_repeat_instance", "2"),
        ("redcap_repeat_instrument", "diary"),
    ]
    assert [post[3:] for post in receiver.posts] == [[("username", "Nell"), *common], [("username", ME), *common]]


def test_text_arrives_as_it_is(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "Ångström & Söhne=1+2", "visit", {})
    admin.wait_for_triggers()
    assert receiver.last()["record"] == "Ångström & Söhne=1+2"


def test_a_form_saved_as_it_was_fires_again(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    for _ in range(2):
        admin.save_form(clinic.number, ME, "1", "visit", {"weight": "70"})
    admin.wait_for_triggers()
    assert len(receiver.posts) == 2


def test_nothing_but_a_saved_form_fires(
    clinic: Project, admin: Administrator, receiver: Receiver, add_user: AddUser
) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    clinic.owner.save({"record_id": "1", "weight": "70"}, {"record_id": "2"})
    clinic.owner.save({"record_id": "1", "weight": "71"}, backgroundProcess="true")
    admin.assign_group(clinic.number, "1", "north")
    admin.lock_record(clinic.number, "1")
    admin.lock_record(clinic.number, "1", locked=False)
    clinic.owner.json("user", data=[{"username": ME, "record_rename": 1}])
    assert clinic.owner.call("record", action="rename", record="2", new_record_name="3").text == "1"
    clinic.owner.json("record", action="delete", records="3")
    admin.delete_record(clinic.number, "1")
    admin.wait_for_triggers()
    assert receiver.posts == []


def test_a_form_that_is_refused_does_not_fire(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    with pytest.raises(Refusal):
        admin.save_form(clinic.number, ME, "1", "visit", {"weight": "heavy"})
    admin.wait_for_triggers()
    assert receiver.posts == []


def test_the_trigger_can_be_taken_off(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    admin.set_trigger(clinic.number, "")
    admin.save_form(clinic.number, ME, "1", "visit", {})
    admin.wait_for_triggers()
    assert receiver.posts == []
    assert clinic.designs()[:2] == [("site_admin", "Make project customizations")] * 2


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "http://", "https://a b", "file:///etc/passwd"])
def test_an_address_of_another_kind_is_refused(still: Project, admin: Administrator, url: str) -> None:
    with pytest.raises(Refusal, match="begins with http:// or https://"):
        admin.set_trigger(still.number, url)


@pytest.mark.parametrize("status", [500, 302, 307])  # 307 asks for the same post again
def test_whatever_the_receiver_answers_there_is_one_post(
    clinic: Project, admin: Administrator, receiver: Receiver, status: int
) -> None:
    receiver.status = status
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "1", "visit", {})
    admin.wait_for_triggers()
    assert len(receiver.posts) == 1


def test_a_receiver_that_is_not_there_is_nobodys_error(clinic: Project, admin: Administrator) -> None:
    admin.set_trigger(clinic.number, "http://127.0.0.1:1/det")
    assert admin.save_form(clinic.number, ME, "1", "visit", {})["record"] == "1"
    admin.wait_for_triggers()


def test_nobody_waits_for_a_receiver_that_hangs(
    sandbox: Sandbox, clinic: Project, admin: Administrator, receiver: Receiver
) -> None:
    receiver.hold.clear()
    admin.set_trigger(clinic.number, receiver.url)
    began = time.monotonic()
    admin.save_form(clinic.number, ME, "1", "visit", {})
    with pytest.raises(Refusal) as why:
        Administrator(sandbox.url, SUPER_TOKEN, timeout=0.5).wait_for_triggers(seconds=1)
    assert (why.value.status, why.value.message) == (
        504,
        "A post of the data entry trigger is still under way after 1 seconds.",
    )
    assert time.monotonic() - began < 5
    receiver.hold.set()
    admin.wait_for_triggers()
    assert len(receiver.posts) == 1


def test_the_answer_is_not_read(clinic: Project, admin: Administrator, receiver: Receiver) -> None:
    receiver.endless = True
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "1", "visit", {})
    admin.wait_for_triggers(seconds=5)
    assert len(receiver.posts) == 1


def test_the_command_stops_although_a_receiver_hangs(tmp_path: Path, receiver: Receiver) -> None:
    receiver.hold.clear()
    command = [sys.executable, "-m", "redcap_sandbox", "serve", "--port", "0", "--data", str(tmp_path)]
    environment = {**os.environ, "REDCAP_SANDBOX_SUPER_TOKEN": SUPER_TOKEN, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout is not None
            url = running.stdout.readline().split()[-1]
            admin = Administrator(url, SUPER_TOKEN)
            made = requests.post(url, data={"token": SUPER_TOKEN, "content": "project", "data": PROJECT}, timeout=30)
            number = Api(url, made.text[-32:]).json("project")["project_id"]
            admin.set_trigger(number, receiver.url)
            admin.save_form(number, ME, "1", "my_first_instrument", {})
            began = time.monotonic()
            running.terminate()
            assert running.wait(timeout=20) == 0
            assert time.monotonic() - began < 8  # it would wait for ten seconds
        finally:
            running.kill()


def test_the_receiver_reads_what_was_saved_through_the_api(
    clinic: Project, admin: Administrator, receiver: Receiver
) -> None:
    admin.set_trigger(clinic.number, receiver.url)
    admin.save_form(clinic.number, ME, "1", "visit", {"weight": "70"})
    admin.wait_for_triggers()
    told = receiver.last()
    api = Api(f"{told['redcap_url']}api/", clinic.owner.token)
    rows = api.json("record", records=told["record"], fields="weight")
    assert rows == [{"weight": "70"}]
