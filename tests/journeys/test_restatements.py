"""Counts that were corrected and counts that came late, after a month was sent: the next report tells of both."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import pytest
from sqlalchemy import update

from breakthrough.demo import play, stage
from breakthrough.demo.play import Theatre
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.values import Rendered
from breakthrough.store import Store, tables
from breakthrough.worker import again, jobs, pulls
from breakthrough.worker.reports import rendered

APRIL = Month("2026-04")
SENT = dt.datetime(2026, 4, 15, 6, 0, tzinfo=dt.UTC)
CORRECTED = dt.datetime(2026, 4, 20, 6, 0, tzinfo=dt.UTC)
CAME_LATE = dt.datetime(2026, 4, 29, 6, 0, tzinfo=dt.UTC)
NEXT = dt.datetime(2026, 5, 15, 6, 0, tzinfo=dt.UTC)
HEADING = "Changed since your last report"


@pytest.fixture(scope="module")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    with play.opened(tmp_path_factory.mktemp("restated") / "out", "absenteeism", None) as opened:
        here, client = opened.here, opened.here.client(deploying=True)
        deploy(client, Wanted(here.project, opened.scene.teams))
        stage.enter(client, opened.scene, None, lambda _: None)
        yield opened


def pull(theatre: Theatre, store: Store, at: dt.datetime) -> None:
    (done,) = pulls.pull_each(theatre.here, store, at, mode="full")
    assert done.error is None


def send(theatre: Theatre, store: Store, month: Month, at: dt.datetime) -> None:
    of = jobs.press(theatre.here, store, month, at, anyway=True)
    work = [one for one in jobs.due(theatre.here, store, at, hour=0) if one.key.month == month]
    assert jobs.issue(store, jobs.made(of, store, work, lambda _: None), at)
    with store.begin() as connection:
        connection.execute(update(tables.outbox).values(state="sent", sent_at=at))


def form(theatre: Theatre, record: str, month: str) -> Mapping[str, str]:
    rows = theatre.here.client(deploying=True).records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    (found,) = (row for row in rows if row["record_id"] == record and row.get("mm_period") == f"{month}-01")
    return found


@pytest.fixture(scope="module")
def store(theatre: Theatre, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """March was sent; T001's February was corrected then, and T002's March came, which had not been sent."""
    client = theatre.here.client(deploying=True)
    february, march = form(theatre, "T001", "2026-02"), form(theatre, "T002", "2026-03")
    blank = {
        name: "" for name in march if name not in {"record_id", "redcap_repeat_instrument", "redcap_repeat_instance"}
    }
    client.import_records([{**march, **blank, "mm_period": "2026-03-01"}], overwrite=True)
    with Store.open(f"sqlite:///{tmp_path_factory.mktemp('store')}/store.sqlite") as opened:
        pull(theatre, opened, SENT)
        send(theatre, opened, theatre.month, SENT)
        client.import_records([{**february, "sd_abs": str(int(february["sd_abs"]) + 3)}])
        pull(theatre, opened, CORRECTED)
        client.import_records([march])
        pull(theatre, opened, CAME_LATE)
        yield opened


@pytest.fixture(scope="module")
def next_reports(theatre: Theatre, store: Store) -> dict[tuple[str, str], Rendered]:
    of = jobs.measured(theatre.here, store, APRIL, NEXT)
    every = (("team", "T001"), ("team", "T002"), ("team", "T003"), ("coach", "c1"), ("coach", "c2"))
    return {(kind, code): rendered(of, kind, code, theatre.here.content) for kind, code in every}


def told(report: Rendered) -> str:
    """What stands under the heading, on one line; '' where it is not there."""
    found = re.search(rf"{HEADING.upper()}\n[-=]*\n*(.*?)\n\n\n", report.text + "\n\n\n", re.DOTALL | re.IGNORECASE)
    return " ".join(found[1].split()) if found else ""


def test_a_team_reads_what_its_corrected_figure_was_and_is_and_since_when(
    theatre: Theatre, next_reports: dict[tuple[str, str], Rendered]
) -> None:
    now = form(theatre, "T001", "2026-02")
    absent, possible = int(now["sd_abs"]), int(now["sd_poss"])
    name = theatre.here.collaborative.measures["ca_day"].name
    report = next_reports["team", "T001"]

    line = f"{name}, February: was {absent - 3:,} of {possible:,}, now {absent:,} of {possible:,} since 20 April."
    assert line in told(report)
    assert HEADING in report.html
    assert line in report.page


def test_counts_that_came_late_are_told_as_not_sent_before(
    theatre: Theatre, next_reports: dict[tuple[str, str], Rendered]
) -> None:
    now = form(theatre, "T002", "2026-03")
    line = f"March: was not sent, now {int(now['sd_abs']):,} of {int(now['sd_poss']):,} since 29 April."

    text = told(next_reports["team", "T002"])
    assert line.removesuffix(".") + "; with it came" in text


def test_a_team_of_which_nothing_has_changed_is_told_nothing(next_reports: dict[tuple[str, str], Rendered]) -> None:
    report = next_reports["team", "T003"]
    assert [HEADING in part for part in (report.text, report.html, report.page)] == [False] * 3


def test_a_coach_reads_it_of_every_team_and_of_no_other_coachs(
    theatre: Theatre, store: Store, next_reports: dict[tuple[str, str], Rendered]
) -> None:
    teams = jobs.measured(theatre.here, store, APRIL, NEXT).portfolio
    for coach in ("c1", "c2"):
        mine = {team.code for team in teams.of_coach(coach)}
        text = told(next_reports["coach", coach])
        names = {code: teams.team(code).short or teams.team(code).name for code in ("T001", "T002")}
        assert {code for code, name in names.items() if f"{name}." in text} == mine & {"T001", "T002"}


def test_the_first_report_tells_of_no_earlier_one(theatre: Theatre, store: Store) -> None:
    first = jobs.measured(theatre.here, store, theatre.month, SENT)
    assert first.last == {}


def test_a_report_with_restatements_is_made_again_byte_for_byte(theatre: Theatre, store: Store) -> None:
    send(theatre, store, APRIL, NEXT)
    client = theatre.here.client(deploying=True)
    client.import_records([{**form(theatre, "T001", "2026-02"), "sd_abs": "1"}])
    pull(theatre, store, NEXT + dt.timedelta(days=1))

    wanted = [one for one in again.sent(theatre.here, store, APRIL, NEXT) if one.kind != "coordinator"]
    found = list(again.reports(theatre.here, store, wanted, lambda _: None))

    assert len(found) > 10
    assert [one.report for one in found if one.differing or one.hindered] == []
    assert any(HEADING in one.page.text for one in found if one.page)
