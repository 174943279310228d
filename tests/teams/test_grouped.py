"""Things sorted by team: each team's own, in the order given, whoever asks."""

from dataclasses import dataclass

from breakthrough.teams.grouped import Grouped, by_team


@dataclass(frozen=True)
class Thing:
    team: str
    number: int


MIXED = [Thing("T002", 1), Thing("T001", 2), Thing("T002", 3), Thing("T003", 4)]


def test_a_team_has_its_own_things_in_the_order_given() -> None:
    found = by_team(MIXED)
    assert found.own("T002") == (Thing("T002", 1), Thing("T002", 3))
    assert found.own("T001") == (Thing("T001", 2),)


def test_a_team_that_has_none_has_nothing() -> None:
    assert by_team(MIXED).own("T009") == ()
    assert by_team([]).own("T001") == ()


def test_the_things_of_some_teams_stay_in_the_order_given() -> None:
    assert by_team(MIXED).only(["T003", "T002"]) == (Thing("T002", 1), Thing("T002", 3), Thing("T003", 4))


def test_things_that_name_no_team_themselves_are_sorted_by_what_tells_it() -> None:
    pairs = {("team", "T002"): "b", ("coach", "T001"): "a"}
    assert Grouped.of(pairs.items(), lambda one: one[0][1]).own("T001") == ((("coach", "T001"), "a"),)
