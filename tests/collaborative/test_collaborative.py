from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from breakthrough import collaborative, configfile
from breakthrough.collaborative import Collaborative, Counted
from breakthrough.errors import ContentMissing, SettingInvalid
from breakthrough.month import Month

SHIPPED = "config/collaboratives/absenteeism/collaborative.yaml"


@pytest.fixture
def text(root: Path) -> str:
    return (root / SHIPPED).read_text(encoding="utf-8")


@pytest.fixture
def shipped(root: Path) -> Collaborative:
    return collaborative.load(root / SHIPPED)


def test_the_shipped_collaborative_says_that_its_content_is_ours(shipped: Collaborative, text: str) -> None:
    assert "Illustrative" in shipped.notice
    assert "not the content of NCSUP, the AAP\n# or IHI" in text


def test_the_shipped_collaborative_has_the_measures_and_drivers_of_a_chronic_absence_collaborative(
    shipped: Collaborative,
) -> None:
    assert list(shipped.measures) == [
        "ca_day", "ca_ytd", "ca_gap", "ca_hold", "ca_c5", "ca_plan", "ca_team", "ca_code",
    ]  # fmt: skip
    assert [driver.code for driver in shipped.drivers] == ["D1", "D2", "D3", "D4", "D5"]
    assert len(shipped.ideas) == 14


@pytest.mark.parametrize(
    ("before", "after", "at", "hint"),
    [
        ("direction: higher", "directoin: higher", "    directoin: higher", "Did you mean 'direction'?"),
        ("direction: higher", "direction: up", "    direction: up", "'lower', 'higher' or 'neither'"),
        ("due_day: 10", "due_day: 44", "  due_day: 44", "less than or equal to 28"),
        ("start: 2025-09", "start: 2025-13", "  start: 2025-13", "is not a month"),
        ("topic: attendance", "topic: attendance\ntopic: again", "topic: again", "stands twice"),
        ("timezone: Europe/London", "timezone: Europe/Londn", "timezone: Europe/Londn", "is not a time zone"),
        ("numerator: sd_abs", "numerator: sd_ab", "  ca_day:", "uses the count 'sd_ab', which is not under counts"),
        ("drivers: [D5]", "drivers: [D9]", "    drivers: [D9]", "names the driver 'D9'"),
        ("measure: ca_day", "measure: ca_dya", "  measure: ca_dya", "aim names the measure 'ca_dya'"),
        ("chart: year_on_year", "chart: run", "  ca_ytd:", "same month last year"),
        ("rules: anhoej", "rules: nelson", "rules: nelson", "'anhoej', 'ihi' or 'nhs'"),
        ("  rating_day: 14", " rating_day: 14", " rating_day: 14", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_what_was_meant(
    text: str, before: str, after: str, at: str, hint: str
) -> None:
    broken = text.replace(before, after, 1)
    assert broken != text
    with pytest.raises(SettingInvalid) as refused:
        configfile.parse(broken, Collaborative, "collaborative.yaml")
    line = next(number for number, words in enumerate(broken.splitlines(), 1) if words.startswith(at))
    wanted = [message for message in str(refused.value).splitlines() if hint in message]
    assert [message.split(":")[0] for message in wanted] == [f"collaborative.yaml, line {line}"]


def test_several_mistakes_are_all_named_at_once(text: str) -> None:
    broken = text.replace("due_day: 10", "due_day: 44").replace("goal: 18", "goal: eighteen")
    with pytest.raises(SettingInvalid) as refused:
        configfile.parse(broken, Collaborative, "collaborative.yaml")
    assert len(str(refused.value).splitlines()) == 2


def test_a_missing_file_says_where_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ContentMissing, match="breakthrough init"):
        collaborative.load(tmp_path / "nothing.yaml")


def test_an_overlay_changes_single_keys_and_leaves_the_rest(root: Path) -> None:
    changed = collaborative.load(root / SHIPPED, {"calendar": {"data_from": "2022-09"}})
    assert changed.calendar.first == Month("2022-09")
    assert changed.calendar.due_day == 10


def test_the_calendar_knows_baseline_session_and_due_days(shipped: Collaborative) -> None:
    calendar = shipped.calendar
    assert calendar.baseline_start == calendar.first == Month("2024-09")
    assert not calendar.in_session(Month("2025-08"))
    assert [calendar.kind(Month(m)) for m in ("2024-08", "2025-08", "2025-09", "2026-07", "2026-08")] == [
        "history", "baseline", "live", "live", "tail",
    ]  # fmt: skip
    assert calendar.due(Month("2026-03")) == dt.date(2026, 4, 10)
    assert calendar.due(Month("2026-03"), lag=2) == dt.date(2026, 6, 10)
    assert calendar.position(Month("2026-03")) == (7, 11)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (dt.date(2025, 10, 14), None),
        (dt.date(2025, 10, 15), "2025-09"),
        (dt.date(2026, 4, 15), "2026-03"),
        (dt.date(2026, 9, 20), "2026-07"),  # August is not in session, so July stays the newest
        (dt.date(2030, 1, 1), "2026-12"),  # the tail's last month
    ],
)
def test_the_newest_month_to_report_on_follows_the_report_day(
    shipped: Collaborative, today: dt.date, month: str | None
) -> None:
    assert shipped.calendar.reportable(today) == (Month(month) if month else None)


def test_the_stage_is_that_of_the_last_event(shipped: Collaborative) -> None:
    assert shipped.calendar.stage(dt.date(2025, 9, 1)) == "learning"
    assert shipped.calendar.stage(dt.date(2026, 1, 5)) == "testing"
    assert shipped.calendar.stage(dt.date(2026, 3, 5)) == "spreading"


def test_counts_are_added_and_subtracted() -> None:
    assert Counted("ch_ytd - ch_swd").value({"ch_ytd": 10, "ch_swd": 3}) == 7
    assert Counted("a+b").counts == ("a", "b")
    assert Counted("a - b").value({"a": 1}) is None


@pytest.mark.parametrize("text", ["", "a b", "a * b", "A", "a -", "3", "a--b"])
def test_anything_but_counts_and_signs_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="count"):
        Counted(text)
