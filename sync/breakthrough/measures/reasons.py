"""Why a month's counts cannot be right, or contradict what the team said of it: clauses that can end a sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures import counts
from breakthrough.measures.counts import Sheet
from breakthrough.measures.rates import Made, Rate

CLASH = "the month has two complete forms with different counts"  # the reason of a month entered twice, differently
_FAULTS = {counts.NOT_WHOLE: "not a whole number", counts.NEGATIVE: "below zero", counts.NO_NUMBER: "not a number"}


def reasons(
    collaborative: Collaborative,
    code: str,
    measure: Measure,
    laid: Sheet,
    made: Made,
    state: NDArray[np.object_],
) -> NDArray[np.object_]:
    """Why invalid, and what contradicts "no cases": a clause that can end a sentence; '' everywhere else."""
    reason = np.full(state.shape, "", dtype=object)
    marked = (state == "no_cases") & (laid.status[code] == counts.NO_CASES) & (made.own.d > 0)
    for place in zip(*np.nonzero((state == "invalid") | marked), strict=True):
        if marked[place]:
            reason[place] = f"marked as no eligible cases, but {_figures(made.own, place)} was entered"
        elif laid.clash[code][place]:
            reason[place] = CLASH
        else:
            reason[place] = _fault(collaborative, measure, laid, place) or _impossible(made, place)
    return reason


def _fault(collaborative: Collaborative, measure: Measure, laid: Sheet, place: tuple[int, ...]) -> str:
    for code in measure.counts:
        fault = laid.faults[code][place]
        if fault:
            label = collaborative.counts[code].label.removeprefix("… of these: ")
            return f"“{label}” is {_FAULTS[fault]}"
    return ""


def _impossible(made: Made, place: tuple[int, ...]) -> str:
    for rate in made.rates:
        n, d = rate.n[place], rate.d[place]
        if n < 0 or d < 0:
            return f"its counts contradict one another: they make {_figures(rate, place)}"
        if np.isnan(n) and d == 0:
            return "there is a value, of none"
        if rate.contradicts[place] or (made.bounded and n > d):
            return f"{_figures(rate, place)} is more than all of them"
    return "its counts contradict one another"


def _figures(rate: Rate, place: tuple[int, ...]) -> str:
    """`5 of 3`; what there is of it, where a measure has no denominator, or a median no numerator."""
    n, d = rate.n[place], rate.d[place]
    if np.isnan(n):
        return _number(d)
    return _number(n) if np.isnan(d) and np.isnan(rate.d).all() else f"{_number(n)} of {_number(d)}"


def _number(figure: float) -> str:
    if np.isnan(figure):
        return "none"
    return f"{figure:,.2f}".rstrip("0").rstrip(".").replace("-", "−")
