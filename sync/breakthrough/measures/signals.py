"""What chance rarely makes: shifts, too few crossings and points beyond limits, and what they say together.

Rules of Anhøj & Olesen 2014 (PLoS ONE 9(11):e113825) against the line that is drawn, and Shewhart's 3 sigma; or those
of another set that the collaborative names (`patterns` has what these add). Every run that is too long is told, not
only the longest: one inside the baseline must not hide a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from breakthrough import spc
from breakthrough.collaborative import Measure
from breakthrough.measures import patterns
from breakthrough.measures.values import Direction, Rule, Run, Signal
from breakthrough.month import Month

Verdict = Literal["improving", "worsening", "unclear", "none", "few", "no_rule"]
Stretch = tuple[int, tuple[int, ...]]  # a run: its side, +1 or -1, and the places of its points

FEWEST_USEFUL = 10  # below, no run rule can tell chance from change; Anhøj & Olesen 2014
FADED = 3  # so many points in a row on the other side, and a shift no longer tells the state of things


def stretches(sides: NDArray[np.int64], bars: NDArray[np.bool_] | None = None) -> tuple[Stretch, ...]:
    """The runs of one series: useful points on one side of the line; points on it (0) neither count nor break.

    `bars` marks the points of side 0 that do break a run, where the rules say so.
    """
    runs: list[tuple[int, list[int]]] = []
    barred = False
    on = sides.tolist()
    for place in np.flatnonzero(sides if bars is None else (sides != 0) | bars).tolist():
        now = on[place]
        if now and (not runs or barred or runs[-1][0] != now):
            runs.append((now, []))
        if now:
            runs[-1][1].append(place)
        barred = not now
    return tuple((now, tuple(places)) for now, places in runs)


def needed(useful: int, rules: str = "anhoej") -> int:
    """How long a run must be to make a signal among so many useful points (at least the ten that any verdict needs)."""
    return patterns.SHIFTS.get(rules) or spc.longest_run_limit(max(useful, FEWEST_USEFUL)) + 1


def direction(measure: Measure, on: int) -> Direction:
    """Whether that side of the line (+1 above, -1 below) is the good one."""
    if measure.direction == "neither" or on == 0:
        return "unclear"
    return "improving" if (on > 0) == (measure.direction == "higher") else "worsening"


def found(
    runs: Sequence[Stretch],
    beyond: NDArray[np.int64],
    months: Sequence[Month],
    measure: Measure,
    line: str,
    start: Month,
    rules: str = "anhoej",
    others: Sequence[patterns.Pattern] = (),
) -> tuple[Signal, ...]:
    """The signals of one phase that reach into the live period, from `start` on; none under ten useful points.

    `others` are what the rule set in use adds to shifts and limits.
    """
    useful = sum(len(places) for _, places in runs)
    if useful < FEWEST_USEFUL:
        return ()
    signals = [
        _signal("shift", direction(measure, on), places, months, line, len(places), needed(useful, rules))
        for on, places in runs
        if len(places) >= needed(useful, rules)
    ]
    signals += [
        _signal(one.rule, direction(measure, one.side), one.places, months, line, one.count, one.needed)
        for one in others
    ]
    crossings, fewest = len(runs) - 1, spc.fewest_crossings(useful)
    if rules == "anhoej" and crossings < fewest:
        everywhere = [place for _, places in runs for place in places]
        signals.append(_signal("crossings", "unclear", everywhere, months, line, crossings, fewest))
    signals += [
        _signal("limits", direction(measure, int(beyond[place])), [int(place)], months, line, 1, 1)
        for place in np.flatnonzero(beyond)
    ]
    return tuple(signal for signal in signals if signal.months[-1] >= start)


def current(runs: Sequence[Stretch], months: Sequence[Month], measure: Measure, rules: str = "anhoej") -> Run | None:
    """The run that the newest useful point belongs to; None where no point lies off the line."""
    if not runs:
        return None
    on, places = runs[-1]
    return Run(
        side="above" if on > 0 else "below",
        months=tuple(months[place] for place in places),
        needed=needed(sum(len(one) for _, one in runs), rules),
        direction=direction(measure, on),
    )


def verdict(
    signals: Sequence[Signal],
    runs: Sequence[Stretch],
    months: Sequence[Month],
    newest: Month | None,
    rules: str = "anhoej",
) -> Verdict:
    """What the signals of a phase say together, now.

    few under ten useful points. Else the newest shift's direction, while it stands: it has faded once three or more
    points in a row lie on the other side. Else the direction of the newest point, where that is beyond the limits.
    Else unclear, where a shift has faded or crossings are too few: something is going on, and the rules do not say
    which way. Else none; a month beyond the limits that has passed is a signal of its own month, not of the state.

    A trend is told after a shift, as long as the newest point belongs to it; one that has ended leaves no state. Under
    the NHS's rules the newest point alone speaks, as in their variation icon: the first rule that it meets.
    """
    if sum(len(places) for _, places in runs) < FEWEST_USEFUL:
        return "few"
    if rules == "nhs":
        reached = {signal.rule: signal for signal in signals if newest in signal.months}
        told = next((reached[rule] for rule in patterns.NHS_ORDER if rule in reached), None)
        return _said(told.direction) if told else "none"
    shifts = [signal for signal in signals if signal.rule == "shift"]
    if shifts and _stands(shifts[-1], runs, months):
        return _said(shifts[-1].direction)
    trends = [signal for signal in signals if signal.rule == "trend" and newest in signal.months]
    if trends:
        return _said(trends[-1].direction)
    beyond = [signal for signal in signals if signal.rule == "limits" and signal.since == newest]
    if beyond:
        return _said(beyond[-1].direction)
    return "unclear" if any(signal.rule not in {"limits", "trend"} for signal in signals) else "none"


def _said(towards: Direction) -> Verdict:
    return towards


def _stands(shift: Signal, runs: Sequence[Stretch], months: Sequence[Month]) -> bool:
    _, last = runs[-1]
    return months[last[-1]] == shift.months[-1] or len(last) < FADED


def _signal(
    rule: Rule,
    towards: Direction,
    places: Sequence[int],
    months: Sequence[Month],
    line: str,
    count: int,
    enough: int,
) -> Signal:
    named = tuple(months[place] for place in places)
    return Signal(rule, towards, named, named[0], line, count, enough)
