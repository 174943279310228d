"""Reads one form's values as what they mean. What cannot be read is blank, and logged by entry and field alone."""

from __future__ import annotations

import datetime as dt
import logging
import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.values import Text

log = logging.getLogger(__name__)

Meaning = TypeVar("Meaning")
Value = TypeVar("Value")

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_YEARS = range(1990, 2101)  # what lies outside is a slip of the keyboard, and arithmetic on it could overflow
_COMPLETE = "2"

RATING: Mapping[str, float] = {f"{ten:02d}": ten / 10 for ten in range(5, 55, 5)}  # 05 … 50, half points times ten


@lru_cache(maxsize=4096)  # the same days stand in many forms
def _day(text: str) -> dt.date | None:
    found = _DATE.fullmatch(text)
    try:
        day = dt.date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None
    return day if day and day.year in _YEARS else None


class Form:
    """One entry, its fields by what they hold. `box` is the form's field "no names or identifiers"."""

    def __init__(self, entry: Entry, box: str = "") -> None:
        self.key = entry.key
        self.dag = entry.dag
        self._values = entry.values
        self._cleared = bool(box) and self.ticked(box)

    @property
    def team(self) -> str:
        """The record, which is the team."""
        return self.key.record

    @property
    def complete(self) -> bool:
        """Whether the form is marked Complete."""
        return self._values.get(f"{self.key.instrument}_complete") == _COMPLETE

    def text(self, field: str) -> str:
        """What stands there, without blanks around it; '' where nothing does."""
        return self._values.get(field, "").strip()

    def written(self, field: str) -> Text:
        """What somebody wrote in their own words, with whether it may be printed."""
        text = self.text(field)
        return Text(text, self._cleared, self.key) if text else self._nothing

    @cached_property
    def _nothing(self) -> Text:
        """What every field of the form says where nobody wrote: of a year's forms, that is every third."""
        return Text("", self._cleared, self.key)

    def ticked(self, field: str) -> bool:
        """Whether a yes/no field or a checkbox column says yes."""
        return self.text(field) == "1"

    def yes(self, field: str) -> bool | None:
        """What a yes/no field says; None where it is blank."""
        return self.choice(field, {"1": True, "0": False})

    def boxes(self, field: str, codes: Iterable[str]) -> frozenset[str]:
        """Those of the codes that are ticked in a checkbox."""
        return frozenset(code for code in codes if self.ticked(f"{field}___{code}"))

    def of_items(self, item: re.Pattern[str]) -> dict[str, str]:
        """The values of the fields whose names are like that, by name."""
        return {name: self.text(name) for name in self._values if item.fullmatch(name)}

    def day(self, field: str) -> dt.date | None:
        """The date; None where blank or not one."""
        text = self.text(field)
        return self._known(field, text, _day(text))

    def month(self, field: str) -> Month | None:
        """The month that the date falls in; None where blank or not a date."""
        day = self.day(field)
        return Month.of(day) if day else None

    def number(self, field: str) -> float | None:
        """The number, decimal point or whole; None where blank or not one."""
        text = self.text(field)
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        return self._known(field, text, number if math.isfinite(number) else None)

    def choice(self, field: str, meanings: Mapping[str, Meaning]) -> Meaning | None:
        """What the code means; None where blank or not one of the codes."""
        text = self.text(field)
        return self._known(field, text, meanings.get(text))

    def unreadable(self, field: str) -> bool:
        """Whether something stands there that is not a date."""
        return bool(self.text(field)) and self.day(field) is None

    def _known(self, field: str, text: str, meaning: Meaning | None) -> Meaning | None:
        if text and meaning is None:
            log.warning("left out, as it cannot be read: entry=%s field=%s", self.key, field)
        return meaning


def newest(found: Iterable[Value], *, of: Callable[[Value], Hashable], rank: Callable[[Value], Any]) -> list[Value]:
    """Of those that are `of` the same thing, the one of the highest rank; of equal ones the last."""
    kept: dict[Hashable, Value] = {}
    for one in found:
        place = of(one)
        if place not in kept or rank(one) >= rank(kept[place]):
            kept[place] = one
    return list(kept.values())
