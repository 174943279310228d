"""Which language is spoken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from gettext import NullTranslations

from babel import Locale


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """A language: its locale (`en_GB`, `de`, `pt_BR`), and its messages; None where English says them as they stand."""

    locale: str
    messages: NullTranslations | None = None
    english: bool = field(init=False)  # whether numbers, days and lists are spelled as in English

    def __post_init__(self) -> None:
        object.__setattr__(self, "english", self.locale.partition("_")[0] == "en")

    @property
    def tag(self) -> str:
        """As a web page names it: `en-GB`."""
        return self.locale.replace("_", "-")

    @property
    def leftwards(self) -> bool:
        """Whether it is written from right to left."""
        return Locale.parse(self.locale).text_direction == "rtl"


ENGLISH = Language("en_GB")

_spoken: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def spoken() -> Language:
    """The language that is spoken now."""
    return _spoken.get()


@contextmanager
def speaking(language: Language) -> Iterator[Language]:
    """Has that language spoken by all that is said within."""
    before = _spoken.set(language)
    try:
        yield language
    finally:
        _spoken.reset(before)
