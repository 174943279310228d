"""Every step that a plan can hold is told in a sentence of the catalogue, with the names it is about."""

from __future__ import annotations

from typing import get_args

import pytest

from breakthrough.instruments.plan import PARTS, Kind, Step
from breakthrough.reporting.sentences import steps


@pytest.mark.parametrize(
    ("kind", "what", "name", "told"),
    [
        ("change field", "tp_name of team_profile", "change-field:tp_name:label", "Change field tp_name of team_profile"),
        ("move user", "lou from North to South", "move-user:lou", "Move user lou from North to South"),
        ("move user", "lou out of North", "move-user:lou", "Move user lou out of North"),
        ("move user", "lou to South", "move-user:lou", "Move user lou to South"),
        ("change setting", "secondary_unique_field to 'tp_name'", "change-setting:secondary_unique_field",
         "Change setting secondary_unique_field to 'tp_name'"),
        ("label repeats", "of storyboard with '[sb_event]'", "label-repeats:storyboard",
         "Label repeats of storyboard with '[sb_event]'"),
        ("give role", "Coach to lou", "give-role:lou", "Give the role Coach to lou"),
        ("add user", "lou as Coach", "add-user:lou", "Add user lou as Coach"),
        ("take rights", "of lou", "take-rights:lou", "Take the rights of lou"),
        ("order fields", "of the dictionary", "order-fields", "Put the fields of the dictionary in order"),
    ],
)  # fmt: skip
def test_a_step_is_told_with_the_names_it_is_about(kind: Kind, what: str, name: str, told: str) -> None:
    assert steps.what(Step(kind, what, "", "safe", name)) == told


def test_no_kind_of_step_and_no_part_is_without_a_sentence() -> None:
    assert {kind for kind, _ in steps._WHAT} == set(get_args(Kind))
    assert [steps.part(one) for one in PARTS] == [one[0].upper() + one[1:] for one in PARTS]
