"""Improvement's own words, each explained in ours: what a reader finds at the foot of a report that uses them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from breakthrough.language import Language, capital, message, message_as, say, say_as, speaking, spoken


@dataclass(frozen=True, slots=True)
class Term:
    """A word with its meaning. `code` is its place in a page; `forms` are the ways in which reports write it."""

    code: str
    name: str
    meaning: str
    forms: re.Pattern[str]
    folded: tuple[str, ...]  # the forms in small letters

    def first(self, text: str, folded: str) -> re.Match[str] | None:
        """Where the text has the word first; `folded` is the text in small letters, in which nearly all are not."""
        places = [place for form in self.folded if (place := folded.find(form)) >= 0]
        if not places:
            return None
        alike = len(folded) == len(text)  # no letter has become two: what is first in the one is first in the other
        return self.forms.search(text, min(places) if alike else 0)


# Translators: the forms of a word are parted by |, the one that heads the entry first.
_TERMS = {
    "balancing": (
        message_as("a word and its forms", "balancing"),
        message("A measure that watches whether the work makes something else worse."),
    ),
    "baseline": (
        message_as("a word and its forms", "baseline"),
        message("The months before the work began. What comes later is held against them."),
    ),
    "change_package": (
        message_as("a word and its forms", "change package"),
        message("All change ideas of the collaborative: how to do each, who tested it, what followed."),
    ),
    "denominator": (
        message_as("a word and its forms", "denominator|denominators"),
        message("What a count is out of: all those that could have been counted."),
    ),
    "determinant": (
        message_as("a word and its forms", "determinant|determinants"),
        message("One of seven things that decide whether work like this succeeds."),
    ),
    "driver": (
        message_as("a word and its forms", "driver|drivers"),
        message("Something that has to get better if the aim is to be met."),
    ),
    "funnel": (
        message_as("a word and its forms", "funnel"),
        message("Limits by size: wide for small teams, as chance swings their figures more."),
    ),
    "idea": (
        message_as("a word and its forms", "change idea|change ideas|idea|ideas"),
        message("A thing to do in a new way, small enough to be tried."),
    ),
    "interruption": (
        message_as("a word and its forms", "interruption"),
        message("The month in which the work began. One line is fitted before it, and one after."),
    ),
    "limits": (
        message_as("a word and its forms", "limit|limits|upper limit|lower limit"),
        message("How far chance alone lets a figure swing. Few figures go beyond without a reason."),
    ),
    "log": (
        message_as("a word and its forms", "log|logs|well-kept log"),
        message("What a team writes down about a test. Eight points make it useful to others."),
    ),
    "median": (
        message_as("a word and its forms", "median"),
        message("The middle value: half of the values lie above it, and half below."),
    ),
    "outcome": (
        message_as("a word and its forms", "outcome"),
        message("A measure of the aim itself: what changes for people."),
    ),
    "pdsa": (
        message_as("a word and its forms", "PDSA"),
        message("Plan, Do, Study, Act: try a change, look at what came out, and decide."),
    ),
    "cycle": (
        message_as("a word and its forms", "cycle|cycles"),
        message("One round of a test, from the plan to the decision."),
    ),
    "pooled": (
        message_as("a word and its forms", "pooled"),
        message("The counts of all teams added up, as if they were one team."),
    ),
    "prediction": (
        message_as("a word and its forms", "prediction|predictions"),
        message("What a team thinks a test will show. It is written before the test begins."),
    ),
    "process": (
        message_as("a word and its forms", "process"),
        message("A measure of the work: whether what should be done is done."),
    ),
    "ramp": (
        message_as("a word and its forms", "ramp|ramps"),
        message("Tests of one idea in a row, each a step wider than the last."),
    ),
    "rating": (
        message_as("a word and its forms", "rating|ratings"),
        message("How far a team has come, from 0.5 to 5. People judge it; no program works it out."),
    ),
    "session": (
        message_as("a word and its forms", "learning session|learning sessions"),
        message("A day on which all teams meet, learn, and show each other what they tried."),
    ),
    "sigma": (
        message_as("a word and its forms", "sigma"),
        message("A unit for how much figures swing by chance. Limits stand three of them from the line."),
    ),
    "signal": (
        message_as("a word and its forms", "signal|signals"),
        message("A pattern that chance alone rarely makes. It says that something changed, and never what."),
    ),
    "slope": (
        message_as("a word and its forms", "slope"),
        message("How much a line rises or falls from one month to the next."),
    ),
    "spread": (
        message_as("a word and its forms", "spread"),
        message("Taking a change that works to further places."),
    ),
    "storyboard": (
        message_as("a word and its forms", "storyboard|storyboards"),
        message("A team’s work on one sheet, put up for all teams to see."),
    ),
    "test": (
        message_as("a word and its forms", "test|tests"),
        message("A change tried in small, to learn from it before many people have to do it."),
    ),
    "trend": (
        message_as("a word and its forms", "trend|row rising|row falling"),
        message("Several figures in a row, each higher than the one before, or each lower."),
    ),
}


def terms() -> tuple[Term, ...]:
    """Every word that has an entry, in the language spoken, by name."""
    return _terms(spoken())


@lru_cache(maxsize=8)
def _terms(language: Language) -> tuple[Term, ...]:
    """Kept between reports: a language's words stay as long as its files do."""
    found = []
    with speaking(language):
        for code, (forms, meaning) in _TERMS.items():
            written = [form for form in say_as(*forms).split("|") if form]
            if not written:
                continue
            pattern = "|".join(re.escape(form) for form in sorted(written, key=len, reverse=True))
            whole = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)
            folded = tuple(form.casefold() for form in written)
            found.append(Term(code, capital(written[0]), say(meaning), whole, folded))
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def used(texts: Iterable[str]) -> tuple[Term, ...]:
    """The words that those texts use, by name."""
    whole = "\n".join(dict.fromkeys(texts))
    folded = whole.casefold()
    return tuple(one for one in terms() if one.first(whole, folded))
