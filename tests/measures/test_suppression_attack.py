"""The attacker of tests/measures/attack against the filter, and against filters with one flaw each."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.measures.attack import naive
from tests.measures.attack.emitted import Ours, ours
from tests.measures.attack.solving import Breach, attack
from tests.measures.attack.world import YEAR, Key, World, collaborative

TEAMS = tuple(f"T{n:03}" for n in range(1, 9))
TWO_COACHES = {team: "c1" if at < 4 else "c2" for at, team in enumerate(TEAMS)}


def _told(found: list[Breach]) -> str:
    return "\n".join(f"{one.who} knows {one.what} = {one.true} to be at most {one.most}" for one in found[:10])


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Five to eight teams of two coaches, up to three months, one or two reports, with a corrected or a late month."""
    codes = draw(
        st.sampled_from([("rate",), ("rate", "other"), ("rate", "other", "both"), ("rate", "gap"), ("sofar",)])
    )
    what = collaborative(*codes, min_count=draw(st.sampled_from([2, 3, 5, 10])), zero_is_shown=draw(st.booleans()))
    many = draw(st.integers(5, 8))
    teams = TEAMS[:many]
    coaches = {team: draw(st.sampled_from(["c1", "c2"])) for team in teams}
    months = YEAR[: draw(st.integers(1, 3))]
    sizes = {team: draw(st.sampled_from([12, 60, 150])) for team in teams}
    held: dict[Key, int] = {}
    for team in teams:
        before: Mapping[str, int] = {}
        for month in months:
            if draw(st.integers(0, 9)):
                before = draw(_counts(sizes[team], before))
                held |= {(team, month, count): value for count, value in before.items()}
    if not held:
        held = {(teams[0], months[0], count): value for count, value in draw(_counts(25, {})).items()}
    reports = [held]
    if draw(st.booleans()):
        team, month = draw(st.sampled_from(sorted({key[:2] for key in held})))
        first = {key: value for key, value in held.items() if key[:2] != (team, month)}
        if draw(st.booleans()) and codes != ("sofar",):
            changed = draw(_counts(sizes[team], {}))
            first |= {(team, month, count): value for count, value in changed.items()}
        if first:
            reports = [first, held]
    groups = {"north": teams[: draw(st.integers(1, many))]} if draw(st.booleans()) else {}
    return World(what, coaches, tuple(reports), groups)


@st.composite
def _counts(draw: st.DrawFn, size: int, before: Mapping[str, int]) -> dict[str, int]:
    seen = draw(st.integers(2, size))
    hit = draw(st.integers(0, seen))
    also = draw(st.integers(0, seen - hit))
    swd = draw(st.integers(1, seen - 1))
    swd_hit = draw(st.integers(max(0, hit - (seen - swd)), min(swd, hit)))
    came = draw(st.integers(0, 15))
    more = draw(st.integers(0, 15))
    ytd = before.get("ytd", 0) + came
    roll = before.get("roll", 1) + came + more
    return {"seen": seen, "hit": hit, "also": also, "swd": swd, "swd_hit": swd_hit, "ytd": ytd, "roll": roll}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=worlds())
def test_nobody_learns_that_a_hidden_number_is_small(world: World) -> None:
    found = attack(world, ours(world))
    assert not found, _told(found)


def _likely(seed: int) -> World:
    """Eight teams of all sizes over three months, most of whose numbers are not small; one month corrected, one late."""
    chance = Random(seed)
    codes = chance.choice([("rate", "other", "both"), ("rate", "gap"), ("sofar",)])
    held: dict[Key, int] = {}
    for team in TEAMS:
        size, ytd, roll = chance.choice([60, 150, 400]), 0, 0
        for month in YEAR:
            seen, swd = size + chance.randrange(9), round(size * chance.uniform(0.2, 0.5))
            hit, also = round(seen * chance.betavariate(3, 7)), round(seen * chance.uniform(0.05, 0.3))
            swd_hit = round(min(swd, hit) * chance.uniform(0.2, 0.9))
            swd_hit = max(swd_hit, hit - (seen - swd))
            ytd, roll = ytd + chance.randrange(30), roll + 30 + chance.randrange(40)
            counts = {"seen": seen, "hit": hit, "also": also, "swd": swd, "swd_hit": swd_hit, "ytd": ytd, "roll": roll}
            held |= {(team, month, count): value for count, value in counts.items()}
    late = chance.choice(TEAMS)
    first = {key: value for key, value in held.items() if key[:2] != (late, YEAR[-1])}
    corrected = chance.choice(TEAMS), YEAR[0], "hit"
    if codes != ("sofar",):
        first[corrected] = max(first[corrected] - 1, first[corrected[0], YEAR[0], "swd_hit"])
    what = collaborative(*codes, min_count=chance.choice([5, 10]), zero_is_shown=chance.random() < 0.5)
    coaches = {team: "c1" if chance.random() < 0.5 else "c2" for team in TEAMS}
    return World(what, coaches, (first, held), {"north": TEAMS[:4], "south": TEAMS[4:]})


