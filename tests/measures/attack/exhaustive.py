"""The attacker who knows the code: runs the filter on every data set, and keeps those that come out the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from breakthrough.measures.suppression.families import Family
from breakthrough.measures.suppression.rule import Rule
from breakthrough.measures.suppression.totals import Month, Told, settle

Pair = tuple[int, int]  # numerator and denominator
Data = tuple[Pair, ...]
Output = tuple[tuple[Pair | None, ...], Pair | None]  # rows, None where hidden; the total, None where withheld


def emitted(data: Data, family: Family, rule: Rule, coaches: Mapping[str, str]) -> Output:
    """What the filter tells of one month of one measure."""
    figures = np.array(data, dtype=np.float64)
    numbers = np.stack([figures[:, 0], figures[:, 1], figures[:, 1] - figures[:, 0]], axis=1)
    every = np.ones(len(data), np.bool_)
    found = settle(
        Month(
            family=family,
            teams=tuple(coaches),
            coaches=coaches,
            figures=figures,
            visible=every,
            small=np.asarray(rule.small(numbers).any(axis=1)),
            size=figures.sum(axis=1),
            wanted={("", family.measures[0]): every},
            before=Told(),
            rule=rule,
            rows_are_shown=True,
            protects=True,
        )
    )
    rows = tuple(None if hidden else row for hidden, row in zip(found.hidden.tolist(), data, strict=True))
    total = (sum(n for n, _ in data), sum(d for _, d in data)) if found.totals else None
    return rows, total


def every(teams: int, most: int) -> Iterator[Data]:
    """All data sets of so many teams with denominators up to `most`."""
    pairs = [(n, d) for d in range(1, most + 1) for n in range(d + 1)]
    return product(pairs, repeat=teams)


@dataclass(frozen=True)
class Certain:
    """A hidden number that is small in every data set that comes out the same."""

    output: Output
    knows: tuple[int, ...]  # the teams whose numbers the attacker has
    team: int
    values: tuple[int, ...]


def certain(
    family: Family, rule: Rule, coaches: Mapping[str, str], most: int, insiders: Sequence[tuple[int, ...]]
) -> tuple[list[Certain], int]:
    """What each insider is certain of beside the totals that are told; and how many data sets have both told and hidden.

    Where no total is told, that says of itself that some sum of hidden numbers is small; this is not counted.
    """
    found: list[Certain] = []
    outputs = {data: emitted(data, family, rule, coaches) for data in every(len(coaches), most)}
    mixed = sum(total is not None and None in rows for rows, total in outputs.values())
    for knows in insiders:
        alike: dict[tuple[Output, Data], list[Data]] = {}
        for data, output in outputs.items():
            alike.setdefault((output, tuple(data[team] for team in knows)), []).append(data)
        for (output, _), ones in alike.items():
            for team in range(len(coaches)):
                if output[1] is None or output[0][team] is not None or team in knows:
                    continue
                for weights in ((1, 0), (0, 1), (-1, 1)):  # numerator, denominator, what is left
                    numbers = {sum(w * p for w, p in zip(weights, data[team], strict=True)) for data in ones}
                    values = tuple(sorted(numbers))
                    if 0 < values[-1] < rule.min_count:
                        found.append(Certain(output, knows, team, values))
    return found, mixed
