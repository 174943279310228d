"""Filter logic of exports: what it may read, which rows it keeps, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from tests.sandbox.conftest import SUPER_TOKEN, AddUser, Api, Clock, MakeProject, field
from tests.sandbox.longitudinal import FIELDS, at, designate, longitudinal

from redcap_sandbox import Sandbox
from redcap_sandbox.client import Administrator

# Names and values of the classic project: record → (born, weight, boxes, kind, town).
CLASSIC = (
    field("record_id", "one"),
    field("born", "one", validation="date_dmy"),
    field("weight", "one", validation="number_comma_decimal"),
    field("tools", "two", "checkbox", choices="1, Drum | -2, Chart | k>=9, Kite"),
    field("kind", "two", "radio", choices="01, School | 2, Clinic"),
    field("town", "two"),
    field("agreed", "two", "yesno"),
    field("intro", "two", "descriptive"),
)


@pytest.fixture
def owner(make: MakeProject) -> Api:
    made = make(CLASSIC, groups=("North", "South"))
    made.save(
        {"record_id": "1", "born": "2000-06-15", "weight": "9,5", "tools___1": "1", "kind": "01", "town": "Ashby"},
        {"record_id": "2", "born": "2000-06-16", "weight": "10", "tools____2": "1", "kind": "2", "town": "ashby"},
        {"record_id": "10", "weight": "100", "tools___k__9": "1", "town": 'O\'Hara "East"', "agreed": "0"},
        {"record_id": "a b", "agreed": "1"},
    )
    made.save({"record_id": "2", "redcap_data_access_group": "north"})
    return made


def kept(api: Api, logic: str, **parameters: Any) -> list[str]:
    return [row["record_id"] for row in api.json("record", filterLogic=logic, fields="record_id", **parameters)]


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        # Numbers are compared as numbers, with a decimal comma too; blanks are never more than a number.
        ("[weight] > 9.5", ["2", "10"]),
        ("[weight] >= '9.5'", ["1", "2", "10"]),
        ("[weight] = 10.0", ["2"]),
        ("[weight] <> 10", ["1", "10", "a b"]),
        ("[weight] = ''", ["a b"]),
        # Text is compared as it is written.
        ("[town] = 'Ashby'", ["1"]),
        ('[town] = "O\'Hara \\"East\\""', ["10"]),
        ("contains([town], 'ASHBY')", ["1", "2"]),
        # Codes, not labels; a code that looks like a number is one.
        ("[kind] = 1", ["1"]),
        ("[kind] = 'School'", []),
        ("[agreed] = 0", ["10"]),
        ("[agreed] <> ''", ["10", "a b"]),
        # Boxes by their own code; an unchecked one is 0.
        ("[tools(1)] = 1", ["1"]),
        ("[tools(-2)] = '1' or [tools(k>=9)] = '1'", ["2", "10"]),
        ("[tools(1)] = 0", ["2", "10", "a b"]),
        # The record id, statuses and descriptive fields.
        ("[record_id] > 1", ["2", "10"]),
        ("[record_id] = 'a b'", ["a b"]),
        ("[two_complete] = '0'", ["1", "2", "10", "a b"]),
        ("[intro] = ''", ["1", "2", "10", "a b"]),
        # Connections, negation, arithmetic, functions of the day that the server lives in.
        ("[weight] > 1 and ([kind] = 2 or [agreed] = 0) and not ([town] = '')", ["2", "10"]),
        ("[weight] * 2 + 1 = 20", ["1"]),
        ("age_at_date([born], 'today') = 25", ["1"]),
        ("datediff([born], 'today', 'd', true) >= 9131", ["1"]),
        ("year([born]) = 2000 # every one\nand day([born]) = 16 // the second", ["2"]),
        # What is true or false by itself.
        ("1 = 1", ["1", "2", "10", "a b"]),
        ("1", ["1", "2", "10", "a b"]),
        ("'' = 'x'", []),
    ],
    ids=str,
)
def test_a_classic_record_is_kept_if_its_logic_holds(owner: Api, clock: Clock, logic: str, expected: list[str]) -> None:
    clock.set("2025-06-15 12:00:00")
    assert kept(owner, logic) == expected
    values = owner.json("record", type="eav", filterLogic=logic, fields="record_id")
    assert [row["value"] for row in values] == expected


@pytest.mark.parametrize(
    "logic",
    [
        *("[weight] >", "[weight", "weight > 1", "[weight] == 1", "([weight] = 1", "[weight] = 'a\"", "[] = 1"),
        *(
            "[nope] = 1",
            "[tools(1)] = 1 and [nope] = ''",
            "nofunction([weight])",
            "if([weight])",
            "\x00",
            "[weight] = 1;",
        ),
        *("[event][field][1][2] = 1", "round()", "[redcap_event_name] = ''"),
    ],
)
def test_logic_that_is_none_is_refused(owner: Api, logic: str) -> None:
    for kind in ("flat", "eav"):
        status, message = owner.refusal("record", filterLogic=logic, type=kind)
        assert status == 400
        assert message.startswith("The filter logic is not valid: ")


def test_a_filter_may_read_what_is_not_exported(owner: Api) -> None:
    assert owner.json("record", filterLogic="[town] = 'Ashby' and [tools(1)] = 1", fields="weight") == [
        {"weight": "9,5"}
    ]
    assert owner.json("record", filterLogic="[weight] = 10", forms="two", fields="record_id")[0]["town"] == "ashby"
    eav = owner.json("record", filterLogic="[town] = 'Ashby'", fields="born", type="eav")
    assert eav == [{"record": "1", "field_name": "born", "value": "2000-06-15"}]


def test_a_filter_narrows_down_what_else_was_asked_for(owner: Api, clock: Clock) -> None:
    assert kept(owner, "[weight] > 1", records="10,1,a b") == ["1", "10"]
    clock.set("2025-10-01 00:00:00")
    owner.save({"record_id": "10", "town": "Later"}, {"record_id": "a b", "town": "Later"})
    assert kept(owner, "[weight] > 1", dateRangeBegin="2025-10-01 00:00:00") == ["10"]


def test_a_blank_filter_is_none(owner: Api) -> None:
    assert len(kept(owner, "  \n ")) == 4


def test_groups_of_records_and_users_are_smart_variables(owner: Api, add_user: AddUser) -> None:
    owner.save({"record_id": "1", "redcap_data_access_group": "south"})
    numbers = {row["unique_group_name"]: row["data_access_group_id"] for row in owner.json("dag")}
    assert kept(owner, "[record-dag-name] = 'north'") == ["2"]
    assert kept(owner, "[record-dag-label] = 'South'") == ["1"]
    assert kept(owner, f"[record-dag-id] = {numbers['south']}") == ["1"]
    assert kept(owner, "[record-dag-name] = ''") == ["10", "a b"]
    assert kept(owner, "[user-dag-name] = ''") == ["1", "2", "10", "a b"]
    member = add_user(owner, "nora", "north", api_export=1)
    assert kept(member, "[user-dag-name] = 'north' and [user-name] = 'nora'") == ["2"]
    assert kept(member, "[user-dag-name] <> [record-dag-name]") == []
    assert kept(member, "[record_id] = '1'") == []
    assert kept(owner, "[record-name] = 10 and [user-name] = 'sandbox_owner' and [project-status] = 0") == ["10"]
    assert kept(owner, f"[project-id] = {owner.json('project')['project_id']}") == ["1", "2", "10", "a b"]


def test_missing_data_codes_are_codes(owner: Api, sandbox: Sandbox) -> None:
    admin = Administrator(sandbox.url, SUPER_TOKEN)
    admin.set_missing_codes(owner.json("project")["project_id"], {"NASK": "Not asked", "-9": "Refused"})
    owner.save({"record_id": "1", "weight": "NASK"}, {"record_id": "2", "weight": "-9"})
    assert kept(owner, "ismissingcode([weight])") == ["1", "2"]
    assert kept(owner, "isblankormissingcode([weight])") == ["1", "2", "a b"]
    assert kept(owner, "hasmissingcode([weight], 'NASK')") == ["1"]
    assert kept(owner, "[weight] > -100") == ["10"]


@pytest.fixture
def study(sandbox: Sandbox) -> Api:
    made = longitudinal(sandbox, groups=("North",))
    made.save(
        at("1", "start_arm_1", name="Ann", joined="2025-01-01", weight="70"),
        at("1", "later_arm_1", "visit", 1, weight="71"),
        at("1", "later_arm_1", "visit", 2, weight="80"),
        at("1", "daily_arm_1", "", 1, mood="1", signs___b_2="1"),
        at("1", "daily_arm_1", "", 2, mood="2"),
        at("2", "start_arm_1", name="Bo", weight="90"),
        at("2", "start_arm_2", name="Bo too", mood="2"),
    )
    return made


ROW = ("record_id", "redcap_event_name", "redcap_repeat_instance")


def rows(api: Api, logic: str, **parameters: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ROW) for row in api.json("record", filterLogic=logic, **parameters)]


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        ("[weight] > 70", [("1", "later_arm_1", 1), ("1", "later_arm_1", 2), ("2", "start_arm_1", "")]),
        ("[start_arm_1][weight] = 90", [("2", "start_arm_1", ""), ("2", "start_arm_2", "")]),
        ("[later_arm_1][weight][2] = 80 and [mood] = 1", [("1", "daily_arm_1", 1)]),
        ("[weight][previous-instance] = 71", [("1", "later_arm_1", 2)]),
        ("[mood][next-instance] = 2", [("1", "daily_arm_1", 1)]),
        ("[mood][last-instance] = [mood] and [mood] <> ''", [("1", "daily_arm_1", 2), ("2", "start_arm_2", "")]),
        ("[current-instance] = 2", [("1", "later_arm_1", 2), ("1", "daily_arm_1", 2)]),
        ("[signs(B-2)] = '1'", [("1", "daily_arm_1", 1)]),
        ("[event-name] = 'start_arm_2'", [("2", "start_arm_2", "")]),
        ("[event-label] = 'Start' and [arm-number] = 2", [("2", "start_arm_2", "")]),
        ("[arm-label] = 'Group 2'", [("2", "start_arm_2", "")]),
        ("[event-number] = 3", [("1", "daily_arm_1", 1), ("1", "daily_arm_1", 2)]),
        ("[first-event-name][name] = 'Bo' and [weight] = ''", [("2", "start_arm_2", "")]),
        ("[next-event-name][weight] = '' and [name] = 'Ann'", [("1", "start_arm_1", "")]),
        ("[start_arm_1][record_id] = 2", [("2", "start_arm_1", ""), ("2", "start_arm_2", "")]),
        ("[later_arm_1][record_id] <> '' and [name] <> ''", [("1", "start_arm_1", "")]),
        ("[never_arm_1][weight] = '' and [record_id] = 2", [("2", "start_arm_1", ""), ("2", "start_arm_2", "")]),
        ("[name] = '' and [mood] = ''", [("1", "later_arm_1", number) for number in ("", 1, 2)]),
    ],
    ids=str,
)
def test_a_row_is_kept_for_what_its_event_and_instance_see(study: Api, logic: str, expected: list[Any]) -> None:
    assert rows(study, logic) == expected
    values = study.json("record", type="eav", filterLogic=logic)
    found = dict.fromkeys((row["record"], row["redcap_event_name"], row["redcap_repeat_instance"]) for row in values)
    assert list(found) == expected


def test_a_filter_sees_events_that_are_not_exported(study: Api) -> None:
    assert rows(study, "[start_arm_1][weight] = 90", events="start_arm_2") == [("2", "start_arm_2", "")]
    assert rows(study, "[daily_arm_1][mood][2] = 2", **{"events[0]": "start_arm_1"}) == [("1", "start_arm_1", "")]


def test_a_repeat_reads_its_events_base_row_but_not_the_other_way_round(sandbox: Sandbox) -> None:
    owner = longitudinal(
        sandbox, FIELDS, {(1, "Start"): ("enrol", "visit"), (1, "End"): ("diary",)}, [("start_arm_1", "visit")]
    )
    owner.save(
        at("1", "start_arm_1", name="Ann"), *(at("1", "start_arm_1", "visit", n, weight=f"7{n}") for n in (1, 2))
    )
    assert rows(owner, "[name] = 'Ann' and [weight] > 71") == [("1", "start_arm_1", 2)]
    assert rows(owner, "[name] = 'Ann'") == [
        ("1", "start_arm_1", ""),
        ("1", "start_arm_1", 1),
        ("1", "start_arm_1", 2),
    ]


def test_a_classic_instance_reads_the_base_row_too(team: Api) -> None:
    monthly = {"record_id": "1", "redcap_repeat_instrument": "monthly"}
    team.save(
        {"record_id": "1", "town": "Ashby"},
        *({**monthly, "redcap_repeat_instance": number, "seen": number} for number in (1, 2)),
    )
    found = team.json("record", filterLogic="[town] = 'Ashby' and [seen] = 2")
    assert [row["redcap_repeat_instance"] for row in found] == [2]
    assert [row["seen"] for row in team.json("record", filterLogic="[seen][1] = 1 and [seen] = ''")] == [""]


def test_what_is_out_of_sight_is_blank_to_logic_too(study: Api) -> None:
    assert rows(study, "[start_arm_1][weight] = 70")[0] == ("1", "start_arm_1", "")
    designate(study, [("start_arm_1", "enrol"), ("later_arm_1", "visit"), ("daily_arm_1", "diary")])
    assert rows(study, "[start_arm_1][weight] <> ''") == []
    study.json("repeatingFormsEvents", action="import", data=[{"event_name": "daily_arm_1", "form_name": ""}])
    assert rows(study, "[weight] <> ''") == [("1", "later_arm_1", "")]
    assert rows(study, "[later_arm_1][weight] = 71") != []
    assert rows(study, "[later_arm_1][weight] = 80") == []


def test_an_instance_of_one_form_sees_none_of_another_unless_its_number_is_named(team: Api) -> None:
    monthly = {"record_id": "1", "redcap_repeat_instrument": "monthly"}
    pdsa = {"record_id": "1", "redcap_repeat_instrument": "pdsa"}
    team.save(
        *({**monthly, "redcap_repeat_instance": number, "seen": number} for number in (1, 2)),
        *({**pdsa, "redcap_repeat_instance": number, "test": f"No {number}"} for number in (1, 2)),
    )

    def found(logic: str) -> list[tuple[str, int]]:
        rows = team.json("record", filterLogic=logic)
        return [(row["redcap_repeat_instrument"], row["redcap_repeat_instance"]) for row in rows]

    assert found("[seen] = 2") == [("monthly", 2)]
    assert found("[seen][current-instance] = 2") == [("monthly", 2)]
    assert found("[seen] = '' and [test] <> ''") == [("pdsa", 1), ("pdsa", 2)]
    assert found("[seen][2] = 2 and [test] = 'No 1'") == [("pdsa", 1)]


@pytest.mark.parametrize(
    "logic",
    ["(" * 50_000, "(" * 20_000 + "1" + ")" * 20_000, "[weight] = 1 or " * 4000, "'" + "x" * 1_000_000 + "' = ''"],
    ids=["open", "deep", "long", "wide"],
)
def test_logic_of_any_length_is_answered(owner: Api, logic: str) -> None:
    reply = owner.call("record", format="json", filterLogic=logic)
    assert reply.status_code in {200, 400}
    assert owner.json("record", fields="record_id", records="1") == [{"record_id": "1"}]


def test_a_long_condition_is_no_deep_one(owner: Api) -> None:
    assert kept(owner, " or ".join(f"[record_id] = '{number}'" for number in range(3000))) == ["1", "2", "10"]
