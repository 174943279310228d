"""Reads a counts file by its map, and refuses rows that cannot be right, saying which and why."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from breakthrough.collaborative import Collaborative, Counted
from breakthrough.errors import SettingInvalid
from breakthrough.intake.columns import ColumnMap
from breakthrough.month import Month

Reason = Literal[
    "unknown team",
    "not a month",
    "not expected",
    "not a count",
    "larger than its whole",
    "month twice",
    "too many cells",
]

# Commas only where they part thousands: 12,5 is twelve and a half in half of Europe, and no count.
_WHOLE = re.compile(r"(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.0+)?", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(\.\d{1,9})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class CountRow:
    """One row of the file that can be taken: counts that are blank in the file are not in `counts`."""

    number: int  # the row's number in the file, the header being 1
    team: str  # record
    month: Month
    counts: Mapping[str, int | float]
    submitted: dt.date | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that is not taken. `sentence` never holds what the cell holds, only where it is and what it should be."""

    number: int
    column: str
    reason: Reason
    sentence: str

    def __str__(self) -> str:
        return f"row {self.number}, column '{self.column}': {self.sentence}"


@dataclass(frozen=True, slots=True)
class CountsFile:
    """What the file holds for us, what is refused, and how many rows the map leaves aside."""

    rows: tuple[CountRow, ...]
    refused: tuple[Refusal, ...]
    left_aside: int


