"""The order of a tick, and what a failing step does and does not stop."""

from __future__ import annotations

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from tests.delivery.answering import Server

from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item, Sent
from breakthrough.delivery.recipients import Recipient
from breakthrough.errors import MailUnreachable, TemplateBroken, Unreachable
from breakthrough.month import Month
from breakthrough.store import Store
from breakthrough.worker.due import Work
from breakthrough.worker.tick import Jobs, tick

T = TypeVar("T")
MARCH = Month("2026-03")
NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
NOTHING = Sent(0, 0, 0, 0)


def work(subject: str, address: str, report: str = "team") -> Work:
    return Work(Key("ne", report, subject, MARCH, 0, address), Recipient(report, subject, "", address))


def item(one: Work) -> Item:
    return Item(one.key, one.recipient.address, one.key.message_id("b.org"), b"Subject: x\r\n\r\nx\r\n")


def each(
    report: Callable[[str, Sequence[Work]], list[Item]], measured: str, every: Sequence[Sequence[Work]]
) -> Iterator[Callable[[], list[Item]]]:
    return (partial(report, measured, works) for works in every)


class Steps:
    """Jobs that note their calls; one can be told to raise."""

    def __init__(
        self, due: Sequence[Work], *, stale: bool = True, raising: tuple[str, Exception] | None = None
    ) -> None:
        self.calls: list[str] = []
        self.raising = raising
        self.items: list[Item] = []
        self.jobs: Jobs[str, list[Item]] = Jobs(
            due=lambda: self.did("due", due),
            stale=lambda works: stale,
            pull=lambda: self.did("pull", None),
            measure=lambda month: self.did(f"measure {month}", "measured"),
            reports=partial(each, self.report),
            issue=self.issue,
            send=lambda stop: self.did("send", NOTHING),
        )

    def did(self, what: str, answer: T) -> T:
        self.calls.append(what)
        job = what.partition(" ")[0]
        if self.raising and self.raising[0] == job:
            raise self.raising[1]
        return answer

    def report(self, measured: str, works: Sequence[Work]) -> list[Item]:
        self.did(f"report {works[0].key.subject} to {len(works)}", None)
        return [item(one) for one in works]

    def issue(self, made: Iterable[list[Item]]) -> list[str]:
        items = [item for one in made for item in one]
        self.items += items
        return self.did("issue", [str(one.key) for one in items])


def never() -> bool:
    return False


DUE = [work("T002", "jo@b.org"), work("T001", "a@b.org"), work("T002", "eva@b.org"), work("c1", "c@b.org", "coach")]


def test_a_tick_pulls_measures_reports_puts_everything_in_the_outbox_at_once_and_sends() -> None:
    steps = Steps(DUE)
    ticked = tick(steps.jobs, never)
    assert steps.calls == [
        "due",
        "pull",
        "due",
        "measure 2026-03",
        "report c1 to 1",
        "report T001 to 1",
        "report T002 to 2",
        "issue",
        "send",
    ]
    assert (ticked.pulled, ticked.enqueued, ticked.sent, ticked.failed) == (True, 4, NOTHING, ())
    assert {str(one.key) for one in steps.items} == {str(one.key) for one in DUE}


def test_with_nothing_due_and_records_of_today_it_only_sends_what_waits() -> None:
    steps = Steps([], stale=False)
    assert tick(steps.jobs, never).failed == ()
    assert steps.calls == ["due", "send"]


def test_records_that_are_fresh_are_not_pulled_again() -> None:
    steps = Steps(DUE[:1], stale=False)
    tick(steps.jobs, never)
    assert steps.calls == ["due", "measure 2026-03", "report T002 to 1", "issue", "send"]


def test_where_the_pull_fails_no_report_is_made_and_mails_that_wait_are_sent() -> None:
    steps = Steps(DUE, raising=("pull", Unreachable("no answer")))
    ticked = tick(steps.jobs, never)
    assert steps.calls == ["due", "pull", "send"]
    assert (ticked.failed, ticked.sent) == (("pull",), NOTHING)


@pytest.mark.parametrize(
    ("job", "calls"),
    [
        ("due", ["due", "send"]),
        ("measure", ["due", "pull", "due", "measure 2026-03", "send"]),
        (
            "issue",
            [
                *("due", "pull", "due", "measure 2026-03"),
                *("report c1 to 1", "report T001 to 1", "report T002 to 2", "issue", "send"),
            ],
        ),
    ],
)
def test_a_job_that_fails_stops_what_builds_on_it_and_nothing_else(job: str, calls: list[str]) -> None:
    steps = Steps(DUE, raising=(job, ValueError("broken")))
    ticked = tick(steps.jobs, never)
    assert steps.calls == calls
    assert (ticked.failed, ticked.enqueued) == ((job,), 0)


