"""Ranges that a form points out, values as it shows them, and the decimal character of an export."""

from __future__ import annotations

import pytest

from redcap_sandbox.design.validation import DecimalCharacter, displayed, limit, range_message, with_decimal

OUTSIDE = "The value you provided is outside the suggested range ({}). This value is admissible, but you may wish to double check it."


@pytest.mark.parametrize(
    ("kind", "value", "least", "greatest", "shown"),
    [
        ("date_ymd", "2023-09-01", "2023-08-01", "2023-08-31", "2023-08-01 - 2023-08-31"),
        ("date_mdy", "2023-09-01", "2023-08-01", "2023-08-31", "08-01-2023 - 08-31-2023"),
        ("datetime_ymd", "2023-08-02 01:03", "2023-09-01 01:01", "2023-09-30 01:59", "2023-09-01 01:01 - 2023-09-30 01:59"),
        ("integer", "101", "1", "100", "1 - 100"),
        ("number_1dp", "5.1", "1.0", "5.0", "1.0 - 5.0"),
        ("number_1dp_comma_decimal", "5,1", "1,0", "2,0", "1,0 - 2,0"),
        ("time", "07:05", "08:05", "23:00", "08:05 - 23:00"),
        ("time_mm_ss", "01:59", "02:01", "59:00", "02:01 - 59:00"),
        ("time_hh_mm_ss", "07:59:59", "8:01:01", "23:00:00", "08:01:01 - 23:00:00"),
        ("number", "1e999", "1", "5", "1 - 5"),
    ],
)  # fmt: skip
def test_a_value_outside_the_range_is_pointed_out(kind: str, value: str, least: str, greatest: str, shown: str) -> None:
    assert range_message(kind, value, least, greatest) == OUTSIDE.format(shown)


@pytest.mark.parametrize(
    ("kind", "value", "least", "greatest"),
    [
        ("integer", "1", "1", "100"),
        ("integer", "9", "", ""),
        ("integer", "NASK", "1", "2"),
        ("integer", "200", "", "[top]"),
        ("number_comma_decimal", "1,5", "1.4", "1.6"),
        ("date_ymd", "2023-08-31", "", "2023-08-31"),
        ("datetime_ymd", "2023-08-31 00:00", "2023-08-31", ""),
        ("time", "8:05", "08:05", "23:00"),
        ("email", "a@b.org", "1", "2"),
    ],
)
def test_a_value_inside_the_range_or_without_one_is_not(kind: str, value: str, least: str, greatest: str) -> None:
    assert range_message(kind, value, least, greatest) == ""


def test_a_range_with_one_end_and_a_forced_one_have_another_text() -> None:
    assert range_message("integer", "0", "1", "").startswith(
        "The value you provided must be within the suggested range"
    )
    assert range_message("integer", "0", "1", "5", forced=True) == (
        "The value you provided must be within the suggested range (1 - 5)."
    )


NOW = "2026-03-10 09:08:07"


@pytest.mark.parametrize(
    ("kind", "cell", "expected"),
    [
        ("date_ymd", "today", "2026-03-10"),
        ("date_ymd", "NOW", "2026-03-10"),
        ("datetime_ymd", "now", "2026-03-10 09:08"),
        ("datetime_ymd", "today", "2026-03-10"),
        ("datetime_seconds_mdy", "now", NOW),
        ("time", "now", "09:08"),
        ("time_hh_mm_ss", "now", "09:08:07"),
        ("integer", "[first][low]", "value of [first][low]"),
        ("integer", " 7 ", "7"),
    ],
)
def test_a_limit_may_be_now_or_a_field(kind: str, cell: str, expected: str) -> None:
    assert limit(cell, kind, NOW, lambda reference: f"value of {reference}") == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("date_dmy", "2023-07-31", "31-07-2023"),
        ("datetime_mdy", "2023-07-31 14:49", "07-31-2023 14:49"),
        ("datetime_seconds_ymd", "2023-07-31 14:49:07", "2023-07-31 14:49:07"),
        ("time", "8:01", "08:01"),
        ("date_mdy", "NASK", "NASK"),
        ("integer", "007", "007"),
        ("", "x", "x"),
    ],
)
def test_a_form_shows_values_in_the_fields_own_notation(kind: str, value: str, expected: str) -> None:
    assert displayed(kind, value) == expected


@pytest.mark.parametrize(
    ("field_type", "kind", "value", "character", "expected"),
    [
        ("calc", "", "26.8", ",", "26,8"),
        ("calc", "", "26.8", ".", "26.8"),
        ("calc", "", "26.8", "", "26.8"),
        ("text", "number", "-.29", ",", "-,29"),
        ("text", "float", "1.5e3", ",", "1,5e3"),
        ("text", "number_1dp", "1.5", ",", "1,5"),
        ("text", "number_1dp_comma_decimal", "1,5", ".", "1.5"),
        ("text", "number_comma_decimal", "2,345623", ",", "2,345623"),
        ("text", "integer", "1", ",", "1"),
        ("text", "number", "UNK.1", ",", "UNK.1"),
        ("text", "", "1.5", ",", "1.5"),
        ("notes", "number", "1.5", ",", "1.5"),
        ("radio", "", "5.5", ",", "5.5"),
        ("slider", "number", "5", ",", "5"),
    ],
)  # fmt: skip
def test_an_export_may_ask_for_one_decimal_character(
    field_type: str, kind: str, value: str, character: DecimalCharacter, expected: str
) -> None:
    assert with_decimal(field_type, kind, value, character) == expected
