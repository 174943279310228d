from __future__ import annotations

import pytest
from tests.measures.audits import (
    DESIGN,
    PLAN,
    SOURCE,
    TEAMS,
    case,
    cases,
    chart,
    dictionary,
    frame,
    measured,
    person,
    several,
)
from tests.measures.sheets import row

from breakthrough import measures
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import CaseValue, Design
from breakthrough.month import Month

MARCH = Month("2026-03")


def key(record: str, instance: int, form: str = "chart_audit", event: str = "") -> EntryKey:
    return EntryKey("audit", record, event, form, instance)


def test_a_figure_leads_to_its_case_rows_and_the_values_they_were_judged_by() -> None:
    what = measured()
    rows = [
        chart("1", 1),
        chart("1", 2, plan_date=None),
        chart("2", 1, tier="1"),
        chart("3", 1, audit_date="2026-04-01"),
        case("4", 1, {"audit_date": "2026-03-10", "tier": "3"}, dag="t002"),
    ]
    found = measures.lineage(cases(rows, what), what, "plan", "T001", MARCH, teams=TEAMS)
    assert [(one.key, one.in_denominator, one.in_numerator) for one in found] == [
        (key("1", 1), True, True),
        (key("1", 2), True, False),
        (key("2", 1), False, False),
    ]
    assert found[1].values == (
        CaseValue("[audit_date]", "audit_date", "2026-03-10", key("1", 2)),
        CaseValue("[record-dag-name]", "redcap_data_access_group", "t001", key("1", 2)),
        CaseValue("[tier]", "tier", "2", key("1", 2)),
        CaseValue("[plan_date]", "plan_date", "", None),
    )
    shown = row(frame(rows, what), "plan", "2026-03")
    assert (shown.numerator, shown.denominator) == (1, 2)


def test_a_value_is_found_on_the_row_that_holds_it() -> None:
    what = measured(
        source={**SOURCE, "team": "site"},
        denominator="[cond(1)] = '1' and [cond(2)] = '1' and [record_id] <> ''",
        numerator="[tier][first-instance] = '3'",
    )
    rows = [
        person("1", {"cond___1": "1"}),
        chart("1", 1, site="T002", tier="3"),
        chart("1", 2, site="T002", tier=None),
        chart("9", 1, site="T001"),
    ]
    found = measures.lineage(cases(rows, what), what, "plan", "T002", MARCH, teams=TEAMS)
    assert [one.key for one in found] == [key("1", 1), key("1", 2)]
    assert found[1].values == (
        CaseValue("[audit_date]", "audit_date", "2026-03-10", key("1", 2)),
        CaseValue("[site]", "site", "T002", key("1", 2)),
        CaseValue("[cond(1)]", "cond___1", "1", key("1", 0, "person")),
        CaseValue("[cond(2)]", "cond___2", "", None),
        CaseValue("[record_id]", "record_id", "1", key("1", 2)),
        CaseValue("[tier][first-instance]", "tier", "3", key("1", 1)),
    )


def test_a_value_of_another_event_is_found_there() -> None:
    design = Design(dictionary(), events={"start_arm_1": ("person", "chart_audit"), "later_arm_1": ("chart_audit",)})
    what = measured(denominator="[start_arm_1][tier] = '3'", numerator="[tier] = '1'")
    rows = [
        Entry(key("1", 0, event=event), "t001", {"audit_date": date, "tier": tier})
        for event, date, tier in (("start_arm_1", "2026-02-10", "3"), ("later_arm_1", "2026-03-10", "1"))
    ]
    (found,) = measures.lineage(cases(rows, what, design), what, "plan", "T001", MARCH, teams=TEAMS)
    assert (found.key, found.in_denominator, found.in_numerator) == (key("1", 0, event="later_arm_1"), True, True)
    assert found.values[2] == CaseValue("[start_arm_1][tier]", "tier", "3", key("1", 0, event="start_arm_1"))


def test_a_decimal_comma_is_shown_as_it_is_stored() -> None:
    comma = {"text_validation_type_or_show_slider_number": "number_1dp_comma_decimal"}
    design = Design([*dictionary(), {"form_name": "chart_audit", "field_name": "dose", "field_type": "text", **comma}])
    what = measured(denominator="[dose] > 2.4", numerator="[dose] > 2.6")
    (found,) = measures.lineage(
        cases([chart("1", 1, dose="2,5")], what, design), what, "plan", "T001", MARCH, teams=TEAMS
    )
    assert (found.in_denominator, found.in_numerator, found.values[2].value) == (True, False, "2,5")


def test_a_cumulative_figure_stands_on_the_rows_of_the_year_so_far() -> None:
    what = measured(cumulative=True, chart="year_on_year")
    days = ("2025-08-31", "2025-09-01", "2026-02-28", "2026-03-31", "2026-04-01")
    rows = [chart(str(at), 1, audit_date=day) for at, day in enumerate(days)]
    found = measures.lineage(cases(rows, what), what, "plan", "T001", MARCH, teams=TEAMS)
    assert [one.key.record for one in found] == ["1", "2", "3"]
    assert row(frame(rows, what), "plan", "2026-03").denominator == 3


def test_a_month_without_rows_has_no_lineage() -> None:
    what = measured()
    read = cases([chart("1", 1)], what)
    assert measures.lineage(read, what, "plan", "T002", MARCH, teams=TEAMS) == ()
    assert measures.lineage(read, what, "plan", "T001", Month("2026-04"), teams=TEAMS) == ()
    assert measures.lineage(cases([], what), what, "plan", "T001", MARCH, teams=TEAMS) == ()


def test_only_measures_that_are_counted_from_case_rows_have_a_lineage() -> None:
    what = several(plan=PLAN, lost={**PLAN, "numerator": "[gone] = '1'"})
    read = cases([chart("1", 1)], what, DESIGN)
    for measure in ("lost", "rate"):
        with pytest.raises(KeyError):
            measures.lineage(read, what, measure, "T001", MARCH, teams=TEAMS)
