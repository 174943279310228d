"""A report as a mail: its parts, its headers, and what nobody may smuggle into them."""

from __future__ import annotations

import dataclasses
import datetime as dt
import email
from email import policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import getaddresses

import pytest

from breakthrough.delivery import message
from breakthrough.errors import MailError
from breakthrough.reporting.values import Picture, Rendered

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
REPORT = Rendered(
    kind="team",
    subject_code="T003",
    month="2026-03",
    subject="Your team in March 2026",
    html='<p>Żory ≥ 3</p>\n.\n<img src="cid:ca_day" alt="below the line"><img src="cid:ramp" alt="two tests">'
    + "x" * 3000,
    text="Żory ≥ 3\n.\nFrom here\n",
    pictures=(Picture("ca_day", PNG, 560, 220, "below the line"), Picture("ramp", PNG[::-1], 560, 220, "two tests")),
    page="<html></html>",
)
NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
UNSUBSCRIBE = message.mailto(Address("Ros", addr_spec="ros@example.org"), "Unsubscribe: team report T003")
LONG_LIST = "t003.team.a-very-long-name-of-a-collaborative-that-somebody-chose-in-a-hurry.reports.example.org"


def build(
    rendered: Rendered = REPORT,
    *,
    recipient: Address | None = None,
    message_id: str = "<0123456789abcdef0123456789abcdef@reports.example.org>",
    list_id: str = LONG_LIST,
    unsubscribe: str = UNSUBSCRIBE,
    date: dt.datetime = NOON,
) -> bytes:
    return message.written(
        rendered,
        sender=Address("Attendance reports", addr_spec="reports@example.org"),
        recipient=recipient or Address("Rachel Green", addr_spec="rachel@example.org"),
        reply_to=Address("Whitfield, Ros", addr_spec="ros@example.org"),
        message_id=message_id,
        list_id=list_id,
        date=date,
        unsubscribe=unsubscribe,
    )


def wire(mail: bytes) -> Message:
    """The mail as the old parser reads it, which decodes nothing: what other programs get."""
    return email.message_from_bytes(mail, policy=policy.compat32)


def decoded(header: str) -> str:
    return str(make_header(decode_header(header.replace("\r\n", ""))))


def test_the_structure_is_text_and_page_side_by_side_with_the_charts_in_the_page() -> None:
    kinds = [part.get_content_type() for part in wire(build()).walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
    ]


def test_text_page_and_pictures_arrive_as_they_were() -> None:
    arrived = email.message_from_bytes(build(), policy=policy.default)
    text, page, first, second = [part for part in arrived.walk() if not part.is_multipart()]
    assert text.get_content().replace("\r\n", "\n") == REPORT.text
    assert page.get_content().replace("\r\n", "\n") == REPORT.html + "\n"
    assert [first.get_content(), second.get_content()] == [PNG, PNG[::-1]]
    assert [first["Content-ID"], second["Content-ID"]] == ["<ca_day>", "<ramp>"]
    assert first.get_content_disposition() == "inline"


def test_each_header_stands_once_and_says_what_it_must() -> None:
    mail = wire(build())
    assert {name: mail.get_all(name) for name in mail} == {
        "Date": ["Wed, 15 Apr 2026 12:00:00 +0000"],
        "Message-ID": ["<0123456789abcdef0123456789abcdef@reports.example.org>"],
        "From": ["Attendance reports <reports@example.org>"],
        "To": ["Rachel Green <rachel@example.org>"],
        "Reply-To": ['"Whitfield, Ros" <ros@example.org>'],
        "Subject": ["Your team in March 2026"],
        "Auto-Submitted": ["auto-generated"],
        "List-ID": [f"<{LONG_LIST}>"],
        "List-Unsubscribe": ["<mailto:ros@example.org?subject=Unsubscribe%3A%20team%20report%20T003>"],
        "MIME-Version": ["1.0"],
        "Content-Type": mail.get_all("Content-Type"),
    }


def test_a_long_unsubscribe_address_stays_raw_on_one_line() -> None:
    # The standard policy makes =?utf-8?q?=3Chttps=3A…?= of it, and no mail program shows the link then.
    link = "https://reports.example.org/unsubscribe/" + "a1b2" * 100
    mail = build(unsubscribe=link)
    assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in mail
    standard = EmailMessage(policy=policy.SMTP)
    standard["List-Unsubscribe"] = f"<{link}>"
    assert b"=?utf-8?q?" in standard.as_bytes(), "the trap is gone: the policy could be simplified"


