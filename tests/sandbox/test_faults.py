"""Faults before an answer and in its place, bans among them: what a client meets over real HTTP."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from requests.exceptions import ConnectionError, ReadTimeout  # noqa: A004
from tests.sandbox.conftest import SUPER_TOKEN, Api, MakeProject, field
from tests.sandbox.faulty import Break, breaking, raw

from redcap_sandbox import Sandbox, serve
from redcap_sandbox.faults.kinds import (
    Ban,
    Cut,
    Drop,
    Empty,
    Forbidden,
    Hang,
    Latency,
    Maintenance,
    Memory,
    Outage,
    Stall,
    Status,
)
from redcap_sandbox.faults.rules import Plan, Rule, Series
from redcap_sandbox.faults.striking import Faults

OUT_OF_MEMORY = (
    "REDCap ran out of server memory. The request cannot be processed. "
    "Please try importing/exporting a smaller amount of data."
)
FIELDS = (field("record_id", "f"), field("town", "f"))


@pytest.fixture
def breaks(server: Sandbox) -> Iterator[Break]:
    """Puts rules in force until the test is over."""
    yield from breaking(server)


@pytest.fixture
def owner(make: MakeProject) -> Api:
    """A project with the records 1 and 2 of the town déjà."""
    owner = make(FIELDS)
    owner.save({"record_id": "1", "town": "déjà"}, {"record_id": "2", "town": "déjà"})
    return owner


def test_a_slow_server_answers_in_the_end(owner: Api, breaks: Break) -> None:
    breaks(Latency(seconds=0.3))
    began = time.monotonic()
    assert owner.json("record", fields="record_id") == [{"record_id": "1"}, {"record_id": "2"}]
    assert 0.3 <= time.monotonic() - began < 3


def test_a_client_that_does_not_wait_for_a_slow_server_may_have_been_served(owner: Api, breaks: Break) -> None:
    breaks(Latency(seconds=5, action="import"))
    parameters = {"token": owner.token, "content": "record", "format": "json", "data": '[{"record_id":"3"}]'}
    with pytest.raises(ReadTimeout):
        requests.post(owner.url, data=parameters, timeout=0.3)
    until = time.monotonic() + 5
    while len(owner.json("record")) == 2 and time.monotonic() < until:
        time.sleep(0.05)
    assert [row["record_id"] for row in owner.json("record")] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (500, "Internal Server Error"),
        (502, "Bad Gateway"),
        (503, "Service Unavailable"),
        (504, "Gateway Timeout"),
        (520, "Error"),
    ],
)
def test_an_error_page_of_the_web_server_is_html(owner: Api, breaks: Break, status: int, phrase: str) -> None:
    breaks(Status(status=status))
    reply = owner.call("record", format="json")
    assert reply.status_code == status
    assert reply.headers["Content-Type"] == "text/html; charset=iso-8859-1"
    assert f"<title>{status} {phrase}</title>" in reply.text
    assert "Retry-After" not in reply.headers


def test_an_error_page_can_say_when_to_come_back(owner: Api, breaks: Break) -> None:
    breaks(Status(status=503, retry_after=120))
    assert owner.call("record").headers["Retry-After"] == "120"


@pytest.mark.parametrize(
    ("parameters", "body"),
    [
        ({"format": "json"}, '{"error":"Too much & too often"}'),
        ({"format": "csv"}, "ERROR: Too much & too often"),
        (
            {"format": "json", "returnFormat": "xml"},
            '<?xml version="1.0" encoding="UTF-8" ?><hash><error>Too much &amp; too often</error></hash>',
        ),
    ],
    ids=["json", "csv", "returnFormat"],
)
def test_an_error_with_a_message_is_written_as_redcap_does(
    owner: Api, breaks: Break, parameters: dict[str, str], body: str
) -> None:
    breaks(Status(status=400, message="Too much & too often"))
    reply = owner.call("record", **parameters)
    assert (reply.status_code, reply.text) == (400, body)


def test_a_call_that_got_an_error_page_was_not_carried_out(owner: Api, breaks: Break) -> None:
    breaks(Status(status=500, action="import"))
    assert owner.call("record", format="json", data=[{"record_id": "3"}]).status_code == 500
    assert len(owner.json("record")) == 2


def test_a_call_may_be_carried_out_behind_a_gateway_that_gave_up(owner: Api, breaks: Break) -> None:
    breaks(Status(status=504, carried_out=True, action="import"))
    assert owner.call("record", format="json", data=[{"record_id": "3"}]).status_code == 504
    assert len(owner.json("record")) == 3


def test_an_export_that_is_carried_out_behind_an_error_page_is_in_the_log(owner: Api, breaks: Break) -> None:
    breaks(Status(status=504, carried_out=True, content="record"))
    before = len(owner.json("log", logtype="export"))
    owner.call("record", format="json")
    assert len(owner.json("log", logtype="export")) == before + 1


def test_maintenance_is_a_page_with_status_200(owner: Api, breaks: Break) -> None:
    breaks(Maintenance(text="Back at 6 p.m. <soon>"))
    reply = owner.call("record", format="json")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"].lower() == "text/html; charset=utf-8"
    assert reply.text.startswith("<!DOCTYPE html>")
    assert "Back at 6 p.m. &lt;soon&gt;" in reply.text


def test_maintenance_may_have_another_status(owner: Api, breaks: Break) -> None:
    breaks(Maintenance(status=503))
    assert owner.call("record").status_code == 503


def test_a_database_outage_is_redcaps_sentence_with_status_200(owner: Api, breaks: Break) -> None:
    breaks(Outage())
    reply = owner.call("record", format="csv")
    assert reply.status_code == 200
    assert re.fullmatch(
        r"The hostname \(.+\) / username \(.+\) / password \(.+\) combination could not connect to the MySQL server\."
        r"\n\t\tPlease check their values\.",
        reply.text,
    )


def test_out_of_memory_is_phps_error_and_redcaps_with_status_200(owner: Api, breaks: Break) -> None:
    breaks(Memory())
    reply = owner.call("record", format="json")
    assert reply.status_code == 200
    assert reply.headers["Content-Type"] == "application/json; charset=utf-8"
    assert reply.text.startswith("<br />\n<b>Fatal error</b>:  Allowed memory size of ")
    assert json.loads(reply.text.rpartition("<br />\n")[2]) == {"error": OUT_OF_MEMORY}


def test_out_of_memory_without_the_fatal_error_is_redcaps_message_alone(owner: Api, breaks: Break) -> None:
    breaks(Memory(fatal=False, status=400))
    reply = owner.call("record", format="csv")
    assert (reply.status_code, reply.text) == (400, f"ERROR: {OUT_OF_MEMORY}")


def test_an_empty_answer_claims_success(owner: Api, breaks: Break) -> None:
    breaks(Empty())
    reply = owner.call("record", format="csv")
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.headers["Content-Length"] == "0"


def test_a_dropped_connection_ends_without_a_byte(owner: Api, breaks: Break) -> None:
    breaks(Drop())
    assert raw(owner, "record") == b""
    with pytest.raises(ConnectionError, match="Remote end closed connection without response"):
        owner.call("record")


def test_a_connection_that_is_reset_is_an_error_of_its_own(owner: Api, breaks: Break) -> None:
    breaks(Drop(reset=True))
    with pytest.raises(ConnectionResetError):
        raw(owner, "record")
    breaks()
    assert owner.call("version").status_code == 200


@pytest.mark.parametrize("carried_out", [False, True])
def test_an_import_may_or_may_not_have_been_carried_out_before_the_connection_dropped(
    owner: Api, breaks: Break, carried_out: bool
) -> None:
    breaks(Drop(carried_out=carried_out, action="import"))
    with pytest.raises(ConnectionError):
        owner.call("record", format="json", data=[{"record_id": "3"}])
    assert len(owner.json("record")) == (3 if carried_out else 2)


def test_a_server_that_hangs_sends_nothing_for_so_long_and_then_hangs_up(owner: Api, breaks: Break) -> None:
    breaks(Hang(seconds=0.4))
    began = time.monotonic()
    assert raw(owner, "record", patience=5) == b""
    assert 0.4 <= time.monotonic() - began < 3


def test_a_server_that_hangs_without_end_waits_for_the_client_to_give_up(owner: Api, breaks: Break) -> None:
    breaks(Hang())
    assert raw(owner, "record", patience=0.3) == b"..."


@pytest.mark.parametrize("rule", [Hang(), Stall(), Latency(seconds=60)], ids=["hang", "stall", "latency"])
def test_a_server_that_keeps_clients_waiting_can_be_closed_at_once(tmp_path: Path, rule: Rule) -> None:
    sandbox = serve(tmp_path, SUPER_TOKEN, faults=Faults(Plan((rule,))))
    waiting = threading.Thread(target=lambda: raw(Api(sandbox.url, ""), "version"))
    waiting.start()
    time.sleep(0.2)
    began = time.monotonic()
    sandbox.close()
    waiting.join()
    assert time.monotonic() - began < 2.5  # else it would wait 3 s, and cut them


def test_from_some_call_on_the_token_is_refused(owner: Api, breaks: Break) -> None:
    breaks(Forbidden(nth=Series(after=2)))
    assert [owner.call("version").status_code for _ in range(4)] == [200, 200, 403, 403]
    assert owner.refusal("record") == (403, "You do not have permissions to use the API")
    assert owner.call("record", format="csv").text == "ERROR: You do not have permissions to use the API"


def test_more_calls_than_allowed_within_a_minute_ban_the_client_for_every_content(tmp_path: Path) -> None:
    seconds = [1000.0]
    faults = Faults(Plan((Ban(calls=3, seconds=300),)), now=lambda: seconds[0])
    with serve(tmp_path, SUPER_TOKEN, faults=faults) as sandbox:
        stranger = Api(sandbox.url, "")

        def turned_away() -> bool:
            return "has been banned" in stranger.call("version", format="json").text

        assert [turned_away() for _ in range(3)] == [False] * 3
        seconds[0] += 60  # the three are more than a minute old
        assert [turned_away() for _ in range(4)] == [False] * 3 + [True]
        seconds[0] += 299
        reply = stranger.call("record", format="json")
        assert (reply.status_code, reply.headers["Content-Type"].lower()) == (403, "text/html; charset=utf-8")
        assert "Your IP address has been banned due to suspected abuse." in reply.text
        seconds[0] += 1
        assert not turned_away()


def test_a_ban_without_a_term_lasts_until_the_rules_are_replaced(tmp_path: Path) -> None:
    seconds = [0.0]
    faults = Faults(Plan((Ban(calls=1),)), now=lambda: seconds[0])
    with serve(tmp_path, SUPER_TOKEN, faults=faults) as sandbox:
        stranger = Api(sandbox.url, "")
        stranger.call("version")
        assert "banned" in stranger.call("version").text
        seconds[0] += 10**9
        assert "banned" in stranger.call("version").text
        sandbox.faults.replace(faults.plan)
        assert "banned" not in stranger.call("version").text


def test_a_ban_counts_only_the_calls_it_concerns_but_turns_all_away(owner: Api, breaks: Break) -> None:
    breaks(Ban(calls=1, content="record", action="export"))
    for _ in range(3):
        assert owner.call("version").status_code == 200
    assert owner.call("record").status_code == 200
    assert owner.call("record").status_code == 403
    assert owner.call("version").status_code == 403


def test_the_first_of_two_faults_that_take_the_answers_place_does(owner: Api, breaks: Break) -> None:
    breaks(Status(status=503), Maintenance())
    assert owner.call("record").status_code == 503
    breaks(Maintenance(), Status(status=503))
    assert owner.call("record").status_code == 200


def test_faults_add_up(owner: Api, breaks: Break) -> None:
    breaks(Latency(seconds=0.2), Latency(seconds=0.2), Cut(lose_bytes=8, announced="sent"), Status(status=502))
    began = time.monotonic()
    reply = owner.call("record")
    assert time.monotonic() - began >= 0.4
    assert reply.status_code == 502
    assert reply.text.endswith("</body>\n")  # and </html> is lost


def test_a_connection_lives_on_after_an_error_page(owner: Api, breaks: Break) -> None:
    breaks(Status(status=503, times=1))
    with requests.Session() as session:
        statuses = [
            session.post(owner.url, data={"token": owner.token, "content": "version"}, timeout=5).status_code
            for _ in range(2)
        ]
    assert statuses == [503, 200]


def test_faults_strike_the_api_and_not_the_sandboxs_own_pages(sandbox: Sandbox, owner: Api, breaks: Break) -> None:
    breaks(Drop())
    page = sandbox.url.replace("/api/", "/sandbox/token")
    assert requests.post(page, data={"token": "x"}, timeout=5).status_code == 403
