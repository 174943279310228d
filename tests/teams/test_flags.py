from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from tests.teams.desk import (
    MONTH,
    TODAY,
    changed,
    contact,
    cycle,
    figures,
    flags,
    form,
    portfolio,
    profile,
    rating,
    report,
)

from breakthrough import teams
from breakthrough.collaborative import Flags
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams import Flag

LIVE = list(Month("2025-09").to(MONTH))
MONTHS = [month for month in Month("2024-09").to(MONTH) if month.number != 8]
# Eleven baseline months, then seven live ones; the newest five lie on the good side, and nothing is a signal.
ABSENT = [70, 74, 69, 73, 68, 72, 71, 75, 67, 72, 70, 73, 72, 69, 69, 68, 69, 68]
HELD = [80, 84, 79, 85, 81, 83, 78, 86, 80, 84, 82, 80, 79, 84, 84, 85, 86, 84]
REACHED = [60, 64, 59, 65, 61, 63, 58, 66, 60, 64, 62, 60, 64, 59, 63, 60, 65, 59]
SCORES = ["15", "20", "20", "25", "25", "30", "35"]
TESTED = {"D1b": "2025-10-01", "D2a": "2025-11-03", "D3b": "2025-12-01", "D4b": "2026-01-12", "D5a": "2026-03-23"}


def _counts(at: int) -> dict[str, Any]:
    others = {f"{code}_st": 4 for code in ("ca_ytd", "ca_gap", "ca_plan", "ca_team", "ca_code")}
    sizes = {"sd_poss": 100_000 + at * 37, "nr_prev": 100, "cr_new": 100}
    return {**others, **sizes, "sd_abs": ABSENT[at] * 100, "nr_hold": HELD[at], "cr_ct5": REACHED[at]}


def _tests(tested: Mapping[str, str]) -> list[Entry]:
    """One small test of each idea, a week long, well kept and closed."""
    return [
        cycle(at, pd_change=idea, pd_start=start, pd_end=str(dt.date.fromisoformat(start) + dt.timedelta(7)), pd_scale=1,
              pd_result="Seen", pd_met=1, pd_act=1)
        for at, (idea, start) in enumerate(tested.items(), 1)
    ]  # fmt: skip


def _healthy(
    *,
    sent: Iterable[Month] = tuple(MONTHS),
    told: Iterable[Month] = tuple(LIVE),
    counts: Mapping[str, Mapping[str, Any]] | None = None,
    scores: list[str | None] | None = None,
    own: str = "35",
    tested: Mapping[str, str] = TESTED,
    **in_profile: Any,
) -> list[Entry]:
    """A team that does all it should up to March 2026, with one thing or another changed."""
    monthly = [
        figures(month.name, {**_counts(at), **(counts or {}).get(month.name, {})}, at + 1)
        for at, month in enumerate(MONTHS)
        if month in set(sent)
    ]
    narratives = [
        report(month.name, at, mr_self=own, mr_ask_of=5) for at, month in enumerate(LIVE, 1) if month in set(told)
    ]
    given = zip(LIVE, scores or SCORES, strict=True)
    ratings = [rating(month.name, score, at) for at, (month, score) in enumerate(given, 1) if score]
    return [
        profile(**in_profile),
        *monthly,
        *narratives,
        *ratings,
        *_tests(tested),
        contact("2026-03-24", ct_with___1=1),
    ]


def test_a_team_that_does_all_it_should_raises_no_flag() -> None:
    assert flags(*_healthy()) == {}


QUIET = [month for month in MONTHS if month < Month("2026-02")]
FLAT: dict[str, dict[str, Any]] = {
    month.name: {"sd_abs": 7_400, "nr_hold": 79 + at % 2} for at, month in enumerate(LIVE)
}
STUCK: dict[str, Any] = {"pd_ramp": "notes", "pd_cycle": 1, "pd_scale": 1, "pd_start": "2026-03-15", "pd_change": "D3a"}
BIG: dict[str, Any] = {"pd_ramp": "all", "pd_cycle": 1, "pd_scale": 4, "pd_start": "2026-04-01", "pd_kind": 1}
ASK: dict[str, Any] = {"mr_ask": "Two hours on Fridays?", "mr_ask_of": 2, "mr_self": "35"}