@pytest.mark.parametrize("seed", [4, 9, 18, 37, 46, 75])
def test_nobody_learns_of_a_small_number_where_most_totals_are_told(seed: int) -> None:
    world = _likely(seed)
    filters = ours(world)
    told = [key for one in filters if isinstance(one, Ours) for key in one.released.touched & one.released.totals]
    assert told, "no total was told beside a hidden row, so there was nothing to attack"
    found = attack(world, filters)
    assert not found, _told(found)


def _month(figures: Mapping[str, Mapping[str, int]], month: str = YEAR[0]) -> dict[Key, int]:
    return {(team, month, count): value for team, counts in figures.items() for count, value in counts.items()}


def _rates(*rates: tuple[int, int], month: str = YEAR[0]) -> dict[Key, int]:
    return _month({team: {"hit": n, "seen": d} for team, (n, d) in zip(TEAMS, rates, strict=False)}, month)


def _sofar(*levels: tuple[int, int], month: str = YEAR[0]) -> dict[Key, int]:
    return _month({team: {"ytd": n, "roll": d} for team, (n, d) in zip(TEAMS, levels, strict=False)}, month)


def _world(*reports: Mapping[Key, int], codes: tuple[str, ...] = ("rate",), **more: Any) -> World:
    teams = sorted({team for held in reports for team, _, _ in held})
    coaches = more.pop("coaches", TWO_COACHES)
    return World(collaborative(*codes), {team: coaches[team] for team in teams}, reports, **more)


LARGE = ((30, 100), (40, 120), (35, 90), (50, 150))
WORLDS: Mapping[str, World] = {
    "small_rows_alone": _world(_rates((4, 60), *LARGE)),
    "without_shared_counts": _world(
        _month(
            {
                team: {"hit": hit, "also": 20, "seen": 100 + at}
                for at, (team, hit) in enumerate(zip(TEAMS, (4, 30, 35, 40, 45), strict=False))
            }
        ),
        codes=("rate", "other", "both"),
    ),
    "without_the_months_before": _world(
        {
            **_sofar((40, 200), (60, 300), (55, 280), (70, 310), (45, 260), (80, 400)),
            **_sofar((43, 220), (80, 340), (75, 320), (90, 350), (65, 300), (100, 440), month=YEAR[1]),
        },
        codes=("sofar",),
    ),
    "without_earlier_reports": _world(_rates((30, 100), *LARGE), _rates((30, 100), *LARGE, (4, 60))),
    "without_insiders": _world(_rates((4, 60), (6, 70), (5, 80), (30, 100), (40, 120), (35, 90))),
    "without_coaches": _world(
        _rates((30, 100), (40, 120), (5, 80), (6, 75), (4, 60)),
        coaches={team: "c1" if at < 4 else "c2" for at, team in enumerate(TEAMS)},
    ),
    "tables_without_pictures": _world(_rates((1, 60), (3, 70), (2, 50))),
    "values_without_limits": _world(
        {
            **_rates(*LARGE, (50, 100)),
            **_rates(*LARGE, (9, 22), month=YEAR[1]),
            **_rates(*LARGE, (53, 104), month=YEAR[2]),
        }
    ),
}


@pytest.mark.parametrize("flaw", sorted(WORLDS))
def test_the_attack_breaks_a_filter_with_one_flaw(flaw: str) -> None:
    world = WORLDS[flaw]
    assert attack(world, naive.NAIVE[flaw](world)), f"nothing came of the flaw {flaw}"


@pytest.mark.parametrize("flaw", sorted(WORLDS))
def test_where_that_filter_breaks_ours_holds(flaw: str) -> None:
    world = WORLDS[flaw]
    found = attack(world, ours(world))
    assert not found, _told(found)
