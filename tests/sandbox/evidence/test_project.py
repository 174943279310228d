"""What a project is called and how it is set up, and which REDCap this is."""

from __future__ import annotations

import csv as standard
import io
import json
import re

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, Api, Clock, field
from tests.sandbox.evidence import odm
from tests.sandbox.evidence.conftest import Create, csv
from tests.sandbox.evidence.odm import Study
from tests.sandbox.evidence.studies import WARDS

KEYS = [
    "project_id",
    "project_title",
    "creation_time",
    "production_time",
    "in_production",
    "project_language",
    "purpose",
    "purpose_other",
    "project_notes",
    "custom_record_label",
    "secondary_unique_field",
    "is_longitudinal",
    "has_repeating_instruments_or_events",
    "surveys_enabled",
    "scheduling_enabled",
    "record_autonumbering_enabled",
    "randomization_enabled",
    "ddp_enabled",
    "project_irb_number",
    "project_grant_number",
    "project_pi_firstname",
    "project_pi_lastname",
    "project_pi_email",
    "display_today_now_button",
    "missing_data_codes",
    "external_modules",
    "bypass_branching_erase_field_prompt",
]
# [A] PROJECT_INFO_FIELDS_FIXED: these can't be set through the API
FIXED = {
    "project_id",
    "creation_time",
    "production_time",
    "in_production",
    "has_repeating_instruments_or_events",
    "ddp_enabled",
    "missing_data_codes",
    "external_modules",
}
FLAGS = [
    "in_production",
    "is_longitudinal",
    "has_repeating_instruments_or_events",
    "surveys_enabled",
    "scheduling_enabled",
    "record_autonumbering_enabled",
    "randomization_enabled",
    "ddp_enabled",
    "display_today_now_button",
    "bypass_branching_erase_field_prompt",
]


# P1 [R] project-info-read/simple, [A] redcapProjectInformationStructure: 27 keys in this order
def test_project_information_has_its_keys_in_order(wards: Api) -> None:
    assert list(wards.json("project")) == KEYS
    assert csv(wards, "project").split("\n", 1)[0] == ",".join(KEYS)


# P1 [P] export_project_info doctest, test_export_project_info, test_project_info_export: numbers and flags are integers
def test_flags_are_integers(wards: Api, teams: Api) -> None:
    info = wards.json("project")
    assert {name: info[name] for name in FLAGS} == {
        **dict.fromkeys(FLAGS, 0),
        "record_autonumbering_enabled": 1,
        "display_today_now_button": 1,
    }
    assert (type(info["project_id"]), info["purpose"], info["project_language"]) == (int, 0, "English")
    assert teams.json("project")["is_longitudinal"] == 1
    assert teams.json("project")["has_repeating_instruments_or_events"] == 1
    blank = ("purpose_other", "project_grant_number", "project_pi_firstname", "project_pi_lastname", "production_time")
    assert [info[name] for name in blank] == [""] * 5


# P2 [R] project-info-read (readr reads the times): server-local, to the second
def test_the_creation_time_is_the_servers(new: Create, clock: Clock) -> None:
    clock.set("2025-11-03 14:05:06")
    assert new(WARDS).json("project")["creation_time"] == "2025-11-03 14:05:06"


# P3 [A] test-100: the number of settings sent, also when they are what they were
def test_settings_are_counted(own_wards: Api) -> None:
    data = '"project_pi_lastname","display_today_now_button"\n"Not Garbett",0'
    for _ in range(2):
        reply = own_wards.call("project_settings", format="csv", data=data)
        assert (reply.status_code, reply.text) == (200, "2")
    info = own_wards.json("project")
    assert (info["project_pi_lastname"], info["display_today_now_button"]) == ("Not Garbett", 0)


# P3 [A] test-100 "importProjectInformation(rcon, CurrentInfo)": 19 of them
def test_every_setting_that_may_be_set_is_counted(own_wards: Api) -> None:
    info = own_wards.json("project")
    sent = {name: info[name] for name in KEYS if name not in FIXED}
    assert own_wards.json("project_settings", data=[{**sent, "project_title": "Renamed: again"}]) == 19
    assert own_wards.json("project") == {**info, "project_title": "Renamed: again"}


# P4 [P] conftest.py create_project: title and purpose of `data` count, a colon in the title
def test_data_override_the_xml(new: Create) -> None:
    owner = new(WARDS, project_title="PyCap wards: 09-18 08:30:15", purpose=4, project_notes="notes")
    info = owner.json("project")
    assert [info[name] for name in ("project_title", "purpose", "project_notes")] == [
        *("PyCap wards: 09-18 08:30:15", 4, "notes")
    ]


# P4 [P] create_project (XML), [A] createRedcapProject.R (CSV): `data` and `odm` together
@pytest.mark.parametrize(
    ("asked", "data"),
    [
        (
            "xml",
            '<?xml version="1.0" encoding="UTF-8" ?>\n<item><project_title>T: 1</project_title><purpose>0</purpose></item>',
        ),
        ("csv", '"project_title","purpose","is_longitudinal"\n"T: 1",0,0'),
        ("json", '[{"project_title":"T: 1","purpose":0}]'),
    ],
)
def test_a_project_is_made_from_data_and_xml(new: Create, asked: str, data: str) -> None:
    url = new(WARDS).url
    reply = Api(url, SUPER_TOKEN).call("project", format=asked, data=data, odm=odm.text(WARDS))
    owner = Api(url, reply.text[-32:])
    assert owner.json("project")["project_title"] == "T: 1"
    assert len(owner.json("record")) == 3


# P5 [A] redcapConnection.R, [P] test_export_version: bare, whatever the format
@pytest.mark.parametrize("asked", ["csv", "json", "xml", ""])
def test_the_version_is_bare(wards: Api, asked: str) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", wards.call("version", format=asked).text)


# P5 [P] test_export_version
def test_pycap_reads_the_version(wards: Api) -> None:
    version = wards.project().export_version()
    assert version is not None
    assert (version.major, version.minor) >= (12, 0)


# P6 [R] project-info-read/all-test-projects: in CSV a flag is 0 or 1 and a blank is nothing
def test_project_information_is_one_row_in_csv(wards: Api) -> None:
    rows = list(standard.DictReader(io.StringIO(csv(wards, "project"))))
    assert rows == [{name: str(value) for name, value in wards.json("project").items()}]


# P7 [P] grant_superuser_rights: a new project has exactly one user
def test_a_new_project_has_one_user(new: Create) -> None:
    owner = new(Study("New", (field("id", "form"),), {"form": "Form"}))
    assert len(json.loads(owner.call("user", format="json").text)) == 1
