"""axe-core finds nothing on any page: light and dark, wide and on a phone, with everything shown and with faults said."""

from __future__ import annotations

import json

import pytest
from tests.preview.browser import AXE, Browser
from tests.preview.conftest import NOW
from tests.preview.kitchen import page

from breakthrough.content import Content
from breakthrough.instruments.preview import Book, pages

pytestmark = pytest.mark.browser

_RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]'
_CHECK = f"""
const told = async () => (await axe.run(document, {{ runOnly: {_RULES}, resultTypes: ["violations"] }})).violations
  .map((one) => [one.id, ...one.nodes.slice(0, 3).map((node) => node.target.join(" ") + ": " + node.failureSummary)]);
const root = document.documentElement;
const found = {{ first: FIRST ? await told() : [], overflow: root.scrollWidth - root.clientWidth, then: [] }};
if (document.getElementById("check")) {{
  document.querySelectorAll("form input.date, form input.number").forEach((box) => page.set(box.name, "not one"));
  page.click("#check");
  page.click("#show-all");
  found.then = await told();
}}
return found;
"""


@pytest.fixture(scope="module")
def axe() -> str:
    if not AXE.is_file():
        pytest.skip("AXE-CORE ABSENT: run `make tools` where npm is installed, to test accessibility")
    return AXE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("width", "dark", "first"), [(800, False, True), (800, True, False), (360, True, False)],
    ids=["light", "dark", "dark phone"],
)  # fmt: skip
def test_axe_finds_nothing_on_any_page(
    shipped_pages: dict[str, str], evaluation: Book, axe: str, browser: Browser, width: int, *, dark: bool, first: bool
) -> None:
    every = shipped_pages | {"everything": page(), "evaluation": _evaluation(evaluation)}
    script = f"{axe}\n{_CHECK.replace('FIRST', json.dumps(first))}"
    found = {name: browser.visit(text, script, width=width, dark=dark, guarded=False) for name, text in every.items()}
    assert found == {name: {"first": [], "overflow": 0, "then": []} for name in every}


def _evaluation(book: Book) -> str:
    return pages(book, Content(), NOW)["session_evaluation.html"]


def test_what_is_not_accessible_is_found(axe: str, browser: Browser) -> None:
    wrong = page().replace("</form>", '<input type="text"><p style="color:#ccc">pale</p></form>')
    found = browser.visit(wrong, f"{axe}\n{_CHECK.replace('FIRST', 'true')}", guarded=False)
    assert [one[0] for one in found["first"]] == ["color-contrast", "label"]
