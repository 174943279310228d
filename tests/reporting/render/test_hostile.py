"""What people type is shown harmlessly, in every form, wherever it stands."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.reporting import given
from tests.reporting.ending import closeout, coordinated, document, person, policy, reaped
from tests.reporting.world import MARCH, folk, world

from breakthrough.collaborative import Collaborative
from breakthrough.collaborative.model import Commitment, Sponsor
from breakthrough.content import Content
from breakthrough.measures.values import Doubt
from breakthrough.reporting import render
from breakthrough.reporting.clean import clean, line, passage
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import change_package, closing_report, story
from breakthrough.teams.values import Ask, Flag, Portfolio, Text

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>"
TEMPLATE = "{{ 7*7 }}{% for a in b %}{{ a }}{% endfor %}"
BIDI = "abc\u202egnp.exe\u2066\u200b\u00ad\x07\x00\ud800\ufffe"
STYLE = '</style><style>*{display:none}</style>" onload="x'


def planted(text: str) -> Portfolio:
    """The portfolio with that text in every field that somebody types."""
    people = folk()

    def written(instrument: str = "pdsa_cycle") -> Text:
        return given.text(text, entry=given.key(instrument))

    return dataclasses.replace(
        people,
        teams=tuple(dataclasses.replace(team, name=text, short=text, organisation=text) for team in people.teams),
        charters={"T001": dataclasses.replace(people.charters["T001"], aim=written(), pilot=text)},
        pdsas=tuple(
            dataclasses.replace(
                one,
                title=written(),
                ramp=text,
                idea="",
                prediction=written(),
                predicted=None,
                result=written(),
                result_number=None,
                missing=(text[:40],),
            )
            for one in people.pdsas
        ),
        ratings=tuple(
            dataclasses.replace(one, why=written("coach_rating"), suggestion=written("coach_rating"))
            for one in people.ratings
        ),
        narratives=tuple(
            dataclasses.replace(one, bright=written("monthly_report"), ask=written("monthly_report"))
            for one in people.narratives
        ),
        asks=(Ask("T002", MARCH, written("monthly_report"), "coach", dt.date(2026, 4, 1)),),
    )


def both(collaborative: Collaborative, text: str) -> tuple[Rendered, Rendered]:
    """The reports of a team and of its coach."""
    there = world(collaborative, planted(text))
    flags = [Flag(text[:20], "T001", "high", dt.date(2026, 4, 1), text, text)]
    doubts = [Doubt("T001", "ca_day", MARCH, "jump", text)]
    team = render.team(there.team(doubts=doubts), Content())
    charts = {
        key: dataclasses.replace(
            chart, verdict="improving", signals=(given.signal("shift", "improving", "2026-02", "2026-03"),)
        )
        for key, chart in there.charts.items()
        if key[0] != "T003"
    }
    return team, render.coach(there.coach(flags=flags, doubts=doubts, charts=charts), Content())


@pytest.mark.parametrize("text", [SCRIPT, TEMPLATE, STYLE, BIDI, "word " * 2_000, "x" * 10_000, "محمد 👩‍👩‍👧"])
def test_leaders_and_sponsors_get_what_people_typed_harmlessly_or_not_at_all(
    absenteeism: Collaborative, text: str
) -> None:
    sponsor = Sponsor(name=clean(text), commitments=(Commitment(what=clean(text), by=dt.date(2026, 1, 1)),))
    policy = absenteeism.privacy.model_copy(update={"peer_names": "named"})
    there = world(absenteeism.model_copy(update={"sponsor": sponsor, "privacy": policy}), planted(text))
    asks = (dataclasses.replace(there.portfolio.asks[0], of="senior leader"),)
    people = dataclasses.replace(there.portfolio, asks=asks).only("T002")
    flags = [Flag("worse", "T002", "high", dt.date(2026, 4, 1), text, text)]
    names = dict.fromkeys(("T001", "T002", "T003"), clean(text)[:40])
    for told in (
        render.leader(there.leader("T002", portfolio=people, flags=flags), Content()),
        render.collaborative(there.whole(names=names), Content()),
    ):
        for html in (told.html, told.page):
            assert "<script" not in html
            assert "onerror=alert(1)>" not in html
            assert html.count("<style") == html.count("</style>") == 2
            assert not set("\u202e\u2066\x00") & set(html)
        assert "49" not in told.subject
        assert len(told.html.encode()) < 95_000


@pytest.mark.parametrize("text", [SCRIPT, STYLE], ids=["script", "style"])
def test_markup_is_shown_as_it_was_typed_and_never_read_as_markup(absenteeism: Collaborative, text: str) -> None:
    for told in both(absenteeism, text):
        for html in (told.html, told.page):
            assert text not in html
            assert "<script" not in html
            assert "onerror=alert(1)>" not in html
            assert html.count("<style") == html.count("</style>") == 2
        assert text[:8] in told.text  # in plain text it stands as typed


def test_template_signs_are_not_run(absenteeism: Collaborative) -> None:
    for told in both(absenteeism, TEMPLATE):
        assert "49" not in told.subject
        assert "{{ 7*7 }}" in told.html
        assert "{{ 7*7 }}" in told.text


def test_characters_that_hide_or_reorder_are_gone(absenteeism: Collaborative) -> None:
    for told in both(absenteeism, BIDI):
        for form in (told.html, told.text, told.page, told.subject, *(picture.alt for picture in told.pictures)):
            assert not set("\u202e\u2066\u200b\u00ad\x07\x00\ud800\ufffe") & set(form)
            form.encode()
        assert "abcgnp.exe" in told.html


def test_ten_thousand_characters_are_cut_and_the_rest_is_linked(absenteeism: Collaborative) -> None:
    team, coach = both(absenteeism, "word " * 2_000)
    assert len(team.html.encode()) < 95_000
    assert len(coach.html.encode()) < 95_000
    assert "read the rest in REDCap" in team.html
    assert team.html.count("word word") < 1_000
    assert "page=coach_rating" in team.text


def test_ten_thousand_characters_without_a_blank_do_not_break_the_layout(absenteeism: Collaborative) -> None:
    team, coach = both(absenteeism, "x" * 10_000)
    assert len(team.html.encode()) < 95_000
    assert "x" * 700 not in coach.html


@pytest.mark.parametrize(
    "text", ["משה כהן", "محمد", "👩‍👩‍👧 wir", "Żółć ≥ 5"], ids=["hebrew", "arabic", "emoji", "polish"]
)
def test_names_of_any_script_are_kept(absenteeism: Collaborative, text: str) -> None:
    for told in both(absenteeism, text):
        assert text in told.html
        assert text in told.text
        assert text in told.page


def last(collaborative: Collaborative, text: str) -> list[Rendered]:
    """What is told at the end, and the coordinator's report, with that text in every field that somebody types."""
    agreed = dataclasses.replace(
        planted(text),
        people=(person("T002", text, "2"),),
        closeouts=(closeout("T001", publishable=True, text=text),),
        documents=(document("T001", shared=True, text=text),),
    )
    there = world(policy(collaborative, "named"), agreed, [("T002", "2026-03")])
    told = coordinated(there, doubts=[Doubt("T001", "ca_day", MARCH, "jump", text)], wrong=[text])
    of = reaped(there.collaborative, agreed)
    return [
        render.coordinator(told, Content()),
        render.closing(closing_report(of), Content()),
        render.change_package(change_package(of), Content()),
        render.story(story(of, "T001"), Content()),
    ]


