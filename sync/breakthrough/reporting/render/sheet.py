"""The style sheet of mails and pages: its rules, and its blocks for phones, dark screens and paper."""

from __future__ import annotations

import re
from pathlib import Path

from markupsafe import Markup

from breakthrough.content import Content
from breakthrough.errors import TemplateBroken
from breakthrough.reporting.render import unchanged
from breakthrough.reporting.render.checks import REMOTE

NAME = "reports/static/report.css"
PAGE = "reports/static/page.css"
DOCUMENT = "reports/static/print.css"
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def read(content: Content) -> tuple[Markup, Markup]:
    """The rules, which a mail needs in each tag, and the @media blocks, which stay together in the head.

    A style sheet is content of the deployment's own, so nothing in it is escaped.
    """
    rules, *media = re.split(r"^(?=@media)", _read(content.find(NAME)), maxsplit=1, flags=re.MULTILINE)
    return Markup(rules), Markup("".join(media))  # noqa: S704


def page(content: Content) -> Markup:
    """What a page has beyond a mail: rules for what opens, for the focus, and for paper."""
    return Markup(_read(content.find(PAGE)))  # noqa: S704


def document(content: Content) -> Markup:
    """What a document that is printed page by page has besides."""
    return Markup(_read(content.find(DOCUMENT)))  # noqa: S704


@unchanged.kept(8)
def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def check(path: Path) -> None:
    """Nothing. Raises TemplateBroken where the sheet would leave its place, or a brace of it is missing."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise _wrong(path, 1, f"it cannot be read ({wrong}). Save it as UTF-8") from wrong
    bare = _COMMENT.sub(lambda one: "\n" * one[0].count("\n"), text)
    if remote := REMOTE.search(bare):
        raise _wrong(path, _line(bare, remote.start()), f"'{remote[0]}' would fetch something, which no report may")
    if (end := bare.lower().find("</")) >= 0:
        raise _wrong(path, _line(bare, end), "'</' would end the style sheet. Take it out")
    opened: list[int] = []
    for at, letter in enumerate(bare):
        if letter == "{":
            opened.append(at)
        elif letter == "}" and not opened:
            raise _wrong(path, _line(bare, at), "a brace is closed that was never opened")
        elif letter == "}":
            opened.pop()
    if opened:
        raise _wrong(path, _line(bare, opened[-1]), "a brace is opened and never closed")


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _wrong(path: Path, line: int, what: str) -> TemplateBroken:
    return TemplateBroken(f"{path}, line {line}: the style sheet cannot be used: {what}.", (str(path),))
