from __future__ import annotations

from collections.abc import Mapping

import pytest
from tests.measures.sheets import collaborative, form, frame

from breakthrough import measures
from breakthrough.measures import Pooled
from breakthrough.month import Month

TEAMS = ("T001", "T002", "T003", "T004")


def _march(
    *entries: Mapping[str, object], teams: tuple[str, ...] = TEAMS, code: str = "rate", **changes: object
) -> Pooled:
    what = collaborative(**changes)
    forms = [form(team, "2026-03", values) for team, values in zip(TEAMS, entries, strict=False)]
    line = measures.pooled(frame(forms, what=what, teams=teams), what, code)
    return next(one for one in line if one.month == Month("2026-03"))


def test_the_pooled_rate_is_the_sum_over_the_sum_beside_the_median_of_teams() -> None:
    one = _march({"hit": 1, "seen": 10}, {"hit": 2, "seen": 100}, {"hit": 30, "seen": 1000}, {})
    assert (one.numerator, one.denominator) == (33, 1110)
    assert one.pooled == pytest.approx(2.972973, abs=1e-6)  # 33 of 1,110; the mean of 10, 2 and 3 would be 5
    assert one.median == 3.0
    assert (one.reporting, one.expected) == (3, 4)


def test_the_median_of_an_even_number_of_teams_lies_between_the_middle_two() -> None:
    one = _march(*({"hit": hit, "seen": 100} for hit in (1, 2, 4, 9)))
    assert one.median == 3.0


def test_only_teams_that_owe_data_are_counted_among_all() -> None:
    one = _march({"rate_st": 4}, {"rate_st": 3}, {"hit": 0, "seen": 0}, {"hit": 5, "seen": 100})
    assert (one.reporting, one.no_cases, one.expected) == (1, 1, 2)
    assert one.pooled == 5.0


def test_impossible_late_and_excluded_months_are_owed_and_not_in_the_sum() -> None:
    exclusion = {
        "measure": "rate",
        "team": "T004",
        "month": "2026-03",
        "reason": "flood",
        "accepted_by": "Ro",
        "on": "2026-04-01",
    }
    one = _march(
        {"hit": 500, "seen": 100},
        {"rate_st": 5},
        {"hit": 5, "seen": 100},
        {"hit": 90, "seen": 100},
        exclusions=[exclusion],
    )
    assert (one.reporting, one.expected, one.pooled) == (1, 4, 5.0)


def test_nobody_reporting_leaves_no_rate_and_a_holiday_month_owes_nothing() -> None:
    what = collaborative()
    line = {one.month.name: one for one in measures.pooled(frame([], teams=TEAMS), what, "rate")}
    assert (line["2026-03"].pooled, line["2026-03"].median, line["2026-03"].expected) == (None, None, 4)
    assert line["2025-08"].expected == 0
    assert len(line) == 22


def test_the_pooled_difference_is_the_difference_of_pooled_rates() -> None:
    one = _march(
        {"hit": 30, "seen": 200, "swd_hit": 10, "swd": 40},
        {"hit": 60, "seen": 500, "swd_hit": 20, "swd": 60},
        code="gap",
    )
    assert (one.numerator, one.denominator) == (30, 100)
    assert one.pooled == pytest.approx(30.0 - 10.0)  # 30 of 100, less 60 of 600


def test_a_team_is_at_the_goal_on_it_and_beyond_it_in_the_good_direction() -> None:
    rates = [{"hit": hit, "seen": 1000} for hit in (49, 50, 51, 70)]
    assert _march(*rates).at_goal == 2  # lower is better, the goal is 5 %
    assert _march(*rates, code="share").at_goal == 0  # no goal


def test_the_goal_is_not_missed_by_the_last_bit_of_a_division() -> None:
    assert 7 / 100 * 100 > 7  # which is why rates are multiplied before they are divided
    goals = {**collaborative().model_dump(by_alias=True)["measures"]}
    goals["rate"] = {**goals["rate"], "goal": 7}
    assert _march({"hit": 7, "seen": 100}, teams=("T001",), measures=goals).at_goal == 1
    goals["gap"] = {**goals["gap"], "goal": 0.1}
    thirds = {"hit": 13 + 12, "seen": 1000 + 1000, "swd_hit": 13, "swd": 1000}
    assert _march(thirds, teams=("T001",), code="gap", measures=goals).at_goal == 1


def test_some_teams_may_be_pooled_alone() -> None:
    what = collaborative()
    forms = [form(team, "2026-03", {"hit": at, "seen": 100}) for at, team in enumerate(TEAMS)]
    line = measures.pooled(frame(forms, teams=TEAMS), what, "rate", teams=["T002", "T003"])
    march = next(one for one in line if one.month == Month("2026-03"))
    assert (march.numerator, march.reporting, march.expected) == (3, 2, 2)


def test_a_month_is_provisional_until_the_reporting_goal_is_reached() -> None:
    seven = tuple(f"T{number:03}" for number in range(1, 8))

    def sent(many: int, nobody: int = 0, **changes: object) -> bool:
        what = collaborative(**changes)
        forms = [form(team, "2026-03", {"hit": 1, "seen": 10}) for team in seven[:many]]
        forms += [form(team, "2026-03", {"hit": 0, "seen": 0}) for team in seven[many : many + nobody]]
        line = measures.pooled(frame(forms, what=what, teams=seven), what, "rate")
        return next(one for one in line if one.month == Month("2026-03")).provisional

    assert sent(5)
    assert not sent(6), "6 of 7 are 85.7 per cent; the goal is 85"
    assert not sent(5, nobody=1), "nobody to count is a report, too"
    assert sent(6, reporting={"goal": 86})
    assert not sent(5, reporting={"goal": 71})


def test_a_month_that_nobody_owes_is_not_provisional() -> None:
    what = collaborative()
    line = measures.pooled(frame([], what=what, teams=TEAMS), what, "rate")
    assert not next(one for one in line if one.month == Month("2025-08")).provisional


def test_quartiles_tell_how_far_teams_lie_apart() -> None:
    one = _march(*({"hit": hit, "seen": 100} for hit in (1, 2, 4, 9)))
    assert (one.lower_quartile, one.median, one.upper_quartile) == (1.75, 3.0, 5.25)
