"""The figure itself: its state in a sentence, how reports print it, and what is missing where there is none."""

from __future__ import annotations

import datetime as dt
import math
from calendar import month_name
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.english import listed, long_day
from breakthrough.measures import CaseRow, State
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.teams.values import Team
from breakthrough.worker.explain.values import Figure, Part, Row
from breakthrough.worker.figures import Figures

_PARTS = ("numerator", "denominator", "versus_numerator", "versus_denominator")


def found(frame: pd.DataFrame, team: str, code: str, month: Month) -> dict[str, Any] | None:
    """The row of the results frame, with None for NaN; None where there is none, as for a measure that is blocked."""
    rows = frame[(frame["team"] == team) & (frame["measure"] == code) & (frame["month"] == str(month))]
    if rows.empty:
        return None
    row = dict(rows.iloc[0])
    return row | {name: _number(row[name]) for name in (*_PARTS, "value")}


def figure(
    of: Figures,
    collaborative: Collaborative,
    code: str,
    team: Team,
    month: Month,
    rows: Sequence[Row],
    cases: Sequence[CaseRow],
    today: dt.date,
) -> Figure:
    """The figure of that team's month, with what it lacks, told by the rows that are there."""
    measure, calendar = collaborative.measures[code], collaborative.calendar
    row, due = found(of.frame, team.code, code, month), calendar.due(month, measure.lag)
    since = measure.covers(month)[0] if measure.reports(month) else month
    covers = (calendar.year_of(month) if measure.cumulative else since, month)
    if row is None:
        reasons = tuple(reason for one in of.blocked if one.measure == code for reason in one.reasons)
        why = "It cannot be counted as things stand, so it has no figures, rather than false ones."
        return Figure("blocked", why, "", None, None, None, "–", "", (), covers, due, reasons)
    state: State = row["state"]
    lacking = tuple(_lacking(measure, month, covers, rows, cases)) if state in _WITHOUT else ()
    if measure.source and state == "not_due" and cases and today <= (month + measure.lag).last:
        lacking = (f"More rows may come until {long_day((month + measure.lag).last)}, so nothing is counted yet.",)
    return Figure(
        state=state,
        meaning=_meaning(state, collaborative, code, team, month, due, rows, str(row["reason"])),
        reason=str(row["reason"]),
        numerator=row["numerator"],
        denominator=row["denominator"],
        value=row["value"],
        printed=figures.value(measure, row["value"]),
        counted=counted(row["numerator"], row["denominator"]),
        parts=tuple(_rates(measure, row)),
        covers=covers,
        due=due,
        lacking=lacking,
    )


def counted(numerator: float | None, denominator: float | None) -> str:
    """`41 of 600`; '' where either is not there."""
    return "" if numerator is None or denominator is None else figures.of(numerator, denominator)


_WITHOUT = frozenset({"missing", "late", "not_due", "not_expected"})


def _number(value: Any) -> float | None:
    number = float(value)
    return None if math.isnan(number) else number


def _rates(measure: Measure, row: dict[str, Any]) -> Iterator[Part]:
    """Of a difference, the rate itself and the one it is compared with."""
    if measure.versus is None:
        return
    for name, n, d in (
        (measure.name, row["numerator"], row["denominator"]),
        (measure.versus.name or "compared with", row["versus_numerator"], row["versus_denominator"]),
    ):
        rate = n * measure.multiply / d if n is not None and d else None
        unit = "%" if measure.multiply == 100 and "point" in measure.unit else ""
        printed = "–" if rate is None else f"{rate:,.{measure.decimals}f}{unit}"
        yield Part(name, n, d, printed, counted(n, d))


def _lacking(
    measure: Measure, month: Month, covers: tuple[Month, Month], rows: Sequence[Row], cases: Sequence[CaseRow]
) -> Iterator[str]:
    if measure.source:
        if not cases:
            span = month.label if covers[0] == month else f"{covers[0].label} to {month.label}"
            yield f"No row of {measure.source.form} is this team's and dated in {span}."
        return
    taken = next((row for row in rows if row.role == "taken"), None)
    if taken is None:
        yield f"There is no monthly form of this team for {month.label}."
        return
    blank = [used for used in taken.used if used.column in measure.counts and not used.value]
    if blank:
        named = listed([used.column for used in blank])
        yield f"In its monthly form for {month.label}, {named} {'is' if len(blank) == 1 else 'are'} blank."


def _meaning(
    state: State,
    collaborative: Collaborative,
    code: str,
    team: Team,
    month: Month,
    due: dt.date,
    rows: Sequence[Row],
    reason: str,
) -> str:
    said = next((used.choice for row in rows if row.role == "taken" for used in row.used if used.part == "status"), "")
    form = f" Its monthly form says: {said}." if said else ""
    match state:
        case "reported":
            return "Reported: numerator and denominator are there, and fit together."
        case "no_cases":
            contradiction = f" But it is {reason}." if reason else ""
            return f"No cases: there was nobody to count, so there is nothing to draw.{form}{contradiction}"
        case "not_in_session" if not collaborative.calendar.in_session(month):
            return f"Not in session: the calendar leaves out every {month.word}."
        case "not_in_session":
            return f"Not in session: nobody was there in {month.label}.{form}"
        case "not_collected":
            return f"Not collected: the team does not collect this measure.{form}"
        case "not_due":
            return f"Not due yet: it is due on {long_day(due)}."
        case "late":
            return f"Late: the team says that it will follow. It was due on {long_day(due)}.{form}"
        case "missing":
            return f"Missing since {long_day(due + dt.timedelta(days=1))}: it was due on {long_day(due)}."
        case "invalid":
            return f"Invalid, so it counts nowhere: {reason}."
        case "excluded":
            one = collaborative.excluded(code, team.code, month)
            by = f" by {one.accepted_by} on {long_day(one.on)}" if one else ""
            return f"Excluded{by}: it stays visible, and counts towards no line and no signal."
        case "suppressed":
            return "Withheld, so that no small number can be told from it."
        case "not_expected" if not collaborative.measures[code].in_use(month):
            return f"Not expected: {_out_of_use(collaborative.measures[code], month)}"
        case "not_expected" if not collaborative.measures[code].reports(month):
            months = listed([month_name[one] for one in collaborative.measures[code].every])
            return f"Not expected: the measure is reported in {months}, each time for the months since the last."
        case "not_expected":
            return f"Not expected: {_outside(team, month, collaborative)}"


def _out_of_use(measure: Measure, month: Month) -> str:
    if measure.since and month < measure.since:
        return f"the measure came with {measure.since.label}, and nobody is asked for months before."
    return f"the measure was given up after {measure.until.label}." if measure.until else "the measure is not in use."


def _outside(team: Team, month: Month, collaborative: Collaborative) -> str:
    if team.status == "applied":
        return "the team has applied, and was not taken on yet."
    if not team.expected(month):
        left = f" on {long_day(team.left)}" if team.left else ""
        return f"the team {'paused' if team.status == 'paused' else 'left'}{left}."
    start = collaborative.calendar.start.label
    return f"the team joined on {long_day(team.joined)}, and is asked for no month from {start} until then."
