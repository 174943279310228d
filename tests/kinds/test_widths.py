"""Every mail and page at any width of a window: nothing runs over its edge or is cut, and each chart can be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.kinds.conftest import KIND_NAMES
from tests.kinds.test_accessibility import mail, page
from tests.preview.browser import Browser
from tests.reporting.ending import ended
from tests.reporting.letters import NAMES

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.reporting.values import Rendered
from breakthrough.worker.reports.closing import closing

pytestmark = pytest.mark.browser

# The smallest phone, panes of tablets and mail programs, and both sides of each width at which the layout changes.
WIDTHS = (320, 360, 500, 560, 561, 640, 661)
# What is there beyond the window, and what a box has more of than it shows. A table of figures may be scrolled, and
# what is far is for screen readers alone.
BEYOND = """
document.querySelectorAll("details").forEach((one) => { one.open = true; });
const root = document.documentElement, edge = root.clientWidth, name = (one) =>
  `${one.tagName.toLowerCase()}.${one.getAttribute("class")}: ${one.textContent.trim().slice(0, 40)}`;
const shown = [...document.body.querySelectorAll("*")].filter((one) => one.getClientRects().length
  && !one.closest(".far, .pre, .wide-table > *") && !one.parentElement.closest("svg"));
const outside = (one) => [...one.getClientRects()].some((box) => box.left < -0.5 || box.right > edge + 0.5);
const cut = (one) => one.clientWidth > 0 && !one.matches(".wide-table") && one.scrollWidth > one.clientWidth + 1;
return {
  overflow: root.scrollWidth - edge,
  outside: shown.filter(outside).map(name).slice(0, 3),
  cut: shown.filter(cut).map(name).slice(0, 3),
};
"""
NOTHING = {"overflow": 0, "outside": [], "cut": []}
# Of each chart that is seen: how wide it was drawn, and how many times as wide it is shown.
CHARTS = """
return [...document.querySelectorAll(".fig img, .fig svg")].filter((one) => one.getClientRects().length)
  .map((one) => [+one.getAttribute("width"), one.getBoundingClientRect().width / one.getAttribute("width")]);
"""
PHONE = 328
SMALLEST, LARGEST = 0.8, 1.35  # their smallest letters, of 11 px, are 9 px then, and those of a phone's 15 px at most


@pytest.fixture(scope="module")
def everything(mails: dict[str, Rendered]) -> dict[str, Rendered]:
    """All that is mailed, and the documents of the closing congress."""
    content = Content()
    made = closing(ended(collaboratives.load(content.collaborative("absenteeism"))))
    return mails | {kind: made.rendered(kind, subject, content) for kind, subject in made.documents}


MAILS = (*KIND_NAMES, *NAMES, "closing")
FORMS = [(mail, name) for name in MAILS] + [(page, name) for name in (*MAILS, "change_package", "story")]


@pytest.mark.parametrize(("form", "name"), FORMS, ids=lambda one: getattr(one, "__name__", one))
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_runs_over_the_edge_or_is_cut_at_any_width(
    everything: dict[str, Rendered], browser: Browser, form: Callable[[Rendered], str], name: str, *, dark: bool
) -> None:
    html = form(everything[name])
    found = {width: browser.visit(html, BEYOND, width=width, dark=dark, guarded=False) for width in WIDTHS}
    assert found == dict.fromkeys(WIDTHS, NOTHING)


@pytest.mark.parametrize(
    ("form", "name"), [(mail, "team"), (mail, "collaborative"), (page, "coach"), (page, "closing")]
)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_chart_is_seen_once_and_is_neither_blown_up_nor_too_small_to_read(
    everything: dict[str, Rendered], browser: Browser, form: Callable[[Rendered], str], name: str, *, dark: bool
) -> None:
    def charts(width: int) -> list[list[Any]]:
        found: list[list[Any]] = browser.visit(form(everything[name]), CHARTS, width=width, dark=dark)
        return found

    expected = [drawn for drawn, _ in charts(800)]
    assert set(expected) <= {560, 592}
    for width in WIDTHS[2:]:
        seen = charts(width)
        drawn = {drawn for drawn, _ in seen}
        assert drawn == {PHONE} if width <= 560 else [drawn for drawn, _ in seen] == expected, width
        assert all(SMALLEST <= times <= LARGEST for _, times in seen), (width, seen)


@pytest.mark.parametrize("name", ["team", "coach", "closing"])
def test_a_page_that_is_printed_large_keeps_its_charts(
    everything: dict[str, Rendered], browser: Browser, name: str
) -> None:
    """A browser that prints at 125% lays the page out on four fifths of the paper."""
    whole, large = (browser.visit(everything[name].page, CHARTS, width=width, medium="print") for width in (690, 550))
    assert [drawn for drawn, _ in large] == [drawn for drawn, _ in whole] != []


def test_what_runs_over_the_edge_or_is_cut_is_found(everything: dict[str, Rendered], browser: Browser) -> None:
    html = everything["leader"].page
    over = html.replace("</h1>", '</h1><p style="width:700px">wide</p>', 1)
    hidden = html.replace("</h1>", '</h1><p style="width:40px;overflow:hidden;white-space:nowrap">cut off here</p>', 1)
    assert browser.visit(over, BEYOND, width=560, guarded=False)["overflow"] > 100
    assert browser.visit(hidden, BEYOND, width=560, guarded=False) == NOTHING | {"cut": ["p.null: cut off here"]}