def test_equal_mails_are_equal_byte_for_byte_and_others_have_other_boundaries() -> None:
    assert build() == build()
    first, second = wire(build()), wire(build(message_id="<other@reports.example.org>"))
    assert first.get_boundary() != second.get_boundary()
    assert len({part.get_boundary() for part in wire(build()).walk() if part.is_multipart()}) == 2


def test_no_line_is_longer_than_smtp_allows_and_all_of_it_is_ascii() -> None:
    content = build(recipient=Address("Łukasz " * 14, addr_spec="a@b.org"))
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("Ward, A&E <North>", id="comma and angle brackets"),
        pytest.param('Jo "the list" O\\Neil', id="quotes and backslash"),
        pytest.param(
            "Wardlaw-Featherstonehaugh, Anastasia of the Northern Attendance Partnership, Board, evil@x.org",
            id="long, with commas: the standard policy makes several recipients of it",
        ),
        pytest.param("Żółć, Ångström and the very long Öffentlichkeitsarbeit department, München", id="beyond ASCII"),
        pytest.param("=?utf-8?q?evil=40x=2Eorg?=", id="poses as an encoded word"),
        pytest.param("李雷 👩🏽‍🏫", id="beyond the basic plane"),
        pytest.param("J. R. O'Neil (she/her)", id="dots, apostrophe, brackets"),
        pytest.param("", id="none"),
    ],
)
def test_a_name_arrives_as_it_was_and_never_becomes_an_address(name: str) -> None:
    header = wire(build(recipient=Address(name, addr_spec="rachel@example.org")))["To"]
    found = getaddresses([header.replace("\r\n", "")])
    assert [(decoded(words), address) for words, address in found] == [(name, "rachel@example.org")]


@pytest.mark.parametrize(
    "subject",
    [
        "Żółć March 2026: what your team's month shows, München – a long subject with ø and ≥ signs all over",
        "Plain words that go on and on, well beyond the seventy-eight columns that a line of a header should have",
        "=?utf-8?q?not_what_it_seems?=",
        "=?utf-8?q?March=0D=0ABcc:_evil=40x=2Eorg?=",
    ],
)
def test_a_subject_arrives_as_it_was(subject: str) -> None:
    header = wire(build(dataclasses.replace(REPORT, subject=subject)))["Subject"]
    assert decoded(header) == subject


@pytest.mark.parametrize("sign", ["\r\n", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\x00"])
def test_a_subject_that_would_begin_another_header_is_refused(sign: str) -> None:
    with pytest.raises(MailError, match="subject holds a line break"):
        build(dataclasses.replace(REPORT, subject=f"March{sign}Bcc: evil@x.org"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"message_id": "<a@b.org>\r\nBcc: evil@x.org"}, "Message-ID"),
        ({"message_id": "a@b.org"}, "Message-ID"),
        ({"list_id": "no-dot"}, "List-ID"),
        ({"list_id": "t003.team\r\nBcc: evil@x.org"}, "List-ID"),
        ({"unsubscribe": "mailto:a@b.org>, <mailto:evil@x.org"}, "unsubscribe"),
        ({"unsubscribe": "javascript:alert(1)"}, "unsubscribe"),
        ({"date": dt.datetime(2026, 4, 15, 12, 0)}, "time zone"),  # noqa: DTZ001 (naive on purpose)
    ],
)
def test_what_could_be_read_as_more_than_it_says_is_refused(change: dict[str, object], why: str) -> None:
    with pytest.raises(MailError, match=why):
        build(**change)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rendered",
    [
        pytest.param(dataclasses.replace(REPORT, pictures=REPORT.pictures[:1]), id="a picture is missing"),
        pytest.param(dataclasses.replace(REPORT, html="<p>no picture named</p>"), id="a picture is not named"),
        pytest.param(
            dataclasses.replace(REPORT, pictures=REPORT.pictures + REPORT.pictures[:1]), id="one stands twice"
        ),
        pytest.param(
            dataclasses.replace(
                REPORT, html='<img src="cid:a b">', pictures=(Picture("a>\r\nBcc: evil@x.org", PNG, 1, 1, ""),)
            ),
            id="a name that would begin another header",
        ),
    ],
)
def test_a_page_and_its_pictures_must_fit(rendered: Rendered) -> None:
    with pytest.raises(MailError, match="picture"):
        build(rendered)


def test_a_report_without_charts_has_no_related_part() -> None:
    plain = dataclasses.replace(REPORT, html="<p>words</p>", pictures=())
    assert [part.get_content_type() for part in wire(build(plain)).walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
