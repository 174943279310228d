"""What the last report gave otherwise, and since when it is so: from a store in which counts came late and changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tests.measures.audits import PLAN, chart, dictionary, several
from tests.store.filling import pulled
from tests.teams.desk import collaborative, figures, profile

from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.store import Design, Store, View, projects
from breakthrough.worker.restatements import State, restatements

FEBRUARY, MARCH = Month("2026-02"), Month("2026-03")
SENT = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)  # February was reported
LATER = dt.datetime(2026, 4, 15, 6, 0, tzinfo=dt.UTC)  # March is


def day(month: int, number: int) -> dt.datetime:
    return dt.datetime(2026, month, number, 5, 0, tzinfo=dt.UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened, opened.begin() as connection:
        projects.claim(connection, "main", "https://redcap.example.org/api/", 13, day(1, 1))
        projects.claim(connection, "audit", "https://redcap.example.org/api/", 14, day(1, 1))
        projects.note_design(connection, "audit", Design(dictionary()), day(1, 1))
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


def counts(month: str, absent: int, possible: int, instance: int, **more: object) -> Entry:
    return figures(month, {"sd_abs": absent, "sd_poss": possible, "monthly_measures_complete": 2, **more}, instance)


def view(store: Store, at: dt.datetime) -> View:
    return store.newest(["main", "audit"], at)


def told(
    store: Store,
    before: View,
    now: View,
    what: Collaborative,
    days: tuple[dt.date, dt.date] = (SENT.date(), LATER.date()),
) -> Mapping[tuple[str, str, str], tuple[object, object, object]]:
    """Before and now (numerator, denominator), and since when, by team, measure and month."""
    first = State.of(before, what, FEBRUARY, days[0])
    second = State.of(now, what, MARCH, days[1])
    return {
        (one.team, one.measure, one.month.name): (
            (one.before.numerator, one.before.denominator),
            (one.after.numerator, one.after.denominator),
            one.since,
        )
        for one in restatements(first, second, what, FEBRUARY)
    }


def test_a_late_month_and_a_corrected_one_are_told_with_the_day_on_which_they_were_seen(store: Store) -> None:
    january = counts("2026-01", 41, 230, 1)
    pulled(store, ["T001"], [profile(), january], day(3, 1))
    before = view(store, SENT)
    pulled(store, ["T001"], [profile(), counts("2026-01", 44, 232, 1)], day(3, 20))
    late = counts("2026-02", 50, 240, 2)
    pulled(store, ["T001"], [profile(), counts("2026-01", 44, 232, 1, mm_submitted="2026-03-20"), late], day(4, 2))

    found = told(store, before, view(store, LATER), collaborative())

    assert found["T001", "ca_day", "2026-01"] == ((41, 230), (44, 232), day(4, 2))
    assert found["T001", "ca_day", "2026-02"] == ((None, None), (50, 240), day(4, 2))
    assert {place[2] for place in found} == {"2026-01", "2026-02"}


def test_a_change_of_something_else_on_the_form_does_not_move_the_day(store: Store) -> None:
    pulled(store, ["T001"], [profile(), counts("2026-01", 41, 230, 1)], day(3, 1))
    before = view(store, SENT)
    pulled(store, ["T001"], [profile(), counts("2026-01", 44, 232, 1)], day(3, 20))
    pulled(store, ["T001"], [profile(), counts("2026-01", 44, 232, 1, en_me=12)], day(4, 2))

    found = told(store, before, view(store, LATER), collaborative())

    assert found["T001", "ca_day", "2026-01"] == ((41, 230), (44, 232), day(3, 20))


def test_counts_that_were_taken_back_are_told(store: Store) -> None:
    pulled(store, ["T001"], [profile(), counts("2026-01", 41, 230, 1)], day(3, 1))
    before = view(store, SENT)
    pulled(store, ["T001"], [profile()], day(3, 20))

    found = told(store, before, view(store, LATER), collaborative())

    assert found["T001", "ca_day", "2026-01"] == ((41, 230), (None, None), day(3, 20))


def test_where_nothing_has_changed_nothing_is_told(store: Store) -> None:
    pulled(store, ["T001"], [profile(), counts("2026-01", 41, 230, 1)], day(3, 1))
    before = view(store, SENT)
    pulled(store, ["T001"], [profile(), counts("2026-01", 41, 230, 1), counts("2026-03", 9, 230, 3)], day(4, 2))

    assert told(store, before, view(store, LATER), collaborative()) == {}


def test_a_month_that_was_not_due_yet_is_no_restatement(store: Store) -> None:
    """The first report was made before the counts of February were due."""
    pulled(store, ["T001"], [profile()], day(3, 1))
    before = view(store, SENT)
    pulled(store, ["T001"], [profile(), counts("2026-02", 50, 240, 2)], day(3, 20))

    found = told(store, before, view(store, LATER), collaborative(), (dt.date(2026, 3, 2), LATER.date()))

    assert not [place for place in found if place[2] == "2026-02"]


def test_case_rows_that_came_late_moved_or_went_are_told_with_their_day(store: Store) -> None:
    what = several(plan=PLAN)
    team = profile("T001")
    pulled(store, ["T001"], [team], day(3, 1))
    first = [chart("1", 1, audit_date="2026-01-10"), chart("2", 1, audit_date="2026-01-11", plan_date="2020-01-01")]
    pulled(store, ["1", "2"], first, day(3, 1), project="audit")
    before = view(store, SENT)
    corrected = chart("2", 1, audit_date="2026-01-11", plan_date="2025-09-01")
    pulled(store, ["2"], [corrected], day(3, 20), project="audit", mode="changed")
    pulled(store, ["3"], [chart("3", 1, audit_date="2026-02-10")], day(3, 25), project="audit", mode="changed")
    pulled(store, ["T001"], [team], day(4, 2))

    found = told(store, before, view(store, LATER), what)

    assert found == {
        ("T001", "plan", "2026-01"): ((1, 2), (2, 2), day(3, 20)),
        ("T001", "plan", "2026-02"): ((None, None), (1, 1), day(3, 25)),
    }


def test_a_case_that_moves_to_another_team_is_told_of_the_team_that_had_it(store: Store) -> None:
    what = several(plan=PLAN)
    both = [profile("T001"), profile("T002")]
    pulled(store, ["T001", "T002"], both, day(3, 1))
    cases = [chart("1", 1, audit_date="2026-01-10"), chart("2", 1, audit_date="2026-01-11")]
    elsewhere = chart("3", 1, "t002", audit_date="2026-01-12")
    pulled(store, ["1", "2", "3"], [*cases, elsewhere], day(3, 1), project="audit")
    before = view(store, SENT)
    pulled(store, ["2"], [chart("2", 1, "t002", audit_date="2026-01-11")], day(3, 20), project="audit", mode="changed")

    found = told(store, before, view(store, LATER), what)

    assert found == {
        ("T001", "plan", "2026-01"): ((2, 2), (1, 1), day(3, 20)),
        ("T002", "plan", "2026-01"): ((1, 1), (2, 2), day(3, 20)),
    }
