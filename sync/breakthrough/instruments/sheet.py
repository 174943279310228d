"""Bytes of a CSV file to rows of cells and back, in every shape that spreadsheets and servers write.

It knows nothing of fields: `dictionary` gives the cells their meaning.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from breakthrough.errors import DictionaryInvalid

DELIMITERS = (",", ";", "\t")
_NEEDS_QUOTES = re.compile(r'[\s"\\]')  # what PHP's fputcsv quotes for, besides the delimiter: so REDCap's files look
_END = "\ue000end"
_SEPARATOR = re.compile(r"sep=.")  # a first line by which Excel is told the delimiter


@dataclass(frozen=True, slots=True)
class Shape:
    """How the file is written: kept, so that a file is written back as it was found."""

    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of cells with its number as a spreadsheet counts, from 1, and the line of the text it begins on."""

    number: int
    cells: tuple[str, ...]
    text_line: int = field(default=0, compare=False)

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every row of a file; `header` is the place of the header among `lines`."""

    shape: Shape
    lines: tuple[Line, ...]
    header: int
    remarks: tuple[str, ...] = ()


def parse(data: bytes, name: str, known: Callable[[str], bool]) -> Sheet:
    """The rows in those bytes. `known` tells a cell that belongs to a header: so the delimiter is found.

    Raises DictionaryInvalid, naming the file and what to do, when they are not rows of text at all.
    """
    text, encoding, remarks = _decoded(data, name)
    starts = text.lstrip("\r\n")
    separator = _SEPARATOR.match(starts)
    sample = starts[separator.end() :].lstrip("\r\n") if separator else starts
    delimiter = max(DELIMITERS, key=lambda one: sum(map(known, _first(sample, one))))
    lines = _lines(text, delimiter, name)
    filled = [place for place, line in enumerate(lines) if not line.blank]
    if separator:
        filled = filled[1:]
    if not filled:
        raise DictionaryInvalid(f"{name}: the file is empty. Download the Data Dictionary again and use that file.")
    shape = Shape(encoding, delimiter, _newline(text))
    return Sheet(shape, lines, filled[0], remarks)


def encode(lines: Iterable[Sequence[str]], shape: Shape) -> bytes:
    """The rows as bytes in that shape, quoted as REDCap quotes; UTF-8 where the encoding lacks a character."""
    rows = (shape.delimiter.join(_quoted(cell, shape.delimiter) for cell in cells) for cells in lines)
    text = "".join(row + shape.newline for row in rows)
    try:
        return text.encode(shape.encoding)
    except UnicodeEncodeError:
        return text.encode(replace(shape, encoding="utf-8-sig").encoding)


def _decoded(data: bytes, name: str) -> tuple[str, str, tuple[str, ...]]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _or_refused(data, "utf-16", name), "utf-16", ()
    if data.startswith(b"PK\x03\x04") or b"\x00" in data:
        raise DictionaryInvalid(
            f"{name}: this is not a CSV file but a workbook, an archive or another kind of file. "
            "Open it in a spreadsheet program and save it as CSV (UTF-8)."
        )
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        return data.decode("utf-8-sig"), "utf-8-sig" if marked else "utf-8", ()
    except UnicodeDecodeError:
        text = _or_refused(data.removeprefix(codecs.BOM_UTF8), "cp1252", name)
        return text, "cp1252", ("The file is not UTF-8; it was read as Windows-1252. Check letters with accents.",)


def _or_refused(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as broken:
        raise DictionaryInvalid(
            f"{name}: byte {broken.start + 1} is no letter in UTF-8 or Windows-1252. Save the file as CSV (UTF-8)."
        ) from broken


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on."""
    # newline="" leaves \r, \n and \r\n inside quotes as they are, and ends a row at any of them outside.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _first(text: str, delimiter: str) -> list[str]:
    try:
        return next(_rows(text, delimiter), (1, list[str]()))[1]
    except csv.Error:
        return []


def _lines(text: str, delimiter: str, name: str) -> tuple[Line, ...]:
    # csv swallows the rest of a file into one cell when a quote stays open. A last row of our own shows whether it did.
    open_end = "" if text.endswith(("\n", "\r")) else "\n"
    lines: list[Line] = []
    try:
        for number, (begins, cells) in enumerate(_rows(text + open_end + _END, delimiter), start=1):
            lines.append(Line(number, tuple(cells), begins))
    except csv.Error as broken:
        raise DictionaryInvalid(
            f"{name}, row {len(lines) + 1}: this row cannot be read as CSV ({broken}). A quote before it may be open."
        ) from broken
    if lines[-1].cells != (_END,):
        raise DictionaryInvalid(
            f'{name}, row {lines[-1].number}: a cell of this row opens with a quote (") that is never closed. '
            'Close it; a quote inside a cell is written twice ("").'
        )
    return tuple(lines[:-1])


def _newline(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)  # the header's own end: cells further down may hold other ones
    return found[0] if found else "\n"


def _quoted(cell: str, delimiter: str) -> str:
    if delimiter in cell or _NEEDS_QUOTES.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell
