"""In the shipped story what worked in one team is told to others that test on the same driver, and to nobody else."""

from __future__ import annotations

from tests.kinds.conftest import Month

from breakthrough.worker import elsewhere


def test_some_teams_are_told_what_worked_in_another_on_a_driver_they_test_on(month: Month) -> None:
    of = month.edition
    told = {
        team.code: found
        for team in of.portfolio.teams
        if (found := elsewhere.told(of.worked, team.code, of.collaborative, of.portfolio))
    }
    assert 3 <= len(told) < len(of.portfolio.teams)
    code, (first, *_) = next(iter(told.items()))
    title = next(idea.title for one in of.collaborative.drivers for idea in one.ideas if idea.code == first.idea)
    assert title in month.report("team", code).page
    drivers = {idea.code: one.code for one in of.collaborative.drivers for idea in one.ideas}
    for team, found in told.items():
        tested = {drivers.get(one.idea) for one in of.portfolio.pdsas if one.team == team}
        assert {one.driver for one in found} <= tested
