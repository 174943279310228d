"""Which sections a report holds and in which order: the deployment's choice."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.reporting.world import World, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import SettingInvalid
from breakthrough.reporting import render
from breakthrough.reporting.render.sections import sections

HEADS = {"dates": "Next dates", "others": "Your other measures", "duties": "waiting for you"}


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def chosen(folder: Path, *names: str) -> Content:
    """A deployment whose team reports hold those."""
    (folder / "reports").mkdir()
    lines = "\n".join(f"  - {name}" for name in names)
    (folder / "reports" / "team.yaml").write_text(f"sections:\n{lines}\n", encoding="utf-8")
    return Content(folder)


def test_sections_stand_in_the_order_chosen_in_all_three_forms(here: World, tmp_path: Path) -> None:
    told = render.team(here.team(), chosen(tmp_path, "dates", "answer"))
    for form in (told.html, told.page, told.text.replace("NEXT DATES", "Next dates")):
        assert 0 < form.index("Next dates") < form.rindex("Absence rate was 7.0%")


def test_a_section_that_is_taken_out_is_gone_with_its_words_and_pictures(here: World, tmp_path: Path) -> None:
    whole, told = render.team(here.team(), Content()), render.team(here.team(), chosen(tmp_path, "answer", "dates"))
    assert "Do next." in whole.html
    assert whole.pictures
    for form in (told.html, told.page, told.text):
        assert "Do next." not in form
    assert not told.pictures


@pytest.mark.parametrize(
    ("names", "line", "what"),
    [
        (("answer", "chart"), 3, "no section 'chart'. Did you mean 'charts'?"),
        (("answer", "zebra"), 3, "no section 'zebra'. There are answer, duties"),
        (("dates", "answer", "dates"), 4, "the section 'dates' stands twice"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_with_file_and_line(
    tmp_path: Path, names: tuple[str, ...], line: int, what: str
) -> None:
    with pytest.raises(SettingInvalid, match=what) as refused:
        sections(chosen(tmp_path, *names), "team")
    assert f"reports/team.yaml, line {line}: " in str(refused.value)
