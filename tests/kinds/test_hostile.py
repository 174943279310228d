"""What people type, in every field of every form at once, is shown harmlessly by every kind of report."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.kinds import disguise
from tests.kinds.conftest import Month
from tests.kinds.disguise import Change, Disguised
from tests.preview.browser import Browser
from tests.reporting import letters

from breakthrough.entry import Entry
from breakthrough.reporting.render.checks import LIMIT
from breakthrough.worker.reports import KINDS, subjects

TEXTS = {
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)>",
    "attribute": '" onmouseover="alert(1)" x=\'',
    "style": "</style><style>*{display:none}</style><!--",
    "template": "{{ 7*7 }}{% for a in ().__class__.__base__.__subclasses__() %}x{% endfor %}{{ self }}",
    "format": "{team} {0} %s %(n)s $name \\1",
    "bidi": "abc\u202egnp.exe\u2066\u2067x\u200b\u00ad\ufeff",
    "control": "a\x00b\x07c\x1b[31md\ud800e\ufffef\r\n\tg",
    "long": "Wort" * 2500,
    "wide": "long words " * 900,
    "emoji": "👩🏽‍🏫🏳️‍🌈🇺🇦 e\u0301\u0301\u0301\u0301\u0301\u0301\u0301 ﷽",
    "arabic": "فريق الحضور شمال",
    "link": "javascript:alert(1) http://evil.example/?a=b&c=<d>",
    "csv": '=HYPERLINK("http://evil.example")',
}
_ODD = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b\u00ad\ufeff\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_FORBIDDEN = {"script", "iframe", "object", "embed", "form", "base", "link", "video", "audio"}


def typed(text: str) -> Change:
    """That text wherever people write, and every box that clears it ticked."""

    def change(entry: Entry) -> Entry:
        told = {name: text if disguise._written(name, value) else value for name, value in entry.values.items()}
        addresses = {name: value for name, value in entry.values.items() if name.endswith("_email")}
        return replace(entry, values=told | addresses)

    return change


class Seen(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


def harmless(html: str) -> list[str]:
    """What in that page could do anything."""
    seen = Seen(html)
    found = [f"<{tag}>" for tag, _ in seen.tags if tag in _FORBIDDEN]
    found += [f"{name} of <{tag}>" for tag, attributes in seen.tags for name in attributes if name.startswith("on")]
    found += [
        f"link of <{tag}>"
        for tag, attributes in seen.tags
        for name in ("href", "src")
        if name in attributes
        and not attributes[name].startswith(("https://", "http://127.0.0.1", "mailto:", "#", "cid:", "data:image/"))
    ]
    return found + [f"character {ord(one):x}" for one in set(_ODD.findall(html))]


SHOWING = {"team", "coach"}  # what people write; the others tell of it or leave it in REDCap


@pytest.mark.parametrize("name", TEXTS)
def test_whatever_is_typed_does_nothing_in_any_report(month: Month, name: str) -> None:
    everyone = [team.code for team in month.edition.portfolio.teams]
    made = month.made(Disguised(month.view, everyone, (typed(TEXTS[name]),)))
    for kind in KINDS:
        subject = next(code for found, code in subjects(made) if found == kind)
        report = month.report(kind, subject, made)
        for form in (report.html, report.page):
            assert harmless(form) == [], kind
        if name == "template" and kind in SHOWING:
            assert "{{ 7*7 }}" in Seen(report.html).text
        assert _ODD.findall(report.text) == []
        assert len(report.html.encode()) <= LIMIT
        assert "\n" not in report.subject
        assert TEXTS[name][:6] not in report.subject


@pytest.mark.parametrize("name", TEXTS)
def test_whatever_is_typed_does_nothing_in_any_other_mail(month: Month, name: str) -> None:
    with month.here.speaking():
        found = letters.letters(month.here.collaborative, TEXTS[name])
        for kind, letter in found.items():
            made = letters.put(letter, month.here.content)
            for form in (made.html, made.page):
                assert harmless(form) == [], kind
            assert _ODD.findall(made.text) == [], kind
            assert len(made.html.encode()) <= LIMIT, kind
            assert "\n" not in made.subject


# How wide the page is; and, to find out why, the innermost elements that reach beyond the window.
_WIDTH = """
const wide = [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > 391 && !one.closest("svg") && one.getClientRects().length)
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().width > 391)
  .filter((one) => !one.matches("table, tbody, tr, td.cell, td.foot, td.bar, td.first"))
  .filter((one) => ![...one.children].some((child) => child.getBoundingClientRect().right > 391))
  .map((one) => `${one.tagName} ${one.className} ${one.textContent.slice(0, 40)}`);
return [document.documentElement.scrollWidth, ...wide];
"""


@pytest.mark.browser
@pytest.mark.parametrize("name", ["long", "wide", "emoji", "arabic"])
def test_no_text_makes_a_page_wider_than_a_phone(month: Month, name: str, browser: Browser) -> None:
    everyone = [team.code for team in month.edition.portfolio.teams]
    made = month.made(Disguised(month.view, everyone, (typed(TEXTS[name]),)))
    for kind in KINDS:
        subject = next(code for found, code in subjects(made) if found == kind)
        page = month.report(kind, subject, made).page
        assert browser.visit(page, _WIDTH, width=390) == [390], kind
    with month.here.speaking():
        for kind, letter in letters.letters(month.here.collaborative, TEXTS[name]).items():
            page = letters.put(letter, month.here.content).page
            assert browser.visit(page, _WIDTH, width=390) == [390], kind
