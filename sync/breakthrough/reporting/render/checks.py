"""The last look at a mail's HTML, always taken: small enough, nothing remote, nothing that runs, no mute picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser

from breakthrough.errors import ReportError
from breakthrough.reporting.values import Picture

LIMIT = 95_000  # bytes; Gmail cuts a message at about 102 kB and hides the rest
REMOTE = re.compile(r"url\(|@import|expression\(", re.IGNORECASE)
# HTML as the inliner writes it: every value in double quotes, no < or > within a tag, and only style sheets and titles
# hold what is no HTML.
_COMMENT = re.compile(r"<!--(?!-?>)[^-]*(?:-(?!-)[^-]*)*-->")
_RAW = re.compile(r'<(style|title)(?: data-css-inline="keep")?>([^<]*)</\1>')
_TAG = re.compile(r"<([^>]*)>")
_WRITTEN = re.compile(
    r"(?!(?:script|textarea|xmp|iframe|noscript|noembed|noframes|plaintext)\b)"
    r'[a-z][a-z0-9]*(?: [a-z][a-z0-9:-]*="[^"<]*")*|/[a-z][a-z0-9]*|!|!DOCTYPE html'
)
_VALUE = re.compile(r' ([a-z][a-z0-9:-]*)="([^"<]*)"')
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
    """The same as `_Seen.of`, each tag looked at once; None where that finds a fault, or cannot be sure."""
    bare = _COMMENT.sub("<!>", html)  # not '': it has to show where a tag or a style sheet holds what looks like one
    tags, raw = _TAG.findall(bare), _RAW.findall(bare)
    if len(tags) != bare.count("<") or len(raw) != bare.count("<style") + bare.count("<title"):
        return None
    seen = _Seen()
    for tag in dict.fromkeys(tags):
        one = _tag(tag)
        if one is None:
            return None
        seen.cids |= one.cids
        seen.ids |= one.ids
        seen.targets += one.targets
    return None if any(REMOTE.search(text) for _, text in raw) else seen


@lru_cache(maxsize=1024)  # nearly all tags of a report are those of the one before
def _tag(tag: str) -> _Seen | None:
    if not _WRITTEN.fullmatch(tag):
        return None
    seen = _Seen()
    if tag[0] not in "/!":
        seen.handle_starttag(tag.partition(" ")[0], [(name, unescape(value)) for name, value in _VALUE.findall(tag)])
    return None if seen.wrong else seen


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
            self.wrong.append("the style sheet would fetch something")
