"""What comes back: real bounces of a real mail server, those of other servers, hostile ones; and what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.delivery.exim import PASSWORD, Exim

from breakthrough.delivery import outbox, smtp, suppressions, unsubscribe
from breakthrough.delivery.bounces import maildir, notice, settle
from breakthrough.delivery.bounces.notice import Notice
from breakthrough.delivery.bounces.settle import Read
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import SettingInvalid
from breakthrough.month import Month
from breakthrough.settings import Secret
from breakthrough.store import Store

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
KEY = Secret("a secret that signs")
RACHEL = "rachel@example.net"


def key(address: str = RACHEL, report: str = "team") -> Key:
    return Key("absenteeism", report, "T003", Month("2026-03"), 0, address)


def mail(address: str) -> Item:
    identifier = key(address).message_id("example.org")
    head = f"From: reports@example.org\r\nTo: {address}\r\nSubject: March\r\nMessage-ID: {identifier}\r\n"
    return Item(key(address), address, identifier, f"{head}\r\nHello\r\n".encode())


class Taken:
    """A server that takes everything."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        return Outcome("accepted", "250")


@pytest.fixture
def sent(store: Store) -> Store:
    """A store from which Rachel got a mail."""
    outbox.enqueue(store, [mail(RACHEL)], NOON)
    outbox.send_due(store, Taken, lambda: NOON)
    return store


@dataclass
class Pile:
    """Messages in memory; those done with are named."""

    messages: list[bytes]
    read: list[str] = field(default_factory=list)

    def unread(self) -> Iterator[tuple[str, bytes]]:
        yield from ((str(number), content) for number, content in enumerate(self.messages))

    def done(self, name: str) -> None:
        self.read.append(name)


def bounced(
    *,
    final: str = RACHEL,
    status: str = "5.1.1",
    action: str = "failed",
    about: str = "",
    to: str = "bounces@example.org",
    diagnosis: str = "",
    head: str = "",
    prose: str = "It failed.",
    returned: str = "text/rfc822-headers",
) -> bytes:
    """A bounce as RFC 3464 has it. `about` is the Message-ID of the mail that it returns."""
    told = f"Diagnostic-Code: smtp; {diagnosis}\n" if diagnosis else ""
    return f"""\
Return-Path: <>
To: {to}
From: MAILER-DAEMON@mail.example.net
Subject: Undelivered
Auto-Submitted: auto-replied
MIME-Version: 1.0
{head}Content-Type: multipart/report; report-type=delivery-status; boundary="XX"

--XX
Content-Type: text/plain

{prose}
--XX
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.net

Final-Recipient: rfc822; {final}
Action: {action}
Status: {status}
{told}
--XX
Content-Type: {returned}

Message-ID: {about or key().message_id("example.org")}
Subject: March

--XX--
""".encode()


def suppressed(store: Store) -> list[tuple[str, str, str, str]]:
    with store.read() as connection:
        return [(one.address, one.report, one.reason, one.note) for one in suppressions.of(connection, "absenteeism")]


def why_not(store: Store, of: Key, address: str) -> str:
    with store.read() as connection:
        return suppressions.why_not(connection, of, address)


@pytest.mark.parametrize("verp", [True, False])
def test_a_real_bounce_comes_back_is_matched_and_no_more_mail_goes_there(exim: Exim, store: Store, verp: bool) -> None:
    name = f"late.{int(verp)}"
    outbox.enqueue(store, [mail(f"{name}@example.net")], NOON)
    settings = exim.mail(bounce="bounces@example.org", verp=verp)
    assert outbox.send_due(store, lambda: smtp.connect(settings, PASSWORD), lambda: NOON).sent == 1

    back = exim.bounce(f"{name}@example.net")
    digest = key(f"{name}@example.net").message_id("example.org")[1:33]
    assert back["Envelope-to"] == (f"bounces+{digest}@example.org" if verp else "bounces@example.org")

    assert settle.empty(store, maildir.Box(exim.bounces), NOON).hard == 1
    assert suppressed(store) == [(f"{name}@example.net", "", "bounced", "5.1.1")]
    assert outbox.listing(store)[0].note == "came back for good: 5.1.1"
    assert settle.empty(store, maildir.Box(exim.bounces), NOON) == Read()  # each once
    assert "Correct the address in REDCap" in why_not(store, key(), f"{name.upper()}@Example.net")
    assert why_not(store, key(), "rachel.corrected@example.net") == ""


def test_a_real_bounce_of_a_full_mailbox_and_of_one_behind_a_group_suppresses_nobody(exim: Exim, store: Store) -> None:
    outbox.enqueue(store, [mail("crammed@example.net"), mail("group@example.net")], NOON)
    settings = exim.mail(bounce="bounces@example.org", verp=True)
    outbox.send_due(store, lambda: smtp.connect(settings, PASSWORD), lambda: NOON)
    exim.bounce("crammed@example.net")
    exim.bounce("late.member@example.net")

    done = settle.empty(store, maildir.Box(exim.bounces), NOON)

    assert (done.hard, done.soft, done.nothing) == (0, 1, 1)
    assert suppressed(store) == []
    assert {one.recipient: one.note for one in outbox.listing(store)}["crammed@example.net"] == "came back: 5.2.2"


