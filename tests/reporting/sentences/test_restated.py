"""What changed since the last report, in words."""

from __future__ import annotations

import datetime as dt

from breakthrough.collaborative import Collaborative
from breakthrough.measures.values import Restated, Result, State
from breakthrough.month import Month
from breakthrough.reporting.sentences import restated

NOW = Month("2026-03")
SINCE = dt.datetime(2026, 3, 12, 6, 0, tzinfo=dt.UTC)
NOT_SENT = Result("missing", None, None, None)


def counted(numerator: float, denominator: float, state: State = "reported") -> Result:
    return Result(state, numerator, denominator, None if state == "no_cases" else 100 * numerator / denominator)


def changed(
    before: Result, after: Result, month: str = "2026-01", measure: str = "ca_day", since: dt.datetime | None = SINCE
) -> Restated:
    return Restated("T001", measure, Month(month), before, after, since)


def told(collaborative: Collaborative, *some: Restated) -> tuple[str, ...]:
    return restated.told(some, collaborative, NOW)


def test_a_corrected_figure_is_told_as_it_was_and_as_it_is_and_since_when(absenteeism: Collaborative) -> None:
    name = absenteeism.measures["ca_day"].name
    assert told(absenteeism, changed(counted(41, 230), counted(44, 232))) == (
        f"{name}, January: was 41 of 230, now 44 of 232 since 12 March.",
    )


def test_counts_that_came_late_were_not_sent_and_those_taken_back_are_not(absenteeism: Collaborative) -> None:
    late, back = told(
        absenteeism,
        changed(NOT_SENT, counted(44, 2320), "2026-02"),
        changed(counted(44, 2320), NOT_SENT, "2025-02", since=None),
    )
    assert late.endswith(", February: was not sent, now 44 of 2,320 since 12 March.")
    assert back.endswith(", February 2025: was 44 of 2,320, now not sent.")


def test_counts_that_cannot_be_right_are_told_with_that(absenteeism: Collaborative) -> None:
    (found,) = told(absenteeism, changed(Result("invalid", 300, 230, None), counted(30, 230)))
    assert ": was 300 of 230 (to check), now 30 of 230 since" in found


def test_a_difference_is_told_by_its_value_and_nobody_to_count_by_nought(absenteeism: Collaborative) -> None:
    gap = Result("reported", 41, 230, 4.234, 20, 240)
    (found,) = told(absenteeism, changed(gap, Result("reported", 41, 230, 3.9, 21, 240), measure="ca_gap"))
    assert ": was 4.2 points, now 3.9 points since" in found
    (none,) = told(absenteeism, changed(NOT_SENT, Result("no_cases", 0, 0, None)))
    assert ": was not sent, now 0 of 0 since" in none


def test_more_than_two_months_of_a_measure_are_summed_up(absenteeism: Collaborative) -> None:
    months = ("2025-10", "2025-11", "2025-12", "2026-01")
    late = [changed(NOT_SENT, counted(41, 230), month) for month in months]
    corrected = [changed(counted(41, 230), counted(42, 230), month, since=None) for month in months[:3]]

    (came,) = told(absenteeism, *late)
    (other,) = told(absenteeism, *corrected)

    assert came.endswith(
        ": the counts of four months between October and January came in after the last report, the newest on 12 March."
    )
    assert other.endswith(": the counts of October, November and December are others than in the last report.")


def test_a_month_that_came_late_in_many_measures_is_told_once(absenteeism: Collaborative) -> None:
    codes = list(absenteeism.measures)[:4]
    found = told(
        absenteeism,
        *(changed(NOT_SENT, counted(1, 2), month, code) for month in ("2026-02", "2026-01") for code in codes),
        changed(counted(41, 230), counted(44, 232), "2025-12"),
    )
    name = absenteeism.measures["ca_day"].name
    assert found == (
        f"{name}, February: was not sent, now 1 of 2 since 12 March; with it came three further measures.",
        f"{name}, January: was not sent, now 1 of 2 since 12 March; with it came three further measures.",
        f"{name}, December: was 41 of 230, now 44 of 232 since 12 March.",
    )


def test_of_many_months_that_came_late_two_are_told_one_by_one(absenteeism: Collaborative) -> None:
    codes = list(absenteeism.measures)[:3]
    months = ["2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02"]
    every = [changed(NOT_SENT, counted(1, 2), month, code) for month in months for code in codes]

    assert told(absenteeism, *every)[2:] == ("The counts of four earlier months came in after the last report, too.",)
    assert told(absenteeism, *every[:12])[2:] == (
        "The counts of September and October came in after the last report, too.",
    )


def test_the_aims_measure_comes_first_and_of_a_measure_the_newest_month(absenteeism: Collaborative) -> None:
    found = told(
        absenteeism,
        changed(NOT_SENT, counted(1, 2), "2026-02", measure="ca_gap"),
        changed(NOT_SENT, counted(3, 4), "2025-12"),
        changed(NOT_SENT, counted(5, 6), "2026-02"),
    )
    assert [sentence.split("now ")[1][:6] for sentence in found] == ["5 of 6", "3 of 4", "1 of 2"]


def test_a_day_long_ago_is_told_with_its_year(absenteeism: Collaborative) -> None:
    long_ago = dt.datetime(2025, 3, 12, tzinfo=dt.UTC)
    (found,) = told(absenteeism, changed(NOT_SENT, counted(1, 2), since=long_ago))
    assert found.endswith(" since 12 March 2025.")


def test_what_is_left_out_is_numbered() -> None:
    assert (restated.more(-1), restated.more(0), restated.more(2)) == ("", "", "And two more.")
