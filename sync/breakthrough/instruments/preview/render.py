"""The pages as HTML: templates and style sheets from the content folders, scripts named by their hashes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from breakthrough.content import Content
from breakthrough.instruments import templates
from breakthrough.instruments.preview import codebook, logic
from breakthrough.instruments.preview.book import Book
from breakthrough.instruments.preview.model import model
from breakthrough.instruments.preview.page import Page, page
from breakthrough.logic import javascript

_STATIC = "reports/static/preview"


@dataclass(frozen=True, slots=True)
class _Script:
    """A script inside a page, with the hash under which the page's policy lets it run."""

    text: Markup

    @property
    def source(self) -> str:
        digest = hashlib.sha256(str(self.text).encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


def pages(book: Book, content: Content, now: dt.datetime, only: Collection[str] = ()) -> dict[str, str]:
    """Each file's name and HTML: a page an instrument (of `only`, where given), the codebook, and an index of all.

    `now` decides @IF in annotations. Raises TemplateBroken where a deployment's template or sheet cannot be used.
    """
    writer = _Writer(book, content)
    shown = [page(book, one, now) for one in book.instruments if not only or one.name in only]
    found = {
        f"{one.instrument.name}.html": writer.instrument(one, shown[at - 1] if at else None, _at(shown, at + 1))
        for at, one in enumerate(shown)
    }
    found["codebook.html"] = writer.codebook()
    found["index.html"] = writer.index(shown)
    return found


def _at(shown: list[Page], place: int) -> Page | None:
    return shown[place] if place < len(shown) else None


class _Writer:
    """Reads style, scripts and templates once, for all pages of one book."""

    def __init__(self, book: Book, content: Content) -> None:
        self._book = book
        self._content = content
        self._style = templates.faces(content) + _static(content, "preview.css")
        self._runtime = _script(javascript.runtime())
        self._answers = _script(_static(content, "answers.js"))
        self._page = _script(_static(content, "preview.js"))
        self._filter = _script(_static(content, "codebook.js"))

    def instrument(self, one: Page, before: Page | None, after: Page | None) -> str:
        own = _script(logic.script(question.field for question in one.questions))
        values = {"page": one, "model": model(one), "before": before, "after": after}
        return self._rendered("page", [self._runtime, own, self._answers, self._page], values)

    def codebook(self) -> str:
        return self._rendered("codebook", [self._filter], {"chapters": codebook.chapters(self._book)})

    def index(self, shown: list[Page]) -> str:
        return self._rendered("index", [], {"pages": shown})

    def _rendered(self, name: str, scripts: list[_Script], values: Mapping[str, Any]) -> str:
        told = {"book": self._book, "style": self._style, "scripts": scripts, **values}
        return templates.rendered(self._content, f"preview/{name}.html.j2", told)


def _static(content: Content, name: str) -> Markup:
    return templates.static(content, f"{_STATIC}/{name}")


def _script(text: str) -> _Script:
    return _Script(Markup(text))  # noqa: S704 - ours, or compiled by us with every text in it escaped
