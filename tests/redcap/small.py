"""A small project, so that a deploy takes few requests of few bytes, and what its REDCap holds, read by other means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import requests

from breakthrough.instruments.access import RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import Wanted
from breakthrough.instruments.project import Instrument, Project
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import deploy
from breakthrough.redcap.pace import Hosts
from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

SUPER = "0123456789ABCDEF" * 4
ROLES = {
    "team_member": RoleFile(label="Team member", group="team", edits=("team",), rights=("record_create",)),
    "coach": RoleFile(label="Coach", reads="all", edits=("coach",), exports="full"),
}
PROFILE = Instrument("team_profile", "Team Profile", by="team")
MONTHLY = Instrument("monthly", "Monthly", True, "[mm_period]", by="team")
RATING = Instrument("rating", "Rating", True, "[cr_period]", by="coach")
FIELDS = (
    Field("record_id", "team_profile", field_label="Team code"),
    Field("tp_name", "team_profile", field_label="Name"),
    Field("tp_kind", "team_profile", "", "radio", "Kind", "1, School | 2, District"),
    Field("mm_period", "monthly", field_label="Month", text_validation_type_or_show_slider_number="date_ymd"),
    Field("mm_absent", "monthly", field_label="Absent"),
)
LATER = (
    Field("record_id", "team_profile", field_label="Team code"),
    Field("tp_name", "team_profile", field_label="What is it called?"),
    Field("tp_kind", "team_profile", "", "radio", "Kind", "1, School | 2, District | 3, Clinic"),
    Field("tp_town", "team_profile", field_label="Town"),
    Field("mm_period", "monthly", field_label="Month", text_validation_type_or_show_slider_number="date_ymd"),
    Field("mm_absent", "monthly", field_label="Absent"),
    Field("cr_period", "rating", field_label="Month", text_validation_type_or_show_slider_number="date_ymd"),
)
RECORDS = [
    {"record_id": "T001", "tp_name": "Alder", "tp_kind": "1", "redcap_data_access_group": "t001"},
    {"record_id": "T002", "tp_name": "Birch", "tp_kind": "2", "redcap_data_access_group": "t002"},
    {
        "record_id": "T001",
        "redcap_repeat_instrument": "monthly",
        "redcap_repeat_instance": "1",
        "mm_period": "2026-03-01",
        "mm_absent": "7",
        "redcap_data_access_group": "t001",
    },
]


def begun(sandbox: Sandbox) -> str:
    """The token of a new project with two teams, which have entered what `RECORDS` says."""
    made = found(sandbox)
    deploy(client(sandbox, made), first())
    asked(sandbox, made, "record", data=RECORDS)
    return made


def first() -> Wanted:
    """Two teams, a person in each, and a coach."""
    people = (Account("ann", "team_member", "T001"), Account("bob", "team_member", "T002"), Account("kim", "coach"))
    return Wanted(Project(FIELDS, (PROFILE, MONTHLY), roles=ROLES), ("T001", "T002"), people)


def later() -> Wanted:
    """A change of every kind: fields, choices, a form that repeats, a team, a role's rights, people who join and move."""
    people = (
        Account("ann", "team_member", "T001"),
        Account("bob", "team_member", "T003"),
        Account("kim", "coach"),
        Account("liz", "team_member", "T003"),
    )
    roles = {**ROLES, "coordinator": RoleFile(label="Coordinator", reads="all", edits="all", exports="full")}
    settings = {"record_autonumbering_enabled": "0", "custom_record_label": "[tp_name]"}
    project = Project(LATER, (PROFILE, MONTHLY, RATING), roles=roles, settings=settings)
    return Wanted(project, ("T001", "T002", "T003"), people)


def found(sandbox: Sandbox) -> str:
    """The token of a new project."""
    return asked(sandbox, SUPER, "project", data=[{"project_title": "Small", "purpose": 3}]).text[-32:]


def client(sandbox: Sandbox, token: str) -> Client:
    """A client that does not wait before it asks again."""
    return Client(sandbox.url, token, hosts=Hosts(sleep=lambda _: None))


def administrator(sandbox: Sandbox) -> Administrator:
    """Who does what is done by hand."""
    return Administrator(sandbox.url, SUPER)


def asked(sandbox: Sandbox, token: str, content: str, **more: Any) -> requests.Response:
    """An answer that owes nothing to the code under test."""
    sent = {name: json.dumps(value) if isinstance(value, (list, dict)) else value for name, value in more.items()}
    answer = requests.post(sandbox.url, data={"token": token, "content": content, "format": "json", **sent}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer


def groups(sandbox: Sandbox, token: str) -> Mapping[str, str]:
    """The group of each user, '' for none."""
    rows = asked(sandbox, token, "userDagMapping").json()
    return {row["username"]: row["redcap_data_access_group"] for row in rows}


def stored(sandbox: Sandbox, token: str) -> list[dict[str, str]]:
    """What was entered: the fields that both definitions have."""
    names = ("record_id", "tp_name", "tp_kind", "mm_period", "mm_absent", "redcap_data_access_group")
    rows = asked(sandbox, token, "record", exportDataAccessGroups="true").json()
    return [{name: row[name] for name in names} for row in rows]


def dictionary(sandbox: Sandbox, token: str) -> list[dict[str, str]]:
    """The fields that REDCap has, cell by cell."""
    rows: list[dict[str, str]] = asked(sandbox, token, "metadata").json()
    return rows


def without(*names: str) -> Wanted:
    """The first definition without these fields."""
    wanted = first()
    kept = tuple(field for field in wanted.project.fields if field.field_name not in names)
    return replace(wanted, project=replace(wanted.project, fields=kept))
