"""Labels as a page shows them: the harmless part of their HTML, with places for piped values and embedded fields."""

from __future__ import annotations

import html
import re
from collections.abc import Container, Iterator
from dataclasses import dataclass

from markupsafe import Markup

from breakthrough.instruments.text import embedding, piping
from breakthrough.instruments.text.html import plain, safe
from breakthrough.instruments.text.piping import Pipe

_TAG = re.compile(r"(<[^<>]*>)")  # in harmless HTML no < or > stands inside a tag
_COLOUR = re.compile(r'<[^>]*(?:style="[^"]*color|<font|\bcolor=)', re.IGNORECASE)
_BLOCK = re.compile(r"<(?:div|p|table|ul|ol|dl|h[1-6]|blockquote|pre|center|hr)\b", re.IGNORECASE)
# Nothing that is not seen, and nothing that turns the letters after it round.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
BLANK = "______"  # what REDCap shows for a piped value that is not there


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of HTML, or the name of a field that stands in the text."""

    html: Markup
    embedded: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A label, note, header or choice. `plain` is what is read; `coloured`: its author gave it colours of its own."""

    parts: tuple[Part, ...] = ()
    plain: str = ""
    block: bool = False
    coloured: bool = False

    def __bool__(self) -> bool:
        return bool(self.parts)

    @property
    def embedded(self) -> tuple[str, ...]:
        """The fields that stand in it, in order."""
        return tuple(part.embedded for part in self.parts if part.embedded)


def text(source: str, fields: Container[str], embeddable: Container[str] = ()) -> Text:
    """The text for a page. `fields` may be piped, `embeddable` may stand in it; other brackets are prose."""
    if not source.strip():
        return Text()
    clean = seen(source)
    shown = safe(clean)
    if "<" not in shown:
        shown = shown.strip().replace("\r\n", "\n").replace("\n", "<br>")
    parts = tuple(part for part in _parts(shown, fields, embeddable) if part.embedded or part.html)
    words = piping_out(plain(clean), fields)
    return Text(parts, words, bool(_BLOCK.search(shown)), bool(_COLOUR.search(shown)))


def seen(words: str) -> str:
    """The words without letters that are not seen, or that turn their neighbours round."""
    return words if words.isascii() and words.isprintable() else _UNSEEN.sub("", words)


def piping_out(words: str, fields: Container[str]) -> str:
    """Plain words with `…` where a value would be piped, for names and titles that stay as they are."""
    for pipe in reversed(piping.found(words)):
        if pipe.certain or pipe.name in fields:
            words = f"{words[: pipe.start]}…{words[pipe.end :]}"
    return words


def key(pipe: Pipe) -> str:
    """How the page's values are keyed for what is piped; see `breakthrough.logic.record`."""
    inside = ":".join((pipe.name, *pipe.modifiers)) if pipe.smart else pipe.name
    if not (pipe.event or pipe.instance or pipe.smart):
        return inside
    event = f"[{pipe.event}]" if pipe.event and pipe.event != "event-name" else ""
    instance = f"[{pipe.instance}]" if pipe.instance and pipe.instance != "current-instance" else ""
    return f"{event}[{inside}]{instance}" if event or instance or pipe.smart else inside


def _parts(shown: str, fields: Container[str], embeddable: Container[str]) -> Iterator[Part]:
    for place, piece in enumerate(_TAG.split(shown)):
        if place % 2:
            yield Part(_trusted(piece))
            continue
        after = 0
        for embed in embedding.found(piece):
            if embed.field in embeddable:
                yield Part(_trusted(_piped(piece[after : embed.start], fields)))
                yield Part(Markup(), embed.field)
                after = embed.end
        yield Part(_trusted(_piped(piece[after:], fields)))


def _piped(piece: str, fields: Container[str]) -> str:
    for pipe in reversed(piping.found(piece)):
        if pipe.certain or pipe.name in fields:
            piece = piece[: pipe.start] + _place(pipe) + piece[pipe.end :]
    return piece


def _place(pipe: Pipe) -> str:
    modifiers = {modifier.lower() for modifier in pipe.modifiers}
    ways = ("value", "checked", "unchecked", "field-label")
    way = "" if pipe.smart else next((way for way in ways if way in modifiers), "label")
    attributes = {"key": html.unescape(key(pipe)), "code": html.unescape(pipe.code or ""), "as": way}
    if "hideunderscore" in modifiers:
        attributes["blank"] = "hide"
    told = "".join(f' data-{name}="{html.escape(value)}"' for name, value in attributes.items() if value)
    return f'<span class="pipe"{told}>{BLANK}</span>'


def _trusted(piece: str) -> Markup:
    """Only what `safe` let pass, and our own places in it."""
    return Markup(piece)  # noqa: S704
