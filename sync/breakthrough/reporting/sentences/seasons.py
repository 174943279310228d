"""The doubt that belongs beside a signal: whether the same months of last year looked the same."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.language import capital, say, spelled
from breakthrough.measures.values import Chart, Signal
from breakthrough.reporting.sentences import lines
from breakthrough.reporting.sentences.words import joined

_ENOUGH = 3  # pairs of months from which a comparison says anything


def doubt(chart: Chart, measure: Measure, signal: Signal) -> str:
    """How the signal's months compare with the same months a year earlier; '' where too few can be compared."""
    if measure.direction == "neither" or signal.direction == "unclear":
        return ""
    values = {point.month: point.value for point in chart.points}
    pairs = [
        (now, before)
        for month in signal.months
        if (now := values.get(month)) is not None and (before := values.get(month + -12)) is not None
    ]
    if len(pairs) < _ENOUGH:
        return ""
    where = lines.side(chart, signal.months)
    beyond = sum(now > before if where == "above" else now < before for now, before in pairs)
    middle = lines.centre(chart)
    same = 0 if middle is None else sum(before > middle if where == "above" else before < middle for _, before in pairs)
    season = (
        say("Part of it may be season: a year ago most of these months lay on this side, too.")
        if same * 2 > len(pairs)
        else ""
    )
    return joined(_compared(beyond, len(pairs), where), season)


def _compared(beyond: int, of: int, where: lines.Side) -> str:
    whole = spelled(of)
    if beyond == of and where == "above":
        return say("All of the {of} are higher than the same month a year earlier.", of=whole)
    if beyond == of:
        return say("All of the {of} are lower than the same month a year earlier.", of=whole)
    part = capital(spelled(beyond))
    if where == "above":
        return say("{part} of the {of} are higher than the same month a year earlier.", part=part, of=whole)
    return say("{part} of the {of} are lower than the same month a year earlier.", part=part, of=whole)
