"""Mails that are held, let go, replaced by newer ones or barred at the last moment, on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy import Connection, select

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Sent
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import MailError
from breakthrough.month import Month
from breakthrough.store import Store, archive, tables

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MARCH, APRIL = Month("2026-03"), Month("2026-04")


class Taking:
    """A mail server that takes every mail, and notes it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    begun = True

    def send(self, recipient: str, content: bytes) -> Outcome:
        self.taken.append(content)
        return Outcome("accepted", "250")


def mail(
    subject: str = "T003",
    month: Month = MARCH,
    revision: int = 0,
    recipient: str = "rachel@example.org",
    **held: Any,
) -> Item:
    key = Key("absenteeism", "team", subject, month, revision, recipient)
    return Item(key, recipient, key.message_id("example.org"), f"{subject} {month} r{revision}".encode(), **held)


def send(store: Store, now: dt.datetime = NOON, **options: Any) -> tuple[Sent, list[bytes]]:
    server = Taking()
    return outbox.send_due(store, lambda: nullcontext(server), lambda: now, **options), server.taken


def states(store: Store) -> dict[str, str]:
    """The state of each mail, by subject, month and revision."""
    return {f"{one.subject} {one.period} r{one.revision}": one.state for one in outbox.listing(store)}


# --- held ------------------------------------------------------------------------------------------------------------


def test_a_held_mail_waits_until_its_moment_and_then_goes_out_by_itself(store: Store) -> None:
    outbox.enqueue(store, [mail(held_until=NOON + HOUR)], NOON)
    assert send(store, NOON + HOUR - dt.timedelta(seconds=1)) == (Sent(0, 0, 0, 0, held=1), [])
    assert send(store, NOON + HOUR) == (Sent(1, 0, 0, 0), [b"T003 2026-03 r0"])


def test_a_mail_held_without_a_moment_waits_for_a_person_however_long(store: Store) -> None:
    (key,) = outbox.enqueue(store, [mail(held=True)], NOON)
    assert send(store, NOON + 9000 * HOUR) == (Sent(0, 0, 0, 0, held=1), [])
    assert outbox.release(store, NOON, key) == (key,)
    assert send(store)[1] == [b"T003 2026-03 r0"]


def test_held_mails_are_released_by_month_or_all_at_once_and_no_others_are_touched(store: Store) -> None:
    items = [mail("T001", held=True), mail("T002", held=True), mail("T003", APRIL, held=True), mail("T004")]
    outbox.enqueue(store, items, NOON)
    outbox.cancel(store, str(items[3].key))
    assert outbox.release(store, NOON, month=MARCH) == tuple(str(item.key) for item in items[:2])
    assert list(states(store).values()) == ["pending", "pending", "held", "cancelled"]
    assert outbox.release(store, NOON) == (str(items[2].key),)
    assert outbox.release(store, NOON) == ()


def test_where_one_of_those_named_is_not_held_none_is_released_and_the_message_says_why(store: Store) -> None:
    items = [mail("T001", held=True), mail("T002")]
    keys = outbox.enqueue(store, items, NOON)
    with pytest.raises(MailError, match=r"T002/2026-03/r0 is pending, not held, so none was released\.") as refused:
        outbox.release(store, NOON, *keys)
    assert "rachel" not in str(refused.value)
    assert list(states(store).values()) == ["held", "pending"]


def test_a_held_mail_can_be_cancelled_and_then_neither_its_moment_nor_a_release_sends_it(store: Store) -> None:
    (key,) = outbox.enqueue(store, [mail(held_until=NOON + HOUR)], NOON)
    outbox.cancel(store, key)
    assert outbox.release(store, NOON) == ()
    assert send(store, NOON + 2 * HOUR) == (Sent(0, 0, 0, 0), [])


# --- superseded ------------------------------------------------------------------------------------------------------


def test_after_a_long_outage_the_newest_month_goes_out_and_no_flood(store: Store) -> None:
    for month in ("2026-01", "2026-02", "2026-03", "2026-04"):
        outbox.enqueue(store, [mail(subject, Month(month)) for subject in ("T001", "T002")], NOON)
    assert send(store)[1] == [b"T001 2026-04 r0", b"T002 2026-04 r0"]
    assert sorted(states(store).values()) == ["sent"] * 2 + ["superseded"] * 6


def test_a_newer_one_replaces_only_what_waits_of_the_same_report_for_the_same_reader(store: Store) -> None:
    other = Key("absenteeism", "coach", "T003", MARCH, 0, "rachel@example.org")
    kept = [mail("T004"), mail(recipient="ada@example.org"), Item(other, "rachel@example.org", "<1@x>", b"coach")]
    outbox.enqueue(store, [mail(), mail(month=Month("2026-02"), held=True), *kept], NOON)
    outbox.enqueue(store, [mail(month=APRIL)], NOON)
    waiting = outbox.listing(store, states=["pending"])
    assert {one.key for one in waiting} == {str(item.key) for item in (*kept, mail(month=APRIL))}


def test_an_older_month_that_comes_late_replaces_nothing_newer(store: Store) -> None:
    outbox.enqueue(store, [mail(month=APRIL)], NOON)
    outbox.enqueue(store, [mail(revision=1)], NOON)
    assert set(states(store).values()) == {"pending"}


def test_a_mail_that_could_not_be_written_replaces_none_that_can(store: Store) -> None:
    outbox.enqueue(store, [mail()], NOON)
    outbox.enqueue(store, [mail(revision=1, unusable="its address is not one")], NOON)
    assert states(store) == {"T003 2026-03 r0": "pending", "T003 2026-03 r1": "refused"}


