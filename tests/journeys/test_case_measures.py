"""A measure counted from another REDCap project's case rows, through every command of a whole deployment."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml
from tests.journeys import auditing
from tests.journeys.auditing import Api
from tests.journeys.played import Command

from breakthrough.demo import play, stage
from breakthrough.errors import SettingInvalid
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.worker.deployment import Deployment

NOW = "2026-04-15T07:00"


@dataclass(frozen=True)
class Staged:
    """A deployment of two projects whose records have been pulled."""

    folder: Path
    audit: Api
    pulled: str


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory, run: Command) -> Iterator[Staged]:
    with play.opened(tmp_path_factory.mktemp("cases") / "out", "absenteeism", None) as theatre:
        folder = theatre.here.folder
        audit = auditing.opened(theatre.sandbox, folder)
        here = Deployment.open(folder, {})
        client = here.client(deploying=True)
        scene = replace(theatre.scene.first(4), collaborative=here.collaborative)
        deploy(client, Wanted(here.project, scene.teams))
        stage.enter(client, scene, None, lambda _: None)
        done = run("pull", "-d", folder, "--now", NOW)
        assert done.returncode == 0, done.stderr
        yield Staged(folder, audit, done.stdout)


def test_both_projects_are_pulled_and_shown(staged: Staged, run: Command) -> None:
    assert "audit" in staged.pulled
    shown = json.loads(run("status", "-d", staged.folder, "--now", NOW, "--json").stdout)
    main, audit = shown["projects"]
    assert (main["project"], audit["project"], audit["records"]) == ("main", "audit", 4)
    assert audit["rows"]["chart_audit"] == 7
    assert audit["last_pull_state"] == "complete"


def test_the_measure_has_its_figures_among_all_others(staged: Staged, run: Command) -> None:
    done = run("measures", "-d", staged.folder, "--now", NOW, "--measure", "mh_plan")
    assert done.returncode == 0, done.stderr
    rows = {(row["team"], row["month"]): row for row in csv.DictReader(io.StringIO(done.stdout))}
    told = {key: (row["state"], row["numerator"], row["denominator"]) for key, row in rows.items()}
    assert told["T001", "2026-03"] == ("reported", "1.0", "2.0")
    assert told["T001", "2026-02"] == ("reported", "0.0", "1.0")
    assert told["T002", "2026-03"] == ("no_cases", "0.0", "0.0")
    assert told["T003", "2026-03"] == ("missing", "", "")


def test_reports_show_it_and_the_coach_is_told_of_rows_without_a_team_or_a_day(
    staged: Staged, run: Command, tmp_path: Path
) -> None:
    for subject in ("T001", "c1"):
        done = run("report", "-d", staged.folder, "--now", NOW, "--only", subject, "--to", tmp_path)
        assert done.returncode == 0, done.stderr
    (team,), (coach,) = ([*tmp_path.glob(f"**/*{code}.html")] for code in ("team-T001", "coach-c1"))
    shown = team.read_text(encoding="utf-8")
    assert "Shared plan" in shown
    assert "50.0%" in shown
    told = coach.read_text(encoding="utf-8")
    assert "1 row of chart_audit is in no data access group" in told
    assert "1 row of chart_audit has no date in audit_date" in told
    assert "Planted" not in shown + told


def test_the_figure_is_explained_down_to_its_charts(staged: Staged, run: Command) -> None:
    done = run("explain", "T001", "mh_plan", "2026-03", "-d", staged.folder, "--now", NOW, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["figure"]["printed"], told["figure"]["counted"]) == ("50.0%", "1 of 2")
    rows = {(row["key"]["record"], row["key"]["instance"]): row for row in told["rows"]}
    assert {place: row["role"] for place, row in rows.items()} == {
        ("101", 1): "numerator",
        ("101", 2): "denominator",
        ("102", 1): "not counted",
    }
    used = {one["name"]: one for one in rows["101", 1]["used"]}
    assert (used["[tier]"]["value"], used["[tier]"]["choice"]) == ("2", "Middle")
    assert used["[tier]"]["part"] == "denominator, numerator"
    assert (used["[record-dag-name]"]["value"], used["[record-dag-name]"]["part"]) == ("t001", "team")
    assert used["[plan_date]"]["first_seen"].startswith("2026-04-15T06:0")
    assert [place["project"] for place in told["places"]] == ["main", "audit"]
    whys = sorted(one["why"] for one in told["nowhere"])
    assert [why.partition(",")[0] for why in whys] == [
        "1 row of chart_audit has no date in audit_date",
        "1 row of chart_audit is in no data access group",
    ]
    assert [row[0]["record"] for one in sorted(told["nowhere"], key=lambda one: str(one["why"])) for row in one["rows"]] == [
        "102",
        "104",
    ]  # fmt: skip
    assert "Planted" not in done.stdout


def test_rows_are_listed_as_far_as_asked_and_the_others_counted(staged: Staged, run: Command) -> None:
    command = ("explain", "T001", "mh_plan", "2026-03", "-d", staged.folder, "--now", NOW)
    shown = run(*command, "--rows", "1").stdout
    assert "3 case rows of this team and time: 2 in the denominator, 1 of them in both" in shown
    assert "audit/101/chart_audit/1" in shown
    assert "audit/101/chart_audit/2" not in shown
    assert "… and 2 case rows more. To see them: --rows all" in shown
    assert "more. To see them" not in run(*command, "--rows", "all").stdout


def test_a_measure_whose_field_is_gone_is_blocked_in_every_command_and_nothing_else_is(
    staged: Staged, run: Command, tmp_path: Path
) -> None:
    renamed = tuple(("level" if name == "tier" else name, form, more) for name, form, more in auditing.FIELDS)
    staged.audit.define(*renamed)
    try:
        pulled = run("pull", "-d", staged.folder, "--now", "2026-04-15T08:00")
        assert "Traceback" not in pulled.stderr
        now = ("-d", staged.folder, "--now", "2026-04-15T08:01")
        figures = run("measures", *now, "--team", "T001", "--month", "2026-03")
        assert figures.returncode == 0
        assert "'mh_plan' cannot be counted" in figures.stderr
        assert "ca_day" in figures.stdout
        assert run("measures", *now, "--measure", "mh_plan").returncode == 44
        told = run("explain", "T001", "mh_plan", "2026-03", *now)
        assert told.returncode == 0, told.stderr
        assert "Blocked." in told.stdout
        assert "There is no field 'tier'" in told.stdout
        done = run("report", *now, "--only", "c1", "--to", tmp_path)
        assert done.returncode == 0, done.stderr
        (coach,) = tmp_path.glob("**/*c1*.html")
        assert "There is no field" in coach.read_text(encoding="utf-8")
        assert run("status", *now).returncode == 0
    finally:
        staged.audit.define(*auditing.FIELDS)
        run("pull", "-d", staged.folder, "--now", "2026-04-15T08:30")


def test_a_project_that_the_settings_do_not_name_is_refused_with_file_measure_and_remedy(
    staged: Staged, run: Command, tmp_path: Path
) -> None:
    for name in ("breakthrough.yaml", "collaborative.yaml"):
        (tmp_path / name).write_text((staged.folder / name).read_text(encoding="utf-8"), encoding="utf-8")
    settings = yaml.safe_load((tmp_path / "breakthrough.yaml").read_text(encoding="utf-8"))
    settings["projects"] = {"audits": settings["projects"]["audit"]}
    (tmp_path / "breakthrough.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = run("measures", "-d", tmp_path, "--now", NOW)
    assert done.returncode == SettingInvalid.exit_code
    assert done.stderr.strip() == (
        f"Error: {tmp_path / 'collaborative.yaml'}: the measure 'mh_plan' counts rows of the project 'audit', and "
        f"{tmp_path / 'breakthrough.yaml'} names 'main' and 'audits' alone. Did you mean 'audits'? Else name 'audit' "
        "there under 'projects', with its address and where its token is kept."
    )
