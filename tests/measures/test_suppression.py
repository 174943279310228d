"""What the filter withholds, what it tells, and to whom."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.measures import sheets
from tests.measures.attack.exhaustive import certain
from tests.measures.attack.world import YEAR, World, collaborative

from breakthrough import measures
from breakthrough.configfile import Misplaced
from breakthrough.measures.suppression import EVERY, Audience, Release, audience, owned, release
from breakthrough.measures.suppression.families import families
from breakthrough.measures.suppression.rule import Rule

TEAMS = tuple(f"T{n:03}" for n in range(1, 8))
COACHES = {team: "c1" if at < 4 else "c2" for at, team in enumerate(TEAMS)}
SPONSOR = Audience("sponsor")


def _world(months: Mapping[str, Mapping[str, Mapping[str, int]]], *codes: str, **privacy: Any) -> World:
    held = {
        (team, month, count): value
        for month, teams in months.items()
        for team, counts in teams.items()
        for count, value in counts.items()
    }
    return World(collaborative(*(codes or ("rate",)), **privacy), COACHES, (held,))


def _rates(*rates: tuple[int, int]) -> dict[str, dict[str, int]]:
    return {team: {"hit": n, "seen": d} for team, (n, d) in zip(TEAMS, rates, strict=False)}


def _released(world: World) -> tuple[pd.DataFrame, Release]:
    frame = world.frame(0)
    return frame, release(frame, world.collaborative, world.coaches)


def _states(world: World, who: Audience = SPONSOR, measure: str = "rate", month: str = YEAR[0]) -> dict[str, str]:
    frame, found = _released(world)
    rows = found.rows(frame, who)
    rows = rows[(rows["measure"] == measure) & (rows["month"] == month)]
    return dict(zip(rows["team"], rows["state"], strict=True))


def _hidden(world: World, **more: Any) -> set[str]:
    return {team for team, state in _states(world, **more).items() if state == "suppressed"}


LARGE = _rates((40, 100), (50, 110), (60, 120), (70, 130), (80, 140), (90, 150), (95, 160))


def _with(*rates: tuple[int, int]) -> dict[str, dict[str, int]]:
    return LARGE | _rates(*rates)


def test_nothing_is_withheld_where_no_number_is_small() -> None:
    assert _hidden(_world({YEAR[0]: LARGE})) == set()


@pytest.mark.parametrize("small", [(9, 100), (91, 100), (4, 8)], ids=["numerator", "rest", "denominator"])
def test_a_row_with_a_small_number_is_withheld(small: tuple[int, int]) -> None:
    assert "T001" in _hidden(_world({YEAR[0]: _with(small)}))


@pytest.mark.parametrize("fine", [(10, 100), (90, 100), (0, 100), (100, 100)])
def test_a_row_without_is_not(fine: tuple[int, int]) -> None:
    assert _hidden(_world({YEAR[0]: _with(fine)})) == set()


def test_a_row_with_a_zero_is_withheld_where_zero_is_not_shown() -> None:
    assert "T001" in _hidden(_world({YEAR[0]: _with((0, 100))}, zero_is_shown=False))


def test_with_one_small_row_the_two_smallest_others_are_withheld_as_well() -> None:
    assert _hidden(_world({YEAR[0]: _with((4, 60))})) == {"T001", "T002", "T003"}


def test_no_coach_is_left_with_one_team_whose_figures_they_can_work_out() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    frame = world.frame(0)
    pairs = dict(zip(TEAMS, ["c1", "c2", "c3", "c1", "c1", "c1", "c1"], strict=True))
    found = release(frame, world.collaborative, pairs)
    assert {team for team, _, _ in found.hidden} == {"T001", "T002", "T003"}
    alone = dict(zip(TEAMS, ["c1", "c2", "c2", "c2", "c2", "c2", "c1"], strict=True))
    found = release(frame, world.collaborative, alone)
    assert {team for team, _, _ in found.hidden} == set(TEAMS)


def test_of_rows_of_one_size_all_are_withheld_or_none() -> None:
    alike = {team: {"hit": 50, "seen": 110} for team in TEAMS[1:]}
    assert _hidden(_world({YEAR[0]: {"T001": {"hit": 4, "seen": 60}, **alike}})) == set(TEAMS)


def test_the_total_is_told_beside_the_withheld_rows_and_the_median_is_not() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    frame, found = _released(world)
    (month,) = found.line(measures.pooled(frame, world.collaborative, "rate"), "rate", SPONSOR)
    assert (month.numerator, month.denominator) == (449, 870)
    assert (month.median, month.at_goal, month.lower_quartile, month.suppressed) == (None, None, None, "teams")


def test_a_total_that_is_small_itself_is_withheld_and_no_row_for_its_sake() -> None:
    world = _world({YEAR[0]: _rates((2, 60), (0, 70), (0, 80), (0, 90), (0, 95))})
    frame, found = _released(world)
    (month,) = found.line(measures.pooled(frame, world.collaborative, "rate"), "rate", SPONSOR)
    assert np.isnan(month.numerator)
    assert np.isnan(month.denominator)
    assert (month.pooled, month.suppressed, month.reporting) == (None, "all", 5)
    assert _hidden(world) == {"T001"}


def test_a_withheld_row_has_nothing_but_its_state() -> None:
    frame, found = _released(_world({YEAR[0]: _with((4, 60))}))
    row = sheets.row(found.rows(frame, SPONSOR), "rate", YEAR[0], "T001")
    assert (row.state, row.reason, row.entry_key) == ("suppressed", "", "")
    assert np.isnan([row.numerator, row.denominator, row.value]).all()


def test_measures_that_share_a_count_are_withheld_together() -> None:
    counts = {team: {**of, "also": 25} for team, of in _with((4, 60)).items()}
    world = _world({YEAR[0]: counts}, "rate", "other")
    assert "T001" in _hidden(world, measure="other")


def test_measures_without_a_count_in_common_are_judged_apart() -> None:
    counts = {team: {**of, "ytd": 40, "roll": 200} for team, of in _with((4, 60)).items()}
    assert [one.measures for one in families(collaborative("rate", "sofar"), ["rate", "sofar"])] == [
        ("rate",),
        ("sofar",),
    ]
    world = _world({YEAR[0]: counts}, "rate", "sofar")
    frame, found = _released(world)
    (month,) = found.line(measures.pooled(frame, world.collaborative, "sofar"), "sofar", SPONSOR)
    assert month.numerator == 280


def test_an_exempt_measure_is_never_withheld() -> None:
    assert _hidden(_world({YEAR[0]: _with((4, 60))}, exempt=["rate"])) == set()


def test_an_exempt_measure_that_does_not_exist_is_refused() -> None:
    with pytest.raises((Misplaced, ValueError), match="names the measure 'nothing'"):
        collaborative("rate", exempt=["nothing"])


def test_a_total_over_the_year_waits_until_what_came_since_is_safe_to_know() -> None:
    first = {team: {"ytd": 40, "roll": 200} for team in TEAMS}
    few = {team: {"ytd": 42, "roll": 260} for team in TEAMS}
    many = {team: {"ytd": 60, "roll": 400} for team in TEAMS}
    world = _world({YEAR[0]: first, YEAR[1]: few, YEAR[2]: many}, "sofar")
    frame, found = _released(world)
    line = found.line(measures.pooled(frame, world.collaborative, "sofar"), "sofar", SPONSOR)
    assert [one.pooled and round(one.numerator) for one in line] == [280, None, 420]


def test_a_late_month_is_not_told_by_a_second_total() -> None:
    late, world = {key: value for key, value in LARGE.items() if key != "T007"}, _world({YEAR[0]: LARGE})
    small = _world({YEAR[0]: {**late, "T007": {"hit": 4, "seen": 60}}})
    first = release(_world({YEAR[0]: late}).frame(0), world.collaborative, COACHES)
    second = release(small.frame(0), small.collaborative, COACHES, earlier=first)
    assert (EVERY, "rate", YEAR[0]) in first.totals
    assert (EVERY, "rate", YEAR[0]) in release(small.frame(0), small.collaborative, COACHES).totals
    assert (EVERY, "rate", YEAR[0]) not in second.totals


def test_the_same_again_is_told_again() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    frame, first = _released(world)
    again = release(frame, world.collaborative, COACHES, earlier=first)
    assert (again.hidden, again.totals) == (first.hidden, first.totals)


def test_a_group_that_would_tell_by_its_difference_from_all_is_withheld() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    frame = world.frame(0)
    rest = {"rate": TEAMS[1:]}
    found = release(frame, world.collaborative, COACHES, groups={"rest": rest})
    assert (EVERY, "rate", YEAR[0]) in found.totals
    assert ("rest", "rate", YEAR[0]) not in found.totals


def test_totals_of_a_group_that_was_not_judged_are_refused() -> None:
    world = _world({YEAR[0]: LARGE})
    frame, found = _released(world)
    with pytest.raises(ValueError, match="were not judged"):
        found.line(measures.pooled(frame, world.collaborative, "rate"), "rate", SPONSOR, "north")


def test_a_measure_that_was_not_judged_is_told_nobody() -> None:
    counts = {team: {**of, "also": 25} for team, of in LARGE.items()}
    world = _world({YEAR[0]: counts}, "rate", "other")
    frame = world.frame(0)
    found = release(frame[frame["measure"] == "rate"], world.collaborative, COACHES)
    rows = found.rows(frame, SPONSOR)
    assert set(rows[rows["measure"] == "other"]["state"]) == {"suppressed"}
    with pytest.raises(ValueError, match="were not judged"):
        found.line(measures.pooled(frame, world.collaborative, "other"), "other", SPONSOR)


def test_a_measure_is_judged_by_its_definition_of_the_month() -> None:
    what = collaborative("rate", "sofar")
    later = {
        "from": YEAR[1],
        "numerator": "also",
        "change": "Counted anew.",
        "accepted_by": "Ros Whitfield",
        "on": "2025-10-01",
    }
    rate = what.measures["rate"].model_dump(by_alias=True) | {"versions": [later]}
    changed = what.model_validate(what.model_dump(by_alias=True) | {"measures": {"rate": rate}})
    counts = {team: {**of, "also": 30} for team, of in LARGE.items()}
    few = {**counts, "T001": {"hit": 40, "also": 4, "seen": 100}}
    held = {(t, m, c): v for m in YEAR[:2] for t, of in few.items() for c, v in of.items()}
    frame = World(changed, COACHES, (held,)).frame(0)
    found = release(frame, changed, COACHES)
    assert {month for team, _, month in found.hidden if team == "T001"} == {YEAR[1]}


def test_owners_get_their_own_rows_as_they_are() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    assert _states(world, Audience("team", "T001"))["T001"] == "reported"
    assert _states(world, Audience("team", "T002"))["T001"] == "suppressed"
    assert _states(world, Audience("coach", "c1"))["T001"] == "reported"
    assert _states(world, Audience("coach", "c2"))["T001"] == "suppressed"


def test_a_coach_of_every_team_gets_the_whole_line() -> None:
    world = _world({YEAR[0]: _with((4, 60))})
    frame = world.frame(0)
    found = release(frame, world.collaborative, dict.fromkeys(TEAMS, "c1"))
    line = measures.pooled(frame, world.collaborative, "rate")
    assert found.line(line, "rate", Audience("coach", "c1")) == line


def test_the_policy_may_withhold_small_numbers_even_from_their_owners() -> None:
    world = _world({YEAR[0]: _with((4, 60))}, own_team="suppressed", coach="suppressed")
    assert _states(world, Audience("team", "T001"))["T001"] == "suppressed"
    assert _states(world, Audience("coach", "c1"))["T001"] == "suppressed"
    assert owned(Audience("coach", "c1"), world.collaborative, COACHES) == frozenset()


def test_the_coordinator_gets_everything() -> None:
    frame, found = _released(_world({YEAR[0]: _with((4, 60))}))
    assert found.rows(frame, Audience("coordinator")) is frame


def test_without_names_other_teams_have_no_rows() -> None:
    world = _world({YEAR[0]: LARGE}, peer_names="none")
    assert _states(world) == {}
    assert set(_states(world, Audience("team", "T003"))) == {"T003"}


def test_coded_teams_keep_their_made_up_names_and_their_owners_know_them() -> None:
    world = _world({YEAR[0]: LARGE}, peer_names="coded")
    names = list(_states(world))
    assert len(set(names)) == len(TEAMS)
    assert not set(names) & set(TEAMS)
    assert "T003" in _states(world, Audience("team", "T003"))
    assert names == list(_states(_world({YEAR[0]: _with((12, 60))}, peer_names="coded")))


def test_an_invalid_month_of_another_team_shows_neither_counts_nor_reason() -> None:
    frame, found = _released(_world({YEAR[0]: _with((7, 5))}))
    row = sheets.row(found.rows(frame, SPONSOR), "rate", YEAR[0], "T001")
    assert (row.state, row.reason) == ("invalid", "")
    assert np.isnan([row.numerator, row.denominator]).all()
    assert "7 of 5" in sheets.row(found.rows(frame, Audience("team", "T001")), "rate", YEAR[0], "T001").reason


def test_a_withheld_month_is_a_gap_in_a_chart_without_limits_or_signal() -> None:
    frame, found = _released(
        _world({month: _with((30 + at, 100)) for at, month in enumerate(YEAR[:2])} | {YEAR[2]: _with((4, 60))})
    )
    what = found.collaborative
    chart = measures.charts(found.rows(frame, SPONSOR), what)["T001", "rate"]
    hidden = chart.points[-1]
    assert (hidden.state, hidden.value, hidden.numerator, hidden.denominator) == ("suppressed", None, None, None)
    assert (chart.lower[-1], chart.upper[-1]) == (None, None)
    assert all(hidden.month not in signal.months for signal in chart.signals)


def test_the_pooled_chart_has_a_gap_where_the_total_is_withheld_and_its_line_is_of_the_other_months() -> None:
    world = _world({YEAR[0]: LARGE, YEAR[1]: _rates((2, 60), (0, 70), (0, 80)), YEAR[2]: LARGE})
    frame, found = _released(world)
    line = found.line(measures.pooled(frame, world.collaborative, "rate"), "rate", SPONSOR)
    chart = measures.pooled_chart(frame, world.collaborative, "rate", line=line)
    assert [point.state for point in chart.points] == ["reported", "suppressed", "reported"]
    assert chart.points[1].value is None
    assert chart.centre[0] == pytest.approx(100 * 485 / 910)


@pytest.mark.parametrize(
    ("text", "told"),
    [("team:T001", Audience("team", "T001")), ("coach:c1", Audience("coach", "c1")), ("sponsor", SPONSOR)],
)
def test_an_audience_is_read(text: str, told: Audience) -> None:
    assert audience(text) == told
    assert str(told) == text


@pytest.mark.parametrize("text", ["", "team", "team:", "sponsor:x", "everybody"])
def test_no_other_audience_is(text: str) -> None:
    with pytest.raises(ValueError, match="is no audience"):
        audience(text)


def test_the_filtered_table_is_written_and_read_as_it_is() -> None:
    frame, found = _released(_world({YEAR[0]: _with((4, 60))}))
    text = found.rows(frame, SPONSOR).to_csv(index=False)
    assert "4.0" not in text.split()[1]
    assert set(pd.read_csv(io.StringIO(text))["state"]) == {"suppressed", "reported"}


@pytest.mark.parametrize(
    ("coaches", "most"), [(["", "", ""], 4), (["a", "a", "b", "b"], 3)], ids=["without coaches", "two coaches"]
)
def test_who_runs_the_filter_on_every_data_set_is_certain_of_nothing_small(coaches: list[str], most: int) -> None:
    (family,) = families(collaborative("rate"), ["rate"])
    of = {f"T{at}": coach for at, coach in enumerate(coaches)}
    insiders = [(), *((at,) for at in range(len(coaches)))]
    insiders += [(0, 1), (2, 3)] if any(coaches) else []
    found, mixed = certain(family, Rule(2, zero_is_shown=True), of, most, insiders)
    assert found == []
    assert mixed  # totals were told beside hidden rows at all
