"""What is kept of a project before it is changed, and who may read it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.redcap import small

from breakthrough.errors import Refused, SettingInvalid
from breakthrough.instruments import dictionary, odm
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import backup, deploy
from redcap_sandbox import Sandbox

NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return small.client(sandbox, small.begun(sandbox))


@pytest.fixture
def shelf(tmp_path: Path, client: Client) -> backup.Shelf:
    return backup.place(tmp_path / "backups", client.url, client.info()["project_id"], NOW)


def test_before_a_change_that_loses_nothing_the_design_is_kept_and_no_record(
    client: Client, shelf: backup.Shelf
) -> None:
    was = client.metadata()
    kept = deploy(client, small.later(), backups=shelf).backup
    assert kept == shelf.folder / "2026-03-01T063000Z"
    assert sorted(path.name for path in kept.iterdir()) == [
        "KEEP-UNTIL.txt", "READ-ME.txt", "dictionary.csv", "groups.csv", "project.xml", "repeating.csv",
        "roles.csv", "snapshot.json", "users.csv",
    ]  # fmt: skip
    assert dictionary.rows(dictionary.read(kept / "dictionary.csv")) == was
    assert (kept / "repeating.csv").read_text() == "form_name,custom_form_label\nmonthly,[mm_period]\n"
    assert json.loads((kept / "snapshot.json").read_text())["metadata"] == was
    assert (kept / "KEEP-UNTIL.txt").read_text().startswith("2026-05-30\n")
    assert "It holds no records." in (kept / "READ-ME.txt").read_text()
    assert not any(b"Alder" in path.read_bytes() for path in kept.iterdir())


def test_only_its_owner_can_read_it(client: Client, shelf: backup.Shelf) -> None:
    kept = deploy(client, small.without("tp_kind"), allow=["remove-field:tp_kind"], backups=shelf).backup
    assert kept is not None
    assert {kept.stat().st_mode & 0o777, shelf.folder.stat().st_mode & 0o777} == {0o700}
    assert {path.stat().st_mode & 0o777 for path in kept.iterdir()} == {0o600}


def test_before_a_step_that_loses_data_every_record_is_kept_and_can_be_taken_from_there(
    sandbox: Sandbox, client: Client, shelf: backup.Shelf
) -> None:
    kept = deploy(client, small.without("tp_kind"), allow=["remove-field:tp_kind"], backups=shelf).backup
    assert kept is not None
    rows = list(csv.DictReader(io.StringIO((kept / "records.csv").read_text())))
    assert [(row["record_id"], row["tp_kind"], row["mm_absent"]) for row in rows] == [
        ("T001", "1", ""), ("T001", "", "7"), ("T002", "2", ""),
    ]  # fmt: skip
    xml = (kept / "project-with-records.xml").read_bytes()
    made = small.asked(
        sandbox, small.SUPER, "project", data=[{"project_title": "Again", "purpose": 3}], odm=xml.decode()
    )
    again = small.stored(sandbox, made.text[-32:])
    assert [(row["record_id"], row["tp_name"], row["mm_absent"]) for row in again] == [
        ("T001", "Alder", ""), ("T001", "", "7"), ("T002", "Birch", ""),
    ]  # fmt: skip
    assert odm.parse(xml, "backup").groups == ("T001", "T002")


def test_nothing_is_kept_where_there_is_nothing_to_change(client: Client, shelf: backup.Shelf) -> None:
    assert deploy(client, small.first(), backups=shelf).backup is None
    assert not shelf.folder.exists()


def test_a_backup_goes_into_no_repository(tmp_path: Path) -> None:
    (tmp_path / "deployment" / ".git").mkdir(parents=True)
    with pytest.raises(SettingInvalid, match="lies in the git work tree") as refused:
        backup.place(tmp_path / "deployment" / "kept" / "here", "https://redcap.example.org/api/", 42, NOW)
    assert "--backup-to" in str(refused.value)


def test_a_folder_is_named_by_server_and_number_and_by_nothing_that_was_entered(tmp_path: Path) -> None:
    placed = backup.place(tmp_path, "https://redcap.example.org:8443/api/", 42, NOW)
    assert placed.folder == tmp_path / "redcap.example.org-8443-project-42"


@pytest.mark.parametrize(
    ("environment", "place"),
    [
        ({"XDG_STATE_HOME": "/state"}, "/state/redcap-breakthrough/backups"),
        ({}, "/home/mary/.local/state/redcap-breakthrough/backups"),
        ({"XDG_STATE_HOME": "relative"}, "/home/mary/.local/state/redcap-breakthrough/backups"),  # to be ignored
    ],
)
def test_backups_go_to_the_state_folder_of_the_account(environment: dict[str, str], place: str) -> None:
    assert backup.usual(environment, Path("/home/mary")) == Path(place)


def test_a_backup_past_its_day_is_named_and_one_that_somebody_keeps_is_not(client: Client, shelf: backup.Shelf) -> None:
    kept = deploy(client, small.later(), backups=shelf).backup
    assert kept is not None
    assert backup.overdue(backup.Shelf(shelf.folder, NOW + dt.timedelta(days=90))) == ()
    assert backup.overdue(backup.Shelf(shelf.folder, NOW + dt.timedelta(days=91))) == (kept,)
    (kept / "KEEP-UNTIL.txt").write_text("for ever, says the director\n")
    assert backup.overdue(backup.Shelf(shelf.folder, NOW + dt.timedelta(days=900))) == ()


def test_a_disk_that_is_full_stops_the_deploy_before_it_changes_anything(
    client: Client, shelf: backup.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = client.metadata()

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        deploy(client, small.later(), backups=shelf)
    assert client.metadata() == was
    assert list(shelf.folder.iterdir()) == []


def test_a_second_backup_of_the_same_moment_stands_beside_the_first(client: Client, shelf: backup.Shelf) -> None:
    deploy(client, small.later(), backups=shelf)
    deploy(client, small.first(), allow=["remove-field:tp_town", "stop-repeating:rating"], backups=shelf)
    assert sorted(path.name for path in shelf.folder.iterdir()) == ["2026-03-01T063000Z", "2026-03-01T063000Z-2"]


def test_roles_are_kept_as_a_table_that_a_person_can_follow(client: Client, shelf: backup.Shelf) -> None:
    kept = deploy(client, small.later(), backups=shelf).backup
    assert kept is not None
    rows = list(csv.DictReader(io.StringIO((kept / "roles.csv").read_text())))
    (member,) = (column for column in rows[0] if column.startswith("Team member ("))
    said = {(row["what"], row["name"]): row[member] for row in rows}
    assert said["form", "team_profile"] == "1"
    assert said["export of", "monthly"] == "0"
    assert (said["right", "record_create"], said["right", "user_rights"]) == ("1", "0")


def test_the_way_back_says_what_an_import_overwrites_before_anything_is_typed(
    client: Client, shelf: backup.Shelf
) -> None:
    kept = deploy(client, small.without("tp_kind"), allow=["remove-field:tp_kind"], backups=shelf).backup
    assert kept is not None
    said = (kept / "READ-ME.txt").read_text()
    assert "Do this before anybody types anything new" in said
    assert "every value that is not blank takes the place" in said


def test_a_link_that_leads_into_a_repository_is_seen_through(tmp_path: Path) -> None:
    (tmp_path / "deployment" / ".git").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "deployment", target_is_directory=True)
    with pytest.raises(SettingInvalid, match="lies in the git work tree"):
        backup.place(tmp_path / "link" / "kept", "https://redcap.example.org/api/", 42, NOW)


@pytest.mark.parametrize("inside", [".", "backups", "state/../kept"])
def test_backups_are_not_kept_in_the_deployment_folder_which_may_be_made_a_repository_later(
    tmp_path: Path, inside: str
) -> None:
    with pytest.raises(SettingInvalid, match="lies in the deployment folder") as refused:
        backup.place(tmp_path / "here" / inside, "https://redcap.example.org/api/", 7, NOW, tmp_path / "here")
    assert "--backup-to" in str(refused.value)
    kept = backup.place(tmp_path / "here-too", "https://redcap.example.org/api/", 7, NOW, tmp_path / "here")
    assert kept.folder.parent == tmp_path / "here-too"


@pytest.mark.parametrize("backed_up", [True, False])
def test_a_deploy_that_fails_after_a_loss_says_that_the_values_did_not_come_back_with_the_field(
    sandbox: Sandbox, client: Client, shelf: backup.Shelf, *, backed_up: bool
) -> None:
    wanted = replace(small.without("tp_name"), teams=("T001", "T002", "T003"))

    def refused(_: object) -> int:
        raise Refused("No right to Data Access Groups.")

    client.import_dags = refused  # type: ignore[method-assign,assignment]
    with pytest.raises(Refused) as failed:
        deploy(client, wanted, allow=["remove-field:tp_name"], backups=shelf if backed_up else None)
    said = str(failed.value)
    back = "were put back as they were before. The values that remove-field:tp_name took away did not come back"
    assert back in said
    kept = shelf.folder / "2026-03-01T063000Z"
    assert (f"Every record as it was is in {kept}; READ-ME.txt there says" in said) is backed_up
