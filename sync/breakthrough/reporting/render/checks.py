"""The last look at a mail's HTML, always taken: small enough, nothing remote, nothing that runs, no mute picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html.parser import HTMLParser

from breakthrough.errors import ReportError
from breakthrough.reporting.values import Picture

LIMIT = 95_000  # bytes; Gmail cuts a message at about 102 kB and hides the rest
REMOTE = re.compile(r"url\(|@import|expression\(", re.IGNORECASE)
# HTML as the inliner writes it: every value in double quotes, no < or > within. The first group is a style sheet, the
# second a tag; end tags, comments and the doctype have nothing to look at.
_WRITTEN = re.compile(
    r'<style(?: data-css-inline="keep")?>([^<]*)</style>'
    r"|(<(?!(?:style|script|title|textarea|xmp|iframe|noscript|noembed|noframes|plaintext)\b)[a-z][a-z0-9]*"
    r'(?: [a-z][a-z0-9:-]*="[^"<>]*")*>)'
    r"|<title>[^<]*(?=</title>)|</[a-z][a-z0-9]*>|<!--(?!-?>)[^-]*(?:-(?!-)[^-]*)*-->|<!DOCTYPE html>"
)
_FETCHING = "the style sheet would fetch something"
_FORBIDDEN = frozenset({"script", "link", "iframe", "object", "embed", "form", "base", "video", "audio"})


def mail(html: str, pictures: Sequence[Picture], name: str) -> None:
    """Nothing. Raises ReportError, telling all that is wrong."""
    wrong = list(_wrong(html, pictures))
    if wrong:
        raise ReportError(
            f"The {name} report is not fit to be mailed: {'; '.join(wrong)}. "
            "If templates or style sheets of your own are in use, compare them with the shipped ones."
        )


def _wrong(html: str, pictures: Sequence[Picture]) -> Iterator[str]:
    size = len(html.encode())
    if size > LIMIT:
        yield f"its HTML has {size:,} bytes, more than the {LIMIT:,} that mail programs show whole"
    seen = _quickly(html) or _Seen.of(html)
    yield from seen.wrong
    if not seen.ids.issuperset(seen.targets):
        yield "a link leads to a place that the mail has not"
    named = {picture.cid for picture in pictures}
    if len(named) < len(pictures):
        yield "two pictures have one name"
    if named != seen.cids:
        yield "the pictures it names and those that go with it are not the same"


def _quickly(html: str) -> _Seen | None:
    """The same as `_Seen.of`, with each tag looked at once; None where the HTML is not as the inliner writes it."""
    texts, sheets, tags = (_WRITTEN.split(html)[at::3] for at in range(3))
    if any("<" in text for text in texts):
        return None
    seen = _Seen()
    for sheet, tag in zip(sheets, tags, strict=True):
        if tag:
            one = _tag(tag)
            seen.cids |= one.cids
            seen.wrong += one.wrong
            seen.ids |= one.ids
            seen.targets += one.targets
        elif sheet and REMOTE.search(sheet):
            seen.wrong.append(_FETCHING)
    return seen


@lru_cache(maxsize=1024)  # nearly all tags of a report are those of the one before
def _tag(tag: str) -> _Seen:
    return _Seen.of(tag)


class _Seen(HTMLParser):
    """Collects picture names, and what must not be there."""

    @classmethod
    def of(cls, html: str) -> _Seen:
        """What is in that HTML."""
        seen = cls()
        seen.feed(html)
        return seen

    def __init__(self) -> None:
        super().__init__()
        self.cids: set[str] = set()
        self.wrong: list[str] = []
        self.ids: set[str] = set()
        self.targets: list[str] = []  # of links within the mail

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Looks at one tag."""
        values = {key: value or "" for key, value in attrs}
        if tag in _FORBIDDEN:
            self.wrong.append(f"it has a <{tag}>")
        if any(key.startswith("on") for key in values):
            self.wrong.append(f"a <{tag}> would run a script")
        if REMOTE.search(values.get("style", "")):
            self.wrong.append(f"the style of a <{tag}> would fetch something")
        if tag == "img":
            self._image(values)
        self.ids.add(values.get("id", ""))
        href = values.get("href", "")
        if tag == "a" and href.startswith("#"):
            self.targets.append(href[1:])
        elif tag == "a" and not href.startswith(("https://", "http://", "mailto:")):
            self.wrong.append("a link does not begin with https://, http:// or mailto:")

    def _image(self, values: dict[str, str]) -> None:
        source = values.get("src", "")
        if not source.startswith("cid:"):
            self.wrong.append("a picture is not part of the mail")
        self.cids.add(source.removeprefix("cid:"))
        if not values.get("alt") or not values.get("width") or not values.get("height"):
            self.wrong.append("a picture lacks its words or its size")

    def handle_data(self, data: str) -> None:
        """Looks at text, style sheets among it."""
        if self.lasttag == "style" and REMOTE.search(data):
            self.wrong.append(_FETCHING)
