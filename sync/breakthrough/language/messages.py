"""Messages, said in the language that is spoken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType

from breakthrough.language.current import spoken
from breakthrough.language.numbers import count

Contextual = NewType("Contextual", tuple[str, str])  # a context and a message, to be said by `say_as`


def message(text: str) -> str:
    """The same text: marks a message that stands in a table and is said elsewhere, by `say`."""
    return text


def message_as(context: str, text: str) -> Contextual:
    """The same as a pair: marks a message that stands in a table and is said elsewhere, by `say_as`."""
    return Contextual((context, text))


def say(text: str, /, **places: object) -> str:
    """The message in the language spoken, its named places filled: `say("{name} is not sent.", name=…)`.

    `text` is written in the code or marked by `message`, never put together: what people type goes into places alone,
    which are not read as messages again. Whole numbers are spelled as the language spells them.
    """
    messages = spoken().messages
    return _filled(messages.gettext(text) if messages and text else text, places)


def say_as(context: str, text: str, /, **places: object) -> str:
    """The same for a message too short to be understood without `context`: `say_as("state of a month", "closed")`."""
    messages = spoken().messages
    return _filled(messages.pgettext(context, text) if messages else text, places)


def says(one: str, many: str, number: int, /, **places: object) -> str:
    """The message in the form that goes with the number; its place `{n}` is that number, unless it is given otherwise.

    `says("{n} team", "{n} teams", 3)`. Which form that is follows the language's own rule.
    """
    messages = spoken().messages
    text = messages.ngettext(one, many, abs(number)) if messages else (one if number == 1 else many)
    return _filled(text, {"n": number, **places})


def _filled(text: str, places: Mapping[str, object]) -> str:
    if not places:
        return text
    return text.format(**{name: value if type(value) is str else _shown(value) for name, value in places.items()})


def _shown(value: object) -> str:
    return count(value) if isinstance(value, int) else str(value)