@pytest.mark.parametrize(
    ("status", "diagnosis", "hard"),
    [
        ("5.1.1", "", True),  # no such mailbox
        ("5.1.2", "", True),  # no such domain
        ("5.1.10", "", True),  # a domain that takes no mail
        ("5.2.1", "", True),  # disabled
        ("5.0.0", "", True),
        ("5.0.0", "552 5.2.2 mailbox full", False),  # the server's words are more precise
        ("5.0.0", "550 5.1.1 unknown", True),
        ("5.2.2", "", False),  # full
        ("5.2.3", "", False),  # too long for it
        ("5.7.1", "", False),  # looks like spam: the sender's trouble
        ("5.1.8", "", False),  # the sender's own address
        ("5.4.4", "", False),  # no route: may pass
        ("4.1.1", "", False),
        ("4.4.7", "", False),  # gave up
    ],
)
def test_hard_is_what_will_never_arrive(sent: Store, status: str, diagnosis: str, hard: bool) -> None:
    settle.empty(sent, Pile([bounced(status=status, diagnosis=diagnosis)]), NOON)
    assert [address for address, *_ in suppressed(sent)] == ([RACHEL] if hard else [])


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(bounced(about="<" + "0" * 32 + "@example.org>"), id="about a mail that was never sent"),
        pytest.param(bounced(about="<x@y>"), id="about nobody's mail"),
        pytest.param(bounced(final="someone.else@example.net"), id="about another reader than the mail had"),
        pytest.param(bounced(action="delayed"), id="only late"),
        pytest.param(bounced(action="delivered", status="2.0.0"), id="delivered"),
        pytest.param(bounced(status="no such thing"), id="no status"),
        pytest.param(bounced(head="X-Failed-Recipients: behind@example.net\n"), id="one behind a forwarder failed"),
        pytest.param(
            bounced().replace(b"Return-Path: <>", b"Return-Path: <someone@example.net>"), id="a person sent it"
        ),
        pytest.param(bounced().replace(b"delivery-status;", b"disposition-notification;"), id="a receipt"),
        pytest.param(bounced().replace(b"multipart/report", b"multipart/mixed"), id="looks like one, is none"),
        pytest.param(b"Subject: Out of office\nAuto-Submitted: auto-replied\n\nBack on Monday\n", id="out of office"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_what_is_no_bounce_of_that_mail_to_that_reader_changes_nothing(sent: Store, content: bytes) -> None:
    pile = Pile([content])
    done = settle.empty(sent, pile, NOON)
    assert (done.hard, done.soft, done.nothing, pile.read) == (0, 0, 1, ["0"])
    assert suppressed(sent) == []


def test_a_mail_that_still_waits_cannot_have_come_back(store: Store) -> None:
    outbox.enqueue(store, [mail(RACHEL)], NOON)
    settle.empty(store, Pile([bounced()]), NOON)
    assert suppressed(store) == []


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
def test_the_mail_is_known_by_its_returned_headers_or_by_the_address_it_came_back_to(
    sent: Store, returned: str
) -> None:
    digest = key().message_id("example.org")[1:33]
    by_address = bounced(about="<x@y>", to=f"bounces+{digest}@example.org")
    assert notice.read(by_address).about == {digest}
    assert notice.read(bounced(returned=returned)).about == {digest}
    settle.empty(sent, Pile([by_address]), NOON)
    assert suppressed(sent) == [(RACHEL, "", "bounced", "5.1.1")]


def test_a_crash_between_the_row_and_the_mark_settles_the_message_again_and_changes_nothing(sent: Store) -> None:
    class Torn(Pile):
        def done(self, name: str) -> None:
            raise OSError(name)

    with pytest.raises(OSError, match="0"):
        settle.empty(sent, Torn([bounced()]), NOON)
    with sent.begin() as connection:
        (found,) = suppressions.of(connection, "absenteeism", untold=True)
        suppressions.told(connection, found, NOON)
    settle.empty(sent, Pile([bounced()]), NOON + dt.timedelta(hours=1))
    with sent.read() as connection:
        assert [(one.since, one.told_at) for one in suppressions.of(connection, "absenteeism")] == [(NOON, NOON)]
        assert suppressions.of(connection, "absenteeism", untold=True) == ()


def test_a_suppression_that_is_lifted_lets_mail_go_again(sent: Store) -> None:
    settle.empty(sent, Pile([bounced()]), NOON)
    with sent.begin() as connection:
        assert suppressions.lift(connection, "absenteeism", RACHEL.upper()) == 1
        assert suppressions.lift(connection, "absenteeism", RACHEL) == 0
    assert why_not(sent, key(), RACHEL) == ""


def test_a_mail_that_asks_for_no_more_takes_that_address_off_that_report_alone(sent: Store) -> None:
    token = unsubscribe.token(KEY, "absenteeism", "team", "T003", RACHEL)
    done = settle.empty(sent, Pile([f"Subject: unsubscribe\n {token}\n\n".encode()]), NOON, KEY)
    assert done.unsubscribed == 1
    assert suppressed(sent) == [(RACHEL, "team", "unsubscribed", "")]
    assert "unsubscribed" in why_not(sent, key(), RACHEL)
    assert why_not(sent, key(report="coach"), RACHEL) == ""


@pytest.mark.parametrize("head", ["Auto-Submitted: auto-replied\n", "X: y\n"])
def test_a_robots_answer_or_a_forged_token_unsubscribes_nobody(sent: Store, head: str) -> None:
    of = KEY if "auto" in head else Secret("another")
    token = unsubscribe.token(of, "absenteeism", "team", "T003", RACHEL)
    settle.empty(sent, Pile([f"{head}Subject: unsubscribe {token}\n\n".encode()]), NOON, KEY)
    assert suppressed(sent) == []


def test_a_message_read_from_a_maildir_is_moved_with_the_flag_seen_and_keeps_its_bytes(tmp_path: Path) -> None:
    for part in ("new", "cur", "tmp"):
        (tmp_path / part).mkdir()
    (tmp_path / "new" / "1.a").write_bytes(b"one")
    (tmp_path / "cur" / "2.b:2,F").write_bytes(b"two")
    (tmp_path / "cur" / "3.c:2,S").write_bytes(b"read before")
    box = maildir.Box(tmp_path)
    found = list(box.unread())
    assert [content for _, content in found] == [b"one", b"two"]
    for name, _ in found:
        box.done(name)
    assert sorted((path.name, path.read_bytes()) for path in (tmp_path / "cur").iterdir()) == [
        ("1.a:2,S", b"one"),
        ("2.b:2,FS", b"two"),
        ("3.c:2,S", b"read before"),
    ]
    assert list(box.unread()) == []


def test_a_folder_that_is_no_maildir_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match=r"mail\.bounces\.maildir: .* folders new and cur"):
        list(maildir.Box(tmp_path).unread())


