"""One month of one health measure: what was counted, or why nothing was."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.measures.health.definitions import Health
from breakthrough.measures.values import State
from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class Tally:
    """`value` is numerator over denominator, multiplied as the measure says; of a median, there is no numerator.

    State reported has a value; no_cases a denominator of 0; the others, of those of the results frame, say why
    nothing is there.
    """

    code: str
    month: Month
    state: State
    numerator: float | None = None
    denominator: float | None = None
    value: float | None = None


def tally(of: Health, month: Month, numerator: float, denominator: float) -> Tally:
    """The month as counted."""
    if denominator == 0:
        return Tally(of.code, month, "no_cases", 0.0, 0.0)
    value = numerator * of.multiply / denominator
    return Tally(of.code, month, "reported", float(numerator), float(denominator), value)


def not_yet(of: Health, month: Month, state: State) -> Tally:
    """The month without a figure, for that reason."""
    return Tally(of.code, month, state)