@pytest.mark.parametrize(
    ("entries", "codes"),
    [
        pytest.param([*_healthy(), report("2026-03", 20, **ASK, mr_submitted="2026-04-07")], {"ask_open"}, id="asked 8 days ago"),
        pytest.param([*_healthy(), report("2026-03", 20, **ASK, mr_submitted="2026-04-08")], set(), id="asked 7 days ago"),
        pytest.param(_healthy(sent=QUIET, told=QUIET), {"silent2", "claim"}, id="nothing for two months"),
        pytest.param(_healthy(sent=QUIET, told=LIVE[:-1]), {"late", "claim"}, id="no figures for two months, but a report"),
        pytest.param(_healthy(sent=MONTHS[:-1], told=LIVE[:-1]), {"late"}, id="nothing for one month"),
        pytest.param(_healthy(sent=MONTHS[:-1]), {"late"}, id="no figures for March"),
        pytest.param(_healthy(counts={"2026-03": {"cr_ct5": None}}), {"late"}, id="one key figure not there"),
        pytest.param(_healthy(counts={"2026-03": {"cr_ct5": None, "ca_c5_st": 5}}), {"late"}, id="one key figure to follow"),
        pytest.param(_healthy(counts={"2026-03": {"ca_c5_st": 4}}), set(), id="one key figure not collected"),
        pytest.param(_healthy(counts={"2026-03": {"sd_abs": 9_900}}), {"worse"}, id="absence beyond the limits"),
        pytest.param(_healthy(counts={"2026-03": {"sd_abs": 4_000}}), set(), id="absence beyond the good limit"),
        pytest.param(_healthy(counts={"2026-02": {"sd_abs": 9_900}}), set(), id="absence beyond the limits a month ago"),
        pytest.param(_healthy(tested={**TESTED, "D5a": "2026-02-21"}), {"no_test"}, id="last test 46 days ago"),
        pytest.param(_healthy(tested={**TESTED, "D5a": "2026-02-22"}), set(), id="last test 45 days ago"),
        pytest.param([*_healthy(), cycle(9, **STUCK)], {"stuck_test"}, id="begun 31 days ago, nothing written"),
        pytest.param([*_healthy(), cycle(9, **{**STUCK, "pd_start": "2026-03-16"})], set(), id="begun 30 days ago"),
        pytest.param([*_healthy(), cycle(9, **STUCK, pd_result="Nine of ten")], set(), id="begun long ago, result written"),
        pytest.param([*_healthy(), cycle(9, **STUCK, pd_act=3)], set(), id="begun long ago, abandoned"),
        pytest.param([*_healthy(), cycle(9, **BIG)], {"big_first"}, id="first test in several classes"),
        pytest.param([*_healthy(), cycle(9, **{**BIG, "pd_scale": 3})], set(), id="first test in one class"),
        pytest.param([*_healthy(), cycle(9, **{**BIG, "pd_kind": 2})], set(), id="an implementation"),
        pytest.param([*_healthy(), cycle(8, pd_ramp="all", pd_cycle=1, pd_scale=1), cycle(9, **{**BIG, "pd_cycle": 2})], set(), id="second of its ramp"),
        pytest.param([*_healthy(), cycle(9, **{**BIG, "pd_start": "2025-10-01", "pd_act": 1})], set(), id="closed long ago"),
        pytest.param(_healthy(own="25"), {"gap"}, id="a point apart"),
        pytest.param(_healthy(own="30"), set(), id="half a point apart"),
        pytest.param(_healthy(counts=FLAT), {"claim"}, id="rated high with nothing to show"),
        pytest.param(_healthy(counts=FLAT, scores=["15", "20", "20", "25", "20", "25", "25"], own="25"), set(), id="nothing to show, rated so"),
        pytest.param(_healthy(scores=["15", "20", "20", "25", "30", "30", "30"], own="30"), {"plateau"}, id="three times the same"),
        pytest.param(_healthy(scores=["15", "20", "20", "25", "25", "30", "30"], own="30"), set(), id="twice the same"),
        pytest.param(_healthy(scores=["15", "20", "20", "25", "35", "35", "35"]), set(), id="three times where it should be"),
        pytest.param(_healthy(tested={**dict(list(TESTED.items())[:4]), "D1c": "2026-03-23"}), {"driver_gap"}, id="nothing on D5"),
        pytest.param(_healthy(counts={"2026-03": {"sd_poss": 180_000, "sd_abs": 12_240}}), {"data_odd"}, id="a denominator that jumps"),
        pytest.param(_healthy(counts={"2026-03": {"nr_hold": 120}}), {"data_odd"}, id="more held than there were"),
        pytest.param(_healthy(counts={"2026-02": {"sd_poss": 180_000, "sd_abs": 12_240}}), set(), id="a jump a month ago"),
        pytest.param([], set(), id="no team"),
        pytest.param([*_healthy(sent=QUIET, told=QUIET, tp_status=3)], set(), id="a paused team is left in peace"),
        pytest.param([*_healthy(sent=[], told=[], scores=[None] * 6 + ["15"], tp_joined="2026-03-02")], {"late"}, id="just joined"),
    ],
)  # fmt: skip
def test_each_flag_fires_on_its_own_and_holds_still_short_of_it(entries: list[Entry], codes: set[str]) -> None:
    assert set(flags(*entries)) == codes


