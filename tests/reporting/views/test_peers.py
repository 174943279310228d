"""The team among its peers and what worked elsewhere: made of what it is handed, which can hold no more than it may see."""

from __future__ import annotations

import dataclasses

import pytest
from tests.reporting.world import World, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.charts import Peer
from breakthrough.reporting.views.peers import Elsewhere, Peers, among, elsewhere

MARCH = Month("2026-03")
GIVEN = Peers(MARCH, 7.0, (Peer(6.4, "1a2b"), Peer(6.6, "3c4d"), Peer(8.1, "5e6f")), coded=True, withheld=1, without=2)
CALL, MEETING = "Tue 21 April", "the all-team call of Thu 23 April"


def changed(**changes: object) -> Peers:
    return dataclasses.replace(GIVEN, **changes)  # type: ignore[arg-type]


def test_the_heading_counts_who_has_the_lower_figure(absenteeism: Collaborative) -> None:
    section = among(GIVEN, absenteeism, MEETING, CALL)
    assert section is not None
    assert section.kicker == "You among peers · absence rate, March"
    assert section.heading == "Two of three other teams had a lower figure than yours in March"
    assert section.meaning == (
        "You had 7.0%; the median of these four teams is 6.8%. One of them is at the goal of 6.5%. "
        "Teams differ in size and in whom they serve, so this is no league table. "
        "One more team is not shown, so that no small number can be told from it. "
        "Two more teams have no figure for March. Names are made up, and stay the same from month to month."
    )
    assert section.action == "On Tue 21 April, ask your coach what the teams ahead do, and choose one thing to test."


@pytest.mark.parametrize(
    ("own", "heading", "action"),
    [
        (6.4, "None of three other teams had a lower figure than yours in March", f"Bring what you do to {MEETING}, so that others can learn from it."),
        (6.36, "None of three other teams had a lower figure than yours in March", f"Bring what you do to {MEETING}, so that others can learn from it."),
        (9.9, "All three other teams had a lower figure than yours in March", "On Tue 21 April, ask your coach what the teams ahead do, and choose one thing to test."),
        (None, "Three other teams have a figure for March, and yours is missing", "Send March: then you see where you stand."),
    ],
)  # fmt: skip
def test_a_team_is_not_ahead_by_what_nobody_can_see(
    absenteeism: Collaborative, own: float | None, heading: str, action: str
) -> None:
    section = among(changed(own=own), absenteeism, MEETING, CALL)
    assert section is not None
    assert (section.heading, section.action) == (heading, action)


def test_where_more_is_better_the_higher_are_ahead(absenteeism: Collaborative) -> None:
    measures = dict(absenteeism.measures)
    measures["ca_day"] = measures["ca_day"].model_copy(update={"direction": "higher"})
    section = among(GIVEN, absenteeism.model_copy(update={"measures": measures}), MEETING, CALL)
    assert section is not None
    assert section.heading == "One of three other teams had a higher figure than yours in March"
    assert "Three of them are at the goal of 6.5%." in section.meaning


def test_the_table_and_the_list_hold_the_pictures_figures(absenteeism: Collaborative) -> None:
    section = among(GIVEN, absenteeism, MEETING, CALL)
    assert section is not None
    assert section.columns == ("Lowest", "Median", "Highest", "Yours")
    assert [(row.label, row.cells) for row in section.table] == [("Absence rate", ("6.4%", "6.8%", "8.1%", "7.0%"))]
    assert section.one_by_one == "From the lowest: 1a2b 6.4%, 3c4d 6.6%, you 7.0% and 5e6f 8.1%."
    assert section.figure is not None
    assert "the other three lie from 6.4% to 8.1%" in section.figure.alt
    assert {"1a2b", "3c4d", "5e6f", "you"} <= {text.string for text in section.figure.scene.texts}


def test_a_name_that_would_turn_its_neighbours_round_is_shown_without_what_does_it(absenteeism: Collaborative) -> None:
    section = among(changed(others=(Peer(6.4, "\u202eAsh"), *GIVEN.others), coded=False), absenteeism, MEETING, CALL)
    assert section is not None
    assert not [text for text in strings(section) if "\u202e" in text]
    assert "Ash 6.4%" in section.one_by_one
    assert "Names are made up" not in section.meaning


def test_of_many_teams_lowest_median_and_highest_are_told(absenteeism: Collaborative) -> None:
    section = among(changed(others=tuple(Peer(6 + at / 100) for at in range(159))), absenteeism, MEETING, CALL)
    assert section is not None
    assert section.one_by_one == ""
    assert section.table[0].cells == ("6.0%", "6.8%", "7.6%", "7.0%")


def test_with_fewer_than_two_others_to_be_seen_there_is_no_picture(absenteeism: Collaborative) -> None:
    section = among(changed(others=GIVEN.others[:1], withheld=3), absenteeism, MEETING, CALL)
    assert section is not None
    assert section.figure is None
    assert section.heading == "Other teams’ figures of March are not shown"
    assert "6.4" not in " ".join(strings(section))
    assert among(changed(others=(), withheld=0), absenteeism, MEETING, CALL) is None
    assert among(None, absenteeism, MEETING, CALL) is None


def test_what_worked_elsewhere_is_said_as_a_sequence_without_a_figure(absenteeism: Collaborative) -> None:
    given = [Elsewhere("D1a", "D1", "ca_day", "implementing", written="Register by nine"), Elsewhere("D1c", "D1", "ca_hold", "testing", "Cedar")]  # fmt: skip
    section = elsewhere(given, absenteeism, CALL)
    assert section is not None
    assert section.heading == "Two changes on drivers that you work on, each with a signal after it"
    first, second = section.changes
    assert first.title == "D1a · Ten-minute daily code check"
    assert first.text == (
        "Another team tested it, and now does it every day. Absence rate showed an improving signal after it. "
        "Driver: Timely, trusted attendance data."
    )
    assert first.quote == "Register by nine"
    assert second.text.startswith("Cedar is testing it.")
    assert section.meaning == "What came after a change need not have come from it."
    assert section.action == (
        "Choose one of the two. On Tue 21 April, ask your coach how they did it, and plan one small test of it."
    )
    assert elsewhere([], absenteeism, CALL) is None


def test_a_report_shows_both_in_all_three_forms(absenteeism: Collaborative) -> None:
    here: World = world(absenteeism)
    told = render.team(here.team(), Content())
    for form in (told.html, told.page, " ".join(told.text.split())):
        assert "One of two other teams had a lower figure than yours in March" in form
        assert "Ten-minute daily code check" in form
        assert "Cedar" not in form
        assert "Birch" not in form
