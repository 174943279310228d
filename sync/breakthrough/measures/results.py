"""The results frame: for each team, measure and month what state it is in and, where there is one, its value."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry
from breakthrough.measures import counts
from breakthrough.measures.amounts import Counts, counted
from breakthrough.measures.cases import Cases
from breakthrough.measures.counts import Sheet, sheet
from breakthrough.measures.rates import Made, Rate, of_counts, of_rows
from breakthrough.measures.reasons import reasons
from breakthrough.measures.values import COLUMNS, State
from breakthrough.month import Month

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

STATES: tuple[str, ...] = get_args(State)
_KEY = ("team", "month", "measure")
_WORDS = ("state", "entry_key", "reason", "gaps")
# Which states oblige a team to nothing: it owes data in all others.
NOT_OWED = frozenset({"not_expected", "not_in_session", "not_collected"})


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

    `entries` are those of the monthly form, one team's after another's; others are passed over. Sorted by team (in the
    order given), measure (in the collaborative's order) and month. Which state a month is in is told at `_states`.
    `joined` names the month in which a team joined: it is not asked for live months before that, but what it enters for
    them is taken. `cases` are the case rows (`cases.read`), needed where measures are counted from such; one that is
    blocked there has no rows in the frame. Raises ValueError where a measure's case rows are neither there nor blocked,
    or a team's entries do not stand together.
    """
    months = tuple(collaborative.calendar.first.to(until))
    measures = _countable(collaborative, cases or Cases())
    laid = sheet(collaborative, entries, teams, months)
    owed = np.array([[expected(team, month) for month in months] for team in teams], dtype=np.bool_)
    owed = owed.reshape(len(teams), len(months))
    asked = _asked(collaborative, teams, months, joined or {})
    given = _Given(collaborative, laid, owed, asked, today)
    found = _Columns(laid, measures)
    for at, (code, measure) in enumerate(measures.items()):
        rows = None
        if cases and measure.source:
            rows = counted(cases.judged[code], cases.groups, measure, collaborative.calendar, teams, months, today)
        found.take(at, measure, _defined(given, code, measure, rows))
    return found.frame()


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
class _Result:
    """One measure for every team and month."""

    state: NDArray[np.object_]
    own: Rate
    other: Rate
    value: Floats
    reason: NDArray[np.object_]
    deviation: Floats
    met: Floats
    opportunities: Floats
    gaps: NDArray[np.object_]
    rows: NDArray[np.int64] | None = None  # case rows of the month, where such are counted

    def until(self, months: Flags, later: _Result) -> _Result:
        """The same, with `later` in its place in those months."""

        def of(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
            return np.where(months, after, before)

        names = ("state", "value", "reason", "deviation", "met", "opportunities", "gaps")
        changed: dict[str, Any] = {name: of(getattr(self, name), getattr(later, name)) for name in names}
        own, other = (
            Rate(of(one.n, after.n), of(one.d, after.d))
            for one, after in ((self.own, later.own), (self.other, later.other))
        )
        return replace(self, own=own, other=other, **changed)


@dataclass(frozen=True, eq=False)
class _Given:
    """What the states of every measure hang on: what was entered, who owed what, and the day."""

    collaborative: Collaborative
    laid: Sheet
    owed: Flags
    asked: Flags
    today: dt.date


def _asked(
    collaborative: Collaborative, teams: Sequence[str], months: Sequence[Month], joined: Mapping[str, Month]
) -> Flags:
    """Where a team is asked for counts: in all months but live ones before it joined. A baseline it owes anyway."""
    start = collaborative.calendar.start
    asked = [[month < start or month >= joined.get(team, month) for month in months] for team in teams]
    return np.array(asked, dtype=np.bool_).reshape(len(teams), len(months))


def _defined(given: _Given, code: str, measure: Measure, rows: Counts | None) -> _Result:
    """The measure, each month by the definition that was in force; of case rows, `amounts` has seen to that."""
    (_, first), *later = measure.definitions
    found = _result(given, code, first, rows)
    for since, definition in later:
        from_then = np.array([since is not None and month >= since for month in given.laid.months], dtype=np.bool_)
        found = found.until(from_then, _result(given, code, definition, rows))
    return found


def _result(given: _Given, code: str, measure: Measure, rows: Counts | None) -> _Result:
    laid = given.laid
    made = of_rows(measure, rows) if rows else of_counts(measure, laid)
    state = _states(given, code, measure, made)
    why = reasons(given.collaborative, code, measure, laid, made, state)
    _exclude(given.collaborative, code, laid, state)
    plotted = (state == "reported") | ((state == "excluded") & (why == ""))
    nowhere = np.full(state.shape, np.nan)
    return _Result(
        state=state,
        own=_shown(made.own, state, laid.status[code]),
        other=_shown(made.other or Rate(nowhere, nowhere), state, None),
        value=np.where(plotted, made.value, np.nan),
        reason=why,
        deviation=np.where(plotted, rows.deviation if rows else nowhere, np.nan),
        met=np.where(plotted, rows.met if rows else nowhere, np.nan),
        opportunities=np.where(plotted, rows.opportunities if rows else nowhere, np.nan),
        gaps=np.where(plotted, rows.gaps if rows else "", ""),
        rows=rows.rows if rows else None,
    )


def _exclude(collaborative: Collaborative, code: str, laid: Sheet, state: NDArray[np.object_]) -> None:
    """Mark the months that a named person took out. There is nothing to take out where nothing was reported."""
    for one in collaborative.exclusions:
        if one.measure == code and one.team in laid.teams and one.month in laid.months:
            place = laid.teams.index(one.team), laid.months.index(one.month)
            if state[place] in {"reported", "invalid"}:
                state[place] = "excluded"


def _states(given: _Given, code: str, measure: Measure, made: Made) -> NDArray[np.object_]:
    """One state for every team and month: the first in this list that applies.

    Not expected (nor in a month in which the measure is not reported); not in session (the month, or the team said so);
    complete forms that differ; not collected; no cases (the team said so); counts that are no numbers or contradict one
    another; no cases (a denominator of 0); counts blank: late, not expected (not asked for), missing or not due; more
    counted than there are; reported. Where case rows are counted, counts are blank as `amounts.counted` says.
    """
    laid, calendar = given.laid, given.collaborative.calendar
    status = laid.status[code]
    off = np.array([not measure.reports(month) for month in laid.months], dtype=np.bool_)
    closed = np.array([not calendar.in_session(month) for month in laid.months], dtype=np.bool_)
    past_due = np.array([given.today > calendar.due(month, measure.lag) for month in laid.months], dtype=np.bool_)
    faulty = np.logical_or.reduce([np.zeros(status.shape, np.bool_), *(laid.faults[c] > 0 for c in measure.counts)])
    rules: list[tuple[State, Flags]] = [
        ("not_expected", ~given.owed | off),
        ("not_in_session", closed | (status == counts.NOT_IN_SESSION)),
        ("invalid", laid.clash[code]),
        ("not_collected", status == counts.NOT_COLLECTED),
        ("no_cases", status == counts.NO_CASES),
        ("invalid", faulty),
        ("invalid", made.contradicts),
        ("no_cases", made.empty),
        ("late", made.blank & (status == counts.WILL_FOLLOW)),
        ("not_expected", made.blank & ~given.asked),
        ("missing", made.blank & past_due),
        ("not_due", made.blank),
        ("invalid", made.beyond),
    ]
    places = [STATES.index(state) for state, _ in rules]
    chosen = np.select([np.broadcast_to(where, status.shape) for _, where in rules], places, STATES.index("reported"))
    return np.asarray(np.array(STATES, dtype=object)[chosen])


def _shown(rate: Rate, state: NDArray[np.object_], status: NDArray[np.int8] | None) -> Rate:
    """The counts as the frame holds them: as entered where they made the state, 0 of 0 where nobody was there."""
    visible = np.isin(state, ["reported", "no_cases", "excluded", "invalid"])
    n, d = np.where(visible, rate.n, np.nan), np.where(visible, rate.d, np.nan)
    nobody = (state == "no_cases") & rate.empty
    if status is not None:
        nobody |= (state == "no_cases") & (status == counts.NO_CASES)
    return Rate(np.where(nobody, 0.0, n), np.where(nobody, 0.0, d))


def _stands_on(measure: Measure, result: _Result, laid: Sheet) -> tuple[NDArray[np.object_], NDArray[np.int32]]:
    """What each figure stands on, as `entry_key` and `copies` tell it."""
    if measure.source is None or result.rows is None:
        return laid.entry, laid.copies
    there = result.rows > 0
    form = f"{measure.source.project}/{measure.source.form}"
    return np.where(there, form, "").astype(object), there.astype(np.int32)


class _Columns:
    """The columns of the frame under way, teams × measures × months.

    Filled measure by measure: what one is worked out with is gone before the next. A column in which no measure has
    anything takes no room.
    """

    def __init__(self, laid: Sheet, of: Mapping[str, Measure]) -> None:
        self.laid, self.of = laid, of
        self.shape = len(laid.teams), len(of), len(laid.months)
        self.columns: dict[str, NDArray[Any]] = {}

    def take(self, at: int, measure: Measure, one: _Result) -> None:
        entry, copies = _stands_on(measure, one, self.laid)
        found = {
            "state": one.state,
            "numerator": one.own.n,
            "denominator": one.own.d,
            "value": one.value,
            "entry_key": entry,
            "reason": one.reason,
            "versus_numerator": one.other.n,
            "versus_denominator": one.other.d,
            "copies": copies,
            "deviation": one.deviation,
            "met": one.met,
            "opportunities": one.opportunities,
            "gaps": one.gaps,
        }
        for name, values in found.items():
            if name not in self.columns and not _blank(values):
                self.columns[name] = np.broadcast_to(self.nothing(name), self.shape).copy()
            if name in self.columns:
                self.columns[name][:, at] = values

    def frame(self) -> pd.DataFrame:
        """Teams × measures × months as rows."""
        months = [month.name for month in self.laid.months]
        teams, measures = len(self.laid.teams), len(self.of)
        keys = {
            "team": np.repeat(np.array(self.laid.teams, dtype=object), measures * len(months)),
            "month": np.tile(np.array(months, dtype=object), teams * measures),
            "measure": np.tile(np.repeat(np.array(list(self.of), dtype=object), len(months)), teams),
        }
        rows = teams * measures * len(months)
        nothing = {name: np.broadcast_to(self.nothing(name), rows) for name in COLUMNS}
        columns = nothing | keys | {name: column.reshape(-1) for name, column in self.columns.items()}
        return pd.DataFrame(columns, columns=list(COLUMNS), copy=False)

    def nothing(self, name: str) -> NDArray[Any]:
        """What stands in that column where there is nothing to tell."""
        if name == "copies":
            return np.array(0, np.int32)
        return np.array("", np.object_) if name in _WORDS else np.array(np.nan)


def _blank(values: NDArray[Any]) -> bool:
    """Whether there is nothing to tell in any of them."""
    return bool(np.isnan(values).all() if values.dtype.kind in "fi" else (values == "").all())
