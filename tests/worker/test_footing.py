"""Which fields must be in REDCap before reports are made: those that something can have been entered into."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.month import Month
from breakthrough.store import Held
from breakthrough.worker import footing

COUNTS = {"att_ent", "att_rev"}  # of the measure ca_code alone


@dataclass
class Pulled:
    """A project as it was pulled on 15 April 2026, without those fields."""

    collaborative: Collaborative
    lacking: set[str]

    def dictionary(self, _project: str) -> list[dict[str, str]]:
        names = ["tp_name", "tp_status", "tp_coach", "tr_email", "tr_consent_mail", "tr_reports", "mm_period"]
        return [{"field_name": name} for name in (*names, *self.collaborative.counts) if name not in self.lacking]

    def last_run(self, _project: str) -> Any:
        at = dt.datetime(2026, 4, 15, 6, 0, tzinfo=dt.UTC)
        return SimpleNamespace(finished_at=at, started_at=at)


def missing(root: Path, lacking: set[str], **since: str) -> tuple[str, ...]:
    """What is missing where those fields are not in REDCap, and those measures began in those months."""
    whole = collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    later = {code: whole.measures[code].model_copy(update={"since": Month(month)}) for code, month in since.items()}
    changed = whole.model_copy(update={"measures": {**whole.measures, **later}})
    return footing.missing(cast("Held", Pulled(changed, lacking)), changed, "main")


@pytest.mark.parametrize(
    ("since", "lost"),
    [("2026-05", ()), ("2026-04", ()), ("2026-03", ("att_ent", "att_rev")), ("2025-09", ("att_ent", "att_rev"))],
)
def test_a_count_is_needed_once_the_first_month_of_its_measure_is_over(
    root: Path, since: str, lost: tuple[str, ...]
) -> None:
    assert missing(root, COUNTS, ca_code=since) == lost


def test_a_count_that_another_measure_is_made_of_is_needed_all_the_same(root: Path) -> None:
    assert missing(root, {"ch_plan", "ch_ytd"}, ca_plan="2026-05") == ("ch_ytd",)


def test_every_other_field_is_needed(root: Path) -> None:
    assert missing(root, {"tp_coach", *COUNTS}) == ("tp_coach", "att_ent", "att_rev")
    assert missing(root, set()) == ()
