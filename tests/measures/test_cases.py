from __future__ import annotations

import datetime as dt
import math

import pytest
from tests.measures.audits import (
    DESIGN,
    PLAN,
    SOURCE,
    TEAMS,
    TODAY,
    chart,
    counts,
    dictionary,
    frame,
    measured,
    person,
    several,
)
from tests.measures.sheets import form, row

from breakthrough import measures
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures import Design
from breakthrough.measures.cases import fields_of, read
from breakthrough.month import Month

MARCH = "2026-03"


def test_the_example_of_the_design_counts_plans_made_within_a_year() -> None:
    charts = [
        chart("1", 1),
        chart("1", 2, plan_date="2025-03-10"),  # 365 days
        chart("2", 1, plan_date="2025-03-09"),  # 366 days
        chart("3", 1, plan_date=None),
        chart("4", 1, tier="1"),
        chart("5", 1, tier=None),
        chart("6", 1, tier="3"),
        chart("7", 1, audit_date="2026-04-01"),
        chart("8", 1, dag="t002"),
    ]
    found = frame(charts, measured())
    one = row(found, "plan", MARCH)
    assert (one.state, one.numerator, one.denominator, one.value) == ("reported", 3, 5, 60.0)
    assert (one.entry_key, one.copies, one.reason) == ("audit/chart_audit", 1, "")
    assert counts(found, month="2026-04") == ("reported", 1, 1)
    assert counts(found, team="T002") == ("reported", 1, 1)


@pytest.mark.parametrize(
    ("charts", "state"),
    [
        pytest.param([], "missing", id="no row of the month"),
        pytest.param([chart(audit_date="2026-02-28")], "missing", id="rows of another month"),
        pytest.param([chart(dag="t002")], "missing", id="rows of another team"),
        pytest.param([chart(tier="1")], "no_cases", id="the form is in use, nobody in the denominator"),
        pytest.param([chart(tier=None)], "no_cases", id="a denominator that is blank does not count"),
        pytest.param([chart(plan_date=None)], "reported", id="nobody of some is a value"),
    ],
)
def test_a_month_without_rows_is_missing_and_one_with_rows_and_nobody_to_count_had_no_cases(
    charts: list[Entry], state: str
) -> None:
    one = row(frame(charts, measured()), "plan", MARCH)
    assert one.state == state
    assert math.isnan(one.value) == (state != "reported")


def test_a_month_without_rows_is_not_due_on_its_due_day_and_missing_on_the_next() -> None:
    until = Month(MARCH)
    assert counts(frame([], measured(), today=dt.date(2026, 4, 10), until=until))[0] == "not_due"
    assert counts(frame([], measured(), today=dt.date(2026, 4, 11), until=until))[0] == "missing"


def test_a_month_counts_once_it_has_ended() -> None:
    for today, state in ((dt.date(2026, 3, 31), "not_due"), (dt.date(2026, 4, 1), "reported")):
        assert counts(frame([chart()], measured(), today=today, until=Month(MARCH)))[0] == state


def test_a_lagged_measure_waits_until_its_window_has_closed() -> None:
    for today, state in ((dt.date(2026, 5, 31), "not_due"), (dt.date(2026, 6, 1), "reported")):
        assert counts(frame([chart()], measured(lag=2), today=today, until=Month(MARCH)))[0] == state


@pytest.mark.parametrize(
    ("status", "charts", "state"),
    [
        pytest.param("2", [], "no_cases", id="no rows, and the team says: no cases"),
        pytest.param("3", [], "not_in_session", id="the team says: closed"),
        pytest.param("4", [], "not_collected", id="the team says: not collected"),
        pytest.param("5", [], "late", id="the team says: will follow"),
        pytest.param("5", [chart()], "reported", id="said to follow, and there it is"),
        pytest.param("2", [chart()], "no_cases", id="no cases beside rows"),
    ],
)
def test_what_a_team_says_in_its_monthly_form_holds_for_case_rows_too(
    status: str, charts: list[Entry], state: str
) -> None:
    one = row(frame(charts, measured(), forms=[form("T001", MARCH, {"plan_st": status})]), "plan", MARCH)
    assert one.state == state
    assert one.reason == ("marked as no eligible cases, but 1 of 1 was entered" if status == "2" and charts else "")


def test_where_every_case_is_entered_a_due_month_without_rows_had_none_from_the_first_row_on() -> None:
    what = measured(source={**SOURCE, "every_case": True})
    found = frame([chart(audit_date="2026-01-05")], what, today=dt.date(2026, 5, 31), until=Month("2026-05"))
    states = {month: counts(found, month=month) for month in ("2025-12", "2026-01", "2026-02", "2026-04", "2026-05")}
    assert states["2025-12"][0] == "missing"
    assert states["2026-01"] == ("reported", 1, 1)
    assert states["2026-02"] == states["2026-04"] == ("no_cases", 0, 0)
    assert states["2026-05"][0] == "not_due"
    assert counts(found, team="T002")[0] == "missing", "a team that never entered a case"
    late = frame([chart(audit_date="2026-01-05")], what, today=dt.date(2026, 6, 10), until=Month("2026-05"))
    assert counts(late, month="2026-05")[0] == "not_due", "ended, and its due day has not passed"


