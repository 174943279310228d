"""The first sentences of a team's report: where it is against its aim, and which measures show a signal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from breakthrough.collaborative import Measure
from breakthrough.language import capital, inside, say, worded
from breakthrough.measures import saying
from breakthrough.measures.values import Chart
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import goals, states
from breakthrough.reporting.sentences.verdicts import Verdict
from breakthrough.reporting.sentences.words import joined, shortened


def heading(chart: Chart, measure: Measure) -> str:
    """`Absence rate was 6.8% in March; the goal is 6.5% by July 2026`."""
    latest, now = chart.latest, chart.now
    if latest is None or now is None:
        return say("{measure}: nothing to show yet", measure=measure.name)
    places = {
        "measure": measure.name,
        "value": figures.value(measure, latest.value),
        "month": latest.month.word,
    }
    if latest.month != now.month:
        told = states.clause(now.month.word, now.state)
        places["measure"] = inside(measure.name)
        return say("{state}; {measure} was {value} in {month}", state=told, **places)
    if chart.goal is None:
        return say("{measure} was {value} in {month}", **places)
    goal = figures.goal(measure, chart.goal)
    match goals.standing(chart, measure):
        case "met":
            points = saying.counted(goals.running(chart, measure), goals.each(chart))
            return say(
                "{measure} was {value} in {month}: the goal of {goal} is met, {points} running",
                goal=goal,
                points=points,
                **places,
            )
        case "touched":
            return say(
                "{measure} was {value} in {month}, at the goal of {goal}; three months running would meet it",
                goal=goal,
                **places,
            )
        case _ if chart.goal_by:
            by = chart.goal_by.label
            return say("{measure} was {value} in {month}; the goal is {goal} by {by}", goal=goal, by=by, **places)
        case _:
            return say("{measure} was {value} in {month}; the goal is {goal}", goal=goal, **places)


def summary(chart: Chart, finding: Verdict, charts: Mapping[str, Chart], measures: Mapping[str, Measure]) -> str:
    """The aim's verdict in a sentence, then every other measure with a signal, worsening first."""
    names = {
        verdict: [
            measures[code].name
            for code, one in charts.items()
            if one.verdict == verdict and one.measure != chart.measure
        ]
        for verdict in ("worsening", "improving")
    }
    return joined(f"{finding.heading}.", _worsening(names["worsening"]), _improving(names["improving"]))


def _worsening(names: Sequence[str]) -> str:
    if not names:
        return ""
    return capital(
        worded(
            "{n} other measure shows a worsening signal: {names}.",
            "{n} other measures show a worsening signal: {names}.",
            len(names),
            names=shortened(names, 3),
        )
    )


def _improving(names: Sequence[str]) -> str:
    if not names:
        return ""
    return capital(
        worded(
            "{n} other measure shows an improving signal: {names}.",
            "{n} other measures show an improving signal: {names}.",
            len(names),
            names=shortened(names, 3),
        )
    )


def preview(chart: Chart, measure: Measure, waiting: int) -> str:
    """The line that a mailbox shows: the figure, the goal, and how much waits."""
    waits = (
        capital(worded("{n} thing needs you.", "{n} things need you.", waiting))
        if waiting
        else say("Nothing is missing.")
    )
    return joined(f"{heading(chart, measure)}.", waits)