def test_a_maildir_in_which_nothing_can_be_marked_is_named_with_its_remedy(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.one").write_bytes(b"Subject: back\r\n\r\n")
    with pytest.raises(SettingInvalid, match=r"can be marked as read \(.*\), so .* ReadWritePaths="):
        maildir.Box(tmp_path).done("new/1.one")


HEADS = st.sampled_from(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=XX",
        b"Content-Type: multipart/report; report-type*=utf-8''delivery-status; boundary=XX",
        b"Content-Type: message/delivery-status",
        b"Content-Type: message/rfc822",
        b"Content-Transfer-Encoding: base64",
        b"Final-Recipient: rfc822;rachel@example.net",
        b"Final-Recipient: rfc822;",
        b"Action: failed",
        b"Status: 5.1.1",
        b"Status: 5.9999999999999999999999.1",
        b"Subject: =?x-unknown?q?unsubscribe_abc?=",
        b"Subject: =?utf-8?b?unsubscribe?=",
        b"Return-Path: <>",
        b"To: =?utf-8?q?=FF?= <bounces+00000000000000000000000000000000@example.org>",
        b'X-Failed-Recipients: <<>>,,"',
        b"--XX",
        b"--XX--",
        b"",
    ]
)
LINES = st.lists(HEADS | st.binary(max_size=40), max_size=40).map(b"\n".join)


@given(LINES)
def test_no_message_however_hostile_stops_the_reading(content: bytes) -> None:
    found = notice.read(content)
    assert isinstance(found, Notice)
    assert all(isinstance(one.hard, bool) for one in found.failures)


def test_no_claim_however_made_up_suppresses_any_but_the_reader_of_the_very_mail_that_failed_for_good(
    sent: Store,
) -> None:
    ours = key().message_id("example.org")
    others = st.emails() | st.sampled_from([RACHEL, RACHEL.upper(), f"<{RACHEL}>", f"{RACHEL}, x@y.org", "%@%", "_"])
    hard = {"5.1.1", "5.1.0", "5.0.0", "5.2.1"}

    @given(
        final=others,
        status=st.sampled_from([*hard, "5.2.2", "4.0.0", "2.0.0", "5.1.7", "5", ""]),
        action=st.sampled_from(["failed", "Failed ", "delayed", "expanded", ""]),
        about=st.sampled_from(
            [ours, ours.replace("@", "%@"), "<%@example.org>", f"<{'f' * 32}@example.org>", "", "<_>"]
        ),
        to=st.sampled_from(["a@b.org", f"x+{'0' * 32}@example.org", "x+%@example.org"]),
    )
    def claimed(final: str, status: str, action: str, about: str, to: str) -> None:
        content = bounced(final=final, status=status, action=action, about=about or "<>", to=to)
        with sent.begin() as connection:
            settle.settled(connection, notice.read(content), NOON)
            found = [one.address for one in suppressions.of(connection, "absenteeism")]
            connection.rollback()
        true = final.strip("<>").lower() == RACHEL and status in hard and action.strip() in {"failed", "Failed"}
        assert found == ([RACHEL] if true and about == ours else [])

    claimed()


def test_a_message_of_a_thousand_nested_parts_is_left_alone() -> None:
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000))
    assert notice.read(deep) == Notice()
