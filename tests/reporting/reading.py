"""How hard sentences are to read: the grade of school by Flesch and Kincaid, for a reader without the field's words."""

from __future__ import annotations

import re
from collections.abc import Iterable

import readability

# Words of the field and names that no report can do without: each counts as one short word.
EXEMPT = (
    "collaborative", "median", "baseline", "prediction", "predictions", "median of teams", "denominator", "REDCap",
    "Anhøj’s", "Institute for Healthcare Improvement", "learning session", "learning sessions", "coach’s", "coach",
)  # fmt: skip
_WORD = re.compile(r"[A-Za-zÀ-ž’'′-]+|\d[\d.,%]*")
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-Z“{])")
_FEWEST = 5  # words: the formula says nothing of a label


def sentences(text: str) -> list[str]:
    """The sentences of a text."""
    return [one for one in _SENTENCE.split(" ".join(text.split())) if one]


def grade(sentence: str, names: Iterable[str] = ()) -> float | None:
    """The grade of a sentence; None of one too short to have any. `names` are what people wrote: a short word each."""
    for name in (*names, *EXEMPT):
        if name.lower() in sentence.lower():
            sentence = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "ash", sentence, flags=re.IGNORECASE)
    plain = re.sub(r"“[^”]*”|\{[a-z_]+\}", "ash", sentence)
    words = ["ten" if word[0].isdigit() else word for word in _WORD.findall(plain)]
    if len(words) < _FEWEST:
        return None
    measured = readability.getmeasures(" ".join([*words, ".\n"]), lang="en")
    return float(measured["readability grades"]["Kincaid"])
