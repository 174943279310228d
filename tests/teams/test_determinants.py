"""Seven determinants as figures that say what they are made of."""

from __future__ import annotations

import datetime as dt
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import Shelf, attended, changed, contact, cycle, figures, form, profile, report

from breakthrough import measures, teams
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.determinants import Code, Determinant, Indicator, at_close, determinants
from breakthrough.teams.prework import STEPS

MARCH, DAY = Month("2026-03"), dt.date(2026, 4, 15)


def _determinants(*entries: Entry, what: Collaborative | None = None) -> tuple[Determinant, ...]:
    what = what or changed({})
    read = teams.read(Shelf(*entries), what, DAY)
    monthly = [entry for entry in entries if entry.key.instrument == "monthly_measures"]
    frame = measures.results(
        what, monthly, teams=[team.code for team in read.teams], expected=read.expected, today=DAY, until=MARCH
    )
    return determinants(read, frame, what, MARCH, DAY)


def _of(code: str, *entries: Entry, what: Collaborative | None = None) -> dict[str, Indicator]:
    found = next(
        one for one in _determinants(profile(), *entries, what=what) if one.code == code and one.team == "T001"
    )
    return {one.code: one for one in found.indicators}


def _values(found: dict[str, Indicator]) -> dict[str, float | None]:
    return {code: round(one.value, 1) if one.value is not None else None for code, one in found.items()}


def _person(instance: int, role: int, **values: object) -> Entry:
    return form(
        "team_roster", {"tr_name": "Ada", "tr_role": role, "tr_from": "2025-09-01", **values}, instance=instance
    )


def test_every_team_has_all_seven_and_a_team_of_which_nothing_is_known_has_no_made_up_figure() -> None:
    found = _determinants(profile(), profile("T002"), profile("T003", tp_status=1))
    assert [(one.team, one.code) for one in found] == [
        (team, code) for team in ("T001", "T002") for code in get_args(Code)
    ]
    known = {
        one.code: one.value for determinant in found[:7] for one in determinant.indicators if one.value is not None
    }
    assert known == {
        "tested": 0, "roles": 0, "contact": 0, "baseline": 0, "tests": 0, "coaching": 0, "reports": 0, "storyboards": 0,
    }  # fmt: skip
    assert all(one.evidence.endswith(".") for determinant in found for one in determinant.indicators)


def test_sponsorship_is_the_share_of_promises_kept_by_that_day() -> None:
    promised = [
        {"what": "Two days a month for each data lead", "kept": "2025-10-01"},
        {"what": "Supply cover for sessions", "by": "2025-09-18", "kept": "2026-05-01"},
        {"what": "A change of the attendance codes", "by": "2026-01-01"},
    ]
    what = changed({"sponsor": {"name": "The county", "commitments": promised}})
    one = _of("sponsorship", what=what)["kept"]
    assert (one.n, one.of, one.evidence) == (1, 3, "1 of 3 promises kept.")


def test_ideas_are_counted_by_how_far_they_have_come() -> None:
    found = _of(
        "ideas", cycle(1, pd_change="D1b", pd_start="2025-11-03", pd_act=1), cycle(2, pd_change="D3a", pd_start="2025-12-01"),
    )  # fmt: skip
    assert _values(found) == {"tested": 14.3, "adopted": 50.0, "strength": 3.5}  # 2 of 14, 1 of 2, strengths 3 and 4
    assert found["adopted"].evidence == "1 of 2 tested ideas adopted or further."


def test_participants_are_roles_hours_experience_and_turnover() -> None:
    found = _of(
        "participants", _person(1, 2, tr_hours="2.5", tr_qi_before=1), _person(2, 3, tr_hours="1"), _person(3, 2, tr_qi_before=0),
        _person(4, 1, tr_to="2026-01-31", tr_hours="9", tr_qi_before=1),
    )  # fmt: skip
    assert _values(found) == {"roles": 40.0, "hours": 3.5, "experience": 50.0, "turnover": 25.0}
    assert found["roles"].evidence == "Not on the team: senior leader, technical expert, family member or student."


