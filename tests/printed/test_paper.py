"""The PDFs: tagged, titled, in a language, a page a measure, in reading order, harmless; the same bytes each time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from tests.printed.conftest import WORKED, changed, press
from tests.printed.structure import tags

from breakthrough import paper
from breakthrough.errors import PaperMissing
from breakthrough.instruments.printed import Press, Size

Reader = Callable[[str], pypdf.PdfReader]
NASTY = (
    '</style></title><script>window.ran=1</script><img src="http://x.invalid/a.png" onerror=window.ran=1>"'
    " {{ 7 * 7 }} {% raw %} \u202eevil <!-- @page{size:1in} "
)


# The shorter paper is the harder one, but for the charter, whose labels take more lines on the narrower.
@pytest.mark.parametrize(
    ("name", "size", "tools"),
    [("absenteeism", "A4", ("data-guide", "pdsa", "charter", "storyboard"))]
    + [(name, "Letter", ("data-guide", "pdsa", "storyboard")) for name in WORKED]
    + [(name, "A4", ("charter",)) for name in WORKED[1:]],
)
def test_the_data_guide_has_a_page_a_measure_and_the_worksheets_fit_their_paper(
    name: str, size: Size, tools: tuple[str, ...], pdf: Reader
) -> None:
    one = press(name, size)
    wanted = {"data-guide": len(one.collaborative.measures), "pdsa": 2, "charter": 1, "storyboard": 1}
    assert {tool: len(pdf(one.tool(tool).html).pages) for tool in tools} == {tool: wanted[tool] for tool in tools}


@pytest.mark.parametrize(("size", "points"), [("A4", (595, 842)), ("Letter", (612, 792))])
def test_the_paper_is_the_size_that_was_asked_for(size: Size, points: tuple[int, int], pdf: Reader) -> None:
    box = pdf(press(size=size).tool("charter").html).pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == points


def test_a_pdf_is_tagged_titled_and_says_its_language(pdf: Reader) -> None:
    one = press()
    reader = pdf(one.tool("data-guide").html)
    root: Any = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Data guide – North East attendance collaborative"
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    kinds = [one.kind for one in tags(reader)]
    assert kinds.count("/H1") == len(one.collaborative.measures)
    assert {"/H2", "/Table", "/TH", "/TD", "/P"} <= set(kinds)
    assert [str(mark["/Title"]) for mark in reader.outline if not isinstance(mark, list)] == [
        measure.name for measure in one.collaborative.measures.values()
    ]


def test_the_drawings_of_a_storyboard_are_told_in_words(pdf: Reader) -> None:
    assert [one.kind for one in tags(pdf(press().tool("storyboard").html))].count("/Figure") == 3


def test_a_page_reads_in_order_from_name_to_example(pdf: Reader) -> None:
    text = " ".join(pdf(press().tool("data-guide").html).pages[0].extract_text().split())
    marks = [
        "Absence rate",
        "Lower is better",
        "How it is worked out",
        "Pupil half-days missed",
        "Why",
        "Versions",
        "An example",
        "3 ÷ 40 × 100 = 7.5%",
    ]
    at = [text.find(mark) for mark in marks]
    assert -1 not in at
    assert at == sorted(at)


def test_the_same_page_makes_the_same_bytes(pdf: Reader) -> None:
    html = press().tool("charter").html
    assert pdf(html)
    assert paper.pdf(html) == paper.pdf(html)


@pytest.fixture(scope="module")
def hostile() -> Press:
    one = press()
    decided, project = one.collaborative, one.project
    long = NASTY + "w" * 10_000
    measures = {"ca_day": decided.measures["ca_day"].model_copy(update={"definition": long, "name": NASTY})}
    counts = {**decided.counts, "sd_abs": decided.counts["sd_abs"].model_copy(update={"label": NASTY})}
    fields = tuple(
        replace(field, field_label=long, field_note=NASTY) if field.field_name == "tc_what" else field
        for field in project.fields
    )
    named = decided.model_copy(update={"name": NASTY, "measures": measures, "counts": counts})
    return changed(replace(one, collaborative=named), project=replace(project, fields=fields))


@pytest.mark.parametrize("tool", ["data-guide", "charter"])
def test_hostile_words_are_printed_and_do_nothing(tool: str, hostile: Press, pdf: Reader) -> None:
    html = hostile.tool(tool).html
    assert "\u202e" not in html
    assert html.count("</style>") == 2
    assert "<script" not in html
    assert "<img" not in html
    reader = pdf(html)
    text = "".join(page.extract_text() for page in reader.pages).replace("\u200b", "").replace("\n", "")
    assert text.count("w" * 24) * 24 > 9_000  # not a word is lost,
    assert "{{ 7 * 7 }}" in text
    width = float(reader.pages[0].mediabox.width)
    assert {round(float(page.mediabox.width)) for page in reader.pages} == {round(width)}
    assert _rightmost(reader) < width - 30  # nor leaves its page


def _rightmost(reader: pypdf.PdfReader) -> float:
    """How far right a line of text begins; lines are as wide as their boxes, so none may begin beyond the margin."""
    places: list[float] = []
    for page in reader.pages:
        page.extract_text(
            visitor_text=lambda text, cm, tm, *_: places.append(cm[0] * tm[4] + cm[4]) if text.strip() else None
        )
    return max(places)


def test_nothing_is_fetched_while_printing(pdf: Reader, tmp_path_factory: pytest.TempPathFactory) -> None:
    secret = tmp_path_factory.mktemp("secret") / "secret.txt"
    secret.write_text("hush", encoding="utf-8")
    page = f"""<html lang="en"><head><title>T</title><link rel="stylesheet" href="{secret.as_uri()}">
        <style>@import url({secret.as_uri()}); p{{background:url(http://127.0.0.1:9/x)}}</style></head>
        <body><p>seen</p><a rel="attachment" href="{secret.as_uri()}">x</a><img alt="x" src="{secret.as_uri()}"></body></html>"""
    reader = pdf(page)
    assert not list(reader.attachment_list)
    assert "hush" not in reader.pages[0].extract_text()


def test_letters_that_the_bundled_font_has_not_are_printed_too(pdf: Reader) -> None:
    page = '<html lang="en"><head><title>T</title><style>p{font-family:Arimo}</style></head><body><p>Δημοτικό Школа</p></body></html>'
    assert "Δημοτικό Школа" in pdf(page).pages[0].extract_text()


@pytest.mark.parametrize(
    "fault", [ImportError("No module named 'weasyprint'"), OSError("cannot load library 'libpango-1.0-0'\nmore")]
)
def test_where_nothing_can_be_printed_the_extra_and_the_packages_are_named(
    fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(_: str) -> None:
        raise fault

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(paper, "import_module", absent)
    with pytest.raises(PaperMissing) as told:
        paper.pdf("<html></html>")
    assert "redcap-breakthrough[pdf]" in str(told.value)
    assert "libpango-1.0-0 libpangoft2-1.0-0" in str(told.value)
    assert "\n" not in str(told.value)
