"""What a field's action tags make of it on a data-entry form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.text import tags
from breakthrough.instruments.text.tags import Tag
from breakthrough.logic.parse import parse
from breakthrough.logic.record import Record
from breakthrough.logic.row import holds
from breakthrough.logic.setting import Setting

_DEEPEST = 30  # levels of @IF
_FILLS = {
    "@TODAY": "today", "@TODAY-SERVER": "today", "@TODAY-UTC": "today",
    "@NOW": "now", "@NOW-SERVER": "now", "@NOW-UTC": "now",
    "@USERNAME": "user name",
}  # fmt: skip
# What is worked out or found by REDCap is not typed either.
_READ_ONLY = frozenset({"@READONLY", "@READONLY-FORM", "@CALCTEXT", "@CALCDATE", "@LATITUDE", "@LONGITUDE"})


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What a person meets; None where the tags set no number."""

    hidden: bool = False
    left_off_paper: bool = False
    read_only: bool = False
    masked: bool = False
    forced: bool = False  # a value out of range is refused, not only doubted
    no_button: bool = False
    initial: str = ""
    fills: str = ""  # today, now, user name
    placeholder: str = ""
    characters: int | None = None
    words: int | None = None
    most: int | None = None
    none_of_the_above: tuple[str, ...] = ()
    left_out: frozenset[str] = frozenset()  # codes of choices that are not offered


def of(annotation: str, now: dt.datetime) -> Behaviour:
    """The behaviour that an annotation asks for on a form. @IF is decided as for a new record: every field blank."""
    there = list(_in_force(annotation, now, 0))
    names = {tag.name for tag in there}
    said = {tag.name: tag.argument or "" for tag in reversed(there)}  # the first of a kind counts
    return Behaviour(
        hidden=bool(names & {"@HIDDEN", "@HIDDEN-FORM"}),
        left_off_paper=bool(names & {"@HIDDEN", "@HIDDEN-PDF"}),
        read_only=bool(names & _READ_ONLY),
        masked="@PASSWORDMASK" in names,
        forced="@FORCE-MINMAX" in names,
        no_button="@HIDEBUTTON" in names,
        initial=next((said[name] for name in ("@SETVALUE", "@PREFILL", "@DEFAULT") if name in said), ""),
        fills=next((what for name, what in _FILLS.items() if name in names), ""),
        placeholder=said.get("@PLACEHOLDER", ""),
        characters=_whole(said.get("@CHARLIMIT", "")),
        words=_whole(said.get("@WORDLIMIT", "")),
        most=_whole(said.get("@MAXCHECKED", "")),
        none_of_the_above=_codes(said.get("@NONEOFTHEABOVE", "")),
        left_out=frozenset(_codes(said.get("@HIDECHOICE", ""))) - frozenset(_codes(said.get("@SHOWCHOICE", ""))),
    )


def _in_force(annotation: str, now: dt.datetime, depth: int) -> Iterator[Tag]:
    for tag in tags.found(annotation):
        if tag.name != "@IF":
            yield tag
            continue
        parts = tags.arguments(annotation, tag)
        if len(parts) == 3 and depth < _DEEPEST:
            yield from _in_force(parts[1 if _true_at_first(parts[0].text, now) else 2].text, now, depth + 1)


def _true_at_first(condition: str, now: dt.datetime) -> bool:
    try:
        return holds(parse(condition), Record({}), Setting.at(now))
    except LogicInvalid:
        return False


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else None


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(",") if code.strip())
