"""The improvement story of a team, a page: only where the team has said that it may be published."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.errors import NothingToReport
from breakthrough.language import say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Figure, Header, Passage
from breakthrough.reporting.sentences import closing as words
from breakthrough.reporting.sentences import cycles, goals
from breakthrough.reporting.sentences.verdicts import verdict
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import chart_blocks, gather
from breakthrough.reporting.views.harvest import Harvest, publishable
from breakthrough.reporting.views.occasion import NAME, header, subject
from breakthrough.teams.changes import STAGES
from breakthrough.teams.values import Closeout, Text

_ADOPTED = STAGES.index("adopted")


@dataclass(frozen=True, slots=True)
class Told:
    """A question, and what the team wrote to it."""

    question: str
    answer: Passage


@dataclass(frozen=True, slots=True)
class Story:
    """A team's story, in the order it is read."""

    team: str
    month: Month
    subject: str
    header: Header
    organisation: str
    aim: Passage | None
    met: str
    heading: str
    figure: Figure
    meaning: str
    changed: str
    ideas: tuple[str, ...]
    told: tuple[Told, ...]
    goes_on: str


def story(of: Harvest, code: str) -> Story:
    """The story of that team, of figures as everybody may have them.

    Raises NothingToReport where the team has not agreed to it, or has no chart of the aim's measure.
    """
    if code not in publishable(of.portfolio):
        raise NothingToReport(
            f"The team {code} has not said on its closing form that its results may be published under its name, so "
            "there is no story of it."
        )
    chart = of.charts.get((code, of.collaborative.aim.measure))
    if chart is None:
        raise NothingToReport(f"There is no chart of the aim’s measure for team {code}, so there is no story of it.")
    collaborative, occasion = of.collaborative, of.occasion
    own = of.portfolio.only(code)
    team, said, charter = own.team(code), own.closeouts[-1], own.charters.get(code)
    measure = collaborative.measures[chart.measure]
    numbers = cycles.numbered(own.pdsas)
    tests = [test for test in own.pdsas if test.start]
    finding = verdict(chart, measure, collaborative.calendar, whose="the")
    name = line(team.name, NAME)
    return Story(
        team=code,
        month=occasion.month,
        subject=subject(collaborative, say("Improvement story"), occasion),
        header=header(collaborative, occasion, title=name, preview=finding.heading),
        organisation=line(team.organisation, 120),
        aim=_shown(of, charter.aim) if charter else None,
        met=words.met(said.aim_met),
        heading=finding.heading,
        figure=chart_blocks.picture(chart, measure, collaborative, numbers, tests, finding.heading),
        meaning=joined(finding.meaning, goals.sentence(chart, measure)),
        changed=words.changed(measure, of.broken(chart.measure, code), of.at),
        ideas=tuple(_ideas(of, code, said)),
        told=_told(of, said),
        goes_on=words.goes_on(said.goes_on),
    )


def _ideas(of: Harvest, code: str, said: Closeout) -> list[str]:
    """The ideas the team tested, each with how far it came; those that are daily work by its own word among them."""
    titles = {idea.code: line(idea.title, 160) for idea in of.collaborative.ideas.values()}
    found = []
    for change in of.changes:
        if change.team != code or not (change.tests or change.idea in said.adopted):
            continue
        kept = change.idea in said.adopted or STAGES.index(change.stage) >= _ADOPTED
        title = titles[change.idea]
        if change.stage == "dropped":
            found.append(say("{idea}: tried and dropped", idea=title))
        elif kept:
            found.append(say("{idea}: tried and kept", idea=title))
        else:
            found.append(say("{idea}: tried", idea=title))
    return found


def _told(of: Harvest, said: Closeout) -> tuple[Told, ...]:
    asked = (
        (say("What made the most difference"), said.best),
        (say("What we would not do again"), said.never_again),
        (say("Who looks after it from now on"), said.owner),
        (say("To a team that begins next year"), said.advice),
    )
    return tuple(Told(question, answer) for question, text in asked if (answer := _shown(of, text)))


def _shown(of: Harvest, text: Text) -> Passage | None:
    """What was written, where its form clears it. A story goes to people who cannot follow a link into REDCap."""
    told = gather.passage(text, of.occasion.links, 1_200)
    return told if told and told.text else None