@pytest.mark.parametrize("outcome", ["accepted", "unknown", "permanent"])
def test_what_was_sent_or_refused_or_is_in_doubt_is_never_superseded(store: Store, outcome: Any) -> None:
    class Answering:
        begun = True

        def send(self, recipient: str, content: bytes) -> Outcome:
            return Outcome(outcome, "")

    outbox.enqueue(store, [mail()], NOON)
    outbox.send_due(store, lambda: nullcontext(Answering()), lambda: NOON)
    before = states(store)["T003 2026-03 r0"]
    outbox.enqueue(store, [mail(revision=1)], NOON)
    assert states(store) == {"T003 2026-03 r0": before, "T003 2026-03 r1": "pending"}


def test_a_mail_in_the_hands_of_a_sender_is_not_superseded_and_its_newer_one_follows(store: Store) -> None:
    class Slow(Taking):
        def send(self, recipient: str, content: bytes) -> Outcome:
            if not self.taken:
                outbox.enqueue(store, [mail(revision=1)], NOON)
            return super().send(recipient, content)

    outbox.enqueue(store, [mail()], NOON)
    server = Slow()
    assert outbox.send_due(store, lambda: nullcontext(server), lambda: NOON).sent == 2
    assert server.taken == [b"T003 2026-03 r0", b"T003 2026-03 r1"]


def test_a_newer_revision_replaces_those_before_it_for_every_reader_in_the_callers_transaction(store: Store) -> None:
    outbox.enqueue(store, [mail(), mail(recipient="ada@example.org", held=True), mail("T004")], NOON)
    outbox.enqueue(store, [mail(revision=1, recipient="grace@example.org")], NOON)

    def supersede(*, undone: bool = False) -> int:
        with store.begin() as connection:
            number = outbox.supersede(connection, "absenteeism", "team", "T003", MARCH, before=1)
            if undone:
                raise RuntimeError("the newer revision could not be put in")
            return number

    with pytest.raises(RuntimeError):
        supersede(undone=True)
    assert "superseded" not in states(store).values()
    assert supersede() == 2
    assert [one.recipient for one in outbox.listing(store, states=["superseded"])] == [
        "ada@example.org",
        "rachel@example.org",
    ]
    assert {(one.subject, one.revision) for one in outbox.listing(store, states=["pending"])} == {
        ("T003", 1),
        ("T004", 0),
    }


def test_a_superseded_mail_cannot_be_revived_and_the_message_says_why(store: Store) -> None:
    (key,) = outbox.enqueue(store, [mail()], NOON)
    outbox.enqueue(store, [mail(revision=1)], NOON)
    why = r"T003/2026-03/r0 is superseded.* A newer one took its place"
    decisions: list[Callable[[], object]] = [
        lambda: outbox.resend(store, key),
        lambda: outbox.cancel(store, key),
        lambda: outbox.release(store, NOON, key),
    ]
    for decision in decisions:
        with pytest.raises(MailError, match=why):
            decision()
    assert outbox.listing(store, states=["superseded"])[0].note == "superseded by 2026-03, revision 1"


def test_the_bytes_of_a_superseded_mail_are_in_the_archive_alone(store: Store) -> None:
    (key,) = outbox.enqueue(store, [mail()], NOON)
    outbox.enqueue(store, [mail(revision=1)], NOON)
    with store.read() as connection:
        waiting = connection.execute(select(tables.outbox.c.payload).where(tables.outbox.c.key == key)).scalar_one()
        assert (waiting, archive.mail(connection, key)) == (b"", b"T003 2026-03 r0")


# --- barred at the last moment ---------------------------------------------------------------------------------------


def test_a_reader_who_may_get_it_no_longer_gets_none_and_the_reason_is_noted(store: Store) -> None:
    outbox.enqueue(store, [mail("T001"), mail("T002"), mail("T003")], NOON)
    asked: list[Key] = []

    def why_not(_: Connection, key: Key) -> str:
        asked.append(key)
        return "has unsubscribed" if key.subject == "T002" else ""

    done, taken = send(store, why_not=why_not)
    assert (done, taken) == (Sent(2, 0, 0, 0, cancelled=1), [b"T001 2026-03 r0", b"T003 2026-03 r0"])
    assert asked == [mail("T001").key, mail("T002").key, mail("T003").key]
    (line,) = outbox.listing(store, states=["cancelled"])
    assert (line.subject, line.note, line.attempts) == ("T002", "has unsubscribed", 0)


def test_sent_again_by_hand_it_is_barred_again_for_as_long_as_the_reason_holds(store: Store) -> None:
    (key,) = outbox.enqueue(store, [mail()], NOON)
    send(store, why_not=lambda _, __: "the consent was withdrawn")
    outbox.resend(store, key)
    assert send(store, why_not=lambda _, __: "the consent was withdrawn") == (Sent(0, 0, 0, 0, cancelled=1), [])
    outbox.resend(store, key)
    assert send(store)[1] == [b"T003 2026-03 r0"]


def test_where_it_cannot_be_said_whether_a_reader_may_get_it_nothing_goes_out_and_it_waits(store: Store) -> None:
    outbox.enqueue(store, [mail()], NOON)

    def broken(_: Connection, __: Key) -> str:
        raise RuntimeError("people cannot be read")

    with pytest.raises(RuntimeError):
        send(store, why_not=broken)
    assert states(store) == {"T003 2026-03 r0": "pending"}
