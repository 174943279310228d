"""New projects by super token, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.redcap import small
from tests.redcap.conftest import RawServer, reply

from breakthrough.errors import AnswerUnreadable, Refused
from breakthrough.redcap import founding
from breakthrough.redcap.client import Client
from breakthrough.redcap.pace import Hosts
from breakthrough.settings import Secret
from redcap_sandbox import Sandbox, serve

TITLE = "Attendance: North & East"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with serve(tmp_path_factory.mktemp("sandbox"), small.SUPER) as running:
        yield running


def test_a_new_project_answers_to_the_token_that_was_given(sandbox: Sandbox) -> None:
    token = founding.create(sandbox.url, Secret(small.SUPER), TITLE, notes="Made by a test")
    info = Client(sandbox.url, token).info()
    assert (info["project_title"], info["purpose"], info["project_notes"]) == (TITLE, 3, "Made by a test")
    assert repr(token) == "<secret>"


def test_the_token_is_found_behind_what_a_server_says_before_it(server: RawServer) -> None:
    server.replies = [reply(200, "text/html", b"Notice: something is deprecated\n9A59B7DE35E3DE5A3D9F0B1C2D3E4F50")]
    token = founding.create(server.url, Secret(small.SUPER), TITLE)
    assert str.__str__(token) == "9A59B7DE35E3DE5A3D9F0B1C2D3E4F50"


@pytest.mark.parametrize(
    "answer",
    [reply(200, "text/html", b"<html>Maintenance</html>"), reply(200, "text/html", b""), None],
    ids=["a page", "nothing", "cut off"],
)
def test_a_project_is_never_asked_for_twice_and_a_lost_answer_says_where_to_look(
    server: RawServer, answer: bytes | None
) -> None:
    server.replies = [answer or b"HTTP/1.1 200 -\r\nContent-Length: 32\r\n\r\n9A59"]
    with pytest.raises(AnswerUnreadable, match="may have been created all the same") as lost:
        founding.create(server.url, Secret(small.SUPER), TITLE, hosts=Hosts(sleep=lambda _: None))
    assert len(server.asked) == 1
    assert TITLE in str(lost.value)
    assert small.SUPER not in str(lost.value)


def test_a_wrong_super_token_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(Refused):
        founding.create(sandbox.url, Secret("F" * 64), TITLE)
