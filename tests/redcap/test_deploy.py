from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.errors import (
    AuthFailed,
    DictionaryInvalid,
    ImportRefused,
    RedcapError,
    Refused,
    RemovalNotAllowed,
    Unreachable,
)
from breakthrough.instruments import dictionary, plan
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Step, Wanted
from breakthrough.instruments.project import Project
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from redcap_sandbox import Sandbox, serve

SUPER = "0123456789ABCDEF" * 4
TEAMS = ["T001", "T002"]


@pytest.fixture(scope="module")
def project() -> Project:
    return projects.load(Content(), collaboratives.load(Content().collaborative("absenteeism")))


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("sandbox"), SUPER) as running:
        yield running


def ask(sandbox: Sandbox, **parameters: str) -> str:
    data = urllib.parse.urlencode(parameters).encode()
    with urllib.request.urlopen(sandbox.url, data) as answer:  # noqa: S310 - loopback
        return str(answer.read().decode())


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    """A client of a project that was just created."""
    made = ask(sandbox, token=SUPER, content="project", format="json", data='[{"project_title": "t", "purpose": "3"}]')
    return Client(sandbox.url, made[-32:])


def deployed(client: Client, project: Project, teams: Sequence[str], **more: Any) -> tuple[Step, ...]:
    """The steps that were done."""
    return deploy(client, Wanted(project, tuple(teams)), **more).steps


class Recorder:
    """A client that notes which requests change something, and can fail at one."""

    def __init__(self, client: Client, failing: str = "", problem: Exception | None = None) -> None:
        self._client, self._failing, self._problem = client, failing, problem
        self.changes: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("import_"):
            self.changes.append(name)
            if name == self._failing and self._problem:
                raise self._problem
        return getattr(self._client, name)


def recorded(client: Client, failing: str = "", problem: Exception | None = None) -> Any:
    return Recorder(client, failing, problem)


def test_a_new_project_gets_everything_and_a_second_deploy_finds_nothing_to_do(
    client: Client, project: Project
) -> None:
    done: list[int] = []
    steps = deployed(client, project, TEAMS, advance=done.append)
    assert [str(step).split(":")[0] for step in steps if step.kind in {"add instrument", "add group"}] == [
        "add instrument team_profile", "add instrument team_roster", "add instrument team_charter",
        "add instrument prework", "add instrument monthly_measures", "add instrument monthly_report",
        "add instrument pdsa_cycle", "add instrument coach_rating", "add instrument coach_contact",
        "add instrument event_attendance", "add group T001", "add group T002",
    ]  # fmt: skip
    assert {step.risk for step in steps} == {"safe"}
    assert done == [1] * 5  # dictionary, repeating setup, groups, roles, settings
    again = recorded(client)
    assert plan.make(Wanted(project, tuple(TEAMS)), live.look(client, project)).steps == ()
    assert deployed(again, project, TEAMS) == ()
    assert again.changes == []


def test_redcap_then_holds_the_fields_cell_by_cell_the_repeats_and_a_group_a_team(
    client: Client, project: Project
) -> None:
    deployed(client, project, TEAMS)
    assert client.metadata() == dictionary.rows(project.fields)
    assert [(row["form_name"], row["custom_form_label"]) for row in client.repeating()] == [
        ("team_roster", "[tr_name]"), ("monthly_measures", "[mm_period]"), ("monthly_report", "[mr_period]"),
        ("pdsa_cycle", "[pd_id] [pd_title]"), ("coach_rating", "[cr_period]"),
        ("coach_contact", "[ct_date] [ct_kind]"), ("event_attendance", "[ea_event]"),
    ]  # fmt: skip
    assert [(row["data_access_group_name"], row["unique_group_name"]) for row in client.dags()] == [
        ("T001", "t001"), ("T002", "t002"),
    ]  # fmt: skip


def test_a_team_that_joins_later_costs_one_request(client: Client, project: Project) -> None:
    deployed(client, project, TEAMS)
    watched = recorded(client)
    assert [str(step) for step in deployed(watched, project, [*TEAMS, "T003"])] == [
        "add group T003: team T003 has no data access group in REDCap"
    ]
    assert watched.changes == ["import_dags"]


def without(project: Project, *names: str) -> Project:
    return replace(project, fields=tuple(field for field in project.fields if field.field_name not in names))


