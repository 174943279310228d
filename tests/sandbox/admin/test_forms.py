"""A person saves a form: what is stored, logged, warned of and refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.sandbox.admin.conftest import Join, NewProject, Project
from tests.sandbox.conftest import MakeProject, field, invalid

from redcap_sandbox import Refusal, Sandbox
from redcap_sandbox.client import Administrator

ME = "sandbox_owner"

GENERAL = (
    "The value you provided could not be validated because it does not follow the expected format. Please try again."
)


def refused(why: pytest.ExceptionInfo[Refusal]) -> tuple[int, str]:
    return why.value.status, why.value.message


def test_a_saved_form_is_stored_and_logged_in_the_order_of_its_fields(clinic: Project, admin: Administrator) -> None:
    typed = {"weight": "70", "packs": "2", "smokes": "1", "brands___2": "1", "brands___1": "0"}
    saved = admin.save_form(clinic.number, ME, "7", "visit", typed, status="2")
    assert saved == {"record": "7", "warnings": [], "erased": []}
    rest = "brands(2) = checked, cigarettes = '40', weight = '70', visit_complete = '2'"
    assert clinic.row("7", forms="visit") == {
        "record_id": "7",
        "redcap_repeat_instrument": "",
        "redcap_repeat_instance": "",
        "day": "",
        "smokes": "1",
        "packs": "2",
        "brands___1": "0",
        "brands___2": "1",
        "cigarettes": "40",
        "weight": "70",
        "visit_complete": "2",
    }
    assert clinic.log() == [
        (ME, "Update record (Auto calculation) 7", "burden = '3'"),
        (ME, "Create record 7", f"record_id = '7', smokes = '1', packs = '2', {rest}"),
    ]


def test_only_what_changes_is_logged_and_a_form_saved_as_it_was_is_not(clinic: Project, admin: Administrator) -> None:
    admin.save_form(clinic.number, ME, "7", "visit", {"smokes": "1", "brands___1": "1", "weight": "70"})
    before = clinic.log()
    admin.save_form(clinic.number, ME, "7", "visit", {"smokes": "1", "weight": "70"})
    assert clinic.log() == before
    admin.save_form(clinic.number, ME, "7", "visit", {"brands___1": "0", "weight": "", "smokes": "1"}, status="1")
    assert clinic.log()[0] == (
        ME,
        "Update record 7",
        "brands(1) = unchecked, weight = '', visit_complete = '1'",
    )


def test_a_form_keeps_its_status_unless_told(clinic: Project, admin: Administrator) -> None:
    for status, then in (("", "0"), ("2", "2"), ("", "2"), ("1", "1")):
        admin.save_form(clinic.number, ME, "1", "outcome", {"note": "x"}, status=status)
        assert clinic.row("1", fields="outcome_complete") == {"outcome_complete": then}
    admin.save_form(clinic.number, ME, "1", "outcome", {"outcome_complete": "0"})
    assert clinic.row("1", fields="outcome_complete") == {"outcome_complete": "0"}


def test_a_form_saved_empty_turns_from_gray_to_red(clinic: Project, admin: Administrator) -> None:
    asked = {"fields": "outcome_complete", "exportBlankForGrayFormStatus": "true"}
    admin.save_form(clinic.number, ME, "1", "visit", {})
    assert clinic.row("1", **asked) == {"outcome_complete": ""}
    admin.save_form(clinic.number, ME, "1", "outcome", {})
    assert clinic.row("1", **asked) == {"outcome_complete": "0"}


def test_a_new_record_gets_the_next_number_and_its_makers_group(
    clinic: Project, admin: Administrator, join: Join
) -> None:
    join(clinic, "nell", "north")
    group = next(one["data_access_group_id"] for one in clinic.owner.json("dag") if one["unique_group_name"] == "north")
    admin.save_form(clinic.number, ME, "41", "visit", {})
    assert admin.save_form(clinic.number, ME, "", "visit", {})["record"] == "42"
    assert admin.save_form(clinic.number, "nell", "", "visit", {})["record"] == f"{group}-1"
    row = clinic.row(f"{group}-1", fields="record_id", exportDataAccessGroups="true")
    assert row["redcap_data_access_group"] == "north"
    assert clinic.log()[0] == (
        "nell",
        f"Update record {group}-1",
        "Assign record to Data Access Group (redcap_data_access_group = 'north')",
    )


def test_a_record_is_found_whatever_the_case_and_the_blanks_of_its_name(clinic: Project, admin: Administrator) -> None:
    admin.save_form(clinic.number, ME, "Ann", "visit", {"smokes": "1", "packs": "2"})
    saved = admin.save_form(clinic.number, ME, " aNN ", "visit", {"smokes": "0"})
    assert saved == {"record": "Ann", "warnings": [], "erased": ["cigarettes", "packs"]}
    assert [row["record_id"] for row in clinic.owner.json("record", fields="record_id")] == ["Ann"]


def test_each_event_and_instance_has_its_own_form(trial: Project, admin: Administrator) -> None:
    def save(steps: str, event: str, instance: int) -> None:
        admin.save_form(
            trial.number, ME, "1", "diary", {"steps": steps}, event=event, repeat_instance=instance, status="2"
        )

    save("6000", "start_arm_1", 2)
    save("100", "week_arm_1", 3)
    save("200", "start_arm_1", 1)
    rows = trial.owner.json("record", fields="steps,far,diary_complete,record_id")
    assert {tuple(row.values()) for row in rows} == {
        ("1", "start_arm_1", "", "", "", "", ""),
        ("1", "start_arm_1", "diary", 1, "200", "0", "2"),
        ("1", "start_arm_1", "diary", 2, "6000", "1", "2"),
        ("1", "week_arm_1", "", 3, "100", "0", "2"),
    }
    assert trial.log() == [
        (ME, "Update record 1 (Start (Arm 1: Drug))", "steps = '200', far = '0', diary_complete = '2'"),
        (
            ME,
            "Update record 1 (Week (Arm 1: Drug))",
            "[instance = 3], steps = '100', far = '0', diary_complete = '2'",
        ),
        (
            ME,
            "Create record 1 (Start (Arm 1: Drug))",
            "[instance = 2], record_id = '1', steps = '6000', far = '1', diary_complete = '2'",
        ),
    ]


def test_an_instance_counts_only_where_something_repeats(clinic: Project, admin: Administrator) -> None:
    admin.save_form(clinic.number, ME, "1", "visit", {"smokes": "1", "packs": "2"}, repeat_instance=4)
    saved = admin.save_form(clinic.number, ME, "1", "visit", {"smokes": "0"}, repeat_instance=4)
    assert saved["erased"] == ["cigarettes", "packs"]
    assert len(clinic.owner.json("record")) == 1


@pytest.mark.parametrize(
    ("instance", "words"), [(0, "whole number from 1"), (32768, "whole number from 1"), (-1, '"repeat_instance"')]
)
def test_an_instance_that_there_cannot_be_is_refused(
    still: Project, admin: Administrator, instance: int, words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        admin.save_form(still.number, ME, "1", "diary", {"steps": "1"}, repeat_instance=instance)
    assert still.owner.json("record") == []


def test_dates_are_typed_as_in_imports(clinic: Project, admin: Administrator) -> None:
    admin.save_form(clinic.number, ME, "1", "visit", {"day": "2025-09-03"})
    assert clinic.row("1", fields="day") == {"day": "2025-09-03"}


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"packs": "two"}, '"1","packs","two","This value you provided is not an integer. Please try again."'),
        ({"weight": "x"}, '"1","weight","x","This value you provided is not a number. Please try again."'),
        ({"day": "soon"}, f'"1","day","soon","{GENERAL}Required format: Date (D-M-Y)"'),
        ({"smokes": "2"}, '"1","smokes","2","The value is not a valid category for smokes"'),
        ({"brands___1": "2"}, '"1","brands___1","2","The value is not a valid category for brands___1"'),
        ({"visit_complete": "3"}, '"1","visit_complete","3","The value is not a valid category for visit_complete"'),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_bad_value_is_refused_in_the_words_of_the_forms_dialog(
    still: Project, admin: Administrator, values: Mapping[str, str], told: str
) -> None:
    with pytest.raises(Refusal) as why:
        admin.save_form(still.number, ME, "1", "visit", {"smokes": "1", **values})
    assert refused(why) == (400, told)
    assert still.owner.json("record") == []


def test_every_bad_value_is_told(still: Project, admin: Administrator) -> None:
    with pytest.raises(Refusal) as why:
        admin.save_form(still.number, ME, "1", "visit", {"smokes": "x", "weight": "y"}, status="7")
    assert [line.split(",")[1] for line in why.value.message.splitlines()] == [
        '"smokes"',
        '"weight"',
        '"visit_complete"',
    ]


@pytest.mark.parametrize("name", ["steps", "cigarettes", "record_id", "redcap_event_name", "no_such"])
def test_what_is_no_question_of_the_form_cannot_be_typed(still: Project, admin: Administrator, name: str) -> None:
    with pytest.raises(Refusal) as why:
        admin.save_form(still.number, ME, "1", "visit", {name: "2"})
    assert refused(why) == (400, f"The following fields were not found in the project as real data fields: {name}")


def test_a_file_is_not_typed(new: NewProject, admin: Administrator) -> None:
    made = new((field("record_id", "f"), field("photo", "f", "file")))
    with pytest.raises(Refusal, match="not found in the project as real data fields: photo"):
        admin.save_form(made.number, ME, "1", "f", {"photo": "1"})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"project_id": 987654}, "There is no project 987654."),
        ({"username": "nobody"}, "Project {} has no user 'nobody'. Add the user first."),
        ({"instrument": "visits"}, invalid("instrument", "visits")),
        ({"event": "end_arm_1"}, invalid("event", "end_arm_1")),
        ({"event": ""}, invalid("event", "")),
        (
            {"event": "start_arm_2", "instrument": "outcome"},
            "The instrument 'outcome' is not designated for the event 'start_arm_2'",
        ),
        ({"keep": ["packs", "note", "no_such"]}, invalid("keep", "note", "no_such")),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_place_that_there_is_not_is_refused(
    still_trial: Project, admin: Administrator, wrong: Mapping[str, Any], told: str
) -> None:
    asked: dict[str, Any] = {
        "project_id": still_trial.number,
        "username": ME,
        "record": "1",
        "instrument": "visit",
        "event": "start_arm_1",
    }
    asked = {**asked, **wrong}
    with pytest.raises(Refusal) as why:
        admin.call("save_form", **asked)
    assert refused(why) == (400, told.format(still_trial.number))
    assert still_trial.owner.json("record") == []


# --- rights ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "may"),
    [(0, False), (2, False), (128, False), (129, False), (1, True), (3, True), (130, True), (138, True)],
)
def test_a_form_is_saved_by_who_may_edit_it(
    clinic: Project, admin: Administrator, join: Join, level: int, may: bool
) -> None:
    join(clinic, "nell")
    admin.set_rights(clinic.number, "nell", forms={"visit": level})
    if may:
        admin.save_form(clinic.number, "nell", "1", "visit", {})
        return
    with pytest.raises(Refusal) as why:
        admin.save_form(clinic.number, "nell", "1", "visit", {})
    assert refused(why) == (403, "You do not have the right to edit the instrument 'visit'")


def test_who_may_not_create_records_may_still_edit_them(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell", record_create=0)
    with pytest.raises(Refusal, match="Your user privileges do NOT allow you to create new records"):
        admin.save_form(clinic.number, "nell", "1", "visit", {})
    admin.save_form(clinic.number, ME, "1", "visit", {})
    admin.save_form(clinic.number, "nell", "1", "visit", {"weight": "80"})
    assert clinic.log()[0][:2] == ("nell", "Update record 1")


def test_a_user_in_a_group_saves_only_its_records(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell", "north")
    admin.save_form(clinic.number, ME, "1", "visit", {})
    with pytest.raises(Refusal, match="do not belong to your Data Access Group"):
        admin.save_form(clinic.number, "nell", "1", "visit", {"weight": "80"})
    admin.assign_group(clinic.number, "1", "north")
    admin.save_form(clinic.number, "nell", "1", "visit", {"weight": "80"})
    assert clinic.row("1", fields="weight") == {"weight": "80"}


def test_the_rights_of_a_role_count(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell")
    clinic.owner.json("userRole", data=[{"role_label": "Reader", "forms": {"visit": 2}}])
    (role,) = clinic.owner.json("userRole")
    mapping = [{"username": "nell", "unique_role_name": role["unique_role_name"]}]
    clinic.owner.json("userRoleMapping", action="import", data=mapping)
    with pytest.raises(Refusal, match="right to edit"):
        admin.save_form(clinic.number, "nell", "1", "visit", {})


def test_a_user_whose_access_has_expired_saves_nothing(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "nell")
    clinic.owner.json("user", data=[{"username": "nell", "expiration": "2025-09-18"}])
    with pytest.raises(Refusal) as why:
        admin.save_form(clinic.number, "nell", "1", "visit", {})
    assert refused(why) == (403, "Your access to this particular REDCap project has expired")


def test_an_administrator_may_do_it_all(clinic: Project, admin: Administrator) -> None:
    admin.save_form(clinic.number, "site_admin", "1", "visit", {"weight": "80"})
    assert clinic.log() == [("site_admin", "Create record 1", "record_id = '1', weight = '80', visit_complete = '0'")]


def test_the_log_names_users_as_their_project_does(clinic: Project, admin: Administrator, join: Join) -> None:
    join(clinic, "Nell")
    admin.save_form(clinic.number, "nELL", "1", "visit", {})
    assert clinic.log()[0][0] == "Nell"


# --- what the page says ---------------------------------------------------------------------------------------------

ASKING = (
    field("record_id", "f", required_field="y"),
    field("town", "f", required_field="y"),
    field("sort", "f", "radio", choices="1, A | 2, B", required_field="y"),
    field("boxes", "f", "checkbox", choices="1, A | 2, B", required_field="y"),
    field("sum", "f", "calc", choices="1 + [x]", required_field="y"),
    field("unseen", "f", required_field="y", field_annotation="@HIDDEN"),
    field("unseen_here", "f", required_field="y", field_annotation="@HIDDEN-FORM"),
    field("on_survey", "f", required_field="y", field_annotation="@HIDDEN-SURVEY"),
    field("maybe", "f", required_field="y", branching_logic="[sort] = '2'"),
    field("x", "f", validation="integer", text_validation_min="1"),
    field("elsewhere", "g", required_field="y"),
)


def test_required_fields_that_are_blank_are_warned_of_and_the_rest_is_saved(
    new: NewProject, admin: Administrator
) -> None:
    made = new(ASKING)
    saved = admin.save_form(made.number, ME, "1", "f", {"sort": "1"})
    assert saved["warnings"] == [{"field": name, "message": "* must provide value"} for name in ("town", "on_survey")]
    assert made.row("1", fields="sort") == {"sort": "1"}
    saved = admin.save_form(made.number, ME, "1", "f", {"sort": "2", "town": "A", "on_survey": "B"})
    assert [one["field"] for one in saved["warnings"]] == ["maybe"]


RANGES = (
    field("record_id", "f"),
    field("start", "f", validation="date_ymd"),
    field("top", "f", validation="integer"),
    field("both", "f", validation="integer", text_validation_min="1", text_validation_max="100"),
    field("least", "f", validation="number", text_validation_min="5"),
    field("by_field", "f", validation="integer", text_validation_max="[top]"),
    field("after", "f", validation="date_dmy", text_validation_min="[start]", text_validation_max="today"),
    field("fixed", "f", validation="integer", text_validation_max="10", field_annotation="@FORCE-MINMAX"),
)
ADMISSIBLE = "This value is admissible, but you may wish to double check it."


def test_values_out_of_their_range_are_warned_of_and_saved(new: NewProject, admin: Administrator) -> None:
    made = new(RANGES)
    typed = {"both": "200", "least": "4", "top": "3", "by_field": "4", "start": "2025-09-10", "after": "2025-09-19"}
    saved = admin.save_form(made.number, ME, "1", "f", typed)
    outside, within = "The value you provided is outside the suggested range", "The value you provided must be within"
    assert {one["field"]: one["message"] for one in saved["warnings"]} == {
        "both": f"{outside} (1 - 100). {ADMISSIBLE}",
        "least": f"{within} the suggested range (5 - no limit). {ADMISSIBLE}",
        "by_field": f"{within} the suggested range (no limit - 3). {ADMISSIBLE}",
        "after": f"{outside} (10-09-2025 - 18-09-2025). {ADMISSIBLE}",
    }
    assert made.row("1", fields="both,after") == {"both": "200", "after": "2025-09-19"}


def test_values_within_their_range_and_without_one_are_not_warned_of(new: NewProject, admin: Administrator) -> None:
    made = new(RANGES)
    typed = {"both": "100", "least": "5", "by_field": "4", "after": "2025-09-18", "fixed": "10"}
    assert admin.save_form(made.number, ME, "1", "f", typed)["warnings"] == []


def test_a_limit_that_cannot_be_read_does_not_apply(sandbox: Sandbox, new: NewProject, admin: Administrator) -> None:
    made = new(RANGES)
    with sandbox._storage.writing() as db:  # a project XML can bring it, a dictionary cannot
        db.execute(
            "UPDATE field SET cells = json_set(cells, '$.text_validation_min', '[top') "
            "WHERE project = ? AND json_extract(cells, '$.field_name') = 'both'",
            (made.number,),
        )
    assert admin.save_form(made.number, ME, "1", "f", {"both": "0"})["warnings"] == []
    (said,) = admin.save_form(made.number, ME, "1", "f", {"both": "101"})["warnings"]
    assert "(no limit - 100)" in said["message"]


def test_only_what_is_typed_is_held_against_its_range(new: NewProject, admin: Administrator) -> None:
    made = new(RANGES)
    made.owner.save({"record_id": "1", "both": "200", "fixed": "11"})
    assert admin.save_form(made.number, ME, "1", "f", {"top": "1"})["warnings"] == []


def test_a_range_that_is_forced_lets_nothing_out_of_it_pass(new: NewProject, admin: Administrator) -> None:
    made = new(RANGES)
    with pytest.raises(Refusal) as why:
        admin.save_form(made.number, ME, "1", "f", {"both": "5", "fixed": "11"})
    told = "The value you provided must be within the suggested range (no limit - 10)."
    assert refused(why) == (400, f'"1","fixed","11","{told}"')
    assert made.owner.json("record") == []
    assert made.log() == []


def test_a_secondary_unique_field_takes_no_value_that_another_record_has(clinic: Project, admin: Administrator) -> None:
    clinic.owner.json("project_settings", data=[{"secondary_unique_field": "weight"}])
    admin.save_form(clinic.number, ME, "1", "visit", {"weight": "70"})
    admin.save_form(clinic.number, ME, "1", "visit", {"weight": "70"})
    with pytest.raises(Refusal, match='"2","weight","70","DUPLICATE VALUE!'):
        admin.save_form(clinic.number, ME, "2", "visit", {"weight": "70"})
    admin.save_form(clinic.number, ME, "2", "visit", {"weight": "71"})
    admin.save_form(clinic.number, ME, "3", "visit", {"weight": ""})
    admin.save_form(clinic.number, ME, "4", "visit", {"weight": ""})
    clinic.owner.save({"record_id": "5", "weight": "70"})  # imports may


def test_values_that_only_a_page_load_fills_in_are_not(
    make: MakeProject, new: NewProject, admin: Administrator
) -> None:
    made = new((field("record_id", "f"), field("a", "f", field_annotation="@DEFAULT='x' @TODAY"), field("b", "f")))
    admin.save_form(made.number, ME, "1", "f", {"b": "y"})
    assert made.row("1", fields="a,b") == {"a": "", "b": "y"}
