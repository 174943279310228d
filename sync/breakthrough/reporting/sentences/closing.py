"""The closing report's sentences: what changed when the work began, what was tested, what stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median

from breakthrough.collaborative import Measure
from breakthrough.language import capital, count, inside, message, message_as, say, say_as, says, worded
from breakthrough.measures.interrupted import Estimate, Interrupted
from breakthrough.measures.values import Pooled
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import cycles
from breakthrough.reporting.sentences.words import joined, listed, many
from breakthrough.teams.changes import Stage
from breakthrough.teams.package import Across
from breakthrough.teams.spread import Reach

_STRENGTHS = {
    1: message("A hunch when the work began."),
    2: message("It had worked once when the work began."),
    3: message("It had worked in several places when the work began."),
    4: message("Strong evidence stood behind it when the work began."),
}
_STAGES: Mapping[Stage, Callable[[int], str]] = {
    "spread": lambda n: worded("{n} team spread it", "{n} teams spread it", n),
    "implementing": lambda n: worded("{n} team made it daily work", "{n} teams made it daily work", n),
    "adopted": lambda n: worded("{n} team adopted it", "{n} teams adopted it", n),
    "adapted": lambda n: worded("{n} team adapted it", "{n} teams adapted it", n),
    "testing": lambda n: worded("{n} team is still testing it", "{n} teams are still testing it", n),
    "dropped": lambda n: worded("{n} team dropped it", "{n} teams dropped it", n),
}
_MET = {
    "yes": message("Was the aim met? The team says yes."),
    "in part": message("Was the aim met? The team says in part."),
    "no": message("Was the aim met? The team says no."),
    "cannot tell": message("Was the aim met? The team says that it cannot tell."),
}
_GOES_ON = {
    "each month": message("The team goes on measuring each month."),
    "each quarter": message("The team goes on measuring each quarter."),
    "less often": message("The team goes on measuring, less often than each quarter."),
    "not at all": message("The team has stopped measuring."),
}
DOCUMENTS = {
    "driver diagram": message_as("a shared file", "Driver diagram"),
    "process map": message_as("a shared file", "Process map"),
    "aim": message_as("a shared file", "Aim or charter"),
    "tool": message_as("a shared file", "Form, script or other tool"),
    "storyboard": message_as("a shared file", "Storyboard"),
    "other": message_as("a shared file", "Document"),
    "": message_as("a shared file", "Document"),
}
INDICATORS = {
    "kept": message("Promises of the sponsor kept"),
    "importance": message("How much it mattered to the team at the start"),
    "tested": message("Ideas tested"),
    "adopted": message("Tested ideas adopted or further"),
    "strength": message("Strength of the ideas tested"),
    "roles": message("Roles filled"),
    "hours": message("Hours set aside"),
    "experience": message("People who had done such work before"),
    "turnover": message("People who left"),
    "contact": message("Months with the senior leader"),
    "leader's view": message("How the leader ranks it"),
    "team's view": message("Leader’s support as the team saw it"),
    "gap": message("Between leader’s and team’s view"),
    "readiness": message("Things done before the start"),
    "attendance": message("Events attended"),
    "tests": message("Tests closed"),
    "well kept": message("Tests with a well-kept log"),
    "coaching": message("Calls and visits by the coach"),
    "reports": message("Monthly reports written"),
    "storyboards": message("Storyboards shown"),
}
UNITS = {
    "%": message("{figure}%"),
    "of 5": message("{figure} of 5"),
    "of 4": message("{figure} of 4"),
    "points": message("{figure}"),
    "hours a week": message("{figure} hours a week"),
    "months": message("{figure} months"),
    "times": message("{figure}"),
}
_GOAL_MONTHS = 3


def middles(months: Sequence[Pooled], at: Month) -> tuple[float | None, float | None]:
    """The middle of the pooled months before `at`, and of those from it on; None where there is none."""
    before = [one.pooled for one in months if one.pooled is not None and one.month < at]
    after = [one.pooled for one in months if one.pooled is not None and one.month >= at]
    return (median(before) if before else None, median(after) if after else None)


def heading(measure: Measure, months: Sequence[Pooled], at: Month) -> str:
    """`Absence rate: 7.4% before the work began, 6.9% since`."""
    before, after = middles(months, at)
    if after is None:
        return say("{measure}: nothing can be told of all teams", measure=measure.name)
    if before is None:
        return say("{measure}: {after} since the work began", measure=measure.name, after=figures.value(measure, after))
    return say(
        "{measure}: {before} before the work began, {after} since",
        measure=measure.name,
        before=figures.value(measure, before),
        after=figures.value(measure, after),
    )


def goal(measure: Measure, months: Sequence[Pooled], wanted: float) -> str:
    """Whether the last three months with a pooled figure lie at the goal or beyond."""
    last = [one.pooled for one in months if one.pooled is not None][-_GOAL_MONTHS:]
    figure = figures.goal(measure, wanted)
    if len(last) < _GOAL_MONTHS:
        return say("The goal was {goal}.", goal=figure)
    there = [value >= wanted if measure.direction == "higher" else value <= wanted for value in last]
    if all(there):
        return say("The goal of {goal} was met: the last three months lie at it or beyond.", goal=figure)
    if any(there):
        return say("The goal of {goal} was touched, but not in three months running.", goal=figure)
    return say("The goal of {goal} was not met in the last three months.", goal=figure)


def middle_told() -> str:
    """What the two figures of the heading are."""
    return say("Each figure is the middle one of its months, the counts of all teams added up.")


def changed(measure: Measure, found: Interrupted | None, at: Month, told: Sequence[str] = ()) -> str:
    """Level and slope in words, with the model's own warnings but for those `told` already; or why there is none."""
    if found is None:
        return say("No change can be worked out: nothing is known of the months before.")
    if not found.before and not found.after:
        return say("No figure was collected that can be told to everybody.")
    if found.level is None or found.slope is None:
        return joined(*found.warnings) or say("No change can be worked out.")
    warnings = [one for one in found.warnings if one not in told]
    return joined(_level(measure, found.level, at), _slope(measure, found.slope), *warnings)


