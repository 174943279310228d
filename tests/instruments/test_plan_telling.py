from __future__ import annotations

import json
from dataclasses import replace

import pytest

from breakthrough.instruments import plan
from breakthrough.instruments.field import Field
from breakthrough.instruments.plan import PARTS, Held, Live, Plan, Step, Unseen, Wanted
from breakthrough.instruments.project import Instrument, Project

FIELDS = (Field("record_id", "base"), Field("pipe", "ask", field_label="a|b *c*"))
PROJECT = Project(
    FIELDS, (Instrument("base", "Base"), Instrument("ask", "Ask us", survey=True)),
    settings={"surveys_enabled": "1", "custom_record_label": "[pipe]"},
)  # fmt: skip
SETTINGS = {"project_id": "7", "surveys_enabled": "1", "custom_record_label": "[pipe]", "in_production": "0"}
LIVE = Live(FIELDS, {}, {"t001": "T001"}, records=3, held={}, settings=SETTINGS, surveys=frozenset({"ask"}))


def made(live: Live, project: Project = PROJECT) -> Plan:
    return plan.make(Wanted(project, ("T001",)), live)


def test_a_project_that_agrees_has_nothing_to_do() -> None:
    found = made(LIVE)
    assert found == Plan(())
    assert plan.words(found) == "Nothing to do: REDCap has everything as it is defined here."
    assert plan.as_json(found) == {
        "steps": [],
        "remarks": [],
        "complete": True,
        "not_compared": [],
        "risks": {"loses data": 0, "review": 0, "safe": 0},
    }


@pytest.mark.parametrize(
    ("live", "unseen"),
    [
        (replace(LIVE, unseen=(Unseen("people"),)), "roles and users: the token's user has no right to User Rights"),
        (replace(LIVE, sees_all=False), "what is stored: the token's user is in a data access group"),
        (
            replace(LIVE, sees_all=False, unseen=(Unseen("records"),)),
            "the records of all teams: the token's user is in a",
        ),
    ],
)
def test_where_the_token_does_not_see_everything_nothing_to_do_is_not_said_of_everything(
    live: Live, unseen: str
) -> None:
    found = made(live)
    assert (found.steps, found.complete, len(found.uncompared)) == ((), False, 1)
    (listed, summary) = plan.words(found).splitlines()
    assert listed.startswith(f"Not compared: {unseen}")
    assert summary == "Nothing to do in what this token can see. Not everything was compared."
    assert f"### Not compared\n\n- {unseen}" in plan.markdown(found, "t")
    said = plan.as_json(found)
    assert said["complete"] is False
    assert said["not_compared"][0].startswith(unseen)


@pytest.mark.parametrize(
    ("name", "now", "said", "risk"),
    [
        ("custom_record_label", "", "change setting custom_record_label to '[pipe]': now ''", "safe"),
        ("surveys_enabled", "0", "change setting surveys_enabled to '1': now '0'", "safe"),
    ],
)
def test_settings_that_are_named_here_are_compared(name: str, now: str, said: str, risk: str) -> None:
    (step,) = made(replace(LIVE, settings=SETTINGS | {name: now})).steps
    assert (str(step), step.risk, step.part) == (said, risk, "project settings")
    assert (step.name, step.key) == (f"change-setting:{name}", name)


def test_a_setting_that_the_server_does_not_tell_is_left_alone() -> None:
    assert made(replace(LIVE, settings={"project_id": "7"})).steps == ()


def test_surveys_that_go_off_are_for_a_look() -> None:
    off = replace(PROJECT, settings={"surveys_enabled": "0"})
    (step,) = made(replace(LIVE, settings={"surveys_enabled": "1"}), off).steps
    assert (step.evidence, step.risk) == (
        "now '1'; links to surveys that people have been sent no longer open",
        "review",
    )


def test_a_setting_by_which_values_are_erased_is_for_a_look() -> None:
    prompt = "bypass_branching_erase_field_prompt"
    (step,) = made(replace(LIVE, settings={prompt: "0"}), replace(PROJECT, settings={prompt: "1"})).steps
    assert step.risk == "review"


def test_surveys_are_switched_by_hand() -> None:
    on, off = made(replace(LIVE, surveys=frozenset({"base"}))).steps
    assert {(one.name, one.by_hand) for one in (on, off)} == {
        ("switch-on-survey:ask", True),
        ("switch-off-survey:base", True),
    }
    assert made(replace(LIVE, surveys=None)).steps == ()


