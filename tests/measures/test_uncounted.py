from __future__ import annotations

from typing import Any

import pytest
from tests.measures.audits import (
    DESIGN,
    PLAN,
    SOURCE,
    TEAMS,
    TODAY,
    cases,
    chart,
    counts,
    dictionary,
    frame,
    measured,
    several,
)

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures import Design, Uncounted


def left(rows: list[Entry], what: Collaborative, design: Design = DESIGN) -> tuple[Uncounted, ...]:
    return measures.uncounted(cases(rows, what, design), what, TEAMS, TODAY)


def told(rows: list[Entry], design: Design = DESIGN, **changes: Any) -> list[tuple[str, str, list[str]]]:
    """Reason, team and records of what is counted nowhere."""
    found = left(rows, measured(**changes), design)
    return [(one.code, one.team, [key.record for key in one.rows]) for one in found]


def test_rows_without_a_day_or_a_team_are_told_and_not_counted() -> None:
    rows = [
        chart("1", audit_date=None),
        chart("2", audit_date="soon"),
        chart("3", audit_date="2026-02-30"),
        chart("4", audit_date="2026-07-16"),
        chart("5", audit_date="UNK"),
        chart("6", dag=""),
        chart("7", dag="elsewhere", audit_date=None),
        chart("8", dag="t002", audit_date="10/03/2026"),
        chart("9", tier="1", audit_date=None),
        chart("10"),
    ]
    design = Design(dictionary(), missing_codes=frozenset({"UNK"}))
    assert told(rows, design) == [
        ("no_team", "", ["6"]),
        ("unknown_team", "", ["7"]),
        ("no_date", "T001", ["1", "5"]),
        ("bad_date", "T001", ["2", "3"]),
        ("bad_date", "T002", ["8"]),
        ("future_date", "T001", ["4"]),
    ]
    assert counts(frame(rows, measured(), design=design)) == ("reported", 1, 1)


def test_rows_from_before_the_first_month_are_told_of_no_team_and_those_from_then_on_are() -> None:
    rows = [chart("1", dag="elsewhere", audit_date="2024-08-31"), chart("2", dag="elsewhere", audit_date="2024-09-01")]
    assert told(rows) == [("unknown_team", "", ["2"])]


def test_what_is_not_counted_is_told_in_a_sentence_that_holds_no_value() -> None:
    rows = [chart("1", audit_date="soon"), chart("2", audit_date=None), chart("3", dag="elsewhere"), chart("4", dag="")]
    found = {one.code: one.evidence for one in left(rows, measured())}
    assert found == {
        "bad_date": "1 row of chart_audit has something in audit_date that is no date, so it counts in no month.",
        "no_date": "1 row of chart_audit has no date in audit_date, so it counts in no month.",
        "no_team": "1 row of chart_audit is in no data access group, so it counts for no team.",
        "unknown_team": "1 row of chart_audit is in a data access group of none of our teams (elsewhere), so it counts "
        "for no team. Name the teams of such rows under 'teams' of the source.",
    }


def test_a_team_named_in_a_field_is_not_repeated_where_it_is_none_of_ours() -> None:
    rows = [chart("1", site="Secret Street"), chart("2", site="Other Road"), chart("3", site=None)]
    what = measured(source={**SOURCE, "team": "site"})
    found = {one.code: one.evidence for one in left(rows, what)}
    assert found["unknown_team"].startswith("2 rows of chart_audit have a team in site that is none of ours, so they ")
    assert found["no_team"] == "1 row of chart_audit has nothing in site, so it counts for no team."


def test_measures_of_one_source_tell_a_row_once_and_other_sources_apart() -> None:
    other = {**PLAN, "source": {**SOURCE, "date": "plan_date"}}
    what = several(plan=PLAN, low={**PLAN, "denominator": "[tier] = '1'"}, other=other)
    rows = [chart("1", audit_date=None), chart("2", audit_date=None, tier="1"), chart("3", plan_date=None)]
    found = left(rows, what)
    assert [(one.measures, [key.record for key in one.rows]) for one in found] == [
        (("plan", "low"), ["1", "2"]),
        (("other",), ["3"]),
    ]


def test_a_team_is_asked_about_its_rows_without_a_day_in_the_newest_month() -> None:
    rows = [chart("1", audit_date=None), chart("2", dag="elsewhere", audit_date=None)]
    what = measured()
    (doubt,) = measures.doubts(frame(rows, what), what, uncounted=left(rows, what))
    assert (doubt.team, doubt.measure, str(doubt.month), doubt.code) == ("T001", "plan", "2026-06", "uncounted")
    assert doubt.evidence == "1 row of chart_audit has no date in audit_date, so it counts in no month."


def test_what_is_logged_about_case_rows_names_no_record_and_no_value(caplog: pytest.LogCaptureFixture) -> None:
    rows = [chart("Alice Example", audit_date="tomorrow"), chart("Bob Example", dag="hidden")]
    left(rows, measured())
    cases(rows, measured(numerator="[gone] = 'secret'"))
    assert "reason=bad_date rows=1" in caplog.text
    assert "measure=plan reasons=1" in caplog.text
    assert not any(word in caplog.text for word in ("Example", "tomorrow", "hidden", "secret"))
