"""The File Repository as a client sees it: against the sandbox, and against servers that answer otherwise."""

from __future__ import annotations

import pytest
from tests.redcap.conftest import RawServer, reply

from breakthrough.errors import AnswerUnreadable, Busy, Refused, Unreachable
from breakthrough.redcap.client import Client
from breakthrough.redcap.files import File, Folder, Listing
from breakthrough.redcap.pace import Hosts

JSON = "application/json"


def client(server: RawServer, token: str) -> Client:
    return Client(server.url, token, hosts=Hosts(sleep=lambda _: None))


def test_a_folder_for_a_group_is_made_and_a_file_put_into_it_and_read_back(project: Client) -> None:
    project.import_dags([{"data_access_group_name": "North", "unique_group_name": ""}])
    (group,) = project.dags()
    number = project.create_folder("Reports T001", int(group["data_access_group_id"]))
    assert project.repository() == Listing((Folder(number, "Reports T001", "north"),), ())
    content = bytes(range(256)) * 20
    for _ in range(2):
        project.put_file(number, "2026-03 team T001 r0.pdf", content)
    first, second = project.repository(number).files
    assert {first.name, second.name} == {"2026-03 team T001 r0.pdf"}
    assert [project.stored_file(one.number) for one in (first, second)] == [content, content]


def test_what_is_not_there_is_refused(project: Client) -> None:
    with pytest.raises(Refused, match="folder_id=99"):
        project.repository(99)
    with pytest.raises(Refused, match="doc_id=99"):
        project.stored_file(99)


def test_numbers_may_come_as_text_and_a_folder_without_a_group_has_none(server: RawServer, token: str) -> None:
    server.replies = [
        reply(
            200, JSON, b'[{"folder_id":"3","name":"a","role":"","dag":null},{"folder_id":"","doc_id":"7","name":"b"}]'
        )
    ]
    assert client(server, token).repository() == Listing((Folder(3, "a", ""),), (File(7, "b"),))


@pytest.mark.parametrize(
    "body",
    [b"<html>Log in</html>", b"", b'[{"doc_id":"x","name":"a"}]', b'[{"folder_id":1}]', b'{"doc_id":1}'],
    ids=["a page", "nothing", "no number", "no name", "no list"],
)
def test_a_listing_that_is_none_is_not_taken_for_an_empty_folder(server: RawServer, token: str, body: bytes) -> None:
    server.replies = [reply(200, JSON, body)]
    with pytest.raises(AnswerUnreadable):
        client(server, token).repository(1)


def test_an_upload_that_is_answered_by_a_page_is_not_taken_for_done(server: RawServer, token: str) -> None:
    server.replies = [reply(200, "text/html", b"<html>Maintenance</html>")]
    with pytest.raises(AnswerUnreadable):
        client(server, token).put_file(1, "a.html", b"x")


@pytest.mark.parametrize(("answer", "error"), [(reply(503, "text/html", b""), Busy), (None, Unreachable)])
def test_an_upload_is_never_sent_a_second_time(
    server: RawServer, token: str, answer: bytes | None, error: type[Exception]
) -> None:
    server.replies = [answer]
    hosts = Hosts(sleep=lambda _: None)
    with pytest.raises(error):
        Client(server.url, token, hosts=hosts, timeout=(5, 0.3)).put_file(1, "a.html", b"x")
    assert len(server.asked) == 1


def test_a_folder_is_never_asked_for_a_second_time(server: RawServer, token: str) -> None:
    server.replies = [reply(503, "text/html", b"")]
    with pytest.raises(Busy):
        client(server, token).create_folder("a", 1)
    assert len(server.asked) == 1