def test_forms_that_redcap_calls_otherwise_are_told_and_nothing_to_do() -> None:
    found = made(replace(LIVE, labels={"base": "Base", "ask": "Ask", "gone": "Gone"}))
    assert found.steps == ()
    assert found.remarks == (
        "REDCap calls forms otherwise, and no API can name them: to rename them in the Online Designer, ask 'Ask us'.",
    )


CHANGED = made(
    replace(
        LIVE,
        fields=(*FIELDS, Field("old", "ask"), Field("a_b", "ask", field_type="radio", select_choices_or_calculations="1, X")),
        held={"old": Held(12, {}), "a_b": Held(0, {})}, groups={}, unseen=(Unseen("people"),),
    )
)  # fmt: skip


def test_the_plan_in_words_has_each_step_with_its_evidence_and_name() -> None:
    assert plan.words(CHANGED) == (
        "Dictionary:\n"
        "  remove field old of ask [loses data]\n"
        "      not defined here; 12 records hold a value in it\n"
        "      remove-field:old\n"
        "  remove field a_b of ask [review]\n"
        "      not defined here; it holds no value\n"
        "      remove-field:a_b\n"
        "Data access groups:\n"
        "  add group T001 [safe]\n"
        "      team T001 has no data access group in REDCap\n"
        "      add-group:T001\n"
        "Not compared: roles and users: the token's user has no right to User Rights\n"
        "3 steps: 1 loses data, 1 review, 1 safe. Not everything was compared."
    )


def test_a_pull_request_gets_what_loses_data_first_and_a_table_a_part() -> None:
    assert plan.markdown(CHANGED, "Plan for main") == (
        "## Plan for main\n"
        "\n"
        "3 steps: 1 loses data, 1 review, 1 safe. Not everything was compared.\n"
        "\n"
        "**These steps lose data**, and are done only when each is allowed by name:\n"
        "\n"
        "- `remove-field:old`: not defined here; 12 records hold a value in it\n"
        "\n"
        "### Dictionary\n"
        "\n"
        "| step | evidence | class |\n"
        "|---|---|---|\n"
        "| remove field old of ask | not defined here; 12 records hold a value in it | **loses data** |\n"
        "| remove field a\\_b of ask | not defined here; it holds no value | review |\n"
        "\n"
        "### Data access groups\n"
        "\n"
        "| step | evidence | class |\n"
        "|---|---|---|\n"
        "| add group T001 | team T001 has no data access group in REDCap | safe |\n"
        "\n"
        "### Not compared\n"
        "\n"
        "- roles and users: the token's user has no right to User Rights\n"
        "\n"
        "*loses data*: stored values would be lost; *review*: look before you let it happen; *safe*: nothing stored "
        "changes.\n"
    )


def test_a_label_cannot_break_out_of_its_cell() -> None:
    step = Step("label repeats", "of x with 'a | b\n<b>`c`'", "now ''", name="label-repeats:x")
    (row,) = [line for line in plan.markdown(Plan((step,)), "t").splitlines() if "of x" in line]
    assert row == "| label repeats of x with 'a \\| b \\<b\\>\\`c\\`' | now '' | safe |"


def test_programs_get_every_step_with_its_name_part_and_risk() -> None:
    found = json.loads(json.dumps(plan.as_json(CHANGED)))
    assert found["risks"] == {"loses data": 1, "review": 1, "safe": 1}
    assert found["steps"][0] == {
        "name": "remove-field:old",
        "part": "dictionary",
        "kind": "remove field",
        "what": "old of ask",
        "evidence": "not defined here; 12 records hold a value in it",
        "risk": "loses data",
        "by_hand": False,
    }


def test_steps_stand_in_the_order_of_the_parts_and_losses_and_hand_work_are_told_apart() -> None:
    live = replace(
        LIVE, surveys=frozenset(), settings=SETTINGS | {"surveys_enabled": "0"}, groups={}, repeating={"ask": ""}
    )
    found = made(live)
    assert [step.part for step in found.steps] == [PARTS[n] for n in (1, 2, 5, 6)]
    assert [step.name for step in found.losses] == ["stop-repeating:ask"]
    assert [step.name for step in found.steps if step not in found.to_send] == ["switch-on-survey:ask"]
    assert found.part("data access groups")[0].key == "T001"
    assert plan.summary(found) == "4 steps: 1 loses data, 3 safe; 1 by hand."


def test_the_live_project_tells_what_it_is() -> None:
    assert (LIVE.project_id, LIVE.in_production, LIVE.is_longitudinal) == (7, False, False)
    other = replace(LIVE, settings={"in_production": "1", "is_longitudinal": "1"})
    assert (other.project_id, other.in_production, other.is_longitudinal) == (None, True, True)
