from __future__ import annotations

import io
import re
import zlib
from datetime import UTC, datetime
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader
from tests.sandbox.pdf.paper import NOW, reader, sheet

from redcap_sandbox.pdf.document import Document
from redcap_sandbox.pdf.drawing import drawn
from redcap_sandbox.pdf.sheet import Option, Question

ASKED = Question("town", "text", ("Town",), value=("Łódź",))
EASTERN = Question("name", "text", ("您的姓名", "お名前", "이름"))


def fonts(opened: PdfReader) -> dict[str, Any]:
    resources: Any = opened.pages[0]["/Resources"]
    return {name: font.get_object() for name, font in resources["/Font"].items()}


def test_the_file_begins_as_redcap_writes_it_with_version_1_3_and_the_first_page_as_object_3() -> None:
    assert drawn([sheet(ASKED)], NOW).startswith(b"%PDF-1.3\n3 0 obj\n<</Type /Page\n")


def test_the_same_sheets_at_the_same_time_give_the_same_bytes() -> None:
    assert drawn([sheet(ASKED, EASTERN)], NOW) == drawn([sheet(ASKED, EASTERN)], NOW)


def test_no_sheets_give_one_page_with_nothing_but_its_foot() -> None:
    (page,) = reader().pages
    assert page.extract_text() == "2026-11-29 18:41 redcap-sandbox"


def test_the_file_tells_its_project_its_maker_and_when_it_was_made() -> None:
    told = reader(sheet(ASKED, project="Stürze – Pilot")).metadata
    assert told is not None
    assert (told.title, told.producer) == ("Stürze – Pilot", "redcap-sandbox")
    assert told.creation_date_raw == "D:20261129184100"


def test_every_object_stands_where_the_table_of_objects_says() -> None:
    file = drawn([sheet(ASKED)] * 3, NOW)
    table = file[int(re.findall(rb"startxref\n(\d+)\n", file)[0]) :]
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", table)]
    assert len(places) > 15
    for number, place in enumerate(places, 1):
        assert file[place:].startswith(b"%d 0 obj\n" % number)


def test_every_page_is_a_us_letter() -> None:
    assert [tuple(page.mediabox) for page in reader(sheet(ASKED), sheet(ASKED)).pages] == [(0, 0, 612, 792)] * 2


def test_the_typeface_is_embedded_and_east_asian_fonts_are_only_named() -> None:
    found = fonts(reader(sheet(ASKED, EASTERN)))
    embedded = {
        name: "/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"]
        for name, font in found.items()
        if font["/Subtype"] == "/Type0"
    }
    assert embedded == {"/R0": True, "/B0": True, "/C": False, "/J": False, "/K": False}


def test_a_form_without_east_asian_letters_names_no_font_for_them() -> None:
    assert set(fonts(reader(sheet(ASKED)))) == {"/R0", "/B0", "/M"}


@pytest.mark.parametrize("name", ["/R0", "/B0"])
def test_the_widths_told_are_those_of_the_embedded_glyphs(name: str) -> None:
    letters = "The quick brown fox Ωδ Жы שלום 0123 ÅÉ,;"
    font = fonts(reader(sheet(Question("a", "text", (letters,), value=(letters,)), title=letters)))[name]
    inside = font["/DescendantFonts"][0]
    glyphs = TTFont(io.BytesIO(inside["/FontDescriptor"]["/FontFile2"].get_data()))
    scale = 1000 / glyphs["head"].unitsPerEm
    _, told = inside["/W"]
    places = inside["/CIDToGIDMap"].get_data()
    for code, width in enumerate(told, 1):
        glyph = glyphs.getGlyphName(int.from_bytes(places[2 * code : 2 * code + 2], "big"))
        assert abs(glyphs["hmtx"][glyph][0] * scale - width) <= 1
    assert len(told) > 25


@pytest.mark.parametrize(
    ("letter", "drawn_as"),
    [
        *((letter, "its own shape") for letter in "aÄßőΩλЖщґשẞ€→"),
        ("😀", "a box"),
        ("ก", "a box"),
        ("\u200d", "nothing"),
        ("\u0951", "nothing"),  # an accent that the typeface lacks
    ],
)
def test_letters_of_latin_greek_cyrillic_and_hebrew_have_shapes_and_others_boxes(letter: str, drawn_as: str) -> None:
    inside = fonts(reader(sheet(Question("a", "text", (f"x{letter}",)), title="x", project="x")))["/R0"]
    (font,) = inside["/DescendantFonts"]
    code = re.findall(
        rf"<(....)> <{letter.encode('utf-16-be').hex().upper()}>", inside["/ToUnicode"].get_data().decode()
    )
    number = int(code[0], 16)
    place = int.from_bytes(font["/CIDToGIDMap"].get_data()[2 * number : 2 * number + 2], "big")
    width = font["/W"][1][number - 1]
    found = "a box" if place == 0 else "its own shape" if width else "nothing"
    assert found == drawn_as


def test_the_two_weights_are_two_fonts_and_bold_is_the_wider_one() -> None:
    found = fonts(reader(sheet(Question("a", "radio", ("Answer",), options=(Option("1", "Answer", chosen=True),)))))
    names = {name: str(found[name]["/BaseFont"]) for name in ("/R0", "/B0")}
    assert re.fullmatch(r"/[A-Z]{6}\+Arimo-Regular", names["/R0"])
    assert re.fullmatch(r"/[A-Z]{6}\+Arimo-Bold", names["/B0"])


def test_more_letters_than_a_font_has_codes_for_open_a_second_font() -> None:
    every = [chr(number) for number in range(0x10000, 0x10000 + 70_000)]
    asked = Question("a", "notes", ("Every",), value=tuple("".join(every[at : at + 50]) for at in range(0, 70_000, 50)))
    opened = reader(sheet(asked))
    assert {"/R0", "/R1"} <= set(fonts(opened))
    read = "".join("".join(page.extract_text() for page in opened.pages[-2:]).split())
    assert "".join(every[-100:]) in read


def test_a_stream_says_how_long_it_is() -> None:
    document = Document()
    number = document.stream(b"BT ET" * 50, "\n/Length1 250")
    head, _, rest = document.bodies[number].partition(b"stream\n")
    packed = rest.removesuffix(b"\nendstream")
    assert head == b"<</Filter /FlateDecode\n/Length1 250\n/Length %d>>\n" % len(packed)
    assert zlib.decompress(packed) == b"BT ET" * 50


def test_the_foot_shows_the_time_that_was_passed_in() -> None:
    page = PdfReader(io.BytesIO(drawn([sheet(ASKED)], datetime(1999, 12, 31, 23, 59, tzinfo=UTC)))).pages[0]
    assert page.extract_text().endswith("1999-12-31 23:59 redcap-sandbox")
