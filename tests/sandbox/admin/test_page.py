"""The admin page itself, and its client: who may use it, and what it makes of what it cannot read."""

from __future__ import annotations

import ast
import inspect
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.sandbox.admin.conftest import Project, Receiver, project
from tests.sandbox.conftest import SUPER_TOKEN, new_project

from redcap_sandbox import Refusal, Sandbox, client, serve
from redcap_sandbox.admin.page import VERBS
from redcap_sandbox.client import Administrator

Post = Callable[..., requests.Response]


@pytest.fixture
def post(sandbox: Sandbox) -> Post:
    def posted(**fields: Any) -> requests.Response:
        url = sandbox.url.replace("/api/", "/sandbox/admin")
        return requests.post(url, data={"token": SUPER_TOKEN, **fields}, timeout=30)

    return posted


@pytest.fixture(scope="module")
def drafting(server: Sandbox) -> Project:
    """A project in Draft Mode with a record, which no test changes."""
    made = project(server, ())
    made.owner.save({"record_id": "1", "smokes": "1"})
    admin = Administrator(server.url, SUPER_TOKEN)
    admin.to_production(made.number)
    admin.enter_draft(made.number)
    return made


def test_only_the_super_token_opens_the_page(clinic: Project, post: Post) -> None:
    for token in ("", "0" * 64, clinic.owner.token, SUPER_TOKEN.lower(), "é"):
        reply = post(token=token, action="set_clock", data="{}")
        assert (reply.status_code, reply.json()) == (403, {"error": "You do not have permissions to use the API"})


@pytest.mark.parametrize("action", ["", "no_such", "__class__", "SAVE_FORM"])
def test_an_unknown_action_is_refused(post: Post, action: str) -> None:
    reply = post(action=action, data="{}")
    assert (reply.status_code, reply.json()) == (400, {"error": 'The value of the parameter "action" is not valid'})


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[]",
        "null",
        '"x"',
        "{'project_id': 1}",
        "[" * 100_000,
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        '{"project_id": ' + "9" * 5000 + "}",
        '{"username": "\\ud800"}',
        '{"\\udc00": 1}',
    ],
    ids=lambda data: data[:12],
)
def test_what_is_no_object_is_refused(post: Post, data: str) -> None:
    reply = post(action="token", data=data)
    assert (reply.status_code, reply.json()) == (400, {"error": 'The value of the parameter "data" is not valid'})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({}, 'The required parameter "project_id" is missing'),
        ({"project_id": None}, 'The required parameter "project_id" is missing'),
        ({"project_id": "x"}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": -1}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": 1.5}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": True}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": [1]}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": "9" * 19}, 'The value of the parameter "project_id" is not valid'),
        ({"project_id": 10**17}, "There is no project 100000000000000000."),
    ],
)
def test_a_part_of_another_kind_is_refused(post: Post, data: dict[str, Any], told: str) -> None:
    reply = post(action="token", data=json.dumps({"username": "x", **data}))
    assert (reply.status_code, reply.json()) == (400, {"error": told})


@pytest.mark.parametrize(
    ("action", "data", "name"),
    [
        ("save_form", {"username": "sandbox_owner", "instrument": "visit", "keep": "packs"}, "keep"),
        ("save_form", {"username": "sandbox_owner", "instrument": "visit", "keep": [1]}, "keep"),
        ("save_form", {"username": "sandbox_owner", "instrument": "visit", "values": ["x"]}, "values"),
        ("save_form", {"username": "sandbox_owner", "instrument": "visit", "values": {"smokes": {}}}, "smokes"),
        ("save_form", {"username": "sandbox_owner", "instrument": "visit", "values": {"smokes": True}}, "smokes"),
        ("delete_record", {"record": "1", "wipe_log": "yes"}, "wipe_log"),
        ("lock_record", {"record": "1", "locked": 1}, "locked"),
        ("to_production", {"keep_data": 0}, "keep_data"),  # read before it is said that it is there already
        ("allow_groups", {"username": "sandbox_owner", "groups": [None]}, "groups"),
        ("upload_draft", {"rows": {}}, "rows"),
        ("upload_draft", {"rows": [1]}, "rows"),
    ],
)
def test_every_part_is_read_strictly(
    drafting: Project, post: Post, action: str, data: dict[str, Any], name: str
) -> None:
    reply = post(action=action, data=json.dumps({"project_id": drafting.number, **data}))
    assert reply.status_code == 400
    assert reply.json() == {"error": f'The value of the parameter "{name}" is not valid'}
    assert drafting.owner.json("record", fields="record_id,smokes") == [{"record_id": "1", "smokes": "1"}]


