"""Draws figures by chance: whole counts, parts of them, events, values; each from the generator it is given."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping

from breakthrough.demo.figures import Draw, Given
from breakthrough.demo.formula import Formula

_MANY = 400  # cases from which on a part is drawn at once, not case by case


def whole(draw: Draw, sizes: Mapping[str, int], rng: random.Random) -> float:
    """A count about a size of the team: denominators differ from month to month, but not wildly."""
    return round(sizes[draw.about or ""] * rng.uniform(1 - draw.spread, 1 + draw.spread))


def figure(draw: Draw, numbers: Mapping[str, float], rng: random.Random) -> float:
    """Any other count, from the numbers known so far."""
    if draw.is_ is not None:
        return round(draw.is_.of(numbers))
    if draw.events is not None:
        return _events(draw.events.of(numbers), rng)
    if draw.value is not None:
        return max(0.0, round(rng.gauss(draw.value.of(numbers), draw.give) / draw.step) * draw.step)
    cases = int(numbers[draw.of or ""])
    if draw.between is not None:
        return round(cases * rng.uniform(*draw.between))
    return _part(cases, draw.percent, numbers, rng)


def _part(cases: int, percent: Formula | None, numbers: Mapping[str, float], rng: random.Random) -> int:
    """A draw from so many cases, each with that chance."""
    chance = max(0.02, min(0.98, (percent.of(numbers) if percent else 0) / 100))
    if cases < _MANY:
        return sum(rng.random() < chance for _ in range(cases))
    return round(cases * chance * rng.uniform(0.96, 1.04))


def _events(mean: float, rng: random.Random) -> int:
    """How many events came, where so many come on average and each by chance (Poisson; Knuth 1969)."""
    limit, product, number = math.exp(-max(0.0, min(mean, 500.0))), rng.random(), 0
    while product > limit:
        product *= rng.random()
        number += 1
    return number


def happens(percent: Formula, numbers: Mapping[str, float], rng: random.Random) -> bool:
    """Whether something with that chance happens."""
    return rng.random() * 100 < percent.of(numbers)


def code(given: Given, rng: random.Random) -> str:
    """One of the codes, by their weights."""
    weights = given.weights or {}
    return rng.choices([*weights], [*weights.values()])[0]
