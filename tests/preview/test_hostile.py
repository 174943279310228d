"""A dictionary from anywhere may hold anything: none of it runs, fetches, or breaks a page."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.preview.browser import Browser
from tests.preview.conftest import NOW
from tests.preview.kitchen import field, page, text

from breakthrough.content import Content
from breakthrough.instruments.field import COLUMNS, Field
from breakthrough.instruments.preview import Book, pages

NASTY = (
    "</script><script>window.ran=1</script><img src=x onerror=window.ran=1>"
    '<a href="javascript:window.ran=1">link</a><b onclick=window.ran=1>bold</b>"\' {{ 7 * 7 }} \u202etxt <!-- --> <style>*{display:none}</style>'
)


def _nasty() -> tuple[Field, ...]:
    return (
        field("one", "radio", NASTY, f"1, {NASTY.replace('|', '')} | {NASTY}, x", section_header=NASTY, field_note=NASTY),
        field("two", "dropdown", NASTY, f"1, {NASTY}"),
        field("three", "slider", NASTY, f"{NASTY} | | {NASTY}"),
        field("four", label="Four", field_annotation=f"@DEFAULT='{NASTY.replace(chr(39), '')}' @PLACEHOLDER=\"</script>\"", branching_logic="[one] <> '</script><script>window.ran=1</script>'"),
        field("five", "calc", "Five", "if([four] = '', '<!--<script>', '\u2028</script>')"),
        text("six", "</script>", text_validation_min="</script>", text_validation_max="<img src=x>"),
        field("seven", "descriptive", "[six] [one:label] {eight}"),
        field("eight", label=""),
        Field("</script><b>", "sink", field_type="text", field_label="x", branching_logic="[one] = '1'"),
    )  # fmt: skip


@pytest.mark.browser
def test_nothing_in_a_label_runs_or_is_fetched_and_its_words_are_shown(browser: Browser) -> None:
    script = """
    page.set("six", "<img src=x onerror=window.ran=1>"); page.boxes("one")[0].click(); page.click("#check"); await page.pause();
    const fetched = performance.getEntriesByType("resource").filter((one) => !one.name.startsWith("data:")).length;
    const bad = document.querySelectorAll("main img, main script, main style, main [onclick], main [onerror], main a[href^='javascript']").length;
    return [window.ran === undefined, fetched, bad, page.text("#l-two").includes("{{ 7 * 7 }}"), page.text("#l-seven").startsWith("<img src=x onerror")];"""
    assert browser.visit(page(*_nasty()), script) == [True, 0, 0, True, True]
    assert browser.run("return [...document.scripts].length") == 5  # the model and our four


@pytest.mark.browser
def test_the_codebook_of_such_a_dictionary_is_harmless_too(browser: Browser) -> None:
    found = pages(Book.of_dictionary(_nasty(), NASTY), Content(), NOW)
    script = "return [window.ran === undefined, document.querySelectorAll('main img, main script').length, document.title.includes('<script>')];"
    assert browser.visit(found["codebook.html"], script, guarded=False) == [True, 0, True]


def test_letters_that_turn_their_neighbours_round_are_left_out() -> None:
    assert "\u202e" not in page(*_nasty())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.fixed_dictionaries({name: st.text(max_size=30) for name in COLUMNS}), max_size=4))
def test_any_cells_at_all_make_pages(rows: list[dict[str, str]]) -> None:
    kinds = ("radio", "checkbox", "calc", "slider", "text", "descriptive")
    fields = tuple(Field.of(row | {"form_name": "form", "field_type": kinds[at]}) for at, row in enumerate(rows))
    found = pages(Book.of_dictionary(fields, "Anything"), Content(), NOW)
    assert {"codebook.html", "index.html"} <= set(found)
