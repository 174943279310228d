"""The coach's report as plain data: whom to call first, what is asked, how teams stand."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.reporting import given
from tests.reporting.world import MARCH, World, folk, occasion, of_teams, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.errors import NothingToReport, ReportError
from breakthrough.measures.values import Doubt
from breakthrough.teams.records import Contact
from breakthrough.teams.values import Ask, Flag, Status


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def test_the_header_and_headline_answer_first(here: World) -> None:
    report = here.coach()
    assert report.header.title == "Your two teams, March 2026"
    assert report.reader == "Juno Fairweather"
    assert report.heading == "Begin with Birch. No team shows an improving signal; none is worsening."
    assert report.sent == "2 of 2 teams have sent March, all of them by the due day, Fri 10 April."
    assert report.subject == "Your teams, March 2026 – North East attendance collaborative"


def test_teams_that_have_not_sent_are_named_with_their_months(absenteeism: Collaborative) -> None:
    there = world(absenteeism, drop=[("T001", "2026-03"), ("T002", "2026-02"), ("T002", "2026-03")])
    assert there.coach(received={}).sent == (
        "0 of 2 teams have sent March. Not sent: Birch (February and March) and Ash (March). "
        "Silent, neither counts nor a report for two months: Birch."
    )


def test_a_team_that_sent_late_does_not_count_as_on_time(here: World) -> None:
    days = {"T001": dt.date(2026, 4, 8), "T002": dt.date(2026, 4, 12)}
    assert here.coach(received=days).sent.startswith("2 of 2 teams have sent March, 1 of them by the due day")
    assert here.coach(received={}).sent == "2 of 2 teams have sent March."


def test_the_act_first_list_is_ranked_and_joins_a_teams_evidence(here: World) -> None:
    first = here.coach().first
    assert [(one.place, one.team) for one in first] == [(1, "Birch"), (2, "Ash")]
    assert first[0].evidence == "Asked the senior leader for help 19 days ago."
    # That no test runs is told by the test without a result, so it is not told twice.
    assert (first[1].evidence, first[1].move) == ("Test 3 has no result.", "Ask for three lines.")


def test_flags_of_low_severity_do_not_make_the_list_and_it_has_five_places_at_most(here: World) -> None:
    def flag(team: str, severity: str, code: str = "worse") -> Flag:
        return Flag(code, team, severity, dt.date(2026, 4, 1), "…", "Look.")  # type: ignore[arg-type]

    assert here.coach(flags=[flag("T001", "low", "data_odd")]).first == ()
    assert len(here.coach(flags=[flag("T001", "high", f"f{n}") for n in range(7)]).first) == 1


def test_a_duty_of_the_coach_is_not_held_against_a_team(here: World) -> None:
    unrated = Flag("unrated", "T001", "medium", dt.date(2026, 4, 14), "Not rated.", "Rate it.")
    assert here.coach(flags=[unrated]).first == ()


def test_asks_are_listed_with_age_and_repeats_are_one(absenteeism: Collaborative) -> None:
    (ask,) = folk().asks
    people = dataclasses.replace(folk(), asks=(dataclasses.replace(ask, since=dt.date(2026, 4, 8)), ask))
    (told,) = world(absenteeism, people).coach().asks
    assert (told.team, told.text.text, told.of, told.age) == (
        "Birch",
        "Bus-pass data for two routes",
        "senior leader",
        "19 days, asked twice",
    )


def test_an_ask_that_is_not_cleared_is_linked(absenteeism: Collaborative) -> None:
    secret = given.text("SECRET-ASK", cleared=False, entry=given.key("monthly_report", team="T002"))
    people = dataclasses.replace(folk(), asks=(Ask("T002", MARCH, secret, "coach", dt.date(2026, 4, 1)),))
    report = world(absenteeism, people).coach()
    assert report.asks[0].text.text is None
    assert "page=monthly_report" in report.asks[0].text.url
    assert not [text for text in strings(report) if "SECRET-ASK" in text]


def test_the_grid_has_a_row_a_team_those_in_need_first(here: World) -> None:
    told = [(row.team, row.flags, row.value, row.verdict, row.rating, row.tests, row.log) for row in here.coach().rows]
    assert told == [
        ("Birch", "ask open", "8.2%", "1 above", "2.0 / –", "0", ""),
        ("Ash", "test without result", "7.0%", "7 below", "3.0 / 3.5", "1", "log 5 of 8"),
    ]


def contact(team: str, day: dt.date, kind: str = "call") -> Contact:
    return Contact(team, day, kind, False, None, None, frozenset(), given.key("coach_contact", team=team))  # type: ignore[arg-type]


def test_a_grid_row_tells_the_last_contact_and_how_far_counts_have_come(absenteeism: Collaborative) -> None:
    met = (contact("T001", dt.date(2026, 4, 3)), contact("T001", dt.date(2026, 4, 14), "report read"))
    people = dataclasses.replace(folk(), contacts=met)
    rows = world(absenteeism, people, drop=[("T002", "2026-03"), ("T002", "2026-02")]).coach().rows
    assert {row.team: (row.contact, row.counts) for row in rows} == {
        "Ash": ("Last contact 12 days ago", "counts up to March"),
        "Birch": ("No contact noted yet", "counts up to January, two months behind"),
    }


def test_a_grid_row_leads_to_the_months_rating_and_to_an_unused_form_for_a_contact(absenteeism: Collaborative) -> None:
    people = folk()
    unrated = dataclasses.replace(people, ratings=tuple(one for one in people.ratings if one.team != "T002"))
    used = {("T002", "coach_rating"): 6, ("T002", "coach_contact"): 3}
    rows = world(absenteeism, unrated).coach(occasion=occasion(used=used)).rows
    links = {row.team: [(link.label, link.url.partition("page=")[2]) for link in row.links] for row in rows}
    assert links == {
        "Ash": [("See your rating", "coach_rating&instance=1"), ("Note a contact", "coach_contact")],
        "Birch": [("Rate the team", "coach_rating&instance=7"), ("Note a contact", "coach_contact&instance=4")],
    }


def test_a_contact_of_another_coachs_team_stops_the_report(here: World) -> None:
    theirs = dataclasses.replace(of_teams(folk(), ["T001", "T002"]), contacts=(contact("T003", dt.date(2026, 4, 3)),))
    with pytest.raises(ReportError, match="1 other"):
        here.coach(portfolio=theirs)


def test_a_grid_row_without_the_months_figure_says_why(absenteeism: Collaborative) -> None:
    rows = world(absenteeism, drop=[("T001", "2026-03")]).coach().rows
    assert [row.value for row in rows if row.team == "Ash"] == ["× not sent"]


def test_ratings_are_counted_never_averaged(here: World) -> None:
    spread = here.coach().ratings
    assert spread.heading == "One team is at 3.0, modest gain"
    assert spread.meaning.startswith("0 of 2 rated teams are at 4.0 or above; the target is 50% of teams by July 2026.")
    assert spread.action == "Let Ash show at the all-team call of Thu 23 April how it moved from 2.0 to 3.0."
    assert spread.figure is not None


def test_without_any_rating_there_is_no_picture_of_ratings(absenteeism: Collaborative) -> None:
    spread = world(absenteeism, dataclasses.replace(folk(), ratings=())).coach().ratings
    assert spread.figure is None
    assert spread.action == "Rate Ash and Birch for March."


def test_a_team_that_is_paused_is_not_to_be_rated_and_one_that_has_completed_is(absenteeism: Collaborative) -> None:
    def action(status: Status) -> str:
        people = folk()
        ash, *others = people.teams
        teams = (dataclasses.replace(ash, status=status, left=dt.date(2026, 2, 10)), *others)
        return world(absenteeism, dataclasses.replace(people, teams=teams, ratings=())).coach().ratings.action

    assert action("paused") == "Rate Birch for March."
    assert action("completed") == "Rate Ash and Birch for March."


def test_a_team_whose_counts_cannot_be_right_has_sent_them(here: World) -> None:
    frame = here.frame[here.frame["team"] != "T003"].copy()
    frame.loc[(frame["team"] == "T001") & (frame["month"] == "2026-03"), "state"] = "invalid"
    assert here.coach(frame=frame).sent == "2 of 2 teams have sent March, all of them by the due day, Fri 10 April."


def test_the_collaboratives_line_counts_all_teams_and_names_none_of_other_coaches(here: World) -> None:
    report = here.coach()
    assert report.together is not None
    # (28,367 + 16,592 + 6,738) of (404,667 + 202,339 + 101,173) would be the sum of the three teams' March forms.
    sums = here.frame[(here.frame["month"] == "2026-03") & (here.frame["measure"] == "ca_day")]
    counted, possible = int(sums["numerator"].sum()), int(sums["denominator"].sum())
    assert f"Pooled is {counted:,} of {possible:,}, in 3 of 3 teams." in report.together.meaning
    assert not [text for text in strings(report) if "Cedar" in text or "T003" in text or "101,173" in text]


def test_a_month_that_teams_have_not_sent_is_provisional(absenteeism: Collaborative) -> None:
    report = world(absenteeism, drop=[("T003", "2026-03")]).coach()
    assert report.together is not None
    assert "in 2 of 3 teams. Provisional: one team has no figure for March yet." in report.together.meaning


def test_a_bright_spot_tells_the_tests_before_it_and_quotes_cleared_words(here: World) -> None:
    charts = {
        key: dataclasses.replace(
            chart,
            verdict="improving",
            signals=(
                given.signal("shift", "improving", "2025-11", "2025-12", "2026-01", "2026-02", "2026-03", count=9),
            ),
        )
        if key == ("T001", "ca_hold")
        else chart
        for key, chart in here.charts.items()
        if key[0] != "T003"
    }
    report = here.coach(charts=charts)
    (spot,) = report.bright
    assert spot.team == "Ash"
    assert spot.text.endswith("Three tests of D1c came before or meanwhile; that is sequence, not proof.")
    assert spot.quote is not None
    assert spot.quote.text == "Pupils liked being asked"
    assert report.heading.endswith("One of two teams shows an improving signal; none is worsening.")


def test_doubts_of_the_last_months_are_told_newest_first(here: World) -> None:
    doubts = [Doubt("T001", "ca_day", MARCH + -at, "jump", f"{at} months ago.") for at in (2, 0, 5)]
    assert [(one.team, one.text) for one in here.coach(doubts=doubts).doubts] == [
        ("Ash", "0 months ago."),
        ("Ash", "2 months ago."),
    ]


def test_full_logs_of_the_month_are_named(absenteeism: Collaborative) -> None:
    people = folk()
    done = dataclasses.replace(people.pdsas[0], end=dt.date(2026, 3, 10))
    report = world(absenteeism, dataclasses.replace(people, pdsas=(done,))).coach()
    assert report.full_logs == "Closed this month with all eight points of a well-kept log: Ash (one test)."


def test_another_coachs_team_stops_the_report(here: World) -> None:
    with pytest.raises(ReportError, match="other team"):
        here.coach(portfolio=here.portfolio)
    with pytest.raises(ReportError, match="other team"):
        here.coach(frame=here.frame)
    with pytest.raises(ReportError, match="other team"):
        here.coach(flags=here.flags)
    with pytest.raises(ReportError, match="other team"):
        here.coach(received={"T003": dt.date(2026, 4, 8)})


def test_a_coach_without_a_team_gets_no_report(here: World) -> None:
    with pytest.raises(NothingToReport, match="c2"):
        here.coach(
            "c2",
            portfolio=of_teams(here.portfolio, []),
            frame=here.frame.iloc[:0],
            charts={},
            flags=[],
            doubts=[],
            received={},
        )


def _thrice_a_year(collaborative: Collaborative) -> Collaborative:
    """The same with the aim's measure reported in October, January and May."""
    measures = dict(collaborative.measures)
    measures["ca_day"] = measures["ca_day"].model_copy(update={"every": (10, 1, 5)})
    return collaborative.model_copy(update={"measures": measures})


def test_of_a_measure_reported_in_some_months_the_last_of_them_is_told(absenteeism: Collaborative) -> None:
    report = world(_thrice_a_year(absenteeism)).coach()
    assert report.together is not None
    assert report.together.kicker == "The collaborative · absence rate, January"
    assert report.together.heading.startswith("Pooled 7.")
    assert report.shown == "January"
    assert report.legend.startswith("“3 below”: the latest three periods all below the team’s own")


def test_ratings_are_held_against_where_they_should_be_and_against_the_teams_own(absenteeism: Collaborative) -> None:
    people = dataclasses.replace(folk(), narratives=(given.narrative(4.0, team="T001"),))
    meaning = world(absenteeism, people).coach().ratings.meaning
    assert "By now teams should be near 3.5; two of two are below it." in meaning
    assert "Your view and the team’s are far apart: Ash (you 3.0, the team 4.0)." in meaning
    assert "far apart" not in world(absenteeism).coach().ratings.meaning
