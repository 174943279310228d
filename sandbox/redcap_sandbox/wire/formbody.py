"""A request's body → its form parameters, in the two encodings that REDCap's clients send."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import unquote_to_bytes

from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header

# Clients escape nearly every character of a JSON or CSV import. `bytes.replace` undoes the common escapes several
# times faster than urllib's loop over each of them; %25 is left to urllib, so nothing is unescaped twice.
_COMMON = tuple((f"%{ord(char):02X}".encode(), char.encode()) for char in "\"{}[]:,\n\r/' ;|=<>()?!@&+$*#")
_MOST_PARTS = 100_000


def parameters(body: bytes, content_type: str) -> list[tuple[str, str]]:
    """(name, value) in the order sent; [] for an encoding that is neither of the two.

    Never raises: what can't be decoded as UTF-8 becomes U+FFFD, and a broken multipart body holds no parameters.
    """
    kind, options = parse_options_header(content_type)
    if kind == "application/x-www-form-urlencoded":
        return _urlencoded(body)
    if kind == "multipart/form-data":
        return _multipart(body, options)
    return []


def _urlencoded(body: bytes) -> list[tuple[str, str]]:
    pairs = (part.partition(b"=") for part in body.split(b"&") if part)
    return [(_unescaped(name), _unescaped(value)) for name, _, value in pairs]


def _unescaped(raw: bytes) -> str:
    raw = raw.replace(b"+", b" ")
    if b"%" in raw:
        for escape, char in _COMMON:
            raw = raw.replace(escape, char)
        raw = unquote_to_bytes(raw)
    return raw.decode("utf-8", "replace")


def _multipart(body: bytes, options: dict[str, str]) -> list[tuple[str, str]]:
    parser = FormDataParser(max_form_memory_size=len(body) + 1, max_form_parts=_MOST_PARTS, silent=True)
    _, form, _ = parser.parse(BytesIO(body), "multipart/form-data", len(body), options)
    return list(form.items(multi=True))
