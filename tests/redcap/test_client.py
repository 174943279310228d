"""The client against a real sandbox server, and against single answers that must not be believed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.redcap.conftest import RawServer, reply

from breakthrough.errors import AnswerUnreadable, ImportRefused, Refused, TryAgain
from breakthrough.redcap.client import Client

JSON = "application/json; charset=utf-8"


def field(name: str, form: str, kind: str = "text", **more: str) -> dict[str, str]:
    columns = (
        "field_name form_name section_header field_type field_label select_choices_or_calculations field_note "
        "text_validation_type_or_show_slider_number text_validation_min text_validation_max identifier branching_logic "
        "required_field custom_alignment question_number matrix_group_name matrix_ranking field_annotation"
    )
    blank = dict.fromkeys(columns.split(), "")
    return blank | {"field_name": name, "form_name": form, "field_type": kind, "field_label": name} | more


DICTIONARY = [
    field("record_id", "team_profile"),
    field("tp_name", "team_profile"),
    field("tp_days", "team_profile", "checkbox", select_choices_or_calculations="1, Monday | -2, Tuesday"),
    field("note", "monthly", "notes"),
    field("sd_abs", "monthly", text_validation_type_or_show_slider_number="integer"),
]


@pytest.fixture
def filled(project: Client) -> Client:
    """Two teams in two groups, three monthly repeats."""
    project.import_metadata(DICTIONARY)
    project.import_repeating([{"form_name": "monthly", "custom_form_label": ""}])
    project.import_dags(
        [{"data_access_group_name": name, "unique_group_name": ""} for name in ("North School", "South School")]
    )
    repeat = {"redcap_repeat_instrument": "monthly"}
    project.import_records(
        [
            {
                "record_id": "T001",
                "redcap_data_access_group": "north_school",
                "tp_name": "Ångström",
                "tp_days____2": "1",
            },
            {"record_id": "T001", **repeat, "redcap_repeat_instance": "1", "sd_abs": "041"},
            {"record_id": "T001", **repeat, "redcap_repeat_instance": "12", "sd_abs": "0"},
            {"record_id": "T002", "redcap_data_access_group": "south_school", "tp_name": "B, \"b\" 'b'"},
            {"record_id": "T002", **repeat, "redcap_repeat_instance": "1", "note": "one\ntwo"},
        ]
    )
    return project


def test_what_is_imported_comes_back_as_it_was(filled: Client) -> None:
    rows = filled.records()

    kept = [{name: value for name, value in row.items() if value not in {"", "0"}} for row in rows]
    assert kept == [
        {"record_id": "T001", "redcap_data_access_group": "north_school", "tp_name": "Ångström", "tp_days____2": "1"},
        {
            "record_id": "T001",
            "redcap_repeat_instrument": "monthly",
            "redcap_repeat_instance": "1",
            "redcap_data_access_group": "north_school",
            "sd_abs": "041",
        },
        {
            "record_id": "T001",
            "redcap_repeat_instrument": "monthly",
            "redcap_repeat_instance": "12",
            "redcap_data_access_group": "north_school",
        },
        {"record_id": "T002", "redcap_data_access_group": "south_school", "tp_name": "B, \"b\" 'b'"},
        {
            "record_id": "T002",
            "redcap_repeat_instrument": "monthly",
            "redcap_repeat_instance": "1",
            "redcap_data_access_group": "south_school",
            "note": "one\ntwo",
        },
    ]
    assert rows[2]["sd_abs"] == "0"
    assert all(isinstance(value, str) for row in rows for value in row.values())


def test_records_are_listed_once_each_however_many_rows_they_have(filled: Client) -> None:
    assert filled.record_ids() == ["T001", "T002"]


@pytest.mark.parametrize(
    ("asked", "count", "columns"),
    [
        ({"records": ["T002"]}, 2, {"tp_name", "sd_abs"}),
        ({"records": []}, 0, set()),
        ({"records": ["T001"], "forms": ["monthly"]}, 3, {"sd_abs", "note", "monthly_complete"}),
        ({"fields": ["tp_name"]}, 2, {"tp_name", "record_id"}),
        ({"fields": ["tp_name"], "forms": ["monthly"]}, 5, {"tp_name", "sd_abs", "monthly_complete", "record_id"}),
    ],
)
def test_only_what_is_asked_for_comes(filled: Client, asked: dict[str, Any], count: int, columns: set[str]) -> None:
    rows = filled.records(**asked)

    assert len([row for row in rows if row["record_id"]]) == count
    assert not rows or columns <= set(rows[0])
    assert not rows or "fields" not in asked or "tp_days___1" not in rows[0]


def test_the_group_is_left_out_when_it_is_not_asked_for(filled: Client) -> None:
    assert "redcap_data_access_group" not in filled.records(dags=False)[0]


def test_changes_since_a_moment_of_the_servers_clock(filled: Client) -> None:
    clock = filled.server_time
    assert clock is not None

    assert len(filled.records(since=(clock - dt.timedelta(hours=1)).replace(tzinfo=None))) == 5
    assert filled.records(since=(clock + dt.timedelta(hours=1)).replace(tzinfo=None)) == []


def test_a_blank_erases_only_when_asked_to(filled: Client) -> None:
    row = {"record_id": "T001", "tp_name": ""}

    filled.import_records([row])
    kept = filled.records(records=["T001"], fields=["tp_name"])[0]["tp_name"]
    filled.import_records([row], overwrite=True)
    erased = filled.records(records=["T001"], fields=["tp_name"])[0]["tp_name"]

    assert (kept, erased) == ("Ångström", "")


def test_importing_nothing_asks_nothing(project: Client) -> None:
    assert project.import_records([]) == 0
    assert project.server_time is None


def test_the_project_describes_itself(filled: Client) -> None:
    assert isinstance(filled.info()["project_id"], int)
    assert filled.info()["project_title"] == "Test"
    assert filled.version().count(".") == 2
    assert [row["field_name"] for row in filled.metadata()] == ["record_id", "tp_name", "tp_days", "note", "sd_abs"]
    assert [row["instrument_name"] for row in filled.instruments()] == ["team_profile", "monthly"]
    assert [row["form_name"] for row in filled.repeating()] == ["monthly"]
    assert [row["unique_group_name"] for row in filled.dags()] == ["north_school", "south_school"]
    assert len(filled.users()) == 1
    assert [row["redcap_data_access_group"] for row in filled.user_dags()] == [""]


def test_a_project_in_which_nothing_repeats_has_no_repeating_instruments(project: Client) -> None:
    assert project.repeating() == []


def test_the_record_field_follows_a_new_dictionary(project: Client) -> None:
    before = project.record_field
    project.import_metadata([field("team", "profile"), field("name", "profile")])

    assert before == "record_id"
    assert project.record_field == "team"
    project.import_records([{"team": "A", "name": "x"}])
    assert project.record_ids() == ["A"]


def test_the_next_record_name(filled: Client) -> None:
    assert filled.next_record_name() == "1"


def test_a_refused_import_says_which_value_of_which_record_and_changes_nothing(filled: Client) -> None:
    before = filled.records()
    repeat = {"redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "2"}

    with pytest.raises(ImportRefused) as caught:
        filled.import_records(
            [{"record_id": "T001", **repeat, "sd_abs": "7"}, {"record_id": "T002", **repeat, "sd_abs": "Rachel Stone"}]
        )

    assert [(one.record, one.field) for one in caught.value.refusals] == [("T002", "sd_abs")]
    assert "Rachel" not in str(caught.value)
    assert filled.records() == before


def test_an_unknown_field_in_an_import_is_named(filled: Client) -> None:
    with pytest.raises(ImportRefused, match="tp_nmae"):
        filled.import_records([{"record_id": "T001", "tp_nmae": "x"}])


def test_a_dictionary_with_a_mistake_is_refused_whole(filled: Client) -> None:
    with pytest.raises(ImportRefused):
        filled.import_metadata([*DICTIONARY, field("broken", "monthly", "radio")])

    assert len(filled.metadata()) == 5


def test_a_wrong_token_is_refused_at_once(filled: Client, token: str) -> None:
    with pytest.raises(Refused, match="You do not have permissions to use the API"):
        Client(filled.url, token).info()


def test_a_name_the_project_does_not_know_is_refused(filled: Client) -> None:
    with pytest.raises(Refused, match="nonsense"):
        filled.records(forms=["nonsense"])


# --- single answers that must not be believed ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ask", "body"),
    [
        (lambda c: c.info(), {"project_title": "no id"}),
        (lambda c: c.metadata(), []),
        (lambda c: c.metadata(), [{"field_name": "a"}]),
        (lambda c: c.records(records=["1"], forms=["f"]), [{"record_id": "1", "a": {"nested": 1}}]),
        (lambda c: c.record_ids(), [{"record_id": "1"}, {"record_id": ""}]),
        (lambda c: c.record_ids(), [{"id": "1"}]),
    ],
    ids=["info without id", "no dictionary", "dictionary without forms", "nested value", "blank name", "no name"],
)
def test_sound_json_that_makes_no_sense_is_unreadable(
    server: RawServer, token: str, ask: Callable[[Client], Any], body: object
) -> None:
    server.replies = [reply(200, JSON, json.dumps(body).encode())]
    client = Client(server.url, token, sleep=lambda _: None)
    client._project.remember_record_field("record_id")

    with pytest.raises(AnswerUnreadable):
        ask(client)


def test_a_page_in_place_of_the_version_is_not_taken_for_one(server: RawServer, token: str) -> None:
    server.replies = [reply(200, "text/html", b"Welcome")]

    with pytest.raises(AnswerUnreadable, match="version"):
        Client(server.url, token, sleep=lambda _: None).version()


def test_a_refusal_about_repeats_other_than_their_absence_is_not_swallowed(server: RawServer, token: str) -> None:
    server.replies = [reply(403, JSON, b'{"error":"You do not have permissions to use the API"}')]

    with pytest.raises(Refused):
        Client(server.url, token).repeating()


def test_names_travel_one_by_one_so_that_a_comma_cannot_part_them(server: RawServer, token: str) -> None:
    server.replies = [reply(200, JSON, b"[]")]
    client = Client(server.url, token)
    client._project.remember_record_field("record_id")

    client.records(records=["a,b", "c"], forms=["f"])

    sent = server.asked[0]
    assert {name: value for name, value in sent.items() if name.startswith(("records", "forms", "fields"))} == {
        "records[0]": "a,b",
        "records[1]": "c",
        "forms[0]": "f",
        "fields[0]": "f_complete",
        "fields[1]": "record_id",
    }
    assert sent["format"] == "json"
    assert sent["exportDataAccessGroups"] == "True"


def test_pycap_asks_nothing_of_its_own_accord(server: RawServer, token: str) -> None:
    """Left alone, it fetches the dictionary when made to name fields, and trusts that copy for ever."""
    server.replies = [reply(200, JSON, json.dumps(DICTIONARY).encode()), reply(200, JSON, b"[]")]
    client = Client(server.url, token)

    client.record_ids()
    client.record_ids()
    client.records(forms=["monthly"])

    assert [request["content"] for request in server.asked] == ["metadata", "record", "record", "record"]


def test_an_import_whose_answer_is_lost_is_not_repeated(server: RawServer, token: str) -> None:
    server.replies = [b""]

    with pytest.raises(TryAgain):
        Client(server.url, token, sleep=lambda _: None).import_records([{"record_id": "1", "a": "x"}])

    assert len(server.asked) == 1
