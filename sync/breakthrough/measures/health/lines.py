"""Health measures as a frame and as charts, so that they are drawn, judged and handed out as all others are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures.charts import charts as of_frames
from breakthrough.measures.health.definitions import Health, definitions
from breakthrough.measures.health.tally import Tally
from breakthrough.measures.values import COLUMNS, Chart

ALL = ""  # the team of a row that is about the whole collaborative


def frame(tallies: Iterable[Tally]) -> pd.DataFrame:
    """The tallies with the columns of the results frame, in the order given; `team` is '', as they are of all teams."""
    rows = [
        {
            "team": ALL,
            "month": one.month.name,
            "measure": one.code,
            "state": one.state,
            "numerator": _figure(one.numerator),
            "denominator": _figure(one.denominator),
            "value": _figure(one.value),
            "entry_key": "",
            "reason": "",
            "versus_numerator": np.nan,
            "versus_denominator": np.nan,
            "copies": 0,
        }
        for one in tallies
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def charts(tallies: Iterable[Tally], collaborative: Collaborative) -> dict[str, Chart]:
    """A chart for each health measure that has a tally, by code, with the collaborative's rule set.

    No rule is used on shares of teams that stay, and on newest ratings, as a month repeats most of the one before.
    """
    known = definitions(collaborative)
    as_measures = collaborative.model_copy(update={"measures": {code: _measure(one) for code, one in known.items()}})
    drawn = of_frames(frame(tallies), as_measures)
    return {code: replace(chart, team=None) for (_, code), chart in drawn.items()}


def _measure(of: Health) -> Measure:
    return Measure.model_validate(
        {
            "name": of.name,
            "plain": of.plain,
            "kind": "process",
            "numerator": f"{of.code}_n",
            "denominator": f"{of.code}_d",
            "definition": f"{of.numerator}, over {of.denominator}",
            "multiply": of.multiply,
            "unit": of.unit,
            "direction": of.direction,
            "goal": of.goal,
            "goal_by": of.goal_by,
            "chart": "run" if of.shape == "run" else "year_on_year",
            "cumulative": of.shape != "run",
        }
    )


def _figure(figure: float | None) -> float:
    return np.nan if figure is None else figure
