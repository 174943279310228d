"""Ramps: tests of one idea that build on each other, from one person to the whole place and beyond."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from breakthrough.teams.values import Pdsa


@dataclass(frozen=True, slots=True)
class Ramp:
    """The cycles of one team that name the same ramp, or one cycle that names none, in order.

    `grew` is how many of its steps to the next cycle went to a larger scale, of those with both scales said.
    """

    team: str
    name: str
    cycles: tuple[Pdsa, ...]

    @property
    def first(self) -> Pdsa:
        """The cycle it began with."""
        return self.cycles[0]

    @property
    def last(self) -> Pdsa:
        """The newest cycle."""
        return self.cycles[-1]

    @property
    def ideas(self) -> tuple[str, ...]:
        """The change ideas it is about, each once: one, where the team keeps to the rule."""
        return tuple(dict.fromkeys(cycle.idea for cycle in self.cycles if cycle.idea))

    @property
    def scale(self) -> int:
        """The largest scale that a begun cycle of it has reached, 1–6; 0 where none has begun or said so."""
        return max((cycle.scale for cycle in self.cycles if cycle.start), default=0)

    @property
    def grew(self) -> tuple[int, int]:
        """How many steps went to a larger scale, and how many there are."""
        steps = [
            (before.scale, after.scale)
            for before, after in zip(self.cycles, self.cycles[1:], strict=False)
            if before.scale and after.scale
        ]
        return sum(after > before for before, after in steps), len(steps)


class Ramps:
    """Which cycles belong together: those of one team that name the same ramp, and those that name one another."""

    def __init__(self, cycles: Sequence[Pdsa]) -> None:
        """`cycles` are in their `order`."""
        self._ramps: dict[tuple[str, str], list[Pdsa]] = {}
        for cycle in cycles:
            self._ramps.setdefault((cycle.team, cycle.ramp), []).append(cycle)
        self._codes = {(cycle.team, cycle.code) for cycle in cycles}
        self._followed = {(cycle.team, cycle.previous) for cycle in cycles if cycle.previous != cycle.code}

    def first(self, cycle: Pdsa) -> Pdsa | None:
        """The first cycle of its ramp; None where it names no ramp and is not numbered 1, as nobody can know."""
        if cycle.ramp:
            return self._ramps[cycle.team, cycle.ramp][0]
        return cycle if cycle.cycle == 1 and not cycle.previous else None

    def linked(self, cycle: Pdsa) -> bool:
        """Whether it has a predecessor or a successor: one names the other, or the ramp has another number."""
        before = cycle.previous != cycle.code and (cycle.team, cycle.previous) in self._codes
        after = (cycle.team, cycle.code) in self._followed
        ramp = self._ramps[cycle.team, cycle.ramp] if cycle.ramp else []
        return before or after or any(one.cycle != cycle.cycle for one in ramp)


def ramps(cycles: Iterable[Pdsa]) -> tuple[Ramp, ...]:
    """The ramps of those cycles, by team and name; a cycle that names none is one by itself, after the named ones."""
    found: dict[tuple[str, str, int], list[Pdsa]] = {}
    for cycle in sorted(cycles, key=order):
        found.setdefault((cycle.team, cycle.ramp, 0 if cycle.ramp else cycle.entry.instance), []).append(cycle)
    together = [Ramp(team, name, tuple(own)) for (team, name, _), own in found.items()]
    return tuple(sorted(together, key=lambda ramp: (ramp.team, not ramp.name, ramp.name)))


def is_first(cycle: Pdsa, cycles: Iterable[Pdsa]) -> bool:
    """Whether a cycle is the first of its ramp among all `cycles`; without a ramp, whether it is numbered 1."""
    first = Ramps(sorted(cycles, key=order)).first(cycle)
    return first is not None and first.entry == cycle.entry


def firsts(cycles: Iterable[Pdsa]) -> tuple[Pdsa, ...]:
    """The cycles with which a ramp began."""
    ordered = sorted(cycles, key=order)
    together = Ramps(ordered)
    return tuple(one for one in ordered if (first := together.first(one)) and first.entry == one.entry)


def order(cycle: Pdsa) -> tuple[str, str, int, dt.date, int]:
    """How cycles are sorted: by team, ramp, number, start and repeat."""
    return cycle.team, cycle.ramp, cycle.cycle, cycle.start or dt.date.max, cycle.entry.instance
