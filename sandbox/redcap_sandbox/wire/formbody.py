"""A request's body → its form parameters and files, in the two encodings that REDCap's clients send."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO
from urllib.parse import unquote_to_bytes

from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

# Clients escape nearly every character of a JSON or CSV import. `bytes.replace` undoes the common escapes several
# times faster than urllib's loop over each of them; %25 is left to urllib, so nothing is unescaped twice.
_COMMON = tuple((f"%{ord(char):02X}".encode(), char.encode()) for char in "\"{}[]:,\n\r/' ;|=<>()?!@&+$*#")
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
    raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        for escape, char in _COMMON:
            raw = raw.replace(escape, char)
        raw = unquote_to_bytes(raw)
    return raw.decode("utf-8", "replace")


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
