"""What becomes of a mail is written with the next claim, and no later, whatever ends the run: on both databases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext

import pytest
from sqlalchemy import Connection
from tests.store.conftest import Home
from tests.store.test_outbox import NOW, Taking, put

from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Pace, Sent, sending
from breakthrough.delivery.smtp import Outcome
from breakthrough.errors import MailRefused, StoreLocked
from breakthrough.store import Store


def states(store: Store) -> list[str]:
    """In the order in which mails go out."""
    return [line.state for line in outbox.listing(store)]


def due(store: Store, transport: Taking, now: Callable[[], dt.datetime] = lambda: NOW, **given: object) -> Sent:
    return outbox.send_due(store, lambda: nullcontext(transport), now, **given)  # type: ignore[arg-type]


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_ctrl_c_after_a_mail_leaves_it_sent_and_no_other_begun(home: Home) -> None:
    with home.open() as store:
        put(store, 3)
        transport = Taking()
        with pytest.raises(KeyboardInterrupt):
            due(store, transport, advance=interrupted)
        assert states(store) == ["sent", "pending", "pending"]
        assert due(store, transport) == Sent(2, 0, 0, 0)
        assert set(transport.taken.values()) == {1}


def test_ctrl_c_while_it_waits_for_the_minute_leaves_every_mail_settled(home: Home) -> None:
    with home.open() as store:
        put(store, 3)
        with pytest.raises(KeyboardInterrupt):
            due(store, Taking(), pace=Pace(per_minute=2), pause=interrupted)
        assert states(store) == ["sent", "sent", "pending"]


def test_the_mail_before_counts_for_the_minute_although_it_is_written_with_the_next(home: Home) -> None:
    with home.open() as store:
        put(store, 4)
        seen: list[list[str]] = []

        def pause(_: float) -> None:
            seen.append(states(store))

        now = NOW
        due(store, Taking(), lambda: now + dt.timedelta(seconds=len(seen)), pace=Pace(per_minute=1), pause=pause)
        # a minute passes after each, and seventy pauses on end are the most
        assert seen[0] == ["sent", "pending", "pending", "pending"]
        assert states(store) == ["sent"] * 4


def test_a_look_that_fails_at_the_next_mail_leaves_the_one_before_sent_and_that_one_waiting(home: Home) -> None:
    with home.open() as store:
        people = put(store, 2)

        def why_not(_: Connection, key: Key) -> str:
            if key.recipient == people[1]:
                raise LookupError("the roster cannot be read")
            return ""

        with pytest.raises(LookupError):
            due(store, Taking(), why_not=why_not)
        assert states(store) == ["sent", "pending"]


def test_a_mail_that_must_not_go_out_keeps_the_one_before_from_nothing(home: Home) -> None:
    with home.open() as store:
        people = put(store, 3)
        done = due(store, Taking(), why_not=lambda _, key: "left" if key.recipient == people[1] else "")
        assert (done.sent, done.cancelled) == (2, 1)
        assert states(store) == ["sent", "cancelled", "sent"]


def test_a_store_that_is_busy_at_the_next_claim_still_learns_what_became_of_the_mail(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    with home.open() as store:
        put(store, 2)
        real, asked = sending._claimed, 0

        def busy(*given: object) -> object:
            nonlocal asked
            asked += 1
            if asked == 2:
                raise StoreLocked("Another process has been writing for more than ten seconds.")
            return real(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(sending, "_claimed", busy)
        with pytest.raises(StoreLocked):
            due(store, Taking())
        assert states(store) == ["sent", "pending"]


class Refusing(Taking):
    """Takes one mail, and then none from this sender."""

    def send(self, recipient: str, content: bytes) -> Outcome:
        if self.taken:
            raise MailRefused("The mail server takes no mail from this sender.")
        return super().send(recipient, content)


def test_a_sender_that_is_refused_in_mid_run_costs_no_mail_a_try(home: Home) -> None:
    with home.open() as store:
        put(store, 3)
        with pytest.raises(MailRefused, match="Sent before that: 1; waiting: 2"):
            due(store, Refusing())
        assert [(line.state, line.attempts) for line in outbox.listing(store)] == [
            ("sent", 1),
            ("pending", 0),
            ("pending", 0),
        ]


def test_a_mail_called_uncertain_while_its_sender_took_long_is_sent_once_the_sender_knows(home: Home) -> None:
    with home.open() as store, home.open() as other:
        put(store, 1)
        later = NOW + outbox.LEASE + dt.timedelta(seconds=1)

        class Slow(Taking):
            def send(self, recipient: str, content: bytes) -> Outcome:
                assert due(other, Taking(), lambda: later).uncertain == 1
                return super().send(recipient, content)

        assert due(store, Slow()).sent == 1
        assert states(store) == ["sent"]


def test_what_a_person_decided_meanwhile_is_not_overwritten(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    with home.open() as store, home.open() as other:
        put(store, 1)
        later = NOW + outbox.LEASE + dt.timedelta(seconds=1)

        class Slow(Taking):
            def send(self, recipient: str, content: bytes) -> Outcome:
                due(other, Taking(), lambda: later)
                outbox.cancel(other, outbox.listing(other)[0].key)
                return super().send(recipient, content)

        due(store, Slow())
        assert states(store) == ["cancelled"]
        assert "a mail was changed by another process while it was being sent" in caplog.text
        assert "@" not in caplog.text
