"""Asks for many records in chunks that the server can bear, and finds out those for which it cannot answer at all.

A chunk that fails is asked for in halves, down to a single record. One that fails alone, while the server answers other
questions, is passed over and told of: the rest must not wait for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from breakthrough.errors import Overloaded, TryAgain
from breakthrough.redcap.transport import ATTEMPTS

IN_A_ROW = 5  # single records that fail one after the other: then it is not their fault
MOST = 20  # so many are passed over in one pull
_CALM = 4  # chunks that must succeed after a failure before they grow again


class Sized(Protocol):
    """An answer that says how many rows it has."""

    @property
    def rows(self) -> int:
        """The number of rows."""


A = TypeVar("A", bound=Sized)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Records a chunk at the start and at most; `rows` is what an answer should not be longer than."""

    start: int = 200
    most: int = 1000
    rows: int = 2000


@dataclass(frozen=True, slots=True)
class Answered(Generic[A]):
    """A chunk and what REDCap answered for it."""

    records: Sequence[str]
    answer: A


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A record that REDCap cannot answer for, and the kind of error with which it says so."""

    record: str
    why: str


def each(
    records: Sequence[str], ask: Callable[[Sequence[str], int], A], sizes: Sizes, alive: Callable[[], object]
) -> Iterator[Answered[A] | PassedOver]:
    """Every record, in order: in a chunk that was answered, or passed over.

    `ask` is given records and how often to try. `alive` asks the server for something small, and raises when it cannot
    even do that. Raises whatever they raise that is not TryAgain, and TryAgain where no record is to blame for it.
    """
    pace = _Pace(sizes)
    suspects: list[tuple[PassedOver, TryAgain]] = []  # since the last chunk that was answered
    well: Sequence[str] = ()  # a record that was answered for
    passed_over = at = 0
    while at < len(records):
        some = records[at : at + pace.size]
        try:
            answer = ask(some, ATTEMPTS if len(some) == 1 else 1)
        except TryAgain as error:
            if not isinstance(error, Overloaded):  # that one is about the size of the request, and nothing else
                alive()
            if len(some) > 1:
                pace.failed(len(some))
                continue
            suspects.append((PassedOver(some[0], type(error).__name__), error))
            passed_over, at = passed_over + 1, at + 1
            if len(suspects) >= IN_A_ROW or passed_over > MOST:
                raise
            continue
        yield from (suspect for suspect, _ in suspects)
        suspects.clear()
        yield Answered(some, answer)
        at, well = at + len(some), some[:1]
        pace.succeeded(len(some), answer.rows)
    if suspects and well:  # no answer has followed: is it them, or is it the server since then?
        ask(well, 1)
    elif len(suspects) > 1:
        raise suspects[0][1]
    yield from (suspect for suspect, _ in suspects)


class _Pace:
    """How many records to ask for next."""

    def __init__(self, sizes: Sizes) -> None:
        self._sizes = sizes
        self._calm = 0
        self.size = sizes.start

    def failed(self, records: int) -> None:
        self.size, self._calm = max(1, records // 2), _CALM

    def succeeded(self, records: int, rows: int) -> None:
        """Twice as many where it goes well; fewer, at once, where answers are long."""
        bearable = max(1, self._sizes.rows * records // rows) if rows else self._sizes.most
        if self._calm:
            self._calm -= 1
        else:
            self.size = min(self.size * 2, self._sizes.most)
        self.size = min(self.size, bearable)
