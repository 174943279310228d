"""A whole new project as project XML, read by a REDCap that answers over HTTP."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.errors import SettingInvalid
from breakthrough.instruments import dictionary, odm, package, plan
from breakthrough.instruments import project as projects
from breakthrough.instruments.package import reports
from breakthrough.instruments.plan import Wanted
from breakthrough.instruments.project import EVERY_TIER
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from redcap_sandbox import serve

SUPER = "0123456789ABCDEF" * 4
NOW = dt.datetime(2026, 3, 1, 6, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def collaborative() -> Collaborative:
    return collaboratives.load(Content().collaborative("absenteeism"))


def test_a_project_made_from_the_xml_has_everything_and_a_plan_finds_nothing_to_do(
    collaborative: Collaborative, tmp_path: Path
) -> None:
    project = projects.load(Content(), collaborative, tiers=EVERY_TIER)
    xml = package.xml(Content(), project, ["T001", "T002"], "Attendance 2026", NOW)

    with serve(tmp_path / "sandbox", SUPER) as sandbox:

        def ask(token: str, content: str, **more: str) -> requests.Response:
            sent = {"token": token, "content": content, "format": "json", **more}
            answer = requests.post(sandbox.url, data=sent, timeout=20)
            assert answer.status_code == 200, answer.text
            return answer

        row: list[dict[str, Any]] = [{"project_title": "Attendance 2026", "purpose": 3}]
        token = ask(SUPER, "project", data=json.dumps(row), odm=xml.decode()).text[-32:]
        client = Client(sandbox.url, token)
        assert plan.make(Wanted(project, ("T001", "T002")), live.look(client, project)) == plan.Plan(())
        assert client.metadata() == dictionary.rows(project.fields)
        labels = {one["instrument_name"]: one["instrument_label"] for one in client.instruments()}
        assert labels["monthly_measures"] == "Monthly figures"  # which no dictionary could tell it
        whole = odm.parse(client.project_xml(), "export")
        assert [one.title for one in whole.surveys] == ["The senior leader's answer"]
        assert [one.title for one in whole.reports] == [
            "Teams", "Monthly figures", "Monthly reports", "Requests for help", "Tests of change", "Coaches' ratings",
            "Attendance",
        ]  # fmt: skip
        client.import_records(
            [
                {"record_id": "T001", "tp_name": "Alder", "redcap_repeat_instrument": "", "redcap_repeat_instance": ""},
                *(
                    {
                        "record_id": "T001",
                        "redcap_repeat_instrument": "monthly_report",
                        "redcap_repeat_instance": str(instance),
                        "mr_period": period,
                        "mr_ask": asked,
                    }
                    for instance, period, asked in ((1, "2026-03-01", ""), (2, "2026-04-01", "More time"))
                ),
            ]
        )
        rows = ask(token, "report", report_id="4").json()
        assert [(one["record_id"], one["mr_period"], one["mr_ask"]) for one in rows] == [
            ("T001", "2026-04-01", "More time")
        ]


def test_a_report_shows_only_what_the_project_has_and_none_is_made_of_nothing(collaborative: Collaborative) -> None:
    project = projects.load(Content(), collaborative)
    few = projects.load(Content(), collaborative, "session_evaluation")
    listed = {one.title: one.fields for one in reports.load(Content(), project)}
    assert listed["Coaches' ratings"][:3] == ("record_id", "cr_period", "cr_coach")
    texts = {field.field_name for field in project.fields_of("monthly_measures") if field.field_type == "descriptive"}
    assert texts
    assert texts.isdisjoint(listed["Monthly figures"])  # they hold nothing
    assert reports.load(Content(), few) == ()


def test_a_deployments_own_reports_take_the_place_of_the_shipped_ones(
    collaborative: Collaborative, tmp_path: Path
) -> None:
    (tmp_path / "instruments").mkdir()
    file = tmp_path / "instruments" / "redcap_reports.yaml"
    file.write_text("reports:\n  - {title: Mine, fields: [tp_name, not_there], order: [-tp_name]}\n")
    project = projects.load(Content(), collaborative)
    (report,) = reports.load(Content(tmp_path), project)
    assert report.settings == {
        "title": "Mine", "redcap_reports_fields": "record_id,tp_name", "advanced_logic": "", "filter_type": "EVENT",
        "output_dags": "1", "orderby_field1": "tp_name", "orderby_sort1": "DESC",
    }  # fmt: skip
    file.write_text("reports:\n  - {titel: Mine}\n")
    with pytest.raises(SettingInvalid, match=r"redcap_reports\.yaml, line 2"):
        reports.load(Content(tmp_path), project)
