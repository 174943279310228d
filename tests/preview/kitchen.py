"""A made-up instrument with one of everything that a REDCap form can hold."""

from __future__ import annotations

from breakthrough.content import Content
from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import Book, pages
from breakthrough.instruments.project import Instrument


def field(name: str, kind: str = "text", label: str = "", choices: str = "", **cells: str) -> Field:
    """A field of the form `sink`."""
    own = {"field_name": name, "form_name": "sink", "field_type": kind, "field_label": label or name.capitalize()}
    return Field.of({**own, "select_choices_or_calculations": choices, **cells})


def text(name: str, validation: str = "", **cells: str) -> Field:
    """A text field with that validation."""
    return field(name, text_validation_type_or_show_slider_number=validation, **cells)


FRUIT = "1, Apple | 2, Pear | 9, None of these"
SCALE = "1, Never | 2, Sometimes | 3, Always"
FIELDS = (
    Field("record_id", "first", field_label="Team"),
    Field("site", "first", field_type="radio", field_label="Which site?", select_choices_or_calculations="n, North | s, South"),
    field("title", label="Title", field_note="A few words", required_field="y", field_annotation="@CHARLIMIT=20 @PLACEHOLDER='Say it'"),
    field("story", "notes", "Story", custom_alignment="LV", field_annotation="@WORDLIMIT=5"),
    text("on_ymd", "date_ymd", text_validation_min="2026-01-01", text_validation_max="today"),
    text("on_dmy", "date_dmy"),
    text("at", "datetime_mdy"),
    text("clock", "time", text_validation_min="08:00"),
    text("whole", "integer", text_validation_min="0", text_validation_max="10"),
    text("must_fit", "number", text_validation_max="[whole]", field_annotation="@FORCE-MINMAX"),
    text("comma", "number_1dp_comma_decimal"),
    text("mail", "email"),
    text("own_rule", "vmrn"),
    field("fruit", "checkbox", "Which fruit?", FRUIT, section_header="Food", field_annotation="@NONEOFTHEABOVE='9'"),
    field("two", "checkbox", "Two at most", "a, A | b, B | c, C", field_annotation="@MAXCHECKED=2"),
    field("why", label="Why [fruit:checked]?", branching_logic="[fruit(1)] = '1' or [fruit(2)] = '1'"),
    field("deep", label="And then?", branching_logic="[why] <> ''"),
    field("sure", "yesno", "Sure?", custom_alignment="RH", field_annotation="@DEFAULT='1'"),
    field("agree", "truefalse", "True?"),
    field("kind", "dropdown", "Kind", "1, One | 2, Two | 3, Three", field_annotation="@HIDECHOICE='3'"),
    field("mood", "slider", "Mood", "low | | high", text_validation_type_or_show_slider_number="number"),
    field("total", "calc", "Total", "[whole] * 2"),
    field("said", label="Said", field_annotation="@CALCTEXT(if([sure] = '1', 'sure', 'unsure'))"),
    field("later", label="Later", text_validation_type_or_show_slider_number="date_dmy", field_annotation="@CALCDATE([on_ymd], 7, 'd')"),
    field("read", "descriptive", "You wrote [title], kind [kind] ([kind:value]), mood [mood], at [site], by [user-name]. Be [prose]."),
    field("file", "file", "A file"),
    field("sign", "file", "Sign", text_validation_type_or_show_slider_number="signature"),
    field("secret", label="Secret", field_annotation="@HIDDEN"),
    field("not_paper", label="Not on paper", field_annotation="@HIDDEN-PDF"),
    field("locked", label="Locked", field_annotation="@READONLY @DEFAULT='kept'"),
    text("day", "date_ymd", field_annotation="@TODAY"),
    field("user", label="User", field_annotation="@USERNAME"),
    field("if_blank", label="At first", field_annotation="@IF([title] = '', @READONLY, @HIDDEN)"),
    field("m1", "radio", "First row", SCALE, section_header="A matrix", matrix_group_name="m"),
    field("m2", "radio", "Second row", SCALE, matrix_group_name="m", branching_logic="[m1] = '1'"),
    field("r1", "radio", "First rank", SCALE, section_header="A ranking", matrix_group_name="r", matrix_ranking="y"),
    field("r2", "radio", "Second rank", SCALE, matrix_group_name="r", matrix_ranking="y"),
    field("host", "descriptive", "<p>I am <b>{inner}</b> years and {gone} tall.</p>", section_header="Embedding"),
    text("inner", "integer", text_validation_max="120"),
    field("gone", label="", branching_logic="[inner] > 10"),
    field("choice", "radio", "Pick", "1, Given | 2, Other: {other}"),
    field("other", label="Which other?"),
    field("broken", label="Broken", branching_logic="[title] = ="),
    field("abroad", label="From elsewhere", section_header="Only in the south", branching_logic="[site] = 's'"),
)  # fmt: skip
BOOK = Book(
    "A made-up project", FIELDS, (Instrument("first", "First"), Instrument("sink", "Everything", True, "[title]"))
)


def page(*fields: Field) -> str:
    """The page of the form `sink`: that of everything, or of these fields alone."""
    from tests.preview.conftest import NOW

    book = Book("A made-up project", (FIELDS[0], *fields), BOOK.instruments) if fields else BOOK
    return pages(book, Content(), NOW)["sink.html"]