@pytest.mark.parametrize("text", [SCRIPT, STYLE, TEMPLATE, BIDI], ids=["script", "style", "template", "bidi"])
def test_what_people_type_is_harmless_in_what_is_told_at_the_end(absenteeism: Collaborative, text: str) -> None:
    for told in last(absenteeism, text):
        for html in (told.html, told.page):
            assert text not in html or text == TEMPLATE
            assert "<script" not in html
            assert "onerror=alert(1)>" not in html
            assert html.count("<style") == html.count("</style>")
            assert not set("\u202e\u2066\u200b\u00ad\x07\x00\ud800\ufffe") & set(html)
        assert {SCRIPT: "&lt;script", TEMPLATE: "{{ 7*7 }}", BIDI: "abcgnp.exe"}.get(
            text, "*{display:none}"
        ) in told.page


def test_ten_thousand_characters_are_cut_at_the_end_too(absenteeism: Collaborative) -> None:
    for told in last(absenteeism, "word " * 2_000):
        assert len(told.html.encode()) < 95_000
        assert told.page.count("word word") < 2_500


def test_a_flood_of_combining_marks_is_thinned() -> None:
    assert clean("e" + "\u0301" * 50) == "e" + "\u0301" * 4
    assert clean("Việt Nam") == "Việt Nam"


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("one two three", 20, "one two three"),
        ("one two three", 9, "one two…"),
        ("abcdefghij", 5, "abcd…"),
        ("  a \n\t b  ", 20, "a b"),
    ],
    ids=["short", "at-a-word", "one-word", "blanks"],
)
def test_a_line_is_cut_at_a_word_and_shows_that_it_was(text: str, limit: int, cut: str) -> None:
    assert line(text, limit) == cut


def test_a_passage_tells_whether_anything_was_cut() -> None:
    assert passage("one two three", 20) == ("one two three", False)
    assert passage("one two three", 8) == ("one two", True)
    assert passage(" " * 9_000 + "late", 10) == ("", True)
