"""demo.yaml: the story that a demonstration of a collaborative plays, in types. Another story needs no code."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from breakthrough import configfile
from breakthrough.collaborative import Collaborative
from breakthrough.collaborative.timeline import MonthField
from breakthrough.configfile import Misplaced, Model
from breakthrough.content import Content
from breakthrough.demo.figures import Cases, Figures
from breakthrough.demo.plots import Plot
from breakthrough.errors import ContentMissing, SettingInvalid

Fault = tuple[tuple[str | int, ...], str]
Few = Annotated[tuple[str, ...], Field(min_length=1)]
Kind = Annotated[str, Field(pattern="^[1-6]$")]  # tp_type


class TeamEntry(Model):
    """A team by its name; where it is, and what kind of organisation, for groups of teams side by side."""

    name: str
    region: str = ""
    kind: Kind | None = None


class People(Model):
    """Names of made-up people: day-to-day leaders, data leads, senior leaders, and families' names."""

    leaders: Few
    data_leads: Few
    senior_leaders: Few
    families: Few


class Charter(Model):
    """A team's aim in its own words; `{team}` stands for its name."""

    aim: str
    what: str
    by_how_much: str
    for_whom: str
    pilot: str


class Tested(Model):
    """A test in words; `{n}` stands for the number expected, and for the one that came out."""

    question: str
    expect: str
    found: str
    count: str  # how it is counted


class Tests(Tested):
    """`tests:`, the words of tests; `ideas` has those of one idea, by its code. `places` grow from test to test."""

    places: Annotated[tuple[str, ...], Field(min_length=4, max_length=4)]
    happened: str
    following: str  # what comes next
    learned: Few
    ideas: dict[str, Tested] = Field(default_factory=dict)

    def of(self, idea: str) -> Tested:
        """The words for a test of that idea."""
        return self.ideas.get(idea, self)


class Told(Model):
    """What people write: teams in monthly reports, coaches beside their rating."""

    did: Few
    learned: Few
    suggestions: Few
    why_high: str
    why_middle: str
    why_low: str


class Place(Model):
    """Somewhere that takes a change up, and how many people it serves."""

    name: str
    size: int


class Shown(Model):
    """A file that a team puts up for others: a code of du_type, and what to know before opening it."""

    kind: Annotated[str, Field(pattern="^[1-6]$")]
    note: str


class Closing(Model):
    """`closing:`, what people write at the end; played by `demo --closing` alone.

    It is dealt out to teams in order, again from the first; but for `advice`, which is read side by side, so that each
    is of one team. `instruments` are laid over project.yaml's then. `{idea}` in `best` is the idea that the team tested
    most.
    """

    instruments: dict[str, Any] = Field(default_factory=dict)
    best: Few
    never_again: Few
    owners: Few
    advice: Few
    proud: Few  # of the storyboard, as the two that follow
    hard: Few
    questions: Few
    risks: Few  # of the check of what lasts
    remedies: Few
    files: Annotated[tuple[Shown, ...], Field(min_length=1)]


class Story(Model):
    """A whole demo.yaml. Plots are dealt out to teams in order, again from the first where there are more teams."""

    seed: int
    month: MonthField  # that is reported on
    collaborative: dict[str, Any] = Field(default_factory=dict)  # laid over collaborative.yaml
    instruments: dict[str, Any] = Field(default_factory=dict)  # laid over project.yaml's
    assessment: str = ""  # the scoring profile that teams fill in
    organisation: str = "{team}"
    kind: Kind = "6"
    serves: tuple[int, int]
    teams: Annotated[tuple[TeamEntry, ...], Field(min_length=1)]
    people: People
    charter: Charter
    tests: Tests
    told: Told
    spreads_to: tuple[Place, ...] = ()
    closing: Closing | None = None
    figures: Figures
    cases: dict[str, Cases] = Field(default_factory=dict)
    plots: Annotated[tuple[Plot, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if faults := [*self._unknown()]:
            raise Misplaced(faults)
        return self

    def _unknown(self) -> Iterator[Fault]:
        for at, plot in enumerate(self.plots):
            for name in sorted(set(plot.own) - set(self.figures.own)):
                yield ("plots", at, "own", name), f"'{name}' is not under figures.own, where every team's is"
        for project, cases in self.cases.items():
            for at, kind in enumerate(cases.kinds):
                for field, given in kind.fields.items():
                    for key, formula in given.formulas.items():
                        for name in sorted(formula.names - self.figures.names):
                            yield (
                                ("cases", project, "kinds", at, "fields", field, key),
                                f"[{name}] is no size, table or own number of a team",
                            )

    def plot(self, index: int) -> Plot:
        """The plot of the team at that place."""
        return self.plots[index % len(self.plots)]

    def entry(self, index: int) -> TeamEntry:
        """What is said of the team at that place."""
        return self.teams[index % len(self.teams)]


def names(content: Content) -> tuple[str, ...]:
    """The collaboratives that have a story, in order."""
    found = (path for folder in content.folders for path in (folder / "config/collaboratives").glob("*/demo.yaml"))
    return tuple(sorted({path.parent.name for path in found}))


def load(content: Content, name: str) -> Story:
    """The story of that collaborative. Raises ContentMissing where it has none, SettingInvalid for what is wrong."""
    known = names(content)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"Did you mean '{near[0]}'? " if near else ""
        raise ContentMissing(f"There is no demonstration of '{name}'. {hint}There are: {', '.join(known)}.")
    return configfile.read(content.find(f"config/collaboratives/{name}/demo.yaml"), Story)


def closing(story: Story, collaborative: Collaborative) -> Closing:
    """What people write at the end. Raises ContentMissing where the story says nothing of it."""
    if story.closing is None:
        raise ContentMissing(
            f"demo.yaml of {collaborative.name} has no end to play: it lacks the key 'closing'. Add it, or leave "
            "--closing out."
        )
    return story.closing


def check(story: Story, collaborative: Collaborative) -> None:
    """Raises SettingInvalid where the story names what the collaborative does not have, or lacks what it asks for."""
    if wrong := [*_strangers(story, collaborative)]:
        raise SettingInvalid("\n".join(f"demo.yaml of {collaborative.name}: {sentence}" for sentence in wrong))


def _strangers(story: Story, collaborative: Collaborative) -> Iterator[str]:
    """What the story names and the collaborative does not have, or the other way round."""
    for at, plot in enumerate(story.plots, 1):
        for idea in (plot.idea, *plot.also):
            if idea not in collaborative.ideas:
                yield f"plot {at}: there is no idea '{idea}' in collaborative.yaml. Name one of its ideas."
    for idea in story.tests.ideas:
        if idea not in collaborative.ideas:
            yield f"tests.ideas: there is no idea '{idea}' in collaborative.yaml. Name one of its ideas."
    for count in story.figures.counts:
        if count not in collaborative.counts:
            yield f"figures.counts: there is no count '{count}' in collaborative.yaml. Take it out, or add it there."
    for count in collaborative.counts:
        if count not in story.figures.counts:
            yield f"figures.counts: '{count}' is missing, which collaborative.yaml asks for. Say how it is drawn."
    session = {number for number in range(1, 13) if number not in collaborative.calendar.not_in_session}
    for name, table in story.figures.tables.items():
        if lacking := sorted(session - set(table)):
            yield f"figures.tables.{name}: the months {', '.join(map(str, lacking))} are in session and not in it."
