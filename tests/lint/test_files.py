"""What is unusual in a file, and what is read from each kind of file and folder."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from tests.lint.planted import ID, calc, radio, shown, text

from breakthrough.content import shipped
from breakthrough.errors import ContentMissing, DictionaryInvalid
from breakthrough.instruments import dictionary, formats, odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import looks
from breakthrough.instruments.lint.looks import Look

HEADER = "Variable / Field Name,Form Name,Field Type,Field Label,Branching Logic (Show field only if...)"


def look(path: Path, *, instrument: bool = False) -> Look:
    (one,) = looks.at(path, instrument=instrument)
    return one


def codes(found: Look) -> list[str]:
    return [finding.code for finding in found.findings]


def written(folder: Path, *fields: Field, name: str = "d.csv") -> Path:
    dictionary.write(folder / name, fields)
    return folder / name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{HEADER}\nid,a,text,Gr\xf6\xdfe,\n".encode("cp1252"), ["F001", "F006"]),
        (f"{HEADER},OMOP\nid,a,text,Id,,x\n".encode(), ["F002", "F006"]),
        (f"{HEADER}\nid,a,text,Id\nx,a,text,X,,,\n".encode(), ["F006", "F003", "F003"]),
        (f"{HEADER}\nid,a,text,NA,NA\nx,a,text,NA,NA\ny,a,text,NA,NA\n".encode(), ["F006", "F004"]),
        (f"{HEADER}\nid,a,text,Id,\n\n\nx,a,text,X,\n\n".encode(), ["F006", "F005"]),
        (f"{HEADER}\n".encode(), ["F006", "F008"]),
    ],
    ids=["Windows-1252", "another column", "ragged", "NA of R", "blank rows", "a header alone"],
)
def test_what_is_unusual_in_a_csv(tmp_path: Path, text: bytes, expected: list[str]) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(text)
    found = [code for code in codes(look(path)) if code.startswith("F")]
    assert found == expected


def test_a_row_of_a_file_is_told_as_a_spreadsheet_counts_and_as_a_text_editor_does(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(f'{HEADER}\nid,a,text,"Two\nlines",\n1x,a,text,X,\n', encoding="utf-8")
    (finding,) = (one for one in look(path).findings if one.code == "N001")
    assert finding.field is not None
    assert finding.field.origin is not None
    assert (finding.field.origin.row, finding.field.origin.line) == (3, 4)


def test_logic_of_one_instrument_may_name_fields_of_others(tmp_path: Path) -> None:
    path = written(tmp_path, radio("first"), shown("x", "[elsewhere] = 1"))
    assert codes(look(path)) == ["O003", "L004"]
    assert codes(look(path, instrument=True)) == ["L005"]
    assert codes(look(written(tmp_path, radio("first"), name="instrument.csv"))) == []


def test_an_instrument_zip_is_one_instrument(tmp_path: Path) -> None:
    csv = dictionary.encode(
        dictionary.made([radio("first"), shown("x", "[elsewhere] = 1"), text("1x")], "instrument.csv")
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("instrument.csv", csv)
        archive.writestr("OriginID.txt", "rdcp.cdc.gov")
    path = tmp_path / "form.zip"
    path.write_bytes(packed.getvalue())
    found = look(path)
    assert found.mode == "instrument"
    assert codes(found) == ["L005", "N001"]


def test_a_project_xml_knows_events_and_missing_data_codes(tmp_path: Path) -> None:
    fields = [ID, radio("r", "1, A | -9, B"), shown("x", "[event_1_arm_1][r] = 1 and [week_9_arm_1][r] = 1")]
    project = odm.Project("P", tuple(fields), (odm.Form("a", "A"),), settings={"MissingDataCodes": "-9, unknown"})
    path = tmp_path / "project.xml"
    path.write_bytes(odm.encode(project))
    found = look(path)
    assert [(one.code, one.field and one.field.field_name) for one in found.findings] == [("C010", "r"), ("L009", "x")]
    origin = found.findings[0].field and found.findings[0].field.origin
    assert origin is not None
    assert origin.row == 0
    assert origin.line > 1


def test_the_file_is_never_written(tmp_path: Path) -> None:
    path = written(tmp_path, ID, text("1x"), calc("c", "1 +"))
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    path.chmod(0o444)
    looks.silenced(looks.at(path))
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stamp
    assert [one.name for one in tmp_path.iterdir()] == ["d.csv"]


def test_what_is_no_dictionary_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sir,", encoding="utf-8")
    with pytest.raises(DictionaryInvalid, match="not a data dictionary"):
        looks.at(tmp_path / "letter.txt")
    with pytest.raises(ContentMissing, match="There is no data dictionary at"):
        looks.at(tmp_path / "absent.csv")
    with pytest.raises(ContentMissing, match=r"without instruments/project\.yaml"):
        looks.at(tmp_path)


@pytest.mark.parametrize("folder", ["", "instruments", "instruments/session_evaluation"])
def test_the_shipped_instruments_have_no_finding_of_any_severity(folder: str) -> None:
    found = looks.at(shipped() / folder)
    assert sum(one.fields for one in found) >= 10
    assert [str(finding) for one in found for finding in one.findings] == []


@pytest.mark.parametrize("path", sorted((shipped() / "instruments").rglob("*.csv")), ids=lambda path: path.stem)
def test_each_shipped_file_alone_has_no_error(path: Path) -> None:
    assert [str(one) for one in look(path, instrument=True).findings if one.severity == "error"] == []


def test_a_deployments_own_instrument_is_looked_at_in_place_of_the_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "project.yaml").write_text("instruments: {}\n", encoding="utf-8")
    roster = formats.read(shipped() / "instruments" / "team_roster.csv").fields
    written(tmp_path / "instruments", *roster, text("tr_extra", "team_roster", branching_logic="[tr_nam] = 1"),
            name="team_roster.csv")  # fmt: skip
    main = looks.at(tmp_path)[0]
    assert codes(main) == ["L004"]
    assert main.file(main.findings[0]) == (tmp_path / "instruments" / "team_roster.csv").resolve()
    assert looks.at(tmp_path / "instruments")[0].findings == main.findings
