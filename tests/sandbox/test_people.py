"""The users of a project: what is exported of them, and what an import changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redcap.request import RedcapError
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, MakeProject, invalid

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.people import accounts

# The rights that a creator has once he has granted himself what he may, in the order of the export.
ON = (
    *("design", "alerts", "user_rights", "data_access_groups", "reports", "stats_and_charts"),
    *("manage_survey_participants", "calendar", "data_import_tool", "data_comparison_tool", "logging"),
    *("file_repository", "data_quality_create", "data_quality_execute", "api_export", "api_import", "api_modules"),
    *("mobile_app", "record_create", "record_rename", "record_delete", "lock_records_all_forms", "lock_records"),
)


def user(owner: Api, username: str) -> dict[str, Any]:
    return next(row for row in owner.json("user") if row["username"] == username)


def test_pycap_sees_the_creator_as_on_a_new_project_of_redcaps(make: MakeProject) -> None:
    project = make(fields=[{"field_name": "record_id", "form_name": "form_1", "field_type": "text"}]).project()
    (owner,) = project.export_users()
    more = ("record_delete", "record_rename", "lock_records_all_forms", "lock_records")
    assert project.import_users([owner | dict.fromkeys(more, 1)]) == 1
    assert json.dumps(project.export_users()) == json.dumps(
        [
            {
                "username": "sandbox_owner",
                "email": "sandbox_owner@example.org",
                "firstname": "Sandbox",
                "lastname": "Owner",
                "expiration": "",
                "data_access_group": "",
                "data_access_group_id": "",
                "data_access_group_label": "",
                **dict.fromkeys(ON[:11], 1),
                "email_logging": 0,
                **dict.fromkeys(ON[11:18], 1),
                "mobile_app_download_data": 0,
                **dict.fromkeys(ON[18:], 1),
                "lock_records_customization": 0,
                "forms": {"form_1": 1},
                "forms_export": {"form_1": 1},
            }
        ]
    )


def test_a_user_needs_a_name_only_and_then_has_no_rights(team: Api) -> None:
    team.json("user", data=[{"username": "ann"}])
    added = user(team, "ann")
    rights = [value for value in added.values() if isinstance(value, int)]
    assert len(rights) == 26
    assert set(rights) == {0}
    assert added["forms"] == {"profile": 0, "monthly": 0, "pdsa": 0}
    assert (added["email"], added["expiration"], added["data_access_group_id"]) == ("", "", "")


def test_users_are_listed_alphabetically_in_whatever_case(team: Api) -> None:
    team.json("user", data=[{"username": name} for name in ("zoe", "Bob", "ann@example.org")])
    assert [row["username"] for row in team.json("user")] == ["ann@example.org", "Bob", "sandbox_owner", "zoe"]


def test_names_that_differ_by_case_are_one_user(team: Api) -> None:
    team.json("user", data=[{"username": "Test_User1", "reports": 1}])
    assert team.json("user", data=[{"username": "test_user1", "calendar": 1}]) == 1
    assert (user(team, "Test_User1")["reports"], user(team, "Test_User1")["calendar"]) == (1, 1)
    assert team.json("user", action="delete", users="TEST_USER1,test_user1") == 1
    assert len(team.json("user")) == 1


def test_rights_that_are_not_mentioned_stay_and_unknown_keys_are_passed_over(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "reports": 1, "data_export": 2, "forms_export": {"pdsa": 3}}])
    team.json("user", data=[{"username": "ann", "logging": "1", "reports": "", "forms": {"monthly": 1, "gone": 1}}])
    changed = user(team, "ann")
    assert (changed["reports"], changed["logging"], "data_export" in changed) == (1, 1, False)
    assert changed["forms"] == {"profile": 0, "monthly": 1, "pdsa": 0}
    assert changed["forms_export"] == {"profile": 0, "monthly": 0, "pdsa": 3}


@pytest.mark.parametrize("blank", ['"pdsa:2"', '""'])
def test_forms_left_out_of_the_forms_column_are_closed(team: Api, blank: str) -> None:
    team.json("user", data=[{"username": "ann", "forms": {"profile": 1, "pdsa": 1}, "forms_export": {"profile": 1}}])
    assert team.call("user", format="csv", data=f'username,forms,forms_export\nann,{blank},""\n').text == "1"
    assert user(team, "ann")["forms"] == {"profile": 0, "monthly": 0, "pdsa": 2 if "pdsa" in blank else 0}
    assert user(team, "ann")["forms_export"] == {"profile": 0, "monthly": 0, "pdsa": 0}


def test_levels_of_the_newer_kind_are_kept_as_they_were_imported(team: Api) -> None:
    forms = {"profile": 130, "monthly": 154, "pdsa": 128}
    team.json("user", data=[{"username": "ann", "forms": forms}])
    assert user(team, "ann")["forms"] == forms
    line = next(line for line in team.call("user", format="csv").text.splitlines() if line.startswith("ann,"))
    assert line.endswith('"profile:130,monthly:154,pdsa:128","profile:0,monthly:0,pdsa:0"')


def test_a_form_that_is_added_later_is_open_to_users(team: Api) -> None:
    team.json("user", data=[{"username": "ann"}])
    fields = team.json("metadata")
    team.json("metadata", data=[*fields, {**fields[1], "field_name": "later", "form_name": "late"}])
    assert user(team, "ann")["forms"] == {"profile": 0, "monthly": 0, "pdsa": 0, "late": 1}


def test_an_account_takes_over_its_first_names_and_address_and_keeps_them(team: Api) -> None:
    named = {"username": "ann", "email": "ann@example.org", "firstname": "Ann", "lastname": "Lee"}
    team.json("user", data=[{"username": "ann", "firstname": "Ann"}])
    team.json("user", data=[named])
    team.json("user", data=[{"username": "ann", "email": "other@example.org", "lastname": ""}])
    assert {name: user(team, "ann")[name] for name in named} == named


def test_an_account_is_the_same_in_every_project(make: MakeProject) -> None:
    here, there = make(), make()
    here.json("user", data=[{"username": "lee", "email": "lee@example.org"}])
    there.json("user", data=[{"username": "LEE", "expiration": "2031-01-31"}])
    assert (user(there, "LEE")["email"], user(there, "LEE")["expiration"]) == ("lee@example.org", "2031-01-31")
    assert user(here, "lee")["expiration"] == ""


def test_the_administrator_changes_what_an_account_says(sandbox: Sandbox, team: Api) -> None:
    with sandbox._storage.writing() as db:
        accounts.change(db, "sandbox_owner", {"firstname": "Sandy"})
        assert accounts.find(db, "SANDBOX_OWNER") == accounts.Account(
            "sandbox_owner", "sandbox_owner@example.org", "Sandy", "Owner", suspended=False
        )
        accounts.change(db, "sandbox_owner", {"firstname": "Sandbox"})
    assert user(team, "sandbox_owner")["firstname"] == "Sandbox"


def test_a_user_imported_without_his_group_loses_it(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "data_access_group": "north"}])
    (north, _) = team.json("dag")
    held = user(team, "ann")
    assert (held["data_access_group"], held["data_access_group_id"], held["data_access_group_label"]) == (
        "north",
        north["data_access_group_id"],
        "North",
    )
    team.json("user", data=[{"username": "ann", "reports": 1}])
    assert user(team, "ann")["data_access_group"] == ""


def test_an_expiration_stays_until_it_is_blanked(team: Api) -> None:
    team.json("user", data=[{"username": "ann", "expiration": "2030-12-31"}])
    team.json("user", data=[{"username": "ann", "reports": 1}])
    assert user(team, "ann")["expiration"] == "2030-12-31"
    team.json("user", data=[{"username": "ann", "expiration": ""}])
    assert user(team, "ann")["expiration"] == ""


@pytest.mark.parametrize("data_format", ["csv", "json", "xml"])
def test_users_go_round_in_every_format(team: Api, data_format: str) -> None:
    team.json("user", data=[{"username": "ann", "data_access_group": "north", "forms": {"pdsa": 3}}])
    before = team.json("user")
    exported = team.call("user", format=data_format).text
    assert team.call("user", format=data_format, data=exported).text == "2"
    assert team.json("user") == before


LEVELS = st.fixed_dictionaries(
    {
        **{right: st.integers(0, 1) for right in ("design", "logging", "record_delete", "lock_records_customization")},
        "user_rights": st.integers(0, 2),
        "forms": st.fixed_dictionaries(
            {
                form: st.sampled_from([0, 1, 2, 3, 128, 129, 130, 138, 146, 154])
                for form in ("profile", "monthly", "pdsa")
            }
        ),
        "forms_export": st.fixed_dictionaries({form: st.integers(0, 3) for form in ("profile", "monthly", "pdsa")}),
    }
)


@given(
    levels=LEVELS, content=st.sampled_from(["user", "userRole"]), data_format=st.sampled_from(["csv", "json", "xml"])
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_rights_survive_import_and_export(
    team: Api, levels: dict[str, Any], content: str, data_format: str
) -> None:
    named = {"user": {"username": "ann"}, "userRole": {"role_label": "Nurses"}}[content]
    key, value = next(iter(named.items()))
    team.json(content, data=[{**named, **levels}])
    exported = team.call(content, format=data_format).text
    assert team.call(content, format=data_format, data=exported).text == str(len(team.json(content)))
    held = [row for row in team.json(content) if row[key] == value][-1]
    kept = {name: held[name] if isinstance(level, dict) else int(held[name]) for name, level in levels.items()}
    assert kept == levels


def test_csv_writes_form_rights_as_pairs_and_xml_as_elements(team: Api) -> None:
    text = team.call("user", format="csv").text
    assert text.endswith('"profile:1,monthly:1,pdsa:1","profile:1,monthly:1,pdsa:1"\n')
    text = team.call("user", format="xml").text
    assert text.startswith('<?xml version="1.0" encoding="UTF-8" ?>\n<users>\n<item><username><![CDATA[sandbox_owner')
    assert "<forms><profile><![CDATA[1]]></profile><monthly><![CDATA[1]]></monthly>" in text


def test_the_xml_of_redcaps_documentation_is_imported(team: Api) -> None:
    data = """<?xml version="1.0" encoding="UTF-8" ?>
    <users>
      <item>
        <username>ann</username><expiration>2015-12-07</expiration><user_rights>1</user_rights><design>0</design>
        <forms><profile>1</profile><monthly>2</monthly><pdsa>0</pdsa></forms>
        <forms_export><profile>1</profile><monthly>0</monthly><pdsa>2</pdsa></forms_export>
      </item>
    </users>"""
    assert team.call("user", data=data).text == "1"
    held = user(team, "ann")
    assert (held["user_rights"], held["forms"]["monthly"], held["forms_export"]["pdsa"]) == (1, 2, 2)


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ({"username": ""}, "must have a username"),
        ({"username": "<b>ann</b>"}, 'The username "<b>ann</b>" is not valid.'),
        ({"username": "a", "design": "much"}, invalid("design", "much")),
        ({"username": "a", "design": "2"}, invalid("design", "2")),
        ({"username": "a", "user_rights": "3"}, invalid("user_rights", "3")),
        ({"username": "a", "data_access_group": "west"}, invalid("data_access_group", "west")),
        ({"username": "a", "data_access_group": 0}, invalid("data_access_group", "0")),
        ({"username": "a", "expiration": "soon"}, invalid("expiration", "soon")),
        ({"username": "a", "expiration": "2025-02-30"}, invalid("expiration", "2025-02-30")),
        ({"username": "a", "forms": "pdsa"}, invalid("forms", "pdsa")),
        ({"username": "a", "forms": {"pdsa": 131}}, invalid("forms", "131")),
        ({"username": "a", "forms_export": {"pdsa": 4}}, invalid("forms_export", "4")),
        ({"username": {"a": "b"}}, 'The value of the parameter "username" is not valid'),
    ],
)
def test_a_user_that_cannot_be_stored_is_refused(team: Api, row: dict[str, Any], part: str) -> None:
    status, message = team.refusal("user", data=[{"username": "ok"}, row])
    assert (status, part in message) == (400, True)
    assert len(team.json("user")) == 1


def test_pycap_deletes_users_and_a_deleted_users_token_is_dead(team: Api, add_user: AddUser) -> None:
    gone = add_user(team, "ann", api_export=1)
    assert gone.json("record") == []
    assert team.project().delete_users(["ann"], return_format_type="xml") == "1"
    assert gone.refusal("record")[0] == 403
    with pytest.raises(RedcapError, match="bob"):
        team.project().delete_users(["sandbox_owner", "bob"])
    assert len(team.json("user")) == 1


def test_a_token_is_made_once_and_stays(sandbox: Sandbox, team: Api) -> None:
    project = team.json("project")["project_id"]
    team.json("user", data=[{"username": "ann", "api_export": 1}])
    first = sandbox.token_for(project, "ann")
    assert len(first) == 32
    assert sandbox.token_for(project, "Ann") == first
    assert sandbox.token_for(project, "sandbox_owner") == team.token
    with pytest.raises(Refusal, match="no user 'bob'"):
        sandbox.token_for(project, "bob")
    with pytest.raises(Refusal, match="Project 987654 has no user"):
        sandbox.token_for(987654, "ann")


def test_the_admin_page_gives_the_same_token_to_the_holder_of_the_super_token(sandbox: Sandbox, team: Api) -> None:
    page = sandbox.url.replace("/api/", "/sandbox/token")
    project = team.json("project")["project_id"]
    asked = {"token": SUPER_TOKEN, "project_id": project, "username": "sandbox_owner", "format": "json"}
    reply = requests.post(page, data=asked, timeout=10)
    assert (reply.status_code, reply.text) == (200, team.token)
    for wrong in (
        {"token": team.token},
        {"token": ""},
        {"project_id": "x"},
        {"project_id": "9" * 30},
        {"username": "bob"},
        {"username": ""},
    ):
        reply = requests.post(page, data={**asked, **wrong}, timeout=10)
        assert reply.status_code in {400, 403}
        assert "error" in json.loads(reply.text)
