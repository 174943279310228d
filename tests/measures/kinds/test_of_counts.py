"""Every type of measure that is made of the monthly form's counts, against figures worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures.kinds.sets import of_counts
from tests.measures.sheets import form, frame, row

from breakthrough import measures
from breakthrough.month import Month

PARTS = [
    {"numerator": "hit", "denominator": "seen", "weight": 2},
    {"numerator": "also", "denominator": "roll"},
]


def _one(keys: dict[str, Any], entered: dict[str, object]) -> Any:
    what = of_counts(**keys)
    return row(frame([form("T001", "2026-03", entered)], what=what), "one", "2026-03")


PROPORTION = {"numerator": "hit", "denominator": "seen"}
RATE = {"type": "rate", "numerator": "hit", "denominator": "seen", "multiply": 1000, "unit": " per 1,000"}
COUNT = {"type": "count", "numerator": "hit + also"}
MEAN = {"type": "mean", "numerator": "stay", "denominator": "seen", "unit": " days"}
MEDIAN = {"type": "median", "value": "wait"}
SIZED = {**MEDIAN, "denominator": "seen"}
INDEX = {"parts": PARTS}
WHOLE = {"type": "all_or_none", "numerator": "hit", "denominator": "seen"}
GAP = {**PROPORTION, "versus": {"numerator": "also", "denominator": "roll"}, "unit": " points"}


@pytest.mark.parametrize(
    ("keys", "entered", "wanted"),
    [
        pytest.param(PROPORTION, {"hit": 3, "seen": 40}, ("reported", 3, 40, 7.5), id="proportion"),
        pytest.param(RATE, {"hit": 6, "seen": 4}, ("reported", 6, 4, 1500), id="rate, more events than exposure"),
        pytest.param(COUNT, {"hit": 3, "also": 4}, ("reported", 7, None, 7), id="count"),
        pytest.param(COUNT, {"hit": 0, "also": 0}, ("reported", 0, None, 0), id="a count of none is a count"),
        pytest.param(COUNT, {"hit": 3}, ("missing", None, None, None), id="half a count"),
        pytest.param(COUNT, {"one_st": 2}, ("no_cases", 0, 0, None), id="a count with status 2"),
        pytest.param(MEAN, {"stay": "10.5", "seen": 4}, ("reported", 10.5, 4, 2.625), id="mean of a decimal sum"),
        pytest.param(MEAN, {"stay": 0, "seen": 0}, ("no_cases", 0, 0, None), id="mean of none"),
        pytest.param(MEAN, {"stay": "0.5", "seen": 0}, ("invalid", 0.5, 0, None), id="a sum of no values"),
        pytest.param(MEAN, {"stay": "10,5", "seen": 4}, ("invalid", None, 4, None), id="a decimal comma"),
        pytest.param(MEDIAN, {"wait": "12.5"}, ("reported", None, None, 12.5), id="median"),
        pytest.param(MEDIAN, {"wait": None}, ("missing", None, None, None), id="no median"),
        pytest.param(MEDIAN, {"wait": "soon"}, ("invalid", None, None, None), id="a word for a median"),
        pytest.param(MEDIAN, {"wait": ".5"}, ("reported", None, None, 0.5), id="half, without a nought"),
        pytest.param(MEDIAN, {"wait": "."}, ("invalid", None, None, None), id="a point alone"),
        pytest.param(SIZED, {"wait": 12, "seen": 9}, ("reported", None, 9, 12), id="median and how many values"),
        pytest.param(SIZED, {"wait": None, "seen": 0}, ("no_cases", 0, 0, None), id="median of none"),
        pytest.param(SIZED, {"wait": 3, "seen": 0}, ("invalid", None, 0, None), id="a value, of none"),
        pytest.param(
            INDEX,
            {"hit": 3, "seen": 4, "also": 1, "roll": 2},
            ("reported", 2 * 3 + 1, 2 * 4 + 2, 70),
            id="index: 7 of 10 points",
        ),
        pytest.param(INDEX, {"hit": 0, "seen": 0, "also": 1, "roll": 2}, ("reported", 1, 2, 50), id="a part of none"),
        pytest.param(INDEX, {"hit": 0, "seen": 0, "also": 0, "roll": 0}, ("no_cases", 0, 0, None), id="no points"),
        pytest.param(INDEX, {"hit": 3, "seen": 4, "also": 1}, ("missing", None, None, None), id="half an index"),
        pytest.param(
            INDEX, {"hit": 5, "seen": 4, "also": 0, "roll": 9}, ("invalid", 10, 17, None), id="a part over its whole"
        ),
        pytest.param(WHOLE, {"hit": 3, "seen": 4}, ("reported", 3, 4, 75), id="all or none"),
        pytest.param(WHOLE, {"hit": 5, "seen": 4}, ("invalid", 5, 4, None), id="more than all of them"),
        pytest.param(
            GAP, {"hit": 3, "seen": 4, "also": 1, "roll": 5}, ("reported", 3, 4, 75 - 20), id="difference in points"
        ),
        pytest.param(
            GAP, {"hit": 3, "seen": 4, "also": 0, "roll": 0}, ("no_cases", 3, 4, None), id="nobody to compare"
        ),
    ],
)
def test_every_type_from_counts(
    keys: dict[str, Any], entered: dict[str, object], wanted: tuple[str, float, float, float]
) -> None:
    one = _one(keys, entered)
    figures = [None if figure != figure else figure for figure in (one.numerator, one.denominator, one.value)]  # noqa: PLR0124
    assert (one.state, *figures) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("keys", "entered", "reason"),
    [
        (MEAN, {"stay": "10,5", "seen": 4}, "“Number of stay” is not a number"),
        (MEAN, {"stay": "-3", "seen": 4}, "“Number of stay” is below zero"),
        (MEAN, {"stay": "0.5", "seen": 0}, "0.5 of 0 is more than all of them"),
        (SIZED, {"wait": 3, "seen": 0}, "there is a value, of none"),
        (INDEX, {"hit": 5, "seen": 4, "also": 0, "roll": 9}, "5 of 4 is more than all of them"),
        (
            {**COUNT, "numerator": "hit - also"},
            {"hit": 1, "also": 3},
            "its counts contradict one another: they make −2",
        ),
    ],
)
def test_why_a_month_is_invalid_is_told(keys: dict[str, Any], entered: dict[str, object], reason: str) -> None:
    assert _one(keys, entered).reason == reason


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (PROPORTION, "proportion"),
        ({**PROPORTION, "unit": " per 1,000", "multiply": 1000}, "rate"),
        ({**PROPORTION, "unit": " per 1,000", "multiply": 1000, "chart": "p_prime"}, "proportion"),
        (GAP, "difference"),
        (INDEX, "index"),
    ],
)
def test_a_type_that_is_plain_need_not_be_written(keys: dict[str, Any], wanted: str) -> None:
    assert of_counts(**keys).measures["one"].type == wanted


def test_a_count_is_summed_over_teams_and_a_median_is_not() -> None:
    entries = [form(team, "2026-03", {"hit": hit, "also": 0, "wait": wait}) for team, hit, wait in TEAMS]
    codes = tuple(team for team, *_ in TEAMS)

    def march(**keys: Any) -> measures.Pooled:
        what = of_counts(**keys)
        line = measures.pooled(frame(entries, what=what, teams=codes), what, "one")
        return next(one for one in line if one.month == Month("2026-03"))

    counted, middle = march(**COUNT), march(**MEDIAN)
    assert (counted.pooled, counted.median, counted.reporting) == (111, 10, 3)
    assert (middle.pooled, middle.median, middle.reporting) == (None, 2.5, 3)


KINDS: dict[str, dict[str, Any]] = {
    "proportion": PROPORTION,
    "rate": RATE,
    "count": COUNT,
    "mean": MEAN,
    "sized": SIZED,
    "index": INDEX,
    "gap": GAP,
}
FIGURES = st.fixed_dictionaries(
    {
        **{name: st.one_of(st.none(), st.integers(0, 6)) for name in ("hit", "seen", "also", "roll")},
        **{name: st.one_of(st.none(), st.integers(0, 40).map(lambda n: n / 4)) for name in ("wait", "stay")},
    }
)


def _by_hand(kind: str, of: dict[str, Any]) -> float | None:
    """The value, where the counts of that kind are there and make sense."""

    def rate(n: str, d: str, *, part: bool = True) -> float | None:
        if of[n] is None or not of[d] or (part and of[n] > of[d]):
            return None
        return float(of[n] / of[d])

    match kind:
        case "proportion":
            share = rate("hit", "seen")
            return None if share is None else 100 * share
        case "rate":
            share = rate("hit", "seen", part=False)
            return None if share is None else 1000 * share
        case "count":
            return None if None in {of["hit"], of["also"]} else float(of["hit"] + of["also"])
        case "mean":
            return rate("stay", "seen", part=False)
        case "sized":
            return float(of["wait"]) if of["seen"] and of["wait"] is not None else None
        case "gap":
            own, other = rate("hit", "seen"), rate("also", "roll")
            return None if own is None or other is None else 100 * (own - other)
        case _:
            four = [of[name] for name in ("hit", "seen", "also", "roll")]
            if None in four or four[0] > four[1] or four[2] > four[3] or four[1] + four[3] == 0:
                return None
            return float(100 * (2 * four[0] + four[2]) / (2 * four[1] + four[3]))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(entered=FIGURES, kind=st.sampled_from(sorted(KINDS)))
def test_any_counts_make_what_plain_python_makes_of_them(entered: dict[str, Any], kind: str) -> None:
    value = _one(KINDS[kind], entered).value
    assert (None if value != value else value) == pytest.approx(_by_hand(kind, entered))  # noqa: PLR0124


TEAMS = (("T001", 1, "2.5"), ("T002", 10, "1"), ("T003", 100, "30"))


def test_the_collaboratives_chart_of_a_median_is_the_median_of_teams() -> None:
    what = of_counts(**MEDIAN)
    entries = [form(team, "2026-03", {"wait": wait}) for team, _, wait in TEAMS]
    chart = measures.pooled_chart(frame(entries, what=what, teams=("T001", "T002", "T003")), what, "one")
    march = next(point for point in chart.points if point.month == Month("2026-03"))
    assert (chart.kind, march.state, march.value, march.numerator) == ("run", "reported", 2.5, None)
