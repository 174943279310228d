"""A request's body → its form parameters and files, in the two encodings that REDCap's clients send."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

_SLICE = 1024 * 1024  # bytes that urllib is given at once: it needs some fifty times as much memory
_MOST_PARTS = 100_000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Upload:
    """A file that came with a call. `filename` is without any path, as PHP hands it on."""

    filename: str
    content_type: str
    content: bytes


@dataclass(frozen=True)
class Form:
    """What a body holds: (name, value) in the order sent, and the files by the name of their part."""

    parameters: Pairs = field(default_factory=list)
    files: Mapping[str, Upload] = field(default_factory=dict)


def read(body: bytes, content_type: str) -> Form:
    """The parameters and files; none for an encoding that is neither of the two.

    Never raises: what can't be decoded as UTF-8 becomes U+FFFD, and a broken multipart body holds no parameters. A
    part whose filename is empty is a file that nobody chose, and is left out.
    """
    kind, options = parse_options_header(content_type)
    if kind == "application/x-www-form-urlencoded":
        return Form(_urlencoded(body))
    if kind == "multipart/form-data":
        return _multipart(body, options)
    return Form()


def parameters(body: bytes, content_type: str) -> Pairs:
    """The parameters alone, as `read` gives them."""
    return read(body, content_type).parameters


def _urlencoded(body: bytes) -> Pairs:
    pairs = (part.partition(b"=") for part in body.split(b"&") if part)
    return [(_unescaped(name), _unescaped(value)) for name, _, value in pairs]


def _unescaped(raw: bytes) -> str:
    """The text. Clients escape nearly every character of an import, so this is done in C, as far as it can be."""
    raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        try:
            raw = codecs.escape_decode(raw.replace(b"\\", b"\\\\").replace(b"%", b"\\x"))[0]
        except ValueError:  # a percent sign that begins no escape stands for itself, as PHP has it
            raw = b"".join(map(unquote_to_bytes, _slices(raw)))
    return raw.decode("utf-8", "replace")


def _slices(raw: bytes) -> Iterator[bytes]:
    """The text in pieces of about a mebibyte, none of them ending within an escape."""
    start = 0
    while start < len(raw):
        end = start + _SLICE
        if (escape := raw.rfind(b"%", end - 2, end)) >= 0:
            end = escape
        yield raw[start:end]
        start = end


def _in_memory(
    total_content_length: int | None,  # noqa: ARG001  (werkzeug passes these by name)
    content_type: str | None,  # noqa: ARG001
    filename: str | None,  # noqa: ARG001
    content_length: int | None = None,  # noqa: ARG001
) -> IO[bytes]:
    return BytesIO()  # the body is in memory already: nothing is gained by writing its files to disk


def _multipart(body: bytes, options: dict[str, str]) -> Form:
    parser = FormDataParser(
        stream_factory=_in_memory, max_form_memory_size=len(body) + 1, max_form_parts=_MOST_PARTS, silent=True
    )
    _, form, files = parser.parse(BytesIO(body), "multipart/form-data", len(body), options)
    found = {name: _upload(file) for name, file in files.items(multi=True) if file.filename}
    return Form(list(form.items(multi=True)), found)


def _upload(file: FileStorage) -> Upload:
    name = _CONTROL.sub("", file.filename or "").replace("\\", "/").rpartition("/")[2]
    return Upload(name, file.content_type or "", file.read())
