"""The mail about drift as a real browser shows it."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest
from tests.browser.test_reports import _measured

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.instruments.plan import Plan, Step
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.views.drift import Change, Found, drift_report

pytestmark = pytest.mark.browser

LONG = "the_longest_name_of_a_field_that_redcap_will_take_without_any_blank_at_all_in_it_anywhere_to_wrap_at"

NINE = dt.datetime.fromisoformat("2026-03-17T09:14")  # by the server's clock


@pytest.fixture(scope="module")
def mail() -> str:
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        pytest.skip("CHROMIUM ABSENT: install the Debian package chromium to test the mail in a real browser")
    steps = (
        Step(
            "change field",
            "tp_name of team_profile",
            "the label is another",
            "safe",
            "change-field:tp_name:label",
            names=("tp_name", "team_profile"),
        ),
        Step("remove field", LONG, "not defined here; 12 records hold a value", "loses data", f"remove-field:{LONG}"),
        Step(
            "move user",
            "lou out of T001",
            "in the group T001",
            "review",
            "move-user:lou",
            by_hand=True,
            names=("lou", "T001"),
        ),
    )
    changes = (Change(NINE, "morgan.with.a.long.name@hospital.example.org", "Edit project field"),)
    found = Found("main", "Ours", Plan(steps, (LONG,)), changes, dt.date(2026, 2, 2), deployed=True, digest="abc")
    collaborative = collaboratives.load(Content().collaborative("absenteeism"))
    now = dt.datetime(2026, 3, 18, 6, 0, tzinfo=dt.UTC)
    return render.drift(drift_report(found, collaborative, Month("2026-02"), now), Content()).html


@pytest.mark.parametrize("width", [360, 800], ids=["phone", "wide"])
def test_it_fits_its_width_and_fetches_nothing(mail: str, tmp_path: Path, width: int) -> None:
    seen = _measured(mail, width, tmp_path)
    assert seen["overflow"] <= 0
    assert seen["fetched"] == seen["small"] == 0


def test_it_follows_the_readers_dark_mode(mail: str, tmp_path: Path) -> None:
    assert _measured(mail, 800, tmp_path)["ground"] != _measured(mail, 800, tmp_path, dark=True)["ground"]
