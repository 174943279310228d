"""`instruments export` and `instruments print` as a person runs them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from breakthrough import cli
from breakthrough.instruments import archive, dictionary, odm
from breakthrough.instruments.field import HEADERS


def run(*arguments: object) -> Result:
    # Outside any deployment's folder, so that what is shipped is meant.
    return CliRunner().invoke(cli.group, ["instruments", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_dictionary_is_exported_in_redcaps_columns_and_reads_back(tmp_path: Path) -> None:
    done = run("export", "--csv", "--to", tmp_path / "out")
    assert done.exit_code == 0, done.output
    file = tmp_path / "out" / "dictionary.csv"
    first = file.read_text(encoding="utf-8-sig").splitlines()[0]
    assert first.replace('"', "").split(",")[:2] == ["Variable / Field Name", "Form Name"]
    fields = dictionary.read(file)
    assert len(HEADERS) == 18
    assert fields[0].field_name == "record_id"
    assert {"monthly_measures", "pdsa_cycle"} <= {field.form_name for field in fields}


def test_each_instrument_is_exported_as_a_zip_of_its_own(tmp_path: Path) -> None:
    assert run("export", "pdsa_cycle", "team_charter", "--zip", "--to", tmp_path).exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["pdsa_cycle.zip", "team_charter.zip"]
    read = archive.parse((tmp_path / "pdsa_cycle.zip").read_bytes(), "pdsa_cycle.zip")
    assert {field.form_name for field in read.fields} == {"pdsa_cycle"}


def test_a_whole_project_is_exported_with_groups_for_the_teams_named(tmp_path: Path) -> None:
    done = run("export", "--xml", "--team", "T001", "--team", "T002", "--to", tmp_path)
    assert done.exit_code == 0, done.output
    project = odm.parse((tmp_path / "project.xml").read_bytes(), "project.xml")
    assert project.title == "North East attendance collaborative"
    assert list(project.groups) == ["T001", "T002"]


def test_a_sister_project_is_exported_by_its_name(tmp_path: Path) -> None:
    assert run("export", "--project", "session_evaluation", "--csv", "--to", tmp_path).exit_code == 0
    assert {field.form_name for field in dictionary.read(tmp_path / "dictionary.csv")} == {"session_evaluation"}


def test_blank_forms_and_tools_are_written_as_pdf(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", reason="WEASYPRINT ABSENT: that PDFs are written was NOT tested")
    assert run("export", "storyboard", "--pdf", "--to", tmp_path).exit_code == 0
    assert (tmp_path / "storyboard.pdf").read_bytes().startswith(b"%PDF-")
    done = run("print", "charter", "--pdf", "--paper", "letter", "--now", "2025-11-20", "--to", tmp_path)
    assert done.output.split() == [str(tmp_path / "charter.html"), str(tmp_path / "charter.pdf")]
    assert "size:Letter" in (tmp_path / "charter.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["absenteeism", "medical_home", "math_swd"])
def test_all_four_tools_are_printed_of_every_worked_collaborative(name: str, tmp_path: Path) -> None:
    done = run("print", "--collaborative", name, "--to", tmp_path)
    assert done.exit_code == 0, done.output
    names = ["charter.html", "data-guide.html", "pdsa.html", "storyboard.html"]
    assert sorted(path.name for path in tmp_path.glob("*.html")) == names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["export", "--to", "x"], "--zip, --csv, --xml or --pdf"),
        (["export", "pdsa_cycle", "--xml", "--to", "x"], "--xml is of a whole project"),
        (["export", "--csv", "--team", "T001", "--to", "x"], "--team goes with --xml"),
        (["export", "pdsa", "--csv", "--to", "x"], "There is no instrument 'pdsa'. Known: "),
        (["print", "poster", "--to", "x"], "There is no 'poster' to print. Known: data-guide, pdsa"),
        (["print", "pdsa", "--project", "session_evaluation", "--to", "x"], "no instrument 'pdsa_cycle'"),
        (["print", "--project", "session_evaluation", "--to", "x"], "are of the main project"),
        (["list", "--project", "audits"], "There is no project 'audits'. Known: main, chart_audit"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told_and_nothing_is_written(arguments: list[str], told: str, tmp_path: Path) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert told in done.output
    assert not list(tmp_path.iterdir())
