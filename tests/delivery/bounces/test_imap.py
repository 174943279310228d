"""A mailbox over IMAP, as a server of a few lines has it: always encrypted, each message once, refusals in our words."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from tests.delivery.answering import Certificate, made

from breakthrough.delivery.bounces import imap
from breakthrough.errors import MailRefused, MailUnreachable
from breakthrough.settings import Imap, Secret


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return made(tmp_path_factory.mktemp("imap"), "IP:127.0.0.1")


@dataclass
class Mailbox:
    """What the server holds under its UIDs, and those that were flagged Seen; `said` is what it was asked."""

    messages: dict[int, bytes]
    seen: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, line: str) -> bytes:
        tag, command, *rest = line.split(" ", 2)
        words = rest[0] if rest else ""
        self.said.append(f"{command} {words}")
        done = f"{tag} OK done\r\n".encode()
        if command == "LOGIN" and words != 'worker "s3cret"':
            return f"{tag} NO [AUTHENTICATIONFAILED] {words}\r\n".encode()
        if command == "SELECT" and words != '"Bounces"':
            return f"{tag} NO no such mailbox\r\n".encode()
        if words.startswith("SEARCH"):
            unseen = " ".join(str(uid) for uid in self.messages if uid not in self.seen)
            return f"* SEARCH {unseen}\r\n".encode() + done
        if found := re.match(r"FETCH (\d+)", words):
            content = self.messages[int(found[1])]
            return f"* 1 FETCH (UID {found[1]} BODY[]<0> {{{len(content)}}}\r\n".encode() + content + b")\r\n" + done
        if found := re.match(r"STORE (\d+) \+FLAGS.SILENT \(\\Seen\)", words):
            self.seen.add(int(found[1]))
        if command == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n" + done
        return (b"* BYE\r\n" if command == "LOGOUT" else b"") + done


@contextmanager
def serving(box: Mailbox, certificate: Certificate, sessions: int = 1) -> Iterator[Imap]:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for _ in range(sessions):
                client, _address = listening.accept()
                try:
                    with certificate.context().wrap_socket(client, server_side=True) as line:
                        line.sendall(b"* OK ready\r\n")
                        for asked in line.makefile("rb"):
                            line.sendall(box.answer(asked.decode().strip()))
                            if b"LOGOUT" in asked:
                                break
                except (ssl.SSLError, ConnectionError):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        port = listening.getsockname()[1]
        yield Imap(
            host="127.0.0.1",
            port=port,
            user="worker",
            password="env:IMAP",
            folder="Bounces",
            ca_bundle=str(certificate.path),
        )
        thread.join()


def test_each_unread_message_is_read_once_and_flagged_after(certificate: Certificate) -> None:
    box = Mailbox({7: b"Subject: one\r\n\r\n", 9: b"Subject: two\r\n\r\n", 11: b"x"}, seen={11})
    with serving(box, certificate, 2) as settings:
        with imap.opened(settings, Secret("s3cret"), 5) as found:
            for name, content in found.unread():
                assert content == box.messages[int(name)]
                assert int(name) not in box.seen  # reading alone flags nothing, or a crash would lose it
                found.done(name)
        with imap.opened(settings, Secret("s3cret"), 5) as found:
            assert list(found.unread()) == []
    assert box.seen == {7, 9, 11}


def test_a_wrong_password_is_refused_and_appears_nowhere(certificate: Certificate) -> None:
    with (
        serving(Mailbox({}), certificate) as settings,
        pytest.raises(MailRefused, match="refused the login") as refused,
        imap.opened(settings, Secret("another-word"), 5),
    ):
        pass
    assert "another-word" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_folder_that_is_not_there_is_named(certificate: Certificate) -> None:
    with serving(Mailbox({}), certificate) as settings:
        other = settings.model_copy(update={"folder": "Elsewhere"})
        with pytest.raises(MailRefused, match=r"no folder 'Elsewhere'"), imap.opened(other, Secret("s3cret"), 5):
            pass


def test_a_certificate_that_is_not_trusted_gets_no_password(certificate: Certificate) -> None:
    box = Mailbox({})
    with serving(box, certificate) as settings:
        other = settings.model_copy(update={"ca_bundle": None})
        with pytest.raises(MailRefused, match="cannot be trusted"), imap.opened(other, Secret("s3cret"), 5):
            pass
    assert box.said == []


def test_nobody_there_is_to_be_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = Imap(host="127.0.0.1", port=port, user="worker", password="env:IMAP")
    with pytest.raises(MailUnreachable, match="does not answer"), imap.opened(settings, Secret("x"), 5):
        pass
