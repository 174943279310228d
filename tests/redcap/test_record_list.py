"""The list of a project's records: as a dictionary would have it, however long; and read from JSON row by row."""

from __future__ import annotations

import io
import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough.errors import AnswerUnreadable, Overloaded
from breakthrough.redcap import answers, streamed
from breakthrough.redcap.answers import Answer
from breakthrough.redcap.record_list import RecordList

NAMES = st.text(alphabet=string.ascii_letters + "é学'\"", min_size=1, max_size=3)
LINES = st.lists(st.tuples(NAMES, st.sampled_from(["", "north", "south"])), max_size=40)


@given(LINES)
def test_each_name_stands_once_where_it_came_first_with_the_first_group_that_is_told(
    lines: list[tuple[str, str]],
) -> None:
    expected: dict[str, str] = {}
    for name, group in lines:
        expected[name] = expected.get(name) or group
    found = RecordList(lines)
    assert list(found.items()) == list(expected.items())
    assert (list(found), len(found), found.grouped) == (list(expected), len(expected), any(expected.values()))


@given(LINES, LINES, st.integers(-50, 50), st.integers(-50, 50))
def test_it_is_looked_into_as_a_list_and_as_a_set_are(
    lines: list[tuple[str, str]], others: list[tuple[str, str]], first: int, last: int
) -> None:
    names, found, other = list(dict(lines)), RecordList(lines), RecordList(others)
    assert found[first:last] == names[first:last]
    assert found[::-2] == names[::-2]
    assert all((name in found) == (name in names) for name, _ in others)
    assert found.lacking(other) == dict(others).keys() - set(names)
    assert found.groups(dict(others)).keys() == dict(others).keys() & set(names)


def test_a_place_beyond_its_end_is_none() -> None:
    assert RecordList.named(["A", "B"])[-1] == "B"
    with pytest.raises(IndexError):
        RecordList.named(["A", "B"])[2]


def test_a_long_list_is_gone_through_in_parts_and_whole() -> None:
    names = [str(n) for n in range(2500)]
    found = RecordList.named(names)
    assert [len(part) for part in found.parts()] == [1000, 1000, 500]
    assert list(found) == names
    assert RecordList.named(names[:7]).lacking(found) == set(names[7:])


ROWS = st.lists(
    st.dictionaries(NAMES, NAMES | st.none() | st.integers() | st.lists(NAMES, max_size=2), max_size=3), max_size=30
)


@given(ROWS, st.sampled_from([None, 1]), st.integers(1, 40), st.booleans())
def test_rows_are_read_one_at_a_time_as_json_reads_them_whole(
    rows: list[dict[str, object]], indent: int | None, piece: int, escaped: bool
) -> None:
    body = json.dumps(rows, indent=indent, ensure_ascii=escaped).encode()
    with pytest.MonkeyPatch.context() as small:
        small.setattr(streamed, "_PIECE", piece)
        assert list(streamed.rows(io.BytesIO(b" \n" + body + b"\n"))) == rows


BODY = json.dumps([{"record_id": "1,]}", "dag": "é"}, {"record_id": "2", "dag": ""}], ensure_ascii=False).encode()


@pytest.mark.parametrize("end", range(len(BODY)))
def test_a_list_that_is_cut_anywhere_is_none(end: int) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        list(streamed.rows(io.BytesIO(BODY[:end])))


@pytest.mark.parametrize(
    "body",
    [
        BODY + b"x",
        BODY + BODY,
        b'["1"]',
        b'{"a": 1}',
        b'[{"a": 1},]',
        b'[{"a": 1} {"a": 2}]',
        b"[,]",
        b'[{"a": "\xff"}]',
        b"",
    ],
)
def test_what_is_not_one_whole_list_of_rows_is_none(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        list(streamed.rows(io.BytesIO(body)))


def test_a_row_without_an_end_is_not_read_into_memory_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "_LONGEST_ROW", 100_000)
    body = io.BytesIO(b'[{"a": "' + b"x" * 5_000_000)
    with pytest.raises(ValueError):  # noqa: PT011
        list(streamed.rows(body))
    assert body.tell() < 400_000


@pytest.mark.parametrize(
    ("end", "error"), [(b'{"rec', AnswerUnreadable), (b"<b>Allowed memory size of 9 bytes exhausted</b>", Overloaded)]
)
def test_a_long_answer_that_breaks_off_is_told_as_a_short_one_is(end: bytes, error: type[Exception]) -> None:
    body = b'[{"record_id": "1"},' + end
    with pytest.raises(error, match=f"status 200, application/json, {len(body)} bytes"):
        list(answers.each_row(Answer(200, "application/json", b"", size=len(body)), io.BytesIO(body)))
