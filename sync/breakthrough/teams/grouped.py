"""Things sorted by the team that each is of, once for all teams: with a thousand, looking for each takes longer."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class _Owned(Protocol):
    @property
    def team(self) -> str: ...


Owned = TypeVar("Owned", bound=_Owned)


@dataclass(frozen=True, slots=True)
class Grouped(Generic[T]):
    """Things in the order given, and where those of each team stand among them."""

    things: tuple[T, ...]
    places: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, things: Iterable[T], team: Callable[[T], str]) -> Grouped[T]:
        """Those things; `team` gives the code of the team that one is of."""
        every = tuple(things)
        places: defaultdict[str, array[int]] = defaultdict(partial(array, "I"))  # lists would keep an object a place
        for place, code in enumerate(map(team, every)):
            places[code].append(place)
        return cls(every, dict(places))

    def own(self, code: str) -> tuple[T, ...]:
        """The things of that team, in the order given; nothing of a team that has none."""
        return tuple(map(self.things.__getitem__, self.places.get(code, ())))

    def only(self, codes: Iterable[str]) -> tuple[T, ...]:
        """The things of those teams alone, in the order given."""
        return tuple(self.things[place] for place in sorted(at for code in codes for at in self.places.get(code, ())))


def by_team(things: Iterable[Owned]) -> Grouped[Owned]:
    """Those things, sorted by the team that each names."""
    return Grouped.of(things, attrgetter("team"))
