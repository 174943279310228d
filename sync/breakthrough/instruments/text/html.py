"""HTML in labels, notes and section headers.

`plain(label)` gives what a reader reads; `safe(label)` the harmless part of the HTML, with everything else escaped.
The library's own parser takes the square of a hostile label's length, so tags are told here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_SPOKEN_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "td", "th", "table", "ul", "ol", "hr", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_UNREAD = frozenset({"script", "style"})  # their text is for machines
_VOID = frozenset({"br", "hr", "wbr"})
_ALLOWED = _VOID | frozenset(
    {
        "a", "abbr", "b", "big", "blockquote", "caption", "center", "code", "dd", "del", "div", "dl", "dt", "em",
        "font", "h1", "h2", "h3", "h4", "h5", "h6", "i", "ins", "li", "mark", "ol", "p", "pre", "q", "s", "small",
        "span", "strike", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul",
    }
)  # fmt: skip
_SPANS = frozenset({"colspan", "rowspan"})
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\"'<>]*", re.IGNORECASE)
# Only what cannot fetch, cover or move anything: no url(), no position, no negative sizes.
_STYLE = re.compile(
    r"(?:color|background-color|font-weight|font-style|font-size|text-align|text-decoration|vertical-align|"
    r"border-collapse|list-style-type)\s*:\s*[#a-z0-9.%, ()-]{1,60}",
    re.IGNORECASE,
)
_MISLEADING = re.compile(r"url|expression|:\s*-|var\(", re.IGNORECASE)


# A tag with its attributes; possessive, so that no text takes longer than its length.
_TAG = re.compile(r"<!--|<(/?)([A-Za-z][A-Za-z0-9:-]*+)((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)>")
_ATTRIBUTE = re.compile(r"([^\s=/\"'<>]++)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s\"'<>]++))?")
_END_OF = {tag: re.compile(rf"</{tag}\b[^>]*>?", re.IGNORECASE) for tag in _UNREAD}


@dataclass(frozen=True, slots=True)
class _Tag:
    """A tag as it was written. `attributes` as text, which only those look into that need it."""

    name: str
    closing: bool
    attributes: str
    written: str


def plain(label: str) -> str:
    """The text of a label as it is read: no tags, entities as letters, every run of blanks as one."""
    if "<" not in label and "&" not in label:
        return " ".join(label.split())
    heard: list[str] = []
    for piece in _pieces(label, unread=_UNREAD):
        if isinstance(piece, str):
            heard.append(html.unescape(piece))
        elif piece.name in _SPOKEN_BREAKS:
            heard.append(" ")
        elif piece.name == "img":
            heard.append(f" {_attributes(piece).get('alt', '')} ")
    return " ".join("".join(heard).split())


def safe(label: str) -> str:
    """The label as HTML that can be put into a page: harmless tags kept and closed, all else escaped.

    Links lead to http, https, mailto and tel only; pictures become their description, comments nothing; a style keeps
    colours, weight, size and alignment.
    """
    written: list[str] = []
    opened: list[str] = []
    for piece in _pieces(label):
        if isinstance(piece, str):
            written.append(html.escape(html.unescape(piece)))
        elif piece.name == "img":
            written.append(html.escape(_attributes(piece).get("alt", "")))
        elif piece.name not in _ALLOWED:
            written.append(html.escape(piece.written))
        elif not piece.closing:
            written.append(f"<{piece.name}{_kept(piece)}>")
            opened += [piece.name] if piece.name not in _VOID else []
        elif piece.name in opened:  # whatever was opened inside it is closed first; a stray end is left out
            while (last := opened.pop()) != piece.name:
                written.append(f"</{last}>")
            written.append(f"</{last}>")
    return "".join(written) + "".join(f"</{tag}>" for tag in reversed(opened))


def _pieces(label: str, unread: Collection[str] = ()) -> Iterator[str | _Tag]:
    """Texts and tags in order; comments are left out, and so is what stands inside the tags named as unread."""
    place = searched = 0
    while match := _TAG.search(label, searched):
        start, searched = match.span()
        if match[0] == "<!--":
            end = label.find("-->", searched)
            if end < 0:  # never closed: text, and so is every further one
                yield label[place:start] + label[start:].replace("<!--", "&lt;!--")
                return
            yield label[place:start]
            place = searched = end + 3
            continue
        yield label[place:start]
        place = searched
        tag = _Tag(match[2].lower(), match[1] == "/", match[3], match[0])
        if tag.name in unread and not tag.closing:
            last = _END_OF[tag.name].search(label, searched)
            place = searched = last.end() if last else len(label)
        else:
            yield tag
    yield label[place:]


def _attributes(tag: _Tag) -> dict[str, str]:
    """The attributes by name in small letters, the first of each name, as browsers take them."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(tag.attributes):
        value = match[2] or ""
        value = value[1:-1] if value[:1] in {"'", '"'} else value
        found.setdefault(match[1].lower(), html.unescape(value).strip())
    return found


def _kept(tag: _Tag) -> str:
    kept = []
    for name, value in _attributes(tag).items():
        text = _style(value) if name == "style" else value
        if text and (name == "style" or _harmless(tag.name, name, text)):
            kept.append(f' {name}="{html.escape(text)}"')
    # A link leaves the page open and does not tell where it was followed from.
    return "".join(kept) + (' rel="noopener noreferrer" target="_blank"' if tag.name == "a" and kept else "")


def _harmless(tag: str, name: str, text: str) -> bool:
    if name == "href":
        return tag == "a" and _LINK.fullmatch(text) is not None
    if name in _SPANS:
        return tag in {"td", "th"} and text.isascii() and text.isdigit() and 0 < int(text[:9]) <= 100
    if name == "color":
        return tag == "font" and re.fullmatch(r"#?[A-Za-z0-9]{1,20}", text) is not None
    return name in {"title", "align"}


def _style(text: str) -> str:
    parts = (part.strip() for part in text.split(";"))
    return "; ".join(part for part in parts if _STYLE.fullmatch(part) and not _MISLEADING.search(part))
