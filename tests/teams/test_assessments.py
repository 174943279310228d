"""Assessments through their profiles: the rules of each, and what changed from round to round."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.teams.desk import form, portfolio, profile

from breakthrough.content import Content
from breakthrough.entry import Entry
from breakthrough.instruments import profiles
from breakthrough.instruments.profiles import Profile
from breakthrough.teams.assessments import Difference, Scored, assessments, differences, scored

ACIC = profiles.load(Content(), "acic35")
SIZES = {part.code: part.size for part in ACIC.parts}
# Subscale means 6, 9, 4.5, 3, 2, 8 and 5: their mean is 37.5 / 7, that of the 34 items another.
START = {"1": [6] * 6, "2": [9] * 3, "3a": [4, 5, 4, 5], "3b": [3] * 4, "3c": [2] * 6, "3d": [8] * 5, "4": [5] * 6}


def _round(time: object, marks: dict[str, list[int]], instance: int = 1, **values: object) -> Entry:
    answers = {ACIC.item(part, n): mark for part, given in marks.items() for n, mark in enumerate(given, 1)}
    return form("care_assessment", {"ca_profile": "acic35", "ca_time": time, **answers, **values}, instance=instance)


def _scored(*entries: Entry, known: dict[str, Profile] | None = None) -> tuple[Scored, ...]:
    return scored(portfolio(profile(), *entries).assessments, {"acic35": ACIC} if known is None else known)


def test_the_acic_total_is_the_mean_of_the_subscale_means() -> None:
    (one,) = _scored(_round(1, START))
    assert one.scores.total == pytest.approx(37.5 / 7)
    items = [mark for given in START.values() for mark in given]
    assert one.scores.total != pytest.approx(sum(items) / len(items))
    assert (one.scores.answered, one.scores.items) == (34, 34)
    assert "MacColl" in one.scores.footer


def test_a_subscale_of_which_too_little_was_answered_has_no_score_and_the_total_none() -> None:
    (one,) = _scored(_round(1, {**START, "2": [9]}))
    assert {part.code: part.mean for part in one.scores.parts}["2"] is None
    assert one.scores.total is None
    (enough,) = _scored(_round(1, {**START, "2": [9, 9]}))
    assert enough.scores.total == pytest.approx(37.5 / 7)


def test_what_changed_is_told_from_each_round_to_the_next_a_fall_as_well() -> None:
    middle = {**START, "2": [6] * 3, "4": [6] * 6}
    end = {**START, "3b": [7] * 4}
    found = _scored(_round(3, end, 3), _round(1, START, 1), _round(2, middle, 2))
    first, second = differences(found)
    assert (first.before.assessment.round, first.after.assessment.round) == ("start", "middle")
    assert first.total == pytest.approx(-2 / 7)
    assert first.parts == {"1": 0, "2": -3, "3a": 0, "3b": 0, "3c": 0, "3d": 0, "4": 1}
    assert (second.after.assessment.round, second.parts["3b"]) == ("end", 4)


def test_a_round_left_out_is_passed_over_and_one_without_a_score_has_no_change() -> None:
    (one,) = differences(_scored(_round(1, START, 1), _round(3, {**START, "2": []}, 2)))
    assert isinstance(one, Difference)
    assert (one.total, one.parts["2"], one.parts["1"]) == (None, None, 0)
    assert differences(_scored(_round(1, START))) == ()


def test_of_two_forms_of_a_round_the_one_of_the_latest_day_is_taken() -> None:
    found = _scored(
        _round(1, START, 1, ca_date="2025-10-02"), _round(1, {"1": [0] * 6}, 2, ca_date="2025-09-24"),
    )  # fmt: skip
    assert [(one.assessment.day, one.scores.answered) for one in found] == [(dt.date(2025, 10, 2), 34)]


def test_later_rounds_are_told_apart_by_their_day() -> None:
    found = _scored(_round(4, START, 1, ca_date="2027-01-15"), _round(4, START, 2, ca_date="2026-10-15"))
    assert [one.assessment.day for one in found] == [dt.date(2026, 10, 15), dt.date(2027, 1, 15)]


def test_marks_off_the_scale_count_as_not_answered_and_are_named() -> None:
    (one,) = _scored(_round(1, {**START, "2": [12, 9, 9]}))
    assert (one.scores.unusable, one.scores.answered) == (("ca_2_1",), 33)


def test_an_assessment_whose_profile_is_not_in_use_is_kept_and_not_scored() -> None:
    assert _scored(_round(1, START), known={}) == ()
    assert assessments([_round(None, START), _round(1, START, 2, ca_profile="")]) == ()


def test_only_items_are_kept_of_a_form() -> None:
    (one,) = portfolio(profile(), _round(1, START, ca_comment="Mrs Hay", ca_condition="asthma")).assessments
    assert set(one.answers) == set(ACIC.items)
