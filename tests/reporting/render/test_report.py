"""A report in its three forms: a mail that any program shows, its text, and a page that asks nobody for anything."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser

import pytest
from tests.reporting.world import World, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.reporting import render
from breakthrough.reporting.values import Rendered


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


@pytest.fixture(scope="module", params=["team", "coach"])
def rendered(request: pytest.FixtureRequest, here: World) -> Rendered:
    return render.team(here.team(), Content()) if request.param == "team" else render.coach(here.coach(), Content())


class Seen(HTMLParser):
    """The tags of a page with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {key: value or "" for key, value in attrs}))
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self.words.append("" if tag == "a" else " ")  # a link to an entry stands within a sentence

    def handle_data(self, data: str) -> None:
        if not self.tags or self.tags[-1][0] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).replace("\xa0", " ").split())


def test_every_picture_named_in_the_mail_goes_with_it_and_the_reverse(rendered: Rendered) -> None:
    named = re.findall(r'src="cid:([^"]+)"', rendered.html)
    assert sorted(named) == sorted(picture.cid for picture in rendered.pictures)
    assert len(set(named)) == len(named)
    assert all(picture.png.startswith(b"\x89PNG") for picture in rendered.pictures)


def test_every_picture_has_words_and_its_drawn_size(rendered: Rendered) -> None:
    sizes = {picture.cid: (str(picture.width), str(picture.height), picture.alt) for picture in rendered.pictures}
    for tag, values in Seen(rendered.html).tags:
        if tag == "img":
            assert sizes[values["src"].removeprefix("cid:")] == (values["width"], values["height"], values["alt"])
            assert len(values["alt"]) > 30


def test_pictures_are_drawn_at_twice_the_size_they_are_shown(rendered: Rendered) -> None:
    for picture in rendered.pictures:
        wide, high = (int.from_bytes(picture.png[at : at + 4], "big") for at in (16, 20))
        assert (wide, high) == (2 * picture.width, 2 * picture.height)


def test_the_mail_stays_under_what_programs_cut_off(rendered: Rendered) -> None:
    assert len(rendered.html.encode()) < 95_000


def test_the_mail_fetches_nothing_and_runs_nothing(rendered: Rendered) -> None:
    bare = re.sub(r'href="https://redcap\.example\.org[^"]*"', "", rendered.html)
    assert "http" not in bare.replace("http-equiv", "")
    assert "<script" not in rendered.html
    assert "{{" not in rendered.html
    assert "{%" not in rendered.html


def test_rules_are_in_the_tags_and_only_media_rules_in_the_head(rendered: Rendered) -> None:
    sheets = re.findall(r"<style[^>]*>(.*?)</style>", rendered.html, re.DOTALL)
    assert [sheet.lstrip()[:6] for sheet in sheets] == ["@media", "td,th,"]  # the second is Outlook's, in a comment
    assert "prefers-color-scheme:dark" in sheets[0]
    assert len(sheets[0].encode()) < 16_000  # Gmail drops a longer one
    assert rendered.html.index("charset") < 200
    assert 'class="kick" style="' in rendered.html


def test_the_wide_cut_is_shown_unless_a_phone_says_otherwise(rendered: Rendered) -> None:
    cut = re.search(r'<div class="ph" style="([^"]+)">', rendered.html)
    assert cut
    assert "display:none" in cut[1]
    assert "<!--[if !mso]><!-->" in rendered.html  # Outlook, which knows no @media, never sees the phone cut


def test_the_page_stands_alone(rendered: Rendered) -> None:
    page = rendered.page
    assert "default-src 'none'" in page
    assert page.count("<svg ") == len(rendered.pictures)
    assert "cid:" not in page
    assert "src=" not in page.replace("src:url(data:font/otf;base64,", "")
    assert not re.findall(r"""(?:src|href)=["'](?!https://redcap\.example\.org|\#word-)""", page)


