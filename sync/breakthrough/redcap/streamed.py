"""Reads a long list of rows in JSON from a file, a row at a time: the list of a million records takes no memory."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import IO, Any

_PIECE = 1 << 16  # bytes
_LONGEST_ROW = 1 << 20  # characters: what is longer is no row of a list of records
_BLANK = " \t\r\n"


def rows(body: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The rows of the list that the file holds, in order.

    Raises ValueError, at the latest after the last row, where the file is anything but one whole list of objects in
    UTF-8.
    """
    text = _Text(body)
    text.expect("[")
    if text.next() == "]":
        text.expect("]")
    else:
        yield text.row()
        while text.next() == ",":
            text.expect(",")
            yield text.row()
        text.expect("]")
    if text.next():
        raise ValueError("there is more after the list")


class _Text:
    """What is still to be read."""

    def __init__(self, body: IO[bytes]) -> None:
        self._body = body
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._json = json.JSONDecoder()
        self._text, self._at, self._ended = "", 0, False

    def next(self) -> str:
        """The next character that is not blank; '' at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _BLANK:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def expect(self, mark: str) -> None:
        """Goes past that mark. Raises ValueError where another follows."""
        if self.next() != mark:
            raise ValueError("it is not a list")
        self._at += 1

    def row(self) -> dict[str, Any]:
        """The object that follows. Raises ValueError."""
        if self.next() != "{":
            raise ValueError("it is not a list of objects")
        while True:
            try:
                found, self._at = self._json.raw_decode(self._text, self._at)
            except ValueError:  # is it wrong, or is it only not all here?
                if len(self._text) - self._at > _LONGEST_ROW or not self._more():
                    raise
                continue
            return found  # type: ignore[no-any-return]

    def _more(self) -> bool:
        if self._ended:
            return False
        piece = self._body.read(_PIECE)
        self._ended = not piece
        self._text, self._at = self._text[self._at :] + self._decoder.decode(piece, final=self._ended), 0
        return not self._ended
