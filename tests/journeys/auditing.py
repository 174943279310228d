"""A chart audit in a REDCap project of its own, beside the collaborative's, and a measure that is counted from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from breakthrough.demo import stage
from breakthrough.instruments.field import COLUMNS
from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

OWNER = "sandbox_owner"
CHOICES = "select_choices_or_calculations"
FIELDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("record_id", "child", {}),
    ("child_name", "child", {"identifier": "y"}),
    ("audit_date", "chart_audit", {"text_validation_type_or_show_slider_number": "date_ymd"}),
    ("tier", "chart_audit", {"field_type": "radio", CHOICES: "1, Low | 2, Middle | 3, High", "field_label": "Tier"}),
    ("plan_date", "chart_audit", {"text_validation_type_or_show_slider_number": "date_ymd"}),
)
# Record, group; instances of the chart audit: date, tier, date of the plan.
# Of T001, in March: 101/1 and 101/2 are of tier 2 or 3, and 101/1 has a plan of the last year: 1 of 2.
# Of T002, in March: 103/1 is of tier 1: nobody to count. 104 is in no group, and 102/2 has no date.
CHARTS = {
    ("101", "t001"): (("2026-03-02", "2", "2025-04-01"), ("2026-03-30", "3", "2024-01-01"), ("2026-02-01", "3", "")),
    ("102", "t001"): (("2026-03-15", "1", ""), ("", "2", "2026-01-01")),
    ("103", "t002"): (("2026-03-15", "1", ""),),
    ("104", ""): (("2026-03-15", "3", "2026-03-14"),),
}
PLAN = {
    "name": "Shared plan",
    "plain": "Of every 100 children of tier 2 and 3, how many have a plan made within a year",
    "kind": "process",
    "direction": "higher",
    "source": {"project": "audit", "form": "chart_audit", "date": "audit_date", "team": "dag"},
    "denominator": "[tier] >= 2",
    "numerator": "[tier] >= 2 and datediff([plan_date],[audit_date],'d') <= 365",
}


@dataclass(frozen=True)
class Api:
    """A REDCap project, as those who work in it see it."""

    url: str
    token: str

    def ask(self, content: str, **payload: Any) -> Any:
        sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        form = {"token": self.token, "content": content, "format": "json", "returnFormat": "json", **sent}
        answer = requests.post(self.url, data=form, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer

    def allow_deleting(self, sandbox: Sandbox) -> None:
        """Lets the project's owner delete and rename records, which REDCap does not by default."""
        number = int(self.ask("project").json()["project_id"])
        rights = {"record_delete": 1, "record_rename": 1}
        Administrator(sandbox.url, sandbox.super_token).set_rights(number, OWNER, rights)

    def define(self, *fields: tuple[str, str, dict[str, str]]) -> None:
        blank = dict.fromkeys(COLUMNS, "")
        rows = [
            blank | {"field_name": name, "form_name": form, "field_type": "text", "field_label": name} | more
            for name, form, more in fields
        ]
        self.ask("metadata", data=rows)

    def chart(self, record: str, group: str, instance: int, values: tuple[str, str, str]) -> None:
        place = {
            "record_id": record,
            "redcap_repeat_instrument": "chart_audit",
            "redcap_repeat_instance": str(instance),
            "redcap_data_access_group": group,
        }
        told = dict(zip(("audit_date", "tier", "plan_date"), values, strict=True))
        self.ask("record", overwriteBehavior="overwrite", data=[{**place, **told, "chart_audit_complete": "2"}])


def opened(sandbox: Sandbox, folder: Path) -> Api:
    """The audit's project with its charts, named in the deployment folder's settings, with a measure that counts it."""
    owner, worker = stage.new_project(sandbox, "Chart audit")
    audit = Api(sandbox.url, owner)
    audit.allow_deleting(sandbox)
    audit.define(*FIELDS)
    audit.ask("repeatingFormsEvents", data=[{"form_name": "chart_audit", "custom_form_label": ""}])
    groups = ("T001", "T002", "Elsewhere")
    audit.ask("dag", action="import", data=[{"data_access_group_name": n, "unique_group_name": ""} for n in groups])
    for (record, group), charts in CHARTS.items():
        named = {"record_id": record, "child_name": "Alice Planted", "redcap_data_access_group": group}
        audit.ask("record", data=[named])
        for number, values in enumerate(charts, 1):
            audit.chart(record, group, number, values)
    secret = folder / "secrets" / "audit.token"
    secret.touch(mode=0o600)
    secret.write_text(worker, encoding="utf-8")
    change(folder / "breakthrough.yaml", projects={"audit": {"url": sandbox.url, "token": "file:secrets/audit.token"}})
    change(folder / "collaborative.yaml", measures={"mh_plan": PLAN})
    return audit


def change(path: Path, **parts: dict[str, Any]) -> None:
    """Sets keys below parts of a settings file."""
    settings = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - all stay text
    for part, keys in parts.items():
        settings[part] = {**settings.get(part, {}), **keys}
    path.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
