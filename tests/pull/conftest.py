"""A collaborative's project on a real sandbox REDCap, and an empty store beside it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

import redcap_sandbox
from breakthrough.redcap.client import Client
from breakthrough.store import Store
from redcap_sandbox import Sandbox

SUPER_TOKEN = "FEDCBA9876543210" * 4
REPEAT = {"redcap_repeat_instrument": "monthly_measures"}


def field(name: str, form: str, kind: str = "text", **more: str) -> dict[str, str]:
    columns = (
        "field_name form_name section_header field_type field_label select_choices_or_calculations field_note "
        "text_validation_type_or_show_slider_number text_validation_min text_validation_max identifier branching_logic "
        "required_field custom_alignment question_number matrix_group_name matrix_ranking field_annotation"
    )
    blank = dict.fromkeys(columns.split(), "")
    return blank | {"field_name": name, "form_name": form, "field_type": kind, "field_label": name} | more


DICTIONARY = [
    field("record_id", "team_profile"),
    field("tp_name", "team_profile"),
    field("tp_days", "team_profile", "checkbox", select_choices_or_calculations="1, Monday | 2, Tuesday"),
    field("tc_aim", "team_charter", "notes"),
    field("mm_period", "monthly_measures", text_validation_type_or_show_slider_number="date_ymd"),
    field("sd_abs", "monthly_measures", text_validation_type_or_show_slider_number="integer"),
]


def ask(url: str, **payload: Any) -> Any:
    """A question to the API that owes nothing to the code under test."""
    answer = requests.post(url, data=payload, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer


class Site:
    """The project, as the people and administrators who work in it see it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.url = sandbox.url
        self.token = self.create_project()
        self.client = Client(self.url, self.token)
        me = self.client.users()[0]["username"]
        rights = json.dumps([{"username": me, "record_delete": 1}])
        ask(self.url, token=self.token, content="user", format="json", returnFormat="json", data=rights)

    def create_project(self) -> str:
        made = ask(
            self.url,
            token=SUPER_TOKEN,
            content="project",
            format="json",
            data='[{"project_title": "Attendance", "purpose": 3}]',
        )
        return str(made.text[-32:])

    def fill(self, teams: int, months: int) -> None:
        self.client.import_metadata(DICTIONARY)
        self.client.import_repeating([{"form_name": "monthly_measures", "custom_form_label": "[mm_period]"}])
        names = [f"T{n:03}" for n in range(1, teams + 1)]
        self.client.import_dags([{"data_access_group_name": name, "unique_group_name": ""} for name in names])
        for name in names:
            self.enter({"record_id": name, "redcap_data_access_group": name.lower(), "tp_name": f"Team {name}"})
        for month in range(1, months + 1):
            self.enter(*(self.month(name, month, 100 * month) for name in names))

    def month(self, record: str, number: int, absent: int) -> dict[str, str]:
        period = f"2026-{number:02}-01"
        return {
            "record_id": record,
            **REPEAT,
            "redcap_repeat_instance": str(number),
            "mm_period": period,
            "sd_abs": str(absent),
        }

    def enter(self, *rows: dict[str, str]) -> None:
        ask(
            self.url,
            token=self.token,
            content="record",
            format="json",
            returnFormat="json",
            overwriteBehavior="overwrite",
            data=json.dumps(rows),
        )

    def member(self, group: str) -> Client:
        """A client of a new user in that data access group."""
        for content, row in (
            ("user", {"username": "member", "api_export": 1, "forms_export": self.full_export()}),
            ("userDagMapping", {"username": "member", "redcap_data_access_group": group}),
        ):
            more = {} if content == "user" else {"action": "import"}
            ask(
                self.url,
                token=self.token,
                content=content,
                format="json",
                returnFormat="json",
                data=json.dumps([row]),
                **more,
            )
        number = self.client.info()["project_id"]
        return Client(self.url, self.sandbox.token_for(number, "member"))

    def full_export(self) -> dict[str, int]:
        """The right to export every form, which a new user does not have."""
        return {form["instrument_name"]: 1 for form in self.client.instruments()}

    def delete(self, record: str, **more: str) -> None:
        ask(
            self.url,
            **{
                "token": self.token,
                "content": "record",
                "action": "delete",
                "returnFormat": "json",
                "records[0]": record,
            },
            **more,
        )

    def truth(self) -> dict[tuple[str, str, int], dict[str, str]]:
        """What the project holds, read by other means than the code under test: EAV, one line a value."""
        lines = ask(self.url, token=self.token, content="record", format="json", type="eav").json()
        forms = {row["field_name"]: row["form_name"] for row in DICTIONARY}
        found: dict[tuple[str, str, int], dict[str, str]] = {}
        for line in lines:
            name, value = line["field_name"], str(line["value"])
            if name == "record_id":
                continue
            form = line.get("redcap_repeat_instrument") or forms.get(name) or name.removesuffix("_complete")
            key = (str(line["record"]), form, int(line.get("redcap_repeat_instance") or 0))
            if name == "tp_days":
                name, value = f"tp_days___{value}", "1"
            found.setdefault(key, {})[name] = value
        return {key: values for key, values in found.items() if values != {f"{key[1]}_complete": "0"}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with redcap_sandbox.serve(tmp_path / "sandbox", SUPER_TOKEN) as sandbox:
        made = Site(sandbox)
        made.fill(teams=5, months=3)
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


@pytest.fixture
def now() -> dt.datetime:
    return dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)
