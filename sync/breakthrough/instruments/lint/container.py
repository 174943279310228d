"""F: what is unusual in the file itself, before any field is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from breakthrough.instruments.archive import Archive
from breakthrough.instruments.dictionary import Dictionary
from breakthrough.instruments.field import COLUMNS, HEADERS
from breakthrough.instruments.formats import Source
from breakthrough.instruments.lint.finding import Finding, quoted

_DOWNLOAD = "Use the file as REDCap gives it, without opening it in between"


def findings(source: Source) -> Iterator[Finding]:
    """What is unusual in a file that could be read."""
    content = source.content.content if isinstance(source.content, Archive) else source.content
    told: tuple[str, ...] = ()
    if isinstance(content, Dictionary):
        yield from _encoding(content)
        yield from _columns(content)
        yield from _rows(content)
        told = content.remarks
    if not source.fields:
        yield Finding("F008", None, "there is no field in it, only a header", "Add fields, or use another file")
    for remark in source.remarks:
        if remark not in told:
            first, _, advice = remark.rstrip(".").partition(". ")
            yield Finding("F007", None, first, advice or "Make sure that it is meant")


def _encoding(content: Dictionary) -> Iterator[Finding]:
    if content.shape.encoding == "cp1252":
        problem = "the file is not UTF-8; it was read as Windows-1252"
        yield Finding("F001", None, problem, "Check letters with accents, and save it as CSV (UTF-8)")


def _columns(content: Dictionary) -> Iterator[Finding]:
    header = content.lines[content.header]
    for cell, meaning in zip(header.cells, content.columns, strict=True):
        if cell.strip() and not meaning:
            problem = f"the column {quoted(cell)} is not REDCap's, or stands twice"
            remedy = "Take it out before the file is uploaded"
            yield Finding("F002", None, problem, remedy, row=header.number, line=header.text_line)
    absent = [HEADERS[column] for column in COLUMNS if column not in content.columns]
    if absent:
        problem = f"there is no column for {', '.join(absent)}"
        remedy = "Nothing need be done: older servers had fewer, and what is not there is read as blank"
        yield Finding("F006", None, problem, remedy, row=header.number, line=header.text_line)


def _rows(content: Dictionary) -> Iterator[Finding]:
    body = content.lines[content.header + 1 :]
    wanted = len(content.columns)
    blank = [line for line in body if line.blank]
    while blank and blank[-1] is body[-1]:  # at the end of a file they are of no account
        body, blank = body[:-1], blank[:-1]
    filled = [line for line in body if not line.blank]
    for line in filled:
        if len(line.cells) != wanted:
            problem = f"row {line.number} has {len(line.cells)} cells where the header has {wanted}"
            remedy = "A delimiter is missing or one too many, so that its cells may stand in the wrong columns"
            yield Finding("F003", None, problem, remedy, row=line.number, line=line.text_line)
    literal = sum(cell == "NA" for line in filled for cell in line.cells)
    if literal > sum(bool(cell) for line in filled for cell in line.cells) / 3:
        problem = "most blank cells hold the letters NA, which R writes for nothing; they are read as text"
        yield Finding("F004", None, problem, "Write blanks: write.csv(…, na = '')")
    if blank:
        problem = f"there {'is a blank row' if len(blank) == 1 else f'are {len(blank)} blank rows'} between the fields"
        yield Finding("F005", None, problem, _DOWNLOAD, row=blank[0].number, line=blank[0].text_line)
