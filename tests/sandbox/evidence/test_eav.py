"""Records as one row a value (type eav)."""

from __future__ import annotations

from typing import Any

from tests.sandbox.conftest import Api
from tests.sandbox.evidence.conftest import csv


def values(api: Api, **parameters: Any) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in api.json("record", type="eav", **parameters)]


FIRST = [
    ("1", "ward_id", "1"),
    ("1", "ward_name", "Elm Ward"),
    ("1", "opened", "2019-05-01"),
    ("1", "email", "elm@ward.example"),
    ("1", "phone", "(415) 555-1212"),
    ("1", "sort", "1"),
    ("1", "ward_complete", "2"),
    ("1", "beds", "20"),
    ("1", "falls", "3"),
    ("1", "remarks", 'Ask "twice".\n\nThen again'),
    ("1", "safety_complete", "1"),
    ("1", "roles", "1"),
    ("1", "roles", "k>=9"),
    ("1", "teaching", "1"),
    ("1", "night", "0"),
    ("1", "shift", "b"),
    ("1", "energy", "40"),
    ("1", "people_complete", "2"),
]
OTHERS = [
    ("2", "ward_id", "2"),
    ("2", "ward_name", "Oak Ward"),
    ("2", "email", "oak@ward.example"),
    ("2", "ward_complete", "0"),
    ("2", "beds", "70"),
    ("2", "safety_complete", "0"),
    ("10", "ward_id", "10"),
    ("10", "ward_name", "Åsen, øst"),
    ("10", "sort", "2"),
    ("10", "ward_complete", "0"),
]


# Q1 [R] read-eav-oneshot/default: three columns in a classic project
def test_a_classic_project_has_three_columns(wards: Api) -> None:
    assert list(wards.json("record", type="eav")[0]) == ["record", "field_name", "value"]
    assert csv(wards, "record", type="eav").splitlines()[:3] == [
        "record,field_name,value",
        "1,ward_id,1",
        '1,ward_name,"Elm Ward"',
    ]


# Q1 [R] redcap-read-eav-oneshot.R, [P] test_export_records_df_eav on longitudinal data: event and repeat columns
def test_a_longitudinal_project_that_repeats_has_three_more(teams: Api) -> None:
    assert list(teams.json("record", type="eav")[0]) == [
        "record",
        "redcap_event_name",
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "field_name",
        "value",
    ]
    rows = [row for row in teams.json("record", type="eav") if row["field_name"] in {"seen_at", "kept"}]
    assert sorted(tuple(map(str, row.values())) for row in rows) == [
        ("1", "action_period_arm_1", "", "1", "kept", "1"),
        ("1", "action_period_arm_1", "", "2", "kept", "2"),
        ("1", "learning_session_1_arm_1", "", "", "kept", "3"),
        ("1", "start_arm_1", "visit_log", "1", "seen_at", "2025-09-03 10:00:00"),
        ("1", "start_arm_1", "visit_log", "2", "seen_at", "2025-09-04 11:30:00"),
        ("2", "final_review_meeti_arm_2", "", "", "kept", "5"),
    ]


# Q2 [R] read-eav-oneshot/default, [P] test_export_records_df_eav: each stored value that is not blank; the record id
# and a stored 0 are values; a checked box is a row with the field's name and the code; no row for the group
def test_every_stored_value_is_a_row(wards: Api) -> None:
    assert [row for row in values(wards) if row[1] != "plan"] == [*FIRST, *OTHERS]


# Q3 [R] read-eav-oneshot/default: a file is the number of its document
def test_a_file_is_its_number(wards: Api) -> None:
    ((record, _, number),) = [row for row in values(wards) if row[1] == "plan"]
    assert record == "1"
    assert number.isdigit()


# Q4 [R] read-eav-oneshot/default: what was computed later stands after what was stored before
def test_a_value_computed_later_stands_last(own_wards: Api) -> None:
    own_wards.save({"ward_id": "1", "falls": "4"})
    assert [row[1] for row in values(own_wards, records="1", fields="ward_id,beds,falls,rate")] == [
        *("ward_id", "beds", "falls", "rate")
    ]
    assert values(own_wards, records="1")[-1] == ("1", "rate", "20")


# Q5 [R] read-eav-oneshot/specify-fields, specify-records, specify-forms
def test_fields_forms_and_records_narrow_it_down(wards: Api) -> None:
    assert values(wards, fields="ward_id,beds") == [
        *(
            ("1", "ward_id", "1"),
            ("1", "beds", "20"),
            ("2", "ward_id", "2"),
            ("2", "beds", "70"),
            ("10", "ward_id", "10"),
        )
    ]
    assert values(wards, records="10") == [row for row in OTHERS if row[0] == "10"]
    assert {row[1] for row in values(wards, forms="people")} == {
        *("roles", "teaching", "night", "shift", "energy", "people_complete")
    }


# Q6 [R] read-eav-oneshot/filter-numeric
def test_logic_keeps_whole_records(wards: Api) -> None:
    assert values(wards, filterLogic="[beds] >= 61") == [row for row in OTHERS if row[0] == "2"]


# Q7 [R] read-eav-oneshot/blank-for-gray-true, -false: an untouched form has no row, asked for or not
def test_an_untouched_form_has_no_status_row(wards: Api) -> None:
    for spelt in ("TRUE", "FALSE"):
        rows = values(wards, records="10", exportBlankForGrayFormStatus=spelt)
        assert [row[1] for row in rows] == ["ward_id", "ward_name", "sort", "ward_complete"]


# Q8 [P] test_export_records_df_eav: creating from XML imports no computed value (30 rows: 13 + 13 + 4)
def test_pycap_counts_the_rows_of_a_project_made_from_xml(wards: Api) -> None:
    frame = wards.project().export_records(format_type="df", record_type="eav")
    assert len(frame) == len(FIRST) + 1 + len(OTHERS)
    assert "rate" not in set(frame["field_name"])
    assert "redcap_data_access_group" not in set(frame["field_name"])


# Q9 commonly said: labels in EAV
def test_labels_stand_for_codes_in_eav(wards: Api) -> None:
    rows = values(wards, records="1", rawOrLabel="label", fields="sort,roles,ward_complete")
    assert rows == [
        *(
            ("1", "sort", "Medical"),
            ("1", "ward_complete", "Complete"),
            ("1", "roles", "Nurse, day"),
            ("1", "roles", "Kitchen"),
        )
    ]
