from __future__ import annotations

import re
from typing import Any

from tests.sandbox.pdf.paper import pages, reader, sheet

from redcap_sandbox.pdf.sheet import Option, Question, Section, Sheet

FILLER = Question("filler", "text", ("Filler",))


def choices(count: int) -> tuple[Option, ...]:
    # too long for two columns, so that each has a line
    return tuple(Option(str(n), f"Choice {n} {'which is quite long ' * 3}") for n in range(1, count + 1))


def places(page: Any) -> list[tuple[float, float, str]]:
    """Every run of text with where it begins."""
    found: list[tuple[float, float, str]] = []

    def see(words: str, matrix: list[float], line: list[float], *_: Any) -> None:
        if words.strip():
            found.append((matrix[4] + line[4], matrix[5] + line[5], words.strip()))

    page.extract_text(visitor_text=see)
    return found


def test_each_sheet_begins_a_page_and_pages_are_numbered_through() -> None:
    first, second = pages(sheet(FILLER), sheet(FILLER, title="Second"))
    assert first.startswith("Pilot Page 1\nVisit\n")
    assert second.startswith("Pilot Page 2\nSecond\n")


def test_a_further_page_says_whose_form_it_continues() -> None:
    form = Sheet("visit", "Visit", "Pilot", (Section(None, (FILLER,) * 60),), record="7", event="Baseline")
    first, second = pages(form)
    assert first.startswith("Pilot\nRecord 7 · Baseline\nPage 1\nVisit\nFiller\n")
    assert second.startswith("Pilot\nRecord 7 · Baseline · Visit (continued)\nPage 2\nFiller\n")


def test_a_question_that_fits_on_a_page_is_never_parted_from_its_choices() -> None:
    for before in range(11, 20):
        asked = Question("a", "radio", ("Asked",), options=choices(12))
        found = pages(sheet(*(FILLER,) * before, asked))
        (whole,) = [page for page in found if "Asked" in page]
        assert [f"Choice {n} which" in whole for n in range(1, 13)] == [True] * 12
        assert len(found) == (1 if before < 15 else 2)


def test_a_header_is_never_parted_from_its_first_question() -> None:
    for before in range(25, 36):
        form = Sheet("f", "Visit", "P", (Section(None, (FILLER,) * before), Section(("Head",), (FILLER,))))
        assert [re.search(r"Head\nFiller", page) is not None for page in pages(form) if "Head" in page] == [True]


def test_a_list_longer_than_a_page_begins_with_its_question_and_loses_no_choice() -> None:
    asked = Question("a", "radio", ("Asked",), options=choices(120))
    found = pages(sheet(*(FILLER,) * 30, asked))
    (first,) = [page for page in found if "Asked" in page]
    assert "Asked\n○ Choice 1 which" in first
    assert "Choice 2 which" in first
    assert [int(n) for page in found for n in re.findall(r"○ Choice (\d+)", page)] == list(range(1, 121))


def test_a_matrix_shows_its_choices_again_on_each_page() -> None:
    options = (Option("0", "Never"), Option("1", "Often"))
    rows = tuple(Question(f"m{n}", "radio", (f"Row {n}.",), options=options, matrix="m") for n in range(1, 71))
    found = pages(sheet(*rows))
    assert len(found) == 3
    assert all("Never Often\nRow" in page for page in found)
    assert [int(n) for page in found for n in re.findall(r"Row (\d+)\. ○ ○", page)] == list(range(1, 71))


def test_nothing_is_drawn_outside_the_margins() -> None:
    long = "word " * 300
    form = Sheet(
        "f",
        long,
        long,
        (
            Section(
                (long,), (Question("a", "text", (long, "W" * 500), number="n" * 300, required=True, value=(long,)),)
            ),
            Section((), (Question("b", "checkbox", ("B",), options=(Option("1", long), Option("2", "W" * 500))),)),
            Section(None, (Question("c", "radio", ("C",), options=choices(60), note=(long,), alignment="LH"),)),
            Section(None, (Question("d", "radio", (long,), options=choices(3), matrix="m", number="n" * 300),)),
        ),
        record="r" * 100,
        event=long,
    )
    opened = reader(form)
    assert len(opened.pages) > 3
    for page in opened.pages:
        for x, y, _ in places(page):
            assert 53 <= x <= 558
            assert 30 <= y <= 762


def test_long_project_titles_are_cut_at_the_head_of_a_page_but_form_titles_are_whole() -> None:
    (page,) = pages(sheet(FILLER, title="form " * 50, project="project " * 50))
    head = page.split("\nPage 1\n")[0]
    assert head.endswith("project…")
    assert head.count("\n") == 1
    assert page.count("form") == 50


def test_a_short_question_has_its_answer_beside_it_and_left_alignment_puts_it_below() -> None:
    asked = Question("a", "text", ("Town",), value=("Leeds",))
    beside = {words: (x, y) for x, y, words in places(reader(sheet(asked)).pages[0])}
    assert beside["Town"][1] == beside["Leeds"][1]
    below = Question("a", "text", ("Town",), value=("Leeds",), alignment="LV")
    stacked = {words: (x, y) for x, y, words in places(reader(sheet(below)).pages[0])}
    assert stacked["Town"][1] > stacked["Leeds"][1]
