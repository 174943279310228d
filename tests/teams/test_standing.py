"""Flags over time: when each was first seen, when it cleared, whether its coach looked into it."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st
from tests.teams.desk import contact, portfolio, profile

from breakthrough.teams import Flag
from breakthrough.teams.records import Contact
from breakthrough.teams.standing import Look, Standing, standings

DAYS = [dt.date(2026, month, 15) for month in (1, 2, 3, 4)]


def _flag(code: str, since: str, about: str = "", team: str = "T001") -> Flag:
    return Flag(code, team, "medium", dt.date.fromisoformat(since), "…", "…", about)


def _looks(*raised: list[Flag]) -> list[Look]:
    return [Look(day, tuple(flags)) for day, flags in zip(DAYS, raised, strict=False)]


def _contacts(*days: str, code: str = "late", team: str = "T001") -> tuple[Contact, ...]:
    entries = [contact(day, at, team, **{f"ct_flag_ack___{code}": 1}) for at, day in enumerate(days, 1)]
    return portfolio(profile("T001"), profile("T002"), *entries).contacts


def _told(found: tuple[Standing, ...]) -> list[tuple[str, str, str, int]]:
    return [(one.flag.code, str(one.first_seen), str(one.cleared) if one.cleared else "", one.looks) for one in found]


LATE = [_flag("late", f"2026-0{month}-10") for month in (1, 2, 3, 4)]


def test_a_flag_is_first_seen_at_the_look_that_raises_it_and_cleared_at_the_one_that_does_not() -> None:
    found = standings(_looks([], [LATE[1]], [LATE[2]], []), ())
    assert _told(found) == [("late", "2026-02-15", "2026-04-15", 2)]
    assert found[0].flag.since == dt.date(2026, 3, 10), "as last seen"


def test_what_the_first_look_raises_has_stood_since_its_condition_holds() -> None:
    assert _told(standings(_looks([_flag("gap", "2025-11-01")]), ())) == [("gap", "2025-11-01", "", 1)]


def test_one_that_comes_back_is_another() -> None:
    found = standings(_looks([LATE[0]], [], [LATE[2]], [LATE[3]]), ())
    assert _told(found) == [("late", "2026-01-10", "2026-02-15", 1), ("late", "2026-03-15", "", 2)]


def test_flags_are_told_apart_by_team_code_and_what_they_are_about() -> None:
    raised = [
        _flag("worse", "2026-01-01", "ca_day"),
        _flag("worse", "2026-01-01", "ca_code"),
        _flag("worse", "2026-01-01", "ca_day", "T002"),
    ]
    found = standings(_looks(raised, raised[1:]), ())
    assert [(one.flag.about, one.flag.team, one.cleared is None) for one in found] == [
        ("ca_day", "T001", False), ("ca_code", "T001", True), ("ca_day", "T002", True),
    ]  # fmt: skip


def test_a_flag_is_acknowledged_by_a_contact_while_it_stands() -> None:
    looks = _looks([], [LATE[1]], [LATE[1]], [])
    for day, code, team, expected in (
        ("2026-02-09", "late", "T001", None),  # before it began
        ("2026-02-10", "late", "T001", dt.date(2026, 2, 10)),  # it had begun, though no report had told
        ("2026-04-15", "late", "T001", dt.date(2026, 4, 15)),
        ("2026-03-01", "gap", "T001", None),
        ("2026-03-01", "late", "T002", None),
    ):
        (one,) = standings(looks, _contacts(day, code=code, team=team))
        assert one.acknowledged == expected
    (twice,) = standings(looks, _contacts("2026-02-20", "2026-03-20"))
    assert twice.acknowledged == dt.date(2026, 3, 20)


def test_an_older_spell_is_not_acknowledged_by_a_newer_contact() -> None:
    first, second = standings(_looks([LATE[0]], [], [LATE[2]]), _contacts("2026-03-20"))
    assert (first.acknowledged, second.acknowledged) == (None, dt.date(2026, 3, 20))


RAISED = st.lists(st.sets(st.sampled_from(["late", "gap", "worse"])), max_size=4)


@given(RAISED)
def test_at_every_look_just_those_stand_that_it_raised(raised: list[set[str]]) -> None:
    looks = _looks(*([_flag(code, "2026-01-01") for code in sorted(codes)] for codes in raised))
    found = standings(looks, ())
    assert sum(one.looks for one in found) == sum(len(codes) for codes in raised)
    for look, codes in zip(looks, raised, strict=True):
        there = {
            one.flag.code
            for one in found
            if one.first_seen <= look.day and (one.cleared is None or look.day < one.cleared)
        }
        assert there == codes
