"""Filters with one flaw each, for the attack to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from tests.measures.attack.emitted import Filter, Ours, wanted
from tests.measures.attack.world import World

from breakthrough import measures
from breakthrough.measures.suppression import Audience, Release, release
from breakthrough.measures.suppression.families import Family, families
from breakthrough.measures.suppression.rule import Hidden, safe
from breakthrough.measures.values import Chart

_ROOM = "breakthrough.measures.suppression"


def _released(world: World, **less: Any) -> list[Filter]:
    found: list[Filter] = []
    last: Release | None = None
    for at in range(len(world.reports)):
        told = {"coaches": world.coaches, "groups": wanted(world), "earlier": last} | less
        last = release(world.frame(at), world.collaborative, **told)
        found.append(Ours(replace(last, coaches=world.coaches), world.groups))
    return found


def small_rows_alone(world: World) -> list[Filter]:
    """Hides rows that are small, and shows every total."""
    with patch(f"{_ROOM}.totals.safe", lambda items, rule, begin: [True]):
        return _released(world)


def without_shared_counts(world: World) -> list[Filter]:
    """Judges each measure by itself."""

    def alone(collaborative: Any, codes: list[str], month: Any) -> tuple[Family, ...]:
        return tuple(one for code in codes for one in families(collaborative, [code], month))

    with patch(f"{_ROOM}.release.families", alone):
        return _released(world)


def without_the_months_before(world: World) -> list[Filter]:
    """Takes a total that adds up over the year for one that does not."""

    def still(collaborative: Any, codes: list[str], month: Any) -> tuple[Family, ...]:
        return tuple(replace(one, cumulative=False) for one in families(collaborative, codes, month))

    with patch(f"{_ROOM}.release.families", still):
        return _released(world)


def without_earlier_reports(world: World) -> list[Filter]:
    """Judges every report as if it were the first."""
    return _released(world, earlier=None)


def without_insiders(world: World) -> list[Filter]:
    """Thinks of readers who have no figures of their own."""

    def blind(items: Hidden, rule: Any, begin: int) -> Any:
        return safe(replace(items, insiders=items.insiders[:1], times=np.ones(1)), rule, begin)

    with patch(f"{_ROOM}.totals.safe", blind), patch(f"{_ROOM}.running.safe", blind):
        return _released(world)


def without_coaches(world: World) -> list[Filter]:
    """Thinks of teams that are curious, and not of coaches."""
    return _released(world, coaches=dict.fromkeys(world.coaches, ""))


@dataclass(frozen=True)
class _WithLimits(Ours):
    """Takes the values of hidden months off the charts, and leaves the limits."""

    def charts(self, frame: pd.DataFrame, who: Audience) -> dict[tuple[str, str], Chart]:
        whole = measures.charts(frame, self.collaborative)
        found = {}
        for key, chart in super().charts(frame, who).items():
            source = whole[key]
            found[key] = replace(source, points=chart.points)
        return found


def values_without_limits(world: World) -> list[Filter]:
    """Hides values alone."""
    return [_WithLimits(one.released, one.groups) for one in _released(world) if isinstance(one, Ours)]


@dataclass(frozen=True)
class _WithPictures(Ours):
    """Draws the collaborative's chart of all there is."""

    def pooled(self, frame: pd.DataFrame, measure: str, who: Audience) -> Chart:
        return measures.pooled_chart(frame, self.collaborative, measure)


def tables_without_pictures(world: World) -> list[Filter]:
    """Withholds a total from tables and sentences, and leaves it in the picture and its alt text."""
    return [_WithPictures(one.released, one.groups) for one in _released(world) if isinstance(one, Ours)]


NAIVE: dict[str, Callable[[World], list[Filter]]] = {
    one.__name__: one
    for one in (
        small_rows_alone,
        without_shared_counts,
        without_the_months_before,
        without_earlier_reports,
        without_insiders,
        without_coaches,
        values_without_limits,
        tables_without_pictures,
    )
}
