"""Languages made for tests: every message of the catalogue in brackets, with accented letters, longer by a third.

Its numbers, days and months are Finnish, so that English ones show, too.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from pydantic import BaseModel
from tests.house.wording import TEMPLATE

from breakthrough.collaborative import Collaborative
from breakthrough.language import Language, load
from breakthrough.reporting.draw import Mark
from breakthrough.reporting.parts import Figure

LOCALE = "fi"
_ACCENTS = str.maketrans("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
_PLACE = re.compile(r"(\{[a-z_]+\})")
_WORD = re.compile(r"[A-Za-z]{2,}")


def known() -> Catalog:
    """The catalogue as it is shipped."""
    with TEMPLATE.open("rb") as file:
        return read_po(file)


def written(folder: Path, *, brackets: bool = True) -> Path:
    """The file of such a language, `fi.po`, in that folder; without brackets for whoever measures how long words are."""
    made = Catalog(locale=LOCALE)
    for one in known():
        if one.id and isinstance(one.id, str):
            made.add(one.id, _told(one.id, brackets=brackets), context=one.context)
        elif one.id:
            made.add(one.id, tuple(_told(text, brackets=brackets) for text in one.id), context=one.context)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{LOCALE}.po"
    with path.open("wb") as file:
        write_po(file, made)
    return path


def _told(text: str, *, brackets: bool) -> str:
    parts = [part if _PLACE.fullmatch(part) else _longer(part) for part in _PLACE.split(text)]
    return f"⟦{''.join(parts)}⟧" if brackets else "".join(parts)


def _longer(text: str) -> str:
    """Vowels accented, and as many of them doubled as make it longer by a third."""
    wanted = round(sum(letter.isalpha() for letter in text) / 3)
    grown: list[str] = []
    for letter in text.translate(_ACCENTS):
        grown.append(letter)
        if wanted > 0 and letter in "áéíóúýÁÉÍÓÚÝ":
            grown.append(letter.lower())
            wanted -= 1
    return "".join(grown)


@dataclasses.dataclass
class Heard(NullTranslations):
    """The same messages, keeping which of them were asked for."""

    inner: NullTranslations
    asked: set[tuple[str | None, str]] = dataclasses.field(default_factory=set)

    def gettext(self, message: str) -> str:
        self.asked.add((None, message))
        return self.inner.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        self.asked.add((None, msgid1))
        return self.inner.ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        self.asked.add((context, message))
        return self.inner.pgettext(context, message)


def heard(folder: Path) -> tuple[Language, Heard]:
    """Such a language, and what is asked of it."""
    messages = load(LOCALE, [written(folder)]).messages
    assert messages is not None
    ear = Heard(messages)
    return Language(LOCALE, ear), ear


def by_people(collaborative: Collaborative, *others: object) -> list[str]:
    """Every text that people wrote: in the configuration's fields for words, and in all else that is given."""
    found = set(_configured(collaborative))
    for one in others:
        found.update(_strings(one))
    calendar = Locale.parse(LOCALE)
    for names in (*calendar.months.values(), *calendar.days.values()):
        for width in names.values():
            found.update(width.values())
    for style in ("standard", "or"):
        found.update(format_list(["1", "2"], style, LOCALE).split())
    return sorted((" ".join(text.split()) for text in found if text.strip()), key=len, reverse=True)


_WORDS = {
    "name",
    "topic",
    "plain",
    "definition",
    "unit",
    "title",
    "notice",
    "statement",
    "code",
    "label",
    "how",
    "of",
    "email",
}


def _configured(value: object, name: str = "") -> Iterator[str]:
    """The texts of the configuration; not its codes for choices, such as `run` or `lower`."""
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            yield from _configured(getattr(value, field), field)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _configured(key, "code")
            yield from _configured(one, name)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _configured(one, name)
    elif isinstance(value, str) and name in _WORDS:
        yield value


_UNSEEN = {"tone", "colour", "fill", "stroke", "ground", "anchor"}  # what no reader sees


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            if field.name not in _UNSEEN and not (isinstance(value, Figure) and field.name == "name"):
                yield from _strings(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for one in (*value.keys(), *value.values()):
            yield from _strings(one)
    elif isinstance(value, Mark):
        for field_, one in zip(value._fields, value, strict=True):
            if field_ not in _UNSEEN:
                yield from _strings(one)
    elif isinstance(value, tuple | list | set | frozenset):
        for one in value:
            yield from _strings(one)


def outside(text: str, data: Iterable[str]) -> list[str]:
    """The words outside of brackets that are nobody's data: those that escaped the catalogue.

    What is cut off ends in an ellipsis, and its brackets stay open: all that follows is within.
    """
    depth, kept = 0, []
    for sign in text:
        if sign == "⟦":
            depth += 1
        if depth == 0:
            kept.append(sign)
        if sign == "⟧":
            depth = max(0, depth - 1)
    return plain(" ".join("".join(kept).split()), data)


def plain(text: str, data: Iterable[str]) -> list[str]:
    """The words without an accent that are nobody's data. Every word of the catalogue has a vowel, or an accent."""
    rest = re.sub(r"https?://\S+", " ", text)
    for value in data:
        if value in rest:
            rest = re.sub(rf"(?<![A-Za-z]){re.escape(value)}(?![A-Za-z])", " ", rest)
    return [word for word in _WORD.findall(rest) if re.search("[aeiouyAEIOUY]", word)]


def messages_of(catalog: Catalog) -> set[tuple[str | None, str]]:
    """Context and first form of every message."""
    return {(one.context, one.id if isinstance(one.id, str) else one.id[0]) for one in catalog if one.id}


def strings(value: Any) -> list[str]:
    """Every text in a report."""
    return list(_strings(value))
