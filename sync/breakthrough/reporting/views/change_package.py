"""The harvested change package: each idea under its driver, with how to do it, who tested it and what followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from breakthrough.collaborative import Idea
from breakthrough.language import say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Header, Passage
from breakthrough.reporting.sentences import closing as words
from breakthrough.reporting.sentences.words import listed
from breakthrough.reporting.views import gather
from breakthrough.reporting.views.harvest import KEPT, Harvest
from breakthrough.reporting.views.occasion import header, subject
from breakthrough.teams.package import Across

_HOW = 1_000
_QUOTES = 3  # of an idea
_QUOTE = 300


@dataclass(frozen=True, slots=True)
class Quote:
    """What a team wrote of its result, where its form clears it; who it is by name policy, '' for nobody."""

    team: str
    words: Passage


@dataclass(frozen=True, slots=True)
class IdeaBlock:
    """One idea with what came of it. `followed` and `became` are '' for one that nobody tested."""

    code: str
    title: str
    how: str
    strength: str
    tested: str
    followed: str
    became: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class DriverBlock:
    """A driver, its parts, the ideas that were tested, and the names of those that nobody tried."""

    code: str
    title: str
    secondary: tuple[str, ...]
    ideas: tuple[IdeaBlock, ...]
    untried: str


@dataclass(frozen=True, slots=True)
class ChangePackage:
    """The package, in the order it is read."""

    collaborative: str
    month: Month
    subject: str
    header: Header
    heading: str
    aim: str
    note: str
    drivers: tuple[DriverBlock, ...]
    advice: tuple[Quote, ...]


def change_package(of: Harvest) -> ChangePackage:
    """The package as everybody may read it: teams by name policy, words only where their form clears them."""
    collaborative, occasion = of.collaborative, of.occasion
    tested = sum(bool(one.tested) for one in of.across)
    kept = sum(any(one.stages.get(stage) for stage in KEPT) for one in of.across)
    heading = words.harvested(tested, len(of.across), kept)
    return ChangePackage(
        collaborative=of.code,
        month=occasion.month,
        subject=subject(collaborative, say("Change package"), occasion),
        header=header(collaborative, occasion, title=say("Change package"), preview=heading),
        heading=heading.rstrip("."),
        aim=line(collaborative.aim.statement, 300),
        note=say(
            "What followed a test came after it. Nobody can say that it came from it, so look at the teams that did "
            "not test the idea as well. Start small: one person, one day."
        ),
        drivers=tuple(_drivers(of)),
        advice=tuple(_advice(of)),
    )


def _drivers(of: Harvest) -> Iterator[DriverBlock]:
    found = {one.idea: one for one in of.across}
    for driver in of.collaborative.drivers:
        tried = [idea for idea in driver.ideas if found[idea.code].tested or not idea.retired]
        blocks = [_idea(of, idea, found[idea.code]) for idea in tried if found[idea.code].tested]
        rest = [line(idea.title, 120) for idea in tried if not found[idea.code].tested]
        yield DriverBlock(
            driver.code,
            line(driver.title, 120),
            tuple(line(one, 120) for one in driver.secondary),
            tuple(blocks),
            say("Nobody tested: {ideas}.", ideas=listed(rest)) if rest else "",
        )


def _idea(of: Harvest, idea: Idea, one: Across) -> IdeaBlock:
    names = [of.names[team] for team in one.tested if team in of.names]
    return IdeaBlock(
        idea.code,
        line(idea.title, 160),
        line(idea.how, _HOW),
        words.strength(idea.strength),
        words.tested(one, names),
        words.followed(one),
        words.became(one),
        tuple(_quotes(of, idea.code)),
    )


def _quotes(of: Harvest, idea: str) -> Iterator[Quote]:
    """The results that teams wrote down, the largest tests first; never one that its form does not clear."""
    tests = [
        test
        for change in of.changes
        if change.idea == idea
        for test in change.tests
        if test.status == "closed" and test.result.printable
    ]
    tests.sort(key=lambda test: (-test.scale, -test.score, test.team))
    shown: set[str] = set()
    for test in tests:
        told = gather.passage(test.result, of.occasion.links, _QUOTE)
        if told and told.text and test.team not in shown and len(shown) < _QUOTES:
            shown.add(test.team)
            yield Quote(of.names.get(test.team, ""), told)


def _advice(of: Harvest) -> Iterator[Quote]:
    """What teams want one to know that begins next year, where they clear it."""
    for one in of.portfolio.closeouts:
        told = gather.passage(one.advice, of.occasion.links, 1_200)
        if told and told.text:
            yield Quote(of.names.get(one.team, ""), told)