def test_numbers_and_nulls_are_taken_for_text(clinic: Project, post: Post) -> None:
    data = {
        "project_id": str(clinic.number),
        "username": "sandbox_owner",
        "record": 7,
        "instrument": "visit",
        "values": {"weight": 70, "smokes": None},
        "event": None,
        "keep": None,
    }
    assert post(action="save_form", data=json.dumps(data)).json() == {"record": "7", "warnings": [], "erased": []}
    assert clinic.row("7", fields="weight") == {"weight": "70"}


def test_any_text_can_be_typed(clinic: Project, admin: Administrator) -> None:
    text = "é '\"; DROP TABLE record; -- <script>\U0001f600\x01\n\t\\"
    admin.save_form(clinic.number, "sandbox_owner", "1", "outcome", {"note": text})
    assert clinic.row("1", fields="note") == {"note": text}
    admin.save_form(clinic.number, "sandbox_owner", "'); --", "outcome", {"note": ""})
    assert clinic.row("'); --", fields="note") == {"note": ""}


def test_the_page_takes_posts_only(sandbox: Sandbox) -> None:
    reply = requests.get(sandbox.url.replace("/api/", "/sandbox/admin"), timeout=10)
    assert reply.status_code == 501


def test_it_listens_on_the_one_loopback_address(sandbox: Sandbox) -> None:
    port = int(sandbox.url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        pass
    # Who listened on every address of this computer would be reached by this one, too.
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=2):  # noqa: PT011
        pass


# --- the client -----------------------------------------------------------------------------------------------------


def test_the_client_calls_every_action() -> None:
    tree = ast.parse(inspect.getsource(client))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"call", "_call"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert named == set(VERBS)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/api"])
def test_an_address_that_is_not_the_apis_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ends in /api/"):
        Administrator(url, SUPER_TOKEN)


def test_a_wrong_token_is_a_refusal(sandbox: Sandbox) -> None:
    with pytest.raises(Refusal) as why:
        Administrator(sandbox.url, "A" * 64).set_clock()
    assert why.value.status == 403


def test_the_client_waits_no_longer_than_it_is_told(receiver: Receiver) -> None:
    receiver.hold.clear()
    base = receiver.url.partition("det")[0]
    began = time.monotonic()
    with pytest.raises(requests.Timeout):
        Administrator(f"{base}api/", SUPER_TOKEN, timeout=0.5).set_clock()
    assert time.monotonic() - began < 5


def test_an_answer_that_is_no_json_is_a_refusal(receiver: Receiver) -> None:
    receiver.status = 500
    base = receiver.url.partition("det")[0]
    with pytest.raises(Refusal) as why:
        Administrator(f"{base}api/", SUPER_TOKEN).set_clock()
    assert why.value.status == 500


def test_a_body_over_the_servers_limit_is_a_refusal(tmp_path: Path) -> None:
    with serve(tmp_path, SUPER_TOKEN, body_limit=1000) as small:
        admin = Administrator(small.url, SUPER_TOKEN)
        with pytest.raises(Refusal, match="larger than 1,000 bytes") as why:
            admin.call("set_clock", now="x" * 2000)
        assert why.value.status == 413


def test_a_server_with_another_base_url_is_reached_where_it_is(tmp_path: Path, receiver: Receiver) -> None:
    base = "https://redcap.example.org/redcap/"
    with serve(tmp_path, SUPER_TOKEN, base_url=base) as sandbox:
        owner = new_project(sandbox, [{"field_name": "record_id", "form_name": "f", "field_type": "text"}])
        number = owner.json("project")["project_id"]
        admin = Administrator(sandbox.url, SUPER_TOKEN)
        admin.set_trigger(number, receiver.url)
        admin.set_up_survey(number, "f")
        assert admin.public_link(number).startswith(f"{base}surveys/?s=")
        admin.answer_survey(admin.public_link(number), {})
        admin.wait_for_triggers()
    assert receiver.last()["redcap_url"] == base
    assert receiver.last()["project_url"].startswith(f"{base}redcap_v")


def test_closing_does_not_wait_for_a_receiver_that_hangs(tmp_path: Path, receiver: Receiver) -> None:
    receiver.hold.clear()
    with serve(tmp_path, SUPER_TOKEN) as sandbox:
        owner = new_project(sandbox, [{"field_name": "record_id", "form_name": "f", "field_type": "text"}])
        number = owner.json("project")["project_id"]
        admin = Administrator(sandbox.url, SUPER_TOKEN)
        admin.set_trigger(number, receiver.url)
        for _ in range(3):
            admin.save_form(number, "sandbox_owner", "1", "f", {})
        began = time.monotonic()
    assert time.monotonic() - began < 4
    receiver.hold.set()
    time.sleep(0.2)
    assert len(receiver.posts) == 1
