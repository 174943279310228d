"""What a team's report tells of other teams, from the store on: the filter's rows, the policy's names, and no more."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.reporting import given
from tests.teams.desk import changed
from tests.worker import test_disclosure as earlier
from tests.worker.test_disclosure import APRIL_15, LARGE, MARCH, MAY_15

from breakthrough.measures import Chart
from breakthrough.measures.suppression import Release
from breakthrough.month import Month
from breakthrough.reporting.views.peers import Peers
from breakthrough.store import Report, Store, archive, materials, snapshots
from breakthrough.teams.values import Portfolio
from breakthrough.worker import elsewhere, ledger, peers
from breakthrough.worker.edition import Edition
from breakthrough.worker.reports import KINDS
from breakthrough.worker.sources import EVERYTHING

store = earlier.store


def _peers(of: Edition, team: str = "T001") -> Peers | None:
    return peers.peers(of.field, team)


def _with(store: Store, missed: dict[str, int], at: dt.datetime = APRIL_15, **privacy: str) -> Edition:
    return earlier._edition(store, missed, at, changed({"privacy": privacy}))


def test_a_team_is_told_the_others_values_under_made_up_names_and_its_own_apart(store: Store) -> None:
    told = _peers(_with(store, LARGE))
    assert told is not None
    assert (told.month, told.own, told.withheld, told.without) == (MARCH, 7.0, 0, 0)
    assert sorted(one.value for one in told.others) == [7.5, 8.0, 8.5, 9.0, 9.5]
    assert all(len(one.label) == 4 and one.label not in LARGE for one in told.others)


def test_names_are_those_that_the_policy_allows(store: Store) -> None:
    named = _peers(_with(store, LARGE, peer_names="named"))
    assert named is not None
    assert {one.label for one in named.others} == {f"Team T00{n}" for n in range(2, 7)}  # as the profiles have it
    assert not named.coded
    none = dataclasses.replace(_with(store, LARGE, MAY_15, peer_names="none"))
    assert _peers(none) is None
    assert none.worked == {}
    assert set(KINDS["team"].behind(none, "T001")) == {"T001"}


def test_a_small_number_is_kept_back_from_others_and_shown_to_its_team(store: Store) -> None:
    of = _with(store, {**LARGE, "T004": 4})
    told, own = _peers(of), _peers(of, "T004")
    assert told is not None
    assert own is not None
    assert 0.4 not in [one.value for one in told.others]
    assert told.withheld == sum(team != "T001" for team, measure, _ in of.released.hidden if measure == "ca_day") > 1
    assert own.own == 0.4
    words = earlier._words(earlier._report(of, "team", "T001"))
    assert "0.4%" not in words
    assert "not shown, so that no small number can be told from them" in words


def test_the_report_rests_on_the_others_rows_of_that_month_and_on_all_teams_records(store: Store) -> None:
    of = _with(store, LARGE)
    behind = ledger.read(ledger.written(KINDS["team"].behind(of, "T001")))
    others = [key for key in behind if key[0] != "T001"]
    assert {team for team, _, _ in others} == {*LARGE} - {"T001"}
    assert {month for _, _, month in others} == {"2026-03"}
    assert "ca_day" in {measure for _, measure, _ in others}
    own = {(measure, month) for team, measure, month in behind if team == "T001"}
    assert own == set(of.rows(["T001"])[["measure", "month"]].itertuples(index=False, name=None))
    made_of = KINDS["team"].made_of(of, "T001")
    assert made_of == EVERYTHING or {("main", team) for team in LARGE} <= made_of


def test_what_a_teams_report_has_told_counts_as_told(store: Store) -> None:
    """Who saw five teams in March is not told the sum of six: the sixth's 5 half-days would be the difference."""
    late = {team: n for team, n in LARGE.items() if team != "T006"}
    first = _with(store, late)
    _archived(store, first)
    second = _with(store, {**LARGE, "T006": 5}, MAY_15)
    words = earlier._words(earlier._report(second, "coach", "c1"))
    assert "405 of 6,000" not in words
    assert "The pooled figure of March is withheld" in words


def test_an_archived_report_of_a_team_alone_has_told_nothing_of_others(store: Store) -> None:
    first = _with(store, LARGE, peer_names="none")
    _archived(store, first)
    second = _with(store, LARGE, MAY_15)
    assert second.told is None


