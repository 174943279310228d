"""Every type of measure that is counted from case rows, by hand and against plain Python over random rows."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures import audits
from tests.measures.kinds.sets import DESIGN, of_rows
from tests.measures.sheets import row

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry, EntryKey
from breakthrough.measures.lineage import lineage
from breakthrough.month import Month

TEAMS = ("T001", "T002")


def visit(record: int, day: str, dag: str = "t001", **values: str) -> Entry:
    return Entry(EntryKey("audit", str(record), "", "visit", 1), dag, {"seen_on": day, **values, "visit_complete": "2"})


def frame(entries: Iterable[Entry], what: Collaborative, **more: Any) -> Any:
    return audits.frame(entries, what, design=DESIGN, **more)


def figures(entries: Iterable[Entry], what: Collaborative, month: str = "2026-03") -> tuple[Any, ...]:
    """State, numerator, denominator and value, with None for what is not there."""
    one = row(frame(entries, what), "one", month)
    return one.state, *(None if one_ != one_ else one_ for one_ in (one.numerator, one.denominator, one.value))  # noqa: PLR0124


MEAN = {"type": "mean", "value": "[days]", "denominator": "[a] <> '9'", "unit": " days"}
MEDIAN = {**MEAN, "type": "median"}
BUNDLE = {"all_of": ["[a] = '1'", "[b] = '1'"], "denominator": "[a] <> '9'"}
INDEX = {
    "parts": [
        {"numerator": "[a] = '1'", "weight": 3},
        {"name": "b", "numerator": "[b] = '1'", "denominator": "[b] <> '9'"},
    ],
    "denominator": "[a] <> '9'",
}
COUNT = {"type": "count", "numerator": "[fall] = '1'"}
GAP = {
    "numerator": "[b] = '1'",
    "denominator": "[a] = '1'",
    "where": "[group] = '1'",
    "versus": {"where": "[group] = '0'", "name": "others"},
    "unit": " points",
}
FALLS = {"event": "[fall] = '1'"}
ROWS = [
    visit(1, "2026-03-01", days="2.5", a="1", b="1", group="1", fall="1"),
    visit(2, "2026-03-05", days="-1", a="1", b="0", group="1", fall="0"),
    visit(3, "2026-03-05", days="", a="0", b="9", group="0", fall="1"),
    visit(4, "2026-03-20", days="10", a="1", b="1", group="0", fall="1"),
    visit(5, "2026-03-31", days="99", a="9", b="1", group="0", fall=""),
]


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        pytest.param(MEAN, ("reported", 11.5, 3, 11.5 / 3), id="mean: a blank is no nought, and may be below nought"),
        pytest.param(MEDIAN, ("reported", None, 3, 2.5), id="median"),
        pytest.param({**MEAN, "value": "[days] * 24"}, ("reported", 276, 3, 92), id="of an expression"),
        pytest.param(BUNDLE, ("reported", 2, 4, 50), id="all or none"),
        pytest.param(INDEX, ("reported", 3 * 3 + 2, 4 * 3 + 3, 100 * 11 / 15), id="index of opportunities"),
        pytest.param(COUNT, ("reported", 3, None, 3), id="count"),
        pytest.param(GAP, ("reported", 1, 2, 50 - 100), id="difference of two groups of rows"),
        pytest.param(FALLS, ("reported", 19, 2, 9.5), id="days between: 1 to 5 March, 5 to 20 March"),
        pytest.param({"numerator": "[b] = '1'", "denominator": "[a] = '1'"}, ("reported", 2, 3, 200 / 3), id="share"),
    ],
)
def test_every_type_from_case_rows(keys: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    assert figures(ROWS, of_rows(**keys)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        pytest.param(COUNT, ("reported", 0, None, 0), id="rows, and none of them counted, is a count of none"),
        pytest.param(FALLS, ("no_cases", 0, 0, None), id="no event"),
        pytest.param(MEAN, ("no_cases", 0, 0, None), id="no value"),
        pytest.param(INDEX, ("reported", 0, 4, 0), id="rows, and no point reached"),
    ],
)
def test_a_month_with_rows_of_which_none_meets_what_is_asked(keys: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    assert figures([visit(1, "2026-03-01", a="0", b="0")], of_rows(**keys)) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("keys", "state"), [(COUNT, "missing"), (FALLS, "missing"), (MEDIAN, "missing"), (BUNDLE, "missing")]
)
def test_a_month_without_rows_tells_nothing_where_rows_are_a_sample(keys: dict[str, Any], state: str) -> None:
    assert figures([visit(1, "2026-02-01", fall="1")], of_rows(**keys))[0] == state


def test_a_month_without_rows_counts_none_where_every_case_is_entered() -> None:
    what = of_rows(**COUNT, source={"every_case": True})
    assert figures([visit(1, "2026-02-01", fall="1")], what) == ("reported", 0, None, 0)


def test_the_share_of_opportunities_stands_beside_the_composite() -> None:
    one = row(frame(ROWS, of_rows(**BUNDLE)), "one", "2026-03")
    assert (one.met, one.opportunities) == (3 + 2, 8)


def test_the_days_since_an_event_long_before_are_told_and_two_events_of_one_day_are_one() -> None:
    rows = [visit(1, "2019-12-31", fall="1"), visit(2, "2026-03-04", fall="1"), visit(3, "2026-03-04", fall="1")]
    rows.append(visit(4, "2026-03-10", dag="t002", fall="1"))
    one = row(frame(rows, of_rows(**FALLS)), "one", "2026-03")
    assert (one.value, one.gaps) == ((dt.date(2026, 3, 4) - dt.date(2019, 12, 31)).days, "04:2255")
    assert row(frame(rows, of_rows(**FALLS)), "one", "2026-03", "T002").state == "no_cases", "nothing to measure from"


def test_the_rows_behind_a_difference_are_those_of_both_groups() -> None:
    what = of_rows(**GAP)
    cases = audits.cases(ROWS, what, DESIGN)
    told = {
        one.key.record: (one.in_denominator, one.in_numerator)
        for one in lineage(cases, what, "one", "T001", Month("2026-03"), teams=TEAMS)
    }
    assert told == {"1": (True, True), "2": (True, False), "3": (False, False), "4": (True, True), "5": (False, False)}


DAYS = [str(dt.date(2026, 1, 1) + dt.timedelta(days=n)) for n in range(0, 150, 7)]
FIELDS = {
    "days": st.sampled_from(["", "0", "1.5", "-2", "7", "x"]),
    "a": st.sampled_from(["", "0", "1", "9"]),
    "b": st.sampled_from(["", "0", "1", "9"]),
    "group": st.sampled_from(["", "0", "1"]),
    "fall": st.sampled_from(["", "0", "1"]),
}
VISITS = st.lists(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["t001", "t002"]), st.fixed_dictionaries(FIELDS)), max_size=25
)
Told = tuple[str, str, Mapping[str, str]]


def _by_hand(kind: str, rows: Sequence[Told], every: Sequence[Told]) -> float | None:
    """The value of a month's rows of a team; `every` are all of the team's."""
    whole = [values for _, _, values in rows if values["a"] != "9"]
    numbers = [float(values["days"]) for values in whole if values["days"] not in {"", "x"}]
    if kind == "mean":
        return statistics.fmean(numbers) if numbers else None
    if kind == "median":
        return statistics.median(numbers) if numbers else None
    if kind == "bundle":
        return 100 * sum(one["a"] == one["b"] == "1" for one in whole) / len(whole) if whole else None
    if kind == "index":
        met = sum(3 * (one["a"] == "1") + (one["b"] == "1") for one in whole)
        could = sum(3 + (one["b"] != "9") for one in whole)
        return 100 * met / could if could else None
    if kind == "count":
        return float(sum(values["fall"] == "1" for _, _, values in rows)) if rows else None
    if kind == "gap":
        shares = []
        for group in ("1", "0"):
            of = [values for _, _, values in rows if values["a"] == "1" and values["group"] == group]
            shares.append(100 * sum(one["b"] == "1" for one in of) / len(of) if of else None)
        return None if None in shares else shares[0] - shares[1]  # type: ignore[operator]
    days = sorted({dt.date.fromisoformat(day) for day, _, values in every if values["fall"] == "1"})
    here = {day[:7] for day, _, _ in rows}
    gaps = [(b - a).days for a, b in pairwise(days) if str(b)[:7] in here]
    return float(statistics.median(gaps)) if gaps else None


KINDS: Mapping[str, Mapping[str, Any]] = {
    "mean": MEAN,
    "median": MEDIAN,
    "bundle": BUNDLE,
    "index": INDEX,
    "count": COUNT,
    "gap": GAP,
    "falls": FALLS,
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=VISITS, kind=st.sampled_from(sorted(KINDS)))
def test_any_rows_make_what_plain_python_makes_of_them(rows: list[Told], kind: str) -> None:
    entries = [visit(at, day, dag, **values) for at, (day, dag, values) in enumerate(rows)]
    found = frame(entries, of_rows(**KINDS[kind]))
    for team, dag in (("T001", "t001"), ("T002", "t002")):
        mine = [one for one in rows if one[1] == dag]
        for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05"):
            wanted = _by_hand(kind, [one for one in mine if one[0].startswith(month)], mine)
            value = row(found, "one", month, team).value
            assert (None if value != value else value) == pytest.approx(wanted), (team, month)  # noqa: PLR0124


def test_the_chart_of_averages_takes_the_spread_of_the_single_values() -> None:
    what = of_rows(**MEAN, chart="xbar")
    values = [[4, 6, 8], [5, 7, 9], [1, 5, 9], [6, 6, 6]]
    entries = [
        visit(10 * month + at, f"2026-0{month}-0{at + 1}", days=str(one), a="1")
        for month, several in enumerate(values, 1)
        for at, one in enumerate(several)
    ]
    chart = measures.chart(frame(entries, what, until=Month("2026-04")), what, "T001", "one")
    spread = statistics.fmean(statistics.stdev(several) for several in values)
    assert chart.kind == "xbar"
    assert chart.centre[-1] is not None
    assert chart.centre[-1] == pytest.approx(statistics.fmean(one for several in values for one in several))
    # A3 of three values is 1.954 (Montgomery, appendix VI).
    assert chart.upper[-1] == pytest.approx(chart.centre[-1] + 1.954 * spread, abs=5e-3)
