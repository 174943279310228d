"""The demonstration's mail server: every message becomes a file, whatever it claims to be."""

from __future__ import annotations

import smtplib
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from breakthrough.demo.postbox import Postbox


def post(box: Postbox, *, list_id: str = "<t003.team.absenteeism.example.org>", to: str = "rachel.green@b.org") -> None:
    with smtplib.SMTP(box.host, box.port, local_hostname="localhost", timeout=5) as client:
        client.sendmail("reports@b.org", [to], f"List-ID: {list_id}\r\nSubject: March\r\n\r\nHello\r\n")


def test_a_message_is_a_file_that_says_which_it_is(tmp_path: Path) -> None:
    with Postbox(tmp_path / "inbox") as box:
        post(box)
        post(box, list_id="<c1.coach.absenteeism.example.org>", to="juno@b.org")
        names = [path.name for path in box.messages]
    assert names == ["0001-team-T003-rachel-green.eml", "0002-coach-c1-juno.eml"]
    mail = message_from_bytes((tmp_path / "inbox" / names[0]).read_bytes(), policy=policy.default)
    assert (mail["Subject"], mail.get_content().strip()) == ("March", "Hello")


def test_numbers_go_on_from_the_messages_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "0041-team-T001-a.eml").write_bytes(b"")
    (tmp_path / "notes.txt").write_bytes(b"")
    with Postbox(tmp_path) as box:
        post(box)
        assert [path.name for path in box.messages][-1] == "0042-team-T003-rachel-green.eml"


@pytest.mark.parametrize(
    ("list_id", "to", "name"),
    [
        ("<../../etc/passwd>", "rachel@b.org", "0001-rachel.eml"),
        ("", "..@b.org", None),
        ("<t003.team.x>", '"../../a b"@b.org', None),
        ("<x>", "rachel@b.org", "0001-x-rachel.eml"),
        ("<" + "y" * 500 + ".team.x>", "r" * 64 + "@b.org", f"0001-team-{'y' * 40}-{'r' * 40}.eml"),
    ],
)
def test_a_file_name_holds_letters_digits_and_hyphens_alone(
    tmp_path: Path, list_id: str, to: str, name: str | None
) -> None:
    with Postbox(tmp_path / "inbox") as box:
        try:
            post(box, list_id=list_id, to=to)
        except smtplib.SMTPRecipientsRefused:
            assert name is None
            assert box.messages == ()
            return
        (path,) = box.messages
    assert path.parent == tmp_path / "inbox"
    assert path.name.replace("-", "").replace(".eml", "").isalnum()
    assert name in {None, path.name}


def test_it_listens_on_this_computer_alone_and_ends_with_its_block(tmp_path: Path) -> None:
    with Postbox(tmp_path) as box:
        assert box.host == "127.0.0.1"
        port = box.port
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.1", port, local_hostname="localhost", timeout=5)
