"""A team's tests in its report: a block for each ramp at work, and a line for each of the others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import day, listed, long_day, say, say_as, worded
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting.parts import Figure, Listing, Row
from breakthrough.reporting.sentences import alt, cycles
from breakthrough.reporting.sentences.words import days, joined, named
from breakthrough.reporting.views import gather
from breakthrough.teams.values import Pdsa

MOST = 2  # ramps with a picture


@dataclass(frozen=True, slots=True)
class RampBlock:
    """A ramp with its finding, picture, what predictions taught, what the logs lack, and the next action."""

    kicker: str
    heading: str
    figure: Figure
    meaning: str
    logs: tuple[str, ...]
    action: str
    cycles: tuple[Row, ...]  # when, predicted, got, decision, dots: the picture's numbers


@dataclass(frozen=True, slots=True)
class TestSection:
    """All of a team's tests. Without a block, `quiet` says so; `action` then is the next step."""

    blocks: tuple[RampBlock, ...]
    others: tuple[str, ...]
    quiet: str
    action: str


def section(
    tests: Sequence[Pdsa], collaborative: Collaborative, numbers: cycles.Numbers, month: Month, today: dt.date
) -> TestSection:
    """The tests of a team: those at work in that month in full, the newest first."""
    ramps = sorted(gather.ramps(tests), key=lambda ramp: max(numbers[one.entry] for one in ramp), reverse=True)
    busy = [ramp for ramp in ramps if gather.at_work(ramp, month)]
    busy.sort(key=lambda ramp: not any(one.status in cycles.OPEN for one in ramp))
    shown = busy[:MOST]
    others = tuple(_line(ramp, collaborative, month) for ramp in ramps if ramp not in shown)
    open_ = next((one for ramp in busy for one in ramp if one.status in cycles.OPEN), None)
    waits = cycles.called(open_, numbers) if open_ else ""
    blocks = tuple(
        _block(ramp, collaborative, numbers, today, place, waits if open_ not in ramp else "")
        for place, ramp in enumerate(shown, start=1)
    )
    quiet = "" if blocks else _quiet(tests, month, today)
    return TestSection(blocks, others, quiet, "" if blocks else cycles.none_action(collaborative, tests))


def _block(
    ramp: Sequence[Pdsa],
    collaborative: Collaborative,
    numbers: cycles.Numbers,
    today: dt.date,
    place: int,
    waits: str,
) -> RampBlock:
    title = cycles.title(ramp, collaborative)
    heading = cycles.heading(ramp)
    ideas = {code: idea.title for code, idea in collaborative.ideas.items()}
    wide, phone = (
        drawing.ramp(ramp, ideas, phone=cut, measures=collaborative.measures, today=today) for cut in (False, True)
    )
    return RampBlock(
        kicker=" · ".join([say("Your tests"), title, _which(ramp, numbers)]),
        heading=heading,
        figure=Figure(
            f"ramp-{place}",
            say("{name}: {finding}", name=title, finding=heading),
            alt.ramp(ramp, title, collaborative.measures),
            wide,
            phone,
            _listing(ramp, collaborative.measures),
        ),
        meaning=cycles.meaning(ramp),
        logs=tuple(cycles.log(one) for one in ramp if one.missing),
        action=cycles.action(ramp, collaborative, waits),
        cycles=tuple(_row(one, collaborative.measures) for one in ramp),
    )


def _which(ramp: Sequence[Pdsa], numbers: cycles.Numbers) -> str:
    """`tests 1–4 on the charts`, `tests 2 and 5 on the charts`."""
    which = sorted(numbers[one.entry] for one in ramp)
    if len(which) == 1:
        return say("test {number} on the charts", number=which[0])
    if which[-1] - which[0] == len(which) - 1:
        return say("tests {first}–{last} on the charts", first=which[0], last=which[-1])
    return say("tests {numbers} on the charts", numbers=listed([str(number) for number in which]))


def _row(cycle: Pdsa, measures: Mapping[str, Measure]) -> Row:
    """When it ran, what came of it, and its log: a line each."""
    log = say("{dots} {score} of {full}", dots=cycles.dots(cycle), score=cycle.score, full=cycles.FULL)
    return Row(say("Cycle {cycle}", cycle=cycle.cycle), (_ran(cycle), cycles.story(cycle, measures), log))


def _listing(ramp: Sequence[Pdsa], measures: Mapping[str, Measure]) -> Listing:
    heads = (say("Cycle"), say("When"), say("What came of it"), say("Log kept"))
    return Listing(heads, tuple(_row(one, measures) for one in ramp), words=True)


def _ran(cycle: Pdsa) -> str:
    days = [long_day(one) for one in (cycle.start, cycle.end) if one]
    if not days:
        return say_as("state of a test", "planned")
    return say("{first} to {last}", first=days[0], last=days[1]) if len(days) > 1 else days[0]


def _line(ramp: Sequence[Pdsa], collaborative: Collaborative, month: Month) -> str:
    last = ramp[-1]
    number = worded("{n} cycle", "{n} cycles", len(ramp))
    if last.start:
        number = say("{cycles}, last in {month}", cycles=number, month=named(Month.of(last.start), month))
    title = cycles.title(ramp, collaborative)
    if last.decision:
        return say(
            "{title}: {cycles}; decision: {decision}.", title=title, cycles=number, decision=cycles.decision(last)
        )
    return say("{title}: {cycles}.", title=title, cycles=number)


def _quiet(tests: Sequence[Pdsa], month: Month, today: dt.date) -> str:
    ended = [when for one in tests if (when := one.end or one.start) is not None and when <= today]
    if not ended:
        return say("No test has been recorded yet.")
    last = max(ended)
    return joined(
        say("No test ran in {month}.", month=month.word),
        say("The last one ended on {day}, {days} ago.", day=day(last), days=days((today - last).days)),
    )
