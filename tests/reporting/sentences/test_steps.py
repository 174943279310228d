"""Every step that a plan can hold is told in a sentence of the catalogue, with the names it is about."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from breakthrough import language
from breakthrough.instruments import plan
from breakthrough.instruments.access import RoleFile
from breakthrough.instruments.accounts import Account
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import PARTS, Kind, Live, LiveRole, LiveUser, Step, Wanted
from breakthrough.instruments.project import Instrument, Project
from breakthrough.reporting.sentences import steps


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step("change field", "tp_name of team_profile", "", name="change-field:tp_name:label",
              names=("tp_name", "team_profile")), "Change field tp_name of team_profile"),
        (Step("move user", "lou from North to South", "", name="move-user:lou", names=("lou", "North", "South")),
         "Move user lou from North to South"),
        (Step("move user", "lou out of North", "", name="move-user:lou", names=("lou", "North")),
         "Move user lou out of North"),
        (Step("move user", "lou to South", "", name="move-user:lou", names=("lou", "South")), "Move user lou to South"),
        (Step("change setting", "secondary_unique_field to 'tp_name'", "", name="change-setting:secondary_unique_field",
              names=("secondary_unique_field", "'tp_name'")), "Change setting secondary_unique_field to 'tp_name'"),
        (Step("label repeats", "of storyboard with '[sb_event]'", "", name="label-repeats:storyboard",
              names=("storyboard", "'[sb_event]'")), "Label repeats of storyboard with '[sb_event]'"),
        (Step("give role", "Coach to lou", "", name="give-role:lou", names=("Coach", "lou")),
         "Give the role Coach to lou"),
        (Step("add user", "lou as Coach", "", name="add-user:lou", names=("lou", "Coach")), "Add user lou as Coach"),
        (Step("take rights", "of lou", "", name="take-rights:lou"), "Take the rights of lou"),
        (Step("order fields", "of the dictionary", "", name="order-fields"),
         "Put the fields of the dictionary in order"),
    ],
)  # fmt: skip
def test_a_step_is_told_with_the_names_it_is_about(step: Step, told: str) -> None:
    assert steps.what(step) == told


def test_no_kind_of_step_and_no_part_is_without_a_sentence() -> None:
    assert {kind for kind, _ in steps._WHAT} == set(get_args(Kind))
    assert [steps.part(one) for one in PARTS] == [one[0].upper() + one[1:] for one in PARTS]


GERMAN = """
msgid "Move user {name} from {former} to {other}"
msgstr "{name} nach „{other}“ umsetzen, aus „{former}“"

msgid "Move user {name} out of {other}"
msgstr "{name} aus „{other}“ nehmen"

msgid "Move user {name} to {other}"
msgstr "{name} nach „{other}“ setzen"

msgid "Give the role {name} to {other}"
msgstr "{other} die Rolle „{name}“ geben"
"""


@pytest.mark.parametrize(
    ("now", "role", "team", "told"),
    [
        ("Schools A to B", "member", "T002", "ann nach „T002“ umsetzen, aus „Schools A to B“"),
        ("Schools A to B", "member", "C to D", "ann nach „C to D“ umsetzen, aus „Schools A to B“"),
        ("Care out of hours", "member", "T002", "ann nach „T002“ umsetzen, aus „Care out of hours“"),
        ("", "member", "Letters from A", "ann nach „Letters from A“ setzen"),
        ("Letters from A to B", "coach", "", "ann aus „Letters from A to B“ nehmen"),
        ("T002", "aide", "T002", "ann die Rolle „Assistant to the dean“ geben"),
    ],
)
def test_names_with_the_words_of_the_sentence_in_them_are_told_whole_in_any_order(
    tmp_path: Path, now: str, role: str, team: str, told: str
) -> None:
    roles = {
        "member": RoleFile(label="Member", group="team", edits=("team",)),
        "coach": RoleFile(label="Coach", edits=("team",)),
        "aide": RoleFile(label="Assistant to the dean", group="team", edits=("team",)),
    }
    fields = (Field("record_id", "base"),)
    project = Project(fields, (Instrument("base", "Base", by="team"),), roles=roles)
    grants = {key: project.grants(key) for key in roles}
    held = [LiveRole(f"U-{key}", one.label, grants[key].rights, grants[key].forms, grants[key].exports)
            for key, one in roles.items()]  # fmt: skip
    groups = {f"g{at}": name for at, name in enumerate({now, team} - {""})}
    unique = next((key for key, name in groups.items() if name == now), "")
    ann = LiveUser("ann", unique, "U-coach" if role == "coach" else "U-member")
    live = Live(fields, {}, groups, records=1, held={}, roles=tuple(held), users=(ann,))
    (step,) = plan.make(Wanted(project, (team,) if team else (), (Account("ann", role, team),)), live).steps
    catalogue = tmp_path / "de.po"
    catalogue.write_text(GERMAN, encoding="utf-8")
    with language.speaking(language.load("de", [catalogue])):
        assert steps.what(step) == told