@pytest.mark.parametrize(
    ("entries", "today", "code", "fires"),
    [
        pytest.param(_healthy(sent=MONTHS[:-1]), dt.date(2026, 4, 13), "late", False, id="within the grace"),
        pytest.param(_healthy(sent=MONTHS[:-1]), dt.date(2026, 4, 14), "late", True, id="past the grace"),
        pytest.param(
            _healthy(scores=[*SCORES[:-1], None]), dt.date(2026, 4, 19), "unrated", False, id="rating 5 days late"
        ),
        pytest.param(
            _healthy(scores=[*SCORES[:-1], None]), dt.date(2026, 4, 20), "unrated", True, id="rating 6 days late"
        ),
        pytest.param(_healthy(tested=TESTED), dt.date(2026, 6, 15), "no_test", True, id="two months without a test"),
        pytest.param(_healthy(tested=TESTED), dt.date(2026, 7, 15), "no_test", False, id="after the congress"),
        pytest.param(_healthy(tested={}), dt.date(2025, 11, 2), "no_test", False, id="45 days after the first session"),
        pytest.param(_healthy(tested={}), dt.date(2025, 11, 3), "no_test", True, id="46 days after the first session"),
        pytest.param(_healthy(tested={}), dt.date(2025, 11, 19), "driver_gap", False, id="before the second session"),
        pytest.param(
            _healthy(tested={}), dt.date(2025, 11, 20), "driver_gap", True, id="on the day of the second session"
        ),
    ],
)
def test_flags_wait_for_their_day(entries: list[Entry], today: dt.date, code: str, fires: bool) -> None:
    assert (code in flags(*entries, today=today)) == fires


def test_key_figures_that_come_later_are_old_later() -> None:
    entries = _healthy(counts={month: {"cr_ct5": None} for month in ("2026-02", "2026-03")})
    assert "claim" in flags(*entries)
    assert "claim" not in flags(*entries, what=changed({"measures": {"ca_c5": {"lag": 1}}}))


def test_a_month_of_holidays_does_not_count_as_time_without_a_test() -> None:
    """45 days after 8 July are over on 23 August; but August is off, so they last until 23 September."""
    what = changed(
        {
            "calendar": {
                "end": "2026-10",
                "events": [{"code": "LS1", "kind": "learning_session", "date": "2026-01-10", "phase": "testing"}],
            }
        }
    )
    entries = _healthy(tested={"D1b": "2026-07-01"})
    assert "no_test" not in flags(*entries, what=what, today=dt.date(2026, 9, 22))
    assert "no_test" in flags(*entries, what=what, today=dt.date(2026, 9, 23))


def _one(code: str, *entries: Entry, **options: Any) -> Flag:
    return flags(*entries, **options)[code]


def test_evidence_counts_and_dates_in_plain_words() -> None:
    ask = _one(
        "ask_open",
        *_healthy(),
        report("2026-03", 20, **ASK, mr_submitted="2026-04-02"),
        report("2026-02", 21, **ASK, mr_submitted="2026-03-08"),
    )
    assert (
        ask.evidence
        == "Asked the senior leader for help on 8 March, 38 days ago. Nothing here says that it is answered. One more open."
    )
    assert (ask.severity, ask.since) == ("high", dt.date(2026, 3, 8))
    silent = _one("silent2", *_healthy(sent=QUIET, told=QUIET))
    assert (silent.evidence, silent.since) == (
        "Neither figures nor a report for February 2026 and March 2026.",
        dt.date(2026, 3, 10),
    )
    late = _one("late", *_healthy(sent=MONTHS[:-1]))
    assert late.evidence == (
        "Not sent for March 2026: Absence rate, Held below the line and Family reached in 5 days. It was due on 10 April."
    )
    gap = _one("gap", *_healthy(own="25"))
    assert gap.evidence == "For March 2026 the team rates itself 2.5, its coach 3.5."
    plateau = _one("plateau", *_healthy(scores=["15", "20", "20", "25", "30", "30", "30"], own="30"))
    assert (
        plateau.evidence
        == "Rated 3.0 for three months running, January 2026 to March 2026; teams should be near 3.5 by now."
    )
    driver = _one("driver_gap", *_healthy(tested={"D1c": "2026-03-23"}))
    assert driver.evidence == (
        "No test yet on four of five drivers: Belonging and connection; Partnership with families; Barriers taken away; "
        "Team and leadership routine."
    )
    assert _one("driver_gap", *_healthy(tested={})).evidence == "No test yet on any of the five drivers."
    stale = _one("claim", *_healthy(sent=QUIET, told=QUIET))
    assert stale.evidence == (
        "The coach rates March 2026 at 3.5. Key figures are more than a month old: Absence rate, Held below the line and "
        "Family reached in 5 days."
    )


