"""Words that improvement has made its own are explained at the foot of every report that uses them, and no others."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from pathlib import Path

import pytest
from tests.reporting import given, pseudo
from tests.reporting.ending import coordinated, people, reaped
from tests.reporting.test_pseudo import MISSING, flagged
from tests.reporting.world import World, folk

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.language import load, speaking
from breakthrough.measures import Doubt
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.render import glossary
from breakthrough.reporting.sentences.glossary import terms, used
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import change_package, closing_report, story

# The words of the field (the reference's own list) that nobody knows from school.
FIELD = (
    "balancing", "baseline", "change idea", "change package", "cycle", "denominator", "determinant", "driver", "funnel",
    "interruption", "learning session", "limit", "log", "median", "outcome", "PDSA", "pooled", "prediction", "process",
    "ramp", "rating", "sigma", "signal", "slope", "spread", "storyboard", "test", "trend",
)  # fmt: skip


@pytest.fixture(scope="module")
def worlds(absenteeism: Collaborative) -> list[World]:
    aim = absenteeism.aim.measure
    kinds = {
        code: one if code == aim else one.model_copy(update={"kind": "balancing"})
        for code, one in absenteeism.measures.items()
    }
    beside = absenteeism.model_copy(update={"measures": kinds})
    dropped = (given.cycle(1, team="T001", decision="abandon", end=dt.date(2026, 3, 20)),)
    return [
        flagged(beside, []),
        flagged(absenteeism, [], dataclasses.replace(folk(), pdsas=dropped)),
        *(
            flagged(absenteeism.model_copy(update={"rules": rules}), gaps)
            for rules in ("anhoej", "ihi", "nhs")
            for gaps in ([], MISSING)
        ),
    ]


@pytest.fixture(scope="module")
def reports(worlds: list[World], last: list[Rendered]) -> list[Rendered]:
    teams = [render.team(made.team(code), Content()) for made in worlds for code in ("T001", "T002")]
    coaches = [render.coach(made.coach(code), Content()) for made in worlds for code in ("c1", "c2")]
    others = [
        (render.leader(made.leader(), Content()), render.collaborative(made.whole(), Content())) for made in worlds
    ]
    return [*teams, *coaches, *(one for pair in others for one in pair), *last]


@pytest.fixture(scope="module")
def last(absenteeism: Collaborative) -> list[Rendered]:
    """The coordinator's report and the documents of the end."""
    of = reaped(absenteeism)
    doubt = Doubt("T001", "ca_day", Month("2026-03"), "jump", "The denominator was 2,010,708 in March, 127% above it.")
    return [
        render.coordinator(coordinated(flagged(absenteeism, MISSING, people()), doubts=[doubt]), Content()),
        render.closing(closing_report(of), Content()),
        render.change_package(change_package(of), Content()),
        render.story(story(of, "T001"), Content()),
    ]


def entries(html: str) -> dict[str, str]:
    """The entries at the foot: code and name."""
    return dict(re.findall(r'<strong id="word-(\w+)"[^>]*>([^<]+)\.</strong>', html))


def body(one: Rendered) -> str:
    """The text of a report above the words that it explains, without what people and the calendar's file wrote."""
    return re.sub("“[^”]*”|Outcomes congress", "", one.text.partition("Words used here")[0])


def test_every_word_of_the_field_that_a_report_uses_has_its_entry(reports: list[Rendered]) -> None:
    known = {form.name: form.forms for form in terms()}
    for word in FIELD:
        assert any(forms.fullmatch(word) for forms in known.values()), word
    for one in reports:
        told = {name.lower() for name in entries(one.page).values()}
        for word in FIELD:
            if re.search(rf"(?<!\w){re.escape(word)}s?(?!\w)", body(one), re.IGNORECASE):
                name = next(name for name, forms in known.items() if forms.fullmatch(word))
                assert name.lower() in told, f"{one.kind} {one.subject_code}: {word}"


def test_no_entry_is_one_that_no_report_uses(reports: list[Rendered]) -> None:
    assert {code for one in reports for code in entries(one.page)} == {one.code for one in terms()}


def test_an_entry_stands_in_a_report_only_where_its_word_does(worlds: list[World]) -> None:
    assert [one.code for one in used(["The median is a signal."])] == ["median", "signal"]
    assert used(["Latest figures of the testing stage", "logistics"]) == ()
    for made in worlds:
        codes = [one.code for one in glossary.of(made.team()).terms]
        assert len(codes) == len(set(codes)) < len(terms())


def test_every_link_leads_to_an_entry_and_each_word_is_linked_once(reports: list[Rendered]) -> None:
    for one in reports:
        for html in (one.html, one.page):
            links = re.findall(r'href="#word-(\w+)"', html)
            assert set(links) <= set(entries(html))
            assert len(links) == len(set(links))
            most = 0.5 if one.kind == "closing" else 0.6  # more of its words stand in names of things that teams share
            assert len(links) >= most * len(entries(html))


def test_mail_page_and_text_explain_the_same_words(reports: list[Rendered]) -> None:
    for one in (each for each in reports if each.html):  # two documents of the end are made to be printed alone
        told = set(entries(one.html).values())
        assert told == set(entries(one.page).values())
        foot = " ".join(one.text.partition("Words used here")[2].split())
        assert all(f"- {name}. " in foot for name in told)


def test_what_people_wrote_is_neither_linked_nor_explained() -> None:
    made = glossary.Glossary(used(["signal"]))
    assert str(made.link("<b>A signal</b> & a signal")) == (
        '&lt;b&gt;A <a class="word" href="#word-signal">signal</a>&lt;/b&gt; &amp; a signal'
    )
    assert str(made.link("Another signal")) == "Another signal"


def test_meanings_are_short_and_in_our_own_words() -> None:
    for one in terms():
        assert 20 < len(one.meaning) < 110, one.meaning
        assert one.meaning.endswith(".")


def test_another_language_has_entries_of_its_own(tmp_path: Path) -> None:
    with speaking(load(pseudo.LOCALE, [pseudo.written(tmp_path)])):
        for one in terms():
            assert one.meaning.startswith("⟦")
            assert not pseudo.plain(one.meaning, []) + pseudo.plain(one.name, [])
