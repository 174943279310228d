"""Who came, who stayed away, and what is seen of senior leaders."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import attended, changed, collaborative, contact, flags, form, portfolio, profile, report

from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams import Flag, leaders, presence
from breakthrough.teams.presence import Attended, Grid

DAY = dt.date(2026, 4, 15)  # LS1, AP1, LS2, AP2 and LS3 have been; AP3 is to come
EVENTS = ["LS1", "AP1", "LS2", "AP2", "LS3"]


def _answer(month: str, instance: int = 1, team: str = "T001", **values: object) -> Entry:
    return form("leader_checkin", {"lc_period": f"{month}-01", **values}, team, instance)


def _grid(*entries: Entry, day: dt.date = DAY) -> Grid:
    return presence.grid(portfolio(*entries, today=day), collaborative(), day)


def test_attendance_is_read_with_what_belongs_to_it() -> None:
    (one,) = portfolio(profile(), attended("LS2", 2, ea_n="4", ea_leader=1)).attendance
    assert (one.event, one.day, one.presence, one.people, one.leader) == (
        "LS2", dt.date(2025, 11, 20), "partly", 4, True,
    )  # fmt: skip


def test_who_was_not_there_brought_nobody() -> None:
    (one,) = portfolio(profile(), attended("LS2", 3, ea_n="4", ea_leader=1)).attendance
    assert (one.presence, one.people, one.leader) == ("absent", None, None)


def test_another_meeting_has_a_day_of_its_own_and_one_that_cannot_be_placed_is_left_out() -> None:
    entries = [
        attended("other", 1, 1, ea_date="2026-01-14"), attended("other", 3, 2, ea_date="2026-02-11"),
        attended("other", 1, 3), attended("XX9", 1, 4), attended("LS1", 7, 5), attended("", 1, 6),
    ]  # fmt: skip
    assert [(one.event, one.day.isoformat()) for one in portfolio(profile(), *entries).attendance] == [
        ("other", "2026-01-14"),
        ("other", "2026-02-11"),
    ]


def test_of_two_forms_for_an_event_the_last_is_taken() -> None:
    (one,) = portfolio(profile(), attended("LS1", 3, 1), attended("LS1", 1, 2)).attendance
    assert one.presence == "present"


def test_teams_by_events_add_up_both_ways() -> None:
    found = _grid(
        profile(), profile("T002"), profile("T003", tp_status=1),
        *(attended(event, status, at) for at, (event, status) in enumerate(zip(EVENTS, (1, 2, 3, 4, 1), strict=True), 1)),
        attended("LS1", 3, team="T002"),
    )  # fmt: skip
    assert [event.code for event in found.events] == EVENTS
    assert found.teams == ("T001", "T002")
    assert found.of_team("T001") == Attended(present=2, partly=1, absent=1, excused=1, unrecorded=0)
    assert found.of_team("T001").rate == 75  # 3 of 4: an excused absence is not held against a team
    assert found.of_team("T002") == Attended(absent=1, unrecorded=4)
    assert found.of_event("LS1") == Attended(present=1, absent=1)
    assert found.of_event("AP2") == Attended(excused=1, unrecorded=1)
    assert found.of_event("AP2").rate is None
    assert found.in_month(Month("2025-11")) == found.of_event("LS2")
    assert found.in_month(Month("2025-12")) == Attended()


@pytest.mark.parametrize(
    ("values", "owed"),
    [
        pytest.param({}, EVENTS, id="from the start"),
        pytest.param({"tp_joined": "2025-11-20"}, ["LS2", "AP2", "LS3"], id="joined at session 2"),
        pytest.param({"tp_status": 4, "tp_left": "2026-01-10"}, ["LS1", "AP1", "LS2"], id="left in January"),
        pytest.param({"tp_status": 3}, [], id="paused, nobody knows since when"),
    ],
)
def test_a_team_is_expected_from_the_day_it_joined_to_the_day_it_left(values: dict[str, Any], owed: list[str]) -> None:
    found = _grid(profile(**values))
    assert [event for event in EVENTS if found.of_event(event).unrecorded] == owed


@pytest.mark.parametrize(
    ("statuses", "missed"),
    [
        pytest.param("11133", ["AP2", "LS3"], id="the last two"),
        pytest.param("33311", [], id="long ago"),
        pytest.param("31333", ["LS2", "AP2", "LS3"], id="the last three"),
        pytest.param("11343", ["LS2", "LS3"], id="an excuse between them"),
        pytest.param("113 3", ["LS2", "LS3"], id="one of which nothing is recorded"),
        pytest.param("11132", [], id="there for part of the last"),
        pytest.param("44444", [], id="excused all along"),
    ],
)
def test_events_missed_running_end_with_the_last_one_a_team_was_at(statuses: str, missed: list[str]) -> None:
    entries = [attended(event, int(status), at) for at, (event, status) in enumerate(zip(EVENTS, statuses, strict=True), 1) if status != " "]  # fmt: skip
    found = presence.missed(portfolio(profile(), *entries).attendance)
    assert [one.event for one in found] == missed


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 5), st.sampled_from(["T001", "T002"])), max_size=12))
def test_whatever_is_recorded_every_expected_place_is_counted_once(rows: list[tuple[str, int, str]]) -> None:
    found = _grid(
        profile(), profile("T002"), *(attended(event, status, at, team) for at, (event, status, team) in enumerate(rows, 1))
    )  # fmt: skip
    by_event = [found.of_event(event) for event in EVENTS]
    by_team = [found.of_team(team) for team in found.teams]
    for parts, of in ((by_event, 2), (by_team, 5)):
        for one in parts:
            assert one.expected + one.excused + one.unrecorded == of
            assert one.rate is None or 0 <= one.rate <= 100
    assert sum(one.there for one in by_event) == sum(one.there for one in by_team)


# --- senior leaders ------------------------------------------------------------------------------------------------------


def test_every_sign_of_a_senior_leader_is_found_whichever_form_it_stands_on() -> None:
    read = portfolio(
        profile(), report("2026-01", 1, mr_leader_met=1), report("2026-02", 2, mr_leader_met=0),
        _answer("2025-12", lc_met_team=1, lc_read=1), attended("LS3", 1, ea_leader=1), contact("2026-03-24", ct_with___1=1),
        contact("2026-03-25", 2, ct_with___2=1),
    )  # fmt: skip
    assert [(one.day.isoformat(), one.kind) for one in leaders.signs(read, DAY)] == [
        ("2025-12-31", "answered"),
        ("2025-12-31", "met the team"),
        ("2026-01-31", "met the team"),
        ("2026-03-05", "was at an event"),
        ("2026-03-24", "spoke with the coach"),
    ]
    assert leaders.met_in(read, Month("2025-12")) == {"T001"}
    assert leaders.met_in(read, Month("2026-02")) == set()


def test_a_sign_of_the_running_month_is_not_in_the_future() -> None:
    read = portfolio(profile(), report("2026-04", mr_leader_met=1))
    assert [one.day for one in leaders.signs(read, DAY)] == [DAY]


def test_an_answer_is_read_as_what_it_means() -> None:
    (one,) = portfolio(
        profile(), _answer("2026-03", lc_read=1, lc_met_team=0, lc_priority=4, lc_decision=3, lc_barrier_removed="?")
    ).leader_answers
    assert (one.read, one.met, one.cleared, one.priority, one.decision) == (True, False, None, 4, "talk")


# --- their flags ---------------------------------------------------------------------------------------------------------


def _flag(code: str, *entries: Entry, **more: Any) -> Flag | None:
    return flags(profile(), *entries, **more).get(code)


def test_two_events_missed_running_are_a_flag_from_the_second_on() -> None:
    missed = [attended("LS2", 1, 1), attended("AP2", 3, 2), attended("LS3", 3, 3)]
    found = _flag("absent", *missed)
    assert found is not None
    assert found.evidence == (
        "Nobody of the team was at the last two events: All-team call on 22 January and Learning session 3 on 5 March."
    )
    assert (found.severity, found.since) == ("medium", dt.date(2026, 3, 5))
    assert _flag("absent", *missed[:2]) is None
    assert _flag("absent", attended("AP2", 3, 2), attended("LS3", 4, 3)) is None
    assert _flag("absent", *missed[:2], what=changed({"flags": {"missed_events": 1}})) is not None


def test_nothing_seen_of_the_senior_leader_for_sixty_days_is_a_flag() -> None:
    seen = attended("AP2", 1, ea_leader=1)  # 22 January, 83 days ago
    found = _flag("leader", seen)
    assert found is not None
    assert found.evidence == (
        "The senior leader last was at an event on 22 January, 83 days ago. No report, event, answer or call has shown more since."
    )
    assert (found.severity, found.since) == ("medium", dt.date(2026, 3, 23))
    assert _flag("leader", seen, contact("2026-02-14", ct_with___1=1)) is None
    assert _flag("leader", seen, contact("2026-02-13", ct_with___1=1)) is not None
    never = _flag("leader")
    assert never is not None
    assert never.evidence == (
        "No report, event, answer or call shows the senior leader; 209 days have passed since the first learning session."
    )
    assert _flag("leader", today=dt.date(2025, 9, 17), month=Month("2025-09")) is None


def test_a_flag_that_the_collaborative_does_not_use_is_not_raised() -> None:
    assert _flag("leader", what=changed({"flags": {"unused": ["leader"]}})) is None


def test_a_flag_is_acknowledged_by_a_contact_since_it_began_that_names_it() -> None:
    missed = [attended("AP2", 3, 2), attended("LS3", 3, 3)]
    ticked: dict[str, Any] = {"ct_flag_ack___absent": 1}
    for day, code, expected in (
        ("2026-03-05", "absent", dt.date(2026, 3, 5)),
        ("2026-04-01", "absent", dt.date(2026, 4, 1)),
        ("2026-03-04", "absent", None),
        ("2026-04-01", "leader", None),
    ):
        found = _flag(code, *missed, contact(day, 1, **ticked))
        assert found is not None
        assert found.acknowledged == expected
