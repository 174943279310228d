"""Whatever is in the cells or in the bytes: findings, or an error of ours."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import BreakthroughError
from breakthrough.instruments import dictionary
from breakthrough.instruments.field import COLUMNS, Field
from breakthrough.instruments.lint import Subject, find, looks, rendering

# Pieces of every small language, so that generated cells come near to being right.
PIECES = [
    "[", "]", "(", ")", "{", "}", "'", '"', "|", ",", "=", "<>", "<", ">=", "and", " or ", "not ", "if(", "@IF(", "@",
    "@CALCTEXT(", "@DEFAULT=", "@HIDECHOICE='1'", "@HIDDEN", "x", "y", "[x]", "[y(1)]", "[x] = '1'", "[e_arm_1]", "1",
    "2, Two", "-9", "1.5", " ", "\n", "//", "#", "$", "\\", ":value", "{x}", "<b>", "</", "&amp;", "today", "a" * 40,
    "\u200b", "\ufeff", "ß", "\U0001f600", "\x00", "%", "date_ymd", "2026-02-30", "radio", "__", "_complete", "sum(",
]  # fmt: skip
CELL = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=12).map("".join)
TYPES = st.one_of(
    st.sampled_from(["text", "radio", "checkbox", "calc", "dropdown", "slider", "notes", "yesno", "file", "sql"]), CELL
)
NAMES = st.one_of(st.sampled_from(["x", "y", "z", "a_complete"]), CELL)


@st.composite
def fields(draw: st.DrawFn) -> Field:
    cells = {column: draw(CELL) for column in draw(st.sets(st.sampled_from(COLUMNS), max_size=8))}
    return Field.of(cells | {"field_name": draw(NAMES), "form_name": draw(NAMES), "field_type": draw(TYPES)})


@settings(max_examples=300, deadline=None)
@given(st.lists(fields(), max_size=6), st.booleans(), st.sampled_from([None, frozenset({"e_arm_1"})]))
def test_no_cells_whatever_raise_and_every_finding_can_be_told(
    listed: list[Field], whole: bool, events: frozenset[str] | None
) -> None:
    found = find(Subject(tuple(listed), "d.csv", whole, events, frozenset({"-9"})))
    look = looks.Look(Path("d.csv"), "project", len(listed), 1, found)
    for told in (rendering.text, rendering.github, rendering.as_json):
        assert isinstance(told([look], Path("/")), str)
    for finding in found:
        assert finding.field is not None
        start, end = finding.span or (0, 0)
        assert 0 <= start <= end <= len(getattr(finding.field, finding.column))


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(fields(), max_size=4).map(
            lambda listed: dictionary.encode(dictionary.made(listed, "d.csv")).replace(b"\x00", b"")
        ),
    ),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=5),
)
def test_no_bytes_whatever_raise_anything_but_our_errors(data: bytes, damage: list[tuple[int, int]]) -> None:
    broken = bytearray(data)
    for place, byte in damage:
        if broken:
            broken[place % len(broken)] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "d.csv"
        path.write_bytes(bytes(broken))
        try:
            found = looks.silenced(looks.at(path))
        except BreakthroughError:
            return
        assert all(rendering.text([look], Path(folder)) is not None for look in found)
