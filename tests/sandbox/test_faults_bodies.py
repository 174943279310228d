"""Faults of an answer's body: cut, stalled, in the wrong encoding."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from requests.exceptions import ChunkedEncodingError
from tests.sandbox.conftest import Api, MakeProject, field
from tests.sandbox.faulty import Break, breaking, raw

from redcap_sandbox import Sandbox
from redcap_sandbox.faults.kinds import Charset, Cut, Stall

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


# `metadata` comes whole, `record` in chunks.
BOTH = pytest.mark.parametrize("content", ["metadata", "record"])


@BOTH
@pytest.mark.parametrize("cut", [{"keep_bytes": 20}, {"lose_bytes": 3}], ids=["keep", "lose"])
@pytest.mark.parametrize("announced", ["whole", "chunks"])
def test_a_client_notices_a_cut_where_more_was_announced(
    owner: Api, breaks: Break, content: str, cut: dict[str, int], announced: str
) -> None:
    breaks(Cut(**cut, announced=announced))  # type: ignore[arg-type]
    with pytest.raises(ChunkedEncodingError):
        owner.call(content, format="csv")


def test_a_whole_body_that_is_cut_announces_its_whole_length(owner: Api, breaks: Break) -> None:
    whole = owner.call("metadata", format="csv").content
    breaks(Cut(lose_bytes=3))
    head, _, body = raw(owner, "metadata", format="csv").partition(b"\r\n\r\n")
    assert body == whole[:-3]
    assert f"Content-Length: {len(whole)}".encode() in head


def test_a_body_in_chunks_that_is_cut_lacks_the_last_chunk(owner: Api, breaks: Break) -> None:
    breaks(Cut(keep_bytes=9, announced="chunks"))
    _, _, body = raw(owner, "metadata", format="csv").partition(b"\r\n\r\n")
    assert body == b"9\r\nfield_nam\r\n"


@BOTH
@pytest.mark.parametrize("announced", ["nothing", "sent"])
@pytest.mark.parametrize(("cut", "end"), [({"keep_bytes": 20}, 20), ({"lose_bytes": 3}, -3)], ids=["keep", "lose"])
def test_a_client_cannot_notice_a_cut_where_nothing_more_was_announced(
    owner: Api, breaks: Break, content: str, announced: str, cut: dict[str, int], end: int
) -> None:
    whole = owner.call(content, format="csv").content
    breaks(Cut(**cut, announced=announced))  # type: ignore[arg-type]
    reply = owner.call(content, format="csv")
    assert reply.content == whole[:end]
    assert reply.headers.get("Content-Length") == (str(len(whole[:end])) if announced == "sent" else None)


@BOTH
def test_a_body_that_is_shorter_than_the_cut_stays_whole(owner: Api, breaks: Break, content: str) -> None:
    whole = owner.call(content, format="csv").content
    breaks(Cut(keep_bytes=len(whole)))
    assert owner.call(content, format="csv").content == whole


def test_a_cut_may_leave_nothing(owner: Api, breaks: Break) -> None:
    breaks(Cut(keep_bytes=0, announced="sent"))
    assert owner.call("record", format="csv").content == b""
    breaks(Cut(lose_bytes=10**6, announced="sent"))
    assert owner.call("record", format="csv").content == b""


def test_a_cut_through_a_large_export_keeps_exactly_its_beginning(owner: Api, breaks: Break) -> None:
    owner.save(*({"record_id": str(number), "town": "x" * 50} for number in range(1, 4001)))
    whole = owner.call("record", format="json").content
    assert len(whole) > 3 * 64 * 1024
    for cut, end in (
        (Cut(keep_bytes=150_000, announced="nothing"), 150_000),
        (Cut(lose_bytes=70_000, announced="nothing"), -70_000),
    ):
        breaks(cut)
        assert owner.call("record", format="json").content == whole[:end]


def test_without_a_charset_a_client_guesses_wrong(owner: Api, breaks: Break) -> None:
    breaks(Charset(header="none"))
    reply = owner.call("record", format="csv", fields="town")
    assert reply.headers["Content-Type"] == "text/csv"
    assert reply.text == "town\ndÃ©jÃ\xa0\ndÃ©jÃ\xa0\n"


def test_a_body_can_be_in_another_encoding_than_its_header_says(owner: Api, breaks: Break) -> None:
    owner.save({"record_id": "3", "town": "Łódź"})
    breaks(Charset(body="latin-1"))
    reply = owner.call("record", format="csv", fields="town")
    assert reply.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert reply.content == b"town\nd\xe9j\xe0\nd\xe9j\xe0\n?\xf3d?\n"


def test_a_header_can_claim_another_encoding_than_the_body_has(owner: Api, breaks: Break) -> None:
    breaks(Charset(header="iso-8859-1"))
    reply = owner.call("record", format="csv", fields="town")
    assert reply.headers["Content-Type"] == "text/csv; charset=iso-8859-1"
    assert reply.content.decode() == "town\ndéjà\ndéjà\n"


def test_a_body_can_begin_with_a_byte_order_mark(owner: Api, breaks: Break) -> None:
    breaks(Charset(body="utf-8-sig"))
    assert owner.call("record", format="json", fields="record_id").content == (
        b'\xef\xbb\xbf[{"record_id":"1"},{"record_id":"2"}]'
    )


@BOTH
def test_a_server_that_stalls_sends_the_beginning_then_nothing_for_so_long_and_hangs_up(
    owner: Api, breaks: Break, content: str
) -> None:
    breaks(Stall(after_bytes=9, seconds=0.4))
    began = time.monotonic()
    head, _, body = raw(owner, content, format="csv").partition(b"\r\n\r\n")
    assert 0.4 <= time.monotonic() - began < 3
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert body == {"metadata": b"field_nam", "record": b"9\r\nrecord_id\r\n"}[content]


def test_a_client_notices_a_body_that_stalled(owner: Api, breaks: Break) -> None:
    breaks(Stall(seconds=0))
    with pytest.raises(ChunkedEncodingError):
        owner.call("metadata", format="csv")
