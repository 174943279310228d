"""The same answers from a real mail server, Exim, encrypted and logged in; and what it makes of our messages."""

from __future__ import annotations

import datetime as dt
from email.headerregistry import Address

import pytest
from tests.delivery.answering import Certificate
from tests.delivery.exim import PASSWORD, Exim

from breakthrough.delivery import addresses, message, outbox, smtp
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Sent
from breakthrough.errors import MailRefused
from breakthrough.month import Month
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
TEXT = (
    b"From: reports@example.org\r\nTo: someone@example.net\r\nSubject: March\r\nMessage-ID: <%b@example.org>\r\n\r\n"
    b"Hello\r\n.\r\n..two\r\n"
)


def text(name: str) -> bytes:
    return TEXT % name.encode()


def send(exim: Exim, *names: str) -> list[smtp.Outcome]:
    with smtp.connect(exim.mail(), PASSWORD) as connection:
        return [connection.send(f"{name}@example.net", text(name)) for name in names]


def test_a_message_arrives_as_it_was_lines_that_are_a_dot_included(exim: Exim) -> None:
    (outcome,) = send(exim, "rachel")
    assert outcome.kind == "accepted"
    found = exim.arrived("rachel")
    assert found.get_content() == "Hello\n.\n..two\n"
    assert found["Return-path"] == "<reports@example.org>"
    assert found["Envelope-to"] == "rachel@example.net"


@pytest.mark.parametrize(
    ("name", "kind", "note"),
    [
        ("gone", "permanent", "refused for good at RCPT: 550 5.1.1"),
        ("full", "temporary", "put off at RCPT: 452 4.2.2"),
        ("grey.once", "temporary", "put off at RCPT: 451 4.7.1"),
    ],
)
def test_each_answer_has_its_meaning(exim: Exim, name: str, kind: str, note: str) -> None:
    assert send(exim, name) == [smtp.Outcome(kind, note)]  # type: ignore[arg-type]


def test_a_text_refused_for_good_and_the_next_message_on_the_same_line(exim: Exim) -> None:
    with smtp.connect(exim.mail(), PASSWORD) as connection:
        refused = connection.send("ann@example.net", text("ann") + b"refuse this text\r\n")
        taken = connection.send("ben@example.net", text("ben"))
    assert refused == smtp.Outcome("permanent", "refused for good at the message's text: 554 5.7.1")
    assert taken.kind == "accepted"
    exim.arrived("ben")
    assert exim.to("ann") == []


def test_one_refused_of_several_readers_keeps_no_other_waiting(exim: Exim, store: Store) -> None:
    names = ["gone.two", "cleo", "grey.two", "dan", "full.two"]
    outbox.enqueue(store, [item(name) for name in names], NOON)
    done = run(exim, store, NOON)
    assert (done.sent, done.refused, done.uncertain, done.left) == (2, 1, 0, 2)
    assert states(store) == {
        "gone.two": "refused",
        "cleo": "sent",
        "grey.two": "pending",
        "dan": "sent",
        "full.two": "pending",
    }
    for name in ("cleo", "dan"):
        exim.arrived(name)


def test_what_was_greylisted_goes_out_once_its_wait_is_over(exim: Exim, store: Store) -> None:
    outbox.enqueue(store, [item("grey.three")], NOON)
    assert run(exim, store, NOON).left == 1
    assert run(exim, store, NOON + dt.timedelta(minutes=5)).sent == 0
    assert run(exim, store, NOON + dt.timedelta(minutes=11)).sent == 1
    exim.arrived("grey.three")


def test_a_wrong_password_a_missing_one_and_a_banned_sender_stop_the_run(exim: Exim) -> None:
    with pytest.raises(MailRefused, match=r"at AUTH \(535\)") as refused:
        smtp.connect(exim.mail(), "another-word")
    assert "another-word" not in str(refused.value)
    with (
        smtp.connect(exim.mail(user=None)) as connection,
        pytest.raises(MailRefused, match="takes no mail from this sender"),
    ):
        connection.send("rachel@example.net", text("rachel"))
    with (
        smtp.connect(exim.mail(bounce="banned@example.org"), PASSWORD) as connection,
        pytest.raises(MailRefused, match=r"550 5\.7\.1"),
    ):
        connection.send("rachel@example.net", text("rachel"))