def test_leader_support_is_months_with_a_sign_and_two_views() -> None:
    found = _of(
        "leader", report("2025-10", 1, mr_leader_met=1), contact("2026-03-24", ct_with___1=1),
        form("prework", {"pw_leader_support": 4}, instance=0),
        form("leader_checkin", {"lc_period": "2025-12-01", "lc_priority": 2, "lc_read": 1}, instance=1),
        form("leader_checkin", {"lc_period": "2026-01-01", "lc_priority": 3}, instance=2),
    )  # fmt: skip
    assert _values(found) == {"contact": 42.9, "team's view": 4, "leader's view": 2.5, "gap": 1.5}  # 3 of 7 months
    assert found["contact"].evidence == "Something was seen of the senior leader in 3 of 7 months."


def test_preliminary_work_is_what_was_done_and_the_months_before_the_start() -> None:
    done = {f"pw_{step}": int(at < 9) for at, step in enumerate(STEPS)}
    months = [
        figures(month, {"sd_abs": 70, "sd_poss": 1000}, at)
        for at, month in enumerate(("2025-05", "2025-06", "2025-07", "2025-10"), 1)
    ]
    found = _of("prework", form("prework", {**done, "pw_importance": 5}, instance=0), *months)
    assert _values(found) == {"readiness": 81.8, "baseline": 3}
    assert _values(_of("topic", form("prework", {"pw_importance": 5}, instance=0))) == {"importance": 5}


def test_learning_is_shown_part_by_part() -> None:
    found = _of(
        "learning", attended("LS1", 1, 1), attended("LS2", 3, 2), attended("LS3", 4, 3), contact("2026-03-24"),
        contact("2026-03-25", 2, ct_kind=3), report("2026-02", 1), form("storyboard", {"sb_event": "LS2"}, instance=1),
        form("storyboard", {"sb_event": "AP1"}, instance=2),
        cycle(1, pd_predict="6", pd_planned_on="2026-03-01", pd_start="2026-03-02", pd_end="2026-03-05", pd_data_plan="Tally",
              pd_scale=1, pd_result="5", pd_met=1, pd_act=3),
        cycle(2, pd_act=1),
    )  # fmt: skip
    assert _values(found) == {
        "attendance": 50, "tests": 2, "well kept": 50, "coaching": 1, "reports": 14.3, "storyboards": 33.3,
    }  # fmt: skip
    assert found["attendance"].evidence == "At 1 of 2 events; 2 not recorded."


def test_at_the_close_indicators_are_split_by_the_rating_reached() -> None:
    entries = [
        form("prework", {"pw_importance": level}, team, 0)
        for team, level in (("T001", 5), ("T002", 4), ("T003", 2), ("T004", None))
    ]
    found = _determinants(*(profile(f"T00{number}") for number in range(1, 5)), *entries)
    split = next(one for one in at_close(found, {"T001", "T002"}) if one.indicator == "importance")
    assert (split.reached, split.others, split.medians) == ((5, 4), (2,), (4.5, 2))
    assert at_close((), set()) == ()


ENTRIES = st.lists(
    st.sampled_from(
        [
            form("prework", {"pw_team": 1, "pw_importance": 9}, instance=0), attended("LS1", 2), cycle(1, pd_start="2026-01-09", pd_change="D1b"),
            report("2026-03", mr_leader_met=1), report("2026-08", 9, mr_leader_met=1), contact("2026-01-01", ct_with___1=1),
            _person(1, 2), _person(2, 9, tr_hours="-3", tr_to="2025-01-01"), form("storyboard", {"sb_event": "LS1"}),
        ]
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(ENTRIES)
def test_every_share_lies_between_0_and_100(entries: list[Entry]) -> None:
    shares: list[Any] = [
        one for item in _determinants(profile(), *entries) for one in item.indicators if one.unit == "%"
    ]
    assert all(one.value is None or 0 <= one.value <= 100 for one in shares)
    assert all((one.value is None) == (not one.of) for one in shares)
