"""The report on all teams together: pooled beside median, counts of teams, and nothing that a sponsor may not see."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from tests.reporting.world import MARCH, POSSIBLE, World, strings, world

from breakthrough.collaborative import Collaborative
from breakthrough.collaborative.model import Commitment, Sponsor
from breakthrough.content import Content
from breakthrough.errors import ReportError
from breakthrough.reporting import render
from breakthrough.teams.spread import Reach

RATED = {f"T{n:03}": [(MARCH, 2.0 + n % 3)] for n in range(1, 7)}


@pytest.fixture(scope="module")
def here(absenteeism: Collaborative) -> World:
    return world(absenteeism)


def test_pooled_and_median_stand_side_by_side_with_k_of_k_teams(here: World) -> None:
    report = here.whole()
    assert report.heading.startswith("Absence rate. Pooled 7.3%, median of teams 7.0%")
    assert report.heading.endswith("figures of 3 of 3 teams")
    assert report.together is not None
    assert report.together.table is not None
    assert [row.label for row in report.together.table.rows] == ["Pooled", "Median of teams", "Teams"]
    assert report.together.table.rows[2].cells[-1] == "3 of 3"
    assert report.together.figure is not None
    assert "Teams’ median 7.0%" in {text.string for text in report.together.figure.scene.texts}


def test_teams_bear_the_names_that_the_policy_gives_them(absenteeism: Collaborative) -> None:
    def with_names(policy: str) -> World:
        privacy = absenteeism.privacy.model_copy(update={"peer_names": policy})
        return world(absenteeism.model_copy(update={"privacy": privacy}))

    named, coded, none = (with_names(policy).whole() for policy in ("named", "coded", "none"))
    assert named.teams is not None
    assert {"Ash", "Birch", "Cedar"} <= {text.string for text in named.teams.figure.scene.texts}  # type: ignore[union-attr]
    assert coded.teams is not None
    for hidden in (coded, none):
        assert not any(name in text for text in strings(hidden) for name in ("Ash", "Birch", "Cedar", "T001"))
    assert none.teams is None
    assert none.funnel is None


def test_rows_as_their_owner_gets_them_stop_the_report(here: World) -> None:
    aim = here.frame[here.frame["measure"] == "ca_day"]
    with pytest.raises(ReportError, match="not as a sponsor may see them"):
        here.whole(rows=aim)
    with pytest.raises(ReportError):
        here.whole(panels={"T001": here.charts["T001", "ca_day"]})
    named = here.collaborative.privacy.model_copy(update={"peer_names": "named"})
    with pytest.raises(ReportError):
        here.whole(rows=aim, collaborative=here.collaborative.model_copy(update={"privacy": named}))


def test_ratings_are_shown_as_counts_of_teams_and_not_of_few(here: World) -> None:
    few = here.whole()
    assert few.ratings.figure is None
    assert few.ratings.heading == "Too few released ratings to show"
    many = here.whole(scores=RATED)
    assert many.ratings.figure is not None
    assert "two teams at 4.0" in many.ratings.figure.alt
    assert "6 of 6 teams have a released rating" in many.ratings.meaning


def test_the_drivers_are_told_as_a_table_and_as_a_picture(here: World) -> None:
    drivers = here.whole().drivers
    assert drivers is not None
    assert len(drivers.rows) == len(here.collaborative.drivers)
    first = drivers.rows[0]
    assert first.driver == "D1 Timely, trusted attendance data"
    assert [cell.teams for cell in first.cells] == ["2", "–", "1", "–", "–"]
    assert [cell.shade for cell in first.cells] == [0, 0, 1, 0, 0]
    assert drivers.figures
    assert "Driver diagram. Aim: 6.5% by July 2026." in drivers.figures[0].alt
    assert drivers.heading.startswith("Two of five drivers are being worked on; nobody tests")


def test_a_promise_that_is_overdue_is_the_decision_asked(here: World) -> None:
    made = (
        Commitment(what="Supply cover", by=dt.date(2026, 1, 1), kept=dt.date(2026, 1, 9)),
        Commitment(what="A shared coach", by=dt.date(2026, 2, 1)),
        Commitment(what="A new rule", by=dt.date(2026, 9, 1)),
    )
    sponsor = Sponsor(name="The county", email="sponsor@example.org", commitments=made)
    report = here.whole(collaborative=here.collaborative.model_copy(update={"sponsor": sponsor}))
    assert report.decision.question == "What will it take to keep this promise: “A shared coach”?"
    assert report.decision.why == "It was promised for 1 February 2026."
    assert report.promises is not None
    assert report.promises.heading == "1 of 3 promises kept"
    assert [row.cells[0] for row in report.promises.rows] == [
        "Kept on 9 January 2026",
        "Open, was due on 1 February 2026",
        "Open, due on 1 September 2026",
    ]
    assert report.reader == "For The county and the steering group."


@pytest.mark.parametrize(("people", "told"), [(29, False), (30, True)])
def test_people_served_by_spread_are_told_only_where_their_number_is_not_small(
    here: World, people: int, *, told: bool
) -> None:
    report = here.whole(reach=Reach(4, 2, 0, 1, 1, people, 2))
    assert report.spread.heading == "Two of four places reached; daily work in none"
    assert (f"They serve {people} people" in report.spread.meaning) is told


def test_a_small_number_is_nowhere_in_any_form(absenteeism: Collaborative) -> None:
    """Cedar missed four of so many: neither its row nor what would tell it is shown."""
    there = world(absenteeism)
    frame = there.frame.copy()
    small = (frame["team"] == "T003") & (frame["measure"] == "ca_day") & (frame["month"] == "2026-03")
    frame.loc[small, ["numerator", "value"]] = [4.0, 400 / POSSIBLE["T003"]]
    told = render.collaborative(dataclasses.replace(there, frame=frame).whole(), Content())
    text = f"{told.html} {told.text} {told.page} {' '.join(one.alt for one in told.pictures)}"
    assert f"4 of {POSSIBLE['T003']:,}" not in text
    assert "withheld" in text


def test_nothing_that_a_team_wrote_is_in_it(here: World) -> None:
    text = " ".join(strings(here.whole()))
    for written in (
        "Pupils liked being asked",
        "Cedar’s own bright spot",
        "Bus-pass data",
        "Cause sheet",
        "Cedar ramp",
    ):
        assert written not in text


def test_a_month_of_which_the_collaborative_has_no_figure_is_told_as_such(absenteeism: Collaborative) -> None:
    gaps = [(team, "2026-03") for team in ("T001", "T002", "T003")]
    report = world(absenteeism, drop=gaps).whole()
    assert report.heading == "Absence rate. No team has a figure for March yet"
