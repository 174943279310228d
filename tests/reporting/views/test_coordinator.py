"""The coordinator's report: who is late, what needs a look and where, mails without addresses, ratings, health."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.reporting import given
from tests.reporting.ending import coordinated, desk, people, person
from tests.reporting.world import LINKS, MARCH, World, strings, world

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.measures.values import Doubt
from breakthrough.reporting.desk import Desk, Mails
from breakthrough.reporting.sentences import desk as words
from breakthrough.reporting.views import CoordinatorReport

MISSING = [("T001", "2026-02"), ("T002", "2026-02"), ("T002", "2026-03")]


@pytest.fixture(scope="module")
def there(absenteeism: Collaborative) -> World:
    return world(absenteeism, people(), MISSING)


@pytest.fixture(scope="module")
def report(there: World) -> CoordinatorReport:
    return coordinated(there)


def test_who_owes_the_month_itself_stands_first_with_all_that_is_owed(report: CoordinatorReport) -> None:
    told = [(one.team, str(one.chip), one.what) for one in report.late]
    assert told == [
        ("Birch", "× 36 days late", ("Counts for February and March", "Report for March")),
        ("Ash", "× 36 days late", ("Counts for February",)),
    ]
    assert report.late[0].link.url == LINKS("T002")
    assert report.late_action.startswith("Ring Birch first")
    assert (
        report.sent == "Two of three teams have sent the month’s counts. Two of them came by the due day, Fri 10 April."
    )


def test_the_day_to_day_leader_is_rung_before_others_and_who_has_left_is_not(there: World) -> None:
    rung = {one.team: one.ring for one in coordinated(there).late}
    assert rung == {"Birch": "Lee Birch, day-to-day leader", "Ash": "Amy Ash, senior leader"}
    gone = dataclasses.replace(there.portfolio, people=(person("T002", "Lee Birch", "2", dt.date(2026, 4, 1)),))
    left = coordinated(dataclasses.replace(there, portfolio=gone))
    assert {one.ring for one in left.late} == {"nobody on the roster"}


def test_what_stops_every_figure_stands_before_single_ones(there: World) -> None:
    doubt = Doubt("T001", "ca_day", MARCH, "jump", "The denominator doubled.")
    rows = (EntryKey("main", "T003", "", "chart_audit", 4),)
    uncounted = measures.Uncounted("T003", ("ca_day",), "no_date", rows, "One row has no date.")
    elsewhere = dataclasses.replace(uncounted, team="", rows=(EntryKey("audit", "9", "", "chart_audit", 0),))
    blocked = [measures.Blocked("ca_gap", ("The field [tier] is not there.",))]
    found = coordinated(there, doubts=[doubt], blocked=blocked, uncounted=[uncounted, elsewhere]).quality
    assert [one.where for one in found] == [*["All teams"] * 4, "Cedar", "All teams", "Cedar", "All teams", "Ash"]
    assert found[0].text == "REDCap has no fields tp_name and sd_abs, which reports rest on."
    assert found[2].text == "Gap for pupils with special needs cannot be counted. The field [tier] is not there."
    links = [one.link.url if one.link else "" for one in found]
    assert links[4] == LINKS("T003")
    assert links[5] == ""  # a record of another project: no link of ours leads there
    assert links[6] == LINKS("T003", "chart_audit", 4)
    assert links[7] == ""
    assert "page=monthly_measures" in links[8]


def test_every_kind_of_mail_has_a_name_of_its_own() -> None:
    kinds = ("team", "coach", "reminder", "rating", "forms", "preview", "alert", "returned", "drift")
    named = [words.kind(Mails(kind)) for kind in kinds]
    assert len(set(named)) == len(kinds)
    assert not set(named) & set(kinds)


def test_mails_are_counted_by_kind_and_no_address_is_told(report: CoordinatorReport) -> None:
    assert [(one.kind, one.cells) for one in report.mails] == [
        ("Team reports", ("3", "0", "1", "1", "0")),
        ("Coach reports", ("1", "0", "0", "0", "1")),
    ]
    assert report.mails_heading == (
        "Four mails have gone out since 15 March 2026. One waits to be sent. One was refused. Of one it is not known "
        "whether it arrived, so it is held."
    )
    assert "@" not in " ".join(strings(report))


def test_without_trouble_nothing_is_asked_for(absenteeism: Collaborative) -> None:
    quiet = coordinated(world(absenteeism), doubts=(), desk=Desk(dt.date(2026, 3, 15), (Mails("team", sent=2),)))
    assert quiet.mail_action == "Nothing: no mail is refused or in doubt."
    assert quiet.late_action == "" or "Birch" in quiet.late_action  # Birch owes its report in words
    assert quiet.quality == ()
    assert (quiet.compared, quiet.drift_action, quiet.wrong, quiet.wrong_action) == ((), "", (), "")


def test_coaches_without_ratings_are_named_with_the_teams(there: World) -> None:
    some = dataclasses.replace(there.portfolio, ratings=(given.rating(3.0, team="T001"),))
    told = coordinated(dataclasses.replace(there, portfolio=some))
    names = {coach.code: coach.name for coach in there.collaborative.coaches}
    assert [(one.coach, one.teams) for one in told.unrated] == [(names["c1"], "Birch"), (names["c2"], "Cedar")]
    assert told.unrated_heading == ("Two coaches have teams without a rating for March. They were due on Tue 14 April.")
    assert coordinated(there).unrated == ()


def test_differences_in_redcap_and_broken_files_are_told_with_what_to_do(there: World) -> None:
    told = coordinated(there, wrong=["reports/wording/en.po, line 3: there is no place {x}."])
    assert told.compared == (
        "The project main differed in two places from its definition on 2 April 2026.",
        "The project audit was as defined on 2 April 2026.",
    )
    assert "breakthrough plan" in told.drift_action
    assert told.wrong == ("reports/wording/en.po, line 3: there is no place {x}.",)
    assert told.wrong_action == "Correct the file at the line that is named. Until then the shipped one is used."


def test_what_could_not_go_back_into_redcap_is_counted_with_what_to_do(there: World) -> None:
    some = [coordinated(there, desk=Desk(dt.date(2026, 3, 15), unwritten=number)).compared for number in (1, 3)]
    assert some == [
        ("One file or line about a report could not be put back into REDCap. Run breakthrough status to see why.",),
        ("Three files or lines about reports could not be put back into REDCap. Run breakthrough status to see why.",),
    ]


def test_the_collaboratives_own_measures_stand_against_their_goals(report: CoordinatorReport) -> None:
    (row,) = report.health
    assert (row.name, row.figure, row.counted, row.goal, row.met) == ("Teams reporting", "33%", "1 of 3", "85%", False)
    assert report.health_action.startswith("Bring teams reporting to the next faculty call")


def test_a_month_without_a_figure_shows_the_newest_one_with_its_month(there: World) -> None:
    known = desk(there.collaborative)
    later = dataclasses.replace(known.health[-1], state="not_due", numerator=None, denominator=None, value=None)
    (row,) = coordinated(there, desk=dataclasses.replace(known, health=(known.health[0], later))).health
    assert (row.figure, row.counted, row.met) == ("100%", "3 of 3 in February", True)


def test_no_word_that_a_team_wrote_is_in_it(there: World) -> None:
    told = " ".join(strings(coordinated(there)))
    assert not [text for text in ("Pupils liked being asked", "Bus-pass data", "It went well") if text in told]
