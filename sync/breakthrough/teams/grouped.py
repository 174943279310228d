"""Things sorted by the team that each is of, once for all teams: with a thousand, looking for each takes longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Grouped(Generic[T]):
    """Things in the order given, and where those of each team stand among them."""

    things: tuple[T, ...]
    places: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, things: Iterable[T], team: Callable[[T], str]) -> Grouped[T]:
        """Those things; `team` gives the code of the team that one is of."""
        every = tuple(things)
        places: dict[str, list[int]] = {}
        for place, one in enumerate(every):
            places.setdefault(team(one), []).append(place)
        return cls(every, places)

    def only(self, codes: Iterable[str]) -> tuple[T, ...]:
        """The things of those teams alone, in the order given."""
        return tuple(self.things[place] for place in sorted(at for code in codes for at in self.places.get(code, ())))
