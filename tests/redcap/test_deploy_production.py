"""A project in production: what the API may do is done, the rest is handed over, and approved it leaves no drift."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from tests.redcap import small

from breakthrough.content import Content
from breakthrough.errors import RemovalNotAllowed
from breakthrough.instruments import dictionary, package, plan
from breakthrough.instruments.package import Handover
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import Done, backup, deploy
from redcap_sandbox import Sandbox

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    """Of a project in production, in which two teams have begun to work."""
    made = small.begun(sandbox)
    small.administrator(sandbox).to_production(small.client(sandbox, made).info()["project_id"])
    return made


@pytest.fixture
def client(sandbox: Sandbox, token: str) -> Client:
    return small.client(sandbox, token)


def handed(folder: Path, done: Done) -> Path:
    handover = Handover(
        "Small", done.live.project_id, done.live.records, NOW, done.drafted, done.later, done.by_hand, done.backup
    )
    package.write(folder, Content(), small.later().project, done.live, handover)
    return folder


def test_what_needs_no_dictionary_is_done_and_the_dictionary_is_left_to_a_person(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    was = small.dictionary(sandbox, token)
    done = deploy(client, small.later())
    assert {(step.kind, step.key) for step in done.steps} == {
        ("add group", "T003"), ("add role", "Coordinator"), ("move user", "bob"), ("add user", "liz"),
        ("change setting", "custom_record_label"), ("change setting", "record_autonumbering_enabled"),
    }  # fmt: skip
    assert {step.name for step in done.drafted} == {
        "add-instrument:rating", "add-field:tp_town", "change-field:tp_name:label", "change-field:tp_kind:choice-new",
    }  # fmt: skip
    assert {step.kind for step in done.later} == {"repeat instrument", "change role"}
    assert small.dictionary(sandbox, token) == was
    again = deploy(client, small.later())
    assert again.steps == ()
    assert again.drafted == done.drafted


def test_the_package_uploaded_to_draft_mode_and_approved_leaves_no_drift_and_no_value_is_lost(
    sandbox: Sandbox, token: str, client: Client, tmp_path: Path
) -> None:
    entered = small.stored(sandbox, token)
    folder = handed(tmp_path / "handover", deploy(client, small.later()))
    admin, number = small.administrator(sandbox), client.info()["project_id"]
    admin.enter_draft(number)
    admin.upload_draft(number, dictionary.rows(dictionary.read(folder / "dictionary.csv")))
    changes = admin.submit_draft(number)
    assert {(one["field"], one["change"]) for one in changes} == {
        ("tp_name", "edited"), ("tp_kind", "edited"), ("tp_town", "added"), ("cr_period", "added"),
    }  # fmt: skip
    admin.approve_draft(number)
    deploy(client, small.later())
    made = plan.make(small.later(), live.look(client, small.later().project))
    assert made.steps == ()
    assert small.dictionary(sandbox, token) == dictionary.rows(small.later().project.fields)
    assert small.stored(sandbox, token) == entered


def test_the_package_tells_every_step_its_class_and_what_to_do_and_only_its_owner_can_read_it(
    client: Client, tmp_path: Path
) -> None:
    done = deploy(client, small.later())
    folder = handed(tmp_path / "handover", done)
    assert sorted(path.name for path in folder.iterdir()) == ["checklist.md", "dictionary.csv", "memo.html", "memo.md"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    memo, page, checklist = ((folder / name).read_text() for name in ("memo.md", "memo.html", "checklist.md"))
    for step in done.drafted:
        assert f"{step.kind} {step.what}" in memo.replace("\\", "")
        assert f"{step.kind} {step.what}" in page
    assert f"Small (project {done.live.project_id})" in memo
    assert "2 records" in memo
    assert "repeat instrument rating" in checklist
    assert handed(folder, done) == folder  # written anew over what is there


def test_the_checklist_ends_with_a_deploy_by_which_the_new_codes_are_recorded_even_where_nothing_else_is_left(
    client: Client, tmp_path: Path
) -> None:
    wanted = small.first()
    more = replace(wanted.project.fields[2], select_choices_or_calculations="1, School | 2, District | 3, Clinic")
    fields = (*wanted.project.fields[:2], more, *wanted.project.fields[3:])
    done = deploy(client, replace(wanted, project=replace(wanted.project, fields=fields)))
    assert ([step.name for step in done.drafted], done.later) == (["change-field:tp_kind:choice-new"], ())
    checklist = (handed(tmp_path / "handover", done) / "checklist.md").read_text()
    assert "When they are approved, run `breakthrough plan`" in checklist.split("Then run `breakthrough deploy`")[0]
    assert "`breakthrough deploy`, which records the new codes in `codes.csv`, and commit that file." in checklist


def test_a_change_that_loses_data_is_not_handed_over_unless_it_is_allowed(
    sandbox: Sandbox, token: str, client: Client
) -> None:
    wanted = small.without("tp_kind")
    with pytest.raises(RemovalNotAllowed, match="--allow remove-field:tp_kind"):
        deploy(client, wanted)
    done = deploy(client, wanted, allow=["remove-field:tp_kind"])
    assert [(step.name, step.risk) for step in done.drafted] == [("remove-field:tp_kind", "loses data")]
    assert small.stored(sandbox, token)[0]["tp_kind"] == "1"


def test_before_a_loss_is_handed_over_every_record_is_kept_and_the_folder_is_named(
    client: Client, tmp_path: Path
) -> None:
    shelf = backup.place(tmp_path / "backups", client.url, 1, NOW)
    done = deploy(client, small.without("tp_kind"), allow=["remove-field:tp_kind"], backups=shelf)
    assert done.steps == ()
    assert done.backup is not None
    assert "Alder" in (done.backup / "records.csv").read_text()
    folder = handed(tmp_path / "handover", done)
    for name in ("checklist.md", "memo.md", "memo.html"):
        assert str(done.backup) in (folder / name).read_text(), name
