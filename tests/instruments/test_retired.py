from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from breakthrough import logic
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments import check, generate, retired
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.logic import Record, Setting
from breakthrough.month import Month

Make = Callable[..., Collaborative]

NOW = Setting.at(dt.datetime(2026, 5, 1, 9, 0))  # noqa: DTZ001 - a server's local time
FALLS = {
    "name": "Falls",
    "plain": "Falls",
    "kind": "outcome",
    "numerator": "fell",
    "denominator": "beds",
    "direction": "lower",
}
ROUNDS = {
    "name": "Rounds",
    "plain": "Rounds",
    "kind": "process",
    "numerator": "rounds",
    "denominator": "beds",
    "direction": "higher",
}
COACHES = [
    {"code": "c1", "name": "Bo", "email": "bo@example.org", "until": "2026-01-31"},
    {"code": "c2", "name": "Cy", "email": "cy@example.org"},
]
DRIVERS = [
    {
        "code": "D1",
        "title": "Beds",
        "ideas": [{"code": "A", "title": "Low beds", "retired": True}, {"code": "B", "title": "Mats"}],
    }
]
PERIOD = Field("mm_period", "m", text_validation_type_or_show_slider_number="date_ymd")
COUNT = Field("count", "m", field_label="$label", field_annotation="Repeated for each count")
NOTE = Field("measure_nt", "m", "Why", field_label="$name", branching_logic="[measure_st] > 1", field_annotation="Repeated for each measure")  # fmt: skip


def choice(cell: str, annotation: str = "") -> Field:
    return Field("x", "m", field_type="dropdown", select_choices_or_calculations=cell, field_annotation=annotation)


@pytest.fixture
def given_up(small: Make) -> Collaborative:
    """A coach who left, an idea retired, and a second measure which ran from October to January."""
    counts = {"beds": {"label": "Bed days"}, "fell": {"label": "Falls"}, "rounds": {"label": "Rounds"}}
    rounds = ROUNDS | {"since": "2025-10", "until": "2026-01"}
    return small(coaches=COACHES, drivers=DRIVERS, counts=counts, measures={"falls": FALLS, "rounds_ok": rounds})


@pytest.mark.parametrize(
    ("cell", "annotation", "choices", "hidden"),
    [
        ("coaches, filled in from collaborative.yaml", "", ["c1", "c2"], "@HIDECHOICE='c1'"),
        ("ideas, filled in from collaborative.yaml | other, Another", "", ["A", "B", "other"], "@HIDECHOICE='A'"),
        ("measures, filled in from collaborative.yaml", "@NOMISSING", ["falls", "rounds_ok"],
         "@NOMISSING @HIDECHOICE='rounds_ok'"),
        ("ideas, filled in from collaborative.yaml", '@HIDECHOICE = "B" @NOMISSING', ["A", "B"],
         "@HIDECHOICE='B,A' @NOMISSING"),
        ("drivers, filled in from collaborative.yaml", "", ["D1"], ""),
    ],
)  # fmt: skip
def test_what_was_given_up_keeps_its_code_and_is_offered_to_nobody(
    given_up: Collaborative, cell: str, annotation: str, choices: list[str], hidden: str
) -> None:
    (field,) = generate.filled([choice(cell, annotation)], given_up)
    assert list(field.codes) == choices
    assert field.field_annotation == hidden


def shown_in(field: Field, month: str, **values: str) -> bool:
    return logic.row.holds(logic.parse(field.branching_logic), Record({"mm_period": month} | values), NOW)


