"""Makes up logic and data: every operator and function over values that are numbers, dates, words, codes and blanks."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from breakthrough.logic import SIGNATURES

CODES = ("UNK", "-99")
FIELDS = ("n1", "n2", "t1", "t2", "d1", "d2", "c1")
NUMBERS = ("0", "1", "2", "-3", "4.5", "007", "1.005", "2.675", "1e3", ".5", "+6", "100", "-0", "12345678901234567")
WORDS = ("abc", "Abc", "ABC", "zebra", "ab c", " abc ", "Straße", "naïve 🙂", "true", "a,b", "x1", "today")
DATES = ("2024-02-29", "2024-03-01", "2023-12-31 23:59", "2026-03-10 08:30:15", "14:30", "9:05:07", "31-12-2023")
ODD = ("UNK", "-99", "2023-02-30", "25:00", "1e999", "12.", "Ω", "\ue000", "𝒳")
STORED = st.sampled_from(("", "", *NUMBERS, *WORDS, *DATES, *ODD)) | st.decimals(-1000, 1000, places=3).map(str)
COMMA = st.sampled_from(("", "1,5", "-2,25", "7", ",5", "1.5", "abc"))


def rows() -> st.SearchStrategy[list[dict[str, str]]]:
    """Rows of stored values; c1 is a number with a decimal comma, box a checkbox."""
    row = st.fixed_dictionaries(
        {**dict.fromkeys(FIELDS, STORED), "c1": COMMA, "box(1)": st.sampled_from("01"), "box(A)": st.sampled_from("01")}
    )
    return st.lists(row, min_size=1, max_size=8)


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def leaves() -> st.SearchStrategy[str]:
    fields = st.sampled_from([*(f"[{name}]" for name in FIELDS), "[box(1)]", "[box(A)]", "[box(z)]"])
    numbers = st.sampled_from(("0", "1", "2", "3.5", "10", "-4", "0.1", "1e2", "0.005"))
    texts = st.sampled_from((*NUMBERS, *WORDS, *DATES, *ODD, "", "now", "d", "m")).map(quoted)
    return fields | fields | numbers | texts | st.sampled_from(("true", "false", "today", "now"))


@st.composite
def calls(draw: st.DrawFn, parts: st.SearchStrategy[str]) -> str:
    name = draw(st.sampled_from(sorted(SIGNATURES)))
    signature = SIGNATURES[name]
    many = draw(st.integers(signature.least, min(signature.most, signature.least + 2)))
    given = [draw(parts) for _ in range(many)]
    if name == "datediff":
        given[2:3] = [draw(st.sampled_from(("'y'", "'M'", "'d'", "'h'", "'m'", "'s'", "'D'")))]
        given[3:] = draw(st.sampled_from(([], ["true"], ["false"], ["'mdy'"], ["'dmy'", "true"], given[3:])))
    if name.startswith("round") and many == 2:
        given[1:] = [draw(st.sampled_from(("-2", "0", "1", "2", "3", "8", "20", "[n1]")))]
    return f"{name}({', '.join(given)})"


def combined(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    joined = st.sampled_from(("=", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or"))
    return (
        st.tuples(parts, joined, parts).map(lambda three: f"({three[0]} {three[1]} {three[2]})")
        | st.tuples(parts, joined, parts, joined, parts).map(lambda five: f"({five[0]} {five[1]} {five[2]})")
        | st.tuples(parts, parts).map(lambda two: f"({two[0]})^({two[1]})")
        | parts.map(lambda one: f"(not ({one}))")
        | parts.map(lambda one: f"-({one})")
        | calls(parts)
        | calls(parts)
    )


def expressions() -> st.SearchStrategy[str]:
    """Logic that parses. Whole numbers to whole powers, and log and exponential, are among it."""
    whole = st.recursive(leaves(), combined, max_leaves=10)
    dates = st.tuples(whole, whole, st.sampled_from("yMdhms")).map(
        lambda three: f"@CALCDATE({three[0]}, {three[1]}, '{three[2]}')"
    )
    return st.one_of(whole, whole, whole, dates)


def context(values: dict[str, str]) -> dict[str, Any]:
    """The row with what all rows share: clock, missing-data codes, types."""
    return {
        **values,
        "$now": "2026-03-10 14:05:09",
        "$missing_codes": list(CODES),
        "$types": {"c1": "number_1dp_comma_decimal"},
    }
