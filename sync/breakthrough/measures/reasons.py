"""Why a month's counts cannot be right, or contradict what the team said of it: clauses that can end a sentence."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import message, say, say_as, trimmed
from breakthrough.measures import counts
from breakthrough.measures.counts import Sheet
from breakthrough.measures.rates import Made, Rate

CLASH = message(
    "the month has two complete forms with different counts"
)  # the reason of a month entered twice, differently
_FAULTS = {
    counts.NOT_WHOLE: message("“{count}” is not a whole number"),
    counts.NEGATIVE: message("“{count}” is below zero"),
    counts.NO_NUMBER: message("“{count}” is not a number"),
}


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
            reason[place] = say(
                "marked as no eligible cases, but {figures} was entered", figures=_figures(made.own, place)
            )
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
            return say(_FAULTS[fault], count=label)
    return ""


def _impossible(made: Made, place: tuple[int, ...]) -> str:
    for rate in made.rates:
        n, d = rate.n[place], rate.d[place]
        if n < 0 or d < 0:
            return say("its counts contradict one another: they make {figures}", figures=_figures(rate, place))
        if np.isnan(n) and d == 0:
            return say("there is a value, of none")
        if rate.contradicts[place] or (made.bounded and n > d):
            return say("{figures} is more than all of them", figures=_figures(rate, place))
    return say("its counts contradict one another")


def _figures(rate: Rate, place: tuple[int, ...]) -> str:
    """`5 of 3`; what there is of it, where a measure has no denominator, or a median no numerator."""
    n, d = rate.n[place], rate.d[place]
    if np.isnan(n):
        return _number(d)
    if np.isnan(d) and np.isnan(rate.d).all():
        return _number(n)
    return say("{part} of {whole}", part=_number(n), whole=_number(d))


def _number(figure: float) -> str:
    if np.isnan(figure):
        return say_as("a number that stands for itself", "none")
    return trimmed(figure)
