"""The collaborative's own health, each measure with its numerator, its denominator and its edges, counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import MONTH, Shelf, changed, cycle, figures, form, profile, rating, report

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures.health import CODES, Tally, charts, definitions, frame
from breakthrough.month import Month
from breakthrough.teams.health import health

LATE = dt.date(2026, 5, 30)  # all of March's days have passed
FEBRUARY, MARCH, APRIL = Month("2026-02"), MONTH, Month("2026-04")
KEY = {"sd_abs": 5, "sd_poss": 100, "nr_hold": 3, "nr_prev": 4, "cr_ct5": 1, "cr_new": 2}
ONLY_DAY = {"measures": {"ca_hold": {"key": False}, "ca_c5": {"key": False}}}


def tallies(
    *entries: Entry,
    what: Collaborative | None = None,
    today: dt.date = LATE,
    until: Month = APRIL,
    received: Mapping[Month, Mapping[str, dt.date]] | None = None,
    sent: Mapping[Month, Sequence[dt.date]] | None = None,
) -> dict[tuple[str, Month], Tally]:
    what = what or changed({})
    read = teams.read(Shelf(*entries), what, today)
    results = measures.results(
        what,
        [entry for entry in entries if entry.key.instrument == "monthly_measures"],
        teams=[team.code for team in read.teams],
        expected=read.expected,
        today=today,
        until=until,
        joined={team.code: Month.of(team.joined) for team in read.teams},
    )
    found = health(read, results, what, until, today, received=received or {}, sent=sent or {})
    assert len({(one.code, one.month) for one in found}) == len(found)
    return {(one.code, one.month): one for one in found}


def share(code: str, *entries: Entry, month: Month = MARCH, **more: Any) -> tuple[float | None, float | None] | str:
    """Numerator and denominator of that month, or the state in which there are none."""
    one = tallies(*entries, **more)[code, month]
    return (one.numerator, one.denominator) if one.state == "reported" else one.state


FOUR = [profile(team) for team in ("T001", "T002", "T003", "T004")]


def test_every_measure_has_every_month_from_the_start_in_the_order_of_the_table() -> None:
    found = tallies(*FOUR)
    assert list(dict.fromkeys(code for code, _ in found)) == list(CODES)
    assert [month.name for code, month in found if code == "h_report"] == [
        *("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", "2026-04")
    ]


# --- reporting -----------------------------------------------------------------------------------------------------------


def test_a_team_reports_when_all_its_key_measures_are_there_cases_or_none() -> None:
    nobody = {**KEY, "cr_ct5": 0, "cr_new": 0}
    told = share(
        "h_report",
        *FOUR,
        figures("2026-03", KEY),
        figures("2026-03", nobody, team="T002"),
        figures("2026-03", {"sd_abs": 5, "sd_poss": 100}, team="T003"),
    )
    assert told == (2, 4)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        pytest.param({**KEY, "nr_hold": 9}, (0, 1), id="an impossible figure is not there"),
        pytest.param({**KEY, "ca_hold_st": 5, "nr_hold": None, "nr_prev": None}, (0, 1), id="announced is not there"),
        pytest.param({**KEY, "ca_hold_st": 4}, (1, 1), id="what a team does not collect it does not owe"),
        pytest.param(
            {"ca_day_st": 3, "ca_hold_st": 3, "ca_c5_st": 3}, "no_cases", id="a team not in session owes none"
        ),
    ],
)
def test_what_counts_as_there(values: dict[str, object], counts: object) -> None:
    assert share("h_report", profile(), figures("2026-03", values)) == counts


def test_an_excluded_month_was_reported_all_the_same() -> None:
    taken = {
        "measure": "ca_day",
        "team": "T001",
        "month": "2026-03",
        "reason": "flood",
        "accepted_by": "Ro",
        "on": "2026-04-20",
    }
    what = changed({"exclusions": [taken]})
    assert share("h_report", profile(), figures("2026-03", KEY), what=what) == (1, 1)


def test_a_key_measure_with_a_lag_is_waited_for_until_its_own_day() -> None:
    what = changed({"measures": {"ca_c5": {"lag": 1}}})
    two = {"sd_abs": 5, "sd_poss": 100, "nr_hold": 3, "nr_prev": 4}
    early, late = dt.date(2026, 4, 15), dt.date(2026, 5, 11)
    assert share("h_report", profile(), figures("2026-03", two), what=what, today=early) == (1, 1)
    assert share("h_report", profile(), figures("2026-03", two), what=what, today=late) == (0, 1)


def test_where_no_measure_is_key_all_of_them_are_asked_for() -> None:
    what = changed({"measures": {code: {"key": False} for code in ("ca_day", "ca_hold", "ca_c5")}})
    assert share("h_report", profile(), figures("2026-03", KEY), what=what) == (0, 1)


def test_on_time_is_by_the_due_day_that_day_included_and_only_where_the_form_tells_its_day() -> None:
    days = {"T001": dt.date(2026, 4, 10), "T002": dt.date(2026, 4, 11)}
    received = {MARCH: days}
    forms = [figures("2026-03", KEY, team=f"T00{number}") for number in (1, 2, 3)]
    assert share("h_ontime", *FOUR, *forms, received=received) == (1, 4)


def test_a_figure_that_is_not_there_is_not_on_time_whatever_the_day() -> None:
    received = {MARCH: {"T001": dt.date(2026, 4, 1)}}
    assert share("h_ontime", profile(), figures("2026-03", {"sd_abs": 1}), received=received) == (0, 1)


def test_the_month_is_not_due_until_its_due_day_has_passed() -> None:
    for today, state in ((dt.date(2026, 4, 10), "not_due"), (dt.date(2026, 4, 11), "reported")):
        found = tallies(profile(), today=today, until=MARCH)
        assert [found[code, MARCH].state for code in ("h_report", "h_ontime", "h_narr", "h_leader")] == [state] * 4


def test_holidays_are_not_in_session() -> None:
    found = tallies(profile(), today=dt.date(2026, 10, 1), until=Month("2026-08"))
    august = Month("2026-08")
    assert found["h_report", august].state == found["h_rated", august].state == "not_in_session"
    assert found["h_retain", august].state == "reported", "a team can leave in the holidays"


def test_only_teams_that_take_part_are_counted() -> None:
    others = [
        profile("T002", tp_status=1),
        profile("T003", tp_status=3),
        profile("T004", tp_status=4, tp_left="2026-02-10"),
        profile("T005", tp_joined="2026-04-02"),
        profile("T006", tp_status=5, tp_left="2026-03-31"),
    ]
    forms = [figures("2026-03", KEY, team=f"T00{number}") for number in range(1, 7)]
    assert share("h_report", profile(), *others, *forms) == (2, 2), "T001, and T006 until the end of March"


def test_a_written_report_counts_once_it_is_complete() -> None:
    told = share(
        "h_narr",
        *FOUR,
        report("2026-03", mr_did="x", monthly_report_complete=2),
        report("2026-03", team="T002", mr_did="x", monthly_report_complete=1),
        report("2026-02", team="T003", mr_did="x", monthly_report_complete=2),
    )
    assert told == (1, 4)


# --- testing -------------------------------------------------------------------------------------------------------------


def _closed(day: str, instance: int = 1, team: str = "T001", **more: object) -> Entry:
    ran = {"pd_start": "2026-03-02", "pd_end": day, "pd_result": "Better.", "pd_met": 1, "pd_act": 1, "pd_scale": 1}
    return cycle(instance, team, **{**ran, **more})


def test_learning_from_a_test_and_closing_one_are_of_the_month_in_which_they_were_written() -> None:
    entries = [*FOUR, _closed("2026-03-20"), _closed("2026-03-21", 2), _closed("2026-04-01", team="T002")]
    assert share("h_test", *entries) == (1, 4)
    assert share("h_pdsa", *entries) == (2, 4)
    assert tallies(*entries)["h_pdsa", MARCH].value == 0.5
    assert share("h_test", *entries, month=APRIL) == (1, 4)
    assert share("h_test", *FOUR, _closed("2026-03-20", pd_met="", pd_result="", pd_act="")) == (0, 4)


def test_teams_are_expected_to_test_from_the_first_session_to_the_end() -> None:
    october = Month("2026-10")
    found = tallies(profile(), today=dt.date(2026, 12, 1), until=october)
    assert found["h_test", october].state == "not_expected"
    assert found["h_report", october].state == "reported"


def test_closed_tests_with_seven_of_eight_points_are_well_documented() -> None:
    full = {"pd_predict": "Two more", "pd_planned_on": "2026-03-01", "pd_measure": "ca_day", "pd_ramp": "a"}
    ramp = [_closed("2026-03-20", 1, pd_cycle=1, **full), _closed("2026-03-25", 2, pd_cycle=2, **full)]
    poor = _closed("2026-03-20", 3, pd_ramp="b")
    assert share("h_pdsaq", profile(), *ramp, poor) == (2, 3)
    assert share("h_pdsaq", profile()) == "no_cases"


def test_of_first_tests_that_began_those_with_a_few_people_are_small() -> None:
    told = share(
        "h_small",
        profile(),
        cycle(1, pd_ramp="a", pd_cycle=1, pd_start="2026-03-02", pd_scale=2),
        cycle(2, pd_ramp="a", pd_cycle=2, pd_start="2026-03-20", pd_scale=5),
        cycle(3, pd_ramp="b", pd_cycle=1, pd_start="2026-03-05", pd_scale=3),
        cycle(4, pd_ramp="c", pd_cycle=1, pd_start="2026-03-05"),
        cycle(5, pd_ramp="d", pd_cycle=1, pd_start="2026-02-27", pd_scale=1),
    )
    assert told == (1, 3)


# --- people --------------------------------------------------------------------------------------------------------------


def _came(team: str, status: int, event: str = "LS3") -> Entry:
    return form("event_attendance", {"ea_event": event, "ea_status": status}, team)


def test_attendance_is_of_those_present_or_absent_and_leaves_out_the_excused_and_the_unrecorded() -> None:
    here = [_came("T001", 1), _came("T002", 2), _came("T003", 3)]
    assert share("h_attend", *FOUR, *here) == (2, 3)
    assert share("h_attend", *FOUR, *here, _came("T004", 4)) == (2, 3)
    assert share("h_attend", *FOUR) == "missing", "nothing was recorded of a session that took place"
    assert share("h_attend", *FOUR, month=FEBRUARY) == "no_cases", "there was no event"
    assert share("h_attend", *FOUR, today=dt.date(2026, 3, 31), until=MARCH) == "not_due"


def test_a_leader_meets_the_team_as_either_of_them_says() -> None:
    said = [
        report("2026-03", mr_leader_met=1),
        report("2026-03", team="T002", mr_leader_met=0),
        form("leader_checkin", {"lc_period": "2026-03-01", "lc_met_team": 1}, "T002"),
        form("leader_checkin", {"lc_period": "2026-03-01", "lc_met_team": 0}, "T003"),
    ]
    assert share("h_leader", *FOUR, *said) == (2, 4)


def test_a_rating_is_in_time_by_the_rating_day() -> None:
    given = [
        rating("2026-03", "25", cr_on="2026-04-14"),
        rating("2026-03", "25", team="T002", cr_on="2026-04-15"),
        rating("2026-03", "25", team="T003"),
    ]
    assert share("h_rated", *FOUR, *given) == (1, 4)
    assert share("h_rated", *FOUR, *given, today=dt.date(2026, 4, 14), until=MARCH) == "not_due"


def test_the_newest_rating_counts_for_sixty_days() -> None:
    given = [
        rating("2026-01", "45", cr_on="2026-02-14"),  # 60 days before the report day of March, 15 April
        rating("2026-01", "45", team="T002", cr_on="2026-02-13"),
        rating("2026-03", "40", team="T003", cr_on="2026-04-10"),
        rating("2026-02", "45", team="T004", cr_on="2026-03-10"),
        rating("2026-03", "35", 2, team="T004", cr_on="2026-04-10"),
    ]
    assert share("h_at4", *FOUR, *given) == (2, 4)
    assert share("h_at4", *FOUR, *given, what=changed({"rating": {"target": 3.5}})) == (3, 4)


def test_retention_is_of_all_that_ever_took_part_and_those_that_completed_are_not_lost() -> None:
    entries = [
        profile(),
        profile("T002", tp_status=4, tp_left="2026-02-10"),
        profile("T003", tp_status=5, tp_left="2026-02-10"),
        profile("T004", tp_joined="2026-04-02"),
        profile("T005", tp_status=1),
        profile("T006", tp_status=3),
    ]
    assert share("h_retain", *entries, month=FEBRUARY) == (3, 4)
    assert share("h_retain", *entries) == (2, 4)
    assert share("h_retain", *entries, month=APRIL) == (3, 5)


# --- the collaborative's own work ----------------------------------------------------------------------------------------


def test_turnaround_is_the_median_of_days_from_the_months_end() -> None:
    sent = {MARCH: [dt.date(2026, 4, 15), dt.date(2026, 4, 15), dt.date(2026, 4, 20)]}
    one = tallies(profile(), sent=sent)["h_turn", MARCH]
    assert (one.state, one.numerator, one.denominator, one.value) == ("reported", None, 3, 15)
    two = tallies(profile(), sent={MARCH: [dt.date(2026, 4, 14), dt.date(2026, 4, 17)]})
    assert two["h_turn", MARCH].value == 15.5
    assert two["h_turn", FEBRUARY].state == "missing"
    on_the_day = tallies(profile(), today=dt.date(2026, 4, 15), until=MARCH)
    assert on_the_day["h_turn", MARCH].state == "not_due"


def test_requests_are_judged_once_two_weeks_have_passed() -> None:
    def ask(team: str, day: str) -> Entry:
        return report("2026-03", team=team, mr_ask="Two hours?", mr_ask_of=2, mr_submitted=day)

    def solved(team: str, day: str) -> Entry:
        return form("coach_contact", {"ct_date": day, "ct_ask_ref": "2026-03-01", "ct_ask_status": 3}, team)

    entries = [
        *FOUR,
        ask("T001", "2026-04-05"),
        solved("T001", "2026-04-19"),  # after 14 days
        ask("T002", "2026-04-05"),
        solved("T002", "2026-04-20"),
        ask("T003", "2026-04-05"),
    ]
    assert share("h_asks", *entries) == (1, 3)
    assert share("h_asks", *entries, today=dt.date(2026, 4, 24), until=MARCH) == "not_due"
    late = ask("T004", "2026-04-22")
    assert share("h_asks", *entries, late, today=dt.date(2026, 4, 25), until=MARCH) == (1, 3), "three days old"
    assert share("h_asks", *entries, late) == (1, 4)
    assert share("h_asks", *FOUR) == "no_cases"


# --- as figures ----------------------------------------------------------------------------------------------------------


def test_health_is_drawn_as_other_measures_are_and_judged_by_no_rule_where_months_repeat_one_another() -> None:
    what = changed({})
    found = list(tallies(*FOUR, figures("2026-03", KEY), what=what).values())
    drawn = charts(found, what)
    assert list(drawn) == list(CODES)
    reporting = drawn["h_report"]
    assert (reporting.team, reporting.kind, reporting.goal, reporting.verdict) == (None, "run", 85, "few")
    assert [point.value for point in reporting.points][-2:] == [25.0, 0.0]
    assert {code for code, chart in drawn.items() if chart.verdict == "no_rule"} == {"h_at4", "h_retain"}
    assert (drawn["h_at4"].goal, drawn["h_at4"].goal_by) == (50, Month("2026-07"))
    assert definitions(what)["h_turn"].direction == "lower"


def test_as_a_frame_it_has_the_columns_of_the_results() -> None:
    table = frame(tallies(*FOUR).values())
    assert tuple(table.columns) == measures.COLUMNS
    assert set(table["team"]) == {""}
    assert len(table) == 14 * 8


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(1, 5), st.booleans()), min_size=1, max_size=6),
)
def test_no_share_of_teams_is_larger_than_all_of_them(given: list[tuple[bool, bool, int, bool]]) -> None:
    entries: list[Entry] = []
    for number, (sends, writes, status, leaves) in enumerate(given):
        team = f"T{number:03}"
        entries.append(profile(team, tp_status=status, tp_left="2026-01-15" if leaves else None))
        entries += [figures("2026-03", KEY, team=team)] if sends else []
        entries += [report("2026-03", team=team, mr_leader_met=1, monthly_report_complete=2)] if writes else []
    for (code, _), one in tallies(*entries).items():
        if one.state == "reported" and code not in {"h_turn", "h_pdsa"}:
            assert one.numerator is not None
            assert one.denominator is not None
            assert 0 <= one.numerator <= one.denominator <= len(given)
            assert one.value == pytest.approx(100 * one.numerator / one.denominator, rel=1e-12)