def test_months_beyond_the_limits_in_a_row_are_told_from_the_first() -> None:
    flag = _one(
        "worse", *_healthy(counts={month: {"sd_abs": 9_900} for month in ("2025-10", "2026-01", "2026-02", "2026-03")})
    )
    assert flag.evidence == (
        "Absence rate: worsening signal. January 2026 to March 2026 lie above the limits around the baseline average."
    )
    assert (flag.severity, flag.since) == ("high", dt.date(2026, 1, 1))
    assert flag.move == "Look at the chart together: what changed in January 2026? Check the counts first."


def test_a_worsening_shift_is_told_with_its_count_line_and_months() -> None:
    """The seven live months, and July 2025 before them: the last of the baseline, as nobody is there in August."""
    counts = {month.name: {"sd_abs": 7_400 + 10 * at} for at, month in enumerate(LIVE)}
    counts |= {"2025-06": {"sd_abs": 6_900}, "2025-07": {"sd_abs": 7_350}}
    flag = _one("worse", *_healthy(counts=counts))
    assert flag.evidence == (
        "Absence rate: worsening signal. Eight months in a row above the baseline average, July 2025 to March 2026."
    )
    assert (flag.severity, flag.since) == ("high", dt.date(2025, 7, 1))
    assert flag.move == "Look at the chart together: what changed in July 2025? Check the counts first."


def test_a_long_silence_is_counted_and_grows_older() -> None:
    flag = _one("silent2", *_healthy(sent=MONTHS[:12], told=[]))
    assert flag.evidence == "Neither figures nor a report for six months, October 2025 to March 2026."
    assert flag.since == dt.date(2025, 11, 10)


def test_a_title_stands_in_the_evidence_only_where_it_may() -> None:
    open_, closed = ({**STUCK, "pd_title": "Ring Mrs Hay", "pd_noid": box} for box in (1, 0))
    assert _one("stuck_test", *_healthy(), cycle(9, **open_)).evidence == (
        "Test 1, “Ring Mrs Hay”, began on 15 March, 31 days ago; what came out is not written."
    )
    hidden = _one("stuck_test", *_healthy(), cycle(9, **closed), cycle(10, **{**closed, "pd_start": "2026-03-01"}))
    assert hidden.evidence == "Test 1 began on 1 March, 45 days ago; what came out is not written. One more like it."
    big = _one("big_first", *_healthy(), cycle(9, **BIG, pd_title="Ring Mrs Hay"))
    assert big.evidence == "Test 1 is the first of its ramp and already takes in several classes."


def test_a_test_not_written_up_says_how_long_ago_the_last_one_was() -> None:
    flag = _one("no_test", *_healthy(tested={**TESTED, "D5a": "2026-02-14"}))
    assert flag.evidence == "The last test began or ended on 21 February; 53 days have passed since then."
    assert flag.since == dt.date(2026, 4, 7)
    never = _one("no_test", *_healthy(tested={}))
    assert never.evidence == "No test has begun; 209 days have passed since the first learning session."
    joined = _one("no_test", *_healthy(tested={}, tp_joined="2026-02-20"))
    assert joined.evidence == "No test has begun; 54 days have passed since the team joined."