def _level(measure: Measure, one: Estimate, at: Month) -> str:
    places = {
        "month": at.label,
        "size": figures.difference(finer(measure), one.value),
        "interval": interval(measure, one),
    }
    if one.low <= 0 <= one.high:
        places["size"] = _with_sign(measure, one.value)
        return say("In {month} the level hardly moved: {size} ({interval}) is within chance.", **places)
    if one.value < 0:
        return say("In {month} the level fell by {size} ({interval}).", **places)
    return say("In {month} the level rose by {size} ({interval}).", **places)


def _slope(measure: Measure, one: Estimate) -> str:
    places = {"size": figures.difference(finer(measure), one.value), "interval": interval(measure, one)}
    if one.low <= 0 <= one.high:
        places["size"] = _with_sign(measure, one.value)
        return say("From then on its path was much as before: {size} a month ({interval}) is within chance.", **places)
    if one.value < 0:
        return say("From then on each month took it {size} further down than before ({interval}).", **places)
    return say("From then on each month took it {size} further up than before ({interval}).", **places)


def interval(measure: Measure, one: Estimate) -> str:
    """`−0.7 to −0.1`."""
    return say("{low} to {high}", low=signed(measure, one.low), high=signed(measure, one.high))


def signed(measure: Measure, value: float) -> str:
    """`−0.42`, `+0.05`: a change, without its unit, a digit finer than the measure's own figures."""
    shown = figures.size(finer(measure).model_copy(update={"unit": "%"}), value)
    sign = "−" if value < 0 else "+"
    return shown if not any(digit in "123456789" for digit in shown) else f"{sign}{shown}"


def _with_sign(measure: Measure, value: float) -> str:
    """`−0.25 points`."""
    shown = figures.difference(finer(measure), value)
    return shown if not any(digit in "123456789" for digit in shown) else f"{'−' if value < 0 else '+'}{shown}"


def finer(measure: Measure) -> Measure:
    """The measure with a digit more, as changes a month are small."""
    return measure.model_copy(update={"decimals": measure.decimals + 1})


def caution() -> str:
    """How to read the figures of the model."""
    return say(
        "Two straight lines are fitted, one before the work began and one after. The level is the step between them, "
        "the slope how much more the second rises each month. In brackets is the range that the figures allow for, "
        "with 95% confidence. It says how much changed at that month, and never why."
    )


def harvest_action() -> str:
    """What to do with the results."""
    return say("Show the chart first, then the change package. Let two teams tell what they did.")


