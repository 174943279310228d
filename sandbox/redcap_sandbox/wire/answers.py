"""Answers as REDCap writes them: tables in JSON, CSV and XML, bare numbers and texts, and error bodies.

Byte forms clients depend on: CSV quotes as PHP's `fputcsv` does, JSON is compact, the one count in XML has its tag.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii
from xml.sax.saxutils import escape

from redcap_sandbox.wire.call import Format
from redcap_sandbox.wire.refusals import Refusal

Cell = str | int | Mapping[str, int | str]

CONTENT_TYPES: Mapping[Format, str] = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
PLAIN = "text/html; charset=utf-8"  # what REDCap calls its bare texts
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'

_CHUNK = 64 * 1024
_TO_QUOTE = re.compile(r'["\n\r\t \\]')  # PHP's fputcsv also quotes for a blank
_COMPACT = json.JSONEncoder(separators=(",", ":"))
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def _nothing() -> None:
    return None


@dataclass(frozen=True)
class Answer:
    """A reply: its body whole, or in pieces that are produced while they are sent.

    `done` is called afterwards, also when the client went away.
    """

    body: bytes | Iterator[bytes]
    content_type: str
    status: int = 200
    done: Callable[[], None] = _nothing


@dataclass(frozen=True)
class Tags:
    """The XML element names of a table and of each of its rows."""

    table: str = "items"
    row: str = "item"


def plain(text: str, status: int = 200) -> Answer:
    """A bare text, such as a token or a version."""
    return Answer(text.encode(), PLAIN, status)


def number(value: int, answer_format: Format) -> Answer:
    """The bare count that imports and deletions answer in every format."""
    return Answer(str(value).encode(), CONTENT_TYPES[answer_format])


def table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], data_format: Format, tags: Tags | None = None
) -> Answer:
    """A listing. Without rows, CSV still has its header line."""
    pieces = written(columns, rows, data_format, tags or Tags())
    return Answer("".join(pieces).encode(), CONTENT_TYPES[data_format])


def one(row: Mapping[str, Cell], data_format: Format) -> Answer:
    """A single object: in JSON it is no array."""
    if data_format == "json":
        return Answer(json_text(row).encode(), CONTENT_TYPES["json"])
    return table(tuple(row), [tuple(row.values())], data_format)


def stream(pieces: Iterable[str], data_format: Format) -> Answer:
    """A table that is sent while it is being read, in chunks of about 64 KiB."""
    return Answer(_chunks(pieces), CONTENT_TYPES[data_format])


def refused(refusal: Refusal, answer_format: Format) -> Answer:
    """The error body of each format."""
    if answer_format == "json":
        body = json_text({"error": refusal.message})
    elif answer_format == "csv":
        body = f"ERROR: {refusal.message}"
    else:
        body = f"{XML_HEAD}<hash><error>{xml_text(refusal.message)}</error></hash>"
    return Answer(body.encode(), CONTENT_TYPES[answer_format], refusal.status)


def written(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], data_format: Format, tags: Tags, delimiter: str = ","
) -> Iterator[str]:
    """The pieces of a table in one of the three formats."""
    if data_format == "json":
        return _json(columns, rows)
    if data_format == "csv":
        return _csv(columns, rows, delimiter)
    return _xml(columns, rows, tags)


def csv_line(cells: Iterable[Cell], delimiter: str = ",") -> str:
    """One line as PHP's fputcsv writes it."""
    texts = [cell if isinstance(cell, str) else _csv_text(cell) for cell in cells]
    return delimiter.join(_csv_quoted(text) if _needs_quotes(text, delimiter) else text for text in texts) + "\n"


def json_text(value: object) -> str:
    """Compact JSON in ASCII, as PHP writes it."""
    return _COMPACT.encode(value)


def xml_text(text: str) -> str:
    """Text for an element: escaped, and without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", text))


def _json(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    # One template per table: formatting into it is twice as fast as building and dumping a dict for each row.
    keys = (encode_basestring_ascii(name).replace("%", "%%") for name in columns)
    template = "{" + ",".join(f"{key}:%s" for key in keys) + "}"
    yield "["
    between = ""
    for row in rows:
        cells = [encode_basestring_ascii(cell) if cell.__class__ is str else json_text(cell) for cell in row]
        yield between + template % tuple(cells)
        between = ","
    yield "]"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], delimiter: str) -> Iterator[str]:
    yield csv_line(columns, delimiter)
    for row in rows:
        yield csv_line(row, delimiter)


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, Mapping):
        return ",".join(f"{name}:{value}" for name, value in cell.items())
    return str(cell)


def _needs_quotes(text: str, delimiter: str) -> bool:
    return bool(text) and (_TO_QUOTE.search(text) is not None or delimiter in text)


def _csv_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _xml(columns: Sequence[str], rows: Iterable[Sequence[Cell]], tags: Tags) -> Iterator[str]:
    yield f"{XML_HEAD}<{tags.table}>"
    for row in rows:
        cells = "".join(_xml_cell(name, cell) for name, cell in zip(columns, row, strict=True))
        yield f"<{tags.row}>{cells}</{tags.row}>"
    yield f"</{tags.table}>"


def _xml_cell(name: str, cell: Cell) -> str:
    if isinstance(cell, Mapping):
        return f"<{name}>" + "".join(_xml_cell(key, value) for key, value in cell.items()) + f"</{name}>"
    if isinstance(cell, int) or not cell:
        return f"<{name}>{cell}</{name}>"
    return f"<{name}><![CDATA[{_NOT_XML.sub('', cell).replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"


def _chunks(pieces: Iterable[str]) -> Iterator[bytes]:
    held: list[str] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(held).encode()
            held, size = [], 0
    if held:
        yield "".join(held).encode()