def test_where_every_case_is_entered_a_row_without_a_day_does_not_begin_it() -> None:
    what = measured(source={**SOURCE, "every_case": True})
    assert counts(frame([chart(audit_date=None)], what))[0] == "missing"


def test_the_first_row_may_lie_before_all_months_reported() -> None:
    what = measured(source={**SOURCE, "every_case": True})
    assert counts(frame([chart(audit_date="2019-01-05")], what))[0] == "no_cases"


def test_a_cumulative_measure_counts_the_year_so_far_and_begins_anew() -> None:
    what = measured(cumulative=True, chart="year_on_year")  # the collaborative starts in September
    days = ("2025-07-03", "2025-09-30", "2025-10-01", "2025-10-02", "2026-01-31")
    charts = [chart(str(at), audit_date=day, plan_date=day if at % 2 else None) for at, day in enumerate(days)]
    found = frame(charts, what)
    assert counts(found, month="2025-07") == ("reported", 0, 1)
    assert counts(found, month="2025-09") == ("reported", 1, 1)
    assert counts(found, month="2025-10") == ("reported", 2, 3)
    assert counts(found, month="2025-11")[0] == "missing", "nothing of November was entered"
    assert counts(found, month="2026-01") == ("reported", 2, 4)


def test_a_cumulative_measure_counts_the_months_of_its_year_before_the_first_reported_one() -> None:
    what = several(plan={**PLAN, "cumulative": True, "chart": "year_on_year"})
    what = what.model_copy(update={"calendar": what.calendar.model_copy(update={"baseline_months": 9})})
    found = frame([chart("1", audit_date="2024-10-03"), chart("2", audit_date="2024-12-03")], what)
    assert found["month"].min() == "2024-12"
    assert counts(found, month="2024-12") == ("reported", 2, 2)


def test_a_row_outside_the_denominator_is_not_in_the_numerator_whatever_its_logic_says() -> None:
    found = frame([chart("1"), chart("2", tier="1")], measured(numerator="[tier] <> ''"))
    assert counts(found) == ("reported", 1, 1)


def test_what_does_not_repeat_in_a_record_is_seen_by_each_of_its_case_rows() -> None:
    charts = [person("1", {"sex": "2", "cond___1": "1"}), chart("1", 1), chart("1", 2), chart("2", 1)]
    found = frame(charts, measured(denominator="[sex] = '2'", numerator="[cond(1)] = '1' and [cond(2)] = '0'"))
    assert counts(found) == ("reported", 2, 2)


def test_an_instance_counts_as_the_last_one_where_the_field_is_blank_in_it() -> None:
    charts = [chart("1", 1, tier="3"), chart("1", 2, tier=None)]
    found = frame(charts, measured(denominator="[tier][last-instance] = ''", numerator="[tier] <> ''"))
    assert counts(found) == ("reported", 1, 2)


def test_a_form_that_does_not_repeat_gives_one_case_a_record() -> None:
    source = {**SOURCE, "form": "person", "date": "audit_date", "team": "sex", "teams": {2: "T002"}}
    rows = [
        person("1", {"sex": "2"}),
        Entry(EntryKey("audit", "1", "", "chart_audit", 0), "", {"audit_date": "2026-03-02"}),
    ]
    found = frame(rows, measured(source=source, denominator="[record_id] = 1", numerator="[record_id] <> ''"))
    assert counts(found, team="T002") == ("reported", 1, 1)
    assert counts(found)[0] == "missing"


def test_each_event_of_a_longitudinal_project_has_its_own_row() -> None:
    def visit(event: str, **values: str) -> Entry:
        key = EntryKey("audit", "1", event, "chart_audit", 0)
        return Entry(key, "t001", {"audit_date": "2026-03-10", "chart_audit_complete": "2", **values})

    design = Design(dictionary(), events={"start_arm_1": ("person", "chart_audit"), "later_arm_1": ("chart_audit",)})
    rows = [visit("start_arm_1", tier="3"), visit("later_arm_1", tier="1")]
    whole = measured(denominator="[tier] <> ''", numerator="[start_arm_1][tier] = '3'")
    assert counts(frame(rows, whole, design=design)) == ("reported", 2, 2)
    before = measured(denominator="[tier] <> ''", numerator="[previous-event-name][tier] = '3'")
    assert counts(frame(rows, before, design=design)) == ("reported", 1, 2)


