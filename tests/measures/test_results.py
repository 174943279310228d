from __future__ import annotations

import datetime as dt
import logging
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures.sheets import UNTIL, collaborative, form, frame, row

from breakthrough import measures
from breakthrough.entry import Entry, EntryKey
from breakthrough.month import Month


def test_a_value_is_its_numerator_over_its_denominator_times_the_multiplier() -> None:
    one = row(frame([form("T001", "2026-03", {"hit": 27563, "seen": 404666})]), "rate", "2026-03")
    assert (one.state, one.numerator, one.denominator) == ("reported", 27563, 404666)
    assert one.value == pytest.approx(6.811296, abs=1e-6)
    assert one.entry_key == "main/T001/monthly_measures/1"


def test_a_team_whose_entries_do_not_stand_together_is_refused_as_its_months_would_be_counted_apart() -> None:
    entries = [form(team, "2026-03", {"hit": 5, "seen": 100}) for team in ("T001", "T002", "T001")]
    with pytest.raises(ValueError, match="the entries of T001 do not stand together"):
        measures.results(
            collaborative(),
            entries,
            teams=["T001", "T002"],
            expected=lambda *_: True,
            today=UNTIL.last,
            until=UNTIL,
        )


@pytest.mark.parametrize(
    ("values", "state"),
    [
        pytest.param({"hit": 5, "seen": 100}, "reported", id="both counts"),
        pytest.param({"hit": 5, "seen": 100, "rate_st": 1}, "reported", id="both counts and status 1"),
        pytest.param({"hit": 0, "seen": 100}, "reported", id="nobody of a hundred is a value"),
        pytest.param({"hit": 100, "seen": 100}, "reported", id="all of a hundred is a value"),
        pytest.param({"hit": " 05. ", "seen": "100.0"}, "reported", id="whole numbers with a point and blanks"),
        pytest.param({"hit": 5, "seen": 100, "rate_st": 5}, "reported", id="said to follow, and there it is"),
        pytest.param(
            {"hit": 5, "seen": 100, "rate_st": "x"}, "reported", id="a status that is no code counts as blank"
        ),
        pytest.param({"hit": 0, "seen": 0}, "no_cases", id="out of none"),
        pytest.param({"seen": 0}, "no_cases", id="out of none, numerator blank"),
        pytest.param({"rate_st": 2}, "no_cases", id="status 2"),
        pytest.param({"rate_st": 3}, "not_in_session", id="status 3"),
        pytest.param({"rate_st": 4}, "not_collected", id="status 4"),
        pytest.param({"hit": 5, "seen": 100, "rate_st": 4}, "not_collected", id="status 4 beside counts of others"),
        pytest.param({"rate_st": 5}, "late", id="status 5"),
        pytest.param({"hit": 5, "rate_st": 5}, "late", id="status 5 and half of the counts"),
        pytest.param({}, "missing", id="a form with nothing in it"),
        pytest.param({"rate_st": 1}, "missing", id="said to be reported, and not there"),
        pytest.param({"hit": 5}, "missing", id="no denominator"),
        pytest.param({"seen": 100}, "missing", id="no numerator"),
        pytest.param({"hit": 101, "seen": 100}, "invalid", id="more than all"),
        pytest.param({"hit": 1, "seen": 0}, "invalid", id="one of none"),
        pytest.param({"hit": -1, "seen": 100}, "invalid", id="fewer than none"),
        pytest.param({"hit": "many", "seen": 100}, "invalid", id="a word"),
        pytest.param({"hit": "5.5", "seen": 100}, "invalid", id="half a case"),
        pytest.param({"hit": "1,204", "seen": 5000}, "invalid", id="a comma, which may mean either thing"),
        pytest.param({"hit": "nan", "seen": 100}, "invalid", id="not a number"),
        pytest.param({"hit": "1e3", "seen": 5000}, "invalid", id="an exponent"),
        pytest.param({"hit": 1, "seen": "9" * 400}, "invalid", id="more digits than a number holds"),
    ],
)
def test_every_way_to_fill_in_a_month_has_one_state(values: dict[str, object], state: str) -> None:
    one = row(frame([form("T001", "2026-03", values)]), "rate", "2026-03")
    assert one.state == state
    assert math.isnan(one.value) == (state != "reported")


def test_a_month_without_a_form_is_not_due_on_its_due_day_and_missing_on_the_next() -> None:
    before = row(frame([], today=dt.date(2026, 4, 10), until=Month("2026-03")), "rate", "2026-03")
    after = row(frame([], today=dt.date(2026, 4, 11), until=Month("2026-03")), "rate", "2026-03")
    assert (before.state, before.entry_key, before.copies) == ("not_due", "", 0)
    assert after.state == "missing"


