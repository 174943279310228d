"""Every branch of our own instruments, reached in a real browser by answering as a person would."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from tests.preview.branches import Answers, Form
from tests.preview.browser import Browser
from tests.preview.conftest import NOW

from breakthrough.content import Content
from breakthrough.instruments.preview import Book, pages

pytestmark = pytest.mark.browser

# Answers are given in the order of the form; each field must be there to be answered.
_ACT = """
const found = [];
for (const [name, answers] of CASES) {
  page.click("#start-again");
  const unseen = [];
  for (const [asked, answer] of answers) {
    if (answer.length && !page.shown(asked)) unseen.push(asked);
    page.set(asked, answer);
  }
  await page.pause();
  found.push([name, page.shown(name), unseen]);
}
return found;
"""


def test_each_branch_of_each_shipped_instrument_can_be_reached_and_left(
    shipped: Book, shipped_pages: dict[str, str], evaluation: Book, browser: Browser
) -> None:
    reached = 0
    every = shipped_pages | pages(evaluation, Content(), NOW)
    for book, instrument in [(whose, one) for whose in (shipped, evaluation) for one in whose.instruments]:
        form = Form(book.fields_of(instrument.name), NOW)
        cases = [case for name in form.shown if not form.hidden(name) for case in _cases(form, name)]
        told = json.dumps([[name, list(answers.items())] for name, answers, _ in cases])
        found = browser.visit(every[f"{instrument.name}.html"], _ACT.replace("CASES", told))
        assert found == [[name, visible, []] for name, _, visible in cases]
        reached += len(cases)
    assert reached >= 100  # our instruments branch; were nothing found, nothing would have been tested


def _cases(form: Form, name: str) -> Iterator[tuple[str, Answers, bool]]:
    for visible in (True, False):
        answers = form.answers(name, visible=visible)
        assert answers is not None, f"nothing makes {name} {'visible' if visible else 'hidden'}"
        yield name, answers, visible
