"""Finds the largest value that each hidden number can have, given all that was read, by integer programming."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tests.measures.attack.emitted import PUBLIC, Filter, documents
from tests.measures.attack.reading import ENDLESS, Reader, Said, Terms, Variable, read
from tests.measures.attack.world import Key, World, parts

from breakthrough.collaborative import Counted
from breakthrough.measures.suppression import Audience, owned

_optimize: Any = import_module("scipy.optimize")  # it has no types
_sparse: Any = import_module("scipy.sparse")
_graphs: Any = import_module("scipy.sparse.csgraph")
_MOST = 2000  # more than any count in these worlds


@dataclass(frozen=True)
class Breach:
    """A small number that the attacker knows to be small: it is at most `most`."""

    who: str
    what: str
    true: int
    most: float


@dataclass(frozen=True)
class Number:
    """A protected number: where it stands, its value, and what it is made of."""

    team: str
    what: str
    terms: Terms
    true: int


def attack(world: World, filters: list[Filter], insiders: Sequence[Audience] | None = None) -> list[Breach]:
    """What readers without a row find out, and what each insider does with their own rows beside all the rest."""
    public = documents(world, filters)
    if insiders is None:
        insiders = [
            *(Audience("team", team) for team in world.teams),
            *(Audience("coach", coach) for coach in dict.fromkeys(world.coaches.values())),
        ]
    said = [*read(world, public), *_never_falls(world)]
    wanted = [one for one in numbers(world) if _is_small(world, one.true)]
    found = _conclusions(world, said, wanted, PUBLIC)
    for who in insiders:
        found += _conclusions(world, [*said, *read(world, documents(world, filters, who))], wanted, who)
    return found


def _conclusions(world: World, said: Sequence[Said], wanted: Sequence[Number], who: Audience) -> list[Breach]:
    system = _System.of(said)
    known = owned(who, world.collaborative, world.coaches)
    least = world.collaborative.privacy.min_count
    found = []
    for one in wanted:
        if one.team not in known:
            most = system.most(one.terms)
            if most < least - 1e-6:
                found.append(Breach(str(who), f"{one.team} {one.what}", one.true, most))
    return found


def _is_small(world: World, number: int) -> bool:
    privacy = world.collaborative.privacy
    return number < privacy.min_count and not (number == 0 and privacy.zero_is_shown)


def numbers(world: World) -> Iterator[Number]:
    """Every protected number of every version of every team's month, and what came between two months."""
    for report in range(len(world.reports)):
        reader, held = Reader(world, {}, {}), world.reports[report]
        reported = world.reported(report)
        for team, code, month in sorted(reported):
            measure = world.collaborative.measures[code]
            terms = [terms for part in parts(measure) for terms in _protected(reader, part, team, month, report)]
            terms += [{(team, month, count, world.version(team, month, report)): 1.0} for count in measure.counts]
            for one in terms:
                yield Number(team, f"{code} {month}", one, _value(held, one))
        if report == len(world.reports) - 1:
            for team, code, before, after in _steps(world, reported):
                for part in parts(world.collaborative.measures[code]):
                    pairs = zip(
                        _protected(reader, part, team, before, report),
                        _protected(reader, part, team, after, report),
                        strict=True,
                    )
                    for old, new in pairs:
                        came = {**new, **{key: -one for key, one in old.items()}}
                        yield Number(team, f"{code} {before} to {after}", came, _value(held, came))


def _steps(world: World, reported: set[tuple[str, str, str]]) -> Iterator[tuple[str, str, str, str]]:
    for code, measure in world.collaborative.measures.items():
        for team in world.teams if measure.cumulative else ():
            months = sorted(month for one, which, month in reported if (one, which) == (team, code))
            for before, after in pairwise(months):
                yield team, code, before, after


def _protected(reader: Reader, part: tuple[Counted, Counted], team: str, month: str, report: int) -> list[Terms]:
    n, d = (reader.terms(one, team, month, report) for one in part)
    return [n, d, {key: d.get(key, 0.0) - n.get(key, 0.0) for key in n.keys() | d.keys()}]


def _value(held: Mapping[Key, int], terms: Terms) -> int:
    return round(sum(one * held[key[0], key[1], key[2]] for key, one in terms.items()))


def _never_falls(world: World) -> Iterator[Said]:
    """What adds up over the year does not fall, in the newest versions."""
    last = len(world.reports) - 1
    reader = Reader(world, {}, {})
    reported = world.reported(last)
    for team, code, before, after in _steps(world, reported):
        for part in parts(world.collaborative.measures[code]):
            for old, new in zip(
                _protected(reader, part, team, before, last), _protected(reader, part, team, after, last), strict=True
            ):
                yield Said({**new, **{key: -one for key, one in old.items()}}, 0, ENDLESS)


@dataclass
class _System:
    """Constraints, sorted into those that have no variable in common."""

    columns: dict[Variable, tuple[int, int]]  # part and place in it
    parts: list[tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]]
    found: dict[frozenset[tuple[Variable, float]], float] = field(default_factory=dict)

    @classmethod
    def of(cls, said: Sequence[Said]) -> _System:
        names = list(dict.fromkeys(key for one in said for key in one.terms))
        at = {name: place for place, name in enumerate(names)}
        unique = {(frozenset(one.terms.items()), one.low, one.high): one for one in said if one.terms}
        rows = list(unique.values())
        r, c, v = zip(
            *((n, at[key], value) for n, one in enumerate(rows) for key, value in one.terms.items()), strict=True
        )
        matrix = _sparse.coo_matrix((v, (r, c)), shape=(len(rows), len(names))).tocsr()
        linked = abs(matrix).T @ abs(matrix)
        many, label = _graphs.connected_components(linked, directed=False)
        columns: dict[Variable, tuple[int, int]] = {}
        found = []
        first = np.array([matrix.indices[matrix.indptr[n]] for n in range(len(rows))])
        low, high = np.array([one.low for one in rows]), np.array([one.high for one in rows])
        for part in range(many):
            inside = np.flatnonzero(label == part)
            which = np.flatnonzero(label[first] == part)
            columns |= {names[place]: (part, n) for n, place in enumerate(inside.tolist())}
            found.append((matrix[which][:, inside].toarray(), low[which], high[which]))
        return cls(columns, found)

    def most(self, terms: Terms) -> float:
        """The largest value of that sum; endless where nothing was read of it."""
        key = frozenset(terms.items())
        if key not in self.found:
            self.found[key] = self._most({name: one for name, one in terms.items() if one})
        return self.found[key]

    def _most(self, terms: Terms) -> float:
        if any(name not in self.columns for name in terms):
            return ENDLESS
        wanted = {self.columns[name][0] for name in terms}
        total = 0.0
        for part in wanted:
            matrix, low, high = self.parts[part]
            aim = np.zeros(matrix.shape[1])
            for name, one in terms.items():
                if self.columns[name][0] == part:
                    aim[self.columns[name][1]] = -one
            answer = _optimize.milp(
                aim,
                constraints=_optimize.LinearConstraint(matrix, low - 1e-7, high + 1e-7),
                integrality=np.ones(len(aim)),
                bounds=_optimize.Bounds(0, _MOST),
            )
            if answer.status != 0:
                raise AssertionError(f"what was read contradicts itself: {answer.message}")
            total -= answer.fun
        return total
