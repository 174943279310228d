"""Labels, notes and headers as they are read: their HTML as paragraphs of plain text."""

from __future__ import annotations

import re

from breakthrough.instruments.text.html import plain
from redcap_sandbox.pdf.sheet import Paragraphs

_TAG = re.compile(r"(<[^<>]*>)")
_BREAK = re.compile(r"</?(?:br|p|div|li|tr|table|ul|ol|hr|h[1-6]|blockquote)\b", re.IGNORECASE)
_END = "\ufdd0"  # no character, so that no label can hold one of its own


def paragraphs(label: str) -> Paragraphs:
    """The paragraphs of a label, parted at line breaks and at tags that begin a line; none of them is blank."""
    if "<" not in label and "\n" not in label:
        text = plain(label)
        return (text,) if text else ()
    return _filled(plain("".join(_marked(piece) for piece in _TAG.split(label))).split(_END))


def stored(value: str) -> Paragraphs:
    """The lines of a stored value, which holds no HTML, without blank ones."""
    return _filled(value.splitlines())


def _marked(piece: str) -> str:
    if not piece.startswith("<"):
        return piece.replace("\n", _END)
    return f"{piece}{_END}" if _BREAK.match(piece) else piece


def _filled(lines: list[str]) -> Paragraphs:
    return tuple(text for line in lines if (text := " ".join(line.split())))
