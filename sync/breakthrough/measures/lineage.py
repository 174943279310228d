"""From a figure down to the case rows that it was counted from, and the values that each of them was judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.logic.tree import Reference
from breakthrough.measures.caserows import GROUP, Rows, column_of
from breakthrough.measures.cases import Cases, references, seats
from breakthrough.measures.values import CaseRow, CaseValue
from breakthrough.month import Month


def lineage(
    cases: Cases, collaborative: Collaborative, measure: str, team: str, month: Month, *, teams: Sequence[str]
) -> tuple[CaseRow, ...]:
    """The case rows of that team and month, counted or not, in the order of the store.

    Of a cumulative measure, those of the year so far. In the denominator and in the numerator are as many as the
    results frame says. `teams` are all of them, as for the frame. The same rows come out whenever `cases` was read from
    the same entries. Raises KeyError for a measure that is not counted from case rows, or is blocked.
    """
    judged, what = cases.judged[measure], collaborative.measures[measure]
    first = collaborative.calendar.year_of(month) if what.cumulative else month
    days = judged.sited.days
    dated = (days >= np.datetime64(first.first)) & (days <= np.datetime64(month.last))
    mine = np.flatnonzero(dated & (seats(judged.sited, teams, cases.groups) == list(teams).index(team)))
    places = judged.sited.places[mine].tolist()
    values = _values(judged.sited.rows, places, what)
    return tuple(
        CaseRow(judged.sited.rows.keys[place], bool(judged.denominator[at]), bool(judged.numerator[at]), seen)
        for at, place, seen in zip(mine.tolist(), places, values, strict=True)
    )


def _values(rows: Rows, places: Sequence[int], measure: Measure) -> Iterator[tuple[CaseValue, ...]]:
    """What each of those rows was placed by (day, team) and judged by, in that order."""
    near = rows.of_records({rows.keys[place].record for place in places})
    around, here = rows.at(near), np.searchsorted(near, places)
    columns = [
        [_value(around, read, origin) for origin in around.origins(read)[here].tolist()] for read in references(measure)
    ]
    if measure.source and measure.source.by_group:
        groups = [CaseValue("[record-dag-name]", GROUP, rows.groups[place], rows.keys[place]) for place in places]
        columns.insert(1, groups)
    return zip(*columns, strict=True)


def _value(rows: Rows, read: Reference, origin: int) -> CaseValue:
    name, column = spelled(read), column_of(read)
    if origin < 0:
        return CaseValue(name, column, "", None)
    return CaseValue(name, column, rows.stored(column, origin), rows.keys[origin])


def spelled(read: Reference) -> str:
    """The reference as logic writes it, without what follows a colon."""
    event, code = (f"[{read.event}]" if read.event else ""), (f"({read.code})" if read.code is not None else "")
    return f"{event}[{read.field}{code}]{f'[{read.instance}]' if read.instance else ''}"
