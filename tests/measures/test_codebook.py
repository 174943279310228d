"""The codebook: every column that is emitted is explained, every measure defined in words."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from tests.measures.sheets import collaborative

from breakthrough.measures import codebook
from breakthrough.measures.health import CODES
from breakthrough.measures.table import TIDY
from breakthrough.measures.values import Rule, State


def test_every_column_of_the_long_table_is_explained_in_its_order_before_all_others() -> None:
    names = [one.name for one in codebook.columns()]
    assert tuple(names[: len(TIDY)]) == TIDY
    assert len(set(names)) == len(names)
    assert {one.name for one in codebook.columns() if "figures" in one.tables} == set(TIDY)


def test_states_and_rules_are_those_there_are() -> None:
    own = {one.name: one for one in codebook.columns()}
    assert own["state"].allowed.split(" | ") == list(get_args(State))
    assert {f"signal_{rule}" for rule in get_args(Rule)} <= own.keys()


def test_every_measure_has_a_row_with_both_parts_in_words() -> None:
    what = collaborative()
    rows = {one.code: one for one in codebook.measures(what)}
    assert list(rows) == [*what.measures, *CODES]
    both = rows["both"]
    assert both.numerator == "Number of hit; plus Number of also"
    assert (both.denominator, both.multiply, both.unit) == ("Number of seen", 1000, "per 1,000")
    gap = rows["gap"]
    assert gap.numerator == "Number of swd_hit; of the other group: Number of hit; less Number of swd_hit"
    assert (rows["rate"].goal, rows["rate"].goal_by, rows["rate"].direction) == (5, "2026-07", "lower")
    assert (rows["share"].lag, rows["sofar"].cumulative) == (1, True)
    assert rows["rate"].source == "monthly form: counts that the team reports"
    assert all(one.numerator and one.denominator and one.definition for one in rows.values())


def test_case_rows_are_described_by_their_logic_and_where_they_stand() -> None:
    settings = collaborative().model_dump(by_alias=True)["measures"]["rate"]
    audited = {
        **settings,
        "source": {"project": "audit", "form": "chart_audit", "date": "audit_date"},
        "denominator": "[tier] >= 2",
        "numerator": "[plan] = '1'",
    }
    (one,) = (row for row in codebook.measures(collaborative(measures={"rate": audited})) if row.code == "rate")
    assert one.numerator == "[plan] = '1'"
    assert one.denominator == "[tier] >= 2"
    assert one.source == "case rows of the form chart_audit, project audit, not every case"


SOURCE = {"project": "audit", "form": "chart_audit", "date": "audit_date"}
KINDS = {
    "count": ({"type": "count", "numerator": "hit"}, ("Number of hit", "", "")),
    "median": ({"type": "median", "value": "hit"}, ("", "", "Number of hit")),
    "mean of counts": (
        {"type": "mean", "numerator": "hit", "denominator": "seen"},
        ("Number of hit", "Number of seen", ""),
    ),
    "mean of rows": (
        {"type": "mean", "source": SOURCE, "value": "[days]", "denominator": "[tier] >= 2"},
        ("sum of [days]", "[tier] >= 2", "[days]"),
    ),
    "index": (
        {
            "parts": [
                {"name": "Notes", "numerator": "hit", "denominator": "seen", "weight": 2},
                {"numerator": "also", "denominator": "roll"},
            ]
        },
        (
            "Notes: Number of hit, times 2; points: Number of also",
            "points that could be reached: Number of seen; Number of roll",
            "",
        ),
    ),
    "all or none": (
        {"source": SOURCE, "all_of": ["[a] = '1'", "[b] = '1'"], "denominator": "[tier] >= 2"},
        ("of these, all of: [a] = '1'; [b] = '1'", "[tier] >= 2", ""),
    ),
    "difference of rows": (
        {
            "source": SOURCE,
            "numerator": "[a] = '1'",
            "denominator": "[tier] >= 2",
            "where": "[sen] = '1'",
            "versus": {"where": "[sen] = '0'", "name": "others"},
            "unit": " points",
        },
        (
            "[a] = '1', and [sen] = '1'; of others: [a] = '1', and [sen] = '0'",
            "[tier] >= 2, and [sen] = '1'; of others: [tier] >= 2, and [sen] = '0'",
            "",
        ),
    ),
    "time between": (
        {"source": SOURCE, "event": "[fall] = '1'"},
        ("days from one event to the next; events: [fall] = '1'", "", ""),
    ),
}


@pytest.mark.parametrize(("keys", "said"), KINDS.values(), ids=list(KINDS))
def test_every_type_of_measure_is_put_in_words(keys: dict[str, Any], said: tuple[str, str, str]) -> None:
    shared = {"name": "One", "plain": "…", "kind": "process", "direction": "higher"}
    what = collaborative(measures={"rate": {**shared, **keys}})
    (one,) = (row for row in codebook.measures(what) if row.code == "rate")
    assert (one.numerator, one.denominator, one.value) == said


def test_a_definition_that_changed_has_a_row_for_each_time() -> None:
    settings = collaborative().model_dump(by_alias=True)["measures"]["rate"]
    changed = {"from": "2026-01", "change": "also", "accepted_by": "Ro", "on": "2026-01-05", "numerator": "also"}
    rows = [
        row
        for row in codebook.measures(collaborative(measures={"rate": {**settings, "versions": [changed]}}))
        if row.code == "rate"
    ]
    assert [(row.since, row.numerator) for row in rows] == [("", "Number of hit"), ("2026-01", "Number of also")]
    assert rows[0].definition_version != rows[1].definition_version


@pytest.mark.parametrize(("goal", "on_time"), [(85, 75), (90, 60)])
def test_goals_of_reporting_are_the_collaboratives(goal: int, on_time: int) -> None:
    rows = {one.code: one for one in codebook.measures(collaborative(reporting={"goal": goal, "on_time": on_time}))}
    assert (rows["h_report"].goal, rows["h_ontime"].goal) == (goal, on_time)