@pytest.mark.parametrize(
    ("month", "shown"),
    [("2025-09-01", False), ("2025-10-01", True), ("2026-01-01", True), ("2026-01-31", True), ("2026-02-01", False), ("", False)],
)  # fmt: skip
def test_fields_of_a_measure_show_for_the_months_in_which_it_was_in_use(
    given_up: Collaborative, month: str, shown: bool
) -> None:
    fields = {field.field_name: field for field in generate.filled([PERIOD, COUNT, NOTE], given_up)}
    assert shown_in(fields["rounds"], month) is shown
    assert shown_in(fields["rounds_ok_nt"], month, rounds_ok_st="2") is shown
    assert not shown_in(fields["rounds_ok_nt"], month, rounds_ok_st="1")  # its own logic holds as before
    assert fields["beds"].branching_logic == ""  # which the other measure counts every month
    assert fields["falls_nt"].branching_logic == "[falls_st] > 1"


def test_a_measure_without_an_end_shows_from_its_first_month_on(small: Make) -> None:
    late = small(measures={"falls": FALLS, "rounds_ok": FALLS | {"since": "2026-02"}})
    (*_, field) = generate.filled([PERIOD, NOTE], late)
    assert [shown_in(field, f"2026-0{n}-01", rounds_ok_st="2") for n in (1, 2, 9)] == [False, True, True]


def test_a_form_without_a_month_hides_no_measure_by_a_month(given_up: Collaborative) -> None:
    fields = generate.filled([NOTE], given_up)
    assert [field.branching_logic for field in fields] == ["[falls_st] > 1", "[rounds_ok_st] > 1"]


def test_the_shipped_forms_with_a_measure_given_up_are_without_a_fault(given_up: Collaborative) -> None:
    project = projects.load(Content(), given_up, tiers=projects.EVERY_TIER)
    assert check.findings(project.fields) == ()
    (asked,) = [field for field in project.fields if field.field_name == "rounds"]
    assert asked.branching_logic == (
        "[mm_period] <> \"\" and datediff([mm_period], '2025-10-01', 'd', true) <= 0 and "
        "datediff([mm_period], '2026-02-01', 'd', true) > 0"
    )


@pytest.mark.parametrize(
    ("given", "together"),
    [
        ([(None, None), ("2026-01", "2026-03")], [(None, None)]),
        ([("2026-01", "2026-03"), ("2026-04", None)], [("2026-01", None)]),
        ([("2026-05", "2026-06"), (None, "2026-03")], [(None, "2026-03"), ("2026-05", "2026-06")]),
        ([("2026-01", "2026-06"), ("2026-02", "2026-03")], [("2026-01", "2026-06")]),
    ],
)
def test_months_of_several_measures_are_put_together(
    small: Make, given: list[tuple[str | None, str | None]], together: list[tuple[str | None, str | None]]
) -> None:
    measures: dict[str, dict[str, Any]] = {"falls": FALLS}
    for at, (since, until) in enumerate(given):
        measures[f"m{at}"] = FALLS | {key: value for key, value in (("since", since), ("until", until)) if value}
    made = small(measures=measures).measures
    found = retired.spans(made[f"m{at}"] for at in range(len(given)))
    assert found == tuple((since and Month(since), until and Month(until)) for since, until in together)


def test_a_count_of_two_measures_shows_in_the_months_of_either(small: Make) -> None:
    early, late = FALLS | {"until": "2025-12"}, FALLS | {"since": "2026-03"}
    made = small(measures={"falls": FALLS | {"numerator": "beds"}, "early": early, "late": late})
    fields = {field.field_name: field for field in generate.filled([PERIOD, COUNT], made)}
    months = ["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01", ""]
    assert [shown_in(fields["fell"], month) for month in months] == [True, True, False, False, True, False]


def test_a_form_that_is_for_no_month_asks_no_more_about_a_measure_given_up_and_shows_what_it_holds(
    given_up: Collaborative,
) -> None:
    goal = Field("tc_goal_measure", "c", field_label="$name", field_annotation="Repeated for each measure")
    kept, gone = generate.filled([goal], given_up)
    assert (kept.field_name, kept.field_annotation) == ("tc_goal_falls", "")
    assert gone.field_annotation == "@IF([tc_goal_rounds_ok] = '', @HIDDEN, '')"
    assert (kept.branching_logic, gone.branching_logic) == ("", "")
    check.require([Field("record_id", "c"), kept, gone])
