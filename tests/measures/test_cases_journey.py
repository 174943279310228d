"""A chart audit that an institution has had for long, from its REDCap to a figure and back down to the charts."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.measures.audits import PLAN, TEAMS, TODAY, several
from tests.measures.sheets import row

import redcap_sandbox
from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.instruments.field import COLUMNS
from breakthrough.measures import Design
from breakthrough.measures.cases import read
from breakthrough.month import Month
from breakthrough.pull import Need, pull
from breakthrough.redcap.client import Client
from breakthrough.store import Store, projects

SUPER_TOKEN = "0A1B2C3D4E5F6789" * 4
NOW = dt.datetime(2026, 7, 15, 6, 0, tzinfo=dt.UTC)
MARCH = Month("2026-03")
VALIDATION, CHOICES = "text_validation_type_or_show_slider_number", "select_choices_or_calculations"
# Record, group; instances of the chart audit: date, tier, date of the plan. Counted by hand below.
CHARTS = {
    ("101", "north_clinic"): (("2026-03-02", "2", "2025-04-01"), ("2026-03-30", "3", "2024-01-01"), ("2026-04-01", "3", "")),
    ("102", "north_clinic"): (("2026-03-15", "1", ""), ("", "2", "2026-01-01")),
    ("103", "t002"): (("2026-03-15", "1", ""),),
    ("104", ""): (("2026-03-15", "3", "2026-03-14"),),
}  # fmt: skip


class Audit:
    """The project, as those who work in it see it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.token = self._ask(token=SUPER_TOKEN, content="project", data=[{"project_title": "Audit", "purpose": 3}])[
            -32:
        ]

    def ask(self, content: str, **payload: Any) -> str:
        return self._ask(token=self.token, content=content, **payload)

    def _ask(self, **payload: Any) -> str:
        sent = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        answer = requests.post(self.url, data={"format": "json", "returnFormat": "json", **sent}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.text

    def define(self, *fields: tuple[str, str, dict[str, str]]) -> None:
        blank = dict.fromkeys(COLUMNS, "")
        rows = [blank | {"field_name": name, "form_name": form, "field_type": "text", "field_label": name} | more
                for name, form, more in fields]  # fmt: skip
        self.ask("metadata", data=rows)

    def enter(self, record: str, group: str, instance: int, values: tuple[str, str, str]) -> None:
        names = ("audit_date", "tier", "plan_date")
        place = {
            "record_id": record,
            "redcap_repeat_instrument": "chart_audit",
            "redcap_repeat_instance": str(instance),
            "redcap_data_access_group": group,
        }
        told = {**place, **dict(zip(names, values, strict=True)), "chart_audit_complete": "2"}
        self.ask("record", overwriteBehavior="overwrite", data=[told])


FIELDS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("record_id", "child", {}),
    ("child_name", "child", {"identifier": "y"}),
    ("audit_date", "chart_audit", {VALIDATION: "date_ymd"}),
    ("tier", "chart_audit", {"field_type": "radio", CHOICES: "1, Low | 2, Middle | 3, High"}),
    ("plan_date", "chart_audit", {VALIDATION: "date_ymd"}),
    ("remarks", "chart_audit", {"field_type": "notes"}),
)


@pytest.fixture
def audit(tmp_path: Path) -> Iterator[Audit]:
    with redcap_sandbox.serve(tmp_path / "sandbox", SUPER_TOKEN) as sandbox:
        made = Audit(sandbox.url)
        made.define(*FIELDS)
        made.ask("repeatingFormsEvents", data=[{"form_name": "chart_audit", "custom_form_label": ""}])
        names = ("North Clinic", "T002")
        made.ask("dag", action="import", data=[{"data_access_group_name": n, "unique_group_name": ""} for n in names])
        for (record, group), charts in CHARTS.items():
            made.ask(
                "record", data=[{"record_id": record, "child_name": "Alice Example", "redcap_data_access_group": group}]
            )
            for number, values in enumerate(charts, 1):
                made.enter(record, group, number, values)
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path}/store.sqlite") as opened:
        yield opened


