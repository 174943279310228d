"""Which of thousands of names was probably meant; quickly, since a dictionary cut from a project may miss hundreds."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable, Iterator

_MOST_SEARCHES = 40  # through all names, for what is off by more than a letter or two


class Names:
    """Known names, to be asked which is nearest to one that is not known. Answers are kept."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = tuple(dict.fromkeys(known))
        self._shortened: dict[str, list[str]] = defaultdict(list)
        self._answers: dict[str, str] = {}
        self._searches = 0

    def nearest(self, name: str) -> str:
        """The known name that was probably meant, or blank where none is close."""
        if name not in self._answers:
            self._answers[name] = self._off_by_a_letter(name) or self._alike(name)
        return self._answers[name]

    def _off_by_a_letter(self, name: str) -> str:
        """One letter too many, too few or another: both are the same once a letter is left out of one or of each."""
        if not self._shortened:
            for known in self._known:
                for shorter in _without_a_letter(known):
                    self._shortened[shorter].append(known)
        close = {known for shorter in _without_a_letter(name) for known in self._shortened.get(shorter, ())}
        return next(iter(difflib.get_close_matches(name, sorted(close), n=1)), "")

    def _alike(self, name: str) -> str:
        if self._searches == _MOST_SEARCHES:
            return ""
        self._searches += 1
        return nearest(name, self._known)


def nearest(name: str, known: Iterable[str]) -> str:
    """The closest of a few known names, or blank where none is close."""
    as_long = (other for other in known if abs(len(other) - len(name)) <= max(3, len(name) // 4))
    return next(iter(difflib.get_close_matches(name, list(as_long), n=1, cutoff=0.75)), "")


def _without_a_letter(name: str) -> Iterator[str]:
    yield name
    if len(name) > 3:  # of very short names, everything is near
        yield from (name[:place] + name[place + 1 :] for place in range(len(name)))
