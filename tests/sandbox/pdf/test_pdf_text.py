from __future__ import annotations

import html

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sandbox.pdf.paper import dictionary, field, pages, sheet, text

from redcap_sandbox.pdf.forms import blank, filled
from redcap_sandbox.pdf.sheet import Option, Question, Scale, Section, Sheet

DICTIONARY = dictionary(
    field("intro", "descriptive", "<p>Please <b>read</b> this.</p>"),
    field("born", label="Date of birth", field_note="D-M-Y", required_field="y", question_number="1"),
    field("kind", "radio", "Kind", "1, School | 2, Clinic", section_header="About the team"),
    field("tools", "checkbox", "Tools", "a, Chart | b, Drum"),
    field("sure", "yesno", "Sure?", custom_alignment="RH"),
    field("total", "calc", "Total", "[a] * 2"),
    field("pain", "slider", "Pain", "None | Some | Worst"),
    field("photo", "file", "Photo"),
    field("story", "notes", "Story"),
    field("m1", "radio", "Falls", "0, Never | 1, Often", matrix_group_name="m"),
    field("m2", "radio", "Ulcers", "0, Never | 1, Often", matrix_group_name="m"),
)
VALUES = {
    "born": "2001-12-31",
    "kind": "2",
    "tools(b)": "1",
    "sure": "0",
    "total": "84",
    "pain": "61",
    "photo": "face.jpg",
    "story": "First line\nSecond line",
    "m1": "1",
    "visit_complete": "2",
}


def test_a_blank_form_reads_from_top_to_bottom_with_every_choice_empty() -> None:
    (page,) = pages(blank(DICTIONARY, "visit", "Pilot"))
    assert page.splitlines() == [
        "Pilot Page 1",
        "Visit",
        "Record ID",
        "Please read this.",
        "1 Date of birth * must provide value",
        "D-M-Y",
        "About the team",
        "Kind ○ School",
        "○ Clinic",
        "Tools ☐ Chart",
        "☐ Drum",
        "Sure? ○ Yes ○ No",
        "Total",
        "Pain None Some Worst",
        "(Place a mark on the scale above)",
        "Photo",
        "Story",
        "Never Often",
        "Falls ○ ○",
        "Ulcers ○ ○",
        "Form Status",
        "Complete? ○ Incomplete",
        "○ Unverified",
        "○ Complete",
        "2026-11-29 18:41 redcap-sandbox",
    ]


def test_a_filled_form_has_the_same_questions_with_marks_and_values() -> None:
    form = filled(
        blank(DICTIONARY, "visit", "Pilot"), VALUES, record="42", event="Baseline (Arm 1: Drug A)", instance="3"
    )
    (page,) = pages(form)
    assert page.splitlines() == [
        "Pilot",
        "Record 42 · Baseline (Arm 1: Drug A) · Instance 3",
        "Page 1",
        "Visit",
        "Record ID 42",
        "Please read this.",
        "1 Date of birth * must provide value 2001-12-31",
        "D-M-Y",
        "About the team",
        "Kind ○ School",
        "◉ Clinic",
        "Tools ☐ Chart",
        "☒ Drum",
        "Sure? ○ Yes ◉ No",
        "Total 84",
        "Pain None Some Worst",
        "61",
        "Photo face.jpg",
        "Story",
        "First line",
        "Second line",
        "Never Often",
        "Falls ○ ◉",
        "Ulcers ○ ○",
        "Form Status",
        "Complete? ○ Incomplete",
        "○ Unverified",
        "◉ Complete",
        "2026-11-29 18:41 redcap-sandbox",
    ]


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp"))
WORDS = st.text(LETTERS, min_size=1, max_size=80)


def dense(words: str) -> str:
    """Without any blank: a long word is broken at the end of a line, and a reader sees a blank where lines end."""
    return "".join(words.split())


@settings(max_examples=40, deadline=None)
@given(st.lists(WORDS, min_size=11, max_size=11))
def test_every_label_choice_and_value_is_in_the_text_layer_whatever_its_letters(words: list[str]) -> None:
    header, label, note, value, radio, one, two, orphan, slider, ends, title = words
    rows = dictionary(
        field("a", label=html.escape(label), field_note=html.escape(note), section_header=html.escape(header)),
        field("b", "radio", html.escape(radio), f"1, {_choice(one)} | 2, {_choice(two)}"),
        field("c", "radio", "Orphan", "1, One"),
        field("d", "slider", html.escape(slider), _choice(ends)),
        field("e", "notes"),
    )
    values = {"a": value, "b": "1", "c": orphan, "e": value}
    found = dense(text(filled(blank(rows, "visit", title), values, record=title)))
    assert [part for part in words if dense(part) not in found] == []


def _choice(label: str) -> str:
    """A label as it may stand among choices, which bars part."""
    return html.escape(label).replace("|", "&#124;")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text("abcÄßéΩжя漢字かな한글,.;()-–€→😀👍 ", min_size=1, max_size=200), min_size=2, max_size=8))
