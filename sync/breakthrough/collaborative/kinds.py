"""The types of measure: what each is made of, from counts or from case rows, and which charts are right for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args

from breakthrough.english import listed

Type = Literal[
    "proportion",  # a part of a whole: cases that meet something, of all cases
    "rate",  # events for so much exposure, so that there can be more of them than of it
    "count",  # a number by itself, where the exposure is much the same every month
    "mean",  # the average of values
    "median",  # the middle of values
    "index",  # points reached of points that could be, over several parts
    "all_or_none",  # cases for which everything was done
    "difference",  # the rate of one group less that of another
    "time_between",  # days from one event to the next
]
Drawn = Literal["run", "i", "i_prime", "p", "p_prime", "u", "u_prime", "c", "g", "t", "xbar", "year_on_year"]
ChartChoice = Literal["auto"] | Drawn
TYPES: tuple[str, ...] = get_args(Type)

_SHARES: tuple[Drawn, ...] = ("run", "p", "p_prime", "i", "i_prime")
# The charts of each type.
CHARTS: dict[str, tuple[Drawn, ...]] = {
    "proportion": _SHARES,
    "all_or_none": _SHARES,
    "rate": ("run", "u", "u_prime", "i", "i_prime"),
    "count": ("run", "c", "i", "g"),
    "mean": ("run", "i", "i_prime", "xbar"),
    "median": ("run", "i"),
    "index": ("run", "i", "i_prime"),
    "difference": ("run", "i"),
    "time_between": ("run", "t"),
}
# For sums over cases, limits that allow for more spread than cases alone explain (Laney 2002); what has no known spread
# of its own gets a median and no limits.
_AUTO: dict[str, Drawn] = {
    "proportion": "p_prime",
    "all_or_none": "p_prime",
    "rate": "u_prime",
    "count": "c",
    "mean": "i",
    "median": "run",
    "index": "run",
    "difference": "run",
    "time_between": "t",
}

# What each type needs and what it may have besides, from counts and from case rows.
_FROM_COUNTS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "proportion": (frozenset({"numerator", "denominator"}), frozenset()),
    "all_or_none": (frozenset({"numerator", "denominator"}), frozenset()),
    "rate": (frozenset({"numerator", "denominator"}), frozenset()),
    "count": (frozenset({"numerator"}), frozenset()),
    "mean": (frozenset({"numerator", "denominator"}), frozenset()),
    "median": (frozenset({"value"}), frozenset({"denominator"})),
    "index": (frozenset({"parts"}), frozenset()),
    "difference": (frozenset({"numerator", "denominator", "versus"}), frozenset()),
}
_FROM_ROWS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "proportion": (frozenset({"numerator", "denominator"}), frozenset()),
    "all_or_none": (frozenset({"all_of", "denominator"}), frozenset({"numerator"})),
    "rate": (frozenset({"numerator", "denominator"}), frozenset()),
    "count": (frozenset({"numerator"}), frozenset()),
    "mean": (frozenset({"value", "denominator"}), frozenset()),
    "median": (frozenset({"value", "denominator"}), frozenset()),
    "index": (frozenset({"parts", "denominator"}), frozenset()),
    "difference": (frozenset({"numerator", "denominator", "where", "versus"}), frozenset()),
    "time_between": (frozenset({"event"}), frozenset({"numerator", "denominator"})),
}
MAKINGS = ("numerator", "denominator", "value", "parts", "all_of", "where", "event", "versus")

_WRITTEN: dict[str, dict[str, object]] = {
    "count": {"multiply": 1, "unit": "", "decimals": 0},
    "mean": {"multiply": 1, "unit": ""},
    "median": {"multiply": 1, "unit": ""},
    "time_between": {"multiply": 1, "unit": " days", "decimals": 0, "chart": "t"},
}
_POINTS = frozenset({"%", "points", "point"})


def filled(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a measure with its type, and what the type says of how it is written; what is there stays.

    A measure without `type` is what its keys say plainly: a difference with `versus`, an index with `parts`, a
    proportion in per cent, else a rate.
    """
    read = dict(raw)
    if read.get("type") is None:
        read["type"] = _plain(read)
    written = _WRITTEN.get(str(read["type"]), {})
    if read.get("cumulative") is True:
        written = {key: value for key, value in written.items() if key != "chart"}
    return {**written, **read}


def _plain(read: Mapping[str, Any]) -> Type | None:
    for key, kind in (
        ("versus", "difference"),
        ("parts", "index"),
        ("all_of", "all_or_none"),
        ("event", "time_between"),
    ):
        if read.get(key):
            return kind  # type: ignore[return-value]  # one of the four
    if read.get("value") is not None:
        return None  # a mean or a median: nobody can tell
    share = str(read.get("unit", "%")).strip() in _POINTS or read.get("chart") in {"p", "p_prime"}
    return "proportion" if share else "rate"


def faults(kind: Type, given: frozenset[str], *, from_rows: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a measure of that type lacks, and what it has that makes no sense for it; `given` are keys of `MAKINGS`."""
    table = _FROM_ROWS if from_rows else _FROM_COUNTS
    whence = "from case rows" if from_rows else "from counts"
    if kind not in table:
        yield (
            ("type",),
            f"a measure of type {kind} is counted from case rows. Say with 'source' which rows",
        )
        return
    needed, besides = table[kind]
    for key in sorted(needed - given):
        yield (key,), f"'{key}' is missing. Add it: a measure of type {kind} is made of it"
    for key in sorted(given - needed - besides):
        has = listed([f"'{one}'" for one in MAKINGS if one in needed])
        yield (key,), f"'{key}' is not for a measure of type {kind} {whence}, which has {has}. Take it out"


def unfit(kind: Type, chart: ChartChoice, *, from_rows: bool, cumulative: bool) -> str:
    """Why that chart is not right for the type; '' where it is."""
    if cumulative and chart != "year_on_year":
        return "a cumulative measure is compared with the same month last year. Write chart: year_on_year"
    if chart == "year_on_year":
        return (
            ""
            if cumulative
            else "chart: year_on_year is for measures that add up over the year. Write cumulative: true"
        )
    if chart != "auto" and chart not in CHARTS[kind]:
        fit = listed(["auto", *CHARTS[kind]], "or")
        return f"chart: {chart} is not for a measure of type {kind}. Write chart: {fit}"
    if chart == "xbar" and not from_rows:
        return "chart: xbar needs the single values of case rows, which counts do not have. Write chart: i"
    return ""


def drawn(kind: Type, chart: ChartChoice) -> Drawn:
    """The chart that is meant: `auto` is the type's usual one."""
    return _AUTO[kind] if chart == "auto" else chart
