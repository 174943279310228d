"""A project as REDCap has it, as the values that a plan is made from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.redcap import small

from breakthrough.errors import AuthFailed
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Held, LiveUser, Unseen
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from redcap_sandbox import Sandbox


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Client:
    return small.client(sandbox, small.begun(sandbox))


class Other:
    """The client, but for what a test makes it answer."""

    def __init__(self, client: Client, **answers: Any) -> None:
        self._client, self._answers = client, answers

    def __getattr__(self, name: str) -> Any:
        return self._answers.get(name) or getattr(self._client, name)


def test_everything_is_read_and_only_what_is_in_danger_is_counted(client: Client) -> None:
    there = live.look(client, small.without("tp_kind", "mm_absent").project)
    assert [field.field_name for field in there.fields] == ["record_id", "tp_name", "tp_kind", "mm_period", "mm_absent"]
    assert there.repeating == {"monthly": "[mm_period]"}
    assert there.groups == {"t001": "T001", "t002": "T002"}
    assert there.records == 2
    assert there.held == {"tp_kind": Held(2, {"1": 1, "2": 1}), "mm_absent": Held(1, {})}
    assert there.settings["project_title"] == "Small"
    assert (there.in_production, there.is_longitudinal) == (False, False)
    assert {role.label: (dict(role.forms), dict(role.exports)) for role in there.roles or ()} == {
        "Team member": ({"team_profile": 1, "monthly": 1}, {"team_profile": 0, "monthly": 0}),
        "Coach": ({"team_profile": 2, "monthly": 2}, {"team_profile": 1, "monthly": 1}),
    }
    labels = {role.unique_name: role.label for role in there.roles or ()}
    assert {(user.username, user.group, labels.get(user.role, "")) for user in there.users or ()} == {
        ("ann", "t001", "Team member"), ("bob", "t002", "Team member"), ("kim", "", "Coach"), ("sandbox_owner", "", ""),
    }  # fmt: skip
    assert there.labels == {"team_profile": "Team Profile", "monthly": "Monthly"}
    assert (there.surveys, there.unseen) == (frozenset(), ())


def test_which_forms_are_surveys_is_read_from_the_project_xml(sandbox: Sandbox, client: Client) -> None:
    number = client.info()["project_id"]
    admin = small.administrator(sandbox)
    client.import_settings({"surveys_enabled": "1"})
    admin.set_up_survey(number, "monthly", title="Month")
    assert live.look(client, small.first().project).surveys == frozenset({"monthly"})
    admin.delete_survey(number, "monthly")


def test_a_server_that_does_not_tell_groups_with_roles_is_asked_for_them_apart(client: Client) -> None:
    def without_groups() -> list[dict[str, str]]:
        return [
            {name: value for name, value in row.items() if name != "data_access_group"} for row in client.user_roles()
        ]

    other: Any = Other(client, user_roles=without_groups)
    assert LiveUser("ann", "t001", "") in [
        LiveUser(row["username"], row["data_access_group"], "") for row in live.users_of(other)
    ]


def test_project_xml_that_is_none_leaves_the_surveys_unseen(client: Client) -> None:
    other: Any = Other(client, project_xml=lambda: b"<?xml version='1.0'?><ODM><Study></ODM>")
    there = live.look(other, small.first().project)
    assert there.surveys is None
    assert there.unseen == (Unseen("surveys"),)


def test_a_shut_door_is_no_missing_right(client: Client) -> None:
    def shut() -> list[dict[str, Any]]:
        raise AuthFailed("You do not have permissions to use the API")

    other: Any = Other(client, roles=shut)
    with pytest.raises(AuthFailed):
        live.look(other, small.first().project)


def test_a_box_ticked_for_a_missing_data_code_is_counted_as_what_a_field_holds(sandbox: Sandbox) -> None:
    boxes = Field("tp_boxes", "team_profile", "", "checkbox", "Boxes", "1, A | 2, B")
    first = small.first()
    fields = (*first.project.fields[:3], boxes, *first.project.fields[3:])
    token = small.found(sandbox)
    client = small.client(sandbox, token)
    deploy(client, replace(first, project=replace(first.project, fields=fields)))
    small.administrator(sandbox).set_missing_codes(client.info()["project_id"], {"-99": "Unknown"})
    rows = [{"record_id": "T001", "tp_boxes____99": "1"}, {"record_id": "T002", "tp_boxes___2": "1"}]
    small.asked(sandbox, token, "record", data=rows)
    there = live.look(client, first.project)
    assert there.held == {"tp_boxes": Held(2, {"2": 1})}
