"""The results frame: for each team, measure and month what state it is in and, where there is one, its value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Condition, Counted, Measure
from breakthrough.entry import Entry
from breakthrough.measures import counts
from breakthrough.measures.cases import Cases, counted
from breakthrough.measures.counts import Sheet, sheet
from breakthrough.measures.values import COLUMNS, State
from breakthrough.month import Month

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STATES: tuple[str, ...] = get_args(State)
# Which states oblige a team to nothing: it owes data in all others.
NOT_OWED = frozenset({"not_expected", "not_in_session", "not_collected"})

CLASH = "the month has two complete forms with different counts"  # the reason of a month entered twice, differently


def results(
    collaborative: Collaborative,
    entries: Iterable[Entry],
    *,
    teams: Sequence[str],
    expected: Callable[[str, Month], bool],
    today: dt.date,
    until: Month,
    joined: Mapping[str, Month] | None = None,
    cases: Cases | None = None,
) -> pd.DataFrame:
    """The results frame (`values.COLUMNS`): one row for each team, measure and month from calendar.first to `until`.

    `entries` are those of the monthly form, in any order; others are passed over. Sorted by team (in the order given),
    measure (in the collaborative's order) and month. Which state a month is in is told at `_states`. `joined` names the
    month in which a team joined: it is not asked for live months before that, but what it enters for them is taken.
    `cases` are the case rows (`cases.read`), needed where measures are counted from such; one that is blocked there has
    no rows in the frame. Raises ValueError where a measure's case rows are neither there nor blocked.
    """
    months = tuple(collaborative.calendar.first.to(until))
    measures = _countable(collaborative, cases or Cases())
    laid = sheet(collaborative, entries, teams, months)
    owed = np.array([[expected(team, month) for month in months] for team in teams], dtype=np.bool_)
    owed = owed.reshape(len(teams), len(months))
    asked = _asked(collaborative, teams, months, joined or {})
    found = []
    for code, measure in measures.items():
        rows = counted(cases, collaborative, code, teams, months, today) if cases and measure.source else None
        own = _Rate(rows.numerator, rows.denominator) if rows else _rate(measure, laid)
        result = _result(collaborative, code, measure, own, laid, owed, asked, today)
        found.append(replace(result, rows=rows.rows) if rows else result)
    return _frame(laid, measures, found)


def _countable(collaborative: Collaborative, cases: Cases) -> dict[str, Measure]:
    """The measures but for those that are blocked."""
    blocked = {one.measure for one in cases.blocked}
    unread = [
        code
        for code, measure in collaborative.measures.items()
        if measure.source and code not in cases.judged and code not in blocked
    ]
    if unread:
        raise ValueError(f"the case rows of {', '.join(unread)} were not read before results were asked for")
    return {code: measure for code, measure in collaborative.measures.items() if code not in blocked}


@dataclass(frozen=True, eq=False)
class _Rate:
    """A numerator over a denominator for every team and month."""

    n: Floats
    d: Floats

    def times(self, multiply: float) -> Floats:
        """The rate. Multiplied first, so that 700 of 10,000 is 7 and not 7.000000000000001."""
        out = np.full(self.n.shape, np.nan)
        np.divide(self.n * multiply, self.d, out=out, where=self.d > 0)
        return out

    @property
    def blank(self) -> Flags:
        return np.isnan(self.n) | np.isnan(self.d)

    @property
    def empty(self) -> Flags:
        """Nobody to count: a denominator of 0. Where the numerator contradicts it, that is asked about first."""
        return np.asarray(self.d == 0)

    @property
    def contradicts(self) -> Flags:
        """Fewer than none, or some out of none."""
        return np.asarray((self.n < 0) | (self.d < 0) | ((self.d == 0) & (self.n > 0)))


@dataclass(frozen=True, eq=False)
class _Result:
    """One measure for every team and month."""

    state: NDArray[np.object_]
    own: _Rate
    other: _Rate
    value: Floats
    reason: NDArray[np.object_]
    rows: NDArray[np.int64] | None = None  # case rows of the month, where such are counted


def _asked(
    collaborative: Collaborative, teams: Sequence[str], months: Sequence[Month], joined: Mapping[str, Month]
) -> Flags:
    """Where a team is asked for counts: in all months but live ones before it joined. A baseline it owes anyway."""
    start = collaborative.calendar.start
    asked = [[month < start or month >= joined.get(team, month) for month in months] for team in teams]
    return np.array(asked, dtype=np.bool_).reshape(len(teams), len(months))


def _result(
    collaborative: Collaborative,
    code: str,
    measure: Measure,
    own: _Rate,
    laid: Sheet,
    owed: Flags,
    asked: Flags,
    today: dt.date,
) -> _Result:
    versus = measure.versus
    other = _Rate(_summed(versus.numerator, laid), _summed(versus.denominator, laid)) if versus else None
    rates = (own, other) if other else (own,)
    state = _states(collaborative, code, measure, laid, rates, owed, asked, today)
    reason = _reasons(collaborative, code, measure, laid, rates, state)
    _exclude(collaborative, code, laid, state)
    value = own.times(measure.multiply) - (other.times(measure.multiply) if other else 0.0)
    plotted = (state == "reported") | ((state == "excluded") & (reason == ""))
    return _Result(
        state=state,
        own=_shown(own, state, laid.status[code]),
        other=_shown(other or _Rate(np.full(owed.shape, np.nan), np.full(owed.shape, np.nan)), state, None),
        value=np.where(plotted, value, np.nan),
        reason=reason,
    )


def _exclude(collaborative: Collaborative, code: str, laid: Sheet, state: NDArray[np.object_]) -> None:
    """Mark the months that a named person took out. There is nothing to take out where nothing was reported."""
    for one in collaborative.exclusions:
        if one.measure == code and one.team in laid.teams and one.month in laid.months:
            place = laid.teams.index(one.team), laid.months.index(one.month)
            if state[place] in {"reported", "invalid"}:
                state[place] = "excluded"


def _rate(measure: Measure, laid: Sheet) -> _Rate:
    return _Rate(_summed(measure.numerator, laid), _summed(measure.denominator, laid))


def _summed(part: Counted | Condition, laid: Sheet) -> Floats:
    """The counts added and subtracted; NaN where any of them is blank or unusable."""
    if isinstance(part, Condition):
        raise TypeError("case rows are not summed up from the monthly form")
    total = np.zeros((len(laid.teams), len(laid.months)))
    for sign, code in part.terms:
        total = total + sign * laid.counts[code]
    return total


def _states(
    collaborative: Collaborative,
    code: str,
    measure: Measure,
    laid: Sheet,
    rates: Sequence[_Rate],
    owed: Flags,
    asked: Flags,
    today: dt.date,
) -> NDArray[np.object_]:
    """One state for every team and month: the first in this list that applies.

    Not expected; not in session (the month, or the team said so); complete forms that differ; not collected; no cases
    (the team said so); counts that are no numbers or contradict one another; no cases (a denominator of 0); counts
    blank: late, not expected (not asked for), missing or not due; more counted than there are; reported. Where case
    rows are counted, counts are blank as `cases.counted` says.
    """
    calendar, status = collaborative.calendar, laid.status[code]
    closed = np.array([not calendar.in_session(month) for month in laid.months], dtype=np.bool_)
    past_due = np.array([today > calendar.due(month, measure.lag) for month in laid.months], dtype=np.bool_)
    blank = _any(rate.blank for rate in rates)
    rules: list[tuple[State, Flags]] = [
        ("not_expected", ~owed),
        ("not_in_session", closed | (status == counts.NOT_IN_SESSION)),
        ("invalid", laid.clash[code]),
        ("not_collected", status == counts.NOT_COLLECTED),
        ("no_cases", status == counts.NO_CASES),
        ("invalid", _any(laid.faults[count] > 0 for count in measure.counts)),
        ("invalid", _any(rate.contradicts for rate in rates)),
        ("no_cases", _any(rate.empty for rate in rates)),
        ("late", blank & (status == counts.WILL_FOLLOW)),
        ("not_expected", blank & ~asked),
        ("missing", blank & past_due),
        ("not_due", blank),
        ("invalid", _any(_beyond_all(measure, rate) for rate in rates)),
    ]
    shape = owed.shape
    places = [STATES.index(state) for state, _ in rules]
    chosen = np.select([np.broadcast_to(where, shape) for _, where in rules], places, STATES.index("reported"))
    return np.asarray(np.array(STATES, dtype=object)[chosen])


def _any(where: Iterable[Flags]) -> Flags:
    return np.asarray(np.logical_or.reduce(list(where)))


def _beyond_all(measure: Measure, rate: _Rate) -> Flags:
    """More counted than there are, where the numerator is a part of the denominator."""
    part = measure.is_proportion or measure.chart == "p_prime" or measure.unit.strip() in {"%", "points", "point"}
    return (rate.n > rate.d) & part


def _shown(rate: _Rate, state: NDArray[np.object_], status: NDArray[np.int8] | None) -> _Rate:
    """The counts as the frame holds them: as entered where they made the state, 0 of 0 where nobody was there."""
    visible = np.isin(state, ["reported", "no_cases", "excluded", "invalid"])
    n, d = np.where(visible, rate.n, np.nan), np.where(visible, rate.d, np.nan)
    nobody = (state == "no_cases") & rate.empty
    if status is not None:
        nobody |= (state == "no_cases") & (status == counts.NO_CASES)
    return _Rate(np.where(nobody, 0.0, n), np.where(nobody, 0.0, d))


def _reasons(
    collaborative: Collaborative,
    code: str,
    measure: Measure,
    laid: Sheet,
    rates: Sequence[_Rate],
    state: NDArray[np.object_],
) -> NDArray[np.object_]:
    """Why invalid, and what contradicts "no cases": a clause that can end a sentence; '' everywhere else."""
    reason = np.full(state.shape, "", dtype=object)
    marked = (state == "no_cases") & (laid.status[code] == counts.NO_CASES) & (rates[0].d > 0)
    for place in zip(*np.nonzero((state == "invalid") | marked), strict=True):
        entered = [f"{_number(rate.n[place])} of {_number(rate.d[place])}" for rate in rates]
        if marked[place]:
            reason[place] = f"marked as no eligible cases, but {entered[0]} was entered"
        elif laid.clash[code][place]:
            reason[place] = CLASH
        else:
            reason[place] = _fault(collaborative, measure, laid, place) or _impossible(measure, rates, entered, place)
    return reason


def _fault(collaborative: Collaborative, measure: Measure, laid: Sheet, place: tuple[int, ...]) -> str:
    for code in measure.counts:
        fault = laid.faults[code][place]
        if fault:
            label = collaborative.counts[code].label.removeprefix("… of these: ")
            return f"“{label}” is {'below zero' if fault == counts.NEGATIVE else 'not a whole number'}"
    return ""


def _impossible(measure: Measure, rates: Sequence[_Rate], entered: Sequence[str], place: tuple[int, ...]) -> str:
    for rate, figures in zip(rates, entered, strict=True):
        if rate.n[place] < 0 or rate.d[place] < 0:
            return f"its counts contradict one another: they make {figures}"
        if rate.contradicts[place] or _beyond_all(measure, rate)[place]:
            return f"{figures} is more than all of them"
    return "its counts contradict one another"


def _number(figure: float) -> str:
    return "none" if np.isnan(figure) else f"{figure:,.0f}".replace("-", "−")


def _stands_on(measure: Measure, result: _Result, laid: Sheet) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """What each figure stands on, as `entry_key` and `copies` tell it."""
    if measure.source is None or result.rows is None:
        return laid.entry, laid.copies
    there = result.rows > 0
    form = f"{measure.source.project}/{measure.source.form}"
    return np.where(there, form, "").astype(object), there.astype(np.int64)


def _frame(laid: Sheet, of: Mapping[str, Measure], found: Sequence[_Result]) -> pd.DataFrame:
    """Teams × measures × months as rows."""
    months = [month.name for month in laid.months]
    teams, measures = len(laid.teams), len(of)
    stands_on = [_stands_on(measure, one, laid) for measure, one in zip(of.values(), found, strict=True)]

    def rows(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
        return np.stack(parts, axis=1).reshape(-1) if parts else np.array([])

    columns = {
        "team": np.repeat(np.array(laid.teams, dtype=object), measures * len(months)),
        "month": np.tile(np.array(months, dtype=object), teams * measures),
        "measure": np.tile(np.repeat(np.array(list(of), dtype=object), len(months)), teams),
        "state": rows([one.state for one in found]),
        "numerator": rows([one.own.n for one in found]),
        "denominator": rows([one.own.d for one in found]),
        "value": rows([one.value for one in found]),
        "entry_key": rows([entry for entry, _ in stands_on]),
        "reason": rows([one.reason for one in found]),
        "versus_numerator": rows([one.other.n for one in found]),
        "versus_denominator": rows([one.other.d for one in found]),
        "copies": rows([copies for _, copies in stands_on]),
    }
    return pd.DataFrame(columns, columns=list(COLUMNS))