def test_a_lagged_measure_is_due_a_month_later() -> None:
    found = frame([], today=dt.date(2026, 4, 11), until=Month("2026-03"))
    assert row(found, "rate", "2026-03").state == "missing"
    assert row(found, "share", "2026-03").state == "not_due"
    assert row(found, "share", "2026-02").state == "missing"


def test_a_month_of_holidays_is_not_in_session_whatever_was_entered() -> None:
    one = row(frame([form("T001", "2025-08", {"hit": 5, "seen": 100})]), "rate", "2025-08")
    assert (one.state, math.isnan(one.value), math.isnan(one.numerator)) == ("not_in_session", True, True)


def test_a_team_that_left_is_not_expected_and_its_earlier_months_stay() -> None:
    entries = [form("T001", month, {"hit": 5, "seen": 100}) for month in ("2026-01", "2026-02")]
    found = frame(entries, expected=lambda team, month: month <= Month("2026-01"))
    assert row(found, "rate", "2026-01").state == "reported"
    assert (row(found, "rate", "2026-02").state, row(found, "rate", "2026-02").value) == (
        "not_expected",
        pytest.approx(np.nan, nan_ok=True),
    )


def test_a_team_that_joins_late_owes_its_baseline_and_no_live_month_before_it_joined() -> None:
    entries = [form("T001", "2025-11", {"hit": 5, "seen": 100})]
    found = frame(entries, teams=("T001", "T002"), joined={"T001": Month("2026-02"), "T002": Month("2025-06")})
    states = {
        month: row(found, "rate", month).state for month in ("2025-06", "2025-10", "2025-11", "2026-01", "2026-02")
    }
    assert states == {
        "2025-06": "missing",
        "2025-10": "not_expected",
        "2025-11": "reported",
        "2026-01": "not_expected",
        "2026-02": "missing",
    }
    assert row(found, "rate", "2025-10", "T002").state == "missing"
    by_month = {one.month.name: one for one in measures.pooled(found, collaborative(), "rate")}
    assert (by_month["2025-10"].expected, by_month["2025-11"].expected) == (1, 2)


def test_an_accepted_exclusion_keeps_the_value_and_leaves_other_months_alone() -> None:
    what = collaborative(
        exclusions=[
            {
                "measure": "rate",
                "team": "T001",
                "month": month,
                "reason": "flood",
                "accepted_by": "Ro",
                "on": "2026-04-01",
            }
            for month in ("2026-03", "2026-02")
        ]
    )
    found = frame([form("T001", "2026-03", {"hit": 5, "seen": 100})], what=what)
    assert (row(found, "rate", "2026-03").state, row(found, "rate", "2026-03").value) == ("excluded", 5.0)
    assert row(found, "rate", "2026-02").state == "missing", "there was nothing to take out"
    assert row(found, "both", "2026-03").state == "missing"
    assert row(found, "share", "2026-03").state == "reported"


def test_an_excluded_month_that_was_impossible_has_no_value() -> None:
    what = collaborative(
        exclusions=[
            {
                "measure": "rate",
                "team": "T001",
                "month": "2026-03",
                "reason": "typo",
                "accepted_by": "Ro",
                "on": "2026-04-01",
            }
        ]
    )
    one = row(frame([form("T001", "2026-03", {"hit": 500, "seen": 100})], what=what), "rate", "2026-03")
    assert (one.state, math.isnan(one.value)) == ("excluded", True)


def test_counts_are_added_and_subtracted_and_a_rate_may_exceed_its_multiplier() -> None:
    one = row(frame([form("T001", "2026-03", {"hit": 70, "also": 50, "seen": 100})]), "both", "2026-03")
    assert (one.state, one.numerator, one.value) == ("reported", 120, 1200.0)


def test_a_difference_is_one_rate_less_the_other() -> None:
    counts = {"hit": 30, "seen": 200, "swd_hit": 10, "swd": 40}
    one = row(frame([form("T001", "2026-03", counts)]), "gap", "2026-03")
    assert (one.state, one.numerator, one.denominator) == ("reported", 10, 40)
    assert (one.versus_numerator, one.versus_denominator) == (20, 160)
    assert one.value == 12.5  # 25 % less 12.5 %


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        pytest.param({"hit": 5, "seen": 200, "swd_hit": 10, "swd": 40}, "invalid", id="fewer in all than in the part"),
        pytest.param({"hit": 30, "seen": 30, "swd_hit": 0, "swd": 40}, "invalid", id="a group larger than all"),
        pytest.param(
            {"hit": 190, "seen": 200, "swd_hit": 10, "swd": 40}, "invalid", id="more of the others than there are"
        ),
        pytest.param({"hit": 10, "seen": 40, "swd_hit": 10, "swd": 40}, "no_cases", id="there are no others"),
        pytest.param({"hit": 10, "seen": 40, "swd_hit": 0, "swd": 0}, "no_cases", id="the group is empty"),
        pytest.param({"hit": 10, "seen": 200, "swd_hit": 3}, "missing", id="one count is blank"),
    ],
)
def test_a_difference_needs_two_groups_that_fit_one_another(counts: dict[str, object], state: str) -> None:
    assert row(frame([form("T001", "2026-03", counts)]), "gap", "2026-03").state == state


