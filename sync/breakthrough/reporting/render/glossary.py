"""The words explained at the foot of a report: which of them it uses, and links to them from where they stand first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass

from markupsafe import Markup, escape

from breakthrough.reporting.clean import clean
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.parts import Figure, Passage
from breakthrough.reporting.sentences import glossary
from breakthrough.reporting.sentences.glossary import Term


@dataclass(slots=True)
class Glossary:
    """The words that one report uses, and which of them its page has linked already: each only where it is first."""

    terms: tuple[Term, ...]
    linked: set[str] = field(default_factory=set)

    def unlinked(self) -> Glossary:
        """The same for another page."""
        return Glossary(self.terms)

    def link(self, text: str) -> Markup:
        """The text as HTML, a link to its entry at the first place of each word."""
        told, pieces, at = clean(text), [], 0
        for start, end, code in self._first(told):
            pieces += [escape(told[at:start]), Markup('<a class="word" href="#word-{}">').format(code)]
            pieces += [escape(told[start:end]), Markup("</a>")]
            at = end
        return Markup("").join([*pieces, escape(told[at:])])

    def _first(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Where words stand that no link has led to yet, in order; of two that share letters, the longer."""
        folded = text.casefold()
        found = [
            (*place.span(), one.code)
            for one in self.terms
            if one.code not in self.linked and (place := one.first(text, folded))
        ]
        end = 0
        for start, stop, code in sorted(found, key=lambda one: (one[0], -one[1])):
            if start >= end:
                self.linked.add(code)
                end = stop
                yield start, stop, code


def of(report: object) -> Glossary:
    """Of a report: what its own sentences and pictures use. What people wrote is theirs to explain."""
    return Glossary(glossary.used(_texts(report)))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Scene):
        yield from (text.string for text in value.texts)
    elif isinstance(value, Figure):
        yield value.alt
        yield from (text for part in (value.scene, value.phone) if part for text in _texts(part))
    elif isinstance(value, Mapping):
        yield from (text for one in value.values() for text in _texts(one))
    elif isinstance(value, tuple):
        yield from (text for one in value for text in _texts(one))
    elif is_dataclass(value) and not isinstance(value, type | Passage):
        yield from (text for one in fields(value) for text in _texts(getattr(value, one.name)))
