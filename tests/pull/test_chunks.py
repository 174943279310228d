"""Chunks: every record once and in order, whatever the server can bear; and which records are passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakthrough.errors import AnswerUnreadable, Busy, Overloaded, Refused, TryAgain, Unreachable
from breakthrough.pull import chunks
from breakthrough.pull.chunks import Answered, PassedOver, Sizes


@dataclass(frozen=True)
class Reply:
    rows: int


class Server:
    """Bears up to so many rows in an answer; cannot answer for some records at all."""

    def __init__(
        self, bears: int = 10**9, poison: Sequence[str] = (), rows: Callable[[str], int] = lambda _: 1
    ) -> None:
        self.bears, self.poison, self.rows = bears, set(poison), rows
        self.error: type[TryAgain] = Overloaded
        self.asked: list[list[str]] = []
        self.attempts: list[int] = []
        self.looked = 0
        self.down = False

    def ask(self, records: Sequence[str], attempts: int) -> Reply:
        self.asked.append(list(records))
        self.attempts.append(attempts)
        rows = sum(self.rows(record) for record in records)
        if self.down or rows > self.bears or self.poison & set(records):
            raise self.error("no")
        return Reply(rows)

    def alive(self) -> None:
        self.looked += 1
        if self.down:
            raise Unreachable("down")

    def each(self, records: Sequence[str], sizes: Sizes | None = None) -> list[Answered[Reply] | PassedOver]:
        return list(chunks.each(records, self.ask, sizes or Sizes(), self.alive))


def names(number: int) -> list[str]:
    return [f"R{n}" for n in range(number)]


def told(found: Sequence[Answered[Reply] | PassedOver]) -> list[str]:
    return [name for one in found for name in ([one.record] if isinstance(one, PassedOver) else one.records)]


@given(
    number=st.integers(0, 700),
    start=st.integers(1, 300),
    most=st.integers(1, 600),
    bears=st.integers(1, 900),
    spread=st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_every_record_is_answered_once_and_in_order(
    number: int, start: int, most: int, bears: int, spread: int
) -> None:
    server = Server(bears=max(bears, spread), rows=lambda name: 1 + int(name[1:]) % spread)

    found = server.each(names(number), Sizes(min(start, most), most))

    assert told(found) == names(number)
    assert not any(isinstance(one, PassedOver) for one in found)
    assert all(len(some) <= max(start, most) for some in server.asked)


@given(poison=st.sets(st.integers(0, 299), max_size=8))
@settings(max_examples=40, deadline=None)
def test_only_records_that_fail_alone_are_passed_over(poison: set[int]) -> None:
    sick = {f"R{n}" for n in poison}
    if any({n, n + 1, n + 2, n + 3, n + 4} <= poison for n in poison):
        return  # five in a row are taken for a fault of the server
    server = Server(poison=sorted(sick))

    found = server.each(names(300))

    assert told(found) == names(300)
    assert {one.record for one in found if isinstance(one, PassedOver)} == sick
    assert {one.why for one in found if isinstance(one, PassedOver)} <= {"Overloaded"}


def test_chunks_start_at_two_hundred_and_grow_to_a_thousand() -> None:
    server = Server()
    server.each(names(2000))
    assert [len(some) for some in server.asked] == [200, 400, 800, 600]


def test_a_failing_chunk_is_halved_and_grows_again_when_calm() -> None:
    server = Server(bears=60)
    server.each(names(500))
    sizes = [len(some) for some in server.asked]
    assert sizes[:4] == [200, 100, 50, 50]
    assert max(sizes[4:]) == 100
    assert sizes[4:8] == [50, 50, 50, 100]


def test_long_answers_make_chunks_small_at_once() -> None:
    server = Server(rows=lambda _: 100)
    server.each(names(300), Sizes(rows=2000))
    assert [len(some) for some in server.asked][:3] == [200, 20, 20]


def test_a_chunk_is_tried_once_and_a_single_record_as_often_as_anything_else() -> None:
    server = Server(poison=["R1"])
    server.each(names(3), Sizes(2, 2))
    assert [(len(some), attempts) for some, attempts in zip(server.asked, server.attempts, strict=True)] == [
        (2, 1),
        (1, 4),
        (1, 4),
        (1, 4),
    ]


@pytest.mark.parametrize("error", [Busy, Unreachable, AnswerUnreadable])
def test_a_server_that_answers_nothing_is_no_fault_of_records(error: type[TryAgain]) -> None:
    server = Server()
    server.error, server.down = error, True
    with pytest.raises(Unreachable):
        server.each(names(300))
    assert len(server.asked) == 1


@pytest.mark.parametrize("error", [Busy, Unreachable, AnswerUnreadable, Overloaded])
def test_where_none_is_answered_nobody_is_passed_over(error: type[TryAgain]) -> None:
    server = Server(poison=names(300))
    server.error = error
    with pytest.raises(error):
        server.each(names(300))
    assert len(server.asked) < 20


def test_two_that_are_all_there_is_are_not_passed_over() -> None:
    server = Server(poison=names(2))
    with pytest.raises(Overloaded):
        server.each(names(2))


def test_a_server_that_stops_answering_near_the_end_is_no_fault_of_the_last_records() -> None:
    class Failing(Server):
        def ask(self, records: Sequence[str], attempts: int) -> Reply:
            if len(self.asked) > 2:
                self.poison = set(names(10))
            return super().ask(records, attempts)

    server = Failing()
    with pytest.raises(Overloaded):
        server.each(names(10), Sizes(2, 2))
    assert server.asked[-1] == ["R4"]  # one that had been answered for


def test_the_last_record_may_be_at_fault() -> None:
    server = Server(poison=["R9"])
    found = server.each(names(10), Sizes(2, 2))
    assert (told(found), found[-1]) == (names(10), PassedOver("R9", "Overloaded"))


def test_one_that_is_all_there_is_may_be() -> None:
    server = Server(poison=names(1))
    server.error = Busy
    assert server.each(names(1)) == [PassedOver("R0", "Busy")]
    assert server.looked == 1


def test_more_than_twenty_are_not_passed_over_in_one_pull() -> None:
    server = Server(poison=[f"R{n}" for n in range(0, 300, 4)])
    with pytest.raises(Overloaded):
        server.each(names(300))


def test_those_passed_over_are_told_only_once_another_was_answered() -> None:
    server = Server(poison=names(5))
    found = chunks.each(names(300), server.ask, Sizes(1, 1), server.alive)
    with pytest.raises(Overloaded):
        next(found)


def test_any_other_error_ends_it() -> None:
    def refuse(records: Sequence[str], attempts: int) -> Reply:
        raise Refused("no right")

    with pytest.raises(Refused):
        list(chunks.each(names(300), refuse, Sizes(), lambda: None))
