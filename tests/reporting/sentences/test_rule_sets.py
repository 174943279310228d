"""What is said of signals that the rule sets ihi and nhs have: in the verdict, in cells, and on the chart."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reporting.given import TIMELINE, chart, measure, run, signal
from tests.reporting.world import world

from breakthrough.collaborative import Collaborative
from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting.charts import timeline
from breakthrough.reporting.draw.scene import Text
from breakthrough.reporting.sentences import portfolio
from breakthrough.reporting.sentences.verdicts import verdict, word

LIVE = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03")
IHI: dict[str, Any] = {"rule_set": "ihi 1 (runs table unverified)"}
NHS: dict[str, Any] = {"rule_set": "nhs 0.2.2"}
RISING = [7.9, 7.2, 7.3, 7.6, 7.9, 8.1, 8.4]


def said(one: Chart) -> tuple[str, str]:
    found = verdict(one, measure(), TIMELINE)
    return found.heading, found.meaning


def trending() -> Chart:
    six = signal("trend", "worsening", *LIVE[1:], needed=5)
    return chart(RISING, verdict="worsening", signals=(six,), run=run("above", *LIVE[3:]), **IHI)


def test_a_trend_says_from_where_to_where_and_what_would_end_it() -> None:
    assert said(trending()) == (
        "Six months in a row rising: a worsening signal",
        (
            "From October to March the figure went from 7.2% to 8.4%, each month higher than the one before; the rules in "
            "use take five in a row for a signal. Something changed; the chart cannot say what. "
            "A month lower than the one before would end the signal."
        ),
    )
    assert word(trending(), measure()) == "■ worsening, 6 rising"


def test_a_shift_of_fixed_length_is_not_said_to_be_what_chance_explains() -> None:
    six = signal("shift", "improving", *LIVE[1:], needed=6)
    low = chart([7.9, *[6.9] * 6], verdict="improving", signals=(six,), run=run("below", *LIVE[1:]), **IHI)
    heading, meaning = said(low)
    assert heading == "Six months in a row below your baseline median: an improving signal"
    assert "; the rules in use take six in a row for a signal." in meaning
    assert "chance" not in meaning
    assert meaning.endswith("Three months in a row above the line would end the signal.")


def test_for_nhs_one_month_on_the_other_side_ends_a_shift() -> None:
    seven = signal("shift", "improving", *LIVE, needed=7)
    low = chart([6.9] * 7, verdict="improving", signals=(seven,), run=run("below", *LIVE), **NHS)
    assert said(low)[1].endswith("One month above the line would end the signal.")


def test_a_run_too_short_says_what_the_rules_in_use_lack() -> None:
    low = chart([7.9, 7.9, 7.9, 6.9, 6.9, 6.9, 6.9], run=run("below", *LIVE[3:], needed=6), **IHI)
    assert said(low)[1] == (
        "Your baseline median is 7.4%. It takes six in a row. If April and May also stay below 7.4%, "
        "the figures for May will show an improving signal."
    )


def test_two_of_three_near_a_limit_says_what_near_means() -> None:
    two = signal("two_of_three", "worsening", "2026-01", "2026-03", needed=2)
    high = chart(
        [7.4, 7.3, 7.5, 7.2, 8.6, 7.8, 8.7], verdict="worsening", signals=(two,), line="baseline average", **NHS
    )
    assert said(high) == (
        "January and March lie close to the upper limit: a worsening signal",
        (
            "Of three months running, all above your baseline average of 7.4%, two lie more than two sigma away from it; "
            "the limit is at three. That is rare by chance alone. The chart cannot say why."
        ),
    )
    assert word(high, measure()) == "■ worsening, near upper limit"


@pytest.mark.parametrize(
    ("rule", "count", "needed", "heading", "meaning", "cell"),
    [
        (
            "few_runs",
            2,
            6,
            "The months make only two runs about your baseline median: an unusual pattern",
            "By chance alone they make six or more. Months keep to one side for long stretches.",
            "◇ unusual, few runs",
        ),
        (
            "many_runs",
            17,
            14,
            "The months make 17 runs about your baseline median: an unusual pattern",
            "By chance alone they make 14 or fewer. Months jump from side to side, as where two kinds of months take",
            "◇ unusual, many runs",
        ),
    ],
)
def test_too_few_or_too_many_runs_say_what_a_run_is_and_how_many_chance_makes(
    rule: str, count: int, needed: int, heading: str, meaning: str, cell: str
) -> None:
    one = signal(rule, "unclear", *LIVE, count=count, needed=needed)
    odd = chart([7.9, 6.9] * 3 + [7.9], verdict="unclear", signals=(one,), **IHI)
    found = said(odd)
    assert found[0] == heading
    assert found[1].startswith("18 months were counted against your baseline median of 7.4%; a run is the months ")
    assert meaning in found[1]
    assert word(odd, measure()) == cell


def test_a_bright_spot_tells_a_trend_as_one() -> None:
    five = signal("trend", "improving", *LIVE[2:], needed=5)
    falling = chart([7.4, 7.6, 7.5, 7.2, 6.9, 6.8, 6.6], verdict="improving", signals=(five,), **IHI)
    assert portfolio.bright(falling, measure(), []) == (
        "Absence rate: 5 falling, from November. No test on record bears on it: ask what they did."
    )


def test_for_nhs_an_older_shift_is_not_what_the_verdict_rests_on() -> None:
    old = signal("shift", "worsening", "2024-09", "2024-10", "2024-11", needed=7)
    now = signal("limits", "worsening", "2026-03", needed=1)
    high = chart(
        [7.4, 7.3, 7.5, 7.2, 7.6, 7.3, 9.9],
        verdict="worsening",
        signals=(old, now),
        upper=(8.9,) * 7,
        lower=(5.9,) * 7,
        line="baseline average",
        **NHS,
    )
    assert said(high)[0] == "March lies above the upper limit: a worsening signal"


@pytest.mark.parametrize(
    ("rule", "count", "needed", "words"),
    [
        ("trend", 6, 5, "Worsening signal: 6 months in a row rising"),
        ("two_of_three", 2, 2, "Worsening signal: 2 months close to the upper limit"),
        ("few_runs", 2, 6, "Unusual pattern: 2 runs about the baseline median; chance alone makes 6 or more"),
        ("many_runs", 17, 14, "Unusual pattern: 17 runs about the baseline median; chance alone makes 14 or fewer"),
    ],
)
def test_the_chart_says_why_its_points_have_changed_shape(rule: str, count: int, needed: int, words: str) -> None:
    direction = "unclear" if rule.endswith("runs") else "worsening"
    one = signal(rule, direction, *LIVE[1:], count=count, needed=needed)  # type: ignore[arg-type]
    odd = chart(RISING, verdict=direction, signals=(one,), run=run("above", *LIVE[3:]), **IHI)
    scene = timeline(odd, measure(), events=(), tests=(), until=Month("2026-07"))
    written = " ".join(mark.string for mark in scene.marks if isinstance(mark, Text))
    assert words in written


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("anhoej", "Anhøj’s rules"),
        ("ihi", "run chart rules of the Institute for Healthcare Improvement"),
        ("nhs", "Making Data Count rules"),
    ],
)
def test_every_report_names_the_rules_in_use_from_the_file_to_the_foot(
    absenteeism: Collaborative, rules: str, words: str
) -> None:
    here = world(Collaborative.model_validate({**absenteeism.model_dump(by_alias=True), "rules": rules}))
    assert {chart.rules for chart in here.charts.values()} == {rules}
    for report in (here.team("T001"), here.team("T002"), here.coach()):
        assert words in report.header.rules
