"""A site's own licensed wording. The texts here are made up: they stand for words that must not be seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import plan, profiles, wording
from breakthrough.instruments import project as projects
from breakthrough.instruments.plan import Live, Wanted
from breakthrough.instruments.profiles import Profile
from breakthrough.instruments.project import Project

YAML = "instruments:\n  care_assessment: {use: true, profiles: [acic35, systems_check]}\n"
Rows = list[tuple[str, ...]]
Site = Callable[[Rows | None], Project]


@pytest.fixture
def acic() -> Profile:
    return profiles.load(Content(), "acic35")


def complete(profile: Profile) -> Rows:
    rows: Rows = [("part", "item", "text", "note")]
    for part in profile.parts:
        rows += [(part.code, str(n), f"Licensed {part.code}.{n}", "") for n in range(1, part.size + 1)]
    return rows


def csv(rows: Rows, delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\n" for row in rows)


@pytest.fixture
def site(tmp_path: Path, absenteeism: Collaborative) -> Site:
    """The project of a deployment with these rows in wording/acic35.csv."""

    def load(rows: Rows | None) -> Project:
        (tmp_path / "instruments").mkdir(exist_ok=True)
        (tmp_path / "instruments" / "project.yaml").write_text(YAML)
        (tmp_path / "wording").mkdir(exist_ok=True)
        if rows is not None:
            (tmp_path / "wording" / "acic35.csv").write_text(csv(rows))
        return projects.load(Content(tmp_path), absenteeism)

    return load


def labels(project: Project) -> dict[str, str]:
    return {field.field_name: field.field_label for field in project.fields_of("care_assessment")}


def test_the_wording_is_put_in_on_the_way_to_redcap_alone(site: Site, acic: Profile) -> None:
    extra = [("3a", "", "Title of ours", ""), ("footer", "", "(c) as the licence wants it", "")]
    project = site([*complete(acic)[:-1], ("4", "6", "Licensed 4.6", "0 is none, 11 is all"), *extra])
    assert "Licensed" not in str([field.row() for field in project.fields])
    assert "Licensed" not in repr(project)
    assert labels(project)["ca_3a_2"] == "Item 2 of part 3a: read from your licensed copy"
    sent = {field.field_name: field for field in project.worded().fields}
    assert sent["ca_1_1"].field_label == "Licensed 1.1"
    assert sent["ca_3a_1"].section_header == "Title of ours"
    assert sent["ca_3b_1"].section_header.startswith("Part 3b: Decision support")
    assert sent["ca_4_6"].field_note == "0 is none, 11 is all"
    assert sent["ca_4_5"].field_note == "0 to 11; leave blank what you cannot answer"
    assert sent["ca_footer"].field_label == "(c) as the licence wants it"
    assert sent["ca_1_1"].origin == next(f for f in project.fields if f.field_name == "ca_1_1").origin
    untouched = [name for name in sent if not name.startswith(tuple(f"ca_{part.code}_" for part in acic.parts))]
    before = {field.field_name: field for field in project.fields}
    assert [name for name in untouched if sent[name] != before[name]] == ["ca_footer"]


def test_a_plan_says_that_a_label_changes_and_never_what_it_says(site: Site, acic: Profile) -> None:
    project = site(complete(acic))
    live = Live(project.fields, {**project.repeating}, {}, records=3, held={})
    steps = plan.make(Wanted(project, ()), live).steps
    assert len(steps) == 34
    assert str(steps[0]) == "change field ca_1_1 of care_assessment: Field Label changes"
    assert "Licensed" not in "".join(map(str, steps))
    agreed = replace(live, fields=project.worded().fields)
    assert plan.make(Wanted(project, ()), agreed).steps == ()


def test_where_there_is_no_file_the_wording_that_redcap_has_stays(site: Site, acic: Profile, tmp_path: Path) -> None:
    theirs = site(complete(acic)).worded().fields
    (tmp_path / "wording" / "acic35.csv").unlink()
    ours = site(None)
    assert labels(ours.worded())["ca_1_1"].startswith("Item 1 of part 1")
    assert labels(ours.worded(theirs))["ca_1_1"] == "Licensed 1.1"
    assert ours.worded(theirs).fields == theirs
    live = Live(theirs, {**ours.repeating}, {}, records=3, held={})
    assert plan.make(Wanted(ours, ()), live).steps == ()


def test_our_own_statements_are_ours_to_change(site: Site) -> None:
    project = site(None)
    reworded = tuple(
        replace(field, field_label="Edited there") if field.field_name == "ca_sc_1_1" else field
        for field in project.fields
    )
    assert labels(project.worded(reworded))["ca_sc_1_1"] == labels(project)["ca_sc_1_1"]


@pytest.mark.parametrize(
    "data",
    [
        lambda rows: csv(rows).encode("utf-8-sig"),
        lambda rows: csv(rows, ";").encode("cp1252"),
        lambda rows: csv(rows, "\t").replace("\n", "\r\n").encode(),
        lambda rows: csv([row[:3] for row in rows]).replace("part", "Part").replace('"3d"', '"3D"').encode(),
        lambda rows: ("\n" + csv(rows)).replace('"2"\n', '"2"\n\n').encode(),
    ],
    ids=["bom", "semicolon", "tab", "no-notes", "blank-rows"],
)
def test_it_is_read_as_a_spreadsheet_saves_it(tmp_path: Path, acic: Profile, data: Callable[[Rows], bytes]) -> None:
    path = tmp_path / "acic35.csv"
    path.write_bytes(data(complete(acic)))
    found = wording.read(path, acic)
    assert len(found) == 34
    assert found["ca_3d_5"] == {"field_label": "Licensed 3d.5"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[:-2], "acic35.csv: there is no text for part 4 item 5, 4 item 6 (2 of 34 items of acic35)"),
        (lambda rows: [*rows[:1], ("footer", "", "Licensed", "")], "1 item 5 … (34 of 34 items of acic35)"),
        (lambda rows: [*rows, ("3d", "6", "Licensed", "")], "acic35.csv, row 36: acic35 has no part 3d item 6. Its parts are 1 (6 items), 2 (3 items)"),
        (lambda rows: [*rows, ("5", "", "Licensed", "")], "row 36: acic35 has no part 5"),
        (lambda rows: [*rows, ("Licensed words", "1", "Licensed", "")], "row 36: acic35 has no item 1."),
        (lambda rows: [*rows, rows[1]], "row 36: part 1 item 1 stands there twice"),
        (lambda rows: [*rows, ("2", "3", " ", "")], "row 36: part 2 item 3 has no text"),
        (lambda rows: [row[:2] for row in rows], "the first row must name the columns part, item and text"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_is_refused_without_a_word_of_it(
    tmp_path: Path, acic: Profile, change: Callable[[Rows], Rows], says: str
) -> None:
    path = tmp_path / "acic35.csv"
    path.write_text(csv(change(complete(acic))))
    with pytest.raises(DictionaryInvalid) as refused:
        wording.read(path, acic)
    assert says in str(refused.value)
    assert "Licensed" not in str(refused.value)


def test_a_misfit_stops_the_project_from_loading(site: Site, acic: Profile) -> None:
    with pytest.raises(DictionaryInvalid, match="Nothing of the file was used"):
        site(complete(acic)[:-1])


def test_a_wording_for_what_is_ours_is_not_looked_for(tmp_path: Path) -> None:
    (tmp_path / "wording").mkdir()
    (tmp_path / "wording" / "systems_check.csv").write_text("nonsense")
    assert wording.of(Content(tmp_path), [profiles.load(Content(), "systems_check")]).cells == {}
