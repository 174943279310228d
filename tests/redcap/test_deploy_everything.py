"""Every form there is, the sister project and a licensed assessment, in a REDCap that answers over HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments import dictionary, plan, profiles
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Step, Wanted
from breakthrough.instruments.project import EVERY_TIER, Project
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from redcap_sandbox import Sandbox, serve

SUPER = "0123456789ABCDEF" * 4
TEAMS = ["T001", "T002"]
SECRET = "Words under licence"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """A client of a project that was just created."""
    asked = {"token": SUPER, "content": "project", "format": "json", "data": '[{"project_title": "t", "purpose": 3}]'}
    return Client(sandbox.url, requests.post(sandbox.url, data=asked, timeout=10).text[-32:])


def deployed(client: Client, project: Project, teams: Sequence[str], **more: Any) -> tuple[Step, ...]:
    """The steps that were done."""
    return deploy(client, Wanted(project, tuple(teams)), **more).steps


@pytest.fixture(scope="module")
def collaborative() -> Collaborative:
    return collaboratives.load(Content().collaborative("absenteeism"))


@pytest.fixture
def deployment(tmp_path: Path) -> Path:
    """The folder of a site that uses every form and every assessment, and has a licence for one of them."""
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "project.yaml").write_text(
        "tiers: [core, plus, optional]\n"
        "instruments:\n  care_assessment: {profiles: [systems_check, acic35, mhi25, psat40]}\n"
    )
    acic = profiles.load(Content(), "acic35")
    rows = [f"{part.code},{n},{SECRET} {part.code} {n}" for part in acic.parts for n in range(1, part.size + 1)]
    (tmp_path / "wording").mkdir()
    (tmp_path / "wording" / "acic35.csv").write_text("\n".join(["part,item,text", *rows]))
    return tmp_path


def value(field: Field) -> str:
    """An answer that the field takes; a field that stays empty on an import has none."""
    if field.field_type in {"calc", "descriptive", "file"}:
        return ""
    if field.choices:
        return field.codes[-1]
    if field.validation in {"integer", "number"}:
        return field.text_validation_min or "1"
    return {"date_ymd": "2026-03-01", "datetime_seconds_ymd": "2026-04-15 06:00:00", "email": "ada@example.org"}.get(
        field.validation, "Words, with \u201cquotes\u201d | and a bar"
    )


def filled_in(project: Project, form: str, record: str) -> dict[str, str]:
    row = {"record_id": record}
    if form in project.repeating:
        row |= {"redcap_repeat_instrument": form, "redcap_repeat_instance": "1"}
    for field in project.fields_of(form)[(form == project.instruments[0].name) :]:
        if field.field_type == "checkbox":
            row |= dict.fromkeys(field.export_names, "0") | {field.export_names[-1]: "1"}
        elif value(field):
            row[field.field_name] = value(field)
    return row


def test_every_form_arrives_cell_by_cell_and_a_second_deploy_finds_nothing_to_do(
    client: Client, collaborative: Collaborative
) -> None:
    project = projects.load(Content(), collaborative, tiers=EVERY_TIER)
    steps = deployed(client, project, TEAMS)
    assert sum(step.kind == "add instrument" for step in steps) == 19
    assert client.metadata() == dictionary.rows(project.fields)
    assert {row["form_name"]: row["custom_form_label"] for row in client.repeating()} == project.repeating
    assert deployed(client, project, TEAMS) == ()


def test_every_question_of_every_form_takes_an_answer_and_gives_it_back(
    client: Client, collaborative: Collaborative
) -> None:
    project = projects.load(Content(), collaborative, tiers=EVERY_TIER)
    deployed(client, project, TEAMS)
    for one in project.instruments:
        entered = filled_in(project, one.name, "T001")
        assert client.import_records([entered]) == 1
        rows = client.records(forms=[one.name], fields=["record_id"])
        (found,) = (
            row
            for row in rows
            if row.get("redcap_repeat_instrument", "") == entered.get("redcap_repeat_instrument", "")
        )
        assert {name: found[name] for name in entered if not name.startswith("redcap_")} == {
            name: text for name, text in entered.items() if not name.startswith("redcap_")
        }, one.name


def test_starting_small_and_taking_more_later_adds_and_never_takes_away(
    client: Client, collaborative: Collaborative
) -> None:
    small = projects.load(Content(), collaborative)
    deployed(client, small, TEAMS)
    client.import_records([filled_in(small, one.name, "T001") for one in small.instruments])
    steps = deployed(client, projects.load(Content(), collaborative, tiers=EVERY_TIER), TEAMS)
    assert {step.kind for step in steps} == {"add instrument", "repeat instrument", "change role", "change setting"}
    assert {step.risk for step in steps if step.kind != "change role"} == {"safe"}


def test_the_sister_project_is_deployed_by_itself_and_takes_an_answer(
    client: Client, collaborative: Collaborative
) -> None:
    sister = projects.load(Content(), collaborative, "session_evaluation")
    deployed(client, sister, [])
    assert client.dags() == []
    assert client.repeating() == []
    assert client.import_records([filled_in(sister, "session_evaluation", "1")]) == 1
    assert deployed(client, sister, TEAMS) == ()  # teams have no groups here


def test_a_licensed_wording_reaches_redcap_and_nothing_else(
    client: Client, collaborative: Collaborative, deployment: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    project = projects.load(Content(deployment), collaborative)
    planned = plan.make(Wanted(project, tuple(TEAMS)), live.look(client, project)).steps
    done = deployed(client, project, TEAMS)
    there = {row["field_name"]: row["field_label"] for row in client.metadata()}
    assert there["ca_3c_6"] == f"{SECRET} 3c 6"
    assert there["ca_mh_1_1"] == "Item 1 of part 1: read from your licensed copy"
    assert deployed(client, project, TEAMS) == ()
    seen = " ".join([*map(str, planned), *map(str, done), caplog.text, repr(project)])
    assert SECRET not in seen
    assert SECRET not in str(dictionary.rows(project.fields))


def test_a_deploy_from_a_computer_without_the_wording_leaves_it_in_redcap(
    client: Client, collaborative: Collaborative, deployment: Path
) -> None:
    deployed(client, projects.load(Content(deployment), collaborative), TEAMS)
    (deployment / "wording" / "acic35.csv").unlink()
    bare = projects.load(Content(deployment), collaborative)
    assert deployed(client, bare, TEAMS) == ()
    (step,) = deployed(client, bare, [*TEAMS, "T003"])
    assert step.kind == "add group"
    (deployment / "instruments" / "closeout.csv").write_text(
        Content()
        .find("instruments/closeout.csv")
        .read_text(encoding="utf-8")
        .replace("Was your aim met?", "And the aim?")
    )
    (changed,) = deployed(client, projects.load(Content(deployment), collaborative), TEAMS)
    told = "Field Label changes ('Was your aim met?' becomes 'And the aim?')"
    assert str(changed) == f"change field co_aim_met of closeout: {told}"
    assert {row["field_name"]: row["field_label"] for row in client.metadata()}["ca_1_1"] == f"{SECRET} 1 1"
