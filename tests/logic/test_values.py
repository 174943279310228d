"""What values mean, by literals; docs/logic.md says where each rule comes from."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from tests.logic.backends import JavaScript, frame_result, row_result

from breakthrough.logic import Setting, as_calculation, as_date, parse, row
from breakthrough.logic.decimals import rounded, significant, spelled
from breakthrough.logic.record import Record
from breakthrough.logic.values import compare, plain_number, power, truth, with_dot

PLAIN = Setting(date(2026, 3, 10), datetime(2026, 3, 10, 14, 5))  # noqa: DTZ001
CODED = Setting(PLAIN.today, PLAIN.now, frozenset({"UNK", "-99"}))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("18", 18.0), ("-3", -3.0), ("+6", 6.0), ("007", 7.0), (".5", 0.5), ("12.", 12.0), ("1e3", 1000.0),
        ("", None), (" 5", None), ("5 ", None), ("5\n", None), ("1,5", None), ("0x1F", None), ("1e999", None),
        ("inf", None), ("nan", None), ("٣", None), ("1_000", None), (".", None), ("-", None), ("9..9", None),
    ],
)  # fmt: skip
def test_a_text_is_a_number_where_it_is_written_as_redcap_takes_numbers(text: str, number: float | None) -> None:
    assert plain_number(text) == number


@pytest.mark.parametrize(
    ("stored", "read"),
    [("52,3", "52.3"), ("-1,5", "-1.5"), (",5", ".5"), ("7", "7"), ("1.234,5", "1.234,5"), ("", ""), ("a,b", "a,b")],
)
def test_a_decimal_comma_becomes_a_dot_in_numbers_only(stored: str, read: str) -> None:
    assert with_dot(stored) == read


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (0.0, "0"), (-0.0, "0"), (18.0, "18"), (-7.1, "-7.1"), (0.1 + 0.2, "0.3"), (1 / 3, "0.33333333333333"),
        (104.7 / (1.80 * 1.80), "32.314814814815"), (103.0 / (1.8 * 1.8), "31.79012345679"),
        (1e-7, "0.0000001"), (1e20, "100000000000000000000"), (123456789012345.6, "123456789012350"),
        (99999999999999.9, "100000000000000"), (-0.00012345678901234567, "-0.00012345678901235"),
    ],
)  # fmt: skip
def test_a_number_is_shown_with_14_digits_without_exponent_or_trailing_zeros(number: float, shown: str) -> None:
    assert spelled(number) == shown


@pytest.mark.parametrize(
    ("number", "places", "half", "up", "down"),
    [
        (31.25, 1, 31.3, 31.3, 31.2),
        (-31.25, 1, -31.3, -31.3, -31.2),
        (14.384, 1, 14.4, 14.4, 14.3),
        (1.005, 2, 1.01, 1.01, 1.0),  # a double holds it as 1.00499…
        (2.675, 2, 2.68, 2.68, 2.67),
        (0.29 * 100, 0, 29.0, 29.0, 29.0),  # 28.999999999999996
        (4.1234, 0, 4.0, 5.0, 4.0),
        (1234.5, -2, 1200.0, 1300.0, 1200.0),
        (5.0, -3, 0.0, 1000.0, 0.0),
        (0.5, 0, 1.0, 1.0, 0.0),
        (1e300, 2, 1e300, 1e300, 1e300),
        (0.1, 500, 0.1, 0.1, 0.1),
    ],
)
def test_rounding_goes_half_away_from_zero_up_away_from_it_and_down_toward_it(
    number: float, places: int, half: float, up: float, down: float
) -> None:
    assert (rounded(number, places, "half"), rounded(number, places, "up"), rounded(number, places, "down")) == (
        half,
        up,
        down,
    )


def test_fourteen_digits_mend_what_logarithms_leave() -> None:
    assert significant(2.9999999999999996) == 3.0


@pytest.mark.parametrize(
    ("base", "exponent", "result"),
    [(4, 3, 64.0), (2, -1, 0.5), (0, 0, 1.0), (0, -1, None), (-8, 1 / 3, None), (9, 0.5, 3.0), (10, 400, None),
     (1.5, 2, 2.25), (-2, 3, -8.0), (2, 100, 2.0**100)],
)  # fmt: skip
def test_a_power_that_is_no_finite_real_number_is_blank(base: float, exponent: float, result: float | None) -> None:
    assert power(float(base), float(exponent)) == result


CASES = [
    # left, operator, right, result
    ("18", "=", 18.0, True),  # a text that is a number is one
    ("2.70", "=", 2.7, True),
    ("007", "=", "7", True),
    ("Enrolled", "=", "enrolled", False),  # text keeps its case
    ("abc", "=", "abc ", False),
    ("", "=", "", True),
    ("", "=", 0.0, False),  # blank is not 0
    ("", "<>", 0.0, True),
    ("0", "=", "", False),
    ("100", ">", 18.0, True),  # as numbers, not by first letters
    ("b", ">", "a", True),
    ("B", ">", "a", False),
    ("2024-03-01", ">", "2024-02-29", True),  # dates are written so that text order is time order
    ("\ue000", "<", "𝒳", True),  # by code point
    ("", "<", 5.0, False),  # blank is neither less nor more
    ("", "<=", 0.0, False),
    ("", ">=", "", False),
    ("abc", ">", 5.0, False),  # text against a number is neither
    ("abc", "<", 5.0, False),
    ("UNK", ">", 5.0, False),
    ("UNK", ">", "A", False),  # a missing code is neither
    ("UNK", "=", "UNK", True),
    ("-99", "<", 18.0, False),  # one of digits, too
    ("-99", "=", -99.0, True),
]


@pytest.mark.parametrize(("left", "operator", "right", "result"), CASES)
def test_values_compare_as_numbers_where_both_are_else_as_text(
    left: float | str, operator: str, right: float | str, result: bool, node: JavaScript
) -> None:
    assert compare(operator, left, right, CODED) is result  # type: ignore[arg-type]
    expected = str(int(result))
    values = {"l": left, "r": right, "$missing_codes": ["UNK", "-99"], "$today": "2026-03-10"}
    tree = parse(f"[l] {operator} [r]")
    values |= {key: spelled(one) for key, one in values.items() if isinstance(one, float)}
    assert [row_result(tree, values), frame_result(tree, values), *node.results(tree, [values])] == [expected] * 3


@pytest.mark.parametrize(
    ("value", "result"),
    [(1.0, True), (0.0, False), ("", False), ("0", False), ("0.0", False), ("2", True), ("no", True), ("UNK", False)],
)
def test_a_value_alone_is_true_unless_it_is_0_blank_or_a_missing_code(value: float | str, result: bool) -> None:
    assert truth(value, CODED) is result


def test_the_branch_that_is_not_taken_is_not_looked_at() -> None:
    assert row.result(parse("if(1, 'yes', 1/0)"), Record({}), PLAIN) == "yes"


def test_bare_today_and_now_are_dates_anywhere_and_in_quotes_in_date_functions_only() -> None:
    assert row.result(parse("concat(today, '|', now)"), Record({}), PLAIN) == "2026-03-10|2026-03-10 14:05:00"
    assert row.holds(parse("[d] <= today"), Record({"d": "2026-03-10"}), PLAIN)
    assert row.result(parse("concat('today')"), Record({}), PLAIN) == "today"
    assert row.result(parse("day('today')"), Record({}), PLAIN) == "10"


@pytest.mark.parametrize(
    ("result", "kept"), [("18.50", "18.5"), ("", ""), ("adult", ""), ("2024-01-01", ""), ("1e3", "1000")]
)
def test_a_calc_field_keeps_numbers_only(result: str, kept: str) -> None:
    assert as_calculation(result) == kept


@pytest.mark.parametrize(
    ("result", "validation", "kept"),
    [
        ("2024-01-31 10:33:36", "date_dmy", "2024-01-31"),
        ("2024-01-31", "datetime_ymd", "2024-01-31 00:00"),
        ("2024-01-31 10:33", "datetime_seconds_mdy", "2024-01-31 10:33:00"),
        ("2024-01-31 10:33:36", "datetime_ymd", "2024-01-31 10:33"),
        ("", "date_ymd", ""),
        ("x", "email", "x"),
    ],
)
def test_a_date_is_kept_as_its_field_is_validated(result: str, validation: str, kept: str) -> None:
    assert as_date(result, validation) == kept
