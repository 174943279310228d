"""Reads a counts file by its map, and refuses rows that cannot be right, saying which and why."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from breakthrough.collaborative import Collaborative
from breakthrough.errors import SettingInvalid
from breakthrough.intake.columns import ColumnMap
from breakthrough.month import Month

Reason = Literal["unknown team", "not a month", "not expected", "not a count", "larger than its whole", "month twice"]


@dataclass(frozen=True, slots=True)
class CountRow:
    """One row of the file that can be taken: counts that are blank in the file are not in `counts`."""

    number: int  # the row's number in the file, the header being 1
    team: str  # record
    month: Month
    counts: Mapping[str, int]
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
    for number, cells in _cells(path, mapping):
        if not all(cells[column] in wanted for column, wanted in mapping.where.items()):
            aside += 1
            continue
        try:
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
    for _, cells in _cells(path, mapping):
        if all(cells[where] in wanted for where, wanted in mapping.where.items()):
            yield cells[column]


def _cells(path: Path, mapping: ColumnMap) -> Iterator[tuple[int, dict[str, str]]]:
    lines = _text(path).splitlines()
    delimiter = mapping.delimiter or _delimiter(lines[0] if lines else "")
    table = csv.reader(lines, delimiter=delimiter)
    header = [name.strip() for name in next(table, [])]
    for column in mapping.columns:
        if column not in header:
            near = difflib.get_close_matches(column, header, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else f" It has: {', '.join(header) or 'nothing'}."
            raise SettingInvalid(f"{path.name} has no column '{column}', which the map names.{hint}")
    for cells in table:
        if any(cell.strip() for cell in cells):
            padded = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
            yield table.line_num, dict(zip(header, padded, strict=False))


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as broken:
        raise SettingInvalid(f"The counts file {path} cannot be read: {broken.strerror}. Check its name.") from broken
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SettingInvalid(f"{path.name} is a workbook, not a CSV file. Save the sheet as CSV (UTF-8) and try again.")
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
    counts = {}
    for count, column in mapping.counts.items():
        if cells[column]:
            counts[count] = _whole(cells[column], column)
    _not_larger_than_whole(counts, mapping, collaborative)
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


def _whole(text: str, column: str) -> int:
    plain = text.replace(",", "").removesuffix(".0")
    if not plain.isascii() or not plain.isdigit():
        sentence = "this is not a whole number of 0 or more. Leave it blank where the count is not known."
        raise _RowRefusedError(column, "not a count", sentence)
    return int(plain)


def _not_larger_than_whole(counts: Mapping[str, int], mapping: ColumnMap, collaborative: Collaborative) -> None:
    for code in mapping.measures:
        measure = collaborative.measures[code]
        part, whole = measure.numerator.value(counts), measure.denominator.value(counts)
        if measure.is_proportion and part is not None and whole is not None and part > whole:
            column = mapping.counts[measure.numerator.counts[0]]
            other = mapping.counts[measure.denominator.counts[0]]
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
