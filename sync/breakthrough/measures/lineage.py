"""From a figure down to the forms or the case rows that it was made of, and the values that each was judged by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry
from breakthrough.logic.tree import Reference
from breakthrough.measures import counts
from breakthrough.measures.amounts import seats
from breakthrough.measures.caserows import GROUP, Rows, column_of
from breakthrough.measures.cases import Cases, references
from breakthrough.measures.values import CaseRow, CaseValue
from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class MonthForm:
    """A monthly form of a team's month: whether figures are taken from it, and why, as a clause."""

    entry: Entry
    taken: bool
    why: str


def forms(entries: Iterable[Entry], team: str, month: Month) -> tuple[MonthForm, ...]:
    """The team's monthly forms of that month, the one that figures are taken from first. `entries` are in any order."""
    mine = [entry for entry in entries if entry.key.record == team and entry.key.instrument == counts.INSTRUMENT]
    copies = [entry for entry in mine if counts.period(entry.values.get(counts.PERIOD, "")) == month]
    ordered = sorted(copies, key=counts.preference, reverse=True)
    if not ordered:
        return ()
    taken, *others = ordered
    first = MonthForm(taken, taken=True, why=_why(taken, others))
    return (first, *(MonthForm(entry, taken=False, why=_why_not(entry, taken)) for entry in others))


def undated(entries: Iterable[Entry], team: str) -> tuple[Entry, ...]:
    """The team's monthly forms whose month cannot be read, so that no figure is taken from them."""
    mine = (entry for entry in entries if entry.key.record == team and entry.key.instrument == counts.INSTRUMENT)
    return tuple(entry for entry in mine if counts.period(entry.values.get(counts.PERIOD, "")) is None)


def _why(taken: Entry, others: Sequence[Entry]) -> str:
    state = "" if counts.complete(taken) else ", which is not marked Complete"
    if not others:
        return f"the only form of the month{state}"
    (whole, sent, _), (next_whole, next_sent, _) = counts.preference(taken), counts.preference(others[0])
    if whole and not next_whole:
        return "the only one of the month that is marked Complete"
    if sent != next_sent:
        return f"the one filled in last{state}"
    return f"the highest instance of those filled in last{state}"


def _why_not(entry: Entry, taken: Entry) -> str:
    (whole, sent, _), (taken_whole, taken_sent, _) = counts.preference(entry), counts.preference(taken)
    if whole != taken_whole:
        return "not marked Complete"
    if sent != taken_sent:
        return "filled in earlier" if sent else "without a date on which it was filled in"
    return "a lower instance, filled in on the same day" if sent else "a lower instance"


def lineage(
    cases: Cases, collaborative: Collaborative, measure: str, team: str, month: Month, *, teams: Sequence[str]
) -> tuple[CaseRow, ...]:
    """The case rows of that team and month, counted or not, in the order of the store.

    Of a cumulative measure, those of the year so far; of one that is not reported every month, those since the last
    time. In the denominator and in the numerator are as many as the results frame says, of a difference those of both
    groups; of an index, whose figures are points, the rows that were looked at, and those with every point. `teams` are
    all of them, as for the frame. The same rows come out whenever `cases` was read from the same entries. Raises
    KeyError for a measure that is not counted from case rows, or is blocked.
    """
    judged, what = cases.judged[measure], collaborative.measures[measure]
    covered = what.covers(month) if what.reports(month) else (month,)
    first = collaborative.calendar.year_of(month) if what.cumulative else covered[0]
    days = judged.sited.days
    dated = (days >= np.datetime64(first.first)) & (days <= np.datetime64(month.last))
    mine = np.flatnonzero(dated & (seats(judged.sited, teams, cases.groups) == list(teams).index(team)))
    places = judged.sited.places[mine].tolist()
    values = _values(judged.sited.rows, places, what)
    below = judged.denominator | judged.versus_denominator
    above = judged.numerator | judged.versus_numerator
    return tuple(
        CaseRow(judged.sited.rows.keys[place], bool(below[at]), bool(above[at]), seen)
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
