"""deployed.yaml: the identity guard between a deployment folder and the REDCap projects it was deployed to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from breakthrough.errors import SettingInvalid, WrongProject
from breakthrough.instruments.codes import Kept
from breakthrough.worker import deployed

URL = "https://redcap.example.org/api/"
AT = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)
INFO = {"project_id": 42, "project_title": "Attendance: 2026"}


def test_nothing_is_required_before_the_first_deploy(tmp_path: Path) -> None:
    assert deployed.load(tmp_path) == {}
    deployed.require(tmp_path, "main", URL, INFO)


def test_what_was_deployed_is_remembered_by_project_and_the_others_stay(tmp_path: Path) -> None:
    deployed.record(tmp_path, "main", URL, INFO, AT)
    deployed.record(tmp_path, "audit", URL, {"project_id": 7, "project_title": "Audit"}, AT)
    deployed.record(tmp_path, "main", URL, INFO, AT + dt.timedelta(days=1))
    found = deployed.load(tmp_path)
    assert {name: (one.url, one.project_id, one.title) for name, one in found.items()} == {
        "audit": (URL, 7, "Audit"),
        "main": (URL, 42, "Attendance: 2026"),
    }
    assert found["main"].at == dt.datetime(2026, 3, 2, 6, 30, tzinfo=dt.UTC)
    assert [path.name for path in tmp_path.iterdir()] == ["deployed.yaml"]


@pytest.mark.parametrize(
    ("url", "number"),
    [(URL, 43), ("https://other.example.org/api/", 42)],
    ids=["another project", "another server"],
)
def test_another_project_or_server_is_refused_with_what_to_do(tmp_path: Path, url: str, number: int) -> None:
    deployed.record(tmp_path, "main", URL, INFO, AT)
    deployed.require(tmp_path, "main", URL, INFO)
    deployed.require(tmp_path, "audit", url, {"project_id": number})  # of which nothing is known
    with pytest.raises(WrongProject, match="Nothing was changed") as refused:
        deployed.require(tmp_path, "main", url, {"project_id": number})
    assert f"project {number} of {url}" in str(refused.value)
    assert f"project 42 of {URL}" in str(refused.value)
    assert "delete the entry 'main'" in str(refused.value)


def test_a_file_that_somebody_broke_is_named_with_the_line(tmp_path: Path) -> None:
    (tmp_path / "deployed.yaml").write_text("projects:\n  main:\n    url: x\n    project_id: many\n")
    with pytest.raises(SettingInvalid, match=r"deployed\.yaml"):
        deployed.load(tmp_path)


def test_what_was_remembered_of_the_codes_stays_when_a_project_is_deployed_again(tmp_path: Path) -> None:
    assert deployed.ledger(tmp_path) is None
    deployed.record(tmp_path, "main", URL, INFO, AT)
    assert deployed.remember(tmp_path, Kept(57, "0a1b2c3d4e5f6071")) == tmp_path / "deployed.yaml"
    assert deployed.remember(tmp_path, Kept(57, "0a1b2c3d4e5f6071")) is None
    deployed.record(tmp_path, "main", URL, INFO, AT, AT + dt.timedelta(minutes=3), "mary")
    assert deployed.ledger(tmp_path) == Kept(57, "0a1b2c3d4e5f6071")
    assert (deployed.load(tmp_path)["main"].by, deployed.load(tmp_path)["main"].until) == (
        "mary", AT + dt.timedelta(minutes=3),
    )  # fmt: skip


def test_a_merge_that_git_left_unfinished_is_named_with_its_line(tmp_path: Path) -> None:
    deployed.record(tmp_path, "main", URL, INFO, AT)
    path = tmp_path / "deployed.yaml"
    path.write_text("<<<<<<< HEAD\n" + path.read_text())
    with pytest.raises(SettingInvalid, match=r"deployed\.yaml, line 1: git left a merge conflict"):
        deployed.load(tmp_path)


def test_somebody_elses_work_is_refused_unless_the_project_is_named(tmp_path: Path) -> None:
    theirs = ("3 records", "instruments that are not defined here (consent)")
    with pytest.raises(WrongProject, match="project 42, 'Attendance: 2026'") as refused:
        deployed.require_meant(tmp_path, "main", INFO, theirs, None)
    assert "it has 3 records and instruments that are not defined here (consent)" in str(refused.value)
    assert str(refused.value).endswith("add --into 42")
    deployed.require_meant(tmp_path, "main", INFO, theirs, 42)
    deployed.require_meant(tmp_path, "main", INFO, (), None)
    with pytest.raises(WrongProject, match="--into names project 43"):
        deployed.require_meant(tmp_path, "main", INFO, (), 43)
    deployed.record(tmp_path, "main", URL, INFO, AT)
    deployed.require_meant(tmp_path, "main", INFO, theirs, None)
