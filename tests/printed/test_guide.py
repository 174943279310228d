"""The data guide says what the collaborative decided, and its examples are worked out as the reports would."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.printed.conftest import WORKED, changed, press

from breakthrough.collaborative import Counted, Measure
from breakthrough.instruments.printed import example
from breakthrough.instruments.printed.guide import Guide, guides
from breakthrough.instruments.printed.render import Press
from breakthrough.measures import rates
from breakthrough.measures.counts import Sheet
from breakthrough.month import Month

NOVEMBER = Month("2025-11")


def made(one: Press, month: Month = NOVEMBER) -> Mapping[str, Guide]:
    return {guide.code: guide for guide in guides(one.collaborative, one.project, one.cases, month)}


def facts(guide: Guide) -> Mapping[str, str]:
    return {fact.title: " ".join(fact.texts) for fact in guide.facts}


def of(**keys: object) -> Measure:
    told = {"name": "M", "plain": "p", "kind": "process", "direction": "higher", "numerator": "a", "denominator": "b"}
    return Measure.model_validate({**told, **keys})


def test_a_page_says_all_that_an_operational_definition_needs() -> None:
    page = made(press())["ca_day"]
    told = facts(page)
    assert (page.name, page.kind, page.key, page.direction) == (
        "Absence rate",
        "Outcome measure",
        True,
        "Lower is better",
    )
    assert page.goal == "6.5% by July 2026"
    above, below = page.fractions[0].above[0], page.fractions[0].below[0]
    assert (above.words, above.code) == ("Pupil half-days missed in the month, for any reason", "sd_abs")
    assert (below.code, page.fractions[0].times) == ("sd_poss", "× 100, in %")
    assert told["Due"] == "By day 10 of the next month. November 2025: 10 December 2025."
    assert told["How often"].startswith("Every month, from September 2024 to December 2026")
    assert told["Who collects"] == "Each team in the form ‘Monthly figures’."
    assert told["Drivers"].startswith("D1 Timely, trusted attendance data D2")
    assert told["Chart"].startswith("P′ chart")
    assert {"Why", "Left out", "Sample", "Versions", "Small numbers"} <= set(told)


def test_the_other_group_of_a_difference_has_a_fraction_of_its_own() -> None:
    page = made(press())["ca_gap"]
    assert [one.name for one in page.fractions] == ["The group", "The same of other pupils"]
    assert [(term.joint, term.code) for term in page.fractions[1].above] == [("", "ch_ytd"), ("less", "ch_swd")]
    assert page.outcome == "The first figure less the second, in points."


def test_a_lag_moves_the_day_that_a_figure_is_due() -> None:
    one = press()
    late = one.collaborative.measures["ca_c5"].model_copy(update={"lag": 2})
    decided = one.collaborative.model_copy(update={"measures": {**one.collaborative.measures, "ca_c5": late}})
    assert "November 2025: 10 February 2026." in facts(made(changed(one, decided))["ca_c5"])["Due"]


def test_case_rows_are_told_in_the_words_of_their_form_and_nobody_adds_up() -> None:
    page = made(press("medical_home"))["mh_prev"]
    assert page.fractions[0].below[0].words.startswith("“What are you looking at?” is “A planned visit")
    assert "in the form ‘Chart audit’ of the REDCap project ‘chart_audit’" in facts(page)["Who collects"]


def test_logic_over_a_project_that_is_not_known_here_stands_as_it_is() -> None:
    one = press("medical_home")
    unknown = {guide.code: guide for guide in guides(one.collaborative, one.project, {}, NOVEMBER)}
    assert unknown["mh_prev"].fractions[0].below[0].words.startswith("[au_kind] = ")


def test_a_changed_label_changes_the_guide() -> None:
    one = press()
    counts = one.collaborative.counts
    other = {**counts, "sd_abs": counts["sd_abs"].model_copy(update={"label": "Half-days away"})}
    page = made(changed(one, one.collaborative.model_copy(update={"counts": other})))["ca_day"]
    assert page.fractions[0].above[0].words == "Half-days away"
    assert "Half-days away" in [line.words for line in page.example.lines]


def test_the_definition_and_the_goal_are_those_in_force() -> None:
    one = press()
    raw = one.collaborative.measures["ca_hold"].model_dump(by_alias=True, exclude_none=True)
    version = {"from": "2026-02", "change": "Counted otherwise.", "accepted_by": "R. W.", "on": "2026-01-20"}
    raw |= {"versions": [{**version, "numerator": "nr_prev"}], "goals": [{"from": "2026-02", "goal": 95}]}
    decided = one.collaborative.model_copy(
        update={"measures": {**one.collaborative.measures, "ca_hold": Measure.model_validate(raw)}}
    )
    before, after = (made(changed(one, decided), Month(month))["ca_hold"] for month in ("2025-11", "2026-02"))
    assert (before.fractions[0].above[0].code, after.fractions[0].above[0].code) == ("nr_hold", "nr_prev")
    assert (before.goal, after.goal) == ("90% by May 2026", "95%")
    assert facts(before)["Later goals"] == "From February 2026: 95%"
    assert facts(before)["Versions"].startswith("From February 2026: Counted otherwise. Accepted by R. W.")


def test_a_measure_that_was_given_up_has_no_page_any_more() -> None:
    one = press()
    gone = one.collaborative.measures["ca_code"].model_copy(update={"until": Month("2025-12")})
    decided = one.collaborative.model_copy(update={"measures": {**one.collaborative.measures, "ca_code": gone}})
    assert "ca_code" in made(changed(one, decided), Month("2025-12"))
    assert "ca_code" not in made(changed(one, decided), Month("2026-01"))


@pytest.mark.parametrize("name", WORKED)
def test_every_example_comes_to_what_the_reports_would_make_of_its_counts(name: str) -> None:
    one = press(name)
    for code, measure in one.collaborative.measures.items():
        if measure.source is None:
            _agrees(measure, code)


@pytest.mark.parametrize(
    "measure",
    [
        of(),
        of(goal=0, direction="lower"),
        of(goal=100),
        of(type="rate", multiply=1000, unit=" per 1,000", goal=2.5, direction="lower"),
        of(numerator="a - c", denominator="b + c - d"),
        of(numerator="a", denominator="a + b"),
        of(type="count", denominator=None),
        of(type="mean", goal=4.5),
        of(type="median", numerator=None, denominator=None, value="v", goal=12),
        of(numerator=None, denominator=None, parts=[{"numerator": "a", "denominator": "b", "weight": 2}, {"numerator": "c", "denominator": "d"}]),
        of(versus={"numerator": "c - a", "denominator": "d - b"}, unit=" points"),
    ],
    ids=lambda measure: f"{measure.type} {measure.goal}",
)  # fmt: skip
def test_an_example_of_each_type_comes_to_what_the_reports_would_make_of_it(measure: Measure) -> None:
    _agrees(measure, measure.type)


def _agrees(measure: Measure, what: str) -> None:
    found = example.of(measure, str, ("v", *measure.counts))
    laid = {code: np.array([[number]]) for code, number in found.counts.items()}
    sheet = Sheet(("T001",), (NOVEMBER,), laid, {}, {}, {}, np.array([["key"]], dtype=object), np.array([[1]]))
    result = rates.of_counts(measure, sheet)
    assert result.value[0, 0] == pytest.approx(found.value), what
    assert not result.beyond.any(), what
    assert not result.contradicts.any(), what
    assert all(number >= 0 and number == int(number) for number in found.counts.values()) or measure.type == "median"


@settings(max_examples=200, deadline=None)
@given(st.sets(st.sampled_from("bcd")), st.integers(1, 500))
def test_a_sum_comes_to_what_was_wanted_of_it_whatever_is_taken_off(less: set[str], wanted: int) -> None:
    numbers = example._Numbers()
    counted = Counted(" - ".join(["a", *sorted(less)]))
    numbers.put(counted, wanted)
    assert numbers.value(counted) == wanted
    assert all(number >= 0 for number in numbers.held.values())
