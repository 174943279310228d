"""The team among its peers: what it may be told of others, and the two sections that are made of nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import inside, listed, say
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting import figures
from breakthrough.reporting.charts import Peer
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Figure, Row
from breakthrough.reporting.sentences import peers as words
from breakthrough.reporting.sentences.words import joined
from breakthrough.teams.changes import Stage

FEWEST = 2  # other teams with a figure: fewer are no peers to stand among
_LISTED = 40  # teams told one by one; of more, lowest, median and highest say enough
_NAME = 40  # characters


@dataclass(frozen=True, slots=True)
class Peers:
    """What a team may be told of the others' figures of one month, as the filter lets it through, and nothing else.

    `others` are their values of the aim's measure, each with the name that the policy allows; `withheld` and `without`
    say how many more teams there are whose figure is kept back, and who have sent none. `own` is None without a figure.
    """

    month: Month
    own: float | None
    others: tuple[Peer, ...]
    coded: bool  # the names are made up
    withheld: int = 0
    without: int = 0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A change that another team tested on a driver, after which a measure showed an improving signal.

    No figure and no month of that team. `team` is its name where the policy allows it, `written` what it calls its
    test where that may be printed; else ''.
    """

    idea: str
    driver: str
    measure: str
    stage: Stage
    team: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class PeerSection:
    """You among peers. The table and `one_by_one` hold the picture's figures; without one, the heading says why."""

    kicker: str
    heading: str
    figure: Figure | None
    meaning: str
    action: str
    columns: tuple[str, ...]
    table: tuple[Row, ...]
    one_by_one: str


@dataclass(frozen=True, slots=True)
class Worked:
    """One change that worked elsewhere: its name, what came after it, and what the team calls its test."""

    title: str
    text: str
    quote: str


@dataclass(frozen=True, slots=True)
class ElsewhereSection:
    """Worked elsewhere."""

    heading: str
    changes: tuple[Worked, ...]
    meaning: str
    action: str


def among(given: Peers | None, collaborative: Collaborative, meeting: str, call: str) -> PeerSection | None:
    """The section; None where there is nobody to stand among.

    `meeting` is the next time that all teams meet, `call` the day of the next coaching call: '' where none is planned.
    """
    if given is None or (len(given.others) < FEWEST and not given.withheld):
        return None
    measure = collaborative.measures[collaborative.aim.measure]
    kicker = " · ".join(
        [
            say("You among peers"),
            say("{measure}, {month}", measure=inside(measure.name), month=given.month.word),
        ]
    )
    if len(given.others) < FEWEST:
        heading, action = words.withheld_heading(given.month), words.ask(call)
        return PeerSection(kicker, heading, None, words.no_picture(), action, (), (), "")
    told = _told(given, measure)
    bare, label = figures.columned(measure)
    return PeerSection(
        kicker=kicker,
        heading=words.heading(told),
        figure=_figure(given, told),
        meaning=joined(
            words.standing(told),
            words.at_goal(told),
            words.chance(),
            words.left_out(given.withheld, given.without, given.month),
            words.made_up() if given.coded else "",
        ),
        action=words.action(told, meeting, call),
        columns=(say("Lowest"), say("Median"), say("Highest"), say("Yours")),
        table=(
            Row(
                label,
                tuple(figures.value(bare, one) for one in (told.values[0], told.median, told.values[-1], told.own)),
            ),
        ),
        one_by_one=_one_by_one(given, measure),
    )


def _told(given: Peers, measure: Measure) -> words.Standing:
    others = tuple(sorted(one.value for one in given.others))
    goal, _ = measure.goal_at(given.month)
    return words.Standing(measure, given.month, given.own, others, goal)


def _figure(given: Peers, told: words.Standing) -> Figure:
    dots = len(given.others) <= drawing.MOST_DOTS
    # Columns, which count the teams where dots would be too many, name nobody.
    others = [Peer(one.value, line(one.label, _NAME)) for one in given.others] if dots else given.others
    wide, phone = (
        drawing.dot_strip(others, told.measure, own=given.own, median=told.median, goal=told.goal, phone=cut)
        for cut in (False, True)
    )
    heading = words.heading(told)
    alt = words.alt(told, dots=dots)
    return Figure("peers", say("{name}: {finding}", name=told.measure.name, finding=heading), alt, wide, phone)


def _one_by_one(given: Peers, measure: Measure) -> str:
    """`From the lowest: Ash 6.5%, you 6.8%, Birch 7.4%`; '' where teams are too many."""
    if len(given.others) > _LISTED:
        return ""
    rows = [(one.value, line(one.label, _NAME)) for one in given.others]
    if given.own is not None:
        rows.append((given.own, say("you")))
    told = [
        say("{team} {figure}", team=name, figure=figures.value(measure, value))
        if name
        else figures.value(measure, value)
        for value, name in sorted(rows)
    ]
    return say("From the lowest: {teams}.", teams=listed(told))


def elsewhere(given: Sequence[Elsewhere], collaborative: Collaborative, call: str) -> ElsewhereSection | None:
    """The section; None where no other team's change can be told of."""
    if not given:
        return None
    return ElsewhereSection(
        heading=words.elsewhere_heading(len(given)),
        changes=tuple(_worked(one, collaborative) for one in given),
        meaning=words.sequence(),
        action=words.pick(len(given), call),
    )


def _worked(one: Elsewhere, collaborative: Collaborative) -> Worked:
    idea = collaborative.ideas[one.idea]
    driver = next(each for each in collaborative.drivers if each.code == one.driver)
    return Worked(
        title=line(f"{one.idea} · {idea.title}", 120),
        text=words.worked(
            line(one.team, _NAME), one.stage, collaborative.measures[one.measure].name, line(driver.title, 90)
        ),
        quote=line(one.written, 160),
    )
