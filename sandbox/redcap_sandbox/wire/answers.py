r"""Answers as REDCap writes them: tables in JSON, CSV and XML, bare numbers and texts, and error bodies.

Byte forms that were recorded from servers: CSV quotes as PHP's `fputcsv` does. JSON is compact and writes `/` as `\/`,
as PHP does unless it is told otherwise; from the same default follows `\u00e9` for é (assumed: no recording has a
letter beyond ASCII). XML has a line to each row, values in CDATA sections, and blanks as Tags says. There is no
byte-order mark anywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape

import orjson

from redcap_sandbox.wire.call import Format
from redcap_sandbox.wire.passage import GOOD, Passage
from redcap_sandbox.wire.refusals import Refusal

Cell = str | int | Mapping[str, int | str]

CONTENT_TYPES: Mapping[Format, str] = {
    "json": "application/json; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
}
PLAIN = "text/html; charset=UTF-8"  # PHP's own default, under which REDCap sends its bare texts
XML_HEAD = '<?xml version="1.0" encoding="UTF-8" ?>'

_CHUNK = 64 * 1024
_BATCH = 200  # rows that are written as JSON at once
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
    headers: tuple[tuple[str, str], ...] = ()
    passage: Passage = GOOD


@dataclass(frozen=True)
class Tags:
    """How a table looks.

    In XML: the element names of the table and of each of its rows, what stands for a blank, what follows the table, and
    whether values stand in CDATA sections. In CSV: the columns that are quoted whatever they hold, and whether the last
    line ends in a line feed.
    """

    table: str = "items"
    row: str = "item"
    blank: str = ""
    end: str = "\n"
    cdata: bool = True
    quoted: frozenset[str] = frozenset()
    line_feed: bool = True


RECORDS = Tags("records", blank="<![CDATA[]]>", end="")  # of data: what their XML looks like differs from a listing's
# Of listings. `instruments`, `records` and `arms` are recorded; `dags`, `events`, `users` and the `items` of mappings
# are what imports of them are documented to look like; `fields` is assumed, and `items` for those not named here.
LISTINGS: Mapping[str, Tags] = {
    "arm": Tags("arms", quoted=frozenset({"name"}), line_feed=False),
    "dag": Tags("dags"),
    "event": Tags("events", quoted=frozenset({"event_name"}), line_feed=False),
    "exportFieldNames": Tags("fields", "field"),
    "formEventMapping": Tags(cdata=False, line_feed=False),
    "instrument": Tags("instruments", quoted=frozenset({"instrument_label"})),
    "metadata": Tags("records"),
    "user": Tags("users"),
    "userRole": Tags("users"),
}


def pieces(answer: Answer) -> Iterator[bytes]:
    """The answer's body in pieces, whether it came whole or not."""
    return iter((answer.body,)) if isinstance(answer.body, bytes) else answer.body


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
    tags = tags or Tags()
    text = "".join(written(columns, rows, data_format, tags))
    if data_format == "csv" and not tags.line_feed:
        text = text.removesuffix("\n")
    return Answer(text.encode(), CONTENT_TYPES[data_format])


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
        return _csv(columns, rows, delimiter, tags.quoted)
    return _xml(columns, rows, tags)


def csv_line(cells: Iterable[Cell], delimiter: str = ",") -> str:
    """One line as PHP's fputcsv writes it."""
    texts = [cell if isinstance(cell, str) else _csv_text(cell) for cell in cells]
    return delimiter.join(_csv_quoted(text) if _needs_quotes(text, delimiter) else text for text in texts) + "\n"


def json_text(value: object) -> str:
    """Compact JSON in ASCII, as PHP writes it."""
    return _as_php(_COMPACT.encode(value))


def xml_text(text: str) -> str:
    """Text for an element: escaped, and without the characters that XML cannot hold."""
    return escape(_NOT_XML.sub("", text))


def _json(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    yield "["
    between = ""
    rows = iter(rows)
    while batch := [dict(zip(columns, row, strict=True)) for row in islice(rows, _BATCH)]:
        yield between + _as_php(_batch_text(batch))
        between = ","
    yield "]"


def _batch_text(batch: list[dict[str, Cell]]) -> str:
    """The objects joined by commas. orjson is several times faster, but escapes no letters as PHP does."""
    text = orjson.dumps(batch)
    return text.decode()[1:-1] if text.isascii() else _COMPACT.encode(batch)[1:-1]


def _as_php(text: str) -> str:
    """JSON with its slashes escaped: outside of texts it has none."""
    return text.replace("/", "\\/")


def _csv(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], delimiter: str, quoted: frozenset[str]
) -> Iterator[str]:
    yield csv_line(columns, delimiter)
    always = [name in quoted for name in columns] if quoted else ()
    for row in rows:
        if always:
            told = (_csv_cell(cell, delimiter, always=one) for cell, one in zip(row, always, strict=True))
            yield delimiter.join(told) + "\n"
        else:
            yield csv_line(row, delimiter)


def _csv_cell(cell: Cell, delimiter: str, *, always: bool) -> str:
    text = _csv_text(cell)
    return _csv_quoted(text) if always or _needs_quotes(text, delimiter) else text


def _csv_text(cell: Cell) -> str:
    if isinstance(cell, Mapping):
        return ",".join(f"{name}:{value}" for name, value in cell.items())
    return str(cell)


def _needs_quotes(text: str, delimiter: str) -> bool:
    return bool(text) and (_TO_QUOTE.search(text) is not None or delimiter in text)


def _csv_quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _xml(columns: Sequence[str], rows: Iterable[Sequence[Cell]], tags: Tags) -> Iterator[str]:
    frames = [(f"<{name}>", f"</{name}>", f"<{name}>{tags.blank}</{name}>") for name in columns]
    yield f"{XML_HEAD}\n<{tags.table}>\n"
    for row in rows:
        cells = [
            f"{start}{_xml_content(cell, tags)}{end}" if cell != "" else blank
            for (start, end, blank), cell in zip(frames, row, strict=True)
        ]
        yield f"<{tags.row}>{''.join(cells)}</{tags.row}>\n"
    yield f"</{tags.table}>{tags.end}"


def _xml_content(cell: Cell, tags: Tags) -> str:
    if isinstance(cell, Mapping):
        return "".join(f"<{key}>{_xml_content(value, tags)}</{key}>" for key, value in cell.items())
    text = str(cell)
    if not tags.cdata:
        return xml_text(text)
    if not text.isprintable() or "]]>" in text:
        text = _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>")
    return f"<![CDATA[{text}]]>" if text else tags.blank


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
