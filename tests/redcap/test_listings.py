"""What a project says of itself: events, arms, forms, columns, groups; and what a pull asks of its records."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.redcap.conftest import SUPER_TOKEN, Clock, RawServer, reply
from tests.redcap.test_client import field

import redcap_sandbox
from breakthrough.errors import AnswerUnreadable, AuthFailed, Refused
from breakthrough.redcap.client import Client

JSON = "application/json; charset=utf-8"


class Study:
    """A longitudinal project: two arms, three events, two forms, a repeating form and a repeating event."""

    def __init__(self, url: str) -> None:
        self.url = url
        project = {"token": SUPER_TOKEN, "content": "project", "format": "json"}
        data = json.dumps([{"project_title": "Study", "purpose": 3, "is_longitudinal": 1}])
        self.token = requests.post(url, data={**project, "data": data}, timeout=20).text[-32:]
        self.send("metadata", [field("id", "person"), field("name", "person"), field("weight", "visit")])
        self.send("arm", [{"arm_num": 1, "name": "Home"}, {"arm_num": 2, "name": "Ward"}], override="1")
        events = [("Start", 1), ("Later", 1), ("Stay", 2)]
        self.send("event", [{"event_name": name, "arm_num": arm} for name, arm in events], override="1")
        self.send(
            "formEventMapping",
            [
                {"arm_num": 1, "unique_event_name": "start_arm_1", "form": "person"},
                {"arm_num": 1, "unique_event_name": "start_arm_1", "form": "visit"},
                {"arm_num": 1, "unique_event_name": "later_arm_1", "form": "visit"},
                {"arm_num": 2, "unique_event_name": "stay_arm_2", "form": "person"},
            ],
        )
        self.send(
            "repeatingFormsEvents",
            [
                {"event_name": "start_arm_1", "form_name": "visit", "custom_form_label": ""},
                {"event_name": "later_arm_1", "form_name": "", "custom_form_label": ""},
            ],
        )

    def send(self, content: str, data: list[dict[str, Any]], **more: str) -> None:
        sent = {"token": self.token, "content": content, "action": "import", "format": "json", "data": json.dumps(data)}
        answer = requests.post(self.url, data={**sent, **more}, timeout=20)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Study]:
    with redcap_sandbox.serve(tmp_path_factory.mktemp("study"), SUPER_TOKEN) as sandbox:
        made = Study(sandbox.url)
        made.send(
            "record",
            [
                {"id": "1", "redcap_event_name": "start_arm_1", "name": "A"},
                {"id": "1", "redcap_event_name": "later_arm_1", "redcap_repeat_instance": 1, "weight": "70"},
                {"id": "1", "redcap_event_name": "later_arm_1", "redcap_repeat_instance": 2, "weight": "71"},
                {"id": "2", "redcap_event_name": "stay_arm_2", "name": "B"},
            ],
        )
        yield made


@pytest.fixture
def client(study: Study) -> Client:
    return Client(study.url, study.token)


def test_a_longitudinal_project_lists_its_arms_events_and_their_forms(client: Client) -> None:
    assert [(row["arm_num"], row["name"]) for row in client.arms()] == [("1", "Home"), ("2", "Ward")]
    assert [row["unique_event_name"] for row in client.events()] == ["start_arm_1", "later_arm_1", "stay_arm_2"]
    assert {(row["unique_event_name"], row["form"]) for row in client.mapping()} == {
        ("start_arm_1", "person"),
        ("start_arm_1", "visit"),
        ("later_arm_1", "visit"),
        ("stay_arm_2", "person"),
    }
    assert [(row["event_name"], row["form_name"]) for row in client.repeating()] == [
        ("start_arm_1", "visit"),
        ("later_arm_1", ""),
    ]


def test_a_classic_project_has_no_arms_events_or_mapping(project: Client) -> None:
    assert (project.arms(), project.events(), project.mapping()) == ([], [], [])


def test_each_column_of_an_export_is_named_with_its_field(project: Client) -> None:
    boxes = field("days", "f", "checkbox", select_choices_or_calculations="1, Monday | -2, Tuesday")
    project.import_metadata([field("record_id", "f"), boxes])

    named = [
        (row["original_field_name"], row["choice_value"], row["export_field_name"]) for row in project.field_names()
    ]

    assert named == [
        ("record_id", "", "record_id"),
        ("days", "1", "days___1"),
        ("days", "-2", "days____2"),
        ("f_complete", "", "f_complete"),
    ]


def test_a_record_with_rows_in_several_events_is_listed_once(client: Client) -> None:
    assert client.record_ids() == ["1", "2"]
    assert client.record_groups() is None


def test_only_the_events_asked_for_come(client: Client) -> None:
    rows = client.records(fields=["weight"], events=["later_arm_1"])

    assert [(row["id"], row["redcap_repeat_instance"], row["weight"]) for row in rows] == [
        ("1", "1", "70"),
        ("1", "2", "71"),
    ]


def test_an_event_the_project_does_not_have_is_refused(client: Client) -> None:
    with pytest.raises(Refused):
        client.records(fields=["weight"], events=["never_arm_1"])


def test_what_changed_since_a_moment_of_the_servers_clock(client: Client) -> None:
    client.record_ids()
    assert client.server_time is not None
    now = client.server_time.replace(tzinfo=None)

    assert client.changed_since(now - dt.timedelta(hours=1)) == ["1", "2"]
    assert client.changed_since(now + dt.timedelta(hours=1)) == []


# --- single answers that must not be believed ---------------------------------------------------------------------------

SHAPES: list[Any] = [
    (lambda c: c.arms(), [{"arm_num": 1}]),
    (lambda c: c.arms(), [{"arm_num": "", "name": "x"}]),
    (lambda c: c.events(), [{"event_name": "x", "arm_num": 1}]),
    (lambda c: c.mapping(), [{"arm_num": 1, "unique_event_name": "x"}]),
    (lambda c: c.repeating(), [{"custom_form_label": ""}]),
    (lambda c: c.instruments(), [{"instrument_name": "x"}]),
    (lambda c: c.field_names(), [{"original_field_name": "x", "choice_value": ""}]),
    (lambda c: c.dags(), [{"data_access_group_name": "x"}]),
    (lambda c: c.users(), [{"user": "x"}]),
    (lambda c: c.user_dags(), [{"username": "x"}]),
    (lambda c: c.log(dt.datetime(2026, 1, 1)), [{"timestamp": "2026-01-01 00:00"}]),  # noqa: DTZ001
    (lambda c: c.roles(), [{"role_label": "Coach"}]),
    (lambda c: c.roles(), [{"role_label": "Coach", "unique_role_name": ""}]),
    (lambda c: c.user_roles(), [{"username": "", "unique_role_name": ""}]),
    (lambda c: c.record_groups(), [{"id": "1", "redcap_data_access_group": "a"}, {"id": "2"}]),
    (lambda c: c.records(fields=["a"]), [{"id": "1", "a": "x"}, {"id": "2", "b": "y"}]),
    (lambda c: c.records(fields=["a"]), [{"id": "1", "a": "x", "born": "1971-02-03"}]),
    (lambda c: c.records(fields=["a"]), [{"a": "x"}]),
    (lambda c: c.records(records=["1"], fields=["a"]), [{"id": "2", "a": "x"}]),
    (lambda c: c.changed_since(dt.datetime(2026, 1, 1)), [{"id": ""}]),  # noqa: DTZ001
]


@pytest.mark.parametrize(("ask", "body"), SHAPES)
def test_rows_of_another_shape_are_unreadable(
    server: RawServer, token: str, ask: Callable[[Client], object], body: object
) -> None:
    server.replies = [reply(200, JSON, json.dumps(body).encode())]
    client = Client(server.url, token, hosts=Clock().hosts())
    client._project.remember_record_field("id")

    with pytest.raises(AnswerUnreadable) as caught:
        ask(client)

    assert "1971" not in str(caught.value)


@pytest.mark.parametrize(
    "ask", [lambda c: c.arms(), lambda c: c.events(), lambda c: c.mapping(), lambda c: c.repeating()]
)
def test_a_shut_door_is_not_taken_for_a_classic_project(
    server: RawServer, token: str, ask: Callable[[Client], object]
) -> None:
    server.replies = [reply(403, JSON, b'{"error":"You do not have permissions to use the API"}')]

    with pytest.raises(AuthFailed):
        ask(Client(server.url, token))


def test_a_record_in_a_group_in_one_of_its_rows_is_in_it(server: RawServer, token: str) -> None:
    rows = [("1", ""), ("1", "a"), ("2", "b"), ("2", ""), ("3", "")]
    body = json.dumps([{"id": record, "redcap_data_access_group": group} for record, group in rows])
    server.replies = [reply(200, JSON, body.encode())]
    client = Client(server.url, token)
    client._project.remember_record_field("id")

    assert client.record_groups() == {"1": "a", "2": "b", "3": ""}


def test_an_empty_project_has_no_groups_to_tell(project: Client, tmp_path: Path) -> None:
    assert project.record_groups() == {}
    assert project.record_ids() == []
