"""The worsening flag under rule sets that have trends and months near a limit."""

from __future__ import annotations

import dataclasses

import pytest
from tests.teams.desk import MONTH, changed, figures, flags, profile

from breakthrough import measures
from breakthrough.measures import Signal
from breakthrough.measures.values import Rule
from breakthrough.month import Month


@pytest.mark.parametrize(
    ("rule", "count", "evidence"),
    [
        ("trend", 5, "Absence rate: worsening signal. Five months in a row rising, November 2025 to March 2026."),
        (
            "two_of_three",
            2,
            (
                "Absence rate: worsening signal. Two months close to the limit above the baseline median, November 2025 to "
                "March 2026."
            ),
        ),
    ],
)
def test_the_flag_says_what_was_seen(rule: Rule, count: int, evidence: str) -> None:
    what = changed({"rules": "ihi"})
    entries = [profile(), figures("2026-03", {"sd_abs": 7_000, "sd_poss": 100_000})]
    frame = measures.results(what, entries, teams=["T001"], expected=lambda *_: True, today=MONTH.last, until=MONTH)
    drawn = measures.chart(frame, what, "T001", "ca_day")
    months = tuple(Month("2025-11").to(MONTH))
    seen = Signal(rule, "worsening", months, months[0], "baseline median", count, 5)
    charts = {("T001", "ca_day"): dataclasses.replace(drawn, verdict="worsening", signals=(seen,))}
    flag = flags(*entries, what=what, charts=charts)["worse"]
    assert flag.evidence == evidence
    assert flag.since == months[0].first
