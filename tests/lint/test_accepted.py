"""lint-accepted.yaml: what it silences, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.lint.planted import ID, radio, text

from breakthrough.errors import SettingInvalid
from breakthrough.instruments import dictionary
from breakthrough.instruments.lint import looks
from breakthrough.instruments.lint.looks import Look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    dictionary.write(tmp_path / "d.csv", [ID, text("a_"), text("b_"), radio("r", "1, A | 2,")])
    return tmp_path / "d.csv"


def silenced(path: Path, yaml: str) -> tuple[Look, ...]:
    (path.parent / "lint-accepted.yaml").write_text(yaml, encoding="utf-8")
    return looks.silenced(looks.at(path))


def told(look: Look) -> list[tuple[str, str]]:
    return [(one.code, one.field.field_name if one.field else "") for one in look.findings]


def test_nothing_is_silenced_without_the_file(path: Path) -> None:
    (look,) = looks.silenced(looks.at(path))
    assert told(look) == [("N005", "a_"), ("N005", "b_"), ("C005", "r")]
    assert look.accepted == ()


def test_a_code_in_one_field_is_silenced_and_kept_with_its_reason(path: Path) -> None:
    (look,) = silenced(path, "accepted:\n  - {code: N005, field: a_, reason: has data}\n")
    assert told(look) == [("N005", "b_"), ("C005", "r")]
    ((finding, entry),) = look.accepted
    assert (finding.code, entry.reason) == ("N005", "has data")


def test_a_code_without_a_field_is_silenced_everywhere(path: Path) -> None:
    (look,) = silenced(path, "accepted:\n  - {code: N005, reason: all have data}\n")
    assert told(look) == [("C005", "r")]
    assert len(look.accepted) == 2


def test_an_entry_for_which_nothing_is_found_is_noted_at_its_own_file(path: Path) -> None:
    entries = "accepted:\n  - {code: N005, field: r, reason: x}\n  - {code: C005, reason: y}\n"
    look, stale = silenced(path, entries)
    assert told(look) == [("N005", "a_"), ("N005", "b_")]
    assert stale.path == path.parent / "lint-accepted.yaml"
    assert [(one.code, one.severity, one.problem) for one in stale.findings] == [
        ("S001", "note", "N005 of field r is accepted, and does not occur")
    ]


def test_an_entry_for_another_file_is_left_to_it(path: Path) -> None:
    yaml = "accepted:\n  - {code: N005, file: other.csv, reason: x}\n"
    (look,) = silenced(path, yaml)
    assert told(look)[0] == ("N005", "a_")
    dictionary.write(path.parent / "other.csv", [ID, text("c_")])
    one, other = looks.silenced([*looks.at(path), *looks.at(path.parent / "other.csv")])
    assert told(one)[0] == ("N005", "a_")
    assert told(other) == []


def test_one_list_of_a_folder_is_one_however_the_files_are_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    dictionary.write(path.parent / "other.csv", [ID, text("c_")])
    entries = "accepted:\n  - {code: N005, field: c_, reason: x}\n  - {code: N008, reason: y}\n"
    (path.parent / "lint-accepted.yaml").write_text(entries, encoding="utf-8")
    *_, stale = looks.silenced([*looks.at(path), *looks.at(Path("other.csv"))])
    assert [finding.problem for finding in stale.findings] == ["N008 is accepted, and does not occur"]


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("accepted:\n  - {code: N005}\n", "reason"),
        ("accepted:\n  - {code: N005, reason: ''}\n", "reason"),
        ("accepted:\n  - {code: N05, reason: x}\n", "Did you mean N005"),
        ("accepted:\n  - {code: N005, reasn: x}\n", "line 2"),
        ("accepted: [", "not valid YAML"),
        ("- x", "settings with names"),
    ],
    ids=["no reason", "blank reason", "no such code", "misspelt key", "no YAML", "a list"],
)
def test_a_mistake_in_it_is_told_with_its_place(path: Path, yaml: str, says: str) -> None:
    with pytest.raises(SettingInvalid, match=says):
        silenced(path, yaml)
