from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from breakthrough import collaborative, configfile
from breakthrough.collaborative import Collaborative, Condition, Counted, Measure
from breakthrough.errors import LogicInvalid, SettingInvalid

# The example of the design, in the file's own writing.
TEXT = """
name: Audit
topic: audit
timezone: Europe/London
aim: {statement: More plans., measure: mh_plan, goal: 75, by: 2026-07}
calendar: {start: 2025-09, end: 2026-07}
coordinator: {name: Ro, email: ro@example.org}
coaches: [{code: c1, name: Ju, email: ju@example.org}]
measures:
  mh_plan:
    name: Shared plan
    plain: Plans made within a year.
    kind: process
    direction: higher
    source: {project: audit, form: chart_audit, date: audit_date, team: dag}
    denominator: "[tier] >= 2"
    numerator: "[tier] >= 2 and datediff([plan_date],[audit_date],'d') <= 365"
"""


def parsed(text: str = TEXT) -> Collaborative:
    return configfile.parse(text, Collaborative, "collaborative.yaml")


def plan(text: str = TEXT) -> Measure:
    return parsed(text).measures["mh_plan"]


def test_a_measure_names_project_form_date_team_and_logic_and_needs_no_counts() -> None:
    measure = plan()
    assert measure.source is not None
    assert (measure.source.project, measure.source.form, measure.source.date) == ("audit", "chart_audit", "audit_date")
    assert (measure.source.by_group, measure.source.every_case, measure.source.teams) == (True, False, {})
    assert (measure.counts, list(measure.conditions)) == ((), ["denominator", "numerator"])
    assert measure.numerator == Condition("[tier] >= 2 and datediff([plan_date],[audit_date],'d') <= 365")
    assert parsed().counts == {}


def test_the_least_that_a_measure_needs_is_what_it_names() -> None:
    assert plan().case_fields == {"tier", "plan_date", "audit_date", "chart_audit_complete"}
    by_field = plan(TEXT.replace("team: dag", "team: site").replace('[tier] >= 2"', "[start_arm_1][cond(3)] = '1'\""))
    assert by_field.case_fields == {"tier", "plan_date", "audit_date", "site", "cond", "chart_audit_complete"}


def test_the_least_of_a_project_is_what_all_its_measures_name(root: Path) -> None:
    other = "  other: {name: Other, plain: …, kind: process, direction: lower, numerator: \"[sex] = '1'\","
    other += ' denominator: "1 = 1", source: {project: audit, form: person, date: born}}\n'
    what = parsed(TEXT + other)
    assert what.case_fields("audit") == {
        *("tier", "plan_date", "audit_date", "chart_audit_complete"), *("sex", "born", "person_complete"),
    }  # fmt: skip
    assert what.case_fields("main") == frozenset()
    shipped = collaborative.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    assert (shipped.case_fields("main"), shipped.measures["ca_day"].case_fields) == (frozenset(), frozenset())


def test_values_that_stand_for_teams_may_be_numbers_in_the_file() -> None:
    measure = plan(TEXT.replace("team: dag", "team: site, teams: {1: T001, '02': T002, north: T003}"))
    assert measure.source is not None
    assert measure.source.teams == {"1": "T001", "02": "T002", "north": "T003"}


def wrong(before: str, after: str) -> tuple[str, ...]:
    """The lines of what is said of the file with that change."""
    changed = TEXT.replace(before, after, 1)
    assert changed != TEXT
    with pytest.raises(SettingInvalid) as refused:
        parsed(changed)
    return tuple(str(refused.value).splitlines())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        pytest.param(
            '"[tier] >= 2"',
            '"[tier] => 2"',
            (
                (
                    "collaborative.yaml, line 16: the denominator cannot be used. Character 9: Expected a value, found '>'. "
                    "Write '>='."
                ),
                "    [tier] => 2",
                "            ^",
            ),
            id="no logic",
        ),
        pytest.param(
            '"[tier] >= 2"',
            "|\n      [tier] >= 2\n      and [plan_date <> ''",
            (
                (
                    "collaborative.yaml, line 16: the denominator cannot be used. Line 2, character 16: Expected '(', ':' or "
                    "']', found '<>'."
                ),
                "    and [plan_date <> ''",
                "                   ^",
            ),
            id="on its second line",
        ),
        pytest.param(
            '"[tier] >= 2"',
            "\"datediff([plan_date], 'today', 'd') < 30\"",
            (
                (
                    "collaborative.yaml, line 16: the denominator cannot be used. Character 23: This reads the clock, so that "
                    "a month's figure would change from day to day with nothing entered. Compare with a date of the row."
                ),
                "    datediff([plan_date], 'today', 'd') < 30",
                "                          ^",
            ),
            id="the clock",
        ),
        pytest.param(
            '"[tier] >= 2"',
            '"[tier] >= 2 and [user-name] = 1"',
            (
                "collaborative.yaml, line 16: the denominator cannot be used. Character 17: A case row has no [user-name].",
                "    [tier] >= 2 and [user-name] = 1",
                "                    ^",
            ),
            id="a smart variable that rows have not",
        ),
    ],
)
def test_logic_that_cannot_be_used_is_named_by_file_line_and_character(
    before: str, after: str, said: tuple[str, ...]
) -> None:
    assert wrong(before, after) == said


