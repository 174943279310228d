"""Values that fields accept, how they are stored, and REDCap's sentence for those they do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcap_sandbox.design import validation
from redcap_sandbox.design.validation import (
    DateOrder,
    Invalid,
    choice_check,
    form_message,
    missing_check,
    refuses_missing_codes,
    slider_check,
    text_check,
)

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
VMRN = (
    "The value entered is not a valid Vanderbilt Medical Record Number (i.e. 4- to 9-digit number, excluding "
    "leading zeros). Please try again."
)


def stored(kind: str, value: str, order: DateOrder = "YMD") -> str:
    check = text_check(kind, order)
    assert check is not None
    return check(value)


def refusal(kind: str, value: str, order: DateOrder = "YMD", *, background: bool = False) -> str:
    check = text_check(kind, order, background=background)
    assert check is not None
    with pytest.raises(Invalid) as caught:
        check(value)
    return str(caught.value)


GOOD = {
    "date_ymd": ["2023-08-02", "2024-02-29"],
    "date_mdy": ["2023-08-02"],
    "date_dmy": ["2023-08-02"],
    "date": ["2023-08-02"],
    "datetime_ymd": ["2023-09-02 01:03"],
    "datetime_mdy": ["2023-09-02 01:03"],
    "datetime_dmy": ["2023-09-02 23:59"],
    "datetime_seconds_ymd": ["2023-09-02 01:03:01"],
    "datetime_seconds_mdy": ["2023-09-02 01:03:01"],
    "datetime_seconds_dmy": ["2023-09-02 01:03:01"],
    "time": ["08:10", "23:59", "8:05"],
    "time_hh_mm_ss": ["08:59:59", "8:01:01"],
    "time_mm_ss": ["02:05", "59:00"],
    "integer": ["99", "-10", "+3"],
    "int": ["7"],
    "number": ["4", "-.29", "1111.11", "1e5", "3."],
    "float": ["0.5"],
    "number_1dp": ["1.5", "-0.5", "22.0"],
    "number_2dp": ["99.99"],
    "number_3dp": ["99.999"],
    "number_4dp": ["9.9999"],
    "number_comma_decimal": ["2,345623", "4"],
    "number_1dp_comma_decimal": ["1,5"],
    "number_2dp_comma_decimal": ["99,99"],
    "number_3dp_comma_decimal": ["-99,999"],
    "number_4dp_comma_decimal": ["9,9999"],
    "email": ["email@test.edu", "o'brien+x@mail.uni.example"],
    "phone": ["509-555-5555", "555-867-5309", "415 555 1212", "(415) 555-1212", "4155551212 x12", "+1 415.555.1212"],
    "phone_australia": ["(02) 9876 5432", "0298765432", "0412 345 678", "+61 2 9876 5432", "+61 412 345 678"],
    "phone_uk": ["+44 7911 123456", "020 7946 0958", "(020) 7946 0958", "07911 123456", "+44 (0)20 7946 0958"],
    "zipcode": ["90210", "99037", "99037-1234"],
    "postalcode_australia": ["2620"],
    "postalcode_canada": ["A0A 0A0", "v5v 5v5", "K1A0B1"],
    "postalcode_french": ["69008", "88888"],
    "postalcode_germany": ["14199"],
    "postalcode_uk": ["SW1A 1AA", "m1 1ae"],
    "ssn": ["123-12-1234"],
    "mrn_10d": ["1234567890"],
    "mrn_generic": ["A123456789", "99999"],
    "vmrn": ["56789"],
    "alpha_only": ["ABCxyz"],
}
BAD: dict[str, tuple[list[str], str]] = {
    "date_ymd": (
        ["TEST", "40/7/7", "2023-02-30", "2023-08-02 10:00", "2023-13-01", "02-08-2023", "7/31/2023", "0000-01-01"],
        GENERIC,
    ),
    "datetime_ymd": (
        ["TEST", "2023-09-02", "2023-09-02 25:00", "2023-09-02T01:03", "2023-09-02 01:03:01", "2023-09-02  01:03"],
        GENERIC,
    ),
    "datetime_seconds_ymd": (["Test", "2023-09-02 01:03", "2023-09-02 01:03:60"], GENERIC),
    "time": (["24:00", "8", "TEST", "9999", "08:10:00"], TIME),
    "time_hh_mm_ss": (["9999", "08:10", "24:00:00"], GENERIC),
    "time_mm_ss": (["60:00", "9999", "5:05"], GENERIC),
    "integer": (["TEST", "1.5", "", "٣", "1e3"], INTEGER),
    "number": (["TEST", "1,5", ".", "1.2.3", "INF", "NaN", "0x10"], NUMBER),
    "number_1dp": (["22", "1.55", "TEST", "1,5"], GENERIC),
    "number_4dp": (["9.999"], GENERIC),
    "number_comma_decimal": (["1.5", "TEST"], GENERIC),
    "number_1dp_comma_decimal": (["1.5", "1", "TEST"], GENERIC),
    "email": (["ringo@noreply", "a b@c.de", "@c.de", "TEST"], EMAIL),
    "phone": (["8675309", "1234567890"], PHONE),
    "phone_australia": (["9876 5432", "(01) 9876 5432", "(02 9876 5432"], GENERIC),
    "phone_uk": (["7911 123456", "+44 123", "020 79x6 0958", "(020 7946 0958"], GENERIC),
    "zipcode": (["9021", "902101", "90210-1"], ZIPCODE),
    "postalcode_australia": (["262", "A620"], GENERIC),
    "postalcode_canada": (["AAA 0A0", "D0A 0A0", "12345"], GENERIC),
    "postalcode_french": (["6900"], GENERIC),
    "postalcode_germany": (["1419", "D-14199"], GENERIC),
    "postalcode_uk": (["90210", "SW1A"], GENERIC),
    "ssn": (["123121234"], GENERIC),
    "mrn_10d": (["123456789"], GENERIC),
    "mrn_generic": (["A-1"], GENERIC),
    "vmrn": (["0123", "123"], VMRN),
    "alpha_only": (["a1", "a b"], GENERIC),
}


@pytest.mark.parametrize("kind", GOOD)
def test_good_values_are_stored_as_they_are(kind: str) -> None:
    assert [stored(kind, value) for value in GOOD[kind]] == GOOD[kind]


@pytest.mark.parametrize("kind", BAD)
def test_bad_values_are_refused_in_redcaps_words(kind: str) -> None:
    values, message = BAD[kind]
    assert [(value, refusal(kind, value)) for value in values] == [(value, message) for value in values]


def test_every_type_of_the_server_has_a_good_value_here() -> None:
    assert {known.name for known in validation.TYPES} == set(GOOD) - {"date", "int", "float"}


@pytest.mark.parametrize("kind", ["", "our_own_number"])
def test_a_type_the_server_does_not_have_accepts_everything(kind: str) -> None:
    assert text_check(kind, "YMD") is None


def test_blanks_around_a_checked_value_are_dropped() -> None:
    assert stored("integer", " 7 ") == "7"


@pytest.mark.parametrize(
    ("kind", "order", "value", "expected"),
    [
        ("date_mdy", "MDY", "7/31/2023", "2023-07-31"),
        ("date_dmy", "DMY", "31/7/2023", "2023-07-31"),
        ("date_dmy", "DMY", "31-07-2023", "2023-07-31"),
        ("date_ymd", "MDY", "2/25/43", "1943-02-25"),
        ("date_ymd", "MDY", "7/7/40", "1940-07-07"),
        ("date_ymd", "MDY", "1/2/05", "2005-01-02"),
        ("date_ymd", "YMD", "96-06-16", "1996-06-16"),
        ("date_ymd", "YMD", "2025/2/5", "2025-02-05"),
        ("date_ymd", "MDY", "1924-10-20", "1924-10-20"),
        ("date_ymd", "DMY", "1924-10-2", "1924-10-02"),
        ("datetime_ymd", "MDY", "7/31/2023 14:49", "2023-07-31 14:49"),
        ("datetime_dmy", "DMY", "1/7/2023 9:05", "2023-07-01 09:05"),
        ("datetime_seconds_dmy", "YMD", "96-06-16 09:09:09", "1996-06-16 09:09:09"),
    ],
)
def test_dates_are_read_as_files_write_them(kind: str, order: DateOrder, value: str, expected: str) -> None:
    assert stored(kind, value, order) == expected


def test_a_bad_date_is_shown_as_it_was_read() -> None:
    check = text_check("date_ymd", "MDY")
    assert check is not None
    with pytest.raises(Invalid, match="expected format") as caught:
        check("40/7/7")
    assert caught.value.shown == "0007-40-07"
    with pytest.raises(Invalid) as caught:
        check("TEST")
    assert caught.value.shown is None


@given(day=st.dates(), order=st.sampled_from(["YMD", "MDY", "DMY"]))
def test_any_day_is_read_in_any_order(day: date, order: DateOrder) -> None:
    parts = {"Y": f"{day.year:04}", "M": str(day.month), "D": str(day.day)}
    written = ("-" if order == "YMD" else "/").join(parts[letter] for letter in order)
    assert stored("date_ymd", written, order) == day.isoformat()
    assert stored("date_ymd", day.isoformat(), order) == day.isoformat()


@given(text=st.text(max_size=40), kind=st.sampled_from([known.name for known in validation.TYPES]))
def test_a_check_accepts_or_refuses_and_never_fails(text: str, kind: str) -> None:
    check = text_check(kind, "MDY")
    assert check is not None
    try:
        kept = check(text)
    except Invalid:
        return
    assert check(kept) == kept  # what is stored can be imported again


def test_a_background_import_has_one_text_for_all() -> None:
    for kind, value in [("number", "not a number"), ("integer", "99-3"), ("email", "x"), ("time", "9999")]:
        assert refusal(kind, value, background=True) == GENERIC
    with pytest.raises(Invalid, match="expected format"):
        slider_check(background=True)("x")


def test_a_slider_holds_a_whole_number() -> None:
    assert slider_check()("55") == "55"
    with pytest.raises(Invalid, match="not an integer"):
        slider_check()("5.5")


def test_a_choice_takes_its_codes_only() -> None:
    check = choice_check("kind", frozenset({"1", "2"}))
    assert check(" 2 ") == "2"
    with pytest.raises(Invalid, match="The value is not a valid category for kind"):
        check("3")


CODES = frozenset({"NASK", "-99", "UNK.1"})


@pytest.mark.parametrize("kind", ["date_ymd", "number", "email", "postalcode_uk"])
def test_missing_data_codes_pass_any_validation(kind: str) -> None:
    check = missing_check(text_check(kind, "YMD"), CODES)
    assert check is not None
    assert [check(code) for code in ("NASK", " -99 ", "UNK.1")] == ["NASK", "-99", "UNK.1"]
    with pytest.raises(Invalid):
        check("nask")


def test_missing_data_codes_pass_choices_and_sliders_too() -> None:
    for check in (choice_check("kind", frozenset({"1"})), slider_check()):
        lenient = missing_check(check, CODES)
        assert lenient is not None
        assert (lenient("NASK"), lenient("1")) == ("NASK", "1")


def test_a_field_with_nomissing_refuses_them() -> None:
    assert refuses_missing_codes("@HIDDEN @NOMISSING")
    assert not refuses_missing_codes("ask me@NOMISSING.org, @NOMISSINGS")
    text = missing_check(None, CODES, refused=True)
    assert text is not None
    assert text("any words") == "any words"
    with pytest.raises(Invalid, match="expected format"):
        text("NASK")


def test_a_text_without_validation_needs_no_check_for_them() -> None:
    assert missing_check(None, CODES) is None
    assert missing_check(None, frozenset(), refused=True) is None


@pytest.mark.parametrize(
    ("kind", "label", "data_type"),
    [
        ("date_ymd", "Date (Y-M-D)", "date"),
        ("date_mdy", "Date (M-D-Y)", "date"),
        ("datetime_ymd", "Datetime (Y-M-D H:M)", "datetime"),
        ("datetime_seconds_dmy", "Datetime w/ seconds (D-M-Y H:M:S)", "datetime_seconds"),
        ("number_1dp", "Number (1 decimal place)", "number"),
        ("number_1dp_comma_decimal", "Number (1 decimal place - comma as decimal)", "number_comma_decimal"),
        ("time_mm_ss", "Time (MM:SS)", "time"),
        ("time", "Time (HH:MM)", "time"),
        ("phone", "Phone (North America)", "phone"),
        ("zipcode", "Zipcode (U.S.)", "postal_code"),
        ("int", "Integer", "integer"),
    ],
)
def test_a_type_has_a_label_and_a_kind_of_data(kind: str, label: str, data_type: str) -> None:
    found = validation.find(kind)
    assert found is not None
    assert (found.label, found.data_type) == (label, data_type)


def test_the_dialog_of_a_form_names_the_format_where_the_text_is_general() -> None:
    assert form_message("number_1dp", Invalid(GENERIC)) == f"{GENERIC}Required format: Number (1 decimal place)"
    assert form_message("integer", Invalid(INTEGER)) == INTEGER
