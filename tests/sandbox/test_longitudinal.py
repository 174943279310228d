"""Events, arms and what repeats in them: where imported rows go, and in which order they come out."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import AddUser, Api, field, invalid
from tests.sandbox.longitudinal import EVENTS, FIELDS, at, designate, longitudinal, places, value

from redcap_sandbox import Sandbox

UNDESIGNATED = (
    "This field ('{}') exists on an instrument that is not designated for the event named '{}'. You are not allowed to "
    "import data for this field into this event."
)


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    """Two arms; visits repeat at the later event, the daily event repeats as a whole."""
    return longitudinal(sandbox, groups=("North",))


@pytest.fixture
def filled(study: Api) -> Api:
    """Records in one arm and in both, with repeats, entered out of order."""
    study.save(
        at("2", "start_arm_2", name="Bo", mood="2"),
        at("1", "daily_arm_1", "", 2, mood="1"),
        at("1", "later_arm_1", "visit", 3, weight="73"),
        at("1", "later_arm_1", "visit", 1, weight="71"),
        at("1", "daily_arm_1", "", 1, signs___a="1"),
        at("1", "start_arm_1", name="Ann", weight="70"),
        at("1", "start_arm_2", mood="1"),
        at("10", "start_arm_1", name="Cy"),
    )
    return study


def test_rows_go_by_record_base_rows_first_then_what_repeats(filled: Api) -> None:
    assert places(filled) == [
        ("1", "start_arm_1", "", ""),
        ("1", "later_arm_1", "", ""),
        ("1", "start_arm_2", "", ""),
        ("1", "later_arm_1", "visit", 1),
        ("1", "later_arm_1", "visit", 3),
        ("1", "daily_arm_1", "", 1),
        ("1", "daily_arm_1", "", 2),
        ("2", "start_arm_2", "", ""),
        ("10", "start_arm_1", "", ""),
    ]


def test_columns_of_forms_that_do_not_apply_are_blank(filled: Api) -> None:
    rows = {
        (row["redcap_event_name"], row["redcap_repeat_instance"]): row for row in filled.json("record", records="1")
    }
    daily = rows["daily_arm_1", 1]
    assert (daily["signs___a"], daily["signs___b_2"], daily["diary_complete"]) == ("1", "0", "0")
    assert (daily["name"], daily["weight"], daily["enrol_complete"], daily["visit_complete"]) == ("", "", "", "")
    assert (rows["start_arm_1", ""]["signs___a"], rows["start_arm_1", ""]["diary_complete"]) == ("", "")
    assert rows["later_arm_1", 3]["visit_complete"] == "0"


def test_events_are_chosen_by_unique_name_in_their_own_order(filled: Api) -> None:
    rows = places(filled, **{"events[0]": "daily_arm_1", "events[1]": "start_arm_1"})
    assert rows == [
        ("1", "start_arm_1", "", ""),
        ("1", "daily_arm_1", "", 1),
        ("1", "daily_arm_1", "", 2),
        ("10", "start_arm_1", "", ""),
    ]
    assert places(filled, events="start_arm_2,daily_arm_1", records="2") == [("2", "start_arm_2", "", "")]


def test_unknown_events_are_refused_in_an_array_and_passed_over_in_a_joined_list(filled: Api) -> None:
    assert filled.refusal("record", **{"events[0]": "never"}) == (400, invalid("events", "never"))
    assert len(places(filled, events="never,start_arm_2")) == 2
    assert len(places(filled, events="never")) == 9


def test_the_event_has_its_label_and_its_arm_where_there_are_several(filled: Api, sandbox: Sandbox) -> None:
    rows = filled.json("record", records="2", rawOrLabel="label")
    assert rows[0]["redcap_event_name"] == "Start (Arm 2: Group 2)"
    one = longitudinal(sandbox, events={key: forms for key, forms in EVENTS.items() if key[0] == 1})
    one.save(at("1", "start_arm_1"))
    assert one.json("record", rawOrLabel="label")[0]["redcap_event_name"] == "Start"


def test_a_row_without_an_event_goes_to_the_first(study: Api) -> None:
    study.save({"record_id": "5", "name": "Eve"}, {"record_id": "6", "redcap_event_name": " ", "name": "Fay"})
    assert places(study) == [("5", "start_arm_1", "", ""), ("6", "start_arm_1", "", "")]


def test_a_row_of_nothing_but_its_place_makes_the_record_there(study: Api) -> None:
    assert study.save(at("7", "start_arm_2")) == {"count": 1}
    assert places(study) == [("7", "start_arm_2", "", "")]


def test_a_repeat_brings_the_base_row_of_its_event(study: Api) -> None:
    study.save(at("1", "later_arm_1", "visit", 4, weight="70"), at("2", "start_arm_1"))
    study.save(at("2", "later_arm_1", "visit", "new", weight="80"))
    assert places(study, events="later_arm_1") == [
        ("1", "later_arm_1", "", ""),
        ("1", "later_arm_1", "visit", 4),
        ("2", "later_arm_1", "", ""),
        ("2", "later_arm_1", "visit", 1),
    ]


def test_unknown_events_of_an_import_are_listed_once(study: Api) -> None:
    rows = [at("1", "never"), at("2", "start_arm_1"), at("3", "nor"), at("4", "never")]
    assert study.refusal("record", data=rows) == (
        400,
        "The following values of redcap_event_name are invalid: never, nor",
    )
    assert study.json("record") == []


@pytest.mark.parametrize(
    ("row", "name", "text"),
    [
        (at("1", "later_arm_1", mood="1"), "mood", UNDESIGNATED.format("mood", "Later (Arm 1: Group 1)")),
        (at("1", "start_arm_2", weight="70"), "weight", UNDESIGNATED.format("weight", "Start (Arm 2: Group 2)")),
        (at("1", "daily_arm_1", "", 1, name="A"), "name", UNDESIGNATED.format("name", "Daily (Arm 1: Group 1)")),
        (
            at("1", "start_arm_1", signs___b_2="1"),
            "signs___b_2",
            UNDESIGNATED.format("signs___b_2", "Start (Arm 1: Group 1)"),
        ),
    ],
    ids=["later", "other arm", "repeating event", "checkbox"],
)
def test_a_field_of_a_form_that_is_not_designated_is_refused(
    study: Api, row: dict[str, str], name: str, text: str
) -> None:
    status, message = study.refusal("record", data=[row])
    assert (status, message) == (400, f'"1","{name}","{row[name]}","{text}"')


def test_blanks_for_forms_that_are_not_designated_do_no_harm(study: Api) -> None:
    row = at("1", "start_arm_2", mood="1", weight="", visit_complete="")
    for behaviour in ("normal", "overwrite"):
        assert study.save(row, overwriteBehavior=behaviour) == {"count": 1}


def test_a_form_that_repeats_at_one_event_only_needs_an_instance_there_only(study: Api) -> None:
    study.save(at("1", "start_arm_1", weight="70"), at("1", "later_arm_1", "visit", 1, weight="71"))
    status, message = study.refusal("record", data=[at("1", "later_arm_1", weight="72")])
    assert (status, "which are both required for importing data into a Repeating Instrument" in message) == (400, True)
    status, message = study.refusal("record", data=[at("1", "start_arm_1", "visit", 1, weight="72")])
    assert (status, "does not match the unique form name of any Repeating Instruments" in message) == (400, True)


def test_an_event_that_repeats_as_a_whole_takes_no_form_name(study: Api) -> None:
    status, message = study.refusal("record", data=[at("1", "daily_arm_1", "diary", 1, mood="1")])
    assert (status, "redcap_repeat_instrument must be" in message) == (400, True)


def test_new_counts_on_within_its_own_event_and_form(study: Api) -> None:
    study.save(at("1", "later_arm_1", "visit", 5, weight="5"), at("1", "daily_arm_1", "", 2, mood="1"))
    study.save(
        at("1", "later_arm_1", "visit", "new", weight="6"),
        at("1", "daily_arm_1", "", "new", mood="2"),
        at("1", "daily_arm_1", "", "NEW", mood="1"),
        at("2", "later_arm_1", "visit", "new", weight="1"),
    )
    assert [place[1:] for place in places(study, records="1")] == [
        ("later_arm_1", "", ""),
        ("later_arm_1", "visit", 5),
        ("later_arm_1", "visit", 6),
        ("daily_arm_1", "", 2),
        ("daily_arm_1", "", 3),
        ("daily_arm_1", "", 4),
    ]
    assert value(study, "2", "later_arm_1", "weight", 1) == "1"


def test_two_events_of_a_record_count_as_one_record(study: Api) -> None:
    assert study.save(at("1", "start_arm_1"), at("1", "start_arm_2"), at("1", "daily_arm_1", "", 1)) == {"count": 1}


@pytest.mark.parametrize(
    ("asked", "bodies"),
    [
        ("count", ('{"count":2}', "2", "<count>2</count>")),
        ("ids", ('["1","a, b"]', 'id\n1\n"a, b"\n', "<ids><id>1</id><id>a, b</id></ids>")),
        ("nothing", ("", "", "")),
    ],
)
def test_what_an_import_answers_in_each_format(study: Api, asked: str, bodies: tuple[str, ...]) -> None:
    for answer_format, body in zip(("json", "csv", "xml"), bodies, strict=True):
        reply = study.call(
            "record",
            format="json",
            returnFormat=answer_format,
            returnContent=asked,
            data=[at("1", "start_arm_1"), at("a, b", "start_arm_1"), at("1", "start_arm_2")],
        )
        assert (reply.status_code, reply.text.removeprefix('<?xml version="1.0" encoding="UTF-8" ?>')) == (200, body)


def test_automatic_numbers_join_the_rows_of_a_record_and_tell_old_from_new(study: Api, add_user: AddUser) -> None:
    study.save(at("41", "start_arm_2"))
    rows = [at("x", "start_arm_1", name="A"), at("y", "start_arm_1", name="B"), at("x", "start_arm_2", mood="1")]
    asked = {"forceAutoNumber": "true", "returnContent": "auto_ids"}
    assert study.save(*rows, **asked) == ["42,x", "43,y"]
    assert places(study, records="42") == [("42", "start_arm_1", "", ""), ("42", "start_arm_2", "", "")]
    csv = study.call("record", format="json", returnFormat="csv", data=[at("a,b", "start_arm_1")], **asked)
    assert csv.text == 'id\n44,"a,b"\n'
    xml = study.call("record", format="json", returnFormat="xml", data=[at("z", "start_arm_1")], **asked)
    assert xml.text.endswith("<ids><id>45,z</id></ids>")
    (group,) = study.json("dag")
    member = add_user(study, "nora", "north", api_import=1, record_create=1)
    assert member.save(at("x", "start_arm_2"), **asked) == [f"{group['data_access_group_id']}-1,x"]


def test_automatic_numbers_are_only_for_projects_that_number_their_records(study: Api) -> None:
    study.json("project_settings", data=[{"record_autonumbering_enabled": "0"}])
    study.save(at("x", "start_arm_1"), forceAutoNumber="true")
    assert places(study) == [("x", "start_arm_1", "", "")]


def test_a_form_that_is_designated_no_longer_keeps_its_data_out_of_sight(filled: Api) -> None:
    designate(filled, [("start_arm_1", "enrol"), ("later_arm_1", "visit"), ("daily_arm_1", "diary")])
    assert value(filled, "1", "start_arm_1", "weight") == ""
    assert not [row for row in filled.json("record", type="eav", records="1") if row["value"] == "70"]
    designate(filled, [("start_arm_1", "enrol"), ("start_arm_1", "visit"), ("later_arm_1", "visit")])
    assert value(filled, "1", "start_arm_1", "weight") == "70"


def test_what_stops_repeating_shows_its_first_instance_and_keeps_the_others(filled: Api) -> None:
    filled.json("repeatingFormsEvents", action="import", data=[{"event_name": "daily_arm_1", "form_name": ""}])
    assert [place[1:] for place in places(filled, records="1", events="later_arm_1")] == [("later_arm_1", "", "")]
    assert value(filled, "1", "later_arm_1", "weight") == "71"
    both = [{"event_name": "daily_arm_1", "form_name": ""}, {"event_name": "later_arm_1", "form_name": "visit"}]
    filled.json("repeatingFormsEvents", action="import", data=both)
    assert value(filled, "1", "later_arm_1", "weight", 3) == "73"


def test_eav_rows_carry_event_and_repeat_and_go_in_again(filled: Api, sandbox: Sandbox) -> None:
    rows = filled.json("record", type="eav", records="1")
    assert [tuple(row.values())[1:] for row in rows if row["field_name"] not in {"record_id", "enrol_complete"}] == [
        ("start_arm_1", "", "", "name", "Ann"),
        ("start_arm_1", "", "", "weight", "70"),
        ("start_arm_1", "", "", "visit_complete", "0"),
        ("start_arm_2", "", "", "mood", "1"),
        ("start_arm_2", "", "", "diary_complete", "0"),
        ("later_arm_1", "visit", 1, "weight", "71"),
        ("later_arm_1", "visit", 1, "visit_complete", "0"),
        ("later_arm_1", "visit", 3, "weight", "73"),
        ("later_arm_1", "visit", 3, "visit_complete", "0"),
        ("daily_arm_1", "", 1, "signs", "a"),
        ("daily_arm_1", "", 1, "diary_complete", "0"),
        ("daily_arm_1", "", 2, "mood", "1"),
        ("daily_arm_1", "", 2, "diary_complete", "0"),
    ]
    other = longitudinal(sandbox)
    assert other.save(*rows, type="eav") == {"count": 1}
    assert other.json("record", type="eav") == rows


def test_a_member_of_a_group_sees_all_events_of_his_records(filled: Api, add_user: AddUser) -> None:
    filled.save(at("1", "start_arm_1", redcap_data_access_group="north"))
    member = add_user(filled, "nora", "north", api_export=1)
    everything = dict.fromkeys(("enrol", "visit", "diary"), 1)
    filled.json("user", data=[{"username": "nora", "data_access_group": "north", "forms_export": everything}])
    assert {(record, event) for record, event, *_ in places(member)} == {
        ("1", event) for event in ("start_arm_1", "start_arm_2", "later_arm_1", "daily_arm_1")
    }


def test_the_record_id_alone_brings_every_row_of_the_records_own(filled: Api) -> None:
    rows = places(filled, fields="record_id", records="1")
    assert [place[1:] for place in rows] == [
        ("start_arm_1", "", ""),
        ("later_arm_1", "", ""),
        ("start_arm_2", "", ""),
        ("daily_arm_1", "", 1),
        ("daily_arm_1", "", 2),
    ]


def test_a_first_form_that_repeats_at_an_event_leaves_the_record_id_in_its_base_row(sandbox: Sandbox) -> None:
    fields = [field("record_id", "log"), field("note", "log"), *FIELDS[3:5]]
    owner = longitudinal(
        sandbox, fields, {(1, "Start"): ("log",), (1, "Later"): ("visit",)}, repeating=[("start_arm_1", "log")]
    )
    owner.save(at("1", "start_arm_1", "log", 2, note="x"), at("1", "later_arm_1", weight="3"))
    assert places(owner) == [
        ("1", "start_arm_1", "", ""),
        ("1", "later_arm_1", "", ""),
        ("1", "start_arm_1", "log", 2),
    ]
