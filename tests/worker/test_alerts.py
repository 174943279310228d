"""People are told once an outage, once when it is over, and once after a silence; never of what is over by then."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Iterator
from dataclasses import dataclass
from email.policy import default
from pathlib import Path

import pytest
from tests.delivery.answering import Server

from breakthrough import scaffold
from breakthrough.content import Content
from breakthrough.delivery import outbox, smtp
from breakthrough.store import Store
from breakthrough.worker import alerts, outages
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.tick import Tried

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
WHY = "REDCap cannot be reached."


@dataclass
class Schedule:
    """Rounds every ten minutes, of which it is said what failed; mails go out while the server is up."""

    here: Deployment
    store: Store
    server: Server
    now: dt.datetime = NOON
    up: bool = True

    def round(self, *failed: str, tried: tuple[str, ...] = ("due", "pull")) -> None:
        """As a tick does it: what was tried, then sending, then what became of that."""
        why = {job: WHY for job in failed if job != "send"}
        alerts.tell(self.here, self.store, Tried(dict.fromkeys(tried, 1.0), why), self.now)
        if self.up:
            outbox.send_due(self.store, lambda: smtp.connect(self.server.mail), lambda: self.now)
        alerts.tell(self.here, self.store, Tried({"send": 1.0}, {} if self.up else {"send": "no server"}), self.now)
        self.now += dt.timedelta(minutes=10)

    def rounds(self, number: int, *failed: str) -> None:
        for _ in range(number):
            self.round(*failed)

    @property
    def told(self) -> list[str]:
        """The headings of the mails that arrived."""
        found = [email.message_from_bytes(content, policy=default) for _, _, content in self.server.answers.taken]
        texts = [one.get_body(("plain",)).get_content() for one in found]  # type: ignore[union-attr]
        return [text.split("-" * 72)[1].strip() for text in texts]

    @property
    def states(self) -> list[str]:
        return [line.state for line in outbox.listing(self.store)]


@pytest.fixture
def schedule(tmp_path: Path, server: Server) -> Iterator[Schedule]:
    folder = tmp_path / "here"
    scaffold.write(folder, Content(), "blank")
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as store:
        yield Schedule(Deployment.open(folder, {}), store, server)


def test_a_job_that_fails_for_an_hour_is_told_once_and_that_it_is_over_once(schedule: Schedule) -> None:
    schedule.rounds(6, "pull")
    assert schedule.told == []
    schedule.rounds(20, "pull")
    assert schedule.told == ["Records cannot be pulled from REDCap"]
    schedule.rounds(3)
    assert schedule.told == ["Records cannot be pulled from REDCap", "Records can be pulled from REDCap again"]
    with schedule.store.read() as connection:
        assert outages.going_on(connection) == ()


def test_failures_that_pass_within_the_hour_are_told_to_nobody(schedule: Schedule) -> None:
    for _ in range(10):
        schedule.rounds(6, "pull")
        schedule.round()
    assert schedule.told == []


def test_a_second_outage_is_told_again(schedule: Schedule) -> None:
    for _ in range(2):
        schedule.rounds(8, "pull")
        schedule.round()
    assert len(schedule.told) == 4


def test_two_jobs_are_two_outages_and_a_job_that_was_not_tried_is_neither_well_nor_ill(schedule: Schedule) -> None:
    schedule.rounds(8, "pull", "drift")
    for _ in range(5):
        schedule.round(tried=("due",))
    assert sorted(schedule.told) == [
        "REDCap cannot be compared with the definition",
        "Records cannot be pulled from REDCap",
    ]
    schedule.round(tried=("due", "drift"))
    assert schedule.told[2:] == ["REDCap can be compared with the definition again"]


def test_an_alert_that_waits_for_the_mail_server_is_cancelled_when_the_outage_is_over(schedule: Schedule) -> None:
    schedule.up = False
    schedule.rounds(9, "pull")
    assert schedule.states == ["pending"]
    schedule.up = True
    schedule.rounds(3)  # both are well again, in the same round
    assert schedule.states == ["cancelled", "sent"]
    assert schedule.told == ["Mails can be sent again"]


def test_an_alert_that_waits_arrives_where_the_outage_is_not_over(schedule: Schedule) -> None:
    schedule.up = False
    schedule.rounds(9, "pull")
    schedule.up = True
    schedule.rounds(2, "pull")
    assert schedule.told == ["Records cannot be pulled from REDCap", "Mails can be sent again"]


def test_a_mail_server_that_is_away_for_less_than_an_hour_is_told_to_nobody(schedule: Schedule) -> None:
    schedule.up = False
    schedule.rounds(5)
    schedule.up = True
    schedule.rounds(2)
    assert (schedule.told, schedule.states) == ([], [])


def test_the_mail_says_since_when_how_often_and_why_in_the_collaboratives_time(schedule: Schedule) -> None:
    schedule.rounds(8, "pull")
    ((_, to, content),) = schedule.server.answers.taken
    mail = email.message_from_bytes(content, policy=default)
    text = " ".join(mail.get_body(("plain",)).get_content().split())  # type: ignore[union-attr]
    assert "Since: 15 April 2026, 13:00" in text  # London, in summer
    assert "Tried: 7 times" in text
    assert f"What it says: {WHY}" in text
    assert to == (schedule.here.collaborative.coordinator.email,)
    assert mail["List-ID"].startswith("<schedule.alert.")


def test_a_clock_that_is_set_back_begins_no_outage_of_tomorrow(schedule: Schedule) -> None:
    schedule.rounds(2, "pull")
    schedule.now -= dt.timedelta(days=1)
    schedule.rounds(8, "pull")
    assert len(schedule.told) == 1


def test_alerts_go_to_whom_the_settings_name(schedule: Schedule) -> None:
    path = schedule.here.folder / "breakthrough.yaml"
    path.write_text(
        path.read_text().replace("schedule:\n", "schedule:\n  alerts_to: it@example.org\n  alert_after_minutes: 15\n")
    )
    schedule.here = Deployment.open(schedule.here.folder, {})
    schedule.rounds(3, "pull")
    assert [to for _, to, _ in schedule.server.answers.taken] == [("it@example.org",)]


@pytest.mark.parametrize(
    ("hours", "mails"),
    [(25, 0), (26, 0), (27, 1), (24 * 30, 1), (-50, 0)],
    ids=["a day", "just", "longer", "a month", "a clock set back"],
)
def test_a_silence_of_more_than_26_hours_is_told_once_by_the_next_start(
    schedule: Schedule, hours: int, mails: int
) -> None:
    alerts.tell_silence(schedule.here, schedule.store, NOON)  # the first start of all
    alerts.ran(schedule.store, NOON)
    for _ in range(3):
        alerts.tell_silence(schedule.here, schedule.store, NOON + dt.timedelta(hours=hours))
    assert len(outbox.listing(schedule.store)) == mails


def test_the_silence_is_told_from_when_to_when(schedule: Schedule) -> None:
    alerts.ran(schedule.store, NOON)
    schedule.now = NOON + dt.timedelta(hours=40)
    alerts.tell_silence(schedule.here, schedule.store, schedule.now)
    schedule.round()
    (taken,) = schedule.server.answers.taken
    text = email.message_from_bytes(taken[2], policy=default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "- From: 15 April 2026, 13:00\n- Until: 17 April 2026, 05:00\n- For: 40 hours" in text.replace("\r", "")
