"""What the demonstration's reports print is plain to read, whole mails with all their pictures' words."""

from __future__ import annotations

from html.parser import HTMLParser
from statistics import median

from tests.journeys.played import Played
from tests.reporting import pseudo
from tests.reporting.reading import grade, sentences

from breakthrough import collaborative
from breakthrough.content import Content

_BLOCKS = {"p", "td", "th", "h1", "h2", "br"}


class _Blocks(HTMLParser):
    """The texts of a mail, a block each, and what stands in for its pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found = [""]
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet += tag in {"style", "title"}
        self.found += (
            [""]
            if tag in _BLOCKS
            else [value for name, value in attrs if name == "alt" and value] + [""] * (tag == "img")
        )

    def handle_endtag(self, tag: str) -> None:
        self._quiet -= tag in {"style", "title"}
        self.found += [""] if tag in _BLOCKS else []

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self.found[-1] += data


def test_no_sentence_of_a_report_is_hard_and_most_are_easy(story: Played) -> None:
    names = [
        name for name in pseudo.by_people(collaborative.load(Content().collaborative("absenteeism"))) if len(name) > 2
    ]
    grades: dict[str, float] = {}
    for mail in story.mails:
        html = mail.get_body(("html",))
        for block in _Blocks(html.get_content()).found if html else ():
            for sentence in sentences(block):
                if sentence.endswith((".", "?", "!")) and (told := grade(sentence, names)) is not None:
                    grades[sentence] = told
    assert len(grades) > 200
    assert {sentence: told for sentence, told in grades.items() if told > 11} == {}
    assert median(grades.values()) <= 8
