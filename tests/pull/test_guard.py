"""When records that REDCap no longer lists may go."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.pull.guard import Verdict, verdict
from breakthrough.store.deletions import Pending

NOW = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)


def missing(
    number: int, *, lists: int = 1, seconds: float = 0, confirmed: bool = False, start: int = 0
) -> list[Pending]:
    first = NOW - dt.timedelta(seconds=seconds)
    by = NOW if confirmed else None
    return [Pending(f"R{n}", 1, first, NOW, lists, by, "") for n in range(start, start + number)]


def names(number: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"R{n}" for n in range(start, start + number))


@pytest.mark.parametrize(
    ("held", "gone", "expected"),
    [
        pytest.param(100, 5, "go", id="5 %"),
        pytest.param(400, 20, "go", id="20 records of many"),
        pytest.param(400, 21, "second_list", id="21 records, though 5 %"),
        pytest.param(100, 6, "second_list", id="6 %"),
        pytest.param(5, 1, "second_list", id="one of five teams"),
        pytest.param(100, 20, "second_list", id="20 %"),
        pytest.param(100, 21, "person", id="21 %"),
        pytest.param(4, 1, "person", id="one of four teams"),
        pytest.param(100, 100, "person", id="all"),
    ],
)
def test_by_how_many_are_missing_from_one_list(held: int, gone: int, expected: str) -> None:
    assert verdict(missing(gone), held, NOW, suspicious=False) == Verdict(**{expected: names(gone)})


@pytest.mark.parametrize(
    ("lists", "seconds", "goes"),
    [(2, 60, True), (3, 600, True), (2, 59, False), (1, 600, False)],
)
def test_some_go_when_a_second_list_a_minute_later_agrees(lists: int, seconds: int, goes: bool) -> None:
    found = verdict(missing(10, lists=lists, seconds=seconds), 100, NOW, suspicious=False)
    assert found == (Verdict(go=names(10)) if goes else Verdict(second_list=names(10)))


def test_however_many_lists_agree_many_wait_for_a_person() -> None:
    assert verdict(missing(30, lists=50, seconds=86400), 100, NOW, suspicious=False) == Verdict(person=names(30))


def test_after_a_move_to_production_even_one_waits_for_a_person() -> None:
    assert verdict(missing(1, lists=9, seconds=900), 1000, NOW, suspicious=True) == Verdict(person=names(1))


def test_what_a_person_confirmed_goes_and_does_not_count_for_the_rest() -> None:
    some = missing(60, confirmed=True) + missing(1, start=60)

    assert verdict(some, 100, NOW, suspicious=False) == Verdict(go=names(61))
    assert verdict(some, 100, NOW, suspicious=True) == Verdict(go=names(60), person=names(1, 60))


@given(
    gone=st.integers(0, 60),
    held=st.integers(1, 60),
    lists=st.integers(1, 3),
    seconds=st.integers(0, 120),
    suspicious=st.booleans(),
)
def test_every_missing_record_is_in_one_place_and_none_goes_lightly(
    gone: int, held: int, lists: int, seconds: int, suspicious: bool
) -> None:
    gone = min(gone, held)
    found = verdict(missing(gone, lists=lists, seconds=seconds), held, NOW, suspicious=suspicious)

    assert sorted((*found.go, *found.second_list, *found.person)) == sorted(names(gone))
    if found.go:
        assert not suspicious
        assert gone * 5 <= held
        assert (gone * 20 <= held and gone <= 20) or (lists > 1 and seconds >= 60)
