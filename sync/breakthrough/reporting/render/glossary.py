"""The words explained at the foot of a report: which of them it uses, and links to them from where they stand first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from markupsafe import Markup, escape

from breakthrough.reporting.clean import clean
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.parts import Figure, Passage
from breakthrough.reporting.render import composed
from breakthrough.reporting.sentences import glossary
from breakthrough.reporting.sentences.glossary import Term

_Place = tuple[int, int, str]  # from letter to letter, and the word's code


@dataclass(slots=True)
class Glossary:
    """The words that one report uses, and which of them its page has linked already: each only where it is first."""

    terms: tuple[Term, ...]
    linked: set[str] = field(default_factory=set)
    places: dict[str, list[_Place]] = field(default_factory=dict)  # where a text has them, the same for each page

    def unlinked(self) -> Glossary:
        """The same for another page."""
        return Glossary(self.terms, places=self.places)

    def link(self, text: str) -> Markup:
        """The text as HTML, a link to its entry at the first place of each word."""
        told, at = clean(text), 0
        pieces = []
        for start, end, code in self._first(told):
            word = f'{escape(told[at:start])}<a class="word" href="#word-{escape(code)}">{escape(told[start:end])}</a>'
            pieces.append(word)
            at = end
        return Markup("".join([*pieces, escape(told[at:])]))  # noqa: S704 - each piece is escaped

    def _first(self, text: str) -> Iterator[_Place]:
        """Where words stand that no link has led to yet, in order; of two that share letters, the longer."""
        found = self.places.get(text)
        if found is None:
            found = self.places[text] = _places(text, self.terms)
        end = 0
        for start, stop, code in found:
            if start >= end and code not in self.linked:
                self.linked.add(code)
                end = stop
                yield start, stop, code


def _places(text: str, terms: tuple[Term, ...]) -> list[_Place]:
    """Where each word stands first, in order; of two at one place, the longer before the other."""
    folded = text.casefold()
    found = [(*place.span(), one.code) for one in terms if (place := one.first(text, folded))]
    return sorted(found, key=lambda one: (one[0], -one[1]))


def of(report: object) -> Glossary:
    """Of a report: what its own sentences and pictures use. What people wrote is theirs to explain."""
    texts: dict[str, None] = {}  # a set in the order of the report
    _read(report, texts)
    return Glossary(glossary.used(texts))


def _read(value: Any, texts: dict[str, None]) -> None:
    """Puts each text of that value among the texts."""
    if isinstance(value, str):
        texts[value] = None
    elif isinstance(value, tuple):
        for one in value:
            _read(one, texts)
    elif isinstance(value, Scene):
        texts.update((text.string, None) for text in value.texts)
    elif names := _names(type(value)):  # type: ignore[arg-type]  # mypy does not know that a class has a hash
        for name in names:
            _read(getattr(value, name), texts)
    elif isinstance(value, Mapping):
        for one in value.values():
            _read(one, texts)


@lru_cache(maxsize=256)
def _names(kind: type) -> tuple[str, ...]:
    """The fields to be read of such a value."""
    if issubclass(kind, Figure):
        return ("alt", "scene", "phone")
    return () if issubclass(kind, Passage) else composed.of(kind)  # type: ignore[arg-type]  # as above
