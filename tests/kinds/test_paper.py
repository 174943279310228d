"""Every kind of report as PDF: tagged, titled, in its language, told in words, in reading order, the same each time."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pypdf
import pytest
from tests.kinds.conftest import Month
from tests.printed.structure import Tag, tags

from breakthrough.errors import PaperMissing
from breakthrough.reporting.render import printed
from breakthrough.reporting.render.printed import Size
from breakthrough.reporting.values import Rendered

_HEADS = {"/H1", "/H2", "/H3"}


@pytest.fixture(scope="module")
def papers(reports: dict[str, Rendered]) -> dict[str, bytes]:
    """Each kind's, once: it takes seconds."""
    try:
        return {name: printed.pdf(one.page) for name, one in reports.items()}
    except PaperMissing as absent:
        pytest.skip(f"WEASYPRINT ABSENT: that reports print was NOT tested. {absent}")


@pytest.fixture
def reader(report: Rendered, papers: dict[str, bytes]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(papers[report.kind]))


def title(page: str) -> str:
    found = re.search(r"<title>(.*?)</title>", page)
    assert found
    return html.unescape(found[1])


def plain(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def test_it_is_tagged_and_has_the_pages_title_and_language(report: Rendered, reader: pypdf.PdfReader) -> None:
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == title(report.page)


def test_every_picture_is_told_by_its_finding(report: Rendered, reader: pypdf.PdfReader) -> None:
    told = [one.alt for one in tags(reader) if one.kind == "/Figure"]
    described = re.findall(r'<div class="fig[^"]*">\s*<svg.*?<desc[^>]*>(.*?)</desc>', report.page, re.DOTALL)
    phones = re.findall(r'<div class="ph"><div class="fig">\s*<svg.*?<desc[^>]*>(.*?)</desc>', report.page, re.DOTALL)
    for words in phones:
        described.remove(words)  # the cut for phones is not printed
    assert all(len(words) > 20 for words in told)
    assert [words for words in told if html.escape(words, quote=False) in described] == [
        html.unescape(words) for words in described
    ]


def test_tables_are_those_that_a_reader_sees_as_tables(report: Rendered, reader: pypdf.PdfReader) -> None:
    body = re.sub(r'<details class="more">.*?</details>', "", report.page, flags=re.DOTALL)
    wanted = len(re.findall(r"<table(?![^>]*presentation)", body))
    found: list[Tag] = tags(reader)
    whole = [one for one in found if one.kind == "/Table"]
    assert len(whole) >= wanted  # one that runs over a page's end has a part on each
    assert not any("/Table" in one.within for one in whole)
    assert all("/Table" in one.within for one in found if one.kind in {"/TD", "/TH", "/TR"})


def test_it_reads_in_the_order_of_the_page(report: Rendered, reader: pypdf.PdfReader) -> None:
    body = re.sub(r"<details.*?</details>|<svg.*?</svg>", "", report.page, flags=re.DOTALL)
    heads = [re.sub("<[^>]+>", "", one) for one in re.findall(r"<h[12][^>]*>(.*?)</h[12]>", body, re.DOTALL)]
    text = plain("".join(page.extract_text() for page in reader.pages))
    at = 0
    for head in heads:
        at = text.index(plain(html.unescape(head)), at) + 1
    assert sum(one.kind in _HEADS for one in tags(reader)) == len(heads)
    outline = [str(mark["/Title"]) for mark in flat(reader.outline)]
    assert [plain(one) for one in outline] == [plain(html.unescape(one)) for one in heads]


def flat(marks: Any) -> list[Any]:
    return [one for mark in marks for one in (flat(mark) if isinstance(mark, list) else [mark])]


def test_a_leaders_report_is_one_sheet(month: Month) -> None:
    """Half of it is what a leader reads, and the rest explains that."""
    for team in ("T001", "T005", "T010"):
        try:
            paper = printed.pdf(month.report("leader", team).page)
        except PaperMissing as absent:
            pytest.skip(f"WEASYPRINT ABSENT: that reports print was NOT tested. {absent}")
        assert len(pypdf.PdfReader(io.BytesIO(paper)).pages) == 1, team


def test_the_same_report_makes_the_same_bytes(reports: dict[str, Rendered], papers: dict[str, bytes]) -> None:
    assert printed.pdf(reports["coach"].page) == papers["coach"]


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_paper_is_the_size_that_was_asked_for(
    reports: dict[str, Rendered], papers: dict[str, bytes], size: Size, points: tuple[int, int]
) -> None:
    data = papers["coach"] if size == "A4" else printed.pdf(reports["coach"].page, size)
    box = pypdf.PdfReader(io.BytesIO(data)).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == points