def _archived(store: Store, of: Edition) -> None:
    with store.begin() as connection:
        kept = materials.keep(connection, ledger.written(KINDS["team"].behind(of, "T001")))
        at = of.occasion.now
        snapshot = snapshots.keep(connection, store.newest(["main"], at).snapshot).id
        report = Report(earlier.CODE, "team", "T001", "2026-03", 0, at, snapshot, "", "", "", {}, "", kept)
        archive.keep_report(connection, report)


@pytest.fixture
def signals(store: Store) -> tuple[Edition, Portfolio, dict[tuple[str, str], Chart]]:
    """Three teams that test on D1; T002's and T003's absence improves after their tests began."""
    of = _with(store, LARGE)
    signal = given.signal("shift", "improving", "2026-01", "2026-02", "2026-03")
    charts = {
        (team, "ca_day"): given.chart([7.0] * 7, team=team, signals=(signal,), verdict="improving")
        for team in ("T002", "T003")
    }
    tests = (
        given.cycle(1, team="T001", idea="D1c"),
        given.cycle(1, team="T002", idea="D1a", title=given.text("Register by nine")),
        given.cycle(1, team="T003", idea="D1b", decision="adopt", title=given.text("Told 14 of 20")),
        given.cycle(1, team="T004", idea="D3a"),
    )
    return of, dataclasses.replace(of.portfolio, pdsas=tests), charts


def _worked(of: Edition, people: Portfolio, charts: dict[tuple[str, str], Chart], released: Release | None = None) -> dict[str, tuple[elsewhere.Worked, ...]]:  # fmt: skip
    return elsewhere.worked(of.frame, charts, of.collaborative, people, released or of.released, dt.date(2026, 4, 15))


def test_changes_of_other_teams_on_the_same_driver_that_a_signal_followed_are_told(
    signals: tuple[Edition, Portfolio, dict[tuple[str, str], Chart]],
) -> None:
    of, people, charts = signals
    found = _worked(of, people, charts)
    told = elsewhere.told(found, "T001", of.collaborative, people)
    assert [(one.idea, one.stage, one.measure, one.team) for one in told] == [
        ("D1b", "adopted", "ca_day", ""),
        ("D1a", "adapted", "ca_day", ""),
    ]
    assert elsewhere.told(found, "T004", of.collaborative, people) == ()  # it tests on another driver
    assert [one.idea for one in elsewhere.told(found, "T002", of.collaborative, people)] == ["D1b"]


def test_a_signal_is_not_told_where_a_month_behind_it_is_withheld(
    signals: tuple[Edition, Portfolio, dict[tuple[str, str], Chart]],
) -> None:
    of, people, charts = signals
    kept_back = dataclasses.replace(of.released, hidden=frozenset({("T003", "ca_day", "2026-01")}))
    assert {one.team for some in _worked(of, people, charts, kept_back).values() for one in some} == {"T002"}


def test_written_words_are_told_only_if_cleared_without_a_figure_and_without_the_teams_name(
    signals: tuple[Edition, Portfolio, dict[tuple[str, str], Chart]],
) -> None:
    of, people, charts = signals
    found = elsewhere.told(_worked(of, people, charts), "T001", of.collaborative, people)
    assert [one.written for one in found] == ["", "Register by nine"]
    for title in (given.text("Register by nine", cleared=False), given.text("As ASH and Birch do it")):
        tests = tuple(dataclasses.replace(one, title=title) for one in people.pdsas)
        short = {"T002": "Ash", "T003": "Birch"}
        called = tuple(dataclasses.replace(one, short=short.get(one.code, one.code)) for one in people.teams)
        others = dataclasses.replace(people, pdsas=tests, teams=called)
        assert [one.written for one in elsewhere.told(_worked(of, others, charts), "T001", of.collaborative, others)] == ["", ""]  # fmt: skip


def test_the_newest_month_that_half_of_the_teams_have_sent_is_shown(store: Store) -> None:
    few = _with(store, {"T001": 70, "T002": 80})
    assert few.newest.empty
    half = _with(store, {"T001": 70, "T002": 80, "T003": 90}, MAY_15)
    assert set(half.newest["month"]) == {"2026-03"}
    assert peers.newest(half.frame, half.collaborative, Month("2026-02")).empty
