"""demo.yaml: every shipped story holds, the same seed tells the same, and a mistake is named with its line."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.demo import cases, counts, journey, stage, story, work
from breakthrough.demo.scene import Scene
from breakthrough.demo.story import Story
from breakthrough.errors import ContentMissing, SettingInvalid

NAMES = story.names(Content())
TODAY = dt.date(2026, 4, 15)
every_story = pytest.mark.parametrize("name", NAMES)


def played(name: str, *, seed: int | None = None) -> Scene:
    content = Content()
    told = story.load(content, name)
    told = told if seed is None else told.model_copy(update={"seed": seed})
    text = content.collaborative(name).read_text(encoding="utf-8")
    decided = configfile.parse(text, Collaborative, name, told.collaborative)
    return stage.scene(told, decided, content, told.month, TODAY, None)


def shipped(name: str) -> str:
    return Content().find(f"config/collaboratives/{name}/demo.yaml").read_text(encoding="utf-8")


def test_every_shipped_collaborative_has_a_story() -> None:
    assert NAMES == ("absenteeism", "math_swd", "medical_home")


@every_story
def test_a_story_fits_its_collaborative_and_has_what_a_demonstration_must_show(name: str) -> None:
    scene = played(name)
    story.check(scene.story, scene.collaborative)
    plots = scene.story.plots
    assert len(plots) == len(scene.story.teams)
    kinds: dict[str, Callable[[int], bool]] = {
        "moves": lambda at: plots[at].change != 0,
        "does not move": lambda at: not plots[at].change and not plots[at].process_gain,
        "gets worse": lambda at: plots[at].turn is not None and plots[at].rating[-1] <= 2.0,
        "is silent": lambda at: plots[at].silent >= 2,
        "is late": lambda at: plots[at].late,
        "asks": lambda at: bool(plots[at].ask),
        "sends doubtful figures": lambda at: plots[at].invalid or plots[at].jump or plots[at].unchanged,
    }
    found = {kind: sum(map(holds, range(len(plots)))) for kind, holds in kinds.items()}
    if name == "math_swd":  # what got worse there is its process: the benchmark has no figure yet that could tell
        found["gets worse"] = sum(plot.process_gain < 0 for plot in plots)
    assert {kind: number for kind, number in found.items() if not number} == {}
    assert found["is silent"] == 1


@every_story
def test_the_same_seed_tells_the_same_and_another_one_something_else(name: str) -> None:
    def told(seed: int | None) -> list[dict[str, str]]:
        scene = played(name, seed=seed)
        rng = stage.generator(scene)
        found = [*work.cycles(scene, rng), *work.others(scene), *journey.rows(scene), *counts.monthly(scene, rng)]
        return found + [row for project in scene.story.cases for row in cases.rows(scene, project)]

    first = told(None)
    assert first == told(None)
    assert first != told(1)


@every_story
def test_tests_stay_within_what_their_fields_take_and_name_ideas_that_there_are(name: str) -> None:
    scene = played(name)
    rows = [*work.cycles(scene, stage.generator(scene)), *work.others(scene)]
    assert max(len(row["pd_title"]) for row in rows) <= 80
    assert max(len(row["pd_question"]) for row in rows) <= 600
    assert {row["pd_change"] for row in rows} <= set(scene.collaborative.ideas)
    assert not [row for row in rows for text in row.values() if "{" in text]
    numbers = [(row["record_id"], row["redcap_repeat_instance"]) for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert all(row["pd_start"] <= str(scene.until.last) for row in rows)


@every_story
def test_no_part_is_larger_than_its_whole_but_where_the_plot_says_so(name: str) -> None:
    scene = played(name)
    rows = counts.monthly(scene, stage.generator(scene))
    slips = {member.record for _, member, plot in scene.played if plot.invalid}
    for measure in scene.collaborative.measures.values():
        if measure.source or not measure.is_proportion:
            continue
        part, whole = measure.numerator.text, measure.denominator.text  # type: ignore[union-attr]
        wrong = {row["record_id"] for row in rows if part in row and int(row[part]) > int(row[whole])}
        assert wrong <= slips


def test_a_team_that_is_silent_sends_no_month_and_one_that_is_late_says_so() -> None:
    scene = played("math_swd")
    rows = counts.monthly(scene, stage.generator(scene))
    newest = {member.record: [row for row in rows if row["record_id"] == member.record][-1] for member in scene.members}
    assert newest["T010"]["mm_period"] == "2026-01-01"
    assert newest["T004"]["mm_period"] == "2026-03-01"
    assert {newest["T004"][field] for field in newest["T004"] if field.endswith("_st")} == {"5"}


def test_a_benchmark_is_sent_in_its_three_months_alone_and_nothing_in_months_without_a_measure() -> None:
    scene = played("math_swd")
    rows = [row for row in counts.monthly(scene, stage.generator(scene)) if row["record_id"] == "T001"]
    tested = [row["mm_period"][:7] for row in rows if "bm_swd" in row]
    assert tested[:4] == ["2022-10", "2023-01", "2023-05", "2023-10"]
    assert tested[-1] == "2026-01"
    assert [row["mm_period"][:7] for row in rows if "2022" in row["mm_period"]] == ["2022-10"]
    assert "pr_four" not in rows[0]
    assert "pr_four" in rows[-1]


def test_charts_are_in_when_their_time_has_come_and_hold_what_their_kind_asks_for() -> None:
    scene = played("medical_home")
    rows = cases.rows(scene, "chart_audit")
    assert len({row["record_id"] for row in rows}) == len(rows)
    newest = {kind: max(row["au_on"] for row in rows if row["au_kind"] == kind) for kind in ("1", "2", "3")}
    assert [newest[kind][:7] for kind in ("1", "2", "3")] == ["2026-03", "2026-03", "2026-01"]
    assert {row["record_id"].split("-")[0] for row in rows if not row["au_on"]} == {"T013"}
    for row in rows:
        assert row["redcap_data_access_group"] == row["record_id"].split("-")[0].lower()
        if row["au_on"]:
            assert dt.date.fromisoformat(row["au_on"]).weekday() < 5
        if row.get("au_tier") == "1":
            assert row["au_plan_on"] == ""
    silent = [row["au_on"] for row in rows if row["record_id"].startswith("T010-")]
    assert max(silent) < "2026-02"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("seed:", "sead:", "the key 'sead' is not known. Did you mean 'seed'?"),
        ("nr_hold: {of: nr_prev,", "nr_hold: {of: nr_prew,", "there is no count 'nr_prew' above this one"),
        ('"80 + [gain] * 0.5"', '"80 + [gian] * 0.5"', "[gian] is no size, table, own number or count above this one"),
        ('"80 + [gain] * 0.5"', '"80 + * [gain]"', "character 6"),
        ("{about: close, spread: 0.12}", "{about: closed, spread: 0.12}", "there is no size 'closed'"),
        ("nr_prev: {about: close,", "nr_prev: {about: close, of: sd_abs,", "write exactly one of"),
        ("jump: [sd_poss, sd_abs]", "jump: [sd_pos, sd_abs]", "'sd_pos' is not under counts"),
    ],
)
def test_a_mistake_is_named_with_its_line(old: str, new: str, told: str) -> None:
    text = shipped("absenteeism")
    line = text[: text.index(old)].count("\n") + 1
    with pytest.raises(SettingInvalid) as wrong:
        configfile.parse(text.replace(old, new, 1), Story, "demo.yaml")
    assert told in str(wrong.value)
    assert f"demo.yaml, line {line}: " in str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("idea: D1b", "idea: D9z", "plot 1: there is no idea 'D9z'"),
        ("    D2c:", "    D2q:", "tests.ideas: there is no idea 'D2q'"),
        ('    att_ent: {is: "[sd_abs]"}\n', '    att_end: {is: "[sd_abs]"}\n', "there is no count 'att_end'"),
        ("9: 40, 10: 36", "9: 40, 8: 36", "figures.tables.half_days: the months 10 are in session"),
    ],
)  # fmt: skip
def test_a_story_that_does_not_fit_its_collaborative_is_refused(old: str, new: str, told: str) -> None:
    text = shipped("absenteeism").replace(old, new, 1).replace("of: att_ent", "of: sd_abs")
    wrong = configfile.parse(text, Story, "demo.yaml")
    with pytest.raises(SettingInvalid, match=re.escape(told)):
        story.check(wrong, played("absenteeism").collaborative)


def test_a_collaborative_without_a_story_is_refused_with_those_that_have_one() -> None:
    with pytest.raises(
        ContentMissing, match=r"Did you mean 'medical_home'\? There are: absenteeism, math_swd, medical_home"
    ):
        story.load(Content(), "medical_hom")


def test_a_story_beside_a_deployments_own_collaborative_is_found(tmp_path: Path) -> None:
    own = tmp_path / "config" / "collaboratives" / "ours"
    own.mkdir(parents=True)
    (own / "demo.yaml").write_text(shipped("absenteeism"), encoding="utf-8")
    assert story.load(Content(tmp_path), "ours") == story.load(Content(), "absenteeism")


def test_tests_run_from_the_day_on_which_the_first_began_to_the_day_of_the_last() -> None:
    scene = played("absenteeism")
    begun = [row["pd_start"] for row in work.cycles(scene, stage.generator(scene)) if row["record_id"] == "T001"]
    assert begun == ["2025-11-17", "2025-12-23", "2026-01-29", "2026-03-07"]


def test_nothing_of_the_end_is_entered_before_it() -> None:
    scene = played("absenteeism")
    forms = {row["redcap_repeat_instrument"] for row in journey.rows(scene)}
    assert "document_upload" not in forms
    assert not any("closeout_complete" in row for row in journey.rows(scene))


def test_a_story_without_an_end_cannot_be_closed() -> None:
    told = story.load(Content(), "absenteeism").model_copy(update={"closing": None})
    decided = played("absenteeism").collaborative
    with pytest.raises(ContentMissing, match="lacks the key 'closing'"):
        story.closing(told, decided)