def test_every_flag_begins_its_move_with_a_verb_and_lies_in_the_past() -> None:
    every = [
        _healthy(sent=QUIET, told=QUIET, tested={}), _healthy(own="25", sent=MONTHS[:-1]),
        [*_healthy(counts={"2026-03": {"sd_abs": 9_900}}), cycle(9, **STUCK), cycle(10, **BIG), report("2026-03", 20, **ASK)],
    ]  # fmt: skip
    raised = [flag for entries in every for flag in flags(*entries).values()]
    verbs = {"Answer", "Ring", "Look", "Ask", "Plan", "Suggest", "Put", "Agree", "Write"}
    assert {flag.move.split()[0] for flag in raised} <= verbs
    assert all(flag.since <= TODAY for flag in raised)
    assert len({flag.code for flag in raised}) >= 8


def test_a_driver_is_worked_on_where_somebody_says_so() -> None:
    untested = {idea: start for idea, start in TESTED.items() if idea != "D4b"}

    def said(idea: str, stage: int, month: str = "2026-03") -> Entry:
        return form(
            "change_status", {"cs_change": idea, "cs_period": f"{month}-01", "cs_stage": stage}, instance=stage + 1
        )

    assert set(flags(*_healthy(tested=untested))) == {"driver_gap"}
    assert set(flags(*_healthy(tested=untested), said("D4b", 3))) == set()
    assert set(flags(*_healthy(tested=untested), said("D4b", 2))) == {"driver_gap"}
    assert set(flags(*_healthy(tested=untested), said("D4b", 3, "2026-01"), said("D4b", 1))) == {"driver_gap"}
    assert "driver_gap" in flags(*_healthy(), what=changed({"flags": {"driver_stage": 4}}))


def test_a_request_passed_on_is_still_open() -> None:
    asked = report("2026-02", 20, **ASK, mr_submitted="2026-03-08")
    passed = contact("2026-03-10", 2, ct_ask_ref="2026-02-01", ct_ask_status=2)
    flag = _one("ask_open", *_healthy(), asked, passed)
    assert flag.evidence.endswith("It was passed on, and not answered yet.")
    solved = contact("2026-03-20", 3, ct_ask_ref="2026-02-01", ct_ask_status=3)
    assert flags(*_healthy(), asked, passed, solved) == {}


def test_the_collaboratives_own_thresholds_hold_where_none_are_given() -> None:
    assert set(flags(*_healthy(), what=changed({"flags": {"test_days": 10}}))) == {"no_test"}


def test_thresholds_are_settings() -> None:
    entries = _healthy(own="30")
    assert set(flags(*entries, thresholds=Flags(gap=0.5))) == {"gap"}
    assert set(flags(*_healthy(), thresholds=Flags(test_days=10))) == {"no_test"}


def test_without_charts_or_figures_nothing_breaks() -> None:
    assert set(flags(profile(), charts={})) == {"silent2", "no_test", "leader", "driver_gap"}


def _flag(team: str, code: str, severity: str, day: str) -> Flag:
    return Flag(code, team, severity, dt.date.fromisoformat(day), "…", "…")  # type: ignore[arg-type]


def test_the_few_to_act_on_first_are_one_a_team_severe_before_old() -> None:
    found = [
        _flag("T001", "late", "medium", "2026-01-01"),
        _flag("T001", "worse", "high", "2026-03-01"),
        _flag("T002", "silent2", "high", "2026-02-01"),
        _flag("T003", "driver_gap", "low", "2025-11-20"),
        _flag("T004", "gap", "medium", "2026-04-01"),
        _flag("T005", "no_test", "medium", "2026-03-01"),
        _flag("T006", "unrated", "low", "2025-01-01"),
    ]
    assert [(flag.team, flag.code) for flag in teams.act_first(found)] == [
        ("T002", "silent2"),
        ("T001", "worse"),
        ("T005", "no_test"),
        ("T004", "gap"),
        ("T003", "driver_gap"),
    ]
    assert [flag.team for flag in teams.act_first(found, limit=2)] == ["T002", "T001"]
    assert teams.act_first([]) == ()


def test_flags_of_a_team_come_severe_first() -> None:
    entries = [
        *_healthy(own="25", sent=MONTHS[:-1]),
        cycle(9, **BIG),
        report("2026-02", 20, **ASK, mr_submitted="2026-03-08"),
    ]
    assert [flag.severity for flag in flags(*entries).values()] == ["high", "medium", "medium", "low"]


def test_one_team_is_judged_by_its_own_entries_alone() -> None:
    other = [
        profile("T002"),
        figures("2026-03", {"sd_abs": 9, "sd_poss": 1}, team="T002"),
        report("2026-03", team="T002", **ASK),
    ]
    assert flags(*_healthy(), *other) == {}
    assert portfolio(*_healthy(), *other).asks[0].team == "T002"
