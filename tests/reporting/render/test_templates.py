"""A deployment's own templates, words and style sheet, and what is said of one that is broken."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.reporting.world import World, world

from breakthrough import language
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import ReportError, TemplateBroken
from breakthrough.reporting import render, wording
from breakthrough.reporting.parts import MonthTable, Row
from breakthrough.reporting.render import checks, layout, templates
from breakthrough.reporting.values import Picture


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def put(folder: Path, name: str, text: str) -> Content:
    """A deployment with that file in it."""
    path = folder / "reports" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Content(folder)


def test_an_override_extends_the_shipped_template_and_changes_one_block(here: World, tmp_path: Path) -> None:
    own = '{% extends "shipped/team.html.j2" %}{% block about %}Ask Ros.{% endblock %}'
    told = render.team(here.team(), put(tmp_path, "templates/team.html.j2", own))
    assert "Ask Ros." in told.html
    assert "goes to people on your roster" not in told.html
    assert "Absence rate was 7.0% in March" in told.html


@pytest.mark.parametrize(
    ("own", "line", "what"),
    [
        (
            '{% extends "shipped/team.html.j2" %}\n{% block about %}\n{{ report.nonsense }}\n{% endblock %}',
            3,
            "nonsense",
        ),
        ('{% extends "shipped/team.html.j2" %}\n{% block about %}', 2, "block"),
        ('{% extends "shipped/team.html.j2" %}\n\n\n{% block about %}{{ 1/0 }}{% endblock %}', 4, "division"),
        (
            '{% extends "shipped/team.html.j2" %}\n{% block about %}{{ "".__class__.__mro__ }}{% endblock %}',
            2,
            "unsafe",
        ),
    ],
    ids=["unknown-name", "syntax", "error", "forbidden"],
)
def test_a_broken_template_is_refused_with_file_and_line(
    here: World, tmp_path: Path, own: str, line: int, what: str
) -> None:
    content = put(tmp_path, "templates/team.html.j2", own)
    told = render.team(here.team(), content)
    (fault,) = told.faults
    assert f"{tmp_path / 'reports/templates/team.html.j2'}, line {line}:" in fault
    assert what in fault
    assert replace(told, faults=()) == render.team(here.team(), Content())
    with pytest.raises(TemplateBroken):
        templates.render(content, "team.html.j2", {})


def test_a_template_that_extends_itself_is_told_how_the_shipped_one_is_named(tmp_path: Path) -> None:
    content = put(tmp_path, "templates/team.html.j2", '{% extends "team.html.j2" %}')
    with pytest.raises(TemplateBroken) as told:
        templates.render(content, "team.html.j2", {})
    own = tmp_path / "reports/templates/team.html.j2"
    assert str(told.value).startswith(f"{own}, line 1: the template cannot be used: it asks for itself without an end;")
    assert '{% extends "shipped/team.html.j2" %}' in str(told.value)


def test_a_template_that_asks_for_one_that_is_not_there_is_refused(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "templates/team.html.j2", '{% extends "absent.html.j2" %}')
    told = render.team(here.team(), content)
    assert "absent.html.j2" in told.faults[0]
    assert told.html == render.team(here.team(), Content()).html


def test_a_changed_template_is_read_anew(here: World, tmp_path: Path) -> None:
    head = '{% extends "shipped/team.txt.j2" %}{% block about %}'
    content = put(tmp_path, "templates/team.txt.j2", head + "One.{% endblock %}")
    assert "One." in render.team(here.team(), content).text
    path = tmp_path / "reports/templates/team.txt.j2"
    path.write_text(head + "Second.{% endblock %}", encoding="utf-8")
    os.utime(path, (path.stat().st_mtime + 5, path.stat().st_mtime + 5))
    assert "Second." in render.team(here.team(), content).text


def test_words_can_be_changed_one_by_one(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "wording/en.po", 'msgid "Do next."\nmsgstr "As a next step."\n')
    told = render.team(here.team(), content)
    assert "As a next step." in told.html
    assert "> As a next step." in told.text
    assert "Next dates" in told.html


def test_a_sentence_can_be_changed_wherever_it_is_made(here: World, tmp_path: Path) -> None:
    own = (
        'msgid "Send {month} first: without it nobody can tell where this is going."\nmsgstr "First {month}, please."\n'
    )
    content = put(tmp_path, "wording/en.po", own)
    late = world(here.collaborative, drop=[("T001", "2026-03")])
    with language.speaking(wording.read(content)):
        told = render.team(late.team(), content)
    assert "First March, please." in told.html
    assert "> Do next. First March, please." in told.text


def test_a_wording_that_is_broken_is_told_and_the_month_goes_out_in_english(
    here: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = put(tmp_path, "wording/en.po", 'msgid "Do next."\nmsgstr "{now}"\n')
    assert "> Do next. " in render.team(here.team(), content).text
    (told,) = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert f"{tmp_path / 'reports/wording/en.po'}, line 1: " in told
    assert wording.problems(content) == (told,)


def test_a_wording_that_nobody_says_is_told_with_the_nearest(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    content = put(tmp_path, "wording/en.po", 'msgid "Do next"\nmsgstr "Next"\n')
    wording.read(content)
    assert "Did you mean “Do next.”?" in caplog.text


def test_words_in_the_form_of_former_versions_are_not_passed_over(tmp_path: Path) -> None:
    content = put(tmp_path, "wording/english.yaml", "shared: {next: As a next step.}\n")
    (told,) = wording.problems(content)
    assert "reports/wording/en.po" in told


def test_a_template_of_ones_own_speaks_the_catalogue_in_both_of_jinjas_ways(here: World, tmp_path: Path) -> None:
    put(tmp_path, "wording/en.po", 'msgid "Next dates"\nmsgstr "Days to come"\n')
    own = (
        '{% extends "shipped/team.html.j2" %}{% block about %}'
        '1: {{ _("Next dates") }} 2: {% trans %}Next dates{% endtrans %} 3: {{ say("Rate {x}", x=report.team) }}'
        "{% endblock %}"
    )
    told = render.team(here.team(), put(tmp_path, "templates/team.html.j2", own)).html
    assert "1: Days to come 2: Days to come 3: Rate T001" in told


def test_a_wording_is_shown_as_it_is_written_and_never_read_as_markup(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "wording/en.po", 'msgid "Next dates"\nmsgstr "<script>1</script>"\n')
    told = render.team(here.team(), content)
    assert "<script" not in told.html
    assert "&lt;script&gt;1&lt;/script&gt;" in told.page


def test_a_page_says_which_language_it_is_in(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "wording/ar.po", 'msgid "Do next."\nmsgstr "التالي"\n')
    assert '<html lang="en-GB">' in render.team(here.team(), content).html
    with language.speaking(language.Language("ar")):
        told = render.team(here.team(), content)
    assert '<html lang="ar" dir="rtl">' in told.html
    assert "التالي" in told.html


def test_a_style_sheet_of_ones_own_is_inlined_in_place_of_the_shipped_one(here: World, tmp_path: Path) -> None:
    content = put(tmp_path, "static/report.css", "p{color:#123456}\n@media print{p{color:#000}}\n")
    told = render.team(here.team(), content)
    assert 'style="color:#123456"' in told.html
    assert "@media print" in told.html


@pytest.mark.parametrize(
    ("own", "line", "what"),
    [
        ("p{}\np{background:url(https://x.org/p.png)}\n", 2, "would fetch something"),
        ("/* url( */\np{color:#123}\n@media print{p{color:#000}\n", 3, "never closed"),
        ("p{color:#123}}\n", 1, "never opened"),
        ("p{}</style><script>1</script>", 1, "would end the style sheet"),
    ],
)
def test_a_style_sheet_that_cannot_be_used_is_refused_with_file_and_line(
    here: World, tmp_path: Path, own: str, line: int, what: str
) -> None:
    told = render.team(here.team(), put(tmp_path, "static/report.css", own))
    assert f"{tmp_path / 'reports/static/report.css'}, line {line}: " in told.faults[0]
    assert what in told.faults[0]
    assert told.html == render.team(here.team(), Content()).html


def test_everything_printed_in_html_is_escaped_and_in_text_is_not(tmp_path: Path) -> None:
    put(tmp_path, "templates/a.html.j2", "{{ words }}")
    content = put(tmp_path, "templates/a.txt.j2", "{{ words }}")
    assert templates.render(content, "a.html.j2", {"words": "<b>\u202e"}) == "&lt;b&gt;"
    assert templates.render(content, "a.txt.j2", {"words": "<b>\u202e"}) == "<b>"


PICTURE = Picture("a@b", b"", 10, 10, "A finding.")
GOOD = '<p>…</p><img src="cid:a@b" alt="A finding." width="10" height="10"><a href="https://x.org">x</a>'


def test_a_sound_mail_passes() -> None:
    checks.mail(GOOD, [PICTURE], "team")


@pytest.mark.parametrize(
    ("html", "wrong"),
    [
        (GOOD + "x" * 95_000, "95,000"),
        (GOOD + "<script>1</script>", "<script>"),
        (GOOD + '<p onclick="x">', "run a script"),
        (GOOD + '<p style="background:url(x)">', "would fetch"),
        (GOOD + "<style>@import 'x'</style>", "would fetch"),
        (GOOD + "<style><!-- @import 'x' --></style>", "would fetch"),
        (GOOD + '<p title="<!--"><script></script><p title="-->">', "<script>"),
        (GOOD + '<img src="https://x.org/p.png" alt="a" width="1" height="1">', "not part of the mail"),
        (GOOD.replace('alt="A finding." ', ""), "lacks its words"),
        (GOOD.replace("cid:a@b", "cid:c@d"), "not the same"),
        (GOOD + '<a href="javascript:x">', "does not begin with"),
        (GOOD + '<link rel="stylesheet" href="x">', "<link>"),
    ],
    ids=[
        "size",
        "script",
        "handler",
        "url",
        "import",
        "unseen-import",
        "unseen",
        "remote",
        "mute",
        "cid",
        "javascript",
        "link",
    ],
)
def test_a_mail_with_a_fault_is_never_made(html: str, wrong: str) -> None:
    with pytest.raises(ReportError, match=wrong):
        checks.mail(html, [PICTURE], "team")


def test_two_pictures_of_one_name_are_a_fault() -> None:
    with pytest.raises(ReportError, match="one name"):
        checks.mail(GOOD, [PICTURE, PICTURE], "team")


def test_paragraphs_wrap_under_their_own_indent() -> None:
    assert layout.wrap("one " * 30, "- ").splitlines()[1].startswith("  one")
    assert layout.wrap("two " * 30, "> ").splitlines()[1].startswith("> two")
    assert layout.wrap("https://example.org/" + "a" * 90) == "https://example.org/" + "a" * 90


def test_a_table_that_is_too_wide_becomes_lines() -> None:
    assert layout.columns(["A", "Bb"], ["1", "22"]) == "A   1\nBb  22"
    assert layout.columns(["A" * 40], ["b" * 40]) == "- " + "A" * 40 + ":\n  " + "b" * 40


def test_months_run_down_the_page() -> None:
    table = MonthTable(("Feb", "Mar"), (Row("Rate", ("6.6%", "not sent")), Row("Counted", ("23,368", ""))))
    assert (
        layout.months(table, "By month")
        == "By month      Rate  Counted\nFeb           6.6%   23,368\nMar       not sent"
    )


def test_dates_stand_beside_what_they_are_for() -> None:
    assert layout.beside(["Tue 21 April", "Fri"], ["Call", "Due"]) == "Tue 21 April  Call\nFri           Due"