@pytest.fixture
def what() -> Collaborative:
    source = {"project": "audit", "form": "chart_audit", "date": "audit_date", "team": "dag"}
    return several(mh_plan={**PLAN, "source": source | {"teams": {"north_clinic": "T001"}}})


def taken(store: Store, audit: Audit, what: Collaborative) -> measures.Cases:
    """What was pulled, and no more than the measure needs."""
    pull(store, Client(audit.url, audit.token), "audit", now=NOW, need=Need(what.case_fields("audit")), most_skew=None)
    with store.read() as connection:
        design = Design(store.dictionary("audit"), asked=projects.asked(connection, "audit"))
    return read(store, what, {"audit": design})


def frame(cases: measures.Cases, what: Collaborative) -> Any:
    return measures.results(
        what, [], teams=TEAMS, expected=lambda *_: True, today=TODAY, until=Month("2026-04"), cases=cases
    )  # fmt: skip


def test_an_audit_of_charts_is_pulled_counted_and_explained(store: Store, audit: Audit, what: Collaborative) -> None:
    cases = taken(store, audit, what)
    found = frame(cases, what)
    north, south = row(found, "mh_plan", "2026-03"), row(found, "mh_plan", "2026-03", "T002")
    assert (north.state, north.numerator, north.denominator, north.value) == ("reported", 1, 2, 50.0)
    assert (south.state, south.numerator, south.denominator) == ("no_cases", 0, 0)
    assert row(found, "mh_plan", "2026-04").value == 0.0
    assert row(found, "mh_plan", "2026-04", "T002").state == "missing"
    told = {
        (one.code, one.team): [key.record for key in one.rows] for one in measures.uncounted(cases, what, TEAMS, TODAY)
    }
    assert told == {("no_team", ""): ["104"], ("no_date", "T001"): ["102"]}

    behind = measures.lineage(cases, what, "mh_plan", "T001", MARCH, teams=TEAMS)
    assert [(one.key.record, one.key.instance, one.in_denominator, one.in_numerator) for one in behind] == [
        ("101", 1, True, True),
        ("101", 2, True, False),
        ("102", 1, False, False),
    ]
    plan = behind[0].values[-1]
    assert (plan.value, plan.key) == ("2025-04-01", EntryKey("audit", "101", "", "chart_audit", 1))
    assert plan.key is not None
    assert store.trace(plan.key, plan.column).value == plan.value


def test_no_name_and_no_remark_of_a_chart_is_pulled(store: Store, audit: Audit, what: Collaborative) -> None:
    taken(store, audit, what)
    held = {name for entry in store.entries("audit") for name in entry.values}
    assert held == what.case_fields("audit")


def test_a_correction_in_redcap_changes_the_figure_at_the_next_pull(
    store: Store, audit: Audit, what: Collaborative
) -> None:
    taken(store, audit, what)
    audit.enter("102", "north_clinic", 2, ("2026-03-20", "2", "2026-01-01"))
    north = row(frame(taken(store, audit, what), what), "mh_plan", "2026-03")
    assert (north.numerator, north.denominator) == (2, 3)


def test_a_field_that_is_renamed_in_redcap_blocks_the_measure_rather_than_counting_nobody(
    store: Store, audit: Audit, what: Collaborative
) -> None:
    taken(store, audit, what)
    audit.define(*(("level" if name == "tier" else name, form, more) for name, form, more in FIELDS))
    cases = taken(store, audit, what)
    (blocked,) = cases.blocked
    assert blocked.measure == "mh_plan"
    assert blocked.reasons == (
        "Its denominator, character 2: There is no field 'tier'. (project 'audit')",
        "Its numerator, character 2: There is no field 'tier'. (project 'audit')",
    )
    assert len(frame(cases, what)) == 0
