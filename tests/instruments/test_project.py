from __future__ import annotations

from pathlib import Path

import pytest

from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import BreakthroughError, ContentMissing, DictionaryInvalid, SettingInvalid
from breakthrough.instruments import dictionary, plan
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Live, Wanted
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
        Instrument("team_profile", "Team profile", by="coordinator"),
        Instrument("team_roster", "People", True, "[tr_name]", by="team"),
        Instrument("team_charter", "Aim and goals", by="team"),
        Instrument("prework", "Before session 1", by="team"),
        Instrument("monthly_measures", "Monthly figures", True, "[mm_period]", by="team"),
        Instrument("monthly_report", "Monthly report", True, "[mr_period]", by="team"),
        Instrument("pdsa_cycle", "Tests of change", True, "[pd_id] [pd_title]", by="team"),
        Instrument("coach_rating", "Coach's rating", True, "[cr_period]", by="coach"),
        Instrument("coach_contact", "Coach's contacts", True, "[ct_date] [ct_kind]", by="coach"),
        Instrument("event_attendance", "Attendance", True, "[ea_event]", by="coordinator"),
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
        "team_profile", "team_roster", "prework", "monthly_measures", "monthly_report", "pdsa_cycle", "coach_rating",
        "coach_contact", "event_attendance", "site_visit",
    ]  # fmt: skip
    assert found.instrument("pdsa_cycle") == Instrument(
        "pdsa_cycle", "Our tests", True, "[pd_id] [pd_title]", by="team"
    )
    assert found.instrument("site_visit").label == "Site Visit"  # as REDCap would call it
    assert found.group("T001") == "Team T001"
    assert found.repeating["site_visit"] == ""


def forms(own: Path, collaborative: Collaborative, yaml: str) -> list[str]:
    (own / "project.yaml").write_text(yaml)
    return [one.name for one in load(own, collaborative).instruments]


def test_a_deployment_chooses_tiers_and_then_forms(own: Path, absenteeism: Collaborative) -> None:
    core = forms(own, absenteeism, "tiers: [core]\n")
    assert len(core) == 10
    plus = forms(own, absenteeism, "tiers: [core, plus]\n")
    assert sorted(set(plus) - set(core)) == [
        "care_assessment", "change_status", "closeout", "document_upload", "leader_checkin", "spread_plan", "storyboard",
        "sustain_check",
    ]  # fmt: skip
    chosen = (
        "tiers: [core]\ninstruments:\n  storyboard: {use: true}\n  report_log: {use: true}\n  prework: {use: false}\n"
    )
    assert sorted(set(forms(own, absenteeism, chosen)) ^ set(core)) == ["prework", "report_log", "storyboard"]


def test_a_caller_may_ask_for_every_form_there_is(absenteeism: Collaborative) -> None:
    every = projects.load(Content(), absenteeism, tiers=projects.EVERY_TIER)
    assert len(every.instruments) == 19
    assert [one.name for one in every.profiles] == ["systems_check"]


def test_assessments_are_chosen_by_name(own: Path, absenteeism: Collaborative) -> None:
    (own / "project.yaml").write_text("instruments:\n  care_assessment: {use: true, profiles: [acic35, psat40]}\n")
    project = load(own, absenteeism)
    assert [one.name for one in project.profiles] == ["acic35", "psat40"]
    names = [field.field_name for field in project.fields_of("care_assessment")]
    assert [names.index(name) for name in ("ca_1_1", "ca_footer", "ca_ps_1_1", "ca_ps_footer")] == [5, 39, 40, 80]


def test_the_sister_project_has_its_own_folder_and_no_groups(absenteeism: Collaborative) -> None:
    sister = projects.load(Content(), absenteeism, "session_evaluation")
    assert sister.instruments == (
        Instrument("session_evaluation", "What did you think?", survey=True, by="participant"),
    )
    assert sister.record_id == "record_id"
    assert sister.repeating == {}
    assert plan.make(Wanted(sister, ("T001",)), Live(sister.fields, {}, {}, 0, {})).steps == ()


def test_a_deployment_may_add_a_sister_project_of_its_own(own: Path, absenteeism: Collaborative) -> None:
    (own / "audit").mkdir()
    (own / "audit" / "project.yaml").write_text("instruments:\n  chart: {}\n")
    dictionary.write(own / "audit" / "chart.csv", [Field("record_id", "chart")])
    assert [one.name for one in projects.load(Content(own.parent), absenteeism, "audit").instruments] == ["chart"]
    with pytest.raises(ContentMissing, match=r"There is no file .*instruments/adit/project.yaml"):
        projects.load(Content(own.parent), absenteeism, "adit")


@pytest.mark.parametrize(
    ("yaml", "error", "says"),
    [
        ("instruments:\n  pdsa_cycle: {repeat: true}\n", SettingInvalid, "line 2: the key 'instruments.pdsa_cycle.repeat'"),
        ("instruments:\n  Visit: {}\n", SettingInvalid, "line 2"),
        ("tiers: []\n", DictionaryInvalid, "instruments/project.yaml: no instrument is in use"),
        ("tiers: [cor]\n", SettingInvalid, "line 1: 'tiers.0' is wrong: Input should be 'core', 'plus' or 'optional'"),
        (
            "instruments:\n  care_assessment: {use: true, profiles: [system_check]}\n",
            ContentMissing,
            "There is no scoring profile 'system_check' in instruments/profiles. Did you mean systems_check?",
        ),
        (
            "instruments:\n  care_assessment: {use: true, profiles: []}\n",
            DictionaryInvalid,
            "care_assessment.csv, row 7, field item: no assessment is named",
        ),
        ("data_access_group: Team\n", SettingInvalid, "line 1: 'data_access_group' is wrong: write {team}"),
        ("instruments:\n  site_visit: {}\n", ContentMissing, "instruments/site_visit.csv is missing"),
        ("instruments:\n  team_profile: {use: false}\n", DictionaryInvalid, "first field of all is 'tr_name'"),
        (
            'instruments:\n  pdsa_cycle: {custom_label: "[pd_titel]"}\n',
            DictionaryInvalid,
            "the custom label of pdsa_cycle shows [pd_titel], which is not a field",
        ),
    ],
    ids=["unknown-key", "name", "no-tier", "tier", "profile", "no-profile", "group", "no-file", "no-record-id", "custom-label"],
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
