"""Worksheets have the fields of their instruments, with room to write, whatever a deployment makes of them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.printed.conftest import changed, press

from breakthrough.content import Content, shipped
from breakthrough.errors import TemplateBroken
from breakthrough.instruments.printed.blank import Blank, Sheet
from breakthrough.instruments.printed.render import Press
from breakthrough.instruments.text.html import plain


def words(html: str) -> str:
    return plain(html.partition("<body")[2])


@pytest.mark.parametrize(
    ("tool", "instrument"), [("pdsa", "pdsa_cycle"), ("charter", "team_charter"), ("storyboard", "storyboard")]
)
def test_a_worksheet_asks_every_question_of_its_form_in_order(tool: str, instrument: str) -> None:
    one = press()
    page = words(one.tool(tool).html)
    at = [page.find(plain(field.field_label)) for field in one.project.fields_of(instrument)]
    assert -1 not in at
    assert tool == "storyboard" or at == sorted(at)


def test_the_prediction_comes_before_the_test_and_stands_out() -> None:
    html = press().tool("pdsa").html
    page = words(html)
    assert page.index("PLAN") < page.index("What do you expect will happen?") < page.index("DO. Come back here")
    assert re.search(r'class="first"><div class="label">What do you expect', re.sub(r">\s+<", "><", html))


def test_the_sizes_of_a_test_are_the_steps_of_its_ramp() -> None:
    assert press().tool("pdsa").html.count('class="step"') == 6


def test_a_charter_has_a_goal_for_each_measure_beside_the_one_all_share() -> None:
    one = press()
    page = words(one.tool("charter").html)
    for measure in one.collaborative.measures.values():
        assert f"Your goal for: {measure.name}" in page
    assert "The goal we share: 6.5% by July 2026" in page
    assert one.collaborative.aim.statement in page


def test_a_storyboard_has_empty_charts_of_the_aim_and_the_key_measures() -> None:
    html = press().tool("storyboard").html
    assert re.findall(r"Empty run chart of ([^,]+),", html) == [
        "Absence rate",
        "Held below the line",
        "Family reached in 5 days",
    ]
    assert "◎ goal 6.5% by July 2026" in html


def test_a_changed_label_and_a_new_question_are_on_the_paper() -> None:
    one = press()
    fields = list(one.project.fields)
    at = next(n for n, field in enumerate(fields) if field.field_name == "pd_predict")
    fields[at] = replace(fields[at], field_label="What do you predict?")
    fields.insert(at + 1, replace(fields[at], field_name="pd_own", field_label="A question of our own"))
    page = words(changed(one, project=replace(one.project, fields=tuple(fields))).tool("pdsa").html)
    assert "What do you expect will happen?" not in page
    assert page.index("What do you predict?") < page.index("A question of our own") < page.index("DO. Come back")


def test_what_is_hidden_or_offered_no_more_is_not_on_the_paper() -> None:
    one = press()
    tagged = {"pd_title": "@HIDDEN-PDF", "pd_change": "@HIDECHOICE='D1a'"}
    fields = tuple(
        replace(field, field_annotation=tagged.get(field.field_name, field.field_annotation))
        for field in one.project.fields
    )
    page = words(changed(one, project=replace(one.project, fields=fields)).tool("pdsa").html)
    assert "What do you test, in a few words?" not in page
    assert "D1a Ten-minute" not in page
    assert "D1b Friday list" in page


def test_a_tool_without_its_instrument_is_not_offered() -> None:
    one = press()
    left = tuple(form for form in one.project.instruments if form.name != "storyboard")
    assert changed(one, project=replace(one.project, instruments=left)).tools == ("data-guide", "pdsa", "charter")


def test_a_blank_form_has_each_question_with_the_room_that_its_kind_needs() -> None:
    one = press()
    shapes = _shapes(one, "team_profile")
    assert shapes["tp_name"] == "line"
    assert (shapes["tp_joined"], shapes["tp_type"], shapes["tp_population"]) == ("date", "ticks", "lines")
    monthly = one.form("monthly_measures").html
    assert words(monthly).count("Absence rate") >= 2
    assert "must not be larger" not in words(monthly)  # a remark for the screen


def _shapes(one: Press, form: str) -> dict[str, str]:
    laid = Sheet(one._sheet(form, conditions=True).book, one.project.instrument(form), one.now).laid_out()
    items = [item for part in laid.parts for row in part.rows for item in row]
    return {item.question.id: item.shape for item in items if isinstance(item, Blank)}


def test_a_deployment_may_extend_a_template_and_is_told_where_one_is_broken(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("site")
    template = folder / "reports" / "templates" / "printed" / "pdsa.html.j2"
    template.parent.mkdir(parents=True)
    template.write_text(
        '{% extends "shipped/printed/pdsa.html.j2" %}{% block heading %}Our test{% endblock %}', encoding="utf-8"
    )
    one = replace(press(), content=Content(folder, shipped()))
    assert "<h1>Our test</h1>" in one.tool("pdsa").html
    template.write_text("{% block %}", encoding="utf-8")
    with pytest.raises(TemplateBroken, match=r"pdsa\.html\.j2, line 1"):
        one.tool("pdsa")
