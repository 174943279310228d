"""A prediction earns its point only where it was there before the test began, whatever the form says of itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.teams.desk import cycle, portfolio, profile

from breakthrough.entry import EntryKey
from breakthrough.store import Sighting
from breakthrough.teams import POINTS, SIGHTED, Pdsa

PREDICTION = POINTS[0]
KEY = EntryKey("main", "T001", "", "pdsa_cycle", 1)
# Begun on Monday 2 March 2026, with a form that says it was planned on 27 February.
BEGUN: dict[str, Any] = {"pd_predict": "Seven of ten", "pd_planned_on": "2026-02-27", "pd_start": "2026-03-02"}


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _seen(first: str, seen: str, unseen: str | None) -> Sighting:
    return Sighting(first, _at(seen), _at(unseen) if unseen else None)


def _one(values: dict[str, Any], **seen: Sighting) -> Pdsa:
    (found,) = portfolio(profile(), cycle(1, **values), seen={KEY: seen}).pdsas
    return found


@pytest.mark.parametrize(
    ("values", "seen", "basis", "earned"),
    [
        pytest.param({}, None, "dated in time", True, id="no pull to tell, a date that does"),
        pytest.param({}, ("2026-03-01T06:00", None), "seen in time", True, id="seen the day before"),
        pytest.param({}, ("2026-03-02T06:00", "2026-03-01T06:00"), "seen in time", True, id="seen on the day"),
        pytest.param({}, ("2026-03-03T06:00", "2026-03-02T06:00"), "dated in time", True, id="seen the day after, looked for on the day"),
        pytest.param({}, ("2026-03-09T06:00", "2026-03-02T22:00"), "dated in time", True, id="a week without a pull"),
        pytest.param({}, ("2026-03-04T06:00", "2026-03-03T06:00"), "seen late", False, id="back-dated: not there the day after"),
        pytest.param({}, ("2026-03-20T06:00", "2026-03-19T06:00"), "seen late", False, id="back-dated: weeks later"),
        pytest.param({}, ("2026-04-14T06:00", None), "dated in time", True, id="the first pull proves nothing"),
        pytest.param({"pd_planned_on": "2026-03-03"}, ("2026-03-01T06:00", None), "seen in time", True, id="seen is stronger than dated"),
        pytest.param({"pd_planned_on": None}, ("2026-03-01T06:00", None), "seen in time", True, id="seen without a date"),
        pytest.param({"pd_planned_on": "2026-03-03"}, None, "dated late", False, id="dated late"),
        pytest.param({"pd_planned_on": None}, None, "undated", False, id="nothing tells"),
        pytest.param({"pd_predict": None}, None, "not written", False, id="not written"),
        pytest.param({"pd_start": None}, None, "not begun", True, id="not begun"),
        pytest.param({"pd_start": None, "pd_end": "2026-03-09"}, None, "undated", False, id="ended, and nobody knows when it began"),
    ],
)  # fmt: skip
def test_what_a_pull_saw_comes_before_what_the_form_says(
    values: dict[str, Any], seen: tuple[str, str | None] | None, basis: str, earned: bool
) -> None:
    given = {"pd_predict": _seen("Seven of ten", *seen)} if seen else {}
    found = _one({**BEGUN, **values}, **given)
    assert found.basis == basis
    assert (PREDICTION not in found.missing) == earned


def test_a_date_that_was_changed_afterwards_counts_for_nothing() -> None:
    dated = _seen("2026-03-09", "2026-03-10T06:00", None)
    assert _one(BEGUN, pd_planned_on=dated).basis == "date changed"
    assert PREDICTION in _one(BEGUN, pd_planned_on=dated).missing
    assert _one(BEGUN, pd_planned_on=_seen("2026-02-27", "2026-03-10T06:00", None)).basis == "dated in time"


def test_the_day_is_the_collaboratives() -> None:
    """Half past eleven at night on 2 July in UTC is 3 July in London: the pull after the start day saw nothing."""
    values = {**BEGUN, "pd_planned_on": "2026-06-30", "pd_start": "2026-07-02"}
    late = _seen("Seven", "2026-07-04T06:00", "2026-07-02T23:30")
    assert _one(values, pd_predict=late).basis == "seen late"
    assert _one(values, pd_predict=_seen("Seven", "2026-07-04T06:00", "2026-07-02T22:30")).basis == "dated in time"


def test_words_or_number_in_time_are_enough() -> None:
    late = _seen("7", "2026-03-20T06:00", "2026-03-19T06:00")
    early = _seen("Seven of ten", "2026-02-28T06:00", "2026-02-27T06:00")
    both = {**BEGUN, "pd_predict_num": 7}
    assert _one(both, pd_predict=early, pd_predict_num=late).basis == "seen in time"
    assert _one(both, pd_predict=late, pd_predict_num=late).basis == "seen late"


def test_a_cycle_closes_on_the_day_its_decision_was_entered_where_a_pull_can_tell() -> None:
    closed = {**BEGUN, "pd_end": "2026-03-09", "pd_result": "Six", "pd_met": 2, "pd_act": 2}
    found = _one(
        closed,
        pd_result=_seen("Six", "2026-03-11T06:00", "2026-03-10T06:00"),
        pd_met=_seen("2", "2026-03-12T06:00", "2026-03-11T06:00"),
        pd_act=_seen("2", "2026-04-02T06:00", "2026-04-01T06:00"),
    )
    assert (found.studied_on, found.closed_on) == (dt.date(2026, 3, 11), dt.date(2026, 4, 2))
    unknown = _one(closed, pd_act=_seen("2", "2026-04-02T06:00", None))
    assert (unknown.studied_on, unknown.closed_on) == (dt.date(2026, 3, 9), dt.date(2026, 3, 9))
    running = _one(BEGUN)
    assert (running.studied_on, running.closed_on) == (None, None)


DAYS = st.dates(dt.date(2026, 2, 1), dt.date(2026, 4, 10))
MOMENTS = st.integers(0, 68 * 24 * 60).map(lambda minutes: _at("2026-02-01T00:00") + dt.timedelta(minutes=minutes))


@settings(max_examples=150, deadline=None)
@given(DAYS, DAYS, MOMENTS, MOMENTS)
def test_no_date_on_the_form_earns_a_point_that_a_pull_refutes(
    start: dt.date, planned: dt.date, one: dt.datetime, other: dt.datetime
) -> None:
    unseen, seen = sorted((one, other))
    values = {**BEGUN, "pd_start": str(start), "pd_planned_on": str(planned)}
    found = _one(values, pd_predict=Sighting("Seven", seen, unseen))
    if unseen.date() > start and seen.date() > start:
        assert (found.basis, PREDICTION in found.missing) == ("seen late", True)
    if seen.date() < start:
        assert PREDICTION not in found.missing


# What a team can add to a cycle after the fact, each by itself: more of the log, never less of a score.
LATER: dict[str, Any] = {
    "pd_predict": "Seven of ten", "pd_predict_num": 7, "pd_data_plan": "A tally", "pd_measure": "ca_day", "pd_scale_n": 3,
    "pd_result": "Six", "pd_result_num": 6, "pd_met": 2, "pd_act": 2, "pd_title": "Calls", "pd_happened": "It rained",
}  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    st.sets(st.sampled_from(sorted(LATER))),
    st.sampled_from(sorted(LATER)),
    st.booleans(),
    st.integers(1, 6),
    st.sampled_from([None, "2026-03-09", "2026-04-12"]),
)
def test_adding_documentation_never_lowers_the_score(
    there: set[str], added: str, before: bool, scale: int, end: str | None
) -> None:
    known = {"pd_start": "2026-03-02", "pd_planned_on": "2026-02-27", "pd_scale": scale, "pd_end": end}
    known |= {name: LATER[name] for name in there}
    when = _seen("x", "2026-02-28T06:00", None) if before else _seen("x", "2026-03-20T06:00", "2026-03-19T06:00")
    seen = dict.fromkeys(SIGHTED[:2], when)
    less, more = _one(known, **seen), _one({**known, added: LATER[added]}, **seen)
    assert less.score <= more.score <= 8
    assert set(more.missing) <= set(less.missing)
