"""Which instance of a repeating form a row is for."""

from __future__ import annotations

import pytest
from tests.sandbox.conftest import Api

MISSING_INSTANCE = (
    "This field ('seen') exists on a Repeating Instrument named 'monthly'. However, the fields "
    "'redcap_repeat_instance' and/or 'redcap_repeat_instrument' for this row of data have no value, which are both "
    "required for importing data into a Repeating Instrument.  You are not allowed to import data for this field "
    "into a non-repeating instrument."
)
NOT_REPEATING = (
    "redcap_repeat_instrument must be the unique form name of a Repeating Instrument.  It currently does not match "
    "the unique form name of any Repeating Instruments.  Please fix this in the data import file and try again."
)
NO_INSTANCE = (
    "redcap_repeat_instance cannot have a value since this instrument or event is not a repeating instrument or "
    "repeating event, respectively.  The redcap_repeat_instance field must be left blank for this row of data."
)


def monthly(record: str, number: int | str, **values: object) -> dict[str, object]:
    return {"record_id": record, "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": number, **values}


def seen(owner: Api) -> dict[int, str]:
    rows = owner.json("record", forms="profile,monthly")
    return {row["redcap_repeat_instance"]: row["seen"] for row in rows if row["redcap_repeat_instrument"]}


def line(*cells: str) -> str:
    return ",".join(f'"{cell}"' for cell in cells)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"record_id": "1", "seen": "3"}, ("1", "seen", "3", MISSING_INSTANCE)),
        (
            {"record_id": "1", "redcap_repeat_instrument": "monthly", "redcap_repeat_instance": "", "seen": "3"},
            ("1", "seen", "3", MISSING_INSTANCE),
        ),
        (
            {"record_id": "1", "redcap_repeat_instrument": "profile", "redcap_repeat_instance": 1, "town": "x"},
            ("1", "redcap_repeat_instrument", "profile", NOT_REPEATING),
        ),
        (
            {"record_id": "1", "redcap_repeat_instrument": "", "redcap_repeat_instance": 2, "town": "x"},
            ("1", "redcap_repeat_instance", "2", NO_INSTANCE),
        ),
    ],
    ids=["no plumbing", "no instance", "no such repeating form", "instance of nothing"],
)
def test_a_row_that_does_not_say_which_instance_is_refused(
    team: Api, row: dict[str, object], fault: tuple[str, ...]
) -> None:
    assert team.refusal("record", data=[row]) == (400, line(*fault))


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "x", "99999", "²"])
def test_an_instance_is_a_positive_whole_number(team: Api, number: str) -> None:
    status, message = team.refusal("record", data=[monthly("1", number, seen="1")])
    assert (status, "redcap_repeat_instance must be a whole number" in message) == (400, True)


def test_a_row_for_one_form_takes_no_values_of_another(team: Api) -> None:
    status, message = team.refusal("record", data=[monthly("1", 1, seen="1", test="x", town="y")])
    assert status == 400
    assert [part.split(",")[1] for part in message.split("\n")] == ['"test"', '"town"']


def test_new_takes_the_next_free_instance(team: Api) -> None:
    team.save(monthly("1", 3, seen="3"))
    team.save(monthly("1", "new", seen="4"), monthly("1", "new", seen="5"), monthly("1", 9, seen="9"))
    team.save(monthly("1", "new", seen="10"))
    assert seen(team) == {3: "3", 4: "4", 5: "5", 9: "9", 10: "10"}


def test_saving_an_instance_again_changes_that_instance(team: Api) -> None:
    team.save(monthly("1", 1, seen="1", agreed="1"), monthly("1", 2, seen="2"))
    team.save(monthly("1", 2, seen="7"))
    assert seen(team) == {1: "1", 2: "7"}


def test_two_rows_of_one_import_for_one_instance_add_up(team: Api) -> None:
    team.save(monthly("1", 1, seen="1"), monthly("1", 1, agreed="1"))
    (_, row) = team.json("record")
    assert (row["seen"], row["agreed"]) == ("1", "1")
