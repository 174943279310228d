"""Case rows judged by what a measure asks of them: which count, for how much, and what was measured in each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Condition, Counted, Measure
from breakthrough.measures.caserows import Flags, Rows, Sited

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """The case rows of a measure, and which count. The numerator's are among the denominator's.

    A mean or a median has in its numerator the rows that hold a number, an index those in which every point that could
    be reached was. `above` and `below` are what each row adds: 1 or 0 but for an index and a mean. `value` is what was
    measured in it, NaN where nothing was. `met` of `opportunities` are parts of care done, of those to be done.
    """

    sited: Sited
    denominator: Flags
    numerator: Flags
    above: Floats
    below: Floats
    value: Floats
    versus_denominator: Flags
    versus_numerator: Flags
    met: Floats
    opportunities: Floats


def judged(rows: Rows, measure: Measure, of: Sited) -> Judged:
    """The measure's case rows, each by the definition that was in force in its month; the first where it has none."""
    (_, first), *later = measure.definitions
    found = _by(rows, first, of)
    months = of.days.astype("datetime64[M]")
    for since, definition in later:
        if since is not None:
            found = _after(found, _by(rows, definition, of), months >= np.datetime64(since.name, "M"))
    return found


def _after(before: Judged, after: Judged, where: Flags) -> Judged:
    names = [one.name for one in fields(Judged) if one.name != "sited"]
    changed: dict[str, Any] = {name: np.where(where, getattr(after, name), getattr(before, name)) for name in names}
    return replace(before, **changed)


def _by(rows: Rows, measure: Measure, of: Sited) -> Judged:
    """The rows by one definition."""
    many = len(of.places)
    every, none, nothing = np.ones(many, np.bool_), np.zeros(many, np.bool_), np.zeros(many)

    def holds(part: Counted | Condition | None, otherwise: Flags = every) -> Flags:
        return rows.holds(part.tree)[of.places] if isinstance(part, Condition) else otherwise

    def plain(denominator: Flags, numerator: Flags, **more: Any) -> Judged:
        met = denominator & numerator
        told = {
            "above": met.astype(np.float64),
            "below": denominator.astype(np.float64),
            "value": np.full(many, np.nan),
            "versus_denominator": none,
            "versus_numerator": none,
            "met": nothing,
            "opportunities": nothing,
        }
        return Judged(of, denominator, met, **(told | more))

    denominator = holds(measure.denominator)
    match measure.type:
        case "count":
            numerator = holds(measure.numerator)
            return plain(numerator, numerator)
        case "mean" | "median" if isinstance(measure.value, Condition):
            value = rows.numbers(measure.value.tree)[of.places]
            held = denominator & ~np.isnan(value)
            amount = np.where(held, value, 0.0)
            return plain(denominator, held, value=np.where(held, value, np.nan), above=amount, below=held.astype(float))
        case "index":
            return _index(measure, denominator, holds, plain)
        case "all_or_none" if measure.all_of:
            done = np.array([holds(one) for one in measure.all_of]).sum(axis=0)
            asked = np.where(denominator, float(len(measure.all_of)), 0.0)
            return plain(
                denominator, holds(measure.numerator), met=np.where(denominator, done, 0.0), opportunities=asked
            )
        case "difference" if measure.versus:
            mine, theirs = holds(measure.where), holds(measure.versus.where)
            numerator = holds(measure.numerator)
            other = denominator & theirs
            return plain(denominator & mine, numerator, versus_denominator=other, versus_numerator=other & numerator)
        case _:
            return plain(denominator, holds(measure.numerator))


def _index(measure: Measure, denominator: Flags, holds: Callable[..., Flags], plain: Callable[..., Judged]) -> Judged:
    """Opportunities met of opportunities, each times the weight of its part."""
    points: Sequence[tuple[Flags, Flags, float]] = [
        (denominator & holds(part.denominator), holds(part.numerator), part.weight) for part in measure.parts
    ]
    above = np.asarray(sum((asked & met) * weight for asked, met, weight in points), dtype=np.float64)
    below = np.asarray(sum(asked * weight for asked, _, weight in points), dtype=np.float64)
    whole = np.logical_and.reduce([met | ~asked for asked, met, _ in points])
    return plain(denominator, whole, above=above, below=below)
