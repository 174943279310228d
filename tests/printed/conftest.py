from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace

import pypdf
import pytest

from breakthrough import collaborative as collaboratives
from breakthrough import paper
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content, shipped
from breakthrough.errors import PaperMissing
from breakthrough.instruments import project as projects
from breakthrough.instruments.printed import Press, Size
from breakthrough.instruments.project import Project

NOW = dt.datetime(2025, 11, 20, 9, tzinfo=dt.UTC)
WORKED = ("absenteeism", "medical_home", "math_swd")


def content_of(name: str) -> Content:
    return Content(shipped() / "config" / "collaboratives" / name)


def press(name: str = "absenteeism", size: Size = "A4") -> Press:
    """A worked collaborative's press, on a November day."""
    content = content_of(name)
    decided = collaboratives.load(content.collaborative(name))
    sources = {one.source.project for one in decided.measures.values() if one.source}
    cases = projects.every(content, decided, sorted(sources))
    project = projects.load(content, decided, tiers=projects.EVERY_TIER)
    return Press(content, decided, project, cases, NOW, size)


def changed(like: Press, decided: Collaborative | None = None, project: Project | None = None) -> Press:
    """The same press after a change of the collaborative (which its instruments follow), or of the instruments."""
    if decided is not None:
        project = projects.load(like.content, decided, tiers=projects.EVERY_TIER)
    return replace(like, collaborative=decided or like.collaborative, project=project or like.project)


@pytest.fixture(scope="session")
def pdf() -> Callable[[str], pypdf.PdfReader]:
    """Prints a page; the test is skipped, loudly, where nothing can be printed."""
    try:
        paper.pdf("<html lang='en'><title>Try</title>")
    except PaperMissing as absent:
        pytest.skip(f"WEASYPRINT ABSENT: that PDFs come out right was NOT tested. {absent}")
    return lambda html: pypdf.PdfReader(io.BytesIO(paper.pdf(html)))
