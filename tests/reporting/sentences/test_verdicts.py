"""What is said of a chart: every verdict, against sentences written by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from tests.reporting.given import TIMELINE, chart, measure, run, signal

from breakthrough.measures.saying import Whose
from breakthrough.measures.values import Chart, State
from breakthrough.reporting.sentences.verdicts import Verdict, first_verdict, verdict, word

LIVE = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
YEAR_BEFORE: tuple[float | State, ...] = (7.0, 7.2, 7.6, 8.9, 7.5, 7.4, 7.7, 7.3, 7.9, 7.8, 7.9, "not_in_session")
LIMITS: dict[str, Any] = {"kind": "p_prime", "upper": (8.9,) * 7, "lower": (5.9,) * 7}


def said(one: Chart, whose: Whose = "your") -> Verdict:
    return verdict(one, measure(), TIMELINE, whose=whose)


def yearly(values: tuple[float | State, ...]) -> Chart:
    drawn = chart(values, first="2025-03")
    none = (None,) * len(values)
    return dataclasses.replace(drawn, kind="year_on_year", verdict="no_rule", centre=none, line="", goal=18.0)


def test_a_run_too_short_says_what_is_lacking_and_counts_in_that_more_months_raise_the_bar() -> None:
    found = said(chart([6.4, 7.2, 8.2, 8.7, 6.7, 6.6, 6.8], run=run("below", "2026-01", "2026-02", "2026-03")))
    assert str(found.chip) == "○ No signal yet"
    assert found.heading == "Three months in a row below your baseline median: not a signal yet"
    # 18 useful points allow a run of 7; with 6 more there are 24, which allow 8: nine in a row are needed.
    assert found.meaning == "Your baseline median is 7.4%. Nine in a row would make an improving signal: six more."


def test_a_run_near_a_signal_names_the_months_that_would_complete_it() -> None:
    near = chart([8.4, 7.2, 7.2, 7.1, 6.7, 6.6, 6.8], run=run("below", *LIVE[1:]), n_useful=17)
    found = said(near, "its")
    assert found.meaning == (
        "Its baseline median is 7.4%. It takes eight in a row. If April and May also stay below 7.4%, "
        "the figures for May will show an improving signal."
    )


def test_months_that_go_up_and_down_are_counted_on_both_sides() -> None:
    found = said(chart([7.2, 7.2, 8.2, 8.7, 6.7, 7.4, 7.8], run=run("above", "2026-03", direction="worsening")))
    assert found.heading == "No signal yet: three above, three below your baseline median since September"
    assert found.meaning == (
        "The months go up and down around 7.4%, as by chance alone. Eight in a row on one side would be a signal."
    )


def test_a_standing_shift_says_what_was_counted_against_what_and_what_would_end_it() -> None:
    drawn = chart(
        [*YEAR_BEFORE, 6.9, 6.8, 7.3, 7.2, 6.6, 6.8, 6.9],
        first="2024-09",
        verdict="improving",
        signals=(signal("shift", "improving", *LIVE, needed=7),),
        run=run("below", *LIVE),
    )
    found = said(drawn)
    assert str(found.chip) == "◆ Improving signal"
    assert found.heading == "Seven months in a row below your baseline median: an improving signal"
    assert found.meaning == (
        "September to March lay below your baseline median of 7.4%; chance alone explains up to six in a row. "
        "All of the seven are lower than the same month a year earlier. "
        "Something changed; the chart cannot say what. Three months in a row above the line would end the signal."
    )


def test_a_month_on_the_line_within_a_shift_is_said_not_to_count() -> None:
    drawn = chart(
        [*YEAR_BEFORE, 6.9, 6.8, 7.4, 7.2, 6.6, 6.8, 6.9],  # November lies on the median
        first="2024-09",
        verdict="improving",
        signals=(signal("shift", "improving", *(month for month in LIVE if month != LIVE[2]), needed=6),),
        run=run("below", *LIVE),
    )
    assert (
        "chance alone explains up to five in a row. Months on the line itself are not counted." in said(drawn).meaning
    )


def test_a_shift_that_last_year_showed_too_is_doubted_as_season() -> None:
    before: tuple[float | State, ...] = (6.9, 6.8, 7.1, 7.0, 6.9, 6.8, 6.7, 7.9, 7.9, 7.8, 7.9, "not_in_session")
    drawn = chart(
        [*before, 6.8, 6.9, 7.0, 6.9, 6.8, 6.7, 6.6],
        first="2024-09",
        verdict="improving",
        signals=(signal("shift", "improving", *LIVE, needed=7),),
        run=run("below", *LIVE),
    )
    assert (
        "Six of the seven are lower than the same month a year earlier. "
        "Part of it may be season: a year ago most of these months lay on this side, too."
    ) in said(drawn).meaning


def test_a_shift_whose_run_is_over_stands_until_three_months_lie_on_the_other_side() -> None:
    over = [6.9, 6.8, 7.3, 7.2, 6.6, 7.9, 8.0]
    drawn = chart(
        over,
        verdict="improving",
        signals=(signal("shift", "improving", *LIVE[:5], needed=5),),
        run=run("above", *LIVE[5:], direction="worsening"),
    )
    found = said(drawn)
    assert found.heading == "Five months in a row below your baseline median, until January: an improving signal"
    assert found.meaning.endswith("Since then two months in a row lie above; at three the signal would end.")


def test_a_faded_shift_is_an_unusual_pattern_and_says_what_a_signal_the_other_way_would_take() -> None:
    drawn = chart(
        [6.9, 6.8, 7.3, 7.2, 7.9, 8.0, 8.1],
        verdict="unclear",
        signals=(signal("shift", "improving", *LIVE[:4], needed=4),),
        run=run("above", *LIVE[4:], direction="worsening"),
    )
    found = said(drawn)
    assert str(found.chip) == "◇ Unusual pattern"
    assert found.heading == "Four months in a row below your baseline median, until December: it has faded since"
    assert found.meaning.endswith("Since then three months in a row lie above; eight would be a signal the other way.")


def test_the_newest_month_beyond_a_limit_is_a_signal_that_asks_for_more() -> None:
    drawn = chart(
        [7.3, 7.6, 7.2, 7.4, 7.0, 6.5, 9.7],
        verdict="worsening",
        signals=(signal("limits", "worsening", "2026-03", needed=1),),
        line="baseline average",
        **LIMITS,
    )
    found = said(drawn)
    assert str(found.chip) == "■ Worsening signal"
    assert found.heading == "March lies above the upper limit: a worsening signal"
    assert found.meaning == (
        "March is 9.7%; the upper limit then is 8.9%, three sigma from your baseline average of 7.4%. "
        "Chance alone rarely goes that far. One month alone asks what was different then; "
        "more of them would show a lasting change."
    )


def test_months_beyond_one_limit_in_a_row_are_one_finding() -> None:
    drawn = chart(
        [7.3, 5.6, 7.2, 5.7, 5.0, 5.5, 5.7],
        verdict="improving",
        signals=tuple(signal("limits", "improving", LIVE[at], needed=1) for at in (1, 3, 4, 5, 6)),
        **LIMITS,
    )
    found = said(drawn)
    assert found.heading == "December to March lie below the lower limit: an improving signal"
    assert "Four months running is no accident of one; the chart cannot say why." in found.meaning
    assert found.meaning.endswith("October lies below the lower limit: ask what was different then.")


def test_a_month_beyond_a_limit_that_has_passed_is_named_though_no_signal_lasts() -> None:
    drawn = chart(
        [7.3, 5.6, 7.2, 9.4, 7.0, 7.6, 7.9],
        signals=(
            signal("limits", "improving", "2025-10", needed=1),
            signal("limits", "worsening", "2025-12", needed=1),
        ),
        run=run("above", "2026-02", "2026-03", direction="worsening"),
        **LIMITS,
    )
    found = said(drawn)
    assert str(found.chip) == "○ No lasting signal"
    assert found.heading == "Two months in a row above your baseline median: no lasting signal"
    assert found.meaning.endswith(
        "December lies above the upper limit. October lies below the lower limit. Ask what was different then."
    )


def test_too_few_crossings_are_counted_against_chance() -> None:
    drawn = chart(
        [7.3, 7.2, 7.2, 7.6, 7.8, 7.9, 8.7],
        verdict="unclear",
        signals=(signal("crossings", "unclear", *LIVE, count=2, needed=5),),
        run=run("above", *LIVE[3:], direction="worsening"),
    )
    found = said(drawn)
    assert found.heading == "The months have crossed your baseline median only twice: an unusual pattern"
    assert found.meaning == (
        "18 months were counted against your baseline median of 7.4%. By chance alone they would cross it five times "
        "or more. The latest four in a row lie above. The rules do not say what that means."
    )


def test_too_few_points_say_how_many_and_from_when_there_are_enough() -> None:
    drawn = chart([7.3, 7.6, 7.2, 7.5, 7.1, 7.0, 7.9, 7.7], first="2025-08", verdict="few", n_useful=8)
    found = said(drawn)
    assert str(found.chip) == "○ Too few points"
    assert found.heading == "Too few points to judge: eight so far, ten are needed"
    assert found.meaning == "If no month is missed, the figures for May 2026 can be judged for the first time."


def test_no_first_verdict_is_promised_for_a_month_after_the_end() -> None:
    assert first_verdict(chart([7.3, 7.6], first="2026-05", verdict="few", n_useful=2), TIMELINE) is None


def test_a_verdict_of_older_months_says_that_the_newest_is_not_there() -> None:
    drawn = chart([7.3, 7.6, "missing"], first="2026-01", run=run("above", "2026-02", direction="worsening"))
    assert said(drawn).meaning.endswith("March is not sent, so this speaks of the months up to February.")


@pytest.mark.parametrize(
    ("state", "chip"),
    [
        ("missing", "× Not sent"),
        ("not_due", "– Not due yet"),
        ("no_cases", "– No cases"),
        ("invalid", "× Counts to check"),
    ],
)
def test_a_chart_without_any_value_says_which_state_it_is_in(state: State, chip: str) -> None:
    found = said(chart([state]))
    assert (str(found.chip), found.heading) == (chip, "Nothing to plot yet")


def test_a_measure_that_is_never_collected_is_not_called_missing() -> None:
    found = said(chart(["not_collected", "not_in_session"]))
    assert (str(found.chip), found.heading) == ("– Not collected", "Your team does not collect this measure")


def test_a_measure_that_adds_up_is_compared_with_last_year_and_given_no_signal() -> None:
    found = said(yearly((19.41, *(20.0,) * 11, 18.94)))
    assert str(found.chip) == "– 0.5 below last March"
    assert found.heading == "0.5 points lower than a year ago, 0.9 points from the goal"
    assert found.meaning == (
        "This measure adds up over the year, so no signal rule fits it: a month is held against the same one last "
        "year. March 2026: 18.9%; March 2025: 19.4%."
    )


def test_a_missing_value_a_year_ago_is_said_not_guessed() -> None:
    found = said(yearly(("missing", *(20.0,) * 11, 18.94)))
    assert str(found.chip) == "– No value a year ago"
    assert found.heading == "18.9% in March; there is no value a year ago, 0.9 points from the goal"


def test_an_unchanged_value_is_the_same_as_last_year() -> None:
    assert str(said(yearly((18.94, *(20.0,) * 11, 18.94))).chip) == "– same as last March"


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        (chart([6.8], run=run("below", "2025-09")), "1 below"),
        (chart([7.4]), "on the line"),
        (chart([7.0], verdict="few"), "too few points"),
        (chart(["missing"]), "no figure"),
        (chart([7.0] * 7, verdict="improving", signals=(signal("shift", "improving", *LIVE),)), "◆ improving, 7 below"),
        (
            chart([9.9] * 7, verdict="worsening", signals=(signal("limits", "worsening", LIVE[6]),)),
            "■ worsening, above limit",
        ),
        (
            chart([7.0] * 7, verdict="unclear", signals=(signal("crossings", "unclear", *LIVE, count=1),)),
            "◇ unusual, few crossings",
        ),
        (yearly((19.41, *(20.0,) * 11, 18.94)), "0.5 below last year"),
    ],
    ids=["run", "line", "few", "none", "shift", "limits", "crossings", "yearly"],
)
def test_a_verdict_fits_in_a_cell_and_its_mark_never_stands_without_words(drawn: Chart, words: str) -> None:
    assert word(drawn, measure()) == words


def test_a_line_that_is_not_of_the_baseline_is_nobodys() -> None:
    drawn = chart([6.4, 6.6, 6.8], line="median of all months", run=run("below", *LIVE[:3]))
    assert said(drawn).heading == "Three months in a row below the median of all months: not a signal yet"


def test_a_month_set_aside_is_not_counted_among_those_above_and_below() -> None:
    drawn = chart([7.9, 6.8], run=run("below", "2025-10"))
    aside = dataclasses.replace(drawn.points[0], state="excluded")
    found = said(dataclasses.replace(drawn, points=(aside, drawn.points[1])))
    assert found.heading.startswith("No signal yet: none above, one below")
