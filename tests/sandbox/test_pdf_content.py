"""PDFs of forms through the API: which forms, of which records, events and instances, and for whom."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
import requests
from pypdf import PdfReader
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, Clock, MakeProject, field, invalid
from tests.sandbox.longitudinal import FIELDS, at, longitudinal
from tests.sandbox.pdf.paper import spaced
from tests.sandbox.sending import sent

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

CLASSIC = (
    field("record_id", "intake", label="Study number"),
    field("name", "intake", label="Full name", identifier="y"),
    field("joined", "intake", label="Joined on", validation="date_dmy"),
    field("story", "intake", "notes", "Tell us"),
    field("kind", "intake", "radio", "Kind of place", choices="1, School | 2, Clinic"),
    field("why", "intake", label="Why a clinic?", branching_logic="[kind] = '2'"),
    field("tools", "visit", "checkbox", "Tools at hand", choices="a, Chart | b, Drum"),
    field("photo", "visit", "file", "Photograph"),
    field("secret", "visit", label="Never printed", field_annotation="@HIDDEN-PDF"),
    field("day", "diary", label="Diary day", validation="date_ymd"),
    field("steps", "diary", label="Steps walked", validation="integer"),
)


@pytest.fixture
def owner(make: MakeProject, clock: Clock) -> Api:
    clock.set("2025-09-18 08:30:15")
    made = make(CLASSIC, repeating=("diary",), groups=("North",))
    diary = {"redcap_repeat_instrument": "diary"}
    made.save(
        {
            "record_id": "1",
            "name": "Ann Grey",
            "joined": "2024-03-01",
            "story": "A <b>long</b>\nstory",
            "kind": "2",
            "why": "Nearby",
            "tools___b": "1",
            "secret": "psst",
            "redcap_data_access_group": "north",
        },
        {"record_id": "1", **diary, "redcap_repeat_instance": 1, "day": "2024-04-01", "steps": "1111"},
        {"record_id": "1", **diary, "redcap_repeat_instance": 3, "day": "2024-04-03", "steps": "3333"},
        {"record_id": "2", "name": "Bo Brown", "kind": "1", "why": "Left over"},
    )
    return made


def fetched(api: Api, **parameters: Any) -> requests.Response:
    reply = api.call("pdf", **parameters)
    assert reply.status_code == 200, reply.text
    assert reply.content.startswith(b"%PDF-")
    return reply


def text(api: Api, **parameters: Any) -> str:
    """Everything that is printed, with one blank wherever there is any."""
    reader = PdfReader(io.BytesIO(fetched(api, **parameters).content), strict=True)
    return spaced([page.extract_text() for page in reader.pages])


def test_blank_forms_hold_every_label_and_choice_and_no_data(owner: Api) -> None:
    printed = text(owner)
    for label in (
        "Study number",
        "Full name",
        "Kind of place",
        "School",
        "Clinic",
        "Why a clinic?",
        "Drum",
        "Steps walked",
    ):
        assert label in printed
    for value in ("Ann Grey", "Nearby", "1111", "Never printed"):
        assert value not in printed


def test_one_form_may_be_asked_for(owner: Api) -> None:
    printed = text(owner, instrument="visit")
    assert ("Tools at hand" in printed, "Full name" in printed) == (True, False)


def test_a_records_forms_hold_its_values_and_every_instance(owner: Api) -> None:
    sent(owner, "file", "portrait.png", b"png", record="1", field="photo")
    printed = text(owner, record="1")
    for value in ("Ann Grey", "01-03-2024", "story", "Nearby", "portrait.png", "1111", "3333", "2024-04-03"):
        assert value in printed
    for value in ("Bo Brown", "psst"):
        assert value not in printed


def test_what_branching_hides_is_not_printed(owner: Api) -> None:
    printed = text(owner, record="2", instrument="intake")
    assert ("Bo Brown" in printed, "Why a clinic?" in printed, "Left over" in printed) == (True, False, False)


def test_one_instance_may_be_asked_for(owner: Api) -> None:
    printed = text(owner, record="1", instrument="diary", repeat_instance="3")
    assert ("3333" in printed, "1111" in printed) == (True, False)
    assert "3333" not in text(owner, record="1", instrument="diary", repeat_instance="2")


def test_all_records_are_printed_one_after_the_other(owner: Api) -> None:
    printed = text(owner, allRecords="true")
    assert printed.index("Ann Grey") < printed.index("3333") < printed.index("Bo Brown")


def test_a_compact_form_leaves_out_what_has_no_value(owner: Api) -> None:
    printed = text(owner, record="2", compactDisplay="TRUE")
    assert ("Bo Brown" in printed, "Joined on" in printed, "Tools at hand" in printed) == (True, False, False)


def test_the_file_is_named_after_form_project_and_minute(owner: Api) -> None:
    name = re.compile(r'application/pdf; ?name="([^"]+)"')
    found = {}
    for asked in ({}, {"instrument": "visit"}, {"record": "1", "instrument": "diary"}):
        match = name.match(fetched(owner, **asked).headers["Content-Type"])
        assert match
        found[asked.get("instrument", "")] = match[1]
    assert found == {
        "": "AllFormsAProject_2025-09-18_0830.pdf",
        "visit": "VisitAProject_2025-09-18_0830.pdf",
        "diary": "DiaryAProject_2025-09-18_0830.pdf",
    }


def test_a_title_of_any_letters_makes_a_harmless_name(owner: Api) -> None:
    title = '../..\\"x"\r\nSet-Cookie: a=1 – Ärzte; ' + "y" * 300
    owner.json("project_settings", data=[{"project_title": title}])
    reply = fetched(owner)
    assert "Set-Cookie" not in reply.headers
    name = reply.headers["Content-Type"].partition('name="')[2].rstrip('"')
    assert len(name) < 120
    assert not set('/\\"\r\n;') & set(name)


def test_every_way_is_logged_in_its_own_words(owner: Api) -> None:
    for asked in (
        {},
        {"instrument": "visit"},
        {"record": "1"},
        {"record": "1", "instrument": "visit"},
        {"allRecords": "1"},
    ):
        fetched(owner, **asked)
    assert [row["details"] for row in owner.json("log", logtype="manage")][:5] == [
        "Download all data entry forms as PDF (all records) (API)",
        "Download data entry form as PDF (with data) (API)",
        "Download all data entry forms as PDF (with data) (API)",
        "Download data entry form as PDF (API)",
        "Download all data entry forms as PDF (API)",
    ]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"record": "9"}, 'The record "9" does not exist'),
        ({"instrument": "nope"}, invalid("instrument", "nope")),
        ({"record": "1", "repeat_instance": "0"}, 'The value of the parameter "repeat_instance" is not valid'),
        ({"record": "1", "repeat_instance": "123456789x"}, 'The value of the parameter "repeat_instance" is not valid'),
        ({"record": "1", "repeat_instance": "9" * 50}, 'The value of the parameter "repeat_instance" is not valid'),
        ({"record": "1' OR '1'='1"}, "The record \"1' OR '1'='1\" does not exist"),
    ],
    ids=str,
)
def test_what_is_not_there_cannot_be_printed(owner: Api, asked: dict[str, str], message: str) -> None:
    assert owner.refusal("pdf", **asked) == (400, message)


def test_a_member_of_a_group_prints_its_records_only(owner: Api, add_user: AddUser) -> None:
    member = add_user(owner, "nora", "north", api_export=1)
    rights = dict.fromkeys(("intake", "visit", "diary"), 1)
    owner.json("user", data=[{"username": "nora", "data_access_group": "north", "forms_export": rights}])
    assert member.refusal("pdf", record="2") == (400, 'The record "2" does not exist')
    printed = text(member, allRecords="1")
    assert ("Ann Grey" in printed, "Bo Brown" in printed) == (True, False)


NONE, FULL, DEIDENTIFIED, NO_IDENTIFIERS = range(4)


@pytest.mark.parametrize(
    ("level", "there", "gone"),
    [
        (FULL, ("Ann Grey", "01-03-2024", "story", "1111"), ()),
        (NO_IDENTIFIERS, ("01-03-2024", "story", "1111"), ("Ann Grey", "Full name")),
        (DEIDENTIFIED, ("1111", "Drum"), ("Ann Grey", "01-03-2024", "2024-04-01", "story", "Nearby")),
        (NONE, (), ("Ann Grey", "Study number", "1111")),
    ],
)
def test_rights_to_export_hold_on_paper_too(
    owner: Api, add_user: AddUser, level: int, there: tuple[str, ...], gone: tuple[str, ...]
) -> None:
    member = add_user(owner, "max", api_export=1)
    rights = dict.fromkeys(("intake", "visit", "diary"), level)
    owner.json("user", data=[{"username": "max", "forms_export": rights}])
    printed = text(member, record="1")
    assert [value for value in there if value not in printed] == []
    assert [value for value in gone if value in printed] == []


def test_a_hidden_record_name_is_hidden_on_paper(owner: Api, add_user: AddUser) -> None:
    owner.save({"record_id": "ANN-1980", "kind": "1"})
    member = add_user(owner, "max", api_export=1)
    owner.json("user", data=[{"username": "max", "forms_export": {"intake": DEIDENTIFIED}}])
    assert "ANN-1980" not in text(member, record="ANN-1980")


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    made = longitudinal(sandbox)
    made.save(
        at("1", "start_arm_1", name="Ann", weight="71.5"),
        at("1", "later_arm_1", "visit", 2, weight="72.5"),
        at("1", "daily_arm_1", "", 1, mood="1"),
        at("1", "daily_arm_1", "", 4, mood="2"),
        at("2", "start_arm_2", name="Bo"),
    )
    return made


def test_a_longitudinal_record_is_printed_event_by_event(study: Api) -> None:
    printed = text(study, record="1")
    assert printed.index("71.5") < printed.index("72.5")
    for event in ("Start (Arm 1: Group 1)", "Later (Arm 1: Group 1)", "Daily (Arm 1: Group 1)"):
        assert event in printed
    assert "Start (Arm 2: Group 2)" not in printed


def test_one_event_or_instance_of_it_may_be_asked_for(study: Api) -> None:
    printed = text(study, record="1", event="later_arm_1")
    assert ("72.5" in printed, "71.5" in printed) == (True, False)
    whole = PdfReader(io.BytesIO(fetched(study, record="1", event="daily_arm_1").content))
    one = PdfReader(io.BytesIO(fetched(study, record="1", event="daily_arm_1", repeat_instance="4").content))
    assert len(whole.pages) == 2 * len(one.pages)
    assert study.refusal("pdf", record="1", event="never") == (400, invalid("event", "never"))


def test_branching_sees_the_event_and_the_instance(sandbox: Sandbox) -> None:
    fields = [
        *FIELDS[:4],
        field("remark", "visit", "notes", "Only if heavy", branching_logic="[weight] > 72"),
        *FIELDS[5:],
    ]
    owner = longitudinal(sandbox, fields)
    owner.save(*(at("1", "later_arm_1", "visit", number, weight=f"7{number}", remark="x") for number in (1, 3)))
    asked = {"record": "1", "event": "later_arm_1", "instrument": "visit"}
    assert "Only if heavy" not in text(owner, repeat_instance="1", **asked)
    assert "Only if heavy" in text(owner, repeat_instance="3", **asked)


def test_missing_data_codes_are_printed_as_they_are(owner: Api, sandbox: Sandbox) -> None:
    Administrator(sandbox.url, SUPER_TOKEN).set_missing_codes(
        owner.json("project")["project_id"], {"NASK": "Not asked"}
    )
    owner.save({"record_id": "2", "joined": "NASK"})
    assert "NASK" in text(owner, record="2")


def test_a_project_of_many_records_is_printed_whole(owner: Api) -> None:
    owner.save(*({"record_id": f"p{number}", "name": f"Person {number:03}"} for number in range(60)))
    printed = text(owner, allRecords="1", instrument="intake", compactDisplay="1")
    assert [name for name in (f"Person {number:03}" for number in range(60)) if name not in printed] == []
