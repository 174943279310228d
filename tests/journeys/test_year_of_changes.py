"""A year of change requests to one collaborative: nothing lost, codes stable, earlier months as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.story_of_year import entered, year
from tests.journeys.year import Year

from breakthrough.store import Store

# Every request of the year, with the steps that it took and how each was classed.
REQUESTS: dict[str, dict[str, str]] = {
    "add a measure": {
        "add-field:tc_goal_ca_door": "safe",
        "add-field:lt_all": "safe",
        "add-field:lt_met": "safe",
        "add-field:ca_door_ck": "safe",
        "add-field:ca_door_st": "safe",
        "add-field:ca_door_nt": "safe",
        "change-field:pd_measure:choice-new": "safe",
    },
    "retire a measure": {
        "change-field:mt_plan:branching": "review",
        "change-field:mt_done:branching": "review",
        "change-field:ca_team_ck:branching": "review",
        "change-field:ca_team_st:branching": "review",
        "change-field:ca_team_nt:branching": "review",
        "change-field:tc_goal_ca_team:annotation": "review",
        "change-field:pd_change:annotation": "safe",
        "change-field:pd_measure:annotation": "safe",
    },
    "re-word": {
        "change-field:tp_size:label": "safe",
        "change-field:tc_goal_ca_c5:label": "safe",
        "change-field:cr_new:header": "safe",
        "change-field:ca_c5_st:label": "safe",
        "change-field:ca_c5_nt:label": "safe",
        "change-field:pd_measure:choice-words": "review",
    },
    "add a choice": {
        "change-field:tp_type:choice-new": "safe",
        "change-field:pd_change:choice-new": "safe",
    },
    "rename a team": {},
    "add a late-joining team": {"add-group:T004": "safe", "add-user:gus": "safe"},
    "hand coaching over": {
        "change-field:tp_coach:choice-new": "safe",
        "change-field:tp_coach:annotation": "safe",
        "change-field:cr_coach:choice-new": "safe",
        "change-field:cr_coach:annotation": "safe",
        "take-role:juno": "review",
        "add-user:kit": "review",
    },
    "switch to production": {},
    "change it in production": {
        "add-field:tc_goal_ca_home": "safe",
        "add-field:hv_plan": "safe",
        "add-field:hv_done": "safe",
        "add-field:ca_home_ck": "safe",
        "add-field:ca_home_st": "safe",
        "add-field:ca_home_nt": "safe",
        "change-field:tp_left_why:choice-words": "review",
        "change-field:pd_measure:choice-new": "safe",
    },
    "extend by three months": {"change-field:ea_event:choice-new": "safe"},
}
# The code that a request gave other words: its field, the code, and its label before and after.
REWORDED = {
    "re-word": ("pd_measure", "ca_c5", "Family reached in 5 days", "Family reached within a week"),
    "change it in production": ("tp_left_why", "4", "The topic no longer fits", "Not our topic"),
}
GONE, LOSES = (
    "may be stored in REDCap and is gone. Put",
    "Nothing was changed in REDCap, since these steps would lose",
)
REFUSED = {
    "a coach taken out": (
        45,
        45,
        1,
        f"codes.csv, row 2: the code c1 of coaches {GONE} it back under coaches, with until:",
    ),
    "a code given to another coach": (
        45,
        45,
        1,
        "the code c2 of coaches was 'Idris Calloway' and is 'Pat Newcome': reused",
    ),
    "codes swapped": (45, 45, 1, "the code 3 of tp_type was renumbered"),
    "a choice taken out": (45, 45, 1, f"the code 2 of tp_setting {GONE} the choice back; to keep it from new entries"),
    "a measure taken out": (45, 45, 1, f"the code ca_hold of measures {GONE} it back under measures, with until:"),
    "a field taken out": (20, 42, 0, "tp_size of team_profile: not defined here; 3 records hold a value in it"),
    "a measure taken out of the ledger, too": (45, 45, 45, "codes.csv: at the last deploy it had"),
}


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[Year]:
    """The year, gone through once."""
    with year(tmp_path_factory.mktemp("year"), root) as gone:
        yield gone


def test_every_request_of_the_year_was_made(of: Year) -> None:
    assert list(of.requests) == list(REQUESTS)
    assert list(of.refused) == list(REFUSED)


@pytest.mark.parametrize("name", REQUESTS)
def test_the_plan_names_every_step_and_what_it_may_cost(of: Year, name: str) -> None:
    request = of.requests[name]
    assert request.steps == REQUESTS[name]
    assert (request.planned.code, request.deployed.code) == (20 if REQUESTS[name] else 0, 0), request.deployed.err
    told = [step for step in REQUESTS[name] if f"      {step}\n" in request.deployed.out]
    assert told == ([] if "in Draft Mode" in request.deployed.out else list(REQUESTS[name]))


@pytest.mark.parametrize("name", REQUESTS)
def test_a_second_deploy_finds_nothing_to_do(of: Year, name: str) -> None:
    assert (of.requests[name].again.code, of.requests[name].again.out) == (0, "Nothing to do.\n")


@pytest.mark.parametrize("name", REQUESTS)
def test_redcap_exports_every_value_that_it_held_before(of: Year, name: str) -> None:
    before, after = of.requests[name].before.stored, of.requests[name].after.stored
    assert len(before) > 900
    assert {place: after.get(place) for place in before} == before
    assert after.keys() == before.keys()  # nor does a change of the design enter anything


@pytest.mark.parametrize("name", REQUESTS)
def test_results_of_earlier_months_are_what_they_were(of: Year, name: str) -> None:
    """State, counts, value and lines of every team, measure and month that had been due."""
    before, after = of.requests[name].before.figures, of.requests[name].after.figures
    assert sum(figure[0] == "reported" for figure in before.values()) > 250
    assert {place: after.get(place) for place in before} == before


@pytest.mark.parametrize("name", REQUESTS)
def test_every_code_keeps_its_meaning(of: Year, name: str) -> None:
    before, after = of.requests[name].before, of.requests[name].after
    field, code, old, new = REWORDED.get(name, ("", "", "", ""))
    expected = {one: dict(labels) for one, labels in before.choices.items()}
    if field:
        assert expected[field][code] == old
        expected[field][code] = new
    assert {
        one: {code: after.choices[one].get(code) for code in labels} for one, labels in expected.items()
    } == expected


@pytest.mark.parametrize("name", REQUESTS)
def test_the_ledger_keeps_every_line_but_for_the_words_that_a_person_changed(of: Year, name: str) -> None:
    before, after = of.requests[name].before.ledger, of.requests[name].after.ledger
    _, code, old, new = REWORDED.get(name, ("", "", "", ""))
    expected = tuple(line.replace(old, new) if old and f',{code},"{old}",' in line else line for line in before)
    assert (expected == before) == (not old)
    assert after[: len(before)] == expected


def test_at_the_end_every_value_that_anybody_typed_is_exported_as_it_was_typed(of: Year) -> None:
    there, typed = of.stored(), dict(entered(of))
    assert len(typed) > 1900
    assert {place: there.get(place) for place in typed} == typed


def test_at_the_end_every_month_has_the_figures_that_were_told_when_it_was_due(of: Year) -> None:
    now = {place: figure[:4] for place, figure in of.figures().items()}
    assert len(of.told) > 900
    assert {place: now.get(place) for place in of.told} == of.told


@pytest.mark.parametrize(
    ("team", "measure", "month", "figure"),
    [
        ("T001", "ca_day", "2024-09", ("reported", 704.0, 9100.0)),
        ("T002", "ca_day", "2026-10", ("reported", 876.0, 9200.0)),
        ("T001", "ca_team", "2026-01", ("reported", 2.0, 4.0)),
        ("T001", "ca_team", "2026-02", ("not_expected", None, None)),
        ("T001", "ca_door", "2025-11", ("not_expected", None, None)),
        ("T001", "ca_door", "2025-12", ("reported", 13.0, 30.0)),
        ("T004", "ca_day", "2026-02", ("not_expected", None, None)),
        ("T004", "ca_day", "2026-03", ("reported", 821.0, 9400.0)),
        ("T003", "ca_home", "2026-05", ("not_expected", None, None)),
        ("T003", "ca_home", "2026-06", ("reported", 4.0, 9.0)),
        ("T003", "ca_day", "2026-08", ("not_in_session", None, None)),
    ],
)
def test_each_measure_is_asked_of_each_team_in_its_own_months(
    of: Year, team: str, measure: str, month: str, figure: tuple[object, ...]
) -> None:
    assert of.figures()[team, measure, month][:3] == figure


# What is given up


def test_what_was_given_up_keeps_its_words_and_is_offered_to_nobody(of: Year) -> None:
    labels = of.choices()
    given_up = {"tp_coach": "c1", "cr_coach": "c1", "pd_change": "D1c", "pd_measure": "ca_team"}
    assert [of.field(name)["field_annotation"] for name in given_up] == [
        f"@HIDECHOICE='{code}'" for code in given_up.values()
    ]
    assert (labels["cr_coach"]["c1"], labels["pd_measure"]["ca_team"]) == (
        "Juno Fairweather",
        "Meetings with a pupil list",
    )
    stored = of.stored()
    assert stored[("T001", "pdsa_cycle", "1"), "pd_measure"] == "ca_team"
    assert stored[("T001", "coach_rating", "1"), "cr_coach"] == "c1"


def test_old_pages_saved_again_in_the_browser_lose_nothing(of: Year) -> None:
    """Branching and @HIDECHOICE are what REDCap erases by, on a page and never in an import."""
    assert of.seen["erased on an old page"] == []
    assert of.seen["erased on a rating of the coach who left"] == []


def test_a_page_of_a_later_month_no_longer_takes_the_retired_measure(of: Year) -> None:
    page = {"mt_plan": "4", "mt_done": "3"}
    for instance, erased in ((17, []), (18, ["mt_done", "mt_plan"])):  # January and February 2026
        done = of.admin.save_form(of.number, "fay", "T003", "monthly_measures", page, repeat_instance=instance)
        assert done["erased"] == erased


# Coaching


def test_the_history_tells_who_coached_when(of: Year) -> None:
    with Store.open(f"sqlite:///{of.folder / 'breakthrough.sqlite'}") as store:
        told = {}
        for team in ("T001", "T002", "T003"):
            (key,) = {version.entry.key for version in store.history("main", team, "team_profile")}
            trace = store.trace(key, "tp_coach")
            told[team] = [(one.kind, one.before, one.after, str(one.seen_at.date())) for one in trace.changes]
    assert told == {
        "T001": [("entered", "", "c1", "2025-11-15"), ("edited", "c1", "c3", "2026-05-15")],
        "T002": [("entered", "", "c1", "2025-11-15"), ("edited", "c1", "c3", "2026-06-15")],
        "T003": [("entered", "", "c2", "2025-11-15")],
    }
    ratings = {
        place[2]: coach for (place, column), coach in of.stored().items() if column == "cr_coach" and place[0] == "T001"
    }
    assert [ratings[str(month)] for month in (1, 2, 3, 7, 8, 9)] == ["c1", "c1", "c1", "c1", "c3", "c3"]


def test_the_new_coach_gets_the_report_and_the_one_who_left_does_not(of: Year) -> None:
    """Nor while a team's profile still names the old one."""
    coaches = {
        when: [one for one in of.seen[f"sent in {when}"] if one.startswith("coach")] for when in ("November", "May")
    }
    assert coaches == {
        "November": ["coach-c1-juno-fairweather", "coach-c2-idris-calloway"],
        "May": ["coach-c2-idris-calloway", "coach-c3-kit-marlowe"],
    }


