"""What chance rarely makes: shifts, too few crossings and points beyond limits, and what they say together.

Rules of Anhøj & Olesen 2014 (PLoS ONE 9(11):e113825) against the line that is drawn, and Shewhart's 3 sigma. Every
run that is too long is told, not only the longest: one inside the baseline must not hide a later one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from breakthrough import spc
from breakthrough.collaborative import Measure
from breakthrough.measures.values import Direction, Run, Signal
from breakthrough.month import Month

Verdict = Literal["improving", "worsening", "unclear", "none", "few", "no_rule"]
Stretch = tuple[int, tuple[int, ...]]  # a run: its side, +1 or -1, and the places of its points

FEWEST_USEFUL = 10  # below, no run rule can tell chance from change; Anhøj & Olesen 2014
FADED = 3  # so many points in a row on the other side, and a shift no longer tells the state of things


def stretches(sides: NDArray[np.int64]) -> tuple[Stretch, ...]:
    """The runs of one series: useful points on one side of the line; points on it (0) neither count nor break."""
    runs: list[tuple[int, list[int]]] = []
    for place in np.flatnonzero(sides):
        now = int(sides[place])
        if not runs or runs[-1][0] != now:
            runs.append((now, []))
        runs[-1][1].append(int(place))
    return tuple((now, tuple(places)) for now, places in runs)


def needed(useful: int) -> int:
    """How long a run must be to make a signal among so many useful points (at least the ten that any verdict needs)."""
    return spc.longest_run_limit(max(useful, FEWEST_USEFUL)) + 1


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
) -> tuple[Signal, ...]:
    """The signals of one phase that reach into the live period, from `start` on; none under ten useful points."""
    useful = sum(len(places) for _, places in runs)
    if useful < FEWEST_USEFUL:
        return ()
    signals = [
        _signal("shift", direction(measure, on), places, months, line, len(places), needed(useful))
        for on, places in runs
        if len(places) >= needed(useful)
    ]
    crossings, fewest = len(runs) - 1, spc.fewest_crossings(useful)
    if crossings < fewest:
        everywhere = [place for _, places in runs for place in places]
        signals.append(_signal("crossings", "unclear", everywhere, months, line, crossings, fewest))
    signals += [
        _signal("limits", direction(measure, int(beyond[place])), [int(place)], months, line, 1, 1)
        for place in np.flatnonzero(beyond)
    ]
    return tuple(signal for signal in signals if signal.months[-1] >= start)


def current(runs: Sequence[Stretch], months: Sequence[Month], measure: Measure) -> Run | None:
    """The run that the newest useful point belongs to; None where no point lies off the line."""
    if not runs:
        return None
    on, places = runs[-1]
    return Run(
        side="above" if on > 0 else "below",
        months=tuple(months[place] for place in places),
        needed=needed(sum(len(one) for _, one in runs)),
        direction=direction(measure, on),
    )


def verdict(
    signals: Sequence[Signal], runs: Sequence[Stretch], months: Sequence[Month], newest: Month | None
) -> Verdict:
    """What the signals of a phase say together, now.

    few under ten useful points. Else the newest shift's direction, while it stands: it has faded once three or more
    points in a row lie on the other side. Else the direction of the newest point, where that is beyond the limits.
    Else unclear, where a shift has faded or crossings are too few: something is going on, and the rules do not say
    which way. Else none; a month beyond the limits that has passed is a signal of its own month, not of the state.
    """
    if sum(len(places) for _, places in runs) < FEWEST_USEFUL:
        return "few"
    shifts = [signal for signal in signals if signal.rule == "shift"]
    if shifts and _stands(shifts[-1], runs, months):
        return _said(shifts[-1].direction)
    beyond = [signal for signal in signals if signal.rule == "limits" and signal.since == newest]
    if beyond:
        return _said(beyond[-1].direction)
    return "unclear" if any(signal.rule != "limits" for signal in signals) else "none"


def _said(towards: Direction) -> Verdict:
    return towards


def _stands(shift: Signal, runs: Sequence[Stretch], months: Sequence[Month]) -> bool:
    _, last = runs[-1]
    return months[last[-1]] == shift.months[-1] or len(last) < FADED


def _signal(
    rule: Literal["shift", "crossings", "limits"],
    towards: Direction,
    places: Sequence[int],
    months: Sequence[Month],
    line: str,
    count: int,
    enough: int,
) -> Signal:
    named = tuple(months[place] for place in places)
    return Signal(rule, towards, named, named[0], line, count, enough)