def test_a_case_may_be_a_form_in_an_event_that_repeats_as_a_whole() -> None:
    rows = [
        Entry(EntryKey("audit", "1", "day_arm_1", "person", 1), "t001", {"sex": "2", "person_complete": "2"}),
        Entry(EntryKey("audit", "1", "day_arm_1", "chart_audit", 1), "t001", {"audit_date": "2026-03-01", "tier": "2"}),
        Entry(EntryKey("audit", "1", "day_arm_1", "chart_audit", 2), "t001", {"audit_date": "2026-03-02", "tier": "2"}),
    ]
    found = frame(rows, measured(denominator="[tier] = '2'", numerator="[sex] = '2'"))
    assert counts(found) == ("reported", 1, 2)


@pytest.mark.parametrize("date", ["2026-03-31", "2026-03-31 23:59", "2026-03-31 23:59:59"])
def test_the_month_is_that_of_the_day_as_it_was_entered(date: str) -> None:
    assert counts(frame([chart(audit_date=date)], measured())) == ("reported", 1, 1)


def test_a_team_is_found_by_its_group_as_the_source_the_collaborative_or_its_code_says() -> None:
    what = measured(source={**SOURCE, "teams": {"north": "T002"}})
    rows = [chart(str(at), dag=dag) for at, dag in enumerate(("t001", "north", "main_street"))]
    found = frame(rows, what, groups={"main_street": "T001", "north": "T001"})
    assert counts(found) == ("reported", 2, 2)
    assert counts(found, team="T002") == ("reported", 1, 1)


def test_a_team_may_be_named_in_a_field() -> None:
    what = measured(source={**SOURCE, "team": "site", "teams": {1: "T002"}})
    rows = [chart(str(at), site=site, dag="t001") for at, site in enumerate(("1", "T002", " t001 "))]
    found = frame(rows, what, groups={"1": "T001"})
    assert counts(found) == ("reported", 1, 1)
    assert counts(found, team="T002") == ("reported", 2, 2)


def test_the_same_counts_of_case_rows_month_after_month_are_no_doubt_and_a_jump_is_one() -> None:
    months = ("2026-01", "2026-02", "2026-03", "2026-04")
    rows = [
        chart(f"{month}-{at}", audit_date=f"{month}-02")
        for month in months
        for at in range(25 if month != "2026-04" else 60)
    ]
    what = measured()
    found = measures.doubts(frame(rows, what), what)
    assert [(one.code, str(one.month)) for one in found] == [("jump", "2026-04")]


def test_a_cumulative_denominator_grows_without_a_doubt() -> None:
    months = ("2025-09", "2025-10", "2025-11", "2025-12", "2026-01")
    rows = [chart(f"{month}-{at}", audit_date=f"{month}-02") for month in months for at in range(10)]
    what = measured(cumulative=True, chart="year_on_year")
    assert measures.doubts(frame(rows, what), what) == ()


def test_doubts_of_counts_are_as_they_were_beside_case_rows() -> None:
    what = several(plan=PLAN)
    assert measures.doubts(frame([chart()], what), what) == ()
    assert measures.pooled(frame([chart()], what), what, "plan")[18].denominator == 1


def test_what_was_pulled_is_enough_where_it_holds_all_that_the_measure_reads() -> None:
    design = Design(dictionary(), asked=fields_of(measured().measures["plan"]))
    assert counts(frame([chart()], measured(), design=design)) == ("reported", 1, 1)


def test_results_are_refused_where_the_case_rows_were_not_read() -> None:
    with pytest.raises(ValueError, match="the case rows of plan were not read"):
        measures.results(
            measured(), [], teams=TEAMS, expected=lambda team, month: True, today=TODAY, until=Month(MARCH)
        )


def test_several_projects_are_counted_side_by_side() -> None:
    def of(project: str) -> Entry:
        one = chart()
        return Entry(EntryKey(project, *("1", "", "chart_audit", 1)), one.dag, one.values)

    what = several(plan=PLAN, second={**PLAN, "source": {**SOURCE, "project": "other"}})

    class Store:
        def entries(self, project: str, instrument: str | None = None) -> list[Entry]:
            return [of(project)] * (1 if project == "audit" else 2)

    found = measures.results(
        what, [], teams=TEAMS, expected=lambda *_: True, today=TODAY, until=Month(MARCH),
        cases=read(Store(), what, {"audit": DESIGN, "other": DESIGN}),
    )  # fmt: skip
    assert (counts(found)[2], counts(found, "second")[2]) == (1, 2)


def test_a_decimal_comma_is_read_as_the_field_is_validated() -> None:
    fields = [*dictionary(), {"form_name": "chart_audit", "field_name": "dose", "field_type": "text",
              "text_validation_type_or_show_slider_number": "number_1dp_comma_decimal"}]  # fmt: skip
    found = frame(
        [chart(dose="2,5")], measured(denominator="[dose] > 2", numerator="[dose] < 2.6"), design=Design(fields)
    )
    assert counts(found) == ("reported", 1, 1)


def test_nothing_to_count_gives_an_empty_frame() -> None:
    assert len(frame([], measured(), teams=())) == 0
    assert len(frame([], measured(), until=Month("2020-01"))) == 0
    assert set(frame([], measured())["state"]) <= {"missing", "not_in_session", "not_due"}