def test_headings_and_tables_are_made_for_ears_too(rendered: Rendered) -> None:
    for html in (rendered.html, rendered.page):
        tags = Seen(html).tags
        assert next(values["lang"] for tag, values in tags if tag == "html") == "en-GB"
        assert [tag for tag, _ in tags if tag in {"h1", "h2", "h3"}][:2] == ["h1", "h1"]
        assert all(values.get("scope") in {"row", "col"} for tag, values in tags if tag == "th")
        layout = [values for tag, values in tags if tag == "table" and "t" not in values.get("class", "").split()]
        assert all(values.get("role") == "presentation" for values in layout)


def test_the_text_says_what_the_page_says(here: World) -> None:
    """Every sentence and figure of the values stands in all three forms; words that only name a picture do not."""
    report = here.team()
    told = render.team(report, Content())
    forms = [" ".join(told.text.replace("> ", "").split()), Seen(told.html).text, Seen(told.page).text]
    assert report.peers is not None
    plain = dataclasses.replace(
        report,
        charts=(),
        tests=dataclasses.replace(report.tests, blocks=()),
        peers=dataclasses.replace(report.peers, figure=None),
    )
    wanted = [text for text in strings(plain) if text and not text.startswith(("http", "none", "good", "bad", "T0"))]
    wanted = [text for text in wanted if text not in {"0.5", "◆", "■", "○", "–", "×", "◇", report.subject}]
    for block in report.charts:
        wanted += [block.heading, block.meaning, block.action, block.definition, *block.table.months]
        wanted += [cell for row in block.table.rows for cell in row.cells]
    for ramp in report.tests.blocks:
        wanted += [ramp.heading, ramp.meaning, ramp.action, *ramp.logs]
    skipped = {"2026-03", report.header.preview, report.note.legend if report.note else "", "2.0", "4.5"}
    for form, name in zip(forms, ("text", "mail", "page"), strict=True):
        lower = form.lower()
        missing = [
            text
            for text in wanted
            if text not in skipped
            and " ".join(text.split()).lower() not in lower
            and not re.fullmatch(r"\d\.\d|Learning|Testing|Sustaining", text)
        ]
        assert not missing, (name, missing)


def test_the_text_keeps_to_72_columns_but_for_addresses(rendered: Rendered) -> None:
    assert [line for line in rendered.text.splitlines() if len(line) > 72 and "https://" not in line] == []


def test_the_same_values_make_the_same_bytes(here: World) -> None:
    assert render.team(here.team(), Content()) == render.team(here.team(), Content())
    assert render.coach(here.coach(), Content()) == render.coach(here.coach(), Content())


def test_what_is_rendered_says_whose_it_is(rendered: Rendered) -> None:
    assert (rendered.kind, rendered.subject_code) in {("team", "T001"), ("coach", "c1")}
    assert rendered.month == "2026-03"
    assert "\n" not in rendered.subject


def test_a_mark_never_stands_without_words(here: World) -> None:
    for form in (render.team(here.team(), Content()).text, render.coach(here.coach(), Content()).text):
        for mark in "◆■◇○×":
            for found in re.finditer(re.escape(mark), form.replace("●", "").replace("○○○", "")):
                after = form.replace("●", "").replace("○○○", "")[found.end() : found.end() + 3]
                assert re.match(r"\s[A-Za-z0-9]", after), (mark, after)


def test_a_coach_of_sixty_teams_still_gets_a_mail_that_is_shown_whole(here: World) -> None:
    report = here.coach()
    row = report.rows[0]
    many = tuple(
        dataclasses.replace(
            row,
            team=f"Team {n} of a rather long name",
            flags="worsening signal; test without result",
            figure=dataclasses.replace(row.figure, name=f"row-{n}") if n < 20 and row.figure else None,
            links=row.links if n < 20 else (),
        )
        for n in range(60)
    )
    told = render.coach(dataclasses.replace(report, rows=many), Content())
    assert len(told.html.encode()) < 95_000
