"""Values that fields accept, and REDCap's sentence for those they do not."""

from __future__ import annotations

import pytest

from redcap_sandbox.design.validation import Invalid, slider_check, text_check

GENERIC = (
    "The value you provided could not be validated because it does not follow the expected format. Please try again."
)
NUMBER = "This value you provided is not a number. Please try again."
INTEGER = "This value you provided is not an integer. Please try again."
TIME = (
    "The value entered must be a time value in the following format HH:MM within the range 00:00-23:59 "
    "(e.g., 04:32 or 23:19)."
)
EMAIL = "This field must be a valid email address (like joe@user.com). Please re-enter it now."
ZIPCODE = "This field must be a 5 or 9 digit U.S. ZIP Code (like 94043). Please re-enter it now."
PHONE = "This field must be a 10 digit U.S. phone number (like 415 555 1212). Please re-enter it now."


@pytest.mark.parametrize(
    ("validation", "values"),
    [
        ("date_ymd", ["2023-08-02", "2024-02-29"]),
        ("datetime_ymd", ["2023-09-02 01:03"]),
        ("datetime_seconds_ymd", ["2023-09-02 01:03:01"]),
        ("date_mdy", ["2023-08-02"]),
        ("time", ["08:10", "23:59", "8:05"]),
        ("time_hh_mm_ss", ["08:59:59"]),
        ("time_mm_ss", ["02:05"]),
        ("integer", ["99", "-10", "+3"]),
        ("number", ["4", "-.29", "1111.11", "1e5", "3."]),
        ("number_1dp", ["1.5", "-0.5"]),
        ("number_2dp", ["99.99"]),
        ("number_4dp", ["9.9999"]),
        ("number_comma_decimal", ["2,345623", "4"]),
        ("number_1dp_comma_decimal", ["1,5"]),
        ("email", ["email@test.edu"]),
        ("phone", ["509-555-5555", "555-867-5309", "415 555 1212", "(415) 555-1212", "4155551212 x12"]),
        ("zipcode", ["90210", "99037-1234"]),
        ("ssn", ["123-12-1234"]),
        ("mrn_10d", ["1234567890"]),
        ("mrn_generic", ["A123456789", "99999"]),
        ("vmrn", ["56789"]),
        ("alpha_only", ["ABCxyz"]),
    ],
)
def test_good_values_are_stored_as_they_are(validation: str, values: list[str]) -> None:
    check = text_check(validation, "YMD")
    assert check is not None
    assert [check(value) for value in values] == values


@pytest.mark.parametrize(
    ("validation", "values", "message"),
    [
        ("date_ymd", ["TEST", "40/7/7", "2023-02-30", "2023-08-02 10:00", "2023-13-01", "02-08-2023"], GENERIC),
        ("datetime_ymd", ["2023-09-02", "2023-09-02 25:00", "2023-09-02T01:03"], GENERIC),
        ("datetime_seconds_ymd", ["2023-09-02 01:03"], GENERIC),
        ("time", ["24:00", "8", "TEST"], TIME),
        ("time_mm_ss", ["60:00"], GENERIC),
        ("integer", ["TEST", "1.5", "", "٣"], INTEGER),
        ("number", ["TEST", "1,5", ".", "1.2.3"], NUMBER),
        ("number_1dp", ["22", "1.55"], GENERIC),
        ("number_comma_decimal", ["1.5"], GENERIC),
        ("email", ["ringo@noreply", "a b@c.de", "@c.de"], EMAIL),
        ("phone", ["8675309", "1234567890"], PHONE),
        ("zipcode", ["9021", "902101"], ZIPCODE),
        (
            "vmrn",
            ["0123"],
            (
                "The value entered is not a valid Vanderbilt Medical Record Number (i.e. 4- to 9-digit "
                "number, excluding leading zeros). Please try again."
            ),
        ),
        ("alpha_only", ["a1"], GENERIC),
    ],
)
def test_bad_values_are_refused_in_redcaps_words(validation: str, values: list[str], message: str) -> None:
    check = text_check(validation, "YMD")
    assert check is not None
    for value in values:
        with pytest.raises(Invalid) as caught:
            check(value)
        assert str(caught.value) == message, value


@pytest.mark.parametrize("validation", ["", "postalcode_canada", "phone_uk", "our_own_number"])
def test_a_type_that_is_not_listed_accepts_everything(validation: str) -> None:
    assert text_check(validation, "YMD") is None


def test_blanks_around_a_checked_value_are_dropped() -> None:
    check = text_check("integer", "YMD")
    assert check is not None
    assert check(" 7 ") == "7"


def test_a_slider_holds_a_whole_number() -> None:
    assert slider_check()("55") == "55"
    with pytest.raises(Invalid, match="not an integer"):
        slider_check()("5.5")
