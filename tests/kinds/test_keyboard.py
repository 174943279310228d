"""The page of every kind of report: all that its pictures show is reached with the keyboard, and nothing is fetched."""

from __future__ import annotations

import re

import pytest
from tests.preview.browser import Browser

from breakthrough.reporting.values import Rendered

pytestmark = pytest.mark.browser

_STOP = """
const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
return { tag: one.tagName.toLowerCase(), text: one.textContent.trim().slice(0, 60),
  outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  seen: box.top >= 0 && box.bottom <= innerHeight + 1 || one.tagName === "DIV" };
"""
_MOST = 200  # tab stops of a page


def walked(browser: Browser, html: str) -> list[dict[str, object]]:
    """Every stop of the Tab key from the page's top; a summary is opened with Enter on the way."""
    browser.visit(html, "document.activeElement.blur(); return 0")
    stops: list[dict[str, object]] = []
    for _ in range(_MOST):
        browser.press("Tab")
        stop = browser.run(_STOP)
        if stop["tag"] == "body":
            return stops
        stops.append(stop)
        if stop["tag"] == "summary":
            browser.press("Enter")
    raise AssertionError("the page has no end for the Tab key")


def test_tab_and_enter_reach_the_figures_of_every_picture(report: Rendered, browser: Browser) -> None:
    stops = walked(browser, report.page)
    pictures = browser.run(
        'return [...document.querySelectorAll("div.fig")].filter(page.seen).map((one) => one.querySelector("svg"))'
        ".filter(Boolean).length"
    )
    opened = browser.run(
        'return [...document.querySelectorAll("details")].map((one) => one.open && page.seen(one.lastElementChild)'
        " && one.lastElementChild.innerText.trim().length > 20)"
    )
    assert len(opened) >= pictures
    assert all(opened)
    assert sum(stop["tag"] == "summary" for stop in stops) == len(opened)
    assert all(stop["outline"] for stop in stops), [stop for stop in stops if not stop["outline"]]
    assert all(stop["seen"] for stop in stops)


def test_the_figures_of_a_teams_chart_are_all_there(reports: dict[str, Rendered]) -> None:
    page = reports["team"].page
    first = page[page.index('<details class="more">') :]
    rows = re.findall(r'scope="row">([^<]+)</th>', first[: first.index("</details>")])
    assert (rows[0], rows[-1], len(rows)) == ("April 2024", "March 2026", 24)


def test_no_mail_carries_what_opens(report: Rendered) -> None:
    assert "<details" not in report.html
    assert "summary" not in report.html


def test_a_page_asks_nobody_for_anything(report: Rendered, browser: Browser) -> None:
    assert browser.asked(report.page) == ([], [])


def test_a_page_that_asks_somebody_is_caught(reports: dict[str, Rendered], browser: Browser) -> None:
    page = reports["team"].page.replace("</h1>", '</h1><img alt="x" src="http://127.0.0.1:9/x.png">', 1)
    asked, refused = browser.asked(page)
    assert asked == ["http://127.0.0.1:9/x.png"]
    assert refused  # and the page's own policy keeps it back
    assert browser.asked(page, guarded=False) == (asked, [])
