"""A report and a recipient become an item of the outbox."""

from __future__ import annotations

import datetime as dt
import email
import hashlib
from email import policy
from pathlib import Path

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.delivery import compose
from breakthrough.delivery.compose import Letterhead
from breakthrough.delivery.key import Key
from breakthrough.errors import MailError
from breakthrough.month import Month
from breakthrough.reporting.values import Rendered
from breakthrough.settings import Mail

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
REPORT = Rendered("team", "T003", "2026-03", "Your team in March 2026", "<p>words</p>", "words", (), "<html></html>")


@pytest.fixture
def head(root: Path) -> Letterhead:
    collaborative = collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    mail = Mail(host="mail.example.org", sender="Attendance reports <reports@Example.org>")
    return compose.letterhead(mail, collaborative)


def key(address: str) -> Key:
    return Key("absenteeism", "team", "T003", Month("2026-03"), 0, address)


def test_the_item_carries_the_mail_with_the_headers_of_its_key_and_collaborative(head: Letterhead) -> None:
    item = compose.item(REPORT, key("Eva@münchen.example"), "Ward, Eva", "Eva@münchen.example", head, NOON)
    mail = email.message_from_bytes(item.payload, policy=policy.default)
    digest = hashlib.sha256(b"absenteeism/team/T003/2026-03/r0/eva@xn--mnchen-3ya.example").hexdigest()[:32]
    assert item.recipient == "Eva@xn--mnchen-3ya.example"
    assert item.message_id == mail["Message-ID"] == f"<{digest}@example.org>"
    assert mail["To"] == '"Ward, Eva" <Eva@xn--mnchen-3ya.example>'
    assert mail["Reply-To"] == "Ros Whitfield <ros.whitfield@collaborative.example.org>"
    assert mail["List-ID"] == "<t003.team.north-east-attendance-collaborative.example.org>"
    assert mail["List-Unsubscribe"] == (
        "<mailto:ros.whitfield@collaborative.example.org?subject=Unsubscribe%3A%20team%20report%20T003>"
    )


def test_the_same_report_to_the_same_person_is_the_same_mail_byte_for_byte(head: Letterhead) -> None:
    first, second = (compose.item(REPORT, key("a@b.org"), "A", "a@b.org", head, NOON) for _ in range(2))
    assert first == second
    assert first.payload != compose.item(REPORT, key("c@b.org"), "A", "c@b.org", head, NOON).payload


@pytest.mark.parametrize(
    ("name", "address", "why"),
    [
        ("Rachel", "rachel@example.org, evil@x.org", "An address on the roster cannot be written to"),
        ("Rachel\r\nBcc: evil@x.org", "rachel@example.org", "A name on the roster holds a line break"),
    ],
)
def test_somebody_who_cannot_be_written_to_is_refused_and_stops_nobody_else(
    head: Letterhead, name: str, address: str, why: str
) -> None:
    item = compose.item(REPORT, key(address), name, address, head, NOON)
    assert (item.payload, item.unusable.startswith(why)) == (b"", True)
    assert "rachel" not in item.unusable.lower()
    assert "evil" not in item.unusable


def test_a_sender_that_is_not_one_address_is_refused_before_anything_is_made(root: Path) -> None:
    collaborative = collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    with pytest.raises(MailError, match=r"mail\.sender"):
        compose.letterhead(Mail(host="mail.example.org", sender="a@b.org, c@d.org"), collaborative)


def test_a_name_becomes_one_label_of_a_dotted_name() -> None:
    assert compose.slug("North East — Attendance, 2025/26!") == "north-east-attendance-2025-26"
    assert compose.slug("学校") == "collaborative"
    assert len(compose.slug("x" * 200)) == 63
