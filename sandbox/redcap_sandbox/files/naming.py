"""What an uploaded file is called, of which media type it is, and how a download says both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import PurePosixPath

UNKNOWN = "application/octet-stream"
_NAMELESS = "file"
_LONGEST = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
# What Python's own table lacks, or holds in some versions only.
_FURTHER: Mapping[str, str] = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".odt": f"{_OPEN}.text",
    ".ods": f"{_OPEN}.spreadsheet",
    ".odp": f"{_OPEN}.presentation",
    ".rtf": "application/rtf",
    ".gz": "application/gzip",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".xml": "text/xml",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".dcm": "application/dicom",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".wav": "audio/x-wav",
}
_KNOWN: Mapping[str, str] = {**MimeTypes().types_map[True], **_FURTHER}  # not what the machine's own files add to it


def harmless(name: str) -> str:
    """The name without path and control characters, of at most 255 characters; `file` if nothing else is left."""
    last = _CONTROL.sub("", name).replace("\\", "/").rpartition("/")[2].strip()
    kept = last.encode("utf-8", "replace").decode()[:_LONGEST]
    return kept if kept not in {"", ".", ".."} else _NAMELESS


def media_type(name: str) -> str:
    """The media type that the name's ending stands for, in whatever case it is written.

    The client's word is not asked for, as clients send different types for one file, and some none (assumed).
    """
    return _KNOWN.get(PurePosixPath(name).suffix.lower(), UNKNOWN)


def content_type(name: str, mime: str) -> str:
    """The header in which REDCap says a download's media type and name: `text/plain; name="a.txt";charset=UTF-8`.

    PHP puts the character set behind types of text and no others: recordings have it for .txt and not for .jpg.
    Quotation marks are left out, for clients take them away anyway, and a semicolon stays (assumed). The text is
    Latin-1 that stands for UTF-8: what Python's server writes is then the name's UTF-8 bytes, as PHP sends them.
    """
    kind = mime if _MEDIA_TYPE.fullmatch(mime) else UNKNOWN
    charset = ";charset=UTF-8" if kind.startswith("text/") else ""
    quoted = harmless(name).replace('"', "")
    return f'{kind}; name="{quoted}"{charset}'.encode().decode("latin-1")
