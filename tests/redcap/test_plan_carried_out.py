"""Plans about people and stored values, carried out in a REDCap that answers over HTTP."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from tests.redcap import small

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import plan
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.plan import Plan, Wanted
from breakthrough.redcap import live
from breakthrough.redcap.deploy import deploy
from redcap_sandbox import Sandbox


@pytest.fixture
def token(sandbox: Sandbox) -> str:
    return small.begun(sandbox)


def made(sandbox: Sandbox, token: str, wanted: Wanted) -> Plan:
    return plan.make(wanted, live.look(small.client(sandbox, token), wanted.project))


def test_who_has_left_loses_rights_that_are_not_of_a_role(sandbox: Sandbox, token: str) -> None:
    own = {"username": "ann", "data_access_group": "t001", "reports": 1, "forms": {"team_profile": 1}}
    small.asked(sandbox, token, "userRoleMapping", data=[{"username": "ann", "unique_role_name": "", "data_access_group": "t001"}])  # fmt: skip
    small.asked(sandbox, token, "user", data=[own])
    ann, *others = small.first().accounts or ()
    wanted = replace(small.first(), accounts=(replace(ann, until=dt.date(2026, 1, 31), ended=True), *others))
    (step,) = made(sandbox, token, wanted).steps
    assert step.name == "take-rights:ann"
    deploy(small.client(sandbox, token), wanted)
    (row,) = (row for row in small.asked(sandbox, token, "user").json() if row["username"] == "ann")
    assert (row["reports"], row["record_create"], row["forms"]["team_profile"]) == (0, 0, 0)
    assert small.groups(sandbox, token)["ann"] == "t001"
    assert made(sandbox, token, wanted).steps == ()


def test_teams_that_differ_in_punctuation_never_share_a_group(sandbox: Sandbox, token: str) -> None:
    both = replace(small.first(), teams=("A-B", "A.B"), accounts=())
    with pytest.raises(DictionaryInvalid, match=r"'A-B' and 'A\.B'"):
        deploy(small.client(sandbox, token), both)
    deploy(small.client(sandbox, token), replace(both, teams=("A-B",)))
    zed = replace(both, teams=("A.B",), accounts=(Account("zed", "team_member", "A.B"),))
    done = deploy(small.client(sandbox, token), zed)
    assert [step.name for step in done.by_hand] == ["add-group:A.B", "add-user:zed"]
    assert "zed" not in small.groups(sandbox, token)


def test_where_redcap_numbered_a_group_people_are_put_into_the_one_of_their_team(sandbox: Sandbox, token: str) -> None:
    rows = [{"data_access_group_name": name, "unique_group_name": ""} for name in ("Elm.1", "Elm 1 of the north end", "Elm 1 of the north west")]  # fmt: skip
    small.asked(sandbox, token, "dag", action="import", data=rows)
    uniques = {row["data_access_group_name"]: row["unique_group_name"] for row in small.asked(sandbox, token, "dag").json()}  # fmt: skip
    west = "Elm 1 of the north west"
    assert uniques[west] != uniques["Elm 1 of the north end"]
    wanted = replace(small.first(), teams=(west,), accounts=(Account("zed", "team_member", west),))
    deploy(small.client(sandbox, token), wanted)
    assert small.groups(sandbox, token)["zed"] == uniques[west]


def test_line_breaks_that_are_stored_are_counted_before_notes_become_one_line(sandbox: Sandbox) -> None:
    token = small.found(sandbox)
    first = small.first()
    notes = tuple(
        replace(one, field_type="notes") if one.field_name == "tp_name" else one for one in first.project.fields
    )
    deploy(small.client(sandbox, token), replace(first, project=replace(first.project, fields=notes)))
    rows = [{"record_id": "T001", "tp_name": "one\ntwo"}, {"record_id": "T002", "tp_name": "one"}]
    small.asked(sandbox, token, "record", data=rows)
    (step,) = made(sandbox, token, first).steps
    assert step.risk == "loses data"
    assert step.evidence.endswith("1 record holds a value with some")