def test_a_field_that_holds_data_is_not_removed_unless_that_is_allowed(client: Client, project: Project) -> None:
    deployed(client, project, TEAMS)
    client.import_records(
        [
            {"record_id": "T001", "tp_name": "Alder", "tp_region": "North", "tp_setting___2": "1"},
            {"record_id": "T002", "tp_name": "Birch", "tp_region": "", "tp_setting___2": "0"},
        ]
    )
    smaller, watched = without(project, "tp_region", "tp_setting", "tp_cohort"), recorded(client)
    with pytest.raises(RemovalNotAllowed) as refused:
        deployed(watched, smaller, TEAMS)
    said = str(refused.value)
    assert "remove field tp_region of team_profile: not defined here; 1 record holds a value in it (loses data)" in said
    assert "remove field tp_setting of team_profile: not defined here; 1 record holds" in said
    assert "tp_cohort" not in said  # it holds nothing
    assert "North" not in said
    assert watched.changes == []
    done = deployed(client, smaller, TEAMS, allow=["remove-field:tp_region", "remove-field:tp_setting"])
    assert sorted((step.what, step.risk) for step in done) == [
        ("tp_cohort of team_profile", "review"),
        ("tp_region of team_profile", "loses data"),
        ("tp_setting of team_profile", "loses data"),
    ]
    assert deployed(client, smaller, TEAMS) == ()


def test_a_choice_that_is_in_use_is_not_taken_away(client: Client, project: Project) -> None:
    deployed(client, project, TEAMS)
    client.import_records([{"record_id": "T001", "tp_status": "3"}, {"record_id": "T002", "tp_status": "2"}])

    def choices(cell: str) -> Project:
        return replace(project, fields=tuple(
            replace(field, select_choices_or_calculations=cell) if field.field_name == "tp_status" else field
            for field in project.fields
        ))  # fmt: skip

    with pytest.raises(RemovalNotAllowed, match=r"the choices 1 and 3 go away .*; 1 record holds code 3"):
        deployed(client, choices("2, Active | 4, Withdrew | 5, Completed"), TEAMS)
    (step, *_) = deployed(client, choices("2, Active | 3, Paused | 4, Withdrew | 5, Completed"), TEAMS)
    assert (step.evidence, step.risk) == (
        "the choice 1 goes away (1: 'Applied, not accepted yet'); no record holds such a value",
        "review",
    )


def test_values_stay_when_labels_and_order_change(client: Client, project: Project) -> None:
    deployed(client, project, TEAMS)
    client.import_records([{"record_id": "T001", "tp_name": "Alder"}])
    fields = list(project.fields)
    fields[1], fields[2] = fields[2], replace(fields[1], field_label="What is it called?")
    steps = deployed(client, replace(project, fields=tuple(fields)), TEAMS)
    assert {step.risk for step in steps} == {"safe"}
    assert client.records(fields=["tp_name"])[0]["tp_name"] == "Alder"


def test_a_mistake_in_the_fields_is_found_before_the_first_request(project: Project) -> None:
    wrong = replace(project, fields=(*project.fields, Field("Bad Name", "coach_rating")))
    nowhere = Client("http://127.0.0.1:9/api/", "0" * 32, sleep=lambda _: None)
    with pytest.raises(DictionaryInvalid, match="field Bad Name"):
        deployed(nowhere, wrong, TEAMS)


@pytest.mark.parametrize(
    ("failing", "problem", "says"),
    [
        (
            "import_metadata",
            ImportRefused("REDCap said no."),
            (
                "Done in REDCap: nothing. Not done: dictionary, repeating setup, data access groups, roles, project "
                "settings.\nThe dictionary and the repeating setup are as they were before."
            ),
        ),
        (
            "import_repeating",
            ImportRefused("REDCap said no."),
            (
                "Done in REDCap: dictionary. Not done: repeating setup, data access groups, roles, project settings.\n"
                "The dictionary and the repeating setup were put back as they were before."
            ),
        ),
        (
            "import_dags",
            Unreachable("No answer."),
            (
                "Done in REDCap: dictionary, repeating setup. Perhaps done: data access groups. Not done: roles, project "
                "settings.\nThe dictionary and the repeating setup were put back as they were before.\nDeploy again"
            ),
        ),
    ],
)
def test_a_failure_midway_puts_the_dictionary_back_says_so_and_deploying_again_finishes(
    client: Client, project: Project, failing: str, problem: Exception, says: str
) -> None:
    with pytest.raises(type(problem)) as failed:
        deployed(recorded(client, failing, problem), project, TEAMS)
    assert str(failed.value).splitlines()[0] in {"REDCap said no.", "No answer."}
    assert says in str(failed.value)
    assert [row["field_name"] for row in client.metadata()] == ["record_id"]
    rest = recorded(client)
    deployed(rest, project, TEAMS)
    assert rest.changes == [
        "import_metadata", "import_repeating", "import_dags", "import_roles", "import_settings",
    ]  # fmt: skip
    assert plan.make(Wanted(project, tuple(TEAMS)), live.look(client, project)).steps == ()


