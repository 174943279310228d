"""The language that reports speak: their sentences from one catalogue, and numbers, days and lists as it spells them.

A message is written where it is said, as a whole English sentence with named places, and English is spoken as long as
nothing else is. Whoever makes a report chooses its language once, with `speaking`; no function needs to be told.
"""

from breakthrough.language.catalogue import load
from breakthrough.language.current import ENGLISH, Language, speaking, spoken
from breakthrough.language.formats import (
    brief_day,
    brief_days,
    capital,
    clauses,
    clock,
    day,
    inside,
    listed,
    long_day,
    month_label,
    month_short,
    month_word,
    of,
    short_day,
    spelled,
    stamp,
    worded,
)
from breakthrough.language.messages import message, message_as, say, say_as, says
from breakthrough.language.numbers import count, exact, figure, score, trimmed

__all__ = [
    "ENGLISH",
    "Language",
    "brief_day",
    "brief_days",
    "capital",
    "clauses",
    "clock",
    "count",
    "day",
    "exact",
    "figure",
    "inside",
    "listed",
    "load",
    "long_day",
    "message",
    "message_as",
    "month_label",
    "month_short",
    "month_word",
    "of",
    "say",
    "say_as",
    "says",
    "score",
    "short_day",
    "speaking",
    "spelled",
    "spoken",
    "stamp",
    "trimmed",
    "worded",
]