def test_a_report_that_cannot_be_made_holds_up_its_own_readers_alone() -> None:
    steps = Steps(DUE)

    def report(measured: str, works: Sequence[Work]) -> list[Item]:
        if works[0].key.subject == "T002":
            raise TemplateBroken("team.html.j2, line 12")
        return steps.report(measured, works)

    ticked = tick(dataclasses.replace(steps.jobs, reports=partial(each, report)), never)
    assert sorted(one.key.subject for one in steps.items) == ["T001", "c1"]
    assert (ticked.enqueued, ticked.failed) == (2, ("report team/T002",))


def test_told_to_stop_it_begins_nothing_new() -> None:
    steps = Steps(DUE)
    said: list[str] = steps.calls
    ticked = tick(steps.jobs, lambda: "pull" in said)
    assert steps.calls == ["due", "pull", "due"]
    assert ticked.sent is None


def test_the_log_tells_where_a_fault_arose_and_nothing_of_what_it_carried(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    tick(Steps(DUE, raising=("measure", ValueError("rachel@b.org has 7 of 9"))).jobs, never)
    assert "measure failed unexpectedly" in caplog.text
    assert "ValueError" in caplog.text
    assert "test_tick.py" in caplog.text
    assert "rachel" not in caplog.text
    assert "7 of 9" not in caplog.text


def test_our_own_errors_are_logged_in_their_words(caplog: pytest.LogCaptureFixture) -> None:
    tick(Steps(DUE, raising=("send", MailUnreachable("The mail server does not answer."))).jobs, never)
    assert "send failed: The mail server does not answer." in caplog.text


@pytest.fixture
def real(tmp_path: Path, server: Server) -> Callable[[Store], Jobs[str, list[Item]]]:
    def jobs(store: Store) -> Jobs[str, list[Item]]:
        def due() -> list[Work]:
            done = outbox.keys(store, "ne", MARCH)
            return [one for one in DUE if str(one.key) not in done]

        return Jobs(
            due=due,
            stale=lambda works: False,
            pull=lambda: None,
            measure=str,
            reports=partial(each, lambda _, works: [item(one) for one in works]),
            issue=lambda made: outbox.enqueue(store, [item for one in made for item in one], NOON),
            send=lambda stop: outbox.send_due(store, lambda: smtp.connect(server.mail), lambda: NOON, stop=stop),
        )

    return jobs


def test_a_second_tick_and_a_restart_send_nothing_twice(
    tmp_path: Path, server: Server, real: Callable[[Store], Jobs[str, list[Item]]]
) -> None:
    url = f"sqlite:///{tmp_path / 'store.sqlite'}"
    with Store.open(url) as store:
        first = tick(real(store), never)
        second = tick(real(store), never)
    with Store.open(url) as store:
        third = tick(real(store), never)
    assert [(one.enqueued, one.sent and one.sent.sent) for one in (first, second, third)] == [(4, 4), (0, 0), (0, 0)]
    assert sorted(to for _, (to,), _ in server.answers.taken) == ["a@b.org", "c@b.org", "eva@b.org", "jo@b.org"]


def test_a_tick_that_ends_after_the_outbox_leaves_the_sending_to_the_next(
    tmp_path: Path, server: Server, real: Callable[[Store], Jobs[str, list[Item]]]
) -> None:
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        jobs = real(store)
        broken = dataclasses.replace(jobs, send=lambda stop: (_ for _ in ()).throw(MailUnreachable("not there")))
        assert tick(broken, never).failed == ("send",)
        assert server.answers.taken == []
        assert tick(jobs, never).sent == Sent(sent=4, refused=0, uncertain=0, left=0)


def test_what_goes_back_into_redcap_comes_after_the_mails_and_is_tried_where_these_fail() -> None:
    steps = Steps((), stale=False, raising=("send", MailUnreachable("The mail server does not answer.")))
    jobs = dataclasses.replace(steps.jobs, write_back=lambda stop: steps.did(f"back {stop()}", None))
    assert tick(jobs, never).failed == ("send",)
    assert steps.calls == ["due", "send", "back False"]


def test_a_failure_to_write_back_is_told_as_such_and_what_was_sent_stays_sent() -> None:
    steps = Steps((), stale=False, raising=("back", Unreachable("REDCap cannot be reached.")))
    ticked = tick(dataclasses.replace(steps.jobs, write_back=lambda _: steps.did("back", None)), never)
    assert (ticked.failed, ticked.sent) == (("write-back",), NOTHING)
