"""What teams say at the end, what they consent to, and which files they let others see."""

from __future__ import annotations

import pytest
from tests.teams.desk import TODAY, Shelf, collaborative, form, profile

from breakthrough import teams
from breakthrough.entry import Entry
from breakthrough.teams import Portfolio


def _read(*forms: Entry) -> Portfolio:
    return teams.read(Shelf(profile(), *forms), collaborative(), TODAY)


def test_a_closing_form_tells_what_was_reached_what_stays_and_what_may_be_published() -> None:
    (found,) = _read(
        form(
            "closeout",
            {
                "co_aim_met": 2,
                "co_adopted___d1a": 1,
                "co_adopted___d2c": 0,
                "co_adopted___other": 1,
                "co_best_change": "The Friday list",
                "co_next_measure_freq": 2,
                "co_pub_ok": 1,
                "co_noid": 1,
            },
            instance=0,
        )
    ).closeouts
    assert (found.team, found.aim_met, found.goes_on) == ("T001", "in part", "each quarter")
    assert found.adopted == {"D1a"}
    assert found.best.printable == "The Friday list"
    assert found.advice.printable is None
    assert found.publishable


@pytest.mark.parametrize("said", ["0", "", "2", "yes", None])
def test_nothing_but_a_plain_yes_is_consent(said: str | None) -> None:
    (found,) = _read(form("closeout", {"co_aim_met": 1, "co_pub_ok": said}, instance=0)).closeouts
    assert not found.publishable
    (file,) = _read(form("document_upload", {"du_type": 1, "du_share": said})).documents
    assert not file.shared
    (board,) = _read(form("storyboard", {"sb_event": "LS1", "sb_public": said})).storyboards
    assert not board.public


def test_of_several_closing_forms_the_last_one_counts_with_its_consent() -> None:
    first, second = ({"co_aim_met": 1, "co_pub_ok": said} for said in (1, 0))
    (found,) = _read(form("closeout", second, instance=2), form("closeout", first, instance=1)).closeouts
    assert not found.publishable


def test_without_the_box_nothing_of_a_closing_form_is_printable() -> None:
    (found,) = _read(form("closeout", {"co_best_change": "Ann did it", "co_pub_ok": 1}, instance=0)).closeouts
    assert found.best.printable is None


def test_every_file_is_known_by_kind_and_driver_and_a_storyboard_by_its_event() -> None:
    read = _read(
        form("document_upload", {"du_type": 4, "du_driver": "D2", "du_note": "Ask first", "du_share": 1, "du_noid": 1}),
        form("document_upload", {"du_type": 9, "du_driver": "none", "du_note": "x"}, instance=2),
        form("storyboard", {"sb_event": "LS2", "sb_public": 1}),
    )
    one, other = read.documents
    assert (one.kind, one.driver, one.note.printable, one.shared) == ("tool", "D2", "Ask first", True)
    assert (other.kind, other.driver, other.note.printable, other.shared) == ("", "", None, False)
    assert [(board.event, board.public) for board in read.storyboards] == [("LS2", True)]


def test_what_one_team_says_is_in_no_other_teams_portfolio() -> None:
    read = teams.read(
        Shelf(
            profile(),
            profile("T002"),
            form("closeout", {"co_pub_ok": 1}, "T002", 0),
            form("document_upload", {"du_type": 1}, "T002"),
        ),
        collaborative(),
        TODAY,
    )
    assert read.only("T001").closeouts == ()
    assert read.only("T001").documents == ()
    assert [one.team for one in read.only("T002").closeouts] == ["T002"]