@pytest.mark.parametrize(
    ("before", "after", "line", "hint"),
    [
        ('denominator: "[tier] >= 2"', "denominator:", 16, "'denominator' is missing"),
        ('    denominator: "[tier] >= 2"\n', "", 10, "'denominator' is missing"),
        ("date: audit_date, ", "", 15, "'measures.mh_plan.source.date' is missing"),
        ("team: dag", "taem: dag", 15, "Did you mean 'team'?"),
        ("team: dag", "team: Site", 15, "'measures.mh_plan.source.team' is wrong"),
        ("team: dag", "teams: {yes: [T001]}", 15, "'measures.mh_plan.source.teams.yes' is wrong"),
        ("project: audit", "project: The Audit", 15, "'measures.mh_plan.source.project' is wrong"),
        (
            "    source:",
            "    versus: {numerator: a, denominator: b}\n    source:",
            15,
            "numerator of versus cannot be used",
        ),
        ("    source: {project: audit, form: chart_audit, date: audit_date, team: dag}\n", "", 16, "Say with 'source'"),
        ("    direction: higher", "    direction: higher\n    cumulative: true", 10, "Write chart: year_on_year"),
    ],
)
def test_a_source_that_does_not_fit_is_named_with_its_line(before: str, after: str, line: int, hint: str) -> None:
    said = wrong(before, after)
    assert any(one.startswith(f"collaborative.yaml, line {line}:") and hint in one for one in said), said


def test_both_pieces_of_logic_are_named_at_once() -> None:
    said = wrong('>= 2"\n    numerator: "[tier] >= 2', '>= "\n    numerator: "[tier >= 2')
    assert [one.split(":")[0] for one in said if one.startswith("collaborative")] == [
        "collaborative.yaml, line 17",
        "collaborative.yaml, line 16",
    ]


@pytest.mark.parametrize("text", ["today", "[d] > now", "datediff('now', [d], 'd') > 1", "@CALCDATE('today', 1, 'd')"])
def test_no_condition_reads_the_clock(text: str) -> None:
    with pytest.raises(LogicInvalid, match="clock"):
        Condition(text)


@pytest.mark.parametrize("text", ["[d] = 'today'", "[now] = ''", "[event-name] = 'a' or [current-instance] = 1"])
def test_what_only_looks_like_the_clock_is_taken(text: str) -> None:
    assert Condition(text).text == text


@pytest.mark.parametrize(
    "text", ["[user-dag-name] = 'a'", "[aggregate-mean:n] > 1", "[event-label] = ''", "[survey-link:form] <> ''"]
)
def test_no_condition_reads_what_a_row_has_not(text: str) -> None:
    with pytest.raises(LogicInvalid, match="A case row has no"):
        Condition(text)


def test_a_measure_made_in_code_may_be_given_its_conditions() -> None:
    given: dict[str, Any] = plan().model_dump(exclude={"numerator", "denominator"})
    made = Measure.model_validate(given | {"numerator": Condition("[a] = 1"), "denominator": Condition("1 = 1")})
    assert made.conditions == {"denominator": Condition("1 = 1"), "numerator": Condition("[a] = 1")}
    assert made != plan()
    assert len({Condition("[a]=1"), Condition(" [a]=1 "), Condition("[a]=2")}) == 2


def test_counts_stay_counts() -> None:
    assert isinstance(Measure.model_validate({
        "name": "n", "plain": "p", "kind": "process", "direction": "lower", "numerator": "a + b", "denominator": "c",
    }).numerator, Counted)  # fmt: skip
