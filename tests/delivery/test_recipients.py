"""Who gets a report, and who does not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative, Sponsor
from breakthrough.delivery import recipients
from breakthrough.teams.values import Person, Portfolio, Team

DAY = dt.date(2026, 4, 15)


@pytest.fixture(scope="module")
def collaborative(root: Path) -> Collaborative:
    return collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")


def team(code: str, **others: Any) -> Team:
    given: dict[str, Any] = {"status": "active", "coach": "c1", "joined": dt.date(2025, 9, 1)} | others
    return Team(code=code, name=code, short=code, dag=code.lower(), **given)


def person(team: str, email: str, **others: Any) -> Person:
    given: dict[str, Any] = {
        "name": email.partition("@")[0],
        "role": "3",
        "since": dt.date(2025, 9, 1),
        "until": None,
        "reports": frozenset({"team"}),
        "consents": True,
    }
    return Person(team=team, email=email, **(given | others))


def portfolio(teams: list[Team], people: list[Person]) -> Portfolio:
    return Portfolio(tuple(teams), tuple(people), {}, (), (), (), ())


def readers(teams: list[Team], people: list[Person], day: dt.date = DAY) -> list[tuple[str, str]]:
    found = recipients.of_teams(portfolio(teams, people), day)
    return [(one.subject, one.address) for one in found if one.report == "team"]


@pytest.mark.parametrize(
    ("change", "gets"),
    [
        pytest.param({}, True, id="agreed, and here"),
        pytest.param({"consents": False}, False, id="has not agreed to mail"),
        pytest.param({"reports": frozenset({"leader", "reminders"})}, False, id="wants other reports only"),
        pytest.param({"since": dt.date(2026, 4, 16)}, False, id="begins tomorrow"),
        pytest.param({"since": DAY}, True, id="begins today"),
        pytest.param({"until": dt.date(2026, 4, 14)}, False, id="left yesterday"),
        pytest.param({"until": DAY}, True, id="last day"),
        pytest.param({"email": ""}, False, id="no address"),
    ],
)
def test_a_person_gets_mail_with_consent_between_first_and_last_day(change: dict[str, Any], gets: bool) -> None:
    found = readers([team("T001")], [person("T001", **({"email": "a@b.org"} | change))])
    assert found == ([("T001", "a@b.org")] if gets else [])


@pytest.mark.parametrize(
    ("change", "gets"),
    [
        ({"status": "active"}, True),
        ({"status": "completed"}, True),
        ({"status": "applied"}, False),
        ({"status": "paused"}, False),
        ({"status": "withdrew"}, False),
        ({"left": dt.date(2026, 2, 28)}, False),  # the report is about March, when it was gone
        ({"left": dt.date(2026, 3, 1)}, True),
        ({"left": DAY}, True),
    ],
)
def test_a_team_gets_reports_while_it_takes_part(change: dict[str, Any], gets: bool) -> None:
    assert bool(readers([team("T001", **change)], [person("T001", "a@b.org")])) is gets


def test_somebody_on_two_teams_gets_both_reports() -> None:
    found = readers([team("T001"), team("T002")], [person("T002", "a@b.org"), person("T001", "a@b.org")])
    assert found == [("T001", "a@b.org"), ("T002", "a@b.org")]


def test_an_address_listed_twice_in_a_team_gets_one_report_under_the_first_name() -> None:
    twice = [person("T001", "A@b.org", name="Jo"), person("T001", "a@B.org ", name="J. Smith")]
    found = recipients.of_teams(portfolio([team("T001")], twice), DAY)
    assert [(one.name, one.address) for one in found] == [("Jo", "A@b.org")]


def test_one_of_two_listings_being_over_does_not_matter() -> None:
    twice = [person("T001", "a@b.org", until=dt.date(2026, 1, 1)), person("T001", "a@b.org")]
    assert readers([team("T001")], twice) == [("T001", "a@b.org")]


def test_a_person_of_no_team_that_is_here_gets_nothing() -> None:
    assert readers([team("T001")], [person("T999", "a@b.org")]) == []


def test_a_coach_gets_a_report_when_a_team_is_theirs(collaborative: Collaborative) -> None:
    teams = [team("T001", coach="c2"), team("T002", coach="c2"), team("T003", coach="c1", status="withdrew")]
    found = recipients.of_coaches(collaborative, portfolio(teams, []), DAY)
    assert [(one.report, one.subject, one.name) for one in found] == [("coach", "c2", "Idris Calloway")]


def test_teams_come_first_then_their_leaders_coaches_the_sponsor_and_the_coordinator(
    collaborative: Collaborative,
) -> None:
    people = [person("T001", "a@b.org"), person("T001", "head@b.org", reports=frozenset({"leader"}))]
    sponsor = Sponsor(name="The trust", email="trust@b.org")
    with_sponsor = collaborative.model_copy(update={"sponsor": sponsor})
    found = recipients.of(with_sponsor, portfolio([team("T001")], people), DAY, "ne")
    assert [(one.report, one.subject, one.address) for one in found] == [
        ("team", "T001", "a@b.org"),
        ("leader", "T001", "head@b.org"),
        ("coach", "c1", "juno.fairweather@collaborative.example.org"),
        ("collaborative", "attendance", "trust@b.org"),
        ("coordinator", "ne", collaborative.coordinator.email),
    ]


def test_a_sponsor_without_an_address_or_without_teams_gets_nothing(collaborative: Collaborative) -> None:
    def told(sponsor: Sponsor | None, status: str) -> list[str]:
        of = collaborative.model_copy(update={"sponsor": sponsor})
        return [one.report for one in recipients.of_whole(of, portfolio([team("T001", status=status)], []), "ne")]

    assert told(None, "active") == ["coordinator"]
    assert told(Sponsor(name="The trust"), "active") == ["coordinator"]
    assert told(Sponsor(name="The trust", email="trust@b.org"), "withdrew") == ["coordinator"]


def test_before_any_team_is_known_there_is_nothing_to_report_to_anybody(collaborative: Collaborative) -> None:
    assert recipients.of(collaborative, portfolio([], []), DAY, "ne") == ()
