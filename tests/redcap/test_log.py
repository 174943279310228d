"""What is taken of REDCap's log, on a real sandbox and from lines as other versions write them."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.redcap.test_broken_servers import Ward, founded, ward

from breakthrough.errors import AnswerUnreadable, AuthFailed
from breakthrough.redcap import log
from breakthrough.redcap.client import Client
from breakthrough.redcap.log import Line
from redcap_sandbox.faults.kinds import Forbidden

__all__ = ["founded", "ward"]
LONG_AGO = dt.datetime(2020, 1, 1)  # noqa: DTZ001 (server-local)
AT = dt.datetime(2026, 3, 18, 9, 41)  # noqa: DTZ001


def row(action: str, details: str = "", record: str | None = None, at: str = "2026-03-18 09:41") -> dict[str, str]:
    found = {"timestamp": at, "username": "mary", "action": action, "details": details}
    return found if record is None else {**found, "record": record}


def test_the_log_tells_what_was_made_changed_renamed_and_deleted(ward: Ward) -> None:
    client = ward.client()
    ward.admin.set_rights(ward.number, client.users()[0]["username"], {"record_delete": 1, "record_rename": 1})
    client.import_records([{"record_id": "x", "name": "Rachel Stone"}])
    client.import_records([{"record_id": "x", "name": "Rachel Brook"}])
    ward.ask(content="record", action="rename", record="x", new_record_name="it's y")
    ward.ask(content="record", action="delete", **{"records[0]": "it's y"})

    lines = client.log(LONG_AGO)

    assert lines is not None
    told = [(line.kind, line.record, line.renamed) for line in lines[:4]]
    assert told[:2] == [("delete", "it's y", ""), ("update", "x", "it's y")]
    assert [kind for kind, _, _ in told[2:]] == ["update", "create"]
    assert "Rachel" not in repr(lines)
    assert all(dt.datetime.now(dt.UTC).replace(tzinfo=None) - line.at < dt.timedelta(minutes=5) for line in lines[:4])


def test_only_the_minutes_asked_for_come(ward: Ward) -> None:
    client = ward.client()
    lines = client.log(LONG_AGO)
    assert lines
    last, first = lines[0].at, lines[-1].at

    assert client.log(first, last) == lines
    assert client.log(last + dt.timedelta(minutes=1)) == []
    assert client.log(LONG_AGO, first - dt.timedelta(minutes=1)) == []


def test_other_kinds_of_lines_are_of_no_known_kind(ward: Ward) -> None:
    lines = ward.client().log(LONG_AGO, kind="manage")

    assert lines
    assert {line.kind for line in lines} == {"other"}


def test_who_may_not_see_the_log_gets_none_of_it(ward: Ward) -> None:
    assert ward.user(logging=0).log(LONG_AGO) is None
    assert ward.user(logging=1).log(LONG_AGO) is not None


def test_a_door_that_is_shut_altogether_shows_with_the_next_question(ward: Ward) -> None:
    client = ward.client()
    client.record_ids()
    ward.break_down(Forbidden())

    assert client.log(LONG_AGO) is None
    with pytest.raises(AuthFailed):
        client.record_ids()


@pytest.mark.parametrize("ask", [lambda c, at: c.log(at), lambda c, at: c.changed_since(at)])
def test_a_moment_with_a_zone_is_not_taken_for_the_servers(ask: object, token: str) -> None:
    client = Client("https://redcap.example.org/api/", token)
    client._project.remember_record_field("record_id")

    with pytest.raises(ValueError, match="without a zone"):
        ask(client, dt.datetime(2026, 3, 18, tzinfo=dt.UTC))  # type: ignore[operator]


LINES = [
    pytest.param(row("Create record 5", "record_id = '5', town = 'x'", "5"), Line(AT, "create", "5"), id="created"),
    pytest.param(row("Create record (API) 5", "record_id = '5'", "5"), Line(AT, "create", "5"), id="by the API"),
    pytest.param(row("Created Record 5"), Line(AT, "create", "5"), id="an older version's words, no column"),
    pytest.param(row("Update record (Auto calculation) 5", "bmi = '2'"), Line(AT, "update", "5"), id="recalculated"),
    pytest.param(row("Update Response 5", "a = '1'", "5"), Line(AT, "update", "5"), id="a survey's response"),
    pytest.param(row("Update survey response (API) 5"), Line(AT, "update", "5"), id="a survey's response, longer"),
    pytest.param(row("Delete record 5 (Event 1 (Arm 1: A))"), Line(AT, "delete", "5"), id="with an event"),
    pytest.param(row("Update record Ward 3 B"), Line(AT, "update", "Ward 3 B"), id="blanks within the name"),
    pytest.param(row("Update record 5", "record_id = '6'", "6"), Line(AT, "update", "5", "6"), id="renamed"),
    pytest.param(row("Update record 5", "record_id = '6'"), Line(AT, "update", "5", "6"), id="renamed, no column"),
    pytest.param(row("Update record 5", "record_id = '5', a = '1'"), Line(AT, "update", "5"), id="its own name"),
    pytest.param(row("Update record 5", "note = 'record_id = '6''", "5"), Line(AT, "update", "5"), id="within a value"),
    pytest.param(row("Update record 5", "my_record_id = '6'", "5"), Line(AT, "update", "5"), id="another field"),
    pytest.param(row("Lock/Unlock Record 5", "x", "5"), Line(AT, "other", "5"), id="locked"),
    pytest.param(row("Manage/Design ", "Create project"), Line(AT, "other", ""), id="about the project"),
    pytest.param(row("Assign record to group", "", "5"), Line(AT, "other", "5"), id="unknown words"),
    pytest.param(row("delete record 5", at="2026-03-18 09:41:59"), Line(AT, "delete", "5"), id="seconds, lower case"),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_a_line_is_read_as(line: dict[str, str], expected: Line) -> None:
    (found,) = log.lines([line], "record_id")

    assert (found.at, found.kind, found.record, found.renamed) == (
        expected.at,
        expected.kind,
        expected.record,
        expected.renamed,
    )


@pytest.mark.parametrize(
    "broken",
    [
        {"timestamp": "2026-03-18 09:41", "username": "mary", "action": "Create record 5"},
        row("Create record 5", at=""),
        row("Create record 5", at="soon"),
        row("Create record 5", at="2026-03-18T09:41Z"),
    ],
    ids=["no details", "no time", "no time at all", "a time with a zone"],
)
def test_a_row_that_is_no_line_is_unreadable(broken: dict[str, str]) -> None:
    with pytest.raises(AnswerUnreadable):
        log.lines([broken], "record_id")


@given(action=st.text(), details=st.text(), record=st.text(), user=st.text())
def test_nothing_of_the_details_but_a_new_name_is_kept(action: str, details: str, record: str, user: str) -> None:
    (line,) = log.lines(
        [row(f"Update record {action}", f"secret = '{details}'", record) | {"username": user}], "record_id"
    )

    assert line.renamed == ""
    assert line.record == record or action.strip().startswith(line.record) or line.record in action


WORK = [
    pytest.param("Manage/Design ", "Edit project field", "Edit project field", id="in the designer"),
    pytest.param("Manage/Design", "Upload data dictionary (API)", "Upload data dictionary", id="by the API"),
    pytest.param(
        "Manage/Design", "Rename data access group group = 'Ward of Ann Lee'", "Rename data access group", id="a name"
    ),
    pytest.param(
        "Manage/Design", "Remove user from data access group user = 'ann', group = 'x'", "Remove user from data access group",
        id="a person",
    ),
    pytest.param("Edit user role", "role = 'Coach'", "Edit user role", id="a role"),
    pytest.param("Updated User ann.lee", "user = 'ann.lee'", "Updated User", id="a user's rights"),
    pytest.param("Manage/Design", "Export Logging (API)", "", id="only read"),
    pytest.param("Manage/Design", "Create alert Alert #1, alert_title = 'Ann Lee'", "", id="nothing that a plan compares"),
    pytest.param("Manage/Design", "Set up survey queue", "", id="not the survey itself"),
    pytest.param("Update record 5", "note = 'Edit project field'", "", id="within a value"),
    pytest.param("Delete record 5", "Delete project field", "", id="about a record"),
    pytest.param("Create Response", "Create event", "", id="about a response"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "details", "work"), WORK)
def test_of_work_on_the_project_only_redcaps_own_words_are_passed_on(action: str, details: str, work: str) -> None:
    (found,) = log.lines([row(action, details)], "record_id")

    assert found.work == work
