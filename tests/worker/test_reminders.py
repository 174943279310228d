"""Who has not yet entered what is due is reminded on its days, with the form, and nobody who has."""

from __future__ import annotations

import datetime as dt
import email
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from breakthrough import teams
from breakthrough.delivery import outbox
from breakthrough.delivery.key import Key
from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store, archive, marks
from breakthrough.worker import jobs, reminders

MARCH = Month("2026-03")


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("reminders") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


@pytest.fixture(scope="module")
def pulled(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pulled") / "store.sqlite"
    with Store.open(f"sqlite:///{path}") as opened:
        jobs.pull(theatre.here, opened, theatre.now, lambda _: None)
    return path.read_bytes()


@pytest.fixture
def store(pulled: bytes, tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store.sqlite").write_bytes(pulled)
    with Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}") as opened:
        yield opened


def at(day: str, hour: int = 9) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


def mails(store: Store) -> dict[Key, EmailMessage]:
    found = {}
    with store.read() as connection:
        for line in outbox.listing(store):
            content = archive.mail(connection, line.key)
            assert content is not None
            found[Key.read(line.key)] = email.message_from_bytes(content, policy=default)
    return found


def plain(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def late(store: Store, theatre: Theatre, day: str) -> set[str]:
    """The teams that have not sent March's counts in full, by what the forms hold."""
    portfolio = teams.read(store.newest(["main"], at(day)), theatre.here.collaborative, dt.date.fromisoformat(day))
    there = {team.code for team in portfolio.teams if team.status == "active"}
    counts = list(theatre.here.collaborative.counts)
    sent = {
        entry.key.record
        for entry in store.entries("main", "monthly_measures")
        if entry.values.get("mm_period") == "2026-03-01" and all(entry.values.get(count) for count in counts)
    }
    return there - sent


def test_on_each_of_its_days_who_owes_counts_is_reminded_and_nobody_else(store: Store, theatre: Theatre) -> None:
    told = reminders.tell(theatre.here, store, at("2026-04-12"))
    every = mails(store)
    found = [key for key in every if key.report == "reminder"]
    assert {(key.month, key.revision) for key in found} == {(MARCH, 12)}
    assert told == len(every) > 0
    owing = late(store, theatre, "2026-04-12")
    assert {key.subject for key in found} <= owing
    portfolio = teams.read(store.newest(["main"], at("2026-04-12")), theatre.here.collaborative, dt.date(2026, 4, 12))
    readers = {p.email for p in portfolio.people if p.team in owing and p.receives("reminders", dt.date(2026, 4, 12))}
    assert {key.recipient for key in found} == readers


def test_a_reminder_names_what_is_missing_and_opens_the_form_itself(store: Store, theatre: Theatre) -> None:
    reminders.tell(theatre.here, store, at("2026-04-09"))
    key, mail = next(iter(mails(store).items()))
    assert mail["Subject"] == "Reminder: Counts and report for March 2026 – North East attendance collaborative"
    text = plain(mail)
    assert "Counts for March are due on Fri 10 April" in text
    assert "Your report goes out on Wed 15 April." in text
    assert f"id={key.subject}&page=monthly_measures&instance=" in text


def test_after_the_due_day_it_says_how_late_they_are(store: Store, theatre: Theatre) -> None:
    reminders.tell(theatre.here, store, at("2026-04-12"))
    assert all("2 days late" in plain(mail) for key, mail in mails(store).items() if key.report == "reminder")


def test_a_round_goes_out_once_whoever_asks_and_however_often(store: Store, theatre: Theatre) -> None:
    reminders.tell(theatre.here, store, at("2026-04-12"))
    assert reminders.due(theatre.here, store, at("2026-04-12", 10)) == ()
    assert reminders.tell(theatre.here, store, at("2026-04-13")) == 0


@pytest.mark.parametrize(
    ("now", "rounds"),
    [
        pytest.param(at("2026-04-04"), [], id="before the first day"),
        pytest.param(at("2026-04-05", 4), [], id="at five there, before the hour"),
        pytest.param(at("2026-04-05", 5), [("reminder", 5)], id="at six there"),
        pytest.param(at("2026-04-11"), [("reminder", 9)], id="after an outage, the newest and not all of them"),
        pytest.param(at("2026-04-12"), [("reminder", 12), ("rating", 12)], id="ratings two days before they are due"),
        pytest.param(at("2026-04-14"), [("reminder", 12), ("rating", 12)], id="until the reports go out"),
        pytest.param(at("2026-04-15"), [], id="never once they are out"),
        pytest.param(at("2026-09-12"), [], id="August is not in session"),
        pytest.param(at("2026-10-12"), [], id="in the tail, not each month"),
        pytest.param(at("2026-11-12"), [("reminder", 12), ("rating", 12)], id="but each quarter"),
    ],
)
def test_rounds_are_on_from_their_day_until_they_are_of_no_more_use(
    store: Store, theatre: Theatre, now: dt.datetime, rounds: list[tuple[str, int]]
) -> None:
    found = reminders.due(theatre.here, store, now)
    assert [(one.kind, one.day.day) for one in found if one.kind != "forms"] == rounds


def test_a_coach_is_reminded_of_the_teams_without_a_rating(store: Store, theatre: Theatre) -> None:
    month = Month("2026-10")
    reminders.tell(theatre.here, store, at("2026-11-13"))
    found = {key: mail for key, mail in mails(store).items() if key.report == "rating"}
    assert {(key.subject, key.month, key.revision) for key in found} == {("c1", month, 12), ("c2", month, 12)}
    portfolio = teams.read(store.newest(["main"], at("2026-11-13")), theatre.here.collaborative, dt.date(2026, 11, 13))
    for key, mail in found.items():
        text = plain(mail)
        assert "Ratings for October are due on Sat 14 November" in text
        for team in portfolio.teams:
            mine = team.coach == key.subject and team.status == "active" and team.expected(month)
            assert (f"id={team.code}&page=coach_rating" in text) is mine


def test_forms_of_a_phase_are_asked_for_a_week_before_their_day_where_they_are_not_there(
    store: Store, theatre: Theatre
) -> None:
    reminders.tell(theatre.here, store, at("2026-07-24"))  # the end is on 31 July
    found = {key: mail for key, mail in mails(store).items() if key.report == "forms"}
    assert {(key.month, key.revision) for key in found} == {(Month("2026-07"), 24)}
    text = plain(next(iter(found.values())))
    assert "Due on Fri 31 July" in text
    assert "The sustainability check at the end." in text
    assert "page=sustain_check&instance=" in text


def test_a_team_whose_report_a_coaching_call_has_brought_forward_is_not_reminded_once_it_is_out(
    store: Store, theatre: Theatre
) -> None:
    what = theatre.here.collaborative
    call = dt.date(2026, 4, 14)  # three working days before it is the 9th; the first day after the due day is the 11th
    coaches = tuple(one.model_copy(update={"calls": (call,) if one.code == "c1" else ()}) for one in what.coaches)
    here = replace(theatre.here, collaborative=what.model_copy(update={"coaches": coaches}))
    reminders.tell(here, store, at("2026-04-12"))
    portfolio = teams.read(store.newest(["main"], at("2026-04-12")), what, dt.date(2026, 4, 12))
    coach = {team.code: team.coach for team in portfolio.teams}
    assert {coach[key.subject] for key in mails(store) if key.report == "reminder"} == {"c2"}
    assert {coach[team] for team in late(store, theatre, "2026-04-12")} == {"c1", "c2"}


def test_a_round_in_which_nobody_is_reminded_is_marked_all_the_same(store: Store, theatre: Theatre) -> None:
    reminders.tell(theatre.here, store, at("2026-07-24"))
    with store.read() as connection:
        assert marks.at(connection, "reminded forms 2026-07-24") == at("2026-07-24")
