"""Projects on a real sandbox REDCap whose clock the tests hold, and what is in them, read by other means than ours."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import requests

from breakthrough.instruments.field import COLUMNS
from breakthrough.pull import Pulled, Sizes, pull
from breakthrough.redcap.client import Client
from breakthrough.redcap.pace import Hosts
from breakthrough.store import Store
from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

SUPER_TOKEN = "FEDCBA9876543210" * 4
OWNER = "sandbox_owner"
UTC = ZoneInfo("UTC")
START = dt.datetime(2026, 3, 15, 6, 0, tzinfo=dt.UTC)
FEW = Sizes(2, 2)

_BLANK = dict.fromkeys(COLUMNS, "")

Row = dict[str, str]
Key = tuple[str, str, str, int]  # record, event, instrument, instance


def cell(name: str, form: str, kind: str = "text", **more: str) -> Row:
    """A row of a data dictionary."""
    return _BLANK | {"field_name": name, "form_name": form, "field_type": kind, "field_label": name} | more


DATE = {"text_validation_type_or_show_slider_number": "date_ymd"}
DICTIONARY = (
    cell("record_id", "team_profile"),
    cell("tp_name", "team_profile"),
    cell("tp_days", "team_profile", "checkbox", select_choices_or_calculations="1, Monday | 2, Tuesday"),
    cell("tc_aim", "team_charter", "notes"),
    cell("mm_period", "monthly_measures", **DATE),
    cell("sd_abs", "monthly_measures"),
)
REPEATING = ({"form_name": "monthly_measures", "custom_form_label": "[mm_period]"},)
MONTHLY = {"redcap_repeat_instrument": "monthly_measures"}


@dataclass
class Host:
    """A server, and the clock by which it and we go."""

    sandbox: Sandbox
    now: dt.datetime = START
    zone: ZoneInfo = UTC
    hosts: Hosts = field(default_factory=lambda: Hosts(sleep=lambda _: None))

    @property
    def admin(self) -> Administrator:
        return Administrator(self.sandbox.url, SUPER_TOKEN)

    def wait(self, **time: float) -> None:
        self.now += dt.timedelta(**time)

    def set_zone(self, name: str) -> None:
        self.zone = ZoneInfo(name)
        self.admin.set_timezone(name)

    def faults(self, *rules: Mapping[str, Any]) -> None:
        self.admin.set_faults(json.dumps({"rules": rules}) if rules else "")

    def client(self, token: str, **more: Any) -> Client:
        return Client(self.sandbox.url, token, **{"hosts": self.hosts} | more)

    def project(self, dictionary: Iterable[Row] = DICTIONARY, repeating: Sequence[Row] = REPEATING) -> Site:
        made = ask(self.sandbox.url, token=SUPER_TOKEN, content="project", data=[{"project_title": "T", "purpose": 3}])
        return Site(self, made.text[-32:], list(dictionary), repeating)


def ask(url: str, **payload: Any) -> requests.Response:
    """A question to the API that owes nothing to the code under test."""
    sent = {name: json.dumps(value) if isinstance(value, (list, dict)) else value for name, value in payload.items()}
    answer = requests.post(url, data={"format": "json", "returnFormat": "json", **sent}, timeout=20)
    assert answer.status_code == 200, answer.text
    return answer


class Site:
    """A project, as the people and administrators who work in it see it."""

    def __init__(self, host: Host, token: str, dictionary: list[Row], repeating: Sequence[Row]) -> None:
        self.host, self.token, self.dictionary = host, token, dictionary
        self.url = host.sandbox.url
        self.client = host.client(token)
        self.number = int(self.client.info()["project_id"])
        self.admin = host.admin
        self.admin.set_rights(self.number, OWNER, {"record_delete": 1, "record_rename": 1})
        self.design(dictionary)
        if repeating:
            self.client.import_repeating(repeating)

    # what people do

    def design(self, dictionary: Iterable[Row]) -> None:
        self.dictionary = list(dictionary)
        self.client.import_metadata(self.dictionary)

    def fill(self, teams: int = 5, months: int = 3) -> None:
        names = [f"T{n:03}" for n in range(1, teams + 1)]
        self.client.import_dags([{"data_access_group_name": name, "unique_group_name": ""} for name in names])
        self.enter(
            *(
                {"record_id": name, "redcap_data_access_group": name.lower(), "tp_name": f"Team {name}"}
                for name in names
            ),
            *(self.month(name, month, 100 * month) for name in names for month in range(1, months + 1)),
        )

    def month(self, record: str, number: int, absent: int) -> Row:
        period = f"2026-{number:02}-01"
        repeat = {"record_id": record, **MONTHLY, "redcap_repeat_instance": str(number)}
        return repeat | {"mm_period": period, "sd_abs": str(absent)}

    def enter(self, *rows: Row) -> None:
        keys = dict.fromkeys(tuple(row) for row in rows)
        for columns in keys:  # one import a kind of row
            some = [row for row in rows if tuple(row) == columns]
            ask(self.url, token=self.token, content="record", overwriteBehavior="overwrite", data=some)

    def delete(self, *records: str, **more: str) -> None:
        named = {f"records[{n}]": record for n, record in enumerate(records)}
        ask(self.url, token=self.token, content="record", action="delete", **named, **more)

    def rename(self, old: str, new: str) -> None:
        ask(self.url, token=self.token, content="record", action="rename", record=old, new_record_name=new)

    def user(self, name: str, rights: Mapping[str, int], group: str = "") -> str:
        """The token of a new user who may export everything, with those other rights, in that group."""
        forms = {row["instrument_name"]: 1 for row in self.client.instruments()}
        row = {"username": name, "api_export": 1, "forms_export": forms, **rights}
        ask(self.url, token=self.token, content="user", data=[row])
        if group:
            self.admin.set_user_group(self.number, name, group)
        return self.host.sandbox.token_for(self.number, name)

    # what we do

    def pull(self, store: Store, client: Client | None = None, **more: Any) -> Pulled:
        """A pull at this moment, by a clock that stands still."""
        given: dict[str, Any] = {
            "now": self.host.now,
            "zone": self.host.zone,
            "sizes": FEW,
            "clock": lambda: 0.0,
        } | more
        return pull(store, client or self.client, **given)

    # what is there

    def truth(self) -> dict[Key, Row]:
        """Everything the project holds, from an export one line a value; forms that nobody touched are left out."""
        lines = ask(self.url, token=self.token, content="record", type="eav").json()
        forms = {row["field_name"]: row["form_name"] for row in self.dictionary}
        boxes = {row["field_name"] for row in self.dictionary if row["field_type"] == "checkbox"}
        found: dict[Key, Row] = {}
        for line in lines:
            name, value = line["field_name"], str(line["value"])
            if name == self.dictionary[0]["field_name"]:
                continue
            form = line.get("redcap_repeat_instrument") or forms.get(name) or name.removesuffix("_complete")
            instance = int(line.get("redcap_repeat_instance") or 0)
            key = (str(line["record"]), line.get("redcap_event_name", ""), form, instance)
            if name in boxes:
                name, value = f"{name}___{value}", "1"
            found.setdefault(key, {})[name] = value
        return {key: values for key, values in found.items() if values != {f"{key[2]}_complete": "0"}}

    def groups(self) -> dict[str, str]:
        """The data access group of every record."""
        asked = {"fields[0]": self.dictionary[0]["field_name"], "exportDataAccessGroups": "true"}
        rows = ask(self.url, token=self.token, content="record", **asked).json()
        return {row[self.dictionary[0]["field_name"]]: row.get("redcap_data_access_group", "") for row in rows}


def held(store: Store, project: str = "main") -> dict[Key, Row]:
    """Everything the store holds of the project."""
    return {
        (e.key.record, e.key.event, e.key.instrument, e.key.instance): dict(e.values) for e in store.entries(project)
    }


def grouped(store: Store, project: str = "main") -> dict[str, str]:
    """The data access group of every record that the store holds an entry of."""
    return {e.key.record: e.dag for e in store.entries(project)}


def content(store: Store, project: str = "main") -> tuple[list[Any], list[Any], Any]:
    """All that a pull may change: entries, history and cursor."""
    return list(store.entries(project)), list(store.history(project)), store.cursor(project)
