"""REDCap's rows to entries and back, against rows written out by hand and against a stranger's way of reading them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.entry import Entry, EntryKey
from breakthrough.errors import AnswerUnreadable
from breakthrough.redcap import shapes
from breakthrough.redcap.shapes import Layout

DICTIONARY = [
    {"field_name": name, "form_name": form, "field_type": kind}
    for name, form, kind in (
        ("record_id", "team_profile", "text"),
        ("tp_name", "team_profile", "text"),
        ("tp_days", "team_profile", "checkbox"),
        ("tp_intro", "team_profile", "descriptive"),
        ("tp_logo", "team_profile", "file"),
        ("tc_aim", "team_charter", "notes"),
        ("sd_abs", "monthly", "text"),
        ("ch_ok", "monthly", "yesno"),
    )
]
BLANK = {
    "record_id": "",
    "redcap_repeat_instrument": "",
    "redcap_repeat_instance": "",
    "redcap_data_access_group": "",
    "tp_name": "",
    "tp_days___1": "",
    "tp_days____2": "",
    "tp_logo": "",
    "team_profile_complete": "",
    "tc_aim": "",
    "team_charter_complete": "",
    "sd_abs": "",
    "ch_ok": "",
    "monthly_complete": "",
}


def row(record: str, **values: str) -> dict[str, str]:
    return BLANK | {"record_id": record} | values


def repeat(record: str, instance: int, **values: str) -> dict[str, str]:
    return row(record, redcap_repeat_instrument="monthly", redcap_repeat_instance=str(instance), **values)


def entry(record: str, instrument: str, instance: int = 0, dag: str = "", **values: str) -> Entry:
    return Entry(EntryKey("main", record, "", instrument, instance), dag, values)


def test_a_base_row_gives_one_entry_for_each_form_with_content() -> None:
    rows = [
        row(
            "T001",
            redcap_data_access_group="north",
            tp_name="Ängby",
            tp_days___1="0",
            tp_days____2="1",
            team_profile_complete="2",
            tc_aim="Fewer\nabsences",
            team_charter_complete="0",
            monthly_complete="",
        )
    ]

    assert shapes.entries(rows, "main", DICTIONARY) == [
        entry("T001", "team_profile", dag="north", tp_name="Ängby", tp_days____2="1", team_profile_complete="2"),
        entry("T001", "team_charter", dag="north", tc_aim="Fewer\nabsences", team_charter_complete="0"),
    ]


def test_each_repeat_gives_an_entry_of_its_own_form_alone() -> None:
    rows = [
        repeat("T001", 1, sd_abs="041", monthly_complete="2"),
        repeat("T001", 12, ch_ok="0", team_profile_complete="0"),
    ]

    assert shapes.entries(rows, "main", DICTIONARY) == [
        entry("T001", "monthly", 1, sd_abs="041", monthly_complete="2"),
        entry("T001", "monthly", 12, ch_ok="0"),
    ]


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ({"team_profile_complete": "0", "tp_days___1": "0"}, 0),
        ({"team_profile_complete": ""}, 0),
        ({"team_profile_complete": "1"}, 1),
        ({"team_profile_complete": "2"}, 1),
        ({"tp_name": "0"}, 1),
        ({"tp_days___1": "1"}, 1),
    ],
)
def test_a_form_is_there_once_anything_but_grey_is_known_of_it(values: dict[str, str], count: int) -> None:
    assert len(shapes.entries([row("T001", **values)], "main", DICTIONARY)) == count


def test_a_project_without_repeats_groups_or_events_has_only_base_rows() -> None:
    assert shapes.entries([{"record_id": "1", "tp_name": "x"}], "main", DICTIONARY) == [
        entry("1", "team_profile", tp_name="x")
    ]


def test_events_and_repeating_events_are_part_of_the_key() -> None:
    rows = [
        {"record_id": "1", "redcap_event_name": "visit_arm_1", "redcap_repeat_instance": "3", "tp_name": "x"},
        {"record_id": "1", "redcap_event_name": "start_arm_1", "redcap_repeat_instance": "", "tp_name": "x"},
    ]

    keys = [found.key for found in shapes.entries(rows, "main", DICTIONARY)]

    assert keys == [
        EntryKey("main", "1", "visit_arm_1", "team_profile", 3),
        EntryKey("main", "1", "start_arm_1", "team_profile", 0),
    ]


def test_half_a_character_is_stored_as_a_question_mark_instead_of_breaking_the_store() -> None:
    found = shapes.entries([row("1", tp_name="cut \ud83d")], "main", DICTIONARY)

    assert found[0].values == {"tp_name": "cut ?"}
    assert len(found[0].digest) == 64


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("", tp_name="x")], "no record name"),
        ([row("T001", tp_name="x"), row("T001", tp_name="y")], "two rows for main/T001/team_profile"),
        ([repeat("T001", 1, sd_abs="1"), repeat("T001", 1, sd_abs="2")], "two rows for main/T001/monthly/1"),
        ([row("T001", redcap_repeat_instrument="monthly", sd_abs="1")], "without its number"),
        (
            [row("T001", redcap_repeat_instrument="monthly", redcap_repeat_instance="x", sd_abs="1")],
            "without its number",
        ),
        (
            [row("T001", redcap_repeat_instrument="monthly", redcap_repeat_instance="0", sd_abs="1")],
            "without its number",
        ),
        ([row("T001", brand_new="x")], "'brand_new'"),
    ],
    ids=["no record", "two base rows", "two repeats", "no instance", "instance no number", "instance 0", "new column"],
)
def test_rows_that_cannot_be_told_apart_or_do_not_fit_are_refused(rows: list[dict[str, str]], words: str) -> None:
    with pytest.raises(AnswerUnreadable, match=words):
        shapes.entries(rows, "main", DICTIONARY)


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("tp_days___1", "tp_days"),
        ("tp_days____2", "tp_days"),  # code -2
        ("tp_days___k__9", "tp_days"),  # code k>=9
        ("tp_days___oth", "tp_days"),  # a missing data code
        ("team_profile_complete", "team_profile_complete"),
        ("tp_name___1", None),
        ("tp_days", "tp_days"),
        ("record_id", None),
    ],
)
def test_a_column_is_traced_to_its_field(column: str, field: str | None) -> None:
    assert Layout.of(DICTIONARY).field_of(column) == field


def test_fields_without_a_column_are_found_except_those_that_may_lack_one() -> None:
    columns = set(BLANK) - {"sd_abs", "tp_logo", "tp_days____2", "team_charter_complete"}

    assert Layout.of(DICTIONARY).missing(columns) == ["sd_abs", "team_charter_complete"]
    assert Layout.of(DICTIONARY).missing(columns - {"tp_days___1"}) == ["tp_days", "sd_abs", "team_charter_complete"]


def test_entries_become_the_rows_that_redcap_wants() -> None:
    entries = [
        entry("T001", "team_profile", dag="north", tp_name="x", team_profile_complete="2"),
        entry("T001", "monthly", 2, dag="north", sd_abs="5"),
        entry("T001", "team_charter", dag="north", tc_aim="y"),
        entry("T002", "monthly", 1, sd_abs="6"),
    ]

    assert shapes.rows(entries) == [
        {
            "record_id": "T001",
            "redcap_data_access_group": "north",
            "tp_name": "x",
            "team_profile_complete": "2",
            "tc_aim": "y",
        },
        {
            "record_id": "T001",
            "redcap_repeat_instrument": "monthly",
            "redcap_repeat_instance": "2",
            "redcap_data_access_group": "north",
            "sd_abs": "5",
        },
        {"record_id": "T002", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "1", "sd_abs": "6"},
    ]
    assert all("redcap_data_access_group" not in made for made in shapes.rows(entries, dags=False))
    assert next(iter(shapes.rows(entries, record_field="team")[0])) == "team"


def test_in_a_repeating_event_no_instrument_stands_beside_the_instance() -> None:
    one = Entry(EntryKey("main", "1", "visit_arm_1", "team_profile", 3), "", {"tp_name": "x"})

    assert shapes.rows([one], repeating_events=["visit_arm_1"]) == [
        {"record_id": "1", "redcap_event_name": "visit_arm_1", "redcap_repeat_instance": "3", "tp_name": "x"}
    ]


_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
_values = {
    "team_profile": {"tp_name": _text, "tp_days___1": st.just("1"), "team_profile_complete": st.sampled_from("12")},
    "team_charter": {"tc_aim": _text},
    "monthly": {"sd_abs": _text, "ch_ok": st.sampled_from("01"), "monthly_complete": st.sampled_from("012")},
}


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    keys = draw(
        st.sets(
            st.tuples(st.sampled_from(["T1", "T 2", "007"]), st.sampled_from(sorted(_values)), st.integers(1, 3)),
            max_size=8,
        )
    )
    made = {}
    for record, form, instance in keys:
        values = draw(st.fixed_dictionaries({}, optional=_values[form]))
        if values and values != {"monthly_complete": "0"}:
            key = EntryKey("main", record, "", form, instance if form == "monthly" else 0)
            made[key] = Entry(key, record.lower(), values)
    return list(made.values())


@given(_entries())
def test_rows_made_of_entries_give_the_same_entries_again(entries: list[Entry]) -> None:
    found = shapes.entries(shapes.rows(entries), "main", DICTIONARY)

    assert {e.key: (e.dag, e.values) for e in found} == {e.key: (e.dag, e.values) for e in entries}
