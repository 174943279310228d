"""The team's report as plain data: its parts in order, its own figures alone, nothing that is not cleared."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from tests.reporting import given
from tests.reporting.world import MARCH, NOW, World, folk, occasion, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.errors import NothingToReport, ReportError
from breakthrough.reporting.views import TeamReport
from breakthrough.teams.values import Portfolio


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def test_the_header_says_stage_month_and_freshness(here: World) -> None:
    header = here.team().header
    assert [stage.name for stage in header.stages if stage.now] == ["Spreading"]
    assert header.journey == "month 7 of 11"
    assert header.title == "Ash District, March 2026"
    assert header.issued == "Sent 15 April 2026. Data as of 14 April 2026, 18:30."


def test_the_subject_holds_no_team_person_or_figure(here: World) -> None:
    assert here.team().subject == "Your progress report, March 2026 – North East attendance collaborative"


def test_a_revision_says_so(here: World) -> None:
    report = here.team(occasion=occasion(revised=True))
    assert report.header.issued.startswith("Revised 15 April 2026.")
    assert report.subject == "Your progress report, March 2026 (revised) – North East attendance collaborative"


def test_a_time_without_a_zone_is_refused(here: World) -> None:
    with pytest.raises(ReportError, match="time zone"):
        here.team(occasion=occasion(data_as_of=NOW.replace(tzinfo=None)))


def test_the_aim_comes_first_then_up_to_three_tiles(here: World) -> None:
    report = here.team()
    assert report.heading == "Absence rate was 7.0% in March; the goal is 6.5% by July 2026"
    assert [(tile.name, tile.figure, str(tile.chip)) for tile in report.tiles] == [
        ("Absence rate", "7.0%", "○ No lasting signal"),
        ("Held below the line", "87.5%", "◇ Unusual pattern"),
        ("Family reached in 5 days", "59.5%", "○ No signal yet"),
    ]


def test_two_to_four_charts_are_shown_the_aims_first(here: World) -> None:
    assert [chart.figure.name for chart in here.team().charts] == ["ca-day", "ca-hold", "ca-c5", "ca-ytd"]


def test_a_signal_moves_a_measure_before_those_without(absenteeism: Collaborative) -> None:
    there = world(absenteeism)
    signalled = {
        key: dataclasses.replace(chart, verdict="worsening") if key[1] == "ca_ytd" else chart
        for key, chart in there.charts.items()
    }
    shown = [chart.figure.name for chart in World(**{**vars(there), "charts": signalled}).team().charts]
    assert shown == ["ca-day", "ca-ytd", "ca-hold", "ca-c5"]


def test_every_chart_has_finding_meaning_action_definition_and_its_last_months(here: World) -> None:
    lead = here.team().charts[0]
    assert lead.kicker == "Outcome · absence rate · lower is better"
    assert lead.heading == "Seven months in a row below your baseline average: no lasting signal"
    assert lead.meaning.endswith("There it would be 26,303 of 404,667: 2,064 fewer.")
    assert lead.action.startswith("Finish test 3 (D1c, cycle 3)")
    assert lead.table.months == ("Oct", "Nov", "Dec", "Jan", "Feb", "Mar")
    assert [(row.label, row.cells[-1]) for row in lead.table.rows] == [
        ("Absence rate", "7.0%"),
        ("Counted", "28,367"),
        ("Out of", "404,667"),
    ]
    assert "March 7.0%, 28,367 of 404,667" in lead.figure.alt
    assert all(block.action and block.meaning and block.definition for block in here.team().charts)


def test_measures_never_collected_are_named_and_not_called_missing(here: World) -> None:
    report = here.team()
    assert report.others == ()
    assert report.not_collected == (
        "Not collected by your team: Gap for pupils with special needs, Cause known, plan reviewed, "
        "Meetings with a pupil list and Marks changed afterwards."
    )


def test_what_waits_is_listed_with_links_to_its_form(here: World) -> None:
    report = here.team()
    assert report.duties_heading == "One thing needs you"
    assert [(str(one.chip), one.text, one.link.url) for one in report.duties] == [
        (
            "Open 26 days",
            "Test 3 (D1c, cycle 3) ended on Fri 20 March. What happened is not written.",
            "https://redcap.example.org/redcap_v14.5.1/DataEntry/index.php?pid=16&id=T001&page=pdsa_cycle&instance=3",
        )
    ]
    assert [(str(one.chip), one.text) for one in report.coming] == [("Due Sun 10 May", "Counts and report for April.")]
    assert report.thanks == "Thank you: the counts for March came on Wed 8 April, 2 days early."


def test_a_missing_month_leads_the_report_and_no_thanks_are_given(absenteeism: Collaborative) -> None:
    report = world(absenteeism, drop=[("T001", "2026-03")]).team(received=None)
    assert report.heading == "March is not sent; absence rate was 6.8% in February"
    assert (str(report.duties[0].chip), report.duties[0].text) == (
        "× 5 days late",
        "The counts for March are not sent. They were due on Fri 10 April.",
    )
    assert report.duties[0].link.url.endswith("record_home.php?pid=16&id=T001")
    assert report.thanks == ""
    assert str(report.tiles[0].chip) == "× Not sent"
    assert report.tiles[0].beside == "in February; goal 6.5% by July 2026"
    assert report.charts[0].table.rows[0].cells[-1] == "not sent"
    assert report.charts[0].action.startswith("Send March first")
    assert not report.charts[1].action.startswith("Send March first")


def test_a_report_that_is_not_written_is_asked_for_once_it_is_due(here: World) -> None:
    report = here.team("T002")
    assert report.duties[0].text.startswith("Your report for March is not written")


def test_a_ramp_at_work_is_shown_with_its_log_and_next_step(here: World) -> None:
    (ramp,) = here.team().tests.blocks
    assert ramp.kicker == "Your tests · Three-question cause sheet (D1c) · tests 1–3 on the charts"
    assert ramp.heading == "Three linked cycles, each wider than the last; the third has no result"
    assert ramp.logs == ("Cycle 3: 5 of 8; missing: result, study and decision.",)
    assert ramp.meaning == "Both predictions came true."
    assert [row.cells for row in ramp.cycles][2] == (
        "2 March 2026 to 20 March 2026",
        "predicted 80%, result not written",
        "●●●●●○○○ 5 of 8",
    )


def test_without_a_test_under_way_an_idea_is_put_forward(here: World) -> None:
    section = here.team("T002").tests
    assert (section.blocks, section.quiet) == ((), "No test has been recorded yet.")
    assert section.action.startswith("Try “Personal note: days missed, beside other pupils” (D3a)")


def test_an_open_test_comes_first_in_every_ramp_and_beside_every_chart(absenteeism: Collaborative) -> None:
    people = folk()
    march: dict[str, Any] = {"start": dt.date(2026, 3, 3), "end": dt.date(2026, 3, 10), "decision": "extend"}
    wider = given.cycle(4, ramp="R2", idea="D5a", previous="", measure="ca_c5", **march)
    report = world(absenteeism, dataclasses.replace(people, pdsas=(*people.pdsas, wider))).team()
    first, second = report.tests.blocks
    assert first.action.startswith("Write the result of cycle 3")
    assert second.action == "Finish test 3 (D1c, cycle 3) before you plan the next cycle here."
    told = [chart.action for chart in report.charts]
    assert not [text for text in told if "Test something new" in text or "widen it" in text]
    assert sum("Finish test 3 (D1c, cycle 3) before you begin another" in text for text in told) >= 2


def test_a_released_note_stands_beside_the_teams_own_rating(here: World) -> None:
    note = here.team().note
    assert note is not None
    assert note.kicker == "Your coach, Juno Fairweather"
    assert note.heading == "Coach 3.0, modest gain. You 3.5, gain"
    assert [(step.score, step.coach, step.own) for step in note.steps if step.coach or step.own] == [
        ("3.0", True, False),
        ("3.5", False, True),
    ]
    assert [passage.text for passage in note.passages] == ["The ramp is clean.", "Try one route for a week."]


def test_a_rating_that_is_not_released_leaves_no_trace(absenteeism: Collaborative) -> None:
    hidden = given.rating(1.5, why=given.text("HIDDEN-REASON"), released=False)
    people = dataclasses.replace(folk(), ratings=(hidden,))
    report = world(absenteeism, people).team()
    assert report.note is not None
    assert report.note.heading == "You 3.5, gain"
    assert not any(step.coach for step in report.note.steps)
    assert not [text for text in strings(report) if "HIDDEN-REASON" in text or "1.5, planning" in text]


def test_text_that_is_not_cleared_is_linked_not_printed(absenteeism: Collaborative) -> None:
    entry = given.key("coach_rating")
    secret = given.text("SECRET-NAME wrote this", cleared=False, entry=entry)
    people = dataclasses.replace(
        folk(),
        ratings=(given.rating(3.0, why=secret),),
        pdsas=tuple(
            dataclasses.replace(one, title=secret, prediction=secret, result=secret, predicted=None, result_number=None)
            for one in folk().pdsas
        ),
        charters={"T001": dataclasses.replace(folk().charters["T001"], aim=secret)},
    )
    report = world(absenteeism, people).team()
    assert not [text for text in strings(report) if "SECRET-NAME" in text]
    assert report.note is not None
    assert report.note.passages[0].text is None
    assert report.note.passages[0].url.endswith("page=coach_rating&instance=1")
    assert report.aim is not None
    assert report.aim.text is None


def test_the_next_three_dates_are_there(here: World) -> None:
    assert [one.day for one in here.team().dates] == ["Tue 21 April", "Thu 23 April", "Sun 10 May"]


def test_a_team_in_its_first_month_is_told_what_is_not_known_yet(absenteeism: Collaborative) -> None:
    nothing = [("T001", month.name) for month in absenteeism.calendar.first.to(MARCH + -1)]
    report = world(absenteeism, drop=nothing).team()
    assert report.charts[0].heading == "Too few points to judge: none so far, ten are needed"


def test_a_team_that_has_sent_nothing_gets_a_report_all_the_same(absenteeism: Collaborative) -> None:
    nothing = [("T001", month.name) for month in absenteeism.calendar.first.to(MARCH)]
    report = world(absenteeism, drop=nothing).team(received=None)
    assert report.heading == "Absence rate: nothing to show yet"
    assert (report.charts, report.tiles) == ((), ())
    assert (str(report.duties[0].chip), report.duties[0].text) == (
        "× 187 days late",
        "The counts for September to March are not sent. The first were due on Fri 10 October.",
    )


def test_a_team_without_charts_is_no_report(here: World) -> None:
    with pytest.raises(NothingToReport, match="T001"):
        here.team(charts={})


def _foreign_people(there: World) -> dict[str, Any]:
    return {"portfolio": there.portfolio}


def _foreign_rows(there: World) -> dict[str, Any]:
    return {"frame": there.frame}


def _foreign_chart(there: World) -> dict[str, Any]:
    own = {key: chart for key, chart in there.charts.items() if key[0] == "T001"}
    return {"charts": {**own, ("T003", "ca_day"): there.charts["T003", "ca_day"]}}


def _chart_under_a_wrong_name(there: World) -> dict[str, Any]:
    own = {key: chart for key, chart in there.charts.items() if key[0] == "T001"}
    return {"charts": {**own, ("T001", "ca_day"): there.charts["T003", "ca_day"]}}


def _foreign_test(there: World) -> dict[str, Any]:
    mine = there.portfolio.only("T001")
    return {"portfolio": dataclasses.replace(mine, pdsas=there.portfolio.pdsas)}


def _foreign_ask(there: World) -> dict[str, Any]:
    return {"portfolio": dataclasses.replace(there.portfolio.only("T001"), asks=there.portfolio.asks)}


@pytest.mark.parametrize(
    "leak",
    [_foreign_people, _foreign_rows, _foreign_chart, _chart_under_a_wrong_name, _foreign_test, _foreign_ask],
    ids=lambda leak: leak.__name__.strip("_"),
)
def test_anything_of_another_team_stops_the_report(here: World, leak: Callable[[World], dict[str, Any]]) -> None:
    with pytest.raises(ReportError, match="other team"):
        here.team(**leak(here))


def test_no_text_or_picture_of_a_report_holds_another_teams_name_or_figure(here: World) -> None:
    told = " ".join(strings(here.team()))
    assert "404,667" in told  # its own mark is found by the same search
    for mark in ("Birch", "Cedar", "T002", "T003", "202,339", "101,173", "Bus-pass"):
        assert mark not in told


def test_a_planted_leak_would_be_found(here: World) -> None:
    report: TeamReport = dataclasses.replace(here.team(), summary="Cedar had 101,173 half-days.")
    assert "101,173" in " ".join(strings(report))


def test_an_empty_frame_of_the_team_is_not_a_leak(here: World) -> None:
    empty: pd.DataFrame = here.frame.iloc[:0]
    assert isinstance(here.team(frame=empty), TeamReport)


def test_a_portfolio_without_the_team_is_an_error_of_the_caller(here: World) -> None:
    with pytest.raises(KeyError):
        here.team(portfolio=Portfolio((), (), {}, (), (), (), ()))


def test_a_unit_of_words_stands_once_in_the_label_of_a_row(absenteeism: Collaborative) -> None:
    measures = dict(absenteeism.measures)
    measures["ca_day"] = measures["ca_day"].model_copy(update={"unit": " days lost by each pupil on roll"})
    table = world(absenteeism.model_copy(update={"measures": measures})).team().charts[0].table
    assert table.rows[0].label == "Absence rate, days lost by each pupil on roll"
    assert table.rows[0].cells[-1] == "7.0"


def test_a_long_definition_is_whole_and_one_without_end_is_said_to_be_cut(absenteeism: Collaborative) -> None:
    for words, told in ((100, "half-day half-day"), (2000, "half-day … Cut here: your coach has the rest.")):
        measures = dict(absenteeism.measures)
        measures["ca_day"] = measures["ca_day"].model_copy(update={"definition": "half-day " * words})
        definition = world(absenteeism.model_copy(update={"measures": measures})).team().charts[0].definition
        assert definition.endswith(told)
        assert (definition.count("half-day ") >= words - 1) is (words == 100)
