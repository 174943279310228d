"""Which form belongs to which event."""

from __future__ import annotations

import pytest
from redcap.request import RedcapError
from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import csv

MAPPING = [
    (1, "start_arm_1", "enrol"),
    (1, "start_arm_1", "visit_log"),
    (1, "start_arm_1", "pulse"),
    (1, "learning_session_1_arm_1", "pulse"),
    (1, "learning_session_1_arm_1", "review"),
    (1, "action_period_arm_1", "review"),
    (2, "start_arm_2", "enrol"),
    (2, "start_arm_2", "pulse"),
    (2, "final_review_meeti_arm_2", "review"),
]


def mapping(api: Api, **parameters: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in api.json("formEventMapping", **parameters)]


# M1 [P] export_instrument_event_mappings doctest, test_fem_export; [R] event-instruments/2-arms-retrieve-both-arms
def test_the_mapping_goes_by_arm_event_and_form(teams: Api) -> None:
    assert list(teams.json("formEventMapping")[0]) == ["arm_num", "unique_event_name", "form"]
    assert mapping(teams) == MAPPING
    assert csv(teams, "formEventMapping").splitlines()[:2] == ["arm_num,unique_event_name,form", "1,start_arm_1,enrol"]


# M2 [R] event-instruments/2-arms-retrieve-only-arm-1, -only-arm-2 (joined by commas); [P], [A] as arrays
@pytest.mark.parametrize("spelt", ["arms", "arms[0]", "arms[1]"])
def test_the_mapping_of_an_arm(teams: Api, spelt: str) -> None:
    assert mapping(teams, **{spelt: "1"}) == MAPPING[:6]
    assert mapping(teams, **{spelt: "2"}) == MAPPING[6:]


# M3 [R] event-instruments "no-arms", [P] test_export_instrument_event_mapping
def test_a_classic_project_has_no_mapping(wards: Api) -> None:
    assert wards.refusal("formEventMapping", arms="2") == (
        400,
        "You cannot export form/event mappings for classic projects",
    )
    with pytest.raises(RedcapError):
        wards.project().export_instrument_event_mappings()


# M4 [P] test_is_longitudinal, test_is_not_longitudinal: PyCap asks for the mapping to find out
def test_pycap_tells_longitudinal_from_classic(wards: Api, teams: Api) -> None:
    assert not wards.project().is_longitudinal
    assert teams.project().is_longitudinal


# M5 [P] test_fem_import: an import replaces the whole mapping
def test_an_import_replaces_the_mapping(own_teams: Api) -> None:
    project = own_teams.project()
    before = project.export_instrument_event_mappings()
    one = [{"arm_num": "1", "unique_event_name": "start_arm_1", "form": "enrol"}]
    assert project.import_instrument_event_mappings(one) == 1
    assert mapping(own_teams) == MAPPING[:1]
    assert project.import_instrument_event_mappings(before) == 9
    assert mapping(own_teams) == MAPPING


# M6 [A] importMappings.R: CSV, and no action: the data say that it is an import
def test_data_without_an_action_are_an_import(own_teams: Api) -> None:
    data = '"arm_num","unique_event_name","form"\n1,"start_arm_1","enrol"\n2,"start_arm_2","enrol"'
    reply = own_teams.call("formEventMapping", format="csv", returnFormat="csv", data=data)
    assert (reply.status_code, reply.text) == (200, "2")
    assert mapping(own_teams) == [MAPPING[0], MAPPING[6]]
