"""A mail server that takes several commands at once, and what happens when it says no to one of them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from breakthrough.delivery import smtp
from breakthrough.settings import Mail

TEXT = b"Subject: March\r\n\r\nHello\r\n"
ENVELOPE = b"MAIL FROM:<reports@example.org>\r\nRCPT TO:<rachel@example.org>\r\nDATA\r\n"


@contextmanager
def scripted(*sessions: list[bytes], goes: bool = False) -> Iterator[tuple[smtp.Connection, list[list[bytes]]]]:
    """A connection to a server that says so in each session in turn, and what it was told before each answer.

    The end of a session's answers ends the session: once the client has said something more, or where it `goes`, at once.
    """
    told: list[list[bytes]] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            for answers in sessions:
                with listening.accept()[0] as client:
                    client.settimeout(5)
                    client.sendall(b"220 here\r\n")
                    client.recv(65536)
                    client.sendall(b"250-here\r\n250 PIPELINING\r\n")
                    told.append([])
                    for each in answers if goes else [*answers, b""]:
                        told[-1].append(client.recv(65536))
                        client.sendall(each)

        thread = threading.Thread(target=answer)
        thread.start()
        mail = Mail.model_validate(
            {
                "host": "127.0.0.1",
                "port": listening.getsockname()[1],
                "security": "none",
                "sender": "reports@example.org",
            }
        )
        with smtp.connect(mail) as connection:
            yield connection, told
        thread.join()


def test_sender_reader_and_text_are_asked_for_in_one_go_and_the_text_waits_for_the_answers() -> None:
    with scripted([b"250 ok\r\n250 ok\r\n354 go on\r\n", b"250 2.0.0 taken\r\n"]) as (connection, told):
        assert connection.send("rachel@example.org", TEXT) == smtp.Outcome("accepted", "250 2.0.0")
    assert told == [[ENVELOPE, TEXT + b".\r\n", b"quit\r\n"]]


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        (b"250 ok\r\n550 5.1.1 unknown\r\n354 go on\r\n", ("permanent", "refused for good at RCPT: 550 5.1.1")),
        (b"451 4.3.0 later\r\n503 no\r\n354 go on\r\n", ("temporary", "put off at MAIL: 451 4.3.0")),
    ],
)
def test_a_server_that_wants_the_text_although_it_said_no_gets_none_and_loses_the_session(
    answers: bytes, outcome: tuple[str, str]
) -> None:
    # a command would be the text's first line to it, and an empty text may be delivered
    fine = [b"250 ok\r\n250 ok\r\n354 go on\r\n", b"250 2.0.0 taken\r\n"]
    with scripted([answers], fine) as (connection, told):
        found = connection.send("rachel@example.org", TEXT)
        assert (found.kind, found.note) == outcome
        assert connection.send("rachel@example.org", TEXT).kind == "accepted"
    assert told == [[ENVELOPE, b""], [ENVELOPE, TEXT + b".\r\n", b"quit\r\n"]]


def test_a_server_that_says_no_and_goes_has_said_no() -> None:
    with scripted([b"250 ok\r\n450 4.2.1 busy\r\n"], goes=True) as (connection, told):
        found = connection.send("rachel@example.org", TEXT)
    assert (found.kind, found.note) == ("temporary", "put off at RCPT: 450 4.2.1")
    assert told == [[ENVELOPE]]


def test_an_address_with_a_line_break_reaches_no_server() -> None:
    with scripted([]) as (connection, told), pytest.raises(ValueError, match="line break"):
        connection.send("[\r\nRCPT TO:", TEXT)
    assert told == [[b"quit\r\n"]]