def test_words_stay_apart_and_lines_come_in_order(words: list[str]) -> None:
    values = [" ".join(word[:30] for word in one.split()) for one in words]
    asked = [Question(f"q{n}", "text", (f"Label {n}",), value=(value,)) for n, value in enumerate(values)]
    found = text(sheet(*asked))
    expected = " ".join(" ".join(f"Label {n} {value}".split()) for n, value in enumerate(values))
    assert expected in found


@pytest.mark.parametrize(
    "words",
    [
        "שם מלא",
        "שם (בעברית)",
        "(שלום)",
        "Name (שלום עולם) in Hebrew",
        "שלום abc עולם",
        "גיל 42 שנים",
        "الاسم الكامل",
        "العمر ١٢ سنة",
        "«שלום»",
        "a שלום, עולם! b",
        "𞤀𞤁𞤂 Adlam",  # runs to the left, too, which few readers know
    ],
)
def test_text_from_right_to_left_is_read_as_it_was_written(words: str) -> None:
    found = text(sheet(Question("a", "radio", (words,), options=(Option("1", words), Option("2", words, chosen=True)))))
    assert f"Visit {words} ○ {words} ◉ {words} 2026" in found


def test_lines_of_text_from_right_to_left_come_in_order() -> None:
    words = " ".join(["אבג"] * 60 + ["דהו"] * 60)
    assert words in text(sheet(Question("a", "text", (words,))))


def test_emoji_of_several_signs_accents_and_letters_without_a_shape_are_all_there() -> None:
    words = "👩‍👩‍👧 ⚕️ e\u0301 ꙮ \U00020000 ☐"
    assert words in text(sheet(Question("a", "text", (words,))))


def test_a_lone_half_of_a_letter_or_a_control_sign_spoils_nothing() -> None:
    found = text(sheet(Question("a", "text", ("Before\ud800\x07after",)), Question("b", "text", ("Next",))))
    assert "Before" in found
    assert "after Next" in found


def test_a_long_word_is_broken_inside_the_page() -> None:
    assert "W" * 400 in dense(text(sheet(Question("a", "text", ("W" * 400,), value=("W" * 400,)))))


def test_200_choices_come_in_order_with_their_marks() -> None:
    options = tuple(Option(str(n), f"Country {n}", chosen=n == 150) for n in range(1, 201))
    found = text(sheet(Question("a", "dropdown", ("Country of birth",), options=options)))
    found = found.replace(" 2026-11-29 18:41 redcap-sandbox", "").replace(" Pilot Visit (continued) Page 2", "")
    listed = " ".join(f"{'◉' if n == 150 else '○'} Country {n}" for n in range(1, 201))
    assert found.endswith(f"Country of birth {listed}")


def test_a_matrix_whose_choices_are_too_long_for_columns_has_them_below_each_question() -> None:
    options = (Option("0", "Pneumonoultramicroscopicsilicovolcanoconiosis"), Option("1", "Other"))
    asked = [Question(name, "radio", (name,), options=options, matrix="m") for name in ("One", "Two")]
    found = text(sheet(*asked))
    assert found.count("Pneumonoultramicroscopicsilicovolcanoconiosis") == 2
    assert "One ○ Pneumonoultramicroscopicsilicovolcanoconiosis ○ Other Two ○" in found


def test_rows_of_a_matrix_with_choices_of_their_own_keep_them() -> None:
    asked = [
        Question("One", "radio", ("One",), options=(Option("0", "Never"),), matrix="m"),
        Question("Two", "radio", ("Two",), options=(Option("0", "Always"),), matrix="m"),
    ]
    assert "One ○ Never Two ○ Always" in text(sheet(*asked))


def test_a_matrix_shows_a_value_that_is_none_of_its_choices() -> None:
    asked = Question("One", "radio", ("One",), options=(Option("0", "Never"), Option("1", "Often")), matrix="m")
    orphan = Question("Two", "radio", ("Two",), options=asked.options, matrix="m", value=("9",), note=("Note",))
    assert "Never Often One ○ ○ Two ○ ○ 9 Note 2026" in text(sheet(asked, orphan))


def test_a_choice_without_a_label_still_has_its_mark() -> None:
    assert "Five ○ ○ Six" in text(
        sheet(Question("a", "radio", ("Five",), options=(Option("5", ""), Option("6", "Six"))))
    )


def test_long_labels_of_a_slider_stand_one_below_the_other() -> None:
    labels = ("left " * 40, "middle " * 40, "right " * 40)
    found = text(sheet(Question("a", "slider", ("Pain",), scale=Scale(labels, at=500), value=("500",))))
    assert " ".join(label.strip() for label in labels) in found


def test_a_descriptive_field_without_words_leaves_no_trace() -> None:
    with_it = Sheet("f", "T", "P", (Section(("Head",), (Question("a", "descriptive", ()),)),))
    assert text(with_it) == "P Page 1 T Head 2026-11-29 18:41 redcap-sandbox"


def test_a_question_number_as_long_as_a_sentence_stands_above_its_question() -> None:
    number = "Question number " * 20
    assert f"{number}Label * must" in text(sheet(Question("a", "text", ("Label",), number=number, required=True)))