def test_people_have_the_rights_of_their_place_and_no_others(of: Year) -> None:
    groups = {row["username"]: row["redcap_data_access_group"] for row in of.ask("userDagMapping")}
    roles = {row["username"]: row["unique_role_name"] for row in of.ask("userRoleMapping")}
    assert (groups["gus"], groups["dana"], groups["kit"]) == ("t004", "t001", "")
    assert roles["juno"] == ""
    assert roles["kit"] == roles["idris"] != roles["gus"] == roles["dana"] != ""


def test_reports_of_old_months_come_out_as_they_were_sent(of: Year) -> None:
    """A year of changes later, in the words, names and with the coach of then."""
    again, page = of.seen["November's reports made again"], of.seen["the page of T002 in them"]
    assert again.code == 0, again.err
    sent = [name for name in of.seen["sent in November"] if not name.startswith("coordinator")]  # of that very moment
    assert again.err.count("identical byte for byte") == len(sent) == 5
    assert "coach c1, 2025-10" in again.err
    assert ("Southmead" in page, "Harbour" in page, "Family reached in 5 days" in page) == (True, False, True)


def test_a_renamed_team_keeps_its_record_and_its_group(of: Year) -> None:
    stored = of.stored()
    assert stored[("T002", "", ""), "tp_name"] == "Southmead and Harbour"
    assert stored[("T002", "", ""), "redcap_data_access_group"] == "t002"
    names = [row["data_access_group_name"] for row in of.ask("dag")]
    assert names == ["T001", "T002", "T003", "T004"]


