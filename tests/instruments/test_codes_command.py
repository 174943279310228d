"""`breakthrough instruments codes` as it is run in a deployment folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.instruments.conftest import SMALL

from breakthrough.cli import group
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments import project as projects

SETTINGS = """
collaborative: collaborative.yaml
redcap: {url: https://redcap.example.org/api/, token: env:MAIN, timezone: Europe/London}
projects:
  audit: {url: https://redcap.example.org/api/, token: env:AUDIT, timezone: Europe/London}
  elsewhere: {url: https://redcap.example.org/api/, token: env:ELSEWHERE, timezone: Europe/London}
store: sqlite:///store.sqlite
"""
AUDIT = """field_name,form_name,field_type,field_label,select_choices_or_calculations
record_id,chart_audit,text,Record,
tier,chart_audit,radio,Tier,"1, Low | 2, High"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A deployment with a sister project of its own, and one whose forms are somebody else's."""
    (tmp_path / "breakthrough.yaml").write_text(SETTINGS)
    (tmp_path / "collaborative.yaml").write_text(SMALL)
    audit = tmp_path / "instruments" / "audit"
    audit.mkdir(parents=True)
    (audit / "project.yaml").write_text('data_access_group: ""\ninstruments: {chart_audit: {label: Audit}}\n')
    (audit / "chart_audit.csv").write_text(AUDIT)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    asked = ["instruments", "codes", "-d", str(folder), "--now", "2026-03-01T09:00", *arguments]
    return CliRunner().invoke(group, asked)


def test_codes_are_written_once_and_then_all_are_recorded(folder: Path) -> None:
    first = run(folder)
    assert (first.exit_code, first.output.split(";")[0]) == (0, "No code is reused or gone")
    assert "not in codes.csv yet" in first.output
    assert not (folder / "codes.csv").exists()
    written = run(folder, "--write")
    assert written.exit_code == 0
    assert written.output.endswith("codes added. Commit it.\n")
    lines = (folder / "codes.csv").read_text().splitlines()
    assert lines[:2] == ["list,code,label,since", 'coaches,c1,"Bo | Co",2026-03-01']
    assert "field:audit/tier,2,High,2026-03-01" in lines
    again = run(folder, "--write")
    assert (again.exit_code, again.output.split(";")[0]) == (0, "codes.csv: no code is reused or gone")
    assert (folder / "codes.csv").read_text().splitlines() == lines


def test_a_coach_who_is_replaced_under_the_same_code_is_refused_and_nothing_is_written(folder: Path) -> None:
    run(folder, "--write")
    before = (folder / "codes.csv").read_bytes()
    (folder / "collaborative.yaml").write_text(
        SMALL.replace("Bo | Co", "Dee")
        .replace("beds: {label", "rooms: {label")
        .replace("denominator: beds", "denominator: rooms")
    )
    refused = run(folder, "--write")
    assert refused.exit_code == 1
    coach, count = refused.output.splitlines()
    assert coach.startswith(
        "codes.csv, row 2: the code c1 of coaches was 'Bo | Co' and is 'Dee': reused or renumbered?"
    )
    assert count.startswith("codes.csv, row 4: the code beds of counts became rooms:")
    assert (folder / "codes.csv").read_bytes() == before


def test_projects_whose_forms_are_defined_here_are_found_by_their_folders(
    folder: Path, absenteeism: Collaborative
) -> None:
    found = projects.every(Content(folder), absenteeism, ["main", "audit", "elsewhere"])
    assert list(found) == ["main", "audit"]
    assert [field.field_name for field in found["audit"].fields] == ["record_id", "tier"]
