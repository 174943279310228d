"""A person saves a form whose branching hides fields: what is erased, and what stays."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.admin.conftest import Join, NewProject, Project
from tests.sandbox.conftest import Clock, field

from redcap_sandbox import Refusal
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"


@pytest.fixture
def smoker(clinic: Project, admin: Administrator) -> Project:
    """The clinic with record 1, who smokes."""
    typed = {"smokes": "1", "packs": "2", "brands___1": "1"}
    admin.save_form(clinic.number, ME, "1", "visit", typed, status="2")
    return clinic


HIDDEN = {"fields": "packs,brands,cigarettes,burden"}


def test_what_is_hidden_is_erased_calculations_too(smoker: Project, admin: Administrator) -> None:
    saved = admin.save_form(smoker.number, ME, "1", "visit", {"smokes": "0"})
    assert saved == {"record": "1", "warnings": [], "erased": ["brands", "cigarettes", "packs"]}
    assert smoker.row("1", **HIDDEN) == {
        "packs": "",
        "brands___1": "0",
        "brands___2": "0",
        "cigarettes": "",
        "burden": "",
    }
    assert smoker.log()[:2] == [
        (ME, "Update record (Auto calculation) 1", "burden = ''"),
        (ME, "Update record 1", "smokes = '0', packs = '', brands(1) = unchecked, cigarettes = ''"),
    ]


def test_a_person_may_keep_what_is_hidden(smoker: Project, admin: Administrator) -> None:
    saved = admin.save_form(smoker.number, ME, "1", "visit", {"smokes": "0"}, keep=["packs", "brands"])
    assert saved["erased"] == ["cigarettes"]
    assert smoker.row("1", **HIDDEN) == {
        "packs": "2",
        "brands___1": "1",
        "brands___2": "0",
        "cigarettes": "",
        "burden": "3",
    }


def test_a_value_typed_into_a_field_that_is_hidden_is_erased(clinic: Project, admin: Administrator) -> None:
    saved = admin.save_form(clinic.number, ME, "1", "visit", {"smokes": "0", "packs": "2"})
    assert saved["erased"] == ["packs"]
    assert clinic.log() == [(ME, "Create record 1", "record_id = '1', smokes = '0', visit_complete = '0'")]


def test_with_the_setting_fields_that_have_values_are_not_hidden(smoker: Project, admin: Administrator) -> None:
    smoker.owner.json("project_settings", data=[{"bypass_branching_erase_field_prompt": 1}])
    assert admin.save_form(smoker.number, ME, "1", "visit", {"smokes": "0"})["erased"] == []
    assert smoker.row("1", fields="packs,cigarettes") == {"packs": "2", "cigarettes": "40"}


def test_a_missing_data_code_is_a_value_of_any_field_and_survives_hiding(clinic: Project, admin: Administrator) -> None:
    admin.set_missing_codes(clinic.number, {"NASK": "Not asked", "-9": "Unknown"})
    saved = admin.save_form(clinic.number, ME, "1", "visit", {"packs": "NASK", "weight": "-9", "smokes": "0"})
    assert saved == {"record": "1", "warnings": [], "erased": []}
    assert clinic.row("1", fields="packs,weight") == {"packs": "NASK", "weight": "-9"}
    admin.set_missing_codes(clinic.number, {})
    assert admin.save_form(clinic.number, ME, "1", "visit", {})["erased"] == ["packs"]
    assert clinic.designs()[0] == ("site_admin", "Make project customizations")


@pytest.mark.parametrize("codes", [{"N A": "x"}, {"": "x"}, {"NA": "a|b"}, {"NA": "a\nb"}, ["NA"]])
def test_missing_data_codes_that_cannot_be_are_refused(still: Project, admin: Administrator, codes: Any) -> None:
    with pytest.raises(Refusal, match='parameter "codes"'):
        admin.call("set_missing_codes", project_id=still.number, codes=codes)


def test_an_import_erases_nothing(smoker: Project) -> None:
    smoker.owner.save({"record_id": "1", "smokes": "0"})
    assert smoker.row("1", fields="packs,cigarettes") == {"packs": "2", "cigarettes": "40"}


def test_each_instance_has_its_own_branching(new: NewProject, admin: Administrator) -> None:
    fields = (
        field("record_id", "f"),
        field("a", "g"),
        field("b", "g", branching_logic="[a] = '1'"),
        field("sum", "g", "calc", choices="[a] + 1"),
    )
    made = new(fields, repeating=("g",))
    for instance in (1, 2):
        admin.save_form(made.number, ME, "1", "g", {"a": "1", "b": "x"}, repeat_instance=instance)
    assert admin.save_form(made.number, ME, "1", "g", {"a": "2"}, repeat_instance=2)["erased"] == ["b"]
    rows = made.owner.json("record")
    seen = [(row["redcap_repeat_instance"], row["a"], row["b"], row["sum"]) for row in rows]
    assert seen[-2:] == [(1, "1", "x", "2"), (2, "2", "", "3")]


def test_logic_knows_the_record_the_user_the_form_and_the_hour(
    new: NewProject, admin: Administrator, join: Join, clock: Clock
) -> None:
    shown = {
        "by_user": "[user-name] = 'nell'",
        "by_group": "[record-dag-name] = 'north' and [user-dag-name] = 'north'",
        "by_form": "[is-form] = '1' and [is-survey] = '0' and [instrument-name] = 'f'",
        "by_day": "datediff('today', '2025-10-18', 'd') = 30",
        "by_record": "[record-name] = '5'",
        "by_event": "[other] = 'yes'",
        "never": "[other] = 'no'",
    }
    fields = [field("record_id", "f"), *(field(name, "f", branching_logic=logic) for name, logic in shown.items())]
    made = new([*fields, field("other", "g")], groups=("North",))
    join(made, "nell", "north")
    admin.save_form(made.number, "nell", "5", "g", {"other": "yes"})
    assert admin.save_form(made.number, "nell", "5", "f", dict.fromkeys(shown, "x"))["erased"] == ["never"]
    # Of a record that is yet to be made, too.
    erased = admin.save_form(made.number, "nell", "6", "f", dict.fromkeys(shown, "x"))["erased"]
    assert erased == ["by_event", "by_record", "never"]


def test_a_form_does_its_own_calculations_with_their_present_formula(clinic: Project, admin: Administrator) -> None:
    clinic.owner.save({"record_id": "1", "packs": "2"})
    assert clinic.row("1", fields="burden") == {"burden": "3"}
    changed = [
        {**one, "select_choices_or_calculations": "[packs] + 5"} if one["field_name"] == "burden" else one
        for one in clinic.owner.json("metadata")
    ]
    clinic.owner.json("metadata", data=changed)
    admin.save_form(clinic.number, ME, "1", "outcome", {"note": "x"})
    assert clinic.row("1", fields="burden") == {"burden": "7"}  # its own form shows it anew whenever it is opened


def test_what_reads_a_calculation_that_is_hidden_is_done_without_it(new: NewProject, admin: Administrator) -> None:
    fields = (
        field("record_id", "f"),
        field("a", "f"),
        field("sum", "f", "calc", choices="[a] + 1", branching_logic="[a] <> '5'"),
        field("more", "g", "calc", choices="sum([sum], 10)"),
        field("text", "g"),
    )
    made = new(fields)
    for form in ("f", "g"):
        admin.set_up_survey(made.number, form)
    admin.save_form(made.number, ME, "1", "f", {"a": "1"})
    assert made.row("1", fields="sum,more") == {"sum": "2", "more": "12"}
    admin.save_form(made.number, ME, "1", "f", {"a": "5"})
    assert made.row("1", fields="sum,more") == {"sum": "", "more": "10"}
    link = made.owner.call("surveyLink", record="1", instrument="f").text
    admin.answer_survey(link, {"a": "2"}, finished=False)
    assert made.row("1", fields="sum,more") == {"sum": "3", "more": "13"}
    admin.answer_survey(link, {"a": "5"})
    assert made.row("1", fields="sum,more") == {"sum": "", "more": "10"}


def test_calculations_that_read_nothing_of_the_form_stay(clinic: Project, admin: Administrator) -> None:
    """REDCap does none anew because its formula has changed."""
    clinic.owner.save({"record_id": "1", "packs": "2", "smokes": "1"})
    changed = [
        {**one, "select_choices_or_calculations": "[packs] + 5"} if one["field_name"] == "burden" else one
        for one in clinic.owner.json("metadata")
    ]
    extra = field("remark", "extra")
    clinic.owner.json("metadata", data=[*changed, extra])
    admin.save_form(clinic.number, ME, "1", "extra", {"remark": "x"})
    assert clinic.row("1", fields="burden") == {"burden": "3"}
    admin.save_form(clinic.number, ME, "1", "visit", {"packs": "2"})
    assert clinic.row("1", fields="burden") == {"burden": "7"}


def test_a_calculation_that_names_an_event_is_done_where_its_field_is_saved(
    trial: Project, admin: Administrator
) -> None:
    def save(form: str, event: str, **values: str) -> str:
        admin.save_form(trial.number, ME, "1", form, values, event=event)
        rows = trial.owner.json("record", fields="burden", events="week_arm_1")
        return "".join(row["burden"] for row in rows)

    formula = {"select_choices_or_calculations": "[start_arm_1][packs] + 5"}
    fields = [{**row, **(formula if row["field_name"] == "burden" else {})} for row in trial.owner.json("metadata")]
    assert save("outcome", "week_arm_1", note="x") == ""
    assert save("visit", "start_arm_1", packs="1", smokes="1") == ""  # there is no value at that event
    trial.owner.json("metadata", data=fields)
    assert save("diary", "start_arm_1", steps="1") == ""
    assert save("visit", "start_arm_1", packs="2") == "7"
