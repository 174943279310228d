"""A senior leader's half page: one decision, chosen from the evidence, and nothing of any other team."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from tests.reporting import given
from tests.reporting.world import MARCH, NAMES, POSSIBLE, World, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import NothingToReport, ReportError
from breakthrough.reporting import render
from breakthrough.reporting.views import LeaderReport
from breakthrough.teams.records import Attendance, LeaderAnswer
from breakthrough.teams.values import Ask, Flag, Person

SINCE = dt.date(2026, 3, 20)


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def flag(code: str, evidence: str = "So it is.") -> Flag:
    return Flag(code, "T001", "medium", SINCE, evidence, "Do it.")


def asked(here: World, *flags: Flag, **people: Any) -> LeaderReport:
    portfolio = dataclasses.replace(here.portfolio.only("T001"), **people)
    return here.leader("T001", portfolio=portfolio, flags=flags)


def person(role: str, hours: float | None = 2) -> Person:
    return Person("T001", "Pat", "p@example.org", role, dt.date(2025, 8, 1), None, frozenset(), True, hours)


def test_a_request_to_the_leader_comes_before_all_else_and_stands_in_the_teams_own_words(here: World) -> None:
    ask = Ask("T001", MARCH, given.text("A bus on Fridays"), "senior leader", dt.date(2026, 3, 27))
    told = asked(here, flag("silent2"), flag("leader"), asks=(ask,)).decision
    assert told.question == "Your team has asked you for help. Will you give it?"
    assert told.why == "It has waited 19 days; it asked on 27 March."
    assert told.quote is not None
    assert told.quote.text == "A bus on Fridays"
    assert told.by == "One decision, by Tue 21 April"


def test_a_request_that_may_name_somebody_is_linked_and_not_printed(here: World) -> None:
    text = given.text("Ask Mrs Lee", cleared=False)
    report = asked(here, asks=(Ask("T001", MARCH, text, "senior leader", dt.date(2026, 3, 27)),))
    assert not any("Mrs Lee" in one for one in strings(report))
    assert report.decision.quote is not None
    assert "pdsa_cycle" in report.decision.quote.url


@pytest.mark.parametrize(
    ("flags", "people", "question"),
    [
        (["leader", "stuck_test"], (), "Will you give your team ten minutes, and ask what is in its way?"),
        (["stuck_test"], (person("1"), person("2")), "Whom will you name as data lead?"),
        (["late", "stuck_test"], (), "Will you free one hour, so that the team can finish this test?"),
        (["absent", "no_test"], (), "Will you free the team for the event on Thu 23 April?"),
        ([], (person("2", None), person("3", None)), "How many hours a week will you set aside for the team?"),
        (["gap", "claim", "plateau", "unrated"], (), "Will you visit the team, and see one test as it runs?"),
    ],
    ids=["leader", "role", "stuck", "absent", "hours", "nothing"],
)
def test_exactly_one_decision_is_asked_that_the_evidence_gives_a_reason_for(
    here: World, flags: list[str], people: tuple[Person, ...], question: str
) -> None:
    told = asked(here, *map(flag, flags), people=people).decision
    assert told.question == question


def test_ratings_that_are_not_released_and_flags_about_them_are_not_told(here: World) -> None:
    ratings = tuple(dataclasses.replace(one, released=False) for one in here.portfolio.ratings if one.team == "T001")
    report = asked(here, flag("gap", "Coach 3.0, team 4.5."), ratings=ratings)
    text = " ".join(strings(report))
    assert "Coach 3.0" not in text
    assert "The coach’s rating of March has not been released yet." in report.standing[0]
    assert asked(here).standing[0] == "Coach’s rating 3.0, modest gain (2.0 in January). Target: 4.0 by July 2026."


def test_who_came_is_told_of_team_and_leader(here: World) -> None:
    cells = tuple(
        Attendance("T001", event, dt.date(2025, 9, 18), "present", 3, leader, given.key("event_attendance"))
        for event, leader in (("LS1", True), ("LS2", False))
    )
    assert asked(here, attendance=cells).standing[1] == "Your team was at 2 of 2 events so far, you at 1."


def test_the_link_leads_to_the_months_own_form_or_a_new_one_where_redcap_has_the_form(here: World) -> None:
    def answer(month: str, instance: int) -> LeaderAnswer:
        key = given.key("leader_checkin", instance)
        return LeaderAnswer("T001", given.months(month)[0], True, True, None, None, "", key)

    before, same = answer("2026-02", 4), answer("2026-03", 2)
    for answers, instance in (((), 1), ((before,), 5), ((before, same), 2)):
        link = asked(here, leader_answers=answers).decision.link
        assert link is not None
        assert link.url.endswith(f"page=leader_checkin&instance={instance}")
    assert here.leader(answers=False).decision.link is None


def test_what_the_decision_speaks_of_is_not_said_again_as_stuck(here: World) -> None:
    report = asked(here, flag("stuck_test", "Test 3 has no result."))
    assert [(one.label, one.cells[0]) for one in report.lines][1] == (
        "Stuck",
        "Nothing on record but what is asked of you below.",
    )
    ask = Ask("T001", MARCH, given.text("A bus"), "senior leader", dt.date(2026, 3, 27))
    assert asked(here, flag("ask_open"), asks=(ask,)).lines[1].cells[0].startswith("Nothing on record but")
    assert asked(here, flag("worse", "It gets worse.")).lines[1].cells == ("It gets worse.",)


def test_nothing_of_any_other_team_is_in_any_form(here: World) -> None:
    for code in NAMES:
        told = render.leader(here.leader(code, flags=[]), Content())
        text = f"{told.html} {told.text} {told.page} {' '.join(one.alt for one in told.pictures)}"
        for other in NAMES.keys() - {code}:
            assert NAMES[other] not in text
            assert f"{POSSIBLE[other]:,}" not in text


def test_anything_of_another_team_stops_the_report(here: World) -> None:
    with pytest.raises(ReportError, match="1 other team"):
        here.leader("T001", frame=here.frame[here.frame["team"] != "T003"])
    with pytest.raises(ReportError):
        here.leader("T001", flags=here.flags)
    with pytest.raises(NothingToReport):
        here.leader("T001", charts={})