def test_a_person_who_stops_it_half_way_is_told_the_same(client: Client, project: Project) -> None:
    class Stopped(Recorder):
        def import_dags(self, _rows: Any) -> int:
            raise KeyboardInterrupt

    stopped: Any = Stopped(client)
    with pytest.raises(RedcapError, match="Stopped half-way") as told:
        deployed(stopped, project, TEAMS)
    assert "Perhaps done: data access groups." in str(told.value)
    assert "were put back as they were before" in str(told.value)
    assert [row["field_name"] for row in client.metadata()] == ["record_id"]


def test_what_was_entered_meanwhile_keeps_the_new_fields_where_they_are(client: Client, project: Project) -> None:
    class Meanwhile(Recorder):
        def import_dags(self, _rows: Any) -> int:
            client.import_records([{"record_id": "T001", "tp_name": "Alder"}])
            raise Unreachable("No answer.")

    meanwhile: Any = Meanwhile(client)
    with pytest.raises(Unreachable, match="were not put back, since something was entered meanwhile") as told:
        deployed(meanwhile, project, TEAMS)
    assert "tp_name of team_profile" in str(told.value)
    assert "Alder" not in str(told.value)
    assert client.records(fields=["tp_name"])[0]["tp_name"] == "Alder"
    deployed(client, project, TEAMS)
    assert client.records(fields=["tp_name"])[0]["tp_name"] == "Alder"


def test_a_redcap_that_shuts_its_door_half_way_is_not_asked_again(client: Client, project: Project) -> None:
    asked: list[str] = []

    class Shut(Recorder):
        def __getattr__(self, name: str) -> Any:
            asked.append(name)
            return getattr(client, name)

        def import_dags(self, _rows: Any) -> int:
            asked.append("shut")
            raise AuthFailed("The token was revoked.")

    shut: Any = Shut(client)
    with pytest.raises(AuthFailed, match="no longer takes the token"):
        deployed(shut, project, TEAMS)
    assert asked[-1] == "shut"


def test_what_redcap_took_but_changed_is_told_after_reading_back(client: Client, project: Project) -> None:
    class Deaf(Recorder):
        def import_dags(self, rows: Any) -> int:
            return len(list(rows))  # says that it did

    deaf: Any = Deaf(client)
    with pytest.raises(ImportRefused) as told:
        deployed(deaf, project, TEAMS)
    assert "read back it is not what was sent:\n  add group T001" in str(told.value)


def test_a_longitudinal_project_is_refused_untouched(sandbox: Sandbox, client: Client, project: Project) -> None:
    client.import_settings({"is_longitudinal": "1"})
    second = '[{"event_name": "Later", "arm_num": "1"}]'
    ask(sandbox, token=client._project.token, content="event", action="import", format="json", data=second)
    watched = recorded(client)
    with pytest.raises(Refused, match="without events") as refused:
        deployed(watched, project, TEAMS)
    assert "Nothing was changed" in str(refused.value)
    assert watched.changes == []


def test_a_wrong_token_is_refused_with_nothing_half_done(sandbox: Sandbox, project: Project) -> None:
    with pytest.raises(Refused, match="refused the token"):
        deployed(Client(sandbox.url, "F" * 32), project, TEAMS)


def test_the_columns_redcap_exports_are_those_the_fields_foretell(
    sandbox: Sandbox, client: Client, project: Project
) -> None:
    deployed(client, project, TEAMS)
    token = client._project.token
    names = json.loads(ask(sandbox, token=token, content="exportFieldNames", format="json"))
    columns = [row["export_field_name"] for row in names]
    kept = (field for field in project.fields if field.field_type != "file")  # versions differ on files
    expected = [column for field in kept for column in field.export_names]
    statuses = {f"{one.name}_complete" for one in project.instruments}
    assert [column for column in columns if column not in statuses] == expected
