from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import archive, dictionary
from breakthrough.instruments.archive import Attached
from breakthrough.instruments.field import Field, Origin

FIELDS = (
    Field("cr_on", "coach_rating", field_label="Date", text_validation_type_or_show_slider_number="date_ymd"),
    Field("cr_how", "coach_rating", field_type="radio", select_choices_or_calculations="1, Phone | 2, Visit"),
)
CSV = dictionary.encode(dictionary.made(FIELDS, "instrument.csv"))


def packed(*members: tuple[str, bytes]) -> bytes:
    """A ZIP as any program makes one."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def test_an_instrument_is_read_with_all_that_comes_with_it() -> None:
    found = archive.parse(
        packed(
            ("OriginID.txt", b"redcap.example.org"),
            ("AuthorID.txt", b"77"),
            ("InstrumentID.txt", b"4711"),
            ("instrument.csv", CSV),
            ("attachments/map.png", b"\x89PNG"),
            ("note.txt", b"read me"),
        ),
        "rating.zip",
    )
    assert found.fields == FIELDS
    assert found.fields[1].origin == Origin("rating.zip, instrument.csv", 3)
    assert (found.origin, found.author, found.instrument) == ("redcap.example.org", "77", "4711")
    assert found.attachments == (Attached("attachments/map.png", b"\x89PNG"),)
    assert found.others == (Attached("note.txt", b"read me"),)
    assert found.remarks == ()


def test_an_archive_that_is_written_holds_the_same_and_is_the_same_bytes_each_time() -> None:
    made = archive.made(FIELDS, "rating.zip", "redcap.example.org", [Attached("attachments/map.png", b"\x89PNG")])
    data = archive.encode(made)
    assert data == archive.encode(made)
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.namelist() == ["OriginID.txt", "instrument.csv", "attachments/map.png"]
        assert opened.read("instrument.csv") == CSV
        assert opened.testzip() is None
    again = archive.parse(data, "rating.zip")
    assert (again.fields, again.origin, again.attachments) == (made.fields, made.origin, made.attachments)


def test_every_cell_of_the_instrument_comes_back_as_it_was() -> None:
    odd = b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n").replace(b"Matrix Ranking?", b"Matrix Group Ranking?")
    again = archive.encode(archive.parse(packed(("instrument.csv", odd)), "x.zip"))
    with zipfile.ZipFile(io.BytesIO(again)) as opened:
        assert opened.read("instrument.csv") == odd


def test_a_changed_cell_is_written_into_the_instrument() -> None:
    found = archive.parse(packed(("instrument.csv", CSV)), "x.zip")
    changed = dictionary.replaced(found.content, [FIELDS[0], replace(FIELDS[1], field_note="By phone?")])
    again = archive.parse(archive.encode(replace(found, content=changed)), "x.zip")
    assert [field.field_note for field in again.fields] == ["", "By phone?"]


def test_a_folder_that_was_packed_whole_and_a_desktops_litter_do_no_harm() -> None:
    found = archive.parse(
        packed(
            ("rating/", b""),
            ("rating/instrument.csv", CSV),
            ("rating/OriginID.txt", b"here"),
            ("__MACOSX/rating/._instrument.csv", b"\x00\x05"),
            ("rating/.DS_Store", b"\x00"),
        ),
        "rating.zip",
    )
    assert (found.fields, found.origin, found.others) == (FIELDS, "here", ())


def test_the_only_csv_is_taken_for_the_instrument_and_that_is_said() -> None:
    found = archive.parse(packed(("CoachRating.CSV", CSV)), "rating.zip")
    assert found.fields == FIELDS
    assert found.remarks == ("There is no instrument.csv in it; the only CSV, CoachRating.CSV, was read in its place.",)


def test_fields_of_several_forms_do_not_go_into_one_archive() -> None:
    with pytest.raises(DictionaryInvalid, match=r"these fields are of 2 \(a, b\)"):
        archive.made([Field("x", "a"), Field("y", "b")], "both.zip")


def encrypted() -> bytes:
    data = bytearray(packed(("instrument.csv", CSV)))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # bit 0 of the flags says so
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    return bytes(data)


def link() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        info = zipfile.ZipInfo("instrument.csv")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        made.writestr(info, "/etc/passwd")
    return written.getvalue()


def twice() -> bytes:
    data = packed(("instrument.csv", CSV), ("instrumenu.csv", CSV))
    return data.replace(b"instrumenu.csv", b"instrument.csv")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (packed(("../instrument.csv", CSV)), "could lead out of the archive"),
        (packed(("/instrument.csv", CSV)), "could lead out of the archive"),
        (packed(("a/../../instrument.csv", CSV)), "could lead out of the archive"),
        (packed(("C:/instrument.csv", CSV)), "could lead out of the archive"),
        (packed(("..\\instrument.csv", CSV)), "could lead out of the archive"),
        (packed(("in\x01strument.csv", CSV)), "could lead out of the archive"),
        (twice(), "stands twice"),
        (link(), "could lead out of the archive"),
        (encrypted(), "this ZIP is encrypted"),
        (packed(("instrument.csv", b"a,b\n1,2\n")), "this is not a data dictionary"),
        (packed(("readme.txt", b"hello")), "there is no instrument.csv in this ZIP"),
        (packed(("a.csv", CSV), ("b.csv", CSV)), "there is no instrument.csv in this ZIP"),
        (packed(), "there is no instrument.csv in this ZIP"),
        (packed(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")), "this is a spreadsheet workbook"),
        (packed(*((f"{number}.txt", b"") for number in range(1_001))), "holds more than 1,000 files"),
        (packed(("instrument.csv", CSV))[:-30], "this ZIP is damaged"),
        (packed(("instrument.csv", CSV)).replace(b"\x08\x00", b"\x63\x00"), "this ZIP is damaged"),  # no such packing
        (b"PK\x03\x04", "this ZIP is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_instrument_or_not_to_be_trusted_is_refused_with_a_remedy(data: bytes, says: str) -> None:
    with pytest.raises(DictionaryInvalid) as refused:
        archive.parse(data, "rating.zip")
    assert says in str(refused.value)
    assert str(refused.value).startswith("rating.zip")


def test_a_bomb_is_stopped_by_what_it_unpacks_to_and_not_by_what_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = packed(("instrument.csv", CSV), ("attachments/big.bin", b"\x00" * 5_000_000))
    assert len(bomb) < 20_000
    assert len(archive.parse(bomb, "bomb.zip").attachments[0].data) == 5_000_000
    monkeypatch.setattr(archive, "LARGEST", 1_000_000)
    with pytest.raises(DictionaryInvalid, match="this ZIP unpacks to more than 0 MB"):
        archive.parse(bomb, "bomb.zip")
    lying = bomb.replace(struct.pack("<I", 5_000_000), struct.pack("<I", 9))
    with pytest.raises(DictionaryInvalid):
        archive.parse(lying, "bomb.zip")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_is_either_read_or_refused(data: st.DataObject) -> None:
    whole = packed(("OriginID.txt", b"here"), ("instrument.csv", CSV))
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 20))
    put = data.draw(st.binary(max_size=6))
    try:
        found = archive.parse(whole[:at] + put + whole[at + cut :], "any.zip")
    except DictionaryInvalid:
        return
    assert archive.parse(archive.encode(found), "any.zip").fields == found.fields
