"""How `explain` tells a measure's definition, whatever its type, and which version of it was in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from tests.measures.kinds import test_of_counts as counts
from tests.measures.kinds import test_of_rows as rows
from tests.measures.kinds.sets import of_counts, of_rows

from breakthrough.month import Month
from breakthrough.worker.explain.definition import definition, digest

VERSION = {"from": "2026-01", "change": "those seen elsewhere, too", "accepted_by": "Ro", "on": "2025-12-20"}


@pytest.mark.parametrize(
    ("keys", "from_rows", "above", "below"),
    [
        (counts.PROPORTION, False, "hit", "seen"),
        (counts.COUNT, False, "hit + also", ""),
        (counts.MEDIAN, False, "wait", ""),
        (counts.SIZED, False, "wait", "seen"),
        (counts.INDEX, False, "hit x 2; also", "seen x 2; roll"),
        (rows.MEAN, True, "[days]", "[a] <> '9'"),
        (rows.BUNDLE, True, "([a] = '1') and ([b] = '1')", "[a] <> '9'"),
        (
            rows.INDEX,
            True,
            "[a] = '1' x 3; [b] = '1'",
            "[a] <> '9' x 3; [b] <> '9' (in rows with [a] <> '9')",
        ),
        (rows.GAP, True, "[b] = '1' [where [group] = '1']", "[a] = '1' [where [group] = '1']"),
        (
            rows.FALLS,
            True,
            "days from one such day to the next; a month's figure is the median of those that ended in it",
            "[fall] = '1'",
        ),
    ],
)
def test_what_stands_above_and_below_the_line(keys: Mapping[str, Any], from_rows: bool, above: str, below: str) -> None:
    told = definition((of_rows if from_rows else of_counts)(**keys), "one")
    assert (told.numerator, told.denominator) == (above, below)


def test_the_other_group_of_case_rows_is_told() -> None:
    told = definition(of_rows(**rows.GAP), "one")
    assert told.versus == ("others", "[b] = '1' [where [group] = '0']", "[a] = '1' [where [group] = '0']")


def test_the_version_in_force_is_told_with_who_accepted_it() -> None:
    what = of_counts(**counts.PROPORTION, versions=[{**VERSION, "numerator": "hit + also"}])
    before, after = (definition(what, "one", Month(month)) for month in ("2025-12", "2026-01"))
    assert (before.numerator, after.numerator) == ("hit", "hit + also")
    assert before.changes == ((Month("2026-01"), "those seen elsewhere, too", "Ro", dt.date(2025, 12, 20)),)
    assert definition(what, "one").numerator == "hit + also"


def test_the_goal_in_force_and_the_periods_and_the_sample_are_told() -> None:
    goals = [{"from": "2026-02", "goal": 80, "by": "2026-07"}]
    sampling = {"size": 20, "how": "first 20 charts"}
    what = of_counts(**counts.PROPORTION, goal=70, goals=goals, sampling=sampling, every=[10, 1, 5])
    assert [definition(what, "one", Month(month)).goal for month in ("2026-01", "2026-05")] == ["70%", "80%"]
    told = definition(what, "one")
    assert (told.every, told.sampling) == ((1, 5, 10), "20 each time (first 20 charts)")


def test_a_digest_changes_with_what_decides_a_figure_and_not_with_goals_or_samples() -> None:
    plain = digest(of_counts(**counts.PROPORTION), "one")
    for same in ({"goals": [{"from": "2026-02", "goal": 80}]}, {"sampling": {"size": 20, "how": "first 20"}}):
        assert digest(of_counts(**counts.PROPORTION, **same), "one") == plain
    for other in ({"every": "quarter"}, {"versions": [{**VERSION, "numerator": "also"}]}):
        assert digest(of_counts(**counts.PROPORTION, **other), "one") != plain
