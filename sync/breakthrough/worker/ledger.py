"""The figures behind a report, as lines that can be kept, and compared when the report is made again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from math import isnan
from typing import Any

import pandas as pd
from numpy.typing import NDArray

_KEY = ("team", "measure", "month")
_FIGURES = ("numerator", "denominator", "value", "versus_numerator", "versus_denominator")
COLUMNS = (*_KEY, "state", *_FIGURES)

Lines = Mapping[str, str]  # by team
Key = tuple[str, str, str]  # team, measure, month
Line = tuple[str, ...]  # state and figures, as they are written


def lines(rows: pd.DataFrame | Mapping[str, NDArray[Any]]) -> Lines:
    """Rows of a results frame, as such or as its COLUMNS, written: each team's in the order of measure and month.

    A number has as many digits as tell it from any other; where there is none, its cell is empty.
    """
    words = [rows[name].tolist() for name in (*_KEY, "state")]
    figures = [["" if isnan(one) else repr(one) for one in rows[name].tolist()] for name in _FIGURES]
    found = sorted(zip(*words, *figures, strict=True))
    return {team: _csv(of) for team, of in groupby(found, lambda row: str(row[0]))}


def written(of: Lines) -> bytes:
    """The lines as CSV, in the order of their teams: the same bytes for equal figures."""
    return "".join([_csv([COLUMNS]), *(of[team] for team in sorted(of))]).encode()


def read(content: bytes) -> Mapping[Key, Line]:
    """The lines, by team, measure and month."""
    _, *found = csv.reader(io.StringIO(content.decode(), newline=""))
    return {(line[0], line[1], line[2]): tuple(line[3:]) for line in found}


def moved(before: bytes, now: bytes) -> tuple[Key, ...]:
    """Where the two have not the same figures: in order, also where one has none."""
    first, second = read(before), read(now)
    return tuple(sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key)))


def restated(before: bytes, now: bytes) -> tuple[Key, ...]:
    """Where a figure is another one. A row without any, then and now, is none that was put right: a team has joined."""
    first, second = read(before), read(now)
    return tuple(key for key in moved(before, now) if any(_figures(one.get(key, ())) for one in (first, second)))


def _csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def _figures(line: Line) -> bool:
    return any(line[1:])
