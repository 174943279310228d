"""What a measure comes to for every team and month, whatever its type: numerators, denominators and the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Condition, Counted, Measure
from breakthrough.measures.amounts import Counts
from breakthrough.measures.counts import Sheet

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Rate:
    """A numerator over a denominator for every team and month."""

    n: Floats
    d: Floats

    def times(self, multiply: float) -> Floats:
        """The rate. Multiplied first, so that 700 of 10,000 is 7 and not 7.000000000000001."""
        out = np.full(self.n.shape, np.nan)
        np.divide(self.n * multiply, self.d, out=out, where=self.d > 0)
        return out

    @property
    def blank(self) -> Flags:
        """Where either is not there."""
        return np.isnan(self.n) | np.isnan(self.d)

    @property
    def empty(self) -> Flags:
        """Nobody to count: a denominator of 0. Where the numerator contradicts it, that is asked about first."""
        return np.asarray(self.d == 0)

    @property
    def contradicts(self) -> Flags:
        """Fewer than none, or some out of none."""
        return np.asarray((self.n < 0) | (self.d < 0) | ((self.d == 0) & (self.n > 0)))


@dataclass(frozen=True, eq=False)
class Made:
    """A measure for every team and month, as its counts or its case rows make it, right or wrong.

    `own` is what the frame shows, `other` the group it is compared with. `rates` are those that have to make sense,
    each by itself; `bounded` says whether their numerators are parts of their denominators.
    """

    own: Rate
    other: Rate | None
    value: Floats
    rates: tuple[Rate, ...]
    bounded: bool
    blank: Flags
    empty: Flags
    contradicts: Flags
    rows: Counts | None = None

    @property
    def beyond(self) -> Flags:
        """More counted than there are."""
        over = [np.asarray(rate.n > rate.d) for rate in self.rates]
        return _any(over, self.value) & self.bounded


def of_counts(measure: Measure, laid: Sheet) -> Made:
    """What the counts of the monthly form make; NaN where any of them is blank or unusable."""

    def summed(part: Counted | Condition | None) -> Floats:
        return _summed(part, laid)

    match measure.type:
        case "count":
            return _count(measure, summed(measure.numerator))
        case "median":
            sized = measure.denominator is not None
            return _median(measure, summed(measure.value), summed(measure.denominator), sized=sized)
        case "index":
            return _index(
                measure, [(Rate(summed(p.numerator), summed(p.denominator)), p.weight) for p in measure.parts]
            )
        case _:
            own = Rate(summed(measure.numerator), summed(measure.denominator))
            versus = measure.versus
            return _rate(measure, own, Rate(summed(versus.numerator), summed(versus.denominator)) if versus else None)


def of_rows(measure: Measure, rows: Counts) -> Made:
    """What the case rows make: NaN where nothing can be said."""
    own = Rate(rows.numerator, rows.denominator)
    match measure.type:
        case "count":
            return _count(measure, rows.numerator, rows)
        case "median" | "time_between":
            middle = np.where(rows.denominator > 0, rows.middle * measure.multiply, np.nan)
            return Made(
                own, None, middle, (), False, np.isnan(rows.denominator), own.empty, np.zeros_like(own.empty), rows
            )
        case "mean":  # of values that may be below 0
            nothing = np.zeros_like(own.empty)
            return Made(own, None, own.times(measure.multiply), (), False, own.blank, own.empty, nothing, rows)
        case _:
            other = Rate(rows.versus_numerator, rows.versus_denominator) if measure.versus else None
            return _rate(measure, own, other, rows)


def _rate(measure: Measure, own: Rate, other: Rate | None, rows: Counts | None = None) -> Made:
    rates = (own, other) if other else (own,)
    value = own.times(measure.multiply)
    if other:
        value = value - other.times(measure.multiply)
    return Made(
        own,
        other,
        value,
        rates,
        measure.is_proportion or measure.in_points,
        _each(rates, lambda rate: rate.blank),
        _each(rates, lambda rate: rate.empty),
        _each(rates, lambda rate: rate.contradicts),
        rows,
    )


def _count(measure: Measure, n: Floats, rows: Counts | None = None) -> Made:
    """A number by itself: of nothing, so that there is no denominator and nobody can be missing from it."""
    own, nothing = Rate(n, np.full(n.shape, np.nan)), np.zeros(n.shape, np.bool_)
    return Made(own, None, n * measure.multiply, (own,), False, np.isnan(n), nothing, np.asarray(n < 0), rows)


def _median(measure: Measure, middle: Floats, d: Floats, *, sized: bool) -> Made:
    """A median that the team worked out, with the number of its values where that is asked."""
    own = Rate(np.full(middle.shape, np.nan), d if sized else np.full(middle.shape, np.nan))
    blank = np.isnan(middle) | (np.isnan(d) if sized else False)
    contradicts = (d < 0) | ((d == 0) & ~np.isnan(middle)) if sized else np.zeros(middle.shape, np.bool_)
    return Made(own, None, middle * measure.multiply, (own,), False, blank, own.empty, np.asarray(contradicts))


def _index(measure: Measure, parts: Sequence[tuple[Rate, float]]) -> Made:
    """Points reached of points that could be. A part that nobody could reach a point in takes no part."""
    rates = tuple(rate for rate, _ in parts)
    n = np.asarray(sum(rate.n * weight for rate, weight in parts), dtype=np.float64)
    d = np.asarray(sum(rate.d * weight for rate, weight in parts), dtype=np.float64)
    own = Rate(n, d)
    return Made(
        own,
        None,
        own.times(measure.multiply),
        rates,
        True,
        _each(rates, lambda rate: rate.blank),
        own.empty,
        _each(rates, lambda rate: rate.contradicts),
    )


def _summed(part: Counted | Condition | None, laid: Sheet) -> Floats:
    """The counts added and subtracted; NaN where any of them is blank or unusable, and where there is no such part."""
    if isinstance(part, Condition):
        raise TypeError("case rows are not summed up from the monthly form")
    if part is None:
        return np.full((len(laid.teams), len(laid.months)), np.nan)
    total = np.zeros((len(laid.teams), len(laid.months)))
    for sign, code in part.terms:
        total = total + sign * laid.counts[code]
    return total


def _each(rates: Sequence[Rate], what: Callable[[Rate], Flags]) -> Flags:
    return np.asarray(np.logical_or.reduce([what(rate) for rate in rates]))


def _any(where: Iterable[Flags], like: Floats) -> Flags:
    return np.asarray(np.logical_or.reduce([np.zeros(like.shape, np.bool_), *where]))
