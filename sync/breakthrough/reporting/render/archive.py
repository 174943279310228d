"""The indexes of the archive of reports as pages that stand alone, and the note that lies beside them."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough import language
from breakthrough.content import Content
from breakthrough.language import say
from breakthrough.reporting import wording
from breakthrough.reporting.render import brand, sheet, templates, usable
from breakthrough.reporting.views.archive import Index

NOTE = "README.txt"


def index(page: Index, content: Content) -> str:
    """The page. Without the bundled font: it holds no chart, and there are hundreds of it."""

    def made(use: Content) -> str:
        rules, media = sheet.read(use)
        mark = brand.read(use)
        values = {
            "index": page,
            "language": language.spoken(),
            "brand": mark,
            "rules": rules + mark.rules,
            "media": media + mark.dark + sheet.page(use),
        }
        return templates.render(use, "archive.html.j2", values)

    return _spoken(content, made)


def note(collaborative: str, folders: Sequence[tuple[str, str]], content: Content) -> str:
    """What to do with the folder, as text; `folders` are paths within it, each with who may see it."""
    title = say("Reports of {collaborative}", collaborative=collaborative)
    values = {"title": title, "folders": folders}
    return _spoken(content, lambda use: f"{templates.render(use, 'archive.txt.j2', values).strip()}\n")


def _spoken(content: Content, make: usable.Make[str]) -> str:
    with language.speaking(wording.read(content, language.spoken().locale)):
        return usable.attempt(content, make)[0]
