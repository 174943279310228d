"""Which records a team's report was made of: its own, those of its case rows, or, where others' weigh in, all."""

from __future__ import annotations

import datetime as dt

from tests.measures import audits, sheets

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures import Cases
from breakthrough.worker import sources
from breakthrough.worker.figures import Figures
from breakthrough.worker.sources import EVERYTHING, Sources

TODAY = dt.date(2026, 7, 15)
CHARTS = (
    audits.chart("101", 1),
    audits.chart("101", 2, audit_date="2026-05-01"),
    audits.chart("102", 1, tier="1"),  # read, and counted in nothing
    audits.chart("103", 1, dag="t002"),
    audits.chart("104", 1, dag=""),
)


def of_audits(team: str, *entries: Entry) -> Sources:
    what = audits.measured()
    figures = Figures(audits.frame(entries, what), audits.cases(entries, what), ())
    return sources.of_team(figures, what, team, figures.frame[figures.frame["team"] == team])


def of_forms(what: Collaborative, *seen: int) -> Sources:
    months = sheets.months("2025-09", "2026-06", what)
    forms = [sheets.form("T001", month.name, {"hit": 5 + at, "seen": many}, at + 1) for at, (month, many) in enumerate(zip(months, seen, strict=False))]  # fmt: skip
    frame = sheets.frame(forms, what=what, until=months[len(seen) - 1])
    return sources.of_team(Figures(frame, Cases(), ()), what, "T001", frame)


def test_a_team_has_its_own_record_and_the_records_of_its_case_rows_whether_they_count_or_not() -> None:
    assert of_audits("T001", *CHARTS) == {("main", "T001"), ("audit", "101"), ("audit", "102")}
    assert of_audits("T002", *CHARTS) == {("main", "T002"), ("audit", "103")}
    assert of_audits("T003", *CHARTS) == {("main", "T003")}


def test_of_a_team_with_very_many_case_rows_everything_is_named_rather_than_each() -> None:
    assert len(of_audits("T001", *(audits.chart(str(number)) for number in range(1_999)))) == 2_000
    assert of_audits("T001", *(audits.chart(str(number)) for number in range(2_000))) == EVERYTHING


def test_a_month_that_jumps_is_judged_by_what_other_teams_did_so_all_of_them_are_named() -> None:
    what = sheets.collaborative()
    assert of_forms(what, 1000, 1010, 990, 1005, 1001) == {("main", "T001")}
    assert of_forms(what, 1000, 1010, 990, 1005, 2400) == EVERYTHING
