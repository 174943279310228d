"""The records that a report was made of, as (project, record): where one of them is erased, it cannot be made again."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pandas as pd

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.measures.amounts import seats
from breakthrough.settings import MAIN
from breakthrough.worker.figures import Figures

Sources = frozenset[tuple[str, str]]

EVERYTHING: Sources = frozenset()  # none named: all that the snapshot holds
_NAMED_MOST = 2_000  # of a report made of more, all that its snapshot holds may as well be named
_SHARED_MOST = (
    200  # the same of records that every team's report names: of a thousand teams it would be a million lines
)


def of_team(figures: Figures, collaborative: Collaborative, team: str, rows: pd.DataFrame) -> Sources:
    """The team's own record, and those of its case rows; `rows` are its own of the results frame.

    A month whose denominator jumps is doubted or not by what other teams' did: then it was made of everything.
    """
    if measures.jumps(rows, collaborative):
        return EVERYTHING
    found = frozenset({(MAIN, team), *_cases(figures, team)})
    return found if len(found) <= _NAMED_MOST else EVERYTHING


def of_all(figures: Figures, collaborative: Collaborative, codes: Collection[str]) -> Sources:
    """The records of all teams, of which those measures were made.

    Everything where one is counted from case rows, or where teams are very many.
    """
    if any(collaborative.measures[code].source for code in codes) or len(figures.teams) > _SHARED_MOST:
        return EVERYTHING
    return frozenset((MAIN, team) for team in figures.teams)


def _cases(figures: Figures, team: str) -> Iterator[tuple[str, str]]:
    for judged in figures.cases.judged.values():
        mine = seats(judged.sited, [team], figures.cases.groups) == 0
        for place in judged.sited.places[mine].tolist():
            key = judged.sited.rows.keys[place]
            yield key.project, key.record
