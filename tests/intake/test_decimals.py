"""Counts that need not be whole, from a spreadsheet."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from tests.measures.kinds.sets import of_counts

from breakthrough import intake
from breakthrough.collaborative import Collaborative

MAP = "team: team\nmonth: month\ncounts: {stay: days, seen: visits}\nmeasures: [one]\n"
WHAT = of_counts(type="mean", numerator="stay", denominator="seen")


def _read(tmp_path: Path, row: str, what: Collaborative = WHAT) -> tuple[intake.CountsFile, intake.ColumnMap]:
    (tmp_path / "map.yaml").write_text(MAP, encoding="utf-8")
    (tmp_path / "counts.csv").write_text(f"team;month;days;visits\n{row}\n", encoding="utf-8")
    mapping = intake.load(tmp_path / "map.yaml", what)
    return intake.read(tmp_path / "counts.csv", mapping, what, {"t001": "T001"}), mapping


@pytest.mark.parametrize(
    ("days", "written"), [("10.5", "10.5"), ("12.0", "12"), ("12", "12"), ("1,204.25", "1204.25"), ("0.125", "0.125")]
)
def test_a_decimal_count_is_taken_as_it_stands(tmp_path: Path, days: str, written: str) -> None:
    found, mapping = _read(tmp_path, f"T001;2026-02;{days};4")
    plan = intake.compare(found, [], mapping, WHAT, dt.date(2026, 4, 5))
    (change,) = plan.changes
    assert (change.row["stay"], change.row["seen"], change.row["one_st"]) == (written, "4", "1")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("T001;2026-02;10,5;4", "days", "a number of 0 or more, with a decimal point"),
        ("T001;2026-02;-1;4", "days", "a number of 0 or more, with a decimal point"),
        ("T001;2026-02;10.5;4.5", "visits", "a whole number of 0 or more"),
    ],
)
def test_what_is_no_such_number_is_refused(tmp_path: Path, row: str, column: str, words: str) -> None:
    (refused,) = _read(tmp_path, row)[0].refused
    assert (refused.column, refused.reason) == (column, "not a count")
    assert words in refused.sentence


def test_a_month_in_which_the_measure_is_not_reported_gets_no_status(tmp_path: Path) -> None:
    what = of_counts(type="mean", numerator="stay", denominator="seen", every="quarter")
    for month, status in (("2026-02", None), ("2026-03", "1")):
        found, mapping = _read(tmp_path, f"T001;{month};10.5;4", what)
        (change,) = intake.compare(found, [], mapping, what, dt.date(2026, 4, 5)).changes
        assert change.row.get("one_st") == status