# Production and the extension


def test_in_production_the_dictionary_changes_by_the_package_alone(of: Year) -> None:
    said = of.requests["change it in production"].deployed.out
    assert "a person changes its dictionary, in Draft Mode (8 steps)" in said
    package = of.folder / "handover" / "main"
    assert {path.name for path in package.iterdir()} == {"dictionary.csv", "memo.md", "memo.html", "checklist.md"}
    changes = [{(one["field"], one["change"]) for one in draft} for draft in of.seen["submitted"]]
    new = {"tc_goal_ca_home", "hv_plan", "hv_done", "ca_home_ck", "ca_home_st", "ca_home_nt"}
    assert changes == [
        {("tp_left_why", "edited"), ("pd_measure", "edited"), *((name, "added") for name in new)},
        {("ea_event", "edited")},
    ]


@pytest.mark.parametrize("name", ["change it in production", "extend by three months"])
def test_reports_go_on_while_an_administrator_has_the_draft(of: Year, name: str) -> None:
    pulled, measured, planned = of.seen[f"unapproved: {name}"]
    assert (pulled.code, measured.code, planned.code) == (0, 0, 20), pulled.err + measured.err


def test_three_months_more_are_asked_for(of: Year) -> None:
    before, after = of.seen["a new month before"], of.seen["a new month after"]
    assert (before.code, "outside the collaborative's months, 2024-09 to 2026-12" in before.err) == (82, True)
    assert after.code == 0, after.err
    rows = {(row["team"], row["month"]): (row["state"], row["stage"]) for row in json.loads(after.out)}
    assert {rows[team, "2027-02"] for team in ("T001", "T002", "T003", "T004")} == {("missing", "tail")}
    assert [rows["T001", month][1] for month in ("2026-07", "2026-09", "2026-10", "2026-11")] == [
        "live",
        "live",
        "live",
        "tail",
    ]


# What must not be


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_lose_or_change_the_meaning_of_values_is_refused(of: Year, name: str) -> None:
    plan, deploy, codes, words = REFUSED[name]
    planned, deployed, checked = of.refused[name]
    assert (planned.code, deployed.code, checked.code) == (plan, deploy, codes), planned.err + deployed.err
    assert words in deployed.err
    assert (LOSES in deployed.err) == (deploy == 42)
    assert words in (checked.out + checked.err if codes else deployed.err)


def test_what_was_refused_has_touched_nothing(of: Year) -> None:
    assert of.seen["untouched by what was refused"] == (True, True)


def test_other_words_for_a_code_need_the_same_words_in_the_ledger(of: Year) -> None:
    planned, checked = of.seen["re-worded without a word in the ledger"]
    assert (planned.code, checked.code) == (45, 1)
    assert "If it means the same, write the new words into this row, in the same commit" in planned.err
