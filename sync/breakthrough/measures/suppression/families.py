"""Measures that share counts: what one shows tells of the other, so a family is shown or withheld as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Counted, Measure
from breakthrough.month import Month

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Family:
    """Measures joined by counts they share, in the collaborative's order.

    Everything is a sum of its `counts`: `shown` holds for each measure one row a figure that it shows (numerator and
    denominator, for a difference also the other group's), `protected` one row a number that must not become known while
    it is small: each count, numerator and denominator, and what is left of a denominator that the numerator is part of.
    """

    measures: tuple[str, ...]
    counts: tuple[str, ...]
    shown: Mapping[str, Floats]  # figures × counts
    protected: Floats  # numbers × counts
    cumulative: bool
    denominators: int  # how many a team's month has, and so how many it has at least one case in
    _known: dict[tuple[str, ...], Floats] = field(default_factory=dict)

    def figures(self, some: Iterable[str]) -> tuple[tuple[str, int], ...]:
        """The figures of those measures in order: measure and place."""
        wanted = frozenset(some)
        return tuple((one, at) for one in self.measures if one in wanted for at in range(len(self.shown[one])))

    def known(self, some: Iterable[str]) -> Floats:
        """Numbers × `figures(some)`: each protected number that those measures tell, as a sum of their figures.

        Linear algebra over the counts: a number of another measure is among them where it follows from these.
        """
        wanted = frozenset(some)
        key = tuple(one for one in self.measures if one in wanted)
        if key not in self._known:
            self._known[key] = self._solved(key)
        return self._known[key]

    def _solved(self, key: tuple[str, ...]) -> Floats:
        if not key or not len(self.protected):
            return np.zeros((0, len(self.figures(key))))
        told = np.concatenate([self.shown[one] for one in key])
        answer, *_ = np.linalg.lstsq(told.T, self.protected.T, rcond=None)
        follows = np.abs(told.T @ answer - self.protected.T).max(axis=0) < 1e-9
        return np.asarray(np.round(answer.T[follows], 9))


def families(collaborative: Collaborative, measures: Iterable[str], month: Month | None = None) -> tuple[Family, ...]:
    """The families of those measures as they were defined for that month, each measure in exactly one.

    Measures counted from rows of the same form are one family, as their conditions may overlap. Measures under
    `privacy.exempt` protect nothing of their own.
    """
    groups: list[tuple[set[str], list[str]]] = []
    for code in measures:
        keys, members = set(_keys(collaborative.measures[code])), [code]
        for one in [group for group in groups if group[0] & keys]:
            groups.remove(one)
            keys |= one[0]
            members = one[1] + members
        groups.append((keys, members))
    order = list(collaborative.measures)
    found = [_family(tuple(sorted(members, key=order.index)), collaborative, month) for _, members in groups]
    return tuple(sorted(found, key=lambda one: order.index(one.measures[0])))


def family_of(collaborative: Collaborative, measure: str) -> tuple[str, ...]:
    """The measures of that measure's family, itself among them."""
    plain, _ = judged(collaborative, collaborative.measures)
    return next((one.measures for one in families(collaborative, plain) if measure in one.measures), (measure,))


def judged(collaborative: Collaborative, measures: Iterable[str]) -> tuple[list[str], list[str]]:
    """Those of the measures whose figures are sums of counts, which can be judged; and those that nobody else may see.

    A median, a count by itself, an index, a time between events and groups of case rows are no sums of numerators and
    denominators, so that it cannot be told what follows from them: only their owners get them. Where one is under
    `privacy.exempt` everybody does, if it shares no count with a measure that is not.
    """
    codes = list(measures)
    plain = [
        code for code in codes if all(_is_sum(definition) for _, definition in collaborative.measures[code].definitions)
    ]
    others = [code for code in codes if code not in plain]
    exempt = set(collaborative.privacy.exempt)
    guarded = {key for code in codes if code not in exempt for key in _keys(collaborative.measures[code])}
    withheld = [
        code for code in others if code not in exempt or not guarded.isdisjoint(_keys(collaborative.measures[code]))
    ]
    return plain, withheld


def _is_sum(measure: Measure) -> bool:
    pairs = [measure.numerator, measure.denominator]
    pairs += [measure.versus.numerator, measure.versus.denominator] if measure.versus else []
    of_rows = measure.source is not None
    if any(part is None for part in pairs) or (of_rows and measure.type == "time_between"):
        return of_rows and measure.type == "mean"
    return True


def _keys(measure: Measure) -> tuple[str, ...]:
    return (f"{measure.source.project}/{measure.source.form}",) if measure.source else measure.counts


def _family(codes: tuple[str, ...], collaborative: Collaborative, month: Month | None) -> Family:
    of = {code: collaborative.measures[code].at(month) for code in codes}
    terms = {code: _terms(code, one) for code, one in of.items()}
    counts = tuple(dict.fromkeys(count for parts in terms.values() for part in parts for _, count in part))
    shown = {code: np.array([_row(part, counts) for part in parts]) for code, parts in terms.items()}
    rows: list[Floats] = []
    for code, measure in of.items():
        if code in collaborative.privacy.exempt:
            continue
        rows += [_row([(1, count)], counts) for part in terms[code] for _, count in part]
        for n, d in shown[code].reshape(-1, 2, len(counts)):
            rows += [n, d, d - n] if measure.is_proportion or measure.in_points else [n, d]
    protected = np.unique(np.array(rows), axis=0) if rows else np.zeros((0, len(counts)))
    return Family(
        measures=codes,
        counts=counts,
        shown=shown,
        protected=protected[np.abs(protected).any(axis=1)],
        cumulative=any(one.cumulative for one in of.values()),
        denominators=sum(len(one) // 2 for one in shown.values()),
    )


def _terms(code: str, measure: Measure) -> list[list[tuple[int, str]]]:
    """Numerator and denominator as sums of counts, for a difference also the other group's.

    What is no sum of counts is a number by itself.
    """
    parts: list[Any] = [measure.numerator, measure.denominator]
    if measure.versus:
        parts += [measure.versus.numerator, measure.versus.denominator]
    return [list(one.terms) if isinstance(one, Counted) else [(1, f"{code}/{at}")] for at, one in enumerate(parts)]


def _row(terms: Iterable[tuple[int, str]], counts: tuple[str, ...]) -> Floats:
    row = np.zeros(len(counts))
    for sign, count in terms:
        row[counts.index(count)] += sign
    return row
