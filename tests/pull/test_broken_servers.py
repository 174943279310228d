"""What a server in trouble says, over HTTP: nothing is written, nothing goes, the cursor stays, and the right is retried."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
from tests.pull.site import Host, Site, content, held

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
from breakthrough.pull import Sizes
from breakthrough.store import Run, Store, quarantine, refusals

BROKEN = [
    pytest.param({"kind": "maintenance"}, AnswerUnreadable, id="maintenance page with status 200"),
    pytest.param({"kind": "maintenance", "status": 503}, Busy, id="maintenance page with status 503"),
    pytest.param({"kind": "status", "status": 500}, Busy, id="500 in HTML"),
    pytest.param({"kind": "status", "status": 504}, Busy, id="gateway timeout"),
    pytest.param({"kind": "status", "status": 429, "retry_after": 1}, Busy, id="asked too often"),
    pytest.param({"kind": "memory"}, Overloaded, id="out of memory with status 200, PHP and JSON"),
    pytest.param({"kind": "memory", "fatal": False, "status": 400}, Overloaded, id="out of memory, in JSON"),
    pytest.param({"kind": "outage"}, AnswerUnreadable, id="no database, with status 200"),
    pytest.param({"kind": "empty"}, AnswerUnreadable, id="an empty body"),
    pytest.param({"kind": "cut", "lose_bytes": 3, "announced": "nothing"}, AnswerUnreadable, id="cut, unnoticeably"),
    pytest.param({"kind": "cut", "lose_bytes": 3, "announced": "whole"}, AnswerUnreadable, id="cut, of a length"),
    pytest.param({"kind": "cut", "lose_bytes": 3, "announced": "chunks"}, AnswerUnreadable, id="cut, of chunks"),
    pytest.param({"kind": "drop"}, Unreachable, id="hung up"),
    pytest.param({"kind": "drop", "reset": True}, Unreachable, id="connection reset"),
    pytest.param({"kind": "hang", "seconds": 20}, Unreachable, id="no answer at all"),
    pytest.param({"kind": "stall", "after_bytes": 20, "seconds": 20}, Unreachable, id="no more after some bytes"),
    pytest.param({"kind": "forbidden"}, AuthFailed, id="token revoked"),
    pytest.param({"kind": "status", "status": 401}, AuthFailed, id="401"),
    pytest.param({"kind": "status", "status": 400, "message": "No"}, Refused, id="refused"),
    pytest.param({"kind": "duplicates", "rows": {"every": 1}}, AnswerUnreadable, id="each row twice"),
]
# the date filter (1) and the list (2) come first; every later export of records is a chunk
WHERE = [
    pytest.param({"content": "record"}, id="from the first question about records"),
    pytest.param({"content": "record", "nth": {"after": 2}}, id="from the first chunk"),
]


def last(store: Store) -> Run:
    found = store.last_run("main")
    assert found is not None
    return found


def inside(store: Store) -> dict[str, str]:
    with store.read() as connection:
        return {one.record: one.why for one in quarantine.of(connection, "main")}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize(("fault", "error"), BROKEN)
def test_a_server_in_trouble(
    site: Site, store: Store, fault: Mapping[str, Any], error: type[RedcapError], where: Mapping[str, Any]
) -> None:
    client = site.host.client(site.token, timeout=(1, 0.2))
    site.pull(store, client)
    site.host.wait(hours=2)
    site.enter(*(site.month(f"T00{n}", 1, 7) for n in range(1, 6)))
    site.delete("T005")
    before = content(store)
    site.host.faults(dict(fault) | dict(where))

    with pytest.raises(error) as raised:
        site.pull(store, client)

    assert content(store) == before
    assert (last(store).state, last(store).note) == ("failed", type(raised.value).__name__)
    assert isinstance(raised.value, TryAgain) == issubclass(error, TryAgain)
    assert inside(store) == {}


@pytest.mark.parametrize("content", ["version", "project", "metadata", "dag", "log"])
def test_trouble_with_any_other_question(site: Site, store: Store, content: str) -> None:
    """The log alone can be done without."""
    site.pull(store)
    cursor = store.cursor("main")
    site.host.wait(hours=2)
    site.enter(site.month("T001", 1, 7))
    site.host.faults({"kind": "maintenance", "content": content})

    if content == "log":
        site.pull(store)
        assert held(store) == site.truth()
    else:
        with pytest.raises(AnswerUnreadable):
            site.pull(store)
        assert store.cursor("main") == cursor


def test_after_trouble_the_next_pull_finishes_the_work(site: Site, store: Store) -> None:
    site.pull(store)
    cursor = store.cursor("main")
    site.host.wait(hours=2)
    site.enter(*(site.month(f"T00{n}", 1, 7) for n in range(1, 6)))
    site.host.faults({"kind": "maintenance", "content": "record", "nth": {"after": 3}})
    with pytest.raises(AnswerUnreadable):
        site.pull(store)

    assert (store.cursor("main"), last(store).tally.updated) == (cursor, 2)  # one chunk was whole
    site.host.faults()
    site.host.wait(hours=20)
    assert site.pull(store).run.tally.updated == 3
    assert held(store) == site.truth()


def test_a_chunk_that_fails_once_is_asked_for_again_in_halves(site: Site, store: Store) -> None:
    site.host.faults({"kind": "status", "status": 504, "content": "record", "nth": 2})  # the first chunk

    done = site.pull(store, sizes=Sizes(4, 4))

    assert (done.run.state, done.run.quarantined) == ("complete", 0)
    assert held(store) == site.truth()


def test_chunks_that_are_too_much_for_the_server_become_small(site: Site, store: Store) -> None:
    site.host.faults({"kind": "memory", "content": "record", "nth": [2, 3]})

    site.pull(store, sizes=Sizes(4, 4))

    assert held(store) == site.truth()


def test_a_refused_token_is_asked_once_and_noted(site: Site, store: Store) -> None:
    site.pull(store)
    site.admin.set_rights(site.number, site.user("worker", {}) and "worker", {"api_export": 0})
    client = site.host.client(site.host.sandbox.token_for(site.number, "worker"))
    with pytest.raises(AuthFailed):
        site.pull(store, client)

    with store.read() as connection:
        refusal = refusals.of(connection, "main")
    assert refusal is not None
    assert (refusal.note, refusal.told_at) == ("AuthFailed", None)
    site.pull(store)
    with store.read() as connection:
        assert refusals.of(connection, "main") is None


@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_wrong_by_more_than_the_overlap_makes_good(site: Site, store: Store, minutes: int) -> None:
    site.pull(store)
    before = content(store)
    site.host.faults({"kind": "skew", "seconds": 60 * minutes})

    with pytest.raises(Refused, match=r"10 minutes (ahead of|behind)"):
        site.pull(store)

    assert content(store) == before


def test_columns_passed_over_in_silence_are_not_taken_for_blanks(site: Site, store: Store) -> None:
    """Some servers ignore names they do not know: here, because the field went while the pull was under way."""
    client = site.host.client(site.token)
    site.pull(store, client)
    before = content(store)
    known = client.metadata()
    client.metadata = lambda: [*known, known[-1] | {"field_name": "sd_new"}]  # type: ignore[method-assign]
    site.host.faults({"kind": "omission"})

    with pytest.raises(Refused, match="sd_new"):
        site.pull(store, client)

    assert content(store) == before


def test_a_charset_that_is_not_named_spoils_no_letter(site: Site, store: Store) -> None:
    site.enter({"record_id": "T001", "tc_aim": "déjà vu, naïve, 学校"})
    site.host.faults({"kind": "charset", "header": "none"})

    site.pull(store)

    assert held(store)["T001", "", "team_charter", 0]["tc_aim"] == "déjà vu, naïve, 学校"


# --- records that cannot be answered for ---------------------------------------------------------------------------------


@contextmanager
def poisoned(host: Host, record: str) -> Iterator[str]:
    """The server's address by way of a proxy that answers 500 whenever one record is asked for by name."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            named = {value for name, value in parse_qsl(body.decode()) if name.startswith("records")}
            if record in named:
                self.send_error(500)
                return
            kind = {"Content-Type": self.headers["Content-Type"]}
            answer = requests.post(host.sandbox.url, data=body, headers=kind, timeout=20)
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Date"):
                self.send_header(name, answer.headers[name])
            self.end_headers()
            self.wfile.write(answer.content)

        def send_response(self, code: int, message: str | None = None) -> None:
            self.send_response_only(code, message)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/api/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_record_the_server_cannot_answer_for_is_set_aside_and_the_others_come(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(60)))
    host.wait(hours=1)
    with poisoned(host, "R41") as url:
        site.url = url
        through = host.sandbox.url.replace(host.sandbox.url, url)
        client = _through(site, through)
        first = site.pull(store, client, sizes=Sizes())

        assert (first.run.state, first.run.quarantined, inside(store)) == ("complete", 1, {"R41": "Busy"})
        site.url = host.sandbox.url
        assert held(store) == {key: values for key, values in site.truth().items() if key[0] != "R41"}

        host.wait(hours=3)
        again = site.pull(store, client)
        assert (again.run.mode, again.run.records, again.run.quarantined) == ("changed", 1, 1)

    # one that is known is edited while the server cannot answer for it
    with poisoned(host, "R5") as url:
        _move(store, url)
        site.enter({"record_id": "R5", "tp_name": "Edited"})
        for _ in range(2):
            site.pull(store, _through(site, url))
            assert inside(store) == {"R5": "Busy"}
            host.wait(hours=5)
        assert held(store)["R5", "", "team_profile", 0]["tp_name"] == "Team 5"

    # the server is well again, long after the edit
    with poisoned(host, "nobody") as url:
        host.wait(hours=30)
        _move(store, url)
        site.pull(store, _through(site, url))
    assert inside(store) == {}
    assert held(store) == site.truth()


