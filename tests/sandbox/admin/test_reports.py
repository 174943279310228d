"""Reports, which people set up on a page and the API exports."""

from __future__ import annotations

import pytest
from tests.sandbox.admin.conftest import Project

from redcap_sandbox import Refusal
from redcap_sandbox.client import Administrator


def test_a_report_is_set_up_and_exported(clinic: Project, admin: Administrator) -> None:
    clinic.owner.save({"record_id": "1", "weight": "70"}, {"record_id": "2", "weight": "90"})
    number = admin.add_report(
        clinic.number,
        title="Heavy",
        redcap_reports_fields="record_id,weight",
        advanced_logic="[weight] > 80",
    )
    rows = clinic.owner.json("report", report_id=str(number))
    assert [(row["record_id"], row["weight"]) for row in rows] == [("2", "90")]
    assert clinic.designs()[0] == ("site_admin", f"Create report (report: Heavy, report_id: {number})")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"redcap_reports_fields": "record_id,nothing"}, '"redcap_reports_fields" are not valid: .nothing.'),
        ({"redcap_reports_fields": "record_id", "advanced_logic": "[weight"}, "filter logic is not valid"),
        ({"redcap_reports_fields": "record_id", "advanced_logic": "[nothing] = 1"}, "no field nothing"),
        ({"redcap_reports_fields": "record_id", "Title": "x"}, '"settings" are not valid: .Title.'),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(
    still: Project, admin: Administrator, settings: dict[str, str], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        admin.add_report(still.number, **settings)
    assert not any("report" in details for _, details in still.designs())
