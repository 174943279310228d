"""`flags:` of collaborative.yaml: the defaults are domain §7.4's, and a slip of the keyboard is named."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from tests.teams.desk import changed, collaborative

from breakthrough.collaborative import FlagCode, Flags
from breakthrough.errors import SettingInvalid
from breakthrough.teams.flags import RULES


def test_the_defaults_are_those_of_the_domain() -> None:
    known = collaborative().flags
    assert known == Flags()
    assert (known.ask_days, known.silent_months, known.test_days, known.stuck_days, known.big_scale) == (
        7,
        2,
        45,
        30,
        4,
    )
    assert (known.gap, known.claim_score, known.claim_stale, known.claim_run, known.plateau_months) == (1, 3, 1, 4, 3)
    assert (known.missed_events, known.leader_days, known.driver_session, known.driver_stage) == (2, 60, 2, 3)
    assert (known.unrated_days, known.jump, known.unchanged_months) == (5, 0.5, 3)


def test_every_flag_has_a_code_and_a_rule() -> None:
    assert len(get_args(FlagCode)) == len(RULES) == 15


def test_one_threshold_can_be_changed_and_the_others_stay() -> None:
    known = changed({"flags": {"test_days": 30, "trajectory": {"testing": 2.0}, "unused": ["leader", "gap"]}}).flags
    assert (known.test_days, known.stuck_days, known.unused) == (30, 30, ("leader", "gap"))
    assert [known.trajectory.at(stage, 4.0) for stage in ("learning", "testing", "spreading", "sustaining")] == [
        1.5,
        2,
        3.5,
        4,
    ]


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"test_day": 30}, "Did you mean 'test_days'"),
        ({"unused": ["leaders"]}, "unused"),
        ({"trajectory": {"tests": 2}}, "trajectory"),
        ({"gap": 0}, "gap"),
        ({"big_scale": 7}, "big_scale"),
        ({"silent_months": 0}, "silent_months"),
    ],
)
def test_what_cannot_be_is_refused_by_name(flags: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingInvalid, match=says):
        changed({"flags": flags})


def test_a_sponsors_promises_are_kept_with_their_days() -> None:
    sponsor = changed(
        {"sponsor": {"name": "The county", "commitments": [{"what": "Supply cover", "by": "2026-01-01"}]}}
    ).sponsor
    assert sponsor is not None
    assert [(one.what, one.kept) for one in sponsor.commitments] == [("Supply cover", None)]
    assert collaborative().sponsor is None