COMPLETE = {"monthly_measures_complete": 2}


@pytest.mark.parametrize(
    ("first", "second", "state", "value"),
    [
        pytest.param({"hit": 5, **COMPLETE}, {"hit": 9}, "reported", 5.0, id="complete before incomplete"),
        pytest.param(
            {"hit": 5, "mm_submitted": "2026-04-08"},
            {"hit": 9, "mm_submitted": "2026-04-02"},
            "reported",
            5.0,
            id="the latest submitted",
        ),
        pytest.param({"hit": 5}, {"hit": 9}, "reported", 9.0, id="the highest instance"),
        pytest.param(
            {"hit": 5, "mm_submitted": "soon"}, {"hit": 9}, "reported", 9.0, id="a date that is none counts for nothing"
        ),
        pytest.param({"hit": 5, **COMPLETE}, {"hit": 5, **COMPLETE}, "reported", 5.0, id="both complete and alike"),
        pytest.param({"hit": "5", **COMPLETE}, {"hit": "05", **COMPLETE}, "reported", 5.0, id="alike but for spelling"),
        pytest.param(
            {"hit": 5, **COMPLETE}, {"hit": 9, **COMPLETE}, "invalid", None, id="both complete, and they differ"
        ),
        pytest.param(
            {"hit": 5, **COMPLETE}, {"hit": None, **COMPLETE}, "invalid", None, id="both complete, one is blank"
        ),
        pytest.param(
            {"hit": 5, "rate_st": 4, **COMPLETE},
            {"hit": 9, "rate_st": 4, **COMPLETE},
            "not_collected",
            None,
            id="both say: not collected",
        ),
    ],
)
def test_of_two_forms_for_one_month_the_better_is_taken(
    first: dict[str, object], second: dict[str, object], state: str, value: float | None
) -> None:
    found = frame([form("T001", "2026-03", {"seen": 100, **one}, at) for at, one in enumerate((first, second), 1)])
    one = row(found, "rate", "2026-03")
    assert (one.state, one.copies) == (state, 2)
    assert one.value == value or (value is None and math.isnan(one.value))


def test_what_is_impossible_says_why_and_keeps_the_counts() -> None:
    found = frame([form("T001", "2026-03", {"hit": 1204, "seen": 1180, "ytd": "x", "roll": 7})])
    assert row(found, "rate", "2026-03").reason == "1,204 of 1,180 is more than all of them"
    assert (row(found, "rate", "2026-03").numerator, row(found, "rate", "2026-03").denominator) == (1204, 1180)
    assert row(found, "sofar", "2026-03").reason == "“Number of ytd” is not a whole number"


def test_no_cases_beside_counts_is_held_against_the_status() -> None:
    one = row(frame([form("T001", "2026-03", {"hit": 12, "seen": 40, "rate_st": 2})]), "rate", "2026-03")
    assert (one.state, one.numerator, one.denominator) == ("no_cases", 0, 0)
    assert one.reason == "marked as no eligible cases, but 12 of 40 was entered"


@pytest.mark.parametrize("period", ["2026-03-17", "2026-03", "2026-03-01"])
def test_any_day_of_the_month_means_the_month(period: str) -> None:
    entry = form("T001", "2026-03", {"hit": 5, "seen": 100, "mm_period": period})
    assert row(frame([entry]), "rate", "2026-03").state == "reported"


def test_a_form_without_a_readable_month_is_left_out_and_logged_by_its_key_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad = ["2026-13-01", "March", "20260301", "2026-W10-1", "٢٠٢٦-٠٣-٠١"]
    entries = [form("T001", "2026-03", {"hit": 5, "seen": 100, "mm_period": text}, at) for at, text in enumerate(bad)]
    with caplog.at_level(logging.WARNING):
        found = frame([*entries, form("T001", "2026-03", {"mm_period": None}, 9)])
    assert set(found["state"]) == {"missing", "not_in_session", "not_due"}
    assert "main/T001/monthly_measures/1" in caplog.text
    assert not any(text in caplog.text for text in bad)


