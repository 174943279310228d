"""Exported tables whose rows come twice, taken apart and put together again while they are sent."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator
from xml.parsers import expat

from redcap_sandbox.wire.call import Format

Part = tuple[bytes, bytes | None]  # a stretch of the body; for a row also what stands between rows, else None

_ROW_DEPTH = 2  # in XML a row is an element of the root


def doubled(pieces: Iterable[bytes], data_format: Format, twice: Callable[[int], bool]) -> Iterator[bytes]:
    """The pieces of the same table, with every row, counted from 1, sent again if it is to come `twice`.

    What is no table, such as a single object, is left as it is.
    """
    parts = {"json": _json_parts, "csv": _csv_parts, "xml": _xml_parts}[data_format](pieces)
    number = 0
    for text, between in parts:
        number += between is not None
        yield text if between is None or not twice(number) else text + between + text


def _json_parts(pieces: Iterable[bytes]) -> Iterator[Part]:
    decode = json.JSONDecoder().raw_decode
    held, inside = "", False
    for text in codecs.iterdecode(pieces, "utf-8"):
        held += text
        position = 0
        while position < len(held):
            char = held[position]
            if char == "{" and inside:
                try:
                    _, end = decode(held, position)
                except ValueError:
                    break  # the row goes on in the next piece
            else:
                inside = char == "[" or (inside and char == ",")
                end = position + 1 if inside else len(held)
            yield held[position:end].encode(), b"," if char == "{" and inside else None
            position = end
        held = held[position:]
    if held:
        yield held.encode(), None


def _csv_parts(pieces: Iterable[bytes]) -> Iterator[Part]:
    held, in_header = b"", True
    for piece in pieces:
        held += piece
        start = searched = 0
        while end := held.find(b"\n", searched) + 1:
            searched = end
            if held.count(b'"', start, end) % 2 == 0:  # else the line ends within a quoted cell
                yield held[start:end], None if in_header else b""
                start, in_header = end, False
        held = held[start:]
    if held:
        yield held, None


def _xml_parts(pieces: Iterable[bytes]) -> Iterator[Part]:
    rows = _XmlRows()
    held, begun = b"", 0  # what is not yet passed on, and where in the body it begins
    for piece in pieces:
        held += piece
        for start, end_tag in rows.found(piece):
            end = held.index(b">", end_tag - begun) + 1
            before = held[: start - begun]
            yield before, None
            yield held[start - begun : end], before[before.rfind(b">") + 1 :]
            held, begun = held[end:], begun + end
    yield held, None


class _XmlRows:
    """Finds where the root's elements begin and end in a body that comes in pieces."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._depth = 0
        self._begun = 0
        self._found: list[tuple[int, int]] = []

    def found(self, piece: bytes) -> list[tuple[int, int]]:
        """(place of the start tag, place of the end tag) of each row that the piece completes."""
        self._found = []
        self._parser.Parse(piece, False)
        return self._found

    def _start(self, *_: object) -> None:
        self._depth += 1
        if self._depth == _ROW_DEPTH:
            self._begun = self._parser.CurrentByteIndex

    def _end(self, *_: object) -> None:
        if self._depth == _ROW_DEPTH:
            self._found.append((self._begun, self._parser.CurrentByteIndex))
        self._depth -= 1