def followed(one: Across) -> str:
    """What came after the tests, beside the teams that did not test it."""
    if not one.tested:
        return ""
    tested = len(one.tested)
    told = worded(
        "Of {n} team that tested it, {part} then showed an improving signal on a measure of this driver",
        "Of {n} teams that tested it, {part} then showed an improving signal on a measure of this driver",
        tested,
        part=many(len(one.improving)),
    )
    other = worded(
        "of {n} other, {part} did",
        "of {n} others, {part} did",
        len(one.others),
        part=many(len(one.others_improving)),
    )
    both = (
        say("{tested}; {others}.", tested=told, others=other)
        if one.others
        else say("{tested}. No team went without it.", tested=told)
    )
    worse = ""
    if one.worsening:
        worse = capital(worded("{n} showed a worsening signal.", "{n} showed a worsening signal.", len(one.worsening)))
    return joined(both, worse)


def tested(one: Across, names: Sequence[str]) -> str:
    """Who tested an idea, how often, and at what scale."""
    if not one.tested:
        return say("No team tested it.")
    teams = worded("{n} team", "{n} teams", len(one.tested))
    tests = worded("{n} test", "{n} tests", one.tests)
    told = (
        say("Tested by {teams} ({names}) in {tests}.", teams=teams, names=listed(names), tests=tests)
        if names
        else say("Tested by {teams} in {tests}.", teams=teams, tests=tests)
    )
    if not one.scale:
        return told
    return joined(told, say("The largest was with {scale}.", scale=cycles.scale(one.scale)))


def became(one: Across) -> str:
    """What became of an idea: `Two teams adopted it, one team dropped it.`; '' where nobody tried."""
    parts = [told(one.stages[stage]) for stage, told in _STAGES.items() if one.stages.get(stage)]
    return capital(f"{listed(parts)}.") if parts else ""


def strength(level: int) -> str:
    """How strong the evidence was when the work began."""
    return say(_STRENGTHS[level])


def harvested(tested_: int, of: int, kept: int) -> str:
    """`Nine of 14 ideas were tested; five were adopted by at least one team.`."""
    told = worded("{part} of {n} idea was tested", "{part} of {n} ideas were tested", of, part=many(tested_))
    ended = worded(
        "{n} was adopted by at least one team.", "{n} were adopted by at least one team.", kept
    ) if kept else say("none was adopted.")  # fmt: skip
    return capital(say("{tested}; {adopted}", tested=told, adopted=ended))


def spread(of: Reach) -> str:
    """How far changes have gone beyond the teams that began."""
    if not of.intended and not of.stopped:
        return say("No team has named a place to spread to.")
    told = capital(
        worded(
            "{part} of {n} place that changes were to go to has begun.",
            "{part} of {n} places that changes were to go to have begun.",
            of.intended,
            part=many(of.reached),
        )
    )
    return joined(
        told,
        capital(worded("In {n} it is daily work.", "In {n} it is daily work.", of.daily)) if of.daily else "",
        capital(worded("{n} has figures of its own.", "{n} have figures of their own.", of.own_data))
        if of.own_data
        else "",
        says("They serve {n} person.", "They serve {n} people.", of.people, n=count(of.people)) if of.people else "",
        capital(worded("{n} has stopped.", "{n} have stopped.", of.stopped)) if of.stopped else "",
    )


def determinants_note(reached: int, others: int, score: str) -> str:
    """What the two columns are, and that they are not tested."""
    return joined(
        say(
            "Each figure is the middle one of the teams in its column. {reached} reached a rating of {score}, {others} "
            "did not.",
            reached=capital(many(reached)),
            others=many(others),
            score=score,
        ),
        say("With so few teams this describes, and proves nothing."),
    )


def met(said: str) -> str:
    """What the team says of its aim; '' where it says nothing."""
    return say(_MET[said]) if said in _MET else ""


def goes_on(said: str) -> str:
    """Whether the team goes on measuring; '' where it does not say."""
    return say(_GOES_ON[said]) if said in _GOES_ON else ""


def document(kind: str) -> str:
    """What a shared file is."""
    return say_as(*DOCUMENTS[kind])


def daily_work(titles: Sequence[str]) -> str:
    """The ideas that are daily work now; '' for none."""
    return say("Daily work now: {ideas}.", ideas=listed([inside(one) for one in titles])) if titles else ""
