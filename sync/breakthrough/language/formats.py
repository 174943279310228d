"""Days, months, lists and numbers in words, as the language that is spoken spells them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache, reduce
from typing import Literal

from babel import Locale, dates, lists

from breakthrough import english
from breakthrough.language.current import spoken
from breakthrough.language.messages import message_as, say, say_as, says
from breakthrough.language.numbers import count

_WORDS = (
    message_as("a number in a sentence", "no"),
    message_as("a number in a sentence", "one"),
    message_as("a number in a sentence", "two"),
    message_as("a number in a sentence", "three"),
    message_as("a number in a sentence", "four"),
    message_as("a number in a sentence", "five"),
    message_as("a number in a sentence", "six"),
    message_as("a number in a sentence", "seven"),
    message_as("a number in a sentence", "eight"),
    message_as("a number in a sentence", "nine"),
    message_as("a number in a sentence", "ten"),
    message_as("a number in a sentence", "eleven"),
    message_as("a number in a sentence", "twelve"),
)


def of(numerator: float, denominator: float) -> str:
    """`27,563 of 404,666`."""
    return say("{part} of {whole}", part=count(numerator), whole=count(denominator))


def spelled(number: int) -> str:
    """`seven`, and figures above twelve."""
    return say_as(*_WORDS[number]) if 0 <= number < len(_WORDS) else count(number)


def worded(one: str, many: str, number: int, /, **places: object) -> str:
    """As `says`, with `{n}` in words: `worded("{n} team", "{n} teams", 3)` is `three teams`."""
    return says(one, many, number, n=spelled(number), **places)


def day(date: dt.date) -> str:
    """`Tue 21 April`."""
    return english.day(date) if spoken().english else _dated("MMMMEd", date)


def short_day(date: dt.date) -> str:
    """`21 April`."""
    return english.short_day(date) if spoken().english else _dated("MMMMd", date)


def brief_day(date: dt.date) -> str:
    """`21 Apr`, where there is little room."""
    return f"{date.day} {date:%b}" if spoken().english else _dated("MMMd", date)


def brief_days(first: dt.date, last: dt.date) -> str:
    """`10–14 Nov`, `23 Feb–20 Mar`."""
    if not spoken().english:
        return str(dates.format_interval(first, last, "MMMd", locale=spoken().locale))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{brief_day(last)}"
    return f"{brief_day(first)}–{brief_day(last)}"


def long_day(date: dt.date) -> str:
    """`15 April 2026`."""
    return english.long_day(date) if spoken().english else dates.format_date(date, "long", spoken().locale)


def stamp(at: dt.datetime) -> str:
    """`15 Apr 2026, 18:00`, by the clock that the time is of."""
    if spoken().english:
        return f"{at.day} {at:%b %Y, %H:%M}"
    return f"{dates.format_date(at, 'medium', spoken().locale)}, {clock(at)}"


def clock(at: dt.datetime) -> str:
    """`18:00`: hours to 24, which no language takes for the other half of the day."""
    return f"{at:%H:%M}"


def month_word(number: int) -> str:
    """`March`, of 1 to 12."""
    return english.month_name(number) if spoken().english else _months(spoken().locale, "wide")[number]


def month_short(number: int) -> str:
    """`Mar`."""
    return english.month_name(number)[:3] if spoken().english else _months(spoken().locale, "abbreviated")[number]


def month_label(year: int, number: int) -> str:
    """`March 2026`."""
    if spoken().english:
        return f"{english.month_name(number)} {year}"
    return _dated("yMMMM", dt.date(year, number, 1))


def listed(parts: Sequence[str], last: Literal["and", "or"] = "and") -> str:
    """`A`, `A and B`, `A, B and C`; '' of nothing."""
    if spoken().english or not parts:
        return english.listed(parts, last)
    return lists.format_list(list(parts), style="standard" if last == "and" else "or", locale=spoken().locale)


def clauses(*parts: str) -> str:
    """`not in REDCap; 2 new fields`: short statements one after another; those that are blank are left out."""
    told = [part for part in parts if part]
    return reduce(_clause, told) if told else ""


def _clause(before: str, more: str) -> str:
    # Translators: two short statements, one after the other; neither begins with a capital or ends with a full stop
    return say("{before}; {more}", before=before, more=more)


def capital(text: str) -> str:
    """The same with a capital at its start."""
    return english.capital(text)


def inside(name: str) -> str:
    """A name as it stands within a sentence: small in English; other languages keep it, as German must."""
    return name.lower() if spoken().english else name


def _dated(skeleton: str, date: dt.date) -> str:
    return dates.format_skeleton(skeleton, date, locale=spoken().locale)


@lru_cache(maxsize=32)
def _months(locale: str, width: str) -> dict[int, str]:
    return dict(Locale.parse(locale).months["stand-alone"][width])
