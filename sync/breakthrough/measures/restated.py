"""Figures that are others than an earlier frame had: counts that came late, were corrected, or were taken back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from breakthrough.measures.values import Restated, Result
from breakthrough.month import Month

Place = tuple[str, str, str]  # team, measure, month


def restated(before: pd.DataFrame, after: pd.DataFrame, until: Month) -> tuple[Restated, ...]:
    """Every figure of a month up to `until` that `after` gives otherwise than `before`, in the order of `after`.

    Both are results frames of one definition, so that what differs are the counts. What was not due then is no
    restatement, nor is a figure that is there in neither; a measure or team that only one of them has is passed over.
    """
    former = _results(before)
    found = []
    for place, figure in _results(after).items():
        was = former.get(place)
        team, measure, name = place
        if was is None or was == figure or name > until.name or not (was.there or figure.there):
            continue
        if was.state != "not_due":
            found.append(Restated(team, measure, Month(name), was, figure))
    return tuple(found)


def _results(frame: pd.DataFrame) -> Mapping[Place, Result]:
    names = ("state", "numerator", "denominator", "value", "versus_numerator", "versus_denominator")
    places = zip(frame["team"].tolist(), frame["measure"].tolist(), frame["month"].tolist(), strict=True)
    rows = zip(*(frame[name].tolist() for name in names), strict=True)
    return {place: Result(row[0], *map(_known, row[1:])) for place, row in zip(places, rows, strict=True)}


def _known(figure: Any) -> float | None:
    return None if math.isnan(figure) else float(figure)
