"""The figures behind a report, as lines that can be kept, and compared when the report is made again."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping

import pandas as pd

_KEY = ("team", "measure", "month")
_FIGURES = ("numerator", "denominator", "value", "versus_numerator", "versus_denominator")
_COLUMNS = (*_KEY, "state", *_FIGURES)

Key = tuple[str, str, str]  # team, measure, month
Line = tuple[str, ...]  # state and figures, as they are written


def written(frame: pd.DataFrame) -> bytes:
    """The rows of a results frame as CSV, in the order of team, measure and month: the same bytes for equal figures.

    A number has as many digits as tell it from any other; where there is none, its cell is empty.
    """
    columns = [[_cell(value) for value in frame[name].tolist()] for name in _COLUMNS]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(sorted(zip(*columns, strict=True)))
    return text.getvalue().encode()


def read(content: bytes) -> Mapping[Key, Line]:
    """The lines, by team, measure and month."""
    _, *lines = csv.reader(io.StringIO(content.decode(), newline=""))
    return {(line[0], line[1], line[2]): tuple(line[3:]) for line in lines}


def moved(before: bytes, now: bytes) -> tuple[Key, ...]:
    """Where the two have not the same figures: in order, also where one has none."""
    first, second = read(before), read(now)
    return tuple(sorted(key for key in first.keys() | second.keys() if first.get(key) != second.get(key)))


def restated(before: bytes, now: bytes) -> tuple[Key, ...]:
    """Where a figure is another one. A row without any, then and now, is none that was put right: a team has joined."""
    first, second = read(before), read(now)
    return tuple(key for key in moved(before, now) if any(_figures(one.get(key, ())) for one in (first, second)))


def _figures(line: Line) -> bool:
    return any(line[1:])


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value)
    return str(value)
