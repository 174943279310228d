"""axe-core finds nothing in any kind of report, as mail and as page: light and dark, wide and on a phone."""

from __future__ import annotations

import base64

import pytest
from tests.kinds.conftest import KIND_NAMES, Month
from tests.preview.browser import Browser
from tests.reporting.ending import ended
from tests.reporting.letters import NAMES

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import unsubscribe
from breakthrough.worker.reports.closing import closing

pytestmark = pytest.mark.browser

_RULES = '["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]'
CHECK = f"""
document.querySelectorAll("details").forEach((one) => {{ one.open = true; }});
const found = await axe.run(document, {{ runOnly: {_RULES}, resultTypes: ["violations"] }});
const root = document.documentElement;
return {{
  violations: found.violations.map((one) => [
    one.id, ...one.nodes.slice(0, 3).map((node) => node.target.join(" ") + ": " + node.failureSummary)]),
  overflow: root.scrollWidth - root.clientWidth,
}};
"""
NOTHING = {"violations": [], "overflow": 0}


def mail(report: Rendered) -> str:
    """The mail's HTML with its pictures put in, as a mail program shows it."""
    html = report.html
    for one in report.pictures:
        html = html.replace(f"cid:{one.cid}", f"data:image/png;base64,{base64.b64encode(one.png).decode()}")
    return html


def page(report: Rendered) -> str:
    return report.page


@pytest.mark.parametrize("name", [*KIND_NAMES, *NAMES])
@pytest.mark.parametrize("form", [mail, page], ids=["mail", "page"])
@pytest.mark.parametrize("width", [800, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(
    mails: dict[str, Rendered], axe: str, browser: Browser, name: str, form: object, width: int, *, dark: bool
) -> None:
    assert callable(form)
    assert browser.visit(form(mails[name]), f"{axe}\n{CHECK}", width=width, dark=dark, guarded=False) == NOTHING


@pytest.mark.parametrize("width", [800, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_documents_of_the_closing_congress(
    axe: str, browser: Browser, width: int, *, dark: bool
) -> None:
    content = Content()
    made = closing(ended(collaboratives.load(content.collaborative("absenteeism"))))
    kinds = {kind: made.rendered(kind, subject, content).page for kind, subject in made.documents}
    assert kinds.keys() == {"closing", "change_package", "story"}
    for kind, html in kinds.items():
        assert browser.visit(html, f"{axe}\n{CHECK}", width=width, dark=dark, guarded=False) == NOTHING, kind


@pytest.mark.parametrize("width", [800, 390], ids=["wide", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_the_pages_of_unsubscribing(
    month: Month, axe: str, browser: Browser, width: int, *, dark: bool
) -> None:
    name, content = month.here.collaborative.name, month.here.content
    for ask in (unsubscribe.ask, unsubscribe.done, unsubscribe.unknown):
        html = render.page(ask(name), content)
        assert browser.visit(html, f"{axe}\n{CHECK}", width=width, dark=dark, guarded=False) == NOTHING


def test_what_is_not_accessible_is_found(reports: dict[str, Rendered], axe: str, browser: Browser) -> None:
    wrong = reports["team"].page.replace("</h1>", '</h1><p style="color:#ccc">pale</p><img src="data:,">', 1)
    found = browser.visit(wrong, f"{axe}\n{CHECK}", guarded=False)
    assert {one[0] for one in found["violations"]} == {"color-contrast", "image-alt"}
