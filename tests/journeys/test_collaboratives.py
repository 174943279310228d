"""The worked collaboratives beside absenteeism: each is deployed, filled, pulled, measured, reported and mailed."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.journeys.played import Command, quietly

from breakthrough.demo import cases, play
from breakthrough.demo.play import Outcome, Theatre
from breakthrough.instruments import project as projects
from breakthrough.instruments.plan import Wanted
from breakthrough.redcap.deploy import deploy
from breakthrough.worker import jobs

DAY = "2026-04-15"
MAILS = {"math_swd": 39, "medical_home": 65}  # three a team with its leader, one a coach, the coordinator's
NOTICE = "Illustrative content of this project's own making"
# The teams whose tests a signal followed, of measures that others may see as a whole, with the driver they tested on.
WORKED = {"math_swd": {"T001": "M2", "T002": "M3", "T012": "M2"}, "medical_home": {"T001": "CP", "T015": "DS"}}
SILENT = {"math_swd": "Juniper Gap", "medical_home": "Jasmine Court"}


@dataclass(frozen=True)
class Shown:
    """A demonstration that was played, with its REDCap still there."""

    theatre: Theatre
    outcome: Outcome

    def report(self, about: str) -> str:
        path = self.theatre.output / "reports" / f"2026-03-{about}.html"
        return html.unescape(path.read_text(encoding="utf-8"))


@contextmanager
def shown(name: str, folder: Path) -> Iterator[Shown]:
    with play.opened(folder / "out", name, None) as theatre:
        yield Shown(theatre, play.play(theatre, quietly))


@pytest.fixture(scope="module")
def maths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown("math_swd", tmp_path_factory.mktemp("maths")) as found:
        yield found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with shown("medical_home", tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(params=sorted(MAILS))
def any_of_them(request: pytest.FixtureRequest) -> Shown:
    found: Shown = request.getfixturevalue({"math_swd": "maths", "medical_home": "home"}[request.param])
    return found


def figures(run: Command, of: Shown, *arguments: str) -> list[dict[str, str]]:
    done = run("measures", "-d", of.theatre.here.folder, "--now", DAY, *arguments)
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_a_second_deploy_of_each_of_its_projects_finds_nothing_to_do(any_of_them: Shown) -> None:
    theatre = any_of_them.theatre
    for name in theatre.here.settings.redcap_projects():
        project = projects.load(theatre.here.content, theatre.here.collaborative, name)
        again = deploy(theatre.here.client(name, deploying=True), Wanted(project, theatre.scene.teams))
        assert again.steps == ()


def test_every_team_and_coach_has_a_report_that_says_what_it_is(any_of_them: Shown) -> None:
    pages = sorted((any_of_them.theatre.output / "reports").glob("*.html"))
    scene = any_of_them.theatre.scene
    # a team and its leader; the coaches; all together, and the coordinator
    assert len(pages) == 2 * len(scene.members) + len(scene.collaborative.coaches) + 2
    assert [page.name for page in pages if NOTICE not in any_of_them.report(page.stem.removeprefix("2026-03-"))] == []


def test_everybody_gets_one_message_and_a_second_send_would_send_none(any_of_them: Shown) -> None:
    outcome = any_of_them.outcome
    assert (outcome.sent.sent, outcome.again) == (MAILS[any_of_them.theatre.name], 0)


def test_no_teams_page_names_another_team(any_of_them: Shown) -> None:
    members = any_of_them.theatre.scene.members
    for member in members:
        page = any_of_them.report(f"team-{member.record}")
        assert [other.name for other in members if other != member and other.name in page] == []
        assert member.name in page


def test_the_coach_is_told_of_the_team_that_fell_silent(any_of_them: Shown) -> None:
    silent = SILENT[any_of_them.theatre.name]
    (coach,) = {member.coach for member in any_of_them.theatre.scene.members if member.name == silent}
    assert f"Silent, neither counts nor a report for two months: {silent}" in any_of_them.report(f"coach-{coach}")


def test_some_teams_move_and_some_do_not(any_of_them: Shown) -> None:
    theatre = any_of_them.theatre
    with theatre.here.store() as store:
        charts = jobs.measured(theatre.here, store, theatre.month, theatre.now).charts
    moved = {team for (team, _), chart in charts.items() if team and chart.verdict == "improving"}
    worse = {team for (team, _), chart in charts.items() if team and chart.verdict == "worsening"}
    everybody = set(any_of_them.theatre.scene.teams)
    assert "T001" in moved
    assert "T003" in worse
    assert len(everybody) / 4 <= len(moved) < len(everybody)


def test_who_tests_on_a_driver_reads_of_what_worked_on_it_elsewhere(any_of_them: Shown) -> None:
    theatre, worked = any_of_them.theatre, WORKED[any_of_them.theatre.name]
    of = {idea.code: driver.code for driver in theatre.here.collaborative.drivers for idea in driver.ideas}
    tested = {(row["record_id"], of[row["pd_change"]]) for row in _entered(any_of_them, "pdsa_cycle")}
    concerned = {team for team, driver in tested for other in worked if other != team and worked[other] == driver}
    reading = {team for team in theatre.scene.teams if "Worked elsewhere" in any_of_them.report(f"team-{team}")}
    assert reading == concerned
    assert set() < reading < set(theatre.scene.teams)


def test_the_benchmark_owes_nothing_between_its_terms(maths: Shown, run: Command) -> None:
    rows = {(row["team"], row["month"]): row["state"] for row in figures(run, maths, "--measure", "ma_bench")}
    year = [f"2025-{month:02}" for month in range(8, 13)] + ["2026-01", "2026-02", "2026-03"]
    assert [month for month in year if rows["T001", month] != "not_expected"] == ["2025-10", "2026-01"]
    assert {rows["T001", month] for month in ("2025-10", "2026-01")} == {"reported"}
    assert "missing" not in rows.values()


def test_figures_of_charts_are_those_that_a_person_would_count(home: Shown, run: Command) -> None:
    rows = [row for row in cases.rows(home.theatre.scene, "chart_audit") if row["au_on"].startswith("2026-01")]
    told = {
        (row["team"], row["measure"]): (row["numerator"], row["denominator"])
        for row in figures(run, home, "--month", "2026-01")
    }

    def days(earlier: str, later: str) -> int | None:
        if not earlier or not later:
            return None
        return (dt.date.fromisoformat(later) - dt.date.fromisoformat(earlier)).days

    for team in ("T001", "T003", "T012"):
        mine = [row for row in rows if row["record_id"].startswith(f"{team}-")]
        well = [days(row["au_screen_on"], row["au_on"]) for row in mine if row["au_kind"] == "1"]
        planned = [row for row in mine if row["au_kind"] == "2"]
        complex_ = [days(row["au_plan_on"], row["au_on"]) for row in planned if row["au_tier"] in "23"]
        sent = [days(row["au_on"], row["au_back_on"]) for row in mine if row["au_kind"] == "3"]
        by_hand = {
            "mh_find": (sum(one is not None and one <= 365 for one in well), len(well)),
            "mh_plan": (sum(one is not None and one <= 365 for one in complex_), len(complex_)),
            "mh_prev": (sum(row["au_ready"] == "1" for row in planned), len(planned)),
            "mh_loop": (sum(one is not None and one <= 30 for one in sent), len(sent)),
        }
        for measure, (above, below) in by_hand.items():
            assert told[team, measure] == (f"{above}.0", f"{below}.0"), (team, measure)
        assert len(well) == 15


def test_referrals_are_judged_once_their_thirty_days_have_passed(home: Shown, run: Command) -> None:
    states = {row["month"]: row["state"] for row in figures(run, home, "--measure", "mh_loop", "--team", "T001")}
    assert [states[f"2026-0{month}"] for month in (1, 2, 3)] == ["reported", "not_due", "not_due"]


def test_charts_without_a_day_are_told_to_the_team_and_its_coach_and_to_nobody_else(home: Shown) -> None:
    told = "3 rows of chart_audit have no date in au_on"
    pages = {
        page.name
        for page in (home.theatre.output / "reports").glob("*.html")
        if told in home.report(page.stem.removeprefix("2026-03-"))
    }
    coordinators = {name for name in pages if name.startswith("2026-03-coordinator-")}  # who sees to everything
    assert pages - coordinators == {"2026-03-team-T013.html", "2026-03-coach-c3.html"}


def test_practices_can_be_looked_at_by_region_and_by_kind(home: Shown, run: Command) -> None:
    def groups(by: str) -> set[str]:
        return {row["stratum"] for row in figures(run, home, "--by", by, "--measure", "mh_find", "--month", "2026-03")}

    assert groups("region") == {"City", "Lakes", "Prairie"}
    assert groups("type") == {"hospital", "practice or clinic"}


def test_the_check_of_care_is_scored_by_its_six_parts(home: Shown) -> None:
    assessed = [row for row in _entered(home, "care_assessment") if row["record_id"] == "T001"]
    assert [row["ca_time"] for row in assessed] == ["1", "2"]
    items = [field for field in assessed[0] if re.fullmatch(r"ca_sc_\d_\d", field) and assessed[0][field]]
    assert len(items) == 12


def _entered(of: Shown, form: str) -> list[dict[str, str]]:
    client = of.theatre.here.client(deploying=True)
    rows = client.records(forms=[form], fields=["record_id"], dags=False)
    return [row for row in rows if row["redcap_repeat_instrument"] == form]