class _RowRefusedError(Exception):
    def __init__(self, column: str, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.reason, self.sentence = column, reason, sentence


def read(path: Path, mapping: ColumnMap, collaborative: Collaborative, teams: Mapping[str, str]) -> CountsFile:
    """The rows that the map takes, sorted into those that can be taken and those that are refused.

    `teams` maps every name a team may go by, in lower case, to its record. Raises SettingInvalid when the file cannot
    be read or a column that the map names is not in it.
    """
    rows: list[CountRow] = []
    refused: list[Refusal] = []
    aside = 0
    names = {**teams, **{name.strip().casefold(): record for name, record in mapping.teams.items()}}
    for number, cells, overlong in _cells(path, mapping):
        if not all(cells[column] in wanted for column, wanted in mapping.where.items()):
            aside += 1
            continue
        try:
            if overlong:
                raise _too_long(cells)
            rows.append(_row(number, cells, mapping, collaborative, names))
        except _RowRefusedError as no:
            refused.append(Refusal(number, no.column, no.reason, no.sentence))
    rows, twice = _without_twice(rows, mapping)
    return CountsFile(tuple(rows), tuple(sorted([*refused, *twice], key=lambda r: r.number)), aside)


def team_names(path: Path, mapping: ColumnMap) -> tuple[str, ...]:
    """The names in the team column of the rows that the map takes, each once, in the file's order."""
    return tuple(dict.fromkeys(name for name in _taken(path, mapping, mapping.team) if name))


def newest_month(path: Path, mapping: ColumnMap) -> Month:
    """The newest month among the rows that the map takes. Raises SettingInvalid where no row has one."""
    months = []
    for text in _taken(path, mapping, mapping.month):
        with suppress(ValueError):
            months.append(Month(text[: len("2026-03")]))
    if not months:
        raise SettingInvalid(
            f"{path.name}: by the map, no row of it has a month. Check 'where' and 'month' in the map."
        )
    return max(months)


def _taken(path: Path, mapping: ColumnMap, column: str) -> Iterator[str]:
    for _, cells, _ in _cells(path, mapping):
        if all(cells[where] in wanted for where, wanted in mapping.where.items()):
            yield cells[column]


def _cells(path: Path, mapping: ColumnMap) -> Iterator[tuple[int, dict[str, str], bool]]:
    """Each row that is not blank: its number, its cells by column, and whether it has more cells than columns."""
    text = _text(path)
    delimiter = mapping.delimiter or _delimiter(text.partition("\n")[0])
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = [name.strip() for name in next(table, [])]
        _check_header(path, mapping, header)
        for cells in table:
            if any(cell.strip() for cell in cells):
                padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
                yield table.line_num, dict(zip(header, padded, strict=False)), any(padded[len(header) :])
    except csv.Error as broken:
        raise SettingInvalid(
            f"{path.name} cannot be read from row {table.line_num} on ({broken}). Look for a quotation mark that is "
            "opened there and never closed."
        ) from broken


def _check_header(path: Path, mapping: ColumnMap, header: Sequence[str]) -> None:
    for column in mapping.columns:
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" It has: {', '.join(header) or 'nothing'}."
            raise SettingInvalid(f"{path.name} has no column '{column}', which the map names.{hint}")
        if header.count(column) > 1:
            raise SettingInvalid(
                f"{path.name} has {header.count(column)} columns '{column}', and the map names one. Rename the others."
            )


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as broken:
        raise SettingInvalid(f"The counts file {path} cannot be read: {broken.strerror}. Check its name.") from broken
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SettingInvalid(f"{path.name} is a workbook, not a CSV file. Save the sheet as CSV (UTF-8) and try again.")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")  # what Excel writes as "Unicode text"
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")  # what Excel writes as plain "CSV" in Western Europe


def _delimiter(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def _row(
    number: int,
    cells: Mapping[str, str],
    mapping: ColumnMap,
    collaborative: Collaborative,
    names: Mapping[str, str],
) -> CountRow:
    team = names.get(cells[mapping.team].casefold())
    if team is None:
        raise _RowRefusedError(
            mapping.team,
            "unknown team",
            "no team of the collaborative goes by this name. Correct it, or name its record under 'teams' in the map.",
        )
    month = _month(cells[mapping.month], mapping, collaborative)
    counts: dict[str, int | float] = {}
    for count, column in mapping.counts.items():
        if cells[column]:
            counts[count] = _number(cells[column], column, decimal=collaborative.counts[count].decimal)
    _not_larger_than_whole(month, counts, mapping, collaborative)
    return CountRow(number, team, month, counts, _day(cells.get(mapping.submitted or "", "")))


def _month(text: str, mapping: ColumnMap, collaborative: Collaborative) -> Month:
    try:
        month = Month(text if len(text) <= len("2026-03") else Month.of(dt.date.fromisoformat(text)).name)
    except ValueError:
        sentence = "this is not a month. Write year and month, such as 2026-03."
        raise _RowRefusedError(mapping.month, "not a month", sentence) from None
    calendar = collaborative.calendar
    if not calendar.first <= month <= calendar.last:
        sentence = f"the collaborative collects {calendar.first} to {calendar.last}. Leave the row out with 'where'."
        raise _RowRefusedError(mapping.month, "not expected", sentence)
    return month


def _too_long(cells: Mapping[str, str]) -> _RowRefusedError:
    """A row with more cells than columns is not guessed at: 1,000 without quotes reads as 1 and 000."""
    sentence = "more cells follow than there are columns. Put quotes around a cell that holds the delimiter."
    return _RowRefusedError(list(cells)[-1], "too many cells", sentence)


def _number(text: str, column: str, *, decimal: bool) -> int | float:
    """The count: whole where it is, as REDCap would store it, so that 12.0 and 12 are no change."""
    found = (_DECIMAL if decimal else _WHOLE).fullmatch(text)
    if not found:
        number = "number of 0 or more, with a decimal point" if decimal else "whole number of 0 or more"
        sentence = f"this is not a {number}. Leave it blank where the count is not known."
        raise _RowRefusedError(column, "not a count", sentence)
    whole = found[1].replace(",", "")
    value = float(whole + (found[2] or "")) if decimal else float(whole)
    return int(value) if value.is_integer() else value


def _not_larger_than_whole(
    month: Month, counts: Mapping[str, float], mapping: ColumnMap, collaborative: Collaborative
) -> None:
    for code in mapping.measures:
        measure = collaborative.measures[code].at(month)
        rates = [(measure.numerator, measure.denominator), *((one.numerator, one.denominator) for one in measure.parts)]
        for numerator, denominator in rates if measure.is_proportion else ():
            if not (isinstance(numerator, Counted) and isinstance(denominator, Counted)):
                continue
            part, whole = numerator.value(counts), denominator.value(counts)
            if part is not None and whole is not None and part > whole:
                column = mapping.counts[numerator.counts[0]]
                other = mapping.counts[denominator.counts[0]]
                sentence = f"this is larger than '{other}', of which it is a part. Correct one of the two."
                raise _RowRefusedError(column, "larger than its whole", sentence)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _without_twice(rows: Sequence[CountRow], mapping: ColumnMap) -> tuple[list[CountRow], list[Refusal]]:
    times = Counter((row.team, row.month) for row in rows)
    kept = [row for row in rows if times[row.team, row.month] == 1]
    sentence = "this team has the month more than once, and it cannot be told which row is right. Keep one."
    twice = [Refusal(row.number, mapping.month, "month twice", sentence) for row in rows if row not in kept]
    return kept, twice