def test_forms_of_other_teams_months_and_instruments_are_passed_over() -> None:
    other = Entry(
        EntryKey("main", "T001", "", "pdsa_cycle", 1), "t001", {"mm_period": "2026-03-01", "hit": "1", "seen": "2"}
    )
    entries = [form("T999", "2026-03", {"hit": 1, "seen": 2}), form("T001", "2031-03", {"hit": 1, "seen": 2}), other]
    assert "reported" not in set(frame(entries)["state"])


def test_the_frame_has_one_row_for_each_team_measure_and_month_in_the_order_asked_for() -> None:
    found = frame([form("T002", "2026-03", {"hit": 5, "seen": 100})], teams=["T002", "T001"])
    assert tuple(found.columns) == measures.COLUMNS
    assert len(found) == 2 * 5 * 22
    assert list(dict.fromkeys(found["team"])) == ["T002", "T001"]
    assert list(found["month"][:22]) == [month.name for month in Month("2024-09").to(UNTIL)]
    assert not found.duplicated(["team", "measure", "month"]).any()


def test_a_column_in_which_no_measure_has_anything_is_there_and_takes_no_room() -> None:
    found = frame([form("T001", "2026-03", {"hit": 5, "seen": 100})])
    for name in ("deviation", "met", "opportunities"):
        assert found[name].isna().all()
        assert found[name].to_numpy().strides == (0,)  # one number, read again for each row
    assert (found["gaps"] == "").all()
    assert found["numerator"].to_numpy().strides == (8,)


@pytest.mark.parametrize(("teams", "until"), [((), UNTIL), (("T001",), Month("2020-01"))], ids=["no team", "no month"])
def test_nothing_to_lay_out_gives_an_empty_frame_that_every_reader_takes(teams: tuple[str, ...], until: Month) -> None:
    what = collaborative()
    found = frame([], teams=teams, until=until)
    assert (len(found), tuple(found.columns)) == (0, measures.COLUMNS)
    assert measures.charts(found, what) == {}
    assert measures.pooled(found, what, "rate") == ()
    assert measures.doubts(found, what) == ()
    assert measures.chart(found, what, "T001", "rate").verdict == "few"
    assert measures.pooled_chart(found, what, "sofar").points == ()


COUNT = st.one_of(
    st.integers(0, 400).map(str),
    st.sampled_from(["", "0", "-3", "7.5", "x", "٣", "1e9", " 12 ", "nan", "=1+1", "\u0000", "9" * 30]),
    st.text(max_size=4),
)
FORM = st.fixed_dictionaries(
    {"mm_period": st.sampled_from(["2024-09-01", "2025-08-01", "2025-10-31", "2026-02-01", "2026-06-01", "1", ""])},
    optional={
        **dict.fromkeys(("hit", "seen", "also", "swd_hit", "swd", "ytd", "roll"), COUNT),
        **{f"{code}_st": st.sampled_from("123459") for code in ("rate", "share", "both", "gap", "sofar")},
        "monthly_measures_complete": st.sampled_from("012"),
        "mm_submitted": st.sampled_from(["2026-01-02", "never"]),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(forms=st.lists(st.tuples(st.sampled_from(["T001", "T002", "T9"]), FORM), max_size=14))
def test_whatever_is_entered_every_month_has_one_state_and_only_what_makes_sense_a_value(
    forms: list[tuple[str, dict[str, str]]],
) -> None:
    what = collaborative()
    entries = [
        Entry(EntryKey("main", team, "", "monthly_measures", at), team, values)
        for at, (team, values) in enumerate(forms, 1)
    ]
    found = frame(entries, teams=("T001", "T002"), expected=lambda team, month: team == "T001" or month.year < 2026)
    assert len(found) == 2 * 5 * 22
    assert set(found["state"]) <= set(measures.STATES)
    there = found["state"] == "reported"
    assert (there == found["value"].notna()).all()
    for one in found[there].itertuples():
        rate = float(one.numerator) / float(one.denominator)  # type: ignore[arg-type]
        if one.measure == "gap":
            rate -= float(one.versus_numerator) / float(one.versus_denominator)  # type: ignore[arg-type]
        assert one.value == pytest.approx(rate * what.measures[str(one.measure)].multiply, rel=1e-12, abs=1e-9)
    charts = measures.charts(found, what)
    assert set(charts) == {(team, code) for team in ("T001", "T002") for code in what.measures}
    measures.doubts(found, what)
    for code in what.measures:
        line = measures.pooled(found, what, code)
        assert all(one.reporting + one.no_cases <= one.expected <= 2 for one in line)
        assert len(measures.pooled_chart(found, what, code).points) == 22