def _through(site: Site, url: str) -> Any:
    from breakthrough.redcap.client import Client

    return Client(url, site.token, hosts=site.host.hosts)


def _move(store: Store, url: str) -> None:
    """A server that has another address now, as far as the store is concerned."""
    from breakthrough.store.tables import project

    with store.begin() as connection:
        connection.execute(project.update().values(server=url))


def test_a_record_that_is_listed_and_never_returned_is_set_aside(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(60)))
    client = host.client(site.token)
    export = client.records

    def records(**given: Any) -> list[dict[str, str]]:
        return [row for row in export(**given) if row["record_id"] != "R41"]

    client.records = records  # type: ignore[method-assign]
    site.pull(store)
    before = content(store)

    done = site.pull(store, client, mode="full")

    assert (done.run.quarantined, inside(store)) == (1, {"R41": "NotReturned"})
    assert content(store)[:2] == before[:2]


def test_a_new_record_that_was_set_aside_and_then_deleted_is_set_aside_no_more(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(60)))
    client = host.client(site.token)
    export = client.records

    def records(**given: Any) -> list[dict[str, str]]:
        return [row for row in export(**given) if row["record_id"] != "R41"]

    client.records = records  # type: ignore[method-assign]
    site.pull(store, client)
    assert inside(store) == {"R41": "NotReturned"}
    site.delete("R41")

    site.pull(store)

    assert inside(store) == {}
    assert held(store) == site.truth()


def test_many_such_records_are_a_fault_of_the_rights(host: Host, store: Store) -> None:
    site = host.project()
    site.enter(*({"record_id": f"R{n}", "tp_name": f"Team {n}"} for n in range(60)))
    site.pull(store)
    before = content(store)
    client = host.client(site.token)
    export = client.records

    def records(**given: Any) -> list[dict[str, str]]:
        return [row for row in export(**given) if int(row["record_id"][1:]) % 2]

    client.records = records  # type: ignore[method-assign]
    with pytest.raises(AnswerUnreadable, match="REDCap lists 30 records that it does not return"):
        site.pull(store, client, mode="full", sizes=Sizes(20, 20))

    assert content(store) == before
    assert inside(store) == {}


def test_records_that_are_listed_and_of_which_none_is_returned_are_all_believed_to_be_there(
    site: Site, store: Store
) -> None:
    client = site.host.client(site.token)
    site.pull(store)
    before = content(store)
    client.records = lambda **_: []  # type: ignore[method-assign]

    with pytest.raises(AnswerUnreadable, match="returns none of them"):
        site.pull(store, client, mode="full")

    assert content(store) == before