def test_no_login_goes_over_an_open_line(exim: Exim) -> None:
    with pytest.raises(MailRefused, match="no way to log in"):
        smtp.connect(exim.mail(security="none"), PASSWORD)


def test_a_certificate_that_is_not_trusted_or_another_hosts_is_refused(exim: Exim, elsewhere: Certificate) -> None:
    for bundle in (None, str(elsewhere.path)):
        with pytest.raises(MailRefused, match=r"certificate .* cannot be trusted"):
            smtp.connect(exim.mail(ca_bundle=bundle), PASSWORD)
    with pytest.raises(MailRefused, match=r"certificate .* cannot be trusted"):
        smtp.connect(exim.mail(host="localhost"), PASSWORD)  # it is 127.0.0.1's alone


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("dies.early", "temporary", id="before the text: tried on a second line, and then later"),
        pytest.param("dies.after", "unknown", id="after the text, before its answer: a doubt"),
    ],
)
def test_a_server_that_dies_is_judged_by_when_and_the_next_message_goes_out(exim: Exim, name: str, kind: str) -> None:
    with smtp.connect(exim.mail(), PASSWORD) as connection:
        assert connection.send(f"{name}@example.net", text(name)).kind == kind
        assert connection.send(f"next.to.{kind}@example.net", text(f"next.to.{kind}")).kind == "accepted"
    exim.arrived(f"next.to.{kind}")
    assert exim.to(name) == []


def test_a_server_that_dies_after_the_text_leaves_the_mail_uncertain_and_it_is_not_sent_again(
    exim: Exim, store: Store
) -> None:
    outbox.enqueue(store, [item("dies.after.outbox")], NOON)
    assert run(exim, store, NOON).uncertain == 1
    assert run(exim, store, NOON + dt.timedelta(days=3)).sent == 0
    assert states(store) == {"dies.after.outbox": "uncertain"}


def test_a_slow_verdict_is_waited_for_and_a_slow_answer_before_the_text_is_tried_later(exim: Exim) -> None:
    with smtp.connect(exim.mail(timeout=1.5), PASSWORD) as connection:
        assert connection.send("slow.verdict@example.net", text("slow.verdict")).kind == "accepted"
        assert connection.send("slow.answer@example.net", text("slow.answer")).kind == "temporary"
    exim.arrived("slow.verdict")


@pytest.mark.parametrize(
    ("name", "address"),
    [
        pytest.param("Ward, A&E <North>", "comma@example.net", id="a name with a comma"),
        pytest.param("Żółć, München", "beyond@münchen.example", id="a domain beyond ASCII"),
        pytest.param("x", "o'neil+tag@example.net", id="an apostrophe and a tag"),
    ],
)
def test_a_strange_name_or_address_reaches_one_reader_and_no_other(exim: Exim, name: str, address: str) -> None:
    recipient = addresses.mailbox(name, address)
    content = written(recipient)
    with smtp.connect(exim.mail(), PASSWORD) as connection:
        assert connection.send(recipient.addr_spec, content).kind == "accepted"
    found = exim.arrived(address.partition("@")[0])
    assert found["Envelope-to"] == recipient.addr_spec
    assert [one.addr_spec for one in found["To"].addresses] == [recipient.addr_spec]
    assert found["To"].addresses[0].display_name == name


def written(recipient: Address) -> bytes:
    return message.written(
        Rendered("team", "T003", "2026-03", "March", "<p>words</p>", "words", (), ""),
        sender=Address("Attendance reports", addr_spec="reports@example.org"),
        recipient=recipient,
        reply_to=Address("Ros", addr_spec="ros@example.org"),
        message_id="<abc@example.org>",
        list_id="t003.team.example.org",
        date=NOON,
        unsubscribe="mailto:ros@example.org",
    )


def item(name: str) -> Item:
    key = Key("absenteeism", "team", "T003", Month("2026-03"), 0, f"{name}@example.net")
    return Item(key, f"{name}@example.net", key.message_id("example.org"), text(name))


def run(exim: Exim, store: Store, now: dt.datetime) -> Sent:
    return outbox.send_due(store, lambda: smtp.connect(exim.mail(), PASSWORD), lambda: now)


def states(store: Store) -> dict[str, str]:
    return {one.recipient.partition("@")[0]: one.state for one in outbox.listing(store)}
