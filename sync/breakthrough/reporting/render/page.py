"""A page that stands alone and asks or says one thing."""

from __future__ import annotations

from breakthrough import language
from breakthrough.content import Content
from breakthrough.reporting import wording
from breakthrough.reporting.render import sheet, templates, usable
from breakthrough.reporting.views.unsubscribe import Page


def page(of: Page, content: Content) -> str:
    """The page as HTML that fetches nothing. Raises TemplateBroken."""

    def made(use: Content) -> str:
        rules, media = sheet.read(use)
        values = {"page": of, "language": speech, "rules": rules, "media": media}
        return templates.render(use, "unsubscribe.html.j2", values)

    with language.speaking(wording.read(content, language.spoken().locale)) as speech:
        return usable.attempt(content, made)[0]
