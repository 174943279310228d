"""What a reference reads, from one record's values and from a frame of many records' rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.logic.backends import JavaScript, frame_result, row_result

from breakthrough.logic import Record, Setting, frame, from_rows, parse, row

SETTING = Setting.at(datetime(2026, 3, 10))  # noqa: DTZ001
EVENTS = ["v1_arm_1", "v2_arm_1", "v3_arm_1"]

VISITS = {
    "$event": "v2_arm_1",
    "$events": EVENTS,
    "[v1_arm_1][age]": "40",
    "[v2_arm_1][age]": "41",
    "[v3_arm_1][age]": "42",
    "[v1_arm_1][cond(2)]": "1",
    "[v9_arm_2][age]": None,
}
DRUGS = {"$instance": 2, "[drug][1]": "Aspirin", "[drug][2]": "Ibuprofen", "[drug][4]": "Codeine", "weight": "70"}

CASES: list[tuple[dict[str, Any], str, str]] = [
    (VISITS, "[age]", "41"),
    (VISITS, "[v2_arm_1][age]", "41"),
    (VISITS, "[event-name][age]", "41"),
    (VISITS, "[v1_arm_1][age]", "40"),
    (VISITS, "[V1_ARM_1][AGE]", "40"),
    (VISITS, "[previous-event-name][age]", "40"),
    (VISITS, "[next-event-name][age]", "42"),
    (VISITS, "[first-event-name][age]", "40"),
    (VISITS, "[last-event-name][age]", "42"),
    ({**VISITS, "$event": "v1_arm_1"}, "[previous-event-name][age]", ""),
    ({**VISITS, "$event": "v3_arm_1"}, "[next-event-name][age]", ""),
    (VISITS, "[v9_arm_2][age]", ""),  # an event of another arm
    (VISITS, "[v8_arm_1][age]", ""),  # an event that does not exist
    (VISITS, "[v1_arm_1][cond(2)]", "1"),
    (VISITS, "[v1_arm_1][cond(3)]", "0"),  # an unchecked box is 0, never blank
    (VISITS, "[cond(2)]", "0"),
    (VISITS, "[event-name]", "v2_arm_1"),
    (VISITS, "[previous-event-name]", "v1_arm_1"),
    (VISITS, "[next-event-name]", "v3_arm_1"),
    (DRUGS, "[drug]", "Ibuprofen"),
    (DRUGS, "[drug][current-instance]", "Ibuprofen"),
    (DRUGS, "[drug][1]", "Aspirin"),
    (DRUGS, "[drug][3]", ""),  # no such instance
    (DRUGS, "[drug][previous-instance]", "Aspirin"),
    (DRUGS, "[drug][next-instance]", ""),
    (DRUGS, "[drug][first-instance]", "Aspirin"),
    (DRUGS, "[drug][last-instance]", "Codeine"),
    ({**DRUGS, "$instance": 1}, "[drug][previous-instance]", ""),
    ({**DRUGS, "$instance": None}, "[drug]", ""),  # seen from the base row, a repeating field is blank
    ({**DRUGS, "$instance": None}, "[drug][last-instance]", "Codeine"),
    (DRUGS, "[weight]", "70"),  # a field that does not repeat is read from the base row
    (DRUGS, "[weight][1]", "70"),
    (DRUGS, "[weight][3]", ""),
    (DRUGS, "[drug][0]", ""),
    (DRUGS, "[current-instance]", "2"),
    (DRUGS, "[previous-instance]", "1"),
    (DRUGS, "[next-instance]", "3"),
    ({"cond___oth": "1"}, "[cond(OTH)]", "1"),  # the export's name of a choice
    ({"cond___4_4": "1"}, "[cond(4.4)]", "1"),
    ({"cond____9": "1"}, "[cond(-9)]", "1"),
    ({"cond(1)": "", "cond": "1"}, "[cond(1)]", "0"),
    ({"[user-dag-name]": "north"}, "[user-dag-name]", "north"),
    ({}, "[user-dag-name]", ""),
    ({"w": "92,3", "$types": {"w": "number_1dp_comma_decimal"}}, "[w] * 2", "184.6"),
    ({"w": "92,3"}, "[w] * 2", ""),
]


@pytest.mark.parametrize(("values", "reference", "result"), CASES)
def test_a_reference_reads_the_value_of_its_event_and_instance(
    values: dict[str, Any], reference: str, result: str, node: JavaScript
) -> None:
    tree = parse(reference)
    assert row_result(tree, values) == result
    assert frame_result(tree, values) == result
    assert node.results(tree, [values]) == [result]


def test_the_nearest_event_is_the_nearest_that_holds_the_field() -> None:
    record = Record(
        {"[v1_arm_1][ae]": "x", "[v3_arm_1][ae]": "y"},
        event="v3_arm_1",
        events=EVENTS,
        designated={"ae": ["v1_arm_1", "v3_arm_1"]},
    )
    assert row.result(parse("[previous-event-name][ae]"), record, SETTING) == "x"
    assert row.result(parse("[last-event-name][ae]"), record, SETTING) == "y"
    assert row.result(parse("[previous-event-name]"), record, SETTING) == "v2_arm_1"


def test_fields_of_another_form_that_repeats_are_blank_unless_their_instance_is_named() -> None:
    values = {"[drug][1]": "Aspirin", "[drug][2]": "Ibuprofen", "[sign(1)][2]": "1", "weight": "70"}
    record = Record(values, instance=2, elsewhere={"drug", "sign"})
    read = {text: row.result(parse(text), record, SETTING) for text in ("[drug]", "[drug][2]", "[sign(1)]", "[weight]")}
    assert read == {"[drug]": "", "[drug][2]": "Ibuprofen", "[sign(1)]": "0", "[weight]": "70"}
    for text in ("[drug][current-instance]", "[event-name][drug]"):
        assert row.result(parse(text), record, SETTING) == ""
    assert row.result(parse("[drug][last-instance]"), record, SETTING) == "Ibuprofen"


def test_an_instance_counts_though_the_field_is_blank_in_it_where_forms_are_known() -> None:
    rows = [
        {"record_id": "1", "redcap_repeat_instrument": "", "redcap_repeat_instance": "", "drug": ""},
        {"record_id": "1", "redcap_repeat_instrument": "meds", "redcap_repeat_instance": "1", "drug": "Aspirin"},
        {"record_id": "1", "redcap_repeat_instrument": "meds", "redcap_repeat_instance": "2", "drug": ""},
    ]
    tree = parse("[drug][last-instance] = ''")
    assert row.holds(tree, from_rows(rows, 0, forms={"drug": "meds"}), SETTING)
    assert not row.holds(tree, from_rows(rows, 0), SETTING)
    table = frame.Table(pd.DataFrame(rows), forms={"drug": "meds"})
    assert frame.holds(tree, table, SETTING).tolist() == [True, True, True]


def test_a_row_knows_its_record_and_group() -> None:
    rows = [{"record_id": "T001", "redcap_data_access_group": "north", "age": "5"}]
    tree = parse("concat([record-name], '/', [record-dag-name])")
    assert row.result(tree, from_rows(rows, 0), SETTING) == "T001/north"
    assert frame.results(tree, pd.DataFrame(rows), SETTING).tolist() == ["T001/north"]


BASE, DRUG, LAB = ("b1", "box___1"), ("m1", "m2"), ("l1",)
FORMS = {"m1": "meds", "m2": "meds", "l1": "labs"}
STORED = st.sampled_from(["", "", "1", "2", "x"])


@st.composite
def exports(draw: st.DrawFn) -> list[dict[str, str]]:
    """A flat export of two records: two visits with repeating forms, and one event that repeats as a whole."""
    rows = []
    for record in ("1", "2"):
        for event in EVENTS[:2]:
            rows += [_row(draw, record, event, "", "", BASE)] if draw(st.booleans()) else []
            for form, fields in (("meds", DRUG), ("labs", LAB)):
                numbers = draw(st.sets(st.sampled_from("1234"), max_size=3))
                rows += [_row(draw, record, event, form, number, fields) for number in sorted(numbers)]
        numbers = draw(st.sets(st.sampled_from("123"), max_size=2))
        rows += [_row(draw, record, EVENTS[2], "", number, BASE) for number in sorted(numbers)]
    return draw(st.permutations(rows))


def _row(draw: st.DrawFn, record: str, event: str, form: str, number: str, fields: tuple[str, ...]) -> dict[str, str]:
    held = {name: draw(STORED if "___" not in name else st.sampled_from("01")) for name in fields}
    return {
        "record_id": record,
        "redcap_event_name": event,
        "redcap_repeat_instrument": form,
        "redcap_repeat_instance": number,
        **dict.fromkeys((*BASE, *DRUG, *LAB), ""),
        **held,
    }


WORDS = ("previous-event-name", "next-event-name", "first-event-name", "last-event-name", "event-name")
PLACES = ("current", "previous", "next", "first", "last")
REFERENCES = st.builds(
    lambda event, name, instance: f"{event}[{name}]{instance}",
    st.sampled_from(["", "", *(f"[{one}]" for one in (*EVENTS, *WORDS, "v9_arm_1"))]),
    st.sampled_from(["b1", "box(1)", "m1", "m2", "l1", "none"]),
    st.sampled_from(["", "", "[1]", "[2]", "[4]", "[9]", *(f"[{one}-instance]" for one in PLACES)]),
)
SMART = st.sampled_from(["[event-name]", "[previous-event-name]", "[current-instance]", "[next-instance]"])


@settings(max_examples=150, deadline=None)
@given(rows=exports(), reference=REFERENCES | SMART, forms=st.sampled_from([None, FORMS]))
def test_a_frame_reads_in_every_row_what_the_row_reads_in_its_record(
    rows: list[dict[str, str]], reference: str, forms: dict[str, str] | None
) -> None:
    tree = parse(reference)
    expected = []
    for at, own in enumerate(rows):
        record = [one for one in rows if one["record_id"] == own["record_id"]]
        place = sum(one["record_id"] == own["record_id"] for one in rows[:at])
        expected.append(row.result(tree, from_rows(record, place, events=EVENTS, forms=forms), SETTING))
    columns = ("record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
    table = frame.Table(pd.DataFrame(rows, columns=[*columns, *BASE, *DRUG, *LAB]), events=EVENTS, forms=forms)
    assert frame.results(tree, table, SETTING).tolist() == expected
