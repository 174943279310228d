"""What teams entered, laid out as teams × months: one form a month, numbers read strictly, contradictions kept."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import Entry
from breakthrough.month import Month

log = logging.getLogger(__name__)

INSTRUMENT = "monthly_measures"
PERIOD, SUBMITTED = "mm_period", "mm_submitted"
FINE, NOT_WHOLE, NEGATIVE, NO_NUMBER = 0, 1, 2, 3
REPORTED, NO_CASES, NOT_IN_SESSION, NOT_COLLECTED, WILL_FOLLOW = 1, 2, 3, 4, 5

# Whole numbers only, as the fields ask; 15 digits are the most that a float holds exactly.
_WHOLE = re.compile(r"([+-]?)0*(\d{1,15})(?:\.0*)?", re.ASCII)
# A comma may part thousands or decimals, so a decimal count has a point, as REDCap's own number fields have.
_DECIMAL = re.compile(r"([+-]?)0*(\d{0,15}(?:\.\d{0,12})?)", re.ASCII)
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?", re.ASCII)
_COMPLETE = "2"


@dataclass(frozen=True, eq=False)
class Sheet:
    """Teams × months. Months nobody entered have entry '' and copies 0; `clash` marks complete forms that differ."""

    teams: tuple[str, ...]
    months: tuple[Month, ...]
    counts: Mapping[str, NDArray[np.float64]]  # by count; NaN where blank or unusable
    faults: Mapping[str, NDArray[np.int8]]  # by count: FINE, NOT_WHOLE, NEGATIVE or NO_NUMBER
    status: Mapping[str, NDArray[np.int8]]  # by measure: 0 blank, else the code entered
    clash: Mapping[str, NDArray[np.bool_]]  # by measure
    entry: NDArray[np.object_]
    copies: NDArray[np.int32]


def sheet(
    collaborative: Collaborative, entries: Iterable[Entry], teams: Sequence[str], months: Sequence[Month]
) -> Sheet:
    """The entries laid out. Entries of other teams, other months or with an unreadable period are left out (logged).

    Those of a team stand together, as the store gives them. Raises ValueError where they do not.
    """
    shape = len(teams), len(months)
    laid = Sheet(
        teams=tuple(teams),
        months=tuple(months),
        counts={code: np.full(shape, np.nan) for code in collaborative.counts},
        faults={code: np.zeros(shape, np.int8) for code in collaborative.counts},
        status={code: np.zeros(shape, np.int8) for code in collaborative.measures},
        clash={code: np.zeros(shape, np.bool_) for code in collaborative.measures},
        entry=np.full(shape, "", dtype=object),
        copies=np.zeros(shape, np.int32),
    )
    decimal = frozenset(code for code, one in collaborative.counts.items() if one.decimal)
    for place, copies in _by_place(entries, laid):
        chosen = max(copies, key=preference)
        laid.entry[place] = str(chosen.key)
        laid.copies[place] = len(copies)
        _enter(laid, place, chosen, decimal)
        whole = [entry for entry in copies if complete(entry)]
        for code, measure in collaborative.measures.items() if len(whole) > 1 else ():
            laid.clash[code][place] = _differ(code, measure.at(months[place[1]]), whole, decimal)
    return laid


def number(text: str, *, decimal: bool = False) -> tuple[float, int]:
    """The number written there and FINE; NaN with the fault for anything else: whole ones only, unless `decimal`."""
    if len(text) <= 15 and text.isascii() and text.isdigit():  # as nearly all are: no need of the pattern
        return float(text), FINE
    found = (_DECIMAL if decimal else _WHOLE).fullmatch(text.strip())
    if not found or not any(sign.isdigit() for sign in text):
        return np.nan, NO_NUMBER if decimal else NOT_WHOLE
    value = float(found[2] or 0)
    if found[1] == "-" and value:
        return np.nan, NEGATIVE
    return value, FINE


def period(text: str) -> Month | None:
    """The month of a period, also where another day than the first was picked; None where it is no date."""
    # "2026-03-17" and "2026-03" alike; date.fromisoformat alone would also take weeks and dates without dashes.
    found = _DATE.fullmatch(text.strip())
    try:
        return Month.of(dt.date(int(found[1]), int(found[2]), int(found[3] or 1))) if found else None
    except ValueError:
        return None


def _by_place(entries: Iterable[Entry], laid: Sheet) -> Iterator[tuple[tuple[int, int], list[Entry]]]:
    """The forms of each team and month. One team's are in memory at once: those of a thousand take 70 MB."""
    month_at = {month: index for index, month in enumerate(laid.months)}
    team_at = {team: index for index, team in enumerate(laid.teams)}
    read: dict[str, Month | None] = {}
    over: set[str] = set()
    for record, forms in groupby(entries, lambda entry: entry.key.record):
        if record in over:
            raise ValueError(f"the entries of {record} do not stand together")
        over.add(record)
        if record not in team_at:
            continue
        places: dict[int, list[Entry]] = {}
        for entry in forms:
            if entry.key.instrument != INSTRUMENT:
                continue
            text = entry.values.get(PERIOD, "")
            if text not in read:
                read[text] = period(text)
            month = read[text]
            if month is None:
                log.warning("monthly form left out, its period is not a date: entry=%s", entry.key)
            elif month in month_at:
                places.setdefault(month_at[month], []).append(entry)
        yield from (((team_at[record], month), copies) for month, copies in places.items())


def _enter(laid: Sheet, place: tuple[int, int], entry: Entry, decimal: frozenset[str]) -> None:
    for field, text in entry.values.items():
        if field in laid.counts:
            laid.counts[field][place], laid.faults[field][place] = number(text, decimal=field in decimal)
        elif field.endswith("_st") and field[:-3] in laid.status:
            laid.status[field[:-3]][place] = _status(text)


def _status(text: str) -> int:
    return int(text) if text in {"1", "2", "3", "4", "5"} else 0


def complete(entry: Entry) -> bool:
    """Whether the form is marked Complete."""
    return entry.values.get(f"{INSTRUMENT}_complete") == _COMPLETE


def preference(entry: Entry) -> tuple[bool, str, int]:
    """Of several forms of one month the highest is taken: complete, then the latest submitted, then by instance."""
    submitted = entry.values.get(SUBMITTED, "").strip()
    return complete(entry), submitted if _DATE.fullmatch(submitted) else "", entry.key.instance


def _differ(code: str, measure: Measure, copies: Sequence[Entry], decimal: frozenset[str]) -> bool:
    """Whether complete forms of one month give different counts, and do not all say that there is nothing to count."""
    counts = {
        tuple(_as_entered(entry.values.get(c, ""), decimal=c in decimal) for c in measure.counts) for entry in copies
    }
    statuses = {_status(entry.values.get(f"{code}_st", "")) for entry in copies}
    silent = len(statuses) == 1 and statuses <= {NO_CASES, NOT_IN_SESSION, NOT_COLLECTED}
    return len(counts) > 1 and not silent


def _as_entered(text: str, *, decimal: bool) -> float | str:
    value, fault = number(text, decimal=decimal)
    return text.strip() if fault else value
