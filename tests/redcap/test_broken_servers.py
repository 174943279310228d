"""Every way a REDCap server is known to fail or to lie, over real HTTP, and what the client makes of it.

The rows are those of PyCap's behaviour against broken servers, where it hangs, returns cut tables or false letters, and
of what REDCap leaves out without a word. Who asks again is the transport, and how often shows in the waits: 2, 4 and 8
seconds are four attempts, none is one.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from tests.redcap.conftest import SUPER_TOKEN, Clock
from tests.redcap.test_client import field

import redcap_sandbox
from breakthrough.errors import (
    AnswerUnreadable,
    AuthFailed,
    Busy,
    Overloaded,
    RedcapError,
    Refused,
    TryAgain,
    Unreachable,
)
from breakthrough.redcap import transport
from breakthrough.redcap.client import Client
from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator
from redcap_sandbox.faults.kinds import (
    Ban,
    Charset,
    Cut,
    Drop,
    Duplicates,
    Empty,
    Forbidden,
    Hang,
    Latency,
    Maintenance,
    Memory,
    Omission,
    Outage,
    Skew,
    Stall,
    Status,
)
from redcap_sandbox.faults.rules import Plan, Rule

ONCE: list[float] = []
TWICE = [2.0]
FOUR_TIMES = [2.0, 4.0, 8.0]

DICTIONARY = [
    field("record_id", "person"),
    field("name", "person", identifier="y"),
    field("days", "person", "checkbox", select_choices_or_calculations="1, Monday | 2, Tuesday"),
    field("story", "visit", "notes"),
    field("weight", "visit", text_validation_type_or_show_slider_number="number"),
]
ROWS = [
    {"record_id": "007", "redcap_data_access_group": "north", "name": "déjà", "days___1": "1", "weight": "70"},
    {"record_id": "8", "redcap_data_access_group": "south", "name": "ø 學", "story": "one\ntwo"},
]


@dataclass
class Ward:
    """A project of two people in two groups, and clients of it under whatever rights."""

    sandbox: Sandbox
    owner: str  # token
    number: int

    @property
    def admin(self) -> Administrator:
        return Administrator(self.sandbox.url, SUPER_TOKEN)

    def break_down(self, *rules: Rule) -> None:
        self.sandbox.faults.replace(Plan(rules))

    def client(self, token: str | None = None, clock: Clock | None = None, **more: Any) -> Client:
        return Client(self.sandbox.url, token or self.owner, hosts=(clock or Clock()).hosts(), **more)

    def user(self, *, group: str = "", person: int = 1, visit: int = 1, **rights: int) -> Client:
        """A client of a new user with those rights, export rights to the two forms among them."""
        row = {"username": "reader", "api_export": 1, **rights, "forms_export": {"person": person, "visit": visit}}
        self.ask(content="user", data=json.dumps([row]))
        if group:
            self.admin.set_user_group(self.number, "reader", group)
        return self.client(self.admin.token(self.number, "reader"))

    def ask(self, **payload: Any) -> Any:
        """A question that owes nothing to the code under test."""
        sent = {"token": self.owner, "format": "json", "returnFormat": "json", **payload}
        answer = requests.post(self.sandbox.url, data=sent, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    with redcap_sandbox.serve(tmp_path_factory.mktemp("ward"), SUPER_TOKEN) as sandbox:
        project = {"token": SUPER_TOKEN, "content": "project", "format": "json"}
        data = json.dumps([{"project_title": "Ward", "purpose": 3}])
        owner = requests.post(sandbox.url, data={**project, "data": data}, timeout=20).text[-32:]
        ward = Ward(sandbox, owner, 0)
        ward.number = int(ward.ask(content="project")["project_id"])
        ward.ask(content="metadata", data=json.dumps(DICTIONARY))
        groups = [{"data_access_group_name": name, "unique_group_name": ""} for name in ("North", "South")]
        ward.ask(content="dag", action="import", data=json.dumps(groups))
        ward.ask(content="record", data=json.dumps(ROWS))
        yield ward


@pytest.fixture
def ward(founded: Ward) -> Iterator[Ward]:
    founded.break_down()
    yield founded
    founded.break_down()


def whole(client: Client) -> list[dict[str, str]]:
    return client.records(fields=["name", "days", "story", "weight"])


# --- servers that fail: what it is, and how often it was asked ------------------------------------------------------------

FAILURES = [
    pytest.param(Maintenance(), AnswerUnreadable, FOUR_TIMES, id="maintenance page with 200"),
    pytest.param(Maintenance(status=503), Busy, FOUR_TIMES, id="maintenance page with 503"),
    pytest.param(Outage(), AnswerUnreadable, FOUR_TIMES, id="database out of reach, with 200"),
    pytest.param(Status(status=500), Busy, FOUR_TIMES, id="500 page"),
    pytest.param(Status(status=502), Busy, FOUR_TIMES, id="502 of a proxy"),
    pytest.param(Status(status=504), Busy, FOUR_TIMES, id="504 of a proxy"),
    pytest.param(Status(status=503, retry_after=30), Busy, [30.0, 30.0, 30.0], id="503 with Retry-After"),
    pytest.param(Status(status=429, retry_after=30), Busy, [30.0, 30.0, 30.0], id="429 with Retry-After"),
    pytest.param(Status(status=429, retry_after=900), Busy, ONCE, id="429 with a long Retry-After"),
    pytest.param(Memory(), Overloaded, ONCE, id="out of memory, with 200"),
    pytest.param(Memory(fatal=False, status=400), Overloaded, ONCE, id="out of memory, with 400"),
    pytest.param(Status(status=413), Overloaded, ONCE, id="request too long"),
    pytest.param(Empty(), AnswerUnreadable, FOUR_TIMES, id="empty body with 200"),
    pytest.param(Cut(lose_bytes=3, announced="nothing"), AnswerUnreadable, FOUR_TIMES, id="cut, length not said"),
    pytest.param(
        Cut(lose_bytes=3, announced="sent"), AnswerUnreadable, FOUR_TIMES, id="cut, with a length that agrees"
    ),
    pytest.param(Cut(lose_bytes=3, announced="whole"), AnswerUnreadable, FOUR_TIMES, id="cut, shorter than its length"),
    pytest.param(Cut(lose_bytes=3, announced="chunks"), AnswerUnreadable, FOUR_TIMES, id="cut, last chunk missing"),
    pytest.param(Charset(body="utf-16", header="none"), AnswerUnreadable, FOUR_TIMES, id="letters of another kind"),
    pytest.param(Drop(), Unreachable, FOUR_TIMES, id="connection ends"),
    pytest.param(Drop(reset=True), Unreachable, FOUR_TIMES, id="connection is reset"),
    pytest.param(Hang(), Unreachable, TWICE, id="hangs for ever"),
    pytest.param(Stall(after_bytes=20), Unreachable, TWICE, id="hangs in mid answer"),
    pytest.param(Status(status=401), AuthFailed, ONCE, id="401"),
    pytest.param(Forbidden(), AuthFailed, ONCE, id="token revoked or user expired"),
    pytest.param(Ban(calls=0), AuthFailed, ONCE, id="address banned"),
    pytest.param(Ban(calls=0, status=200), AuthFailed, ONCE, id="address banned, with 200"),
    pytest.param(Status(status=400, message="No such thing"), Refused, ONCE, id="a parameter refused"),
    pytest.param(Status(status=404), Refused, ONCE, id="no such page"),
]


@pytest.mark.parametrize("ask", [whole, lambda c: c.record_list()], ids=["rows", "a list of any length"])
@pytest.mark.parametrize(("rule", "expected", "waits"), FAILURES)
def test_a_server_that_fails_is_told_apart_and_asked_again_only_where_that_may_help(
    ward: Ward,
    rule: Rule,
    expected: type[RedcapError],
    waits: list[float],
    ask: Callable[[Client], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(transport, "_LONG", 0)
    clock = Clock()
    client = ward.client(clock=clock, timeout=(0.4, 0.4))
    client._project.remember_record_field("record_id")
    ward.break_down(rule)

    with pytest.raises(RedcapError) as caught:
        ask(client)

    assert type(caught.value) is expected
    assert clock.slept == waits
    assert not any(row["name"] in str(caught.value) for row in ROWS)


PASSING = [
    Maintenance(times=2),
    Status(status=503, times=2),
    Empty(times=2),
    Cut(lose_bytes=1, announced="nothing", times=2),
    Drop(times=2),
]


@pytest.mark.parametrize("rule", PASSING, ids=lambda rule: rule.kind)
def test_a_server_that_recovers_is_not_noticed_but_for_the_wait(ward: Ward, rule: Rule) -> None:
    clock = Clock()
    client = ward.client(clock=clock)
    expected = whole(client)
    ward.break_down(rule)

    assert whole(client) == expected
    assert clock.slept == [2.0, 4.0]


CHANGES = [
    Drop(carried_out=True),
    Status(status=502, carried_out=True),
    Empty(carried_out=True),
    Maintenance(carried_out=True),
    Memory(carried_out=True),
    Hang(carried_out=True),
]


@pytest.mark.parametrize("rule", CHANGES, ids=lambda rule: rule.kind)
def test_an_import_whose_answer_is_lost_was_sent_once(ward: Ward, rule: Rule) -> None:
    clock = Clock()
    client = ward.client(clock=clock, timeout=(0.4, 0.4))
    before = len(ward.ask(content="log", logtype="record_edit"))
    ward.break_down(rule)

    with pytest.raises(TryAgain):
        client.import_records([{"record_id": "007", "weight": f"{before + 71}"}])
    ward.break_down()

    assert len(ward.ask(content="log", logtype="record_edit")) == before + 1
    assert clock.slept == []
    ward.ask(content="record", data=json.dumps([{"record_id": "007", "weight": "70"}]))


# --- answers that are whole, if one reads them right ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [Charset(header="none"), Charset(header="iso-8859-1"), Charset(body="windows-1252"), Latency(seconds=0.1)],
    ids=["no character set", "another character set", "another encoding of what is ASCII", "late"],
)
def test_letters_and_leading_zeros_arrive_as_they_were_entered(ward: Ward, rule: Rule) -> None:
    ward.break_down(rule)

    rows = whole(ward.client())

    assert [(row["record_id"], row["name"]) for row in rows] == [("007", "déjà"), ("8", "ø 學")]
    assert [row["story"] for row in rows] == ["", "one\ntwo"]


def test_a_record_listed_twice_is_one_record(ward: Ward) -> None:
    ward.break_down(Duplicates(rows=1, content="record"))

    assert ward.client().record_ids() == ["007", "8"]
    assert ward.client().record_groups() == {"007": "north", "8": "south"}


def test_a_long_list_of_records_is_the_same_as_a_short_one(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "_LONG", 0)
    assert ward.client().record_ids() == ["007", "8"]
    assert ward.client().record_groups() == {"007": "north", "8": "south"}


def test_the_servers_clock_is_the_one_it_shows(ward: Ward) -> None:
    client = ward.client()
    ward.break_down(Skew(seconds=-600))
    client.record_ids()
    assert client.server_time is not None

    behind = dt.datetime.now(dt.UTC) - client.server_time

    assert dt.timedelta(seconds=595) < behind < dt.timedelta(seconds=610)


# --- what is left out without a word --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {"fields": ["name", "hieght"]},
        {"fields": ["hieght"]},
        {"forms": ["visits"]},
        {"fields": ["name"], "forms": ["x"]},
    ],
    ids=["one unknown field", "unknown fields alone", "an unknown form", "an unknown form beside a field"],
)
@pytest.mark.parametrize("rules", [(), (Omission(),)], ids=["refused", "passed over"])
def test_an_unknown_name_is_an_error_also_where_redcap_passes_it_over(
    ward: Ward, asked: dict[str, list[str]], rules: tuple[Rule, ...]
) -> None:
    clock = Clock()
    client = ward.client(clock=clock)
    ward.break_down(*rules)

    with pytest.raises(Refused):
        client.records(**asked)  # type: ignore[arg-type]

    assert clock.slept == ONCE


RIGHTS: list[Any] = [
    pytest.param(
        {"visit": 0}, lambda c: c.records(forms=["person", "visit"]), "visit_complete", id="no access to a form"
    ),
    pytest.param(
        {"visit": 0}, lambda c: c.records(fields=["name", "weight"]), "weight", id="no access to a field's form"
    ),
    pytest.param({"visit": 2}, lambda c: c.records(fields=["story"]), "story", id="free text left out"),
    pytest.param({"person": 3}, lambda c: c.records(fields=["name"]), "name", id="identifiers left out"),
    pytest.param({"person": 2}, lambda c: c.record_ids(), "hashes", id="record names hidden"),
    pytest.param(
        {"person": 2}, lambda c: c.records(records=["007"], fields=["days"]), "hashes", id="hidden names asked for"
    ),
]


@pytest.mark.parametrize(("rights", "ask", "words"), RIGHTS)
def test_what_a_narrow_export_right_leaves_out_is_not_taken_for_blank(
    ward: Ward, rights: dict[str, Any], ask: Callable[[Client], object], words: str
) -> None:
    client = ward.user(**rights)

    with pytest.raises(Refused, match=words):
        ask(client)


def test_a_user_in_a_group_is_known_by_the_groups_that_are_not_sent(ward: Ward) -> None:
    reader = ward.user(group="north")

    assert reader.record_ids() == ["007"]
    assert reader.record_groups() is None
    assert ward.client().record_groups() == {"007": "north", "8": "south"}
    ward.admin.set_user_group(ward.number, "reader", "")


@pytest.mark.parametrize("act", ["suspend", "remove_user", "rights"])
def test_a_user_who_lost_the_api_is_told_so_at_once(ward: Ward, act: str) -> None:
    reader = ward.user()
    assert reader.record_ids() == ["007", "8"]
    if act == "suspend":
        ward.admin.suspend("reader")
    elif act == "remove_user":
        ward.admin.remove_user(ward.number, "reader")
    else:
        ward.admin.set_rights(ward.number, "reader", {"api_export": 0})

    with pytest.raises(AuthFailed):
        reader.record_ids()
    ward.admin.unsuspend("reader")
