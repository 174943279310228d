"""The documents of the closing congress hold nothing of small numbers, whoever reads them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from tests.reporting.ending import JULY, ended, policy
from tests.reporting.world import NAMES, form

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.reporting.views import closing_report
from breakthrough.worker.reports.closing import closing, harvest

MAY = Month("2026-05")
COUNTED = "cr_new"  # families of whom some are reached: Ash has nine each month, of whom seven, six, five … are


@pytest.fixture(scope="module")
def absenteeism() -> Collaborative:
    return collaboratives.load(Content().collaborative("absenteeism"))


def _forms(collaborative: Collaborative) -> list[Entry]:
    """All forms, with small counts in every month of Ash's."""
    found = []
    for team in NAMES:
        for at, month in enumerate(collaborative.calendar.first.to(JULY), start=1):
            if collaborative.calendar.in_session(month):
                one = form(team, month, at)
                small = {COUNTED: "9", "cr_ct5": str(7 - at % 5)} if team == "T001" else {}
                found.append(Entry(one.key, one.dag, {**one.values, **small}))
    return found


def _of(collaborative: Collaborative) -> list[str]:
    return [code for code, one in collaborative.measures.items() if COUNTED in one.counts]


@pytest.mark.parametrize("names", ["named", "coded"])
def test_a_team_with_small_numbers_has_no_line_in_the_results_and_with_others_it_has(
    absenteeism: Collaborative, names: str
) -> None:
    there = policy(absenteeism, names)
    (code,) = _of(there)
    measure = there.measures[code].name
    for entries, expected in ((_forms(there), False), ([], True)):
        found = harvest(ended(there, entries=entries))
        (result,) = [one for one in closing_report(found).results if one.name == measure]
        assert (found.names["T001"] in [one.who for one in result.lines]) == expected


def test_rows_of_the_harvest_are_those_that_anybody_gets(absenteeism: Collaborative) -> None:
    frame = harvest(ended(absenteeism, entries=_forms(absenteeism))).frame
    small = frame["measure"].isin(_of(absenteeism)) & (frame["team"] == "T001") & (frame["month"] == MAY.name)
    assert frame[small]["state"].tolist() == ["suppressed"]
    assert frame[small]["value"].isna().all()
    assert set(frame["entry_key"]) == {""}


def test_there_is_a_story_for_each_team_that_agreed_and_no_other(absenteeism: Collaborative) -> None:
    assert closing(ended(absenteeism)).documents == (
        ("closing", "attendance-2025-09"),
        ("change_package", "attendance-2025-09"),
        ("story", "T001"),
    )


def test_a_document_is_a_page_and_no_mail_but_for_the_closing_report(absenteeism: Collaborative) -> None:
    made = closing(ended(absenteeism))
    for kind, subject in made.documents:
        one = made.rendered(kind, subject, Content())
        assert bool(one.html) == bool(one.text) == bool(one.pictures) == (kind == "closing")
        assert "@page{size:A4" in one.page
        assert [int(level) for level in re.findall(r"<h([1-6])", one.page)][:2] == [1, 1]
        levels = [int(level) for level in re.findall(r"<h([1-6])", one.page)]
        assert all(after - before <= 1 for before, after in pairwise(levels))
