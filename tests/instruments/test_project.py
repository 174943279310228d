from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import BreakthroughError, ContentMissing, DictionaryInvalid, SettingInvalid
from breakthrough.instruments import dictionary
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.project import Instrument, Project


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The instruments folder of a deployment."""
    (tmp_path / "instruments").mkdir()
    return tmp_path / "instruments"


def load(own: Path, collaborative: Collaborative) -> Project:
    return projects.load(Content(own.parent), collaborative)


def test_the_shipped_project_has_its_instruments_in_order(project: Project) -> None:
    assert project.instruments == (
        Instrument("team_profile", "Team profile"),
        Instrument("team_roster", "People", repeating=True, custom_label="[tr_name]"),
        Instrument("team_charter", "Aim and goals"),
        Instrument("monthly_measures", "Monthly figures", repeating=True, custom_label="[mm_period]"),
        Instrument("monthly_report", "Monthly report", repeating=True, custom_label="[mr_period]"),
        Instrument("pdsa_cycle", "Tests of change", repeating=True, custom_label="[pd_id] [pd_title]"),
        Instrument("coach_rating", "Coach's rating", repeating=True, custom_label="[cr_period]"),
    )
    assert project.record_id == "record_id"
    assert project.instrument("pdsa_cycle").label == "Tests of change"
    assert list(dict.fromkeys(field.form_name for field in project.fields)) == [one.name for one in project.instruments]


def test_a_teams_group_is_named_by_its_code_alone(project: Project) -> None:
    assert project.group("T007") == "T007"


def test_a_deployments_instrument_takes_the_place_of_the_shipped_one(own: Path, absenteeism: Collaborative) -> None:
    dictionary.write(own / "team_roster.csv", [Field("tr_name", "team_roster", field_label="Who?")])
    found = load(own, absenteeism)
    assert [field.field_label for field in found.fields_of("team_roster")] == ["Who?"]
    assert len(found.fields_of("team_profile")) == 18


def test_a_deployment_adds_leaves_out_and_renames_key_by_key(own: Path, absenteeism: Collaborative) -> None:
    (own / "project.yaml").write_text(
        'data_access_group: "Team {team}"\n'
        "instruments:\n"
        "  team_charter: {use: false}\n"
        "  pdsa_cycle: {label: Our tests}\n"
        "  site_visit: {repeating: true}\n"
    )
    dictionary.write(own / "site_visit.csv", [Field("sv_date", "site_visit")])
    found = load(own, absenteeism)
    assert [one.name for one in found.instruments] == [
        "team_profile", "team_roster", "monthly_measures", "monthly_report", "pdsa_cycle", "coach_rating", "site_visit",
    ]  # fmt: skip
    assert found.instrument("pdsa_cycle") == Instrument("pdsa_cycle", "Our tests", True, "[pd_id] [pd_title]")
    assert found.instrument("site_visit").label == "Site Visit"  # as REDCap would call it
    assert found.group("T001") == "Team T001"
    assert found.repeating["site_visit"] == ""


@pytest.mark.parametrize(
    ("yaml", "error", "says"),
    [
        ("instruments:\n  pdsa_cycle: {repeat: true}\n", SettingInvalid, "line 2: the key 'instruments.pdsa_cycle.repeat'"),
        ("instruments:\n  Visit: {}\n", SettingInvalid, "line 2"),
        ("data_access_group: Team\n", SettingInvalid, "line 1: 'data_access_group' is wrong: write {team}"),
        ("instruments:\n  site_visit: {}\n", ContentMissing, "instruments/site_visit.csv is missing"),
        ("instruments:\n  team_profile: {use: false}\n", DictionaryInvalid, "first field of all is 'tr_name'"),
        (
            'instruments:\n  pdsa_cycle: {custom_label: "[pd_titel]"}\n',
            DictionaryInvalid,
            "the custom label of pdsa_cycle shows [pd_titel], which is not a field",
        ),
    ],
    ids=["unknown-key", "name", "group", "no-file", "no-record-id", "custom-label"],
)  # fmt: skip
def test_a_mistake_in_project_yaml_is_named(
    own: Path, absenteeism: Collaborative, yaml: str, error: type[BreakthroughError], says: str
) -> None:
    (own / "project.yaml").write_text(yaml)
    with pytest.raises(error) as refused:
        load(own, absenteeism)
    assert says in str(refused.value)


def test_a_row_of_another_form_is_refused_with_file_and_row(own: Path, absenteeism: Collaborative) -> None:
    dictionary.write(own / "team_roster.csv", [Field("tr_name", "team_roster"), Field("tr_age", "roster")])
    with pytest.raises(DictionaryInvalid) as refused:
        load(own, absenteeism)
    assert str(refused.value).startswith("team_roster.csv, row 3, field tr_age: its form name is 'roster'")


def test_a_dictionary_without_fields_is_refused(own: Path, absenteeism: Collaborative) -> None:
    dictionary.write(own / "team_roster.csv", [])
    with pytest.raises(DictionaryInvalid, match=r"team_roster.csv: there is no field"):
        load(own, absenteeism)


def test_a_syntax_error_in_a_deployments_dictionary_is_found_before_anything_is_sent(
    own: Path, absenteeism: Collaborative
) -> None:
    dictionary.write(own / "team_roster.csv", [Field("tr_name", "team_roster", branching_logic="[tr_nam = '1'")])
    with pytest.raises(DictionaryInvalid) as refused:
        load(own, absenteeism)
    assert "team_roster.csv, row 2, field tr_name: the brackets [] in its branching logic" in str(refused.value)


def test_a_count_named_as_a_field_of_a_form_is_refused(absenteeism: Collaborative) -> None:
    clash = absenteeism.model_copy(update={"counts": {**absenteeism.counts, "mr_hours": absenteeism.counts["sd_abs"]}})
    with pytest.raises(DictionaryInvalid) as refused:
        projects.load(Content(), clash)
    assert "the name stands twice (also in monthly_measures.csv, row 4 (repeated for mr_hours))" in str(refused.value)
