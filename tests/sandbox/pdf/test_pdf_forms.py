from __future__ import annotations

import pytest
from tests.sandbox.pdf.paper import Row, dictionary, field

from redcap_sandbox.pdf.forms import blank, filled
from redcap_sandbox.pdf.sheet import Option, Question, Scale, Section, Sheet

KINDS = "1, <b>School</b> | 2, Clinic"


def only(row: Row, values: dict[str, str] | None = None) -> Question:
    """That field's question, on a blank form or filled with values."""
    form = blank(dictionary(row), "visit")
    if values is not None:
        form = filled(form, values, record="1")
    return next(asked for section in form.sections for asked in section.questions if asked.field == row["field_name"])


def fields(form: Sheet) -> list[str]:
    return [asked.field for section in form.sections for asked in section.questions]


def chosen(asked: Question) -> list[str]:
    return [option.code for option in asked.options if option.chosen]


def test_a_blank_form_has_every_field_in_order_and_its_status_last() -> None:
    form = blank(dictionary(field("a"), field("b"), field("c", form="later")), "visit", "Pilot")
    assert (form.title, form.project, form.record) == ("Visit", "Pilot", "")
    assert fields(form) == ["record_id", "a", "b", "visit_complete"]
    assert form.sections[-1] == Section(
        ("Form Status",),
        (
            Question(
                "visit_complete",
                "dropdown",
                ("Complete?",),
                options=(Option("0", "Incomplete"), Option("1", "Unverified"), Option("2", "Complete")),
            ),
        ),
    )


def test_a_question_takes_over_what_the_dictionary_says_of_its_field() -> None:
    row = field(
        "kind",
        "radio",
        "<p>Kind of <b>place</b></p>",
        KINDS,
        field_note="<i>One</i> only",
        required_field="y",
        question_number="3a",
        custom_alignment="LH",
        matrix_group_name="places",
    )
    assert only(row) == Question(
        field="kind",
        kind="radio",
        label=("Kind of place",),
        number="3a",
        note=("One only",),
        required=True,
        options=(Option("1", "School"), Option("2", "Clinic")),
        alignment="LH",
        matrix="places",
    )


def test_section_headers_part_a_form_and_one_of_blanks_is_a_bar_without_words() -> None:
    form = blank(
        dictionary(field("a", section_header="<h3>About you</h3>"), field("b"), field("c", section_header=" ")), "visit"
    )
    assert [(section.header, [asked.field for asked in section.questions]) for section in form.sections] == [
        (None, ["record_id"]),
        (("About you",), ["a", "b"]),
        ((), ["c"]),
        (("Form Status",), ["visit_complete"]),
    ]


@pytest.mark.parametrize(
    ("annotation", "printed"),
    [
        ("@HIDDEN", False),
        ("@HIDDEN-PDF", False),
        ("Not on paper: @HIDDEN-PDF @READONLY", False),
        ("@HIDDEN-SURVEY", True),
        ("@HIDDEN-FORM", True),
        ("ask hidden@HIDDEN.org", True),
        ("", True),
    ],
)
def test_fields_that_are_hidden_in_pdfs_are_left_out(annotation: str, printed: bool) -> None:
    form = blank(dictionary(field("a", field_annotation=annotation)), "visit")
    assert ("a" in fields(form)) is printed


def test_a_header_moves_on_when_its_own_field_is_left_out() -> None:
    form = blank(
        dictionary(field("a", section_header="Head", field_annotation="@HIDDEN"), field("b"), field("c")), "visit"
    )
    assert [section.header for section in form.sections] == [None, ("Head",), ("Form Status",)]
    assert fields(form) == ["record_id", "b", "c", "visit_complete"]


def test_yes_no_and_true_false_have_their_own_choices() -> None:
    assert [one.label for one in only(field("a", "yesno")).options] == ["Yes", "No"]
    assert [one.label for one in only(field("a", "truefalse")).options] == ["True", "False"]


@pytest.mark.parametrize("kind", ["radio", "dropdown"])
def test_the_stored_choice_is_chosen(kind: str) -> None:
    asked = only(field("a", kind, choices=KINDS), {"a": "2"})
    assert (chosen(asked), asked.value) == (["2"], ())


def test_a_code_that_is_no_choice_any_more_is_shown_as_it_was_stored() -> None:
    asked = only(field("a", "radio", choices=KINDS), {"a": "9"})
    assert (chosen(asked), asked.value) == ([], ("9",))


