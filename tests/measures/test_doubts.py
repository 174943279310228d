from __future__ import annotations

from tests.measures.sheets import collaborative, form, frame, months, series

from breakthrough import measures
from breakthrough.entry import Entry
from breakthrough.measures import Doubt, DoubtLimits
from breakthrough.month import Month


def _doubts(*entries: Entry, teams: tuple[str, ...] = ("T001",), limits: DoubtLimits | None = None) -> list[Doubt]:
    return list(measures.doubts(frame(entries, teams=teams), collaborative(), limits=limits))


def _sizes(sizes: list[int], team: str = "T001") -> list[Entry]:
    """One form a month in session from September 2025 on, with that denominator and one more hit each month."""
    here = months("2025-09", "2026-06", collaborative())
    return [
        form(team, month.name, {"hit": 10 + at, "seen": size}, at)
        for at, (month, size) in enumerate(zip(here, sizes, strict=False), 1)
    ]


def test_an_impossible_figure_is_doubted_with_its_reason() -> None:
    (one, *_) = _doubts(form("T001", "2026-03", {"hit": 1204, "seen": 1180}))
    assert (one.team, one.measure, one.month.name, one.code) == ("T001", "rate", "2026-03", "invalid")
    assert one.evidence == "Rate, March 2026: 1,204 of 1,180 is more than all of them."


def test_a_status_that_contradicts_the_counts_is_doubted() -> None:
    (one,) = _doubts(form("T001", "2026-03", {"hit": 12, "seen": 40, "rate_st": 2, "share_st": 2, "also": 1}))[:1]
    assert one.evidence == "Rate, March 2026: marked as no eligible cases, but 12 of 40 was entered."


def test_a_month_entered_twice_is_told_once() -> None:
    twice = [form("T001", "2026-03", {"hit": 5, "seen": 100}, instance) for instance in (1, 2)]
    evidence = "March 2026 was entered two times. One form a month: which of them holds?"
    assert _doubts(*twice) == [Doubt("T001", "rate", Month("2026-03"), "duplicate", evidence)]


def test_a_month_with_two_forms_that_differ_is_asked_about_once() -> None:
    done = {"seen": 100, "monthly_measures_complete": 2}
    twice = [form("T001", "2026-03", {"hit": hit, **done}, hit) for hit in (5, 6)]
    (one,) = _doubts(*twice)
    assert one.code == "invalid"
    assert one.evidence == (
        "Rate, Share, Both and one more, March 2026: the month has two complete forms with different counts."
    )


def test_a_denominator_more_than_half_off_its_usual_size_is_doubted_and_one_at_half_is_not() -> None:
    doubts = _doubts(*_sizes([1000, 1010, 990, 1000, 1500]))
    assert doubts == []
    (one,) = _doubts(*_sizes([1000, 1010, 990, 1000, 1501]))
    assert (one.code, one.measure, one.month.name) == ("jump", "rate", "2026-01")
    assert one.evidence == (
        "The denominator of Rate was 1,501 in January 2026, 50% above the median of the four months before (1,000). "
        "Did part of another month land here?"
    )
    (low,) = _doubts(*_sizes([1000, 1010, 990, 1000, 400]))
    assert "60% below the median" in low.evidence


def test_a_usual_size_needs_three_months_and_the_limits_can_be_set() -> None:
    assert _doubts(*_sizes([1000, 1000, 3000])) == []
    assert [one.code for one in _doubts(*_sizes([1000, 1000, 3000]), limits=DoubtLimits(usual_from=2))] == ["jump"]


def test_a_jump_that_most_teams_share_is_the_calendars() -> None:
    teams = ("T001", "T002", "T003", "T004")
    alike = [entry for team in teams for entry in _sizes([1000, 1000, 1000, 1600], team)]
    assert _doubts(*alike, teams=teams) == []
    alone = [entry for team in teams[:3] for entry in _sizes([1000, 1000, 1000, 1100], team)]
    found = _doubts(*alone, *_sizes([1000, 1000, 1000, 1600], "T004"), teams=teams)
    assert [(one.team, one.code) for one in found] == [("T004", "jump")]
    fewer = [entry for team in teams[:3] for entry in _sizes([1000, 1000, 1000, 1600], team)]
    assert [one.team for one in _doubts(*fewer, teams=teams[:3])] == ["T001", "T002", "T003"], "too few to compare"


def test_the_same_counts_three_months_running_are_doubted_across_the_holidays() -> None:
    what = collaborative()
    running = months("2025-06", "2025-09", what)  # June, July, September
    entries = [form("T001", month.name, {"ytd": 120, "roll": 1500}, at) for at, month in enumerate(running)]
    (one,) = _doubts(*entries)
    assert (one.code, one.measure, one.month.name) == ("unchanged", "sofar", "2025-09")
    assert one.evidence == (
        "So far was 120 of 1,500 in three months running, June 2025 to September 2025. Were the same counts sent again?"
    )


def test_a_gap_or_a_small_denominator_is_no_repeat() -> None:
    apart = [form("T001", month, {"ytd": 120, "roll": 1500}) for month in ("2026-01", "2026-02", "2026-04")]
    assert _doubts(*apart) == []
    small = [form("T001", month, {"ytd": 4, "roll": 4}) for month in ("2026-01", "2026-02", "2026-03")]
    assert _doubts(*small) == []


def test_a_denominator_that_adds_up_over_the_year_may_start_anew() -> None:
    changed = collaborative().model_dump(by_alias=True)["measures"]
    changed["plan"] = {
        **changed["rate"],
        "name": "Plan",
        "numerator": "also",
        "denominator": "ytd",
        "direction": "higher",
    }
    what = collaborative(measures=changed)
    entries = [
        form("T001", month.name, {"also": at, "ytd": size}, at)
        for at, (month, size) in enumerate(
            zip(months("2025-09", "2026-06", what), [500, 500, 500, 90], strict=False), 1
        )
    ]
    assert measures.doubts(frame(entries, what=what), what) == ()


def test_ordinary_months_raise_no_doubt() -> None:
    assert _doubts(*series([9, 11, 9, 12, 8, 10, 11, 9, 12])) == []


def test_an_excluded_month_is_settled() -> None:
    out = {"team": "T001", "month": "2026-03", "reason": "typo", "accepted_by": "Ro", "on": "2026-04-01"}
    what = collaborative(exclusions=[{**out, "measure": code} for code in ("rate", "share")])
    found = frame([form("T001", "2026-03", {"hit": 1204, "seen": 1180})], what=what)
    assert measures.doubts(found, what) == ()
