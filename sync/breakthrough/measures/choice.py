"""Which chart is drawn: what the measure asks for, as the rule set in use has it, and what one point stands for."""

from __future__ import annotations

from breakthrough.collaborative import Measure
from breakthrough.measures.values import ChartKind, Each

_QUARTERS = 4


def of_team(measure: Measure, rules: str) -> ChartKind:
    """A team's chart. The NHS's rules are rules of an XmR chart, so what would be a run chart is one."""
    return "xmr" if measure.draws == "run" and rules == "nhs" else measure.draws


def pooled(measure: Measure, rules: str) -> ChartKind:
    """The collaborative's chart: over sums of cases and events with limits that allow for teams being different."""
    if measure.cumulative:
        return of_team(measure, rules)
    match measure.type:
        case "proportion" | "all_or_none":
            return "p_prime"
        case "rate":
            return "u_prime"
        case "mean" | "index" if measure.draws != "run":
            return "i_prime"
        case _:
            return "xmr" if rules == "nhs" else "run"


def each(measure: Measure, kind: ChartKind) -> Each:
    """What one point of that chart stands for."""
    if kind == "t":
        return "event"
    if len(measure.every) == 12:
        return "month"
    following = (*measure.every[1:], measure.every[0])
    steps = {(later - month) % 12 for month, later in zip(measure.every, following, strict=True)}
    return "quarter" if len(measure.every) == _QUARTERS and steps == {3} else "period"