def test_codes_are_texts() -> None:
    assert chosen(only(field("a", "radio", choices="2, Two | 02, Second"), {"a": "02"})) == ["02"]


def test_checked_boxes_are_chosen() -> None:
    row = field("a", "checkbox", choices="1, One | -4, Four | b, Bee")
    assert chosen(only(row, {"a(1)": "1", "a(-4)": "1", "a(b)": "0"})) == ["1", "-4"]


def test_a_slider_has_its_labels_and_ends_and_stands_where_it_was_put() -> None:
    row = field("a", "slider", choices="None | | <b>Worst</b>", text_validation_min="10", text_validation_max="20")
    assert only(row).scale == Scale(("None", "", "Worst"), 10, 20)
    asked = only(row, {"a": "12"})
    assert (asked.scale, asked.value) == (Scale(("None", "", "Worst"), 10, 20, at=12), ("12",))


@pytest.mark.parametrize(("low", "high"), [("", ""), ("x", "y"), ("nan", "inf"), ("100", "0")])
def test_a_slider_goes_from_0_to_100_where_the_dictionary_does_not_say_better(low: str, high: str) -> None:
    scale = only(field("a", "slider", text_validation_min=low, text_validation_max=high)).scale
    assert scale == Scale((), 0, 100)


@pytest.mark.parametrize(
    ("validation", "stored", "shown"),
    [
        ("date_ymd", "2024-01-31", "2024-01-31"),
        ("date_mdy", "2024-01-31", "01-31-2024"),
        ("date_dmy", "2024-01-31", "31-01-2024"),
        ("datetime_dmy", "2024-01-31 23:05", "31-01-2024 23:05"),
        ("datetime_seconds_mdy", "2024-01-31 23:05:59", "01-31-2024 23:05:59"),
        ("date_mdy", "UNK", "UNK"),  # a missing data code
        ("integer", "12", "12"),
    ],
)
def test_dates_stand_in_their_fields_own_order(validation: str, stored: str, shown: str) -> None:
    row = field("a", text_validation_type_or_show_slider_number=validation)
    assert only(row, {"a": stored}).value == (shown,)


def test_notes_keep_their_lines_and_rich_ones_lose_their_markup() -> None:
    assert only(field("a", "notes"), {"a": "One <b>\n\nTwo"}).value == ("One <b>", "Two")
    rich = field("a", "notes", field_annotation="@RICHTEXT")
    assert only(rich, {"a": "<p>One <b>bold</b></p><p>Two</p>"}).value == ("One bold", "Two")


def test_a_file_is_named() -> None:
    assert only(field("a", "file"), {"a": "consent.pdf"}).value == ("consent.pdf",)


def test_the_record_id_field_holds_the_record() -> None:
    form = filled(blank(dictionary(), "visit"), {}, record="7-A", event="Baseline", instance="2")
    assert form.sections[0].questions[0].value == ("7-A",)
    assert (form.record, form.event, form.instance) == ("7-A", "Baseline", "2")


def test_the_status_of_a_filled_form_is_chosen() -> None:
    form = filled(blank(dictionary(), "visit"), {"visit_complete": "1"}, record="1")
    assert chosen(form.sections[-1].questions[0]) == ["1"]


def test_fields_hidden_by_their_branching_logic_go_and_a_header_with_nothing_under_it() -> None:
    form = blank(dictionary(field("a", section_header="Head"), field("b"), field("c", section_header="Next")), "visit")
    assert fields(filled(form, {"b": "x"}, "1", hidden={"b"})) == ["record_id", "a", "c", "visit_complete"]
    shown = filled(form, {}, "1", hidden={"a", "b"})
    assert [section.header for section in shown.sections] == [None, ("Next",), ("Form Status",)]


def test_a_compact_form_has_only_questions_with_values() -> None:
    form = blank(
        dictionary(
            field("a", section_header="Head"),
            field("b", "checkbox", choices=KINDS),
            field("c", "checkbox", choices=KINDS, section_header="Next"),
            field("d", "descriptive", "Read this"),
        ),
        "visit",
    )
    shown = filled(form, {"c(2)": "1"}, record="1", compact=True)
    assert fields(shown) == ["record_id", "c"]
    assert [section.header for section in shown.sections] == [None, ("Next",)]


def test_filling_leaves_the_blank_form_as_it_was() -> None:
    form = blank(dictionary(field("a", "radio", choices=KINDS)), "visit")
    filled(form, {"a": "1"}, record="1")
    assert form == blank(dictionary(field("a", "radio", choices=KINDS)), "visit")
