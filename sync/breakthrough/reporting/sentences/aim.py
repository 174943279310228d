"""The first sentences of a team's report: where it is against its aim, and which measures show a signal."""

from __future__ import annotations

from collections.abc import Mapping

from breakthrough.collaborative import Measure
from breakthrough.measures.values import Chart
from breakthrough.reporting import figures
from breakthrough.reporting.sentences import goals, states
from breakthrough.reporting.sentences.verdicts import Verdict
from breakthrough.reporting.sentences.words import capital, plural, shortened


def heading(chart: Chart, measure: Measure) -> str:
    """`Absence rate was 6.8% in March; the goal is 6.5% by July 2026`."""
    latest, now = chart.latest, chart.now
    if latest is None or now is None:
        return f"{measure.name}: nothing to show yet"
    was = f"was {figures.value(measure, latest.value)} in {latest.month.word}"
    if latest.month != now.month:
        return f"{now.month.word} {states.clause(now.state)}; {measure.name.lower()} {was}"
    if chart.goal is None:
        return f"{measure.name} {was}"
    goal = figures.goal(measure, chart.goal)
    match goals.standing(chart, measure):
        case "met":
            months = plural(goals.running(chart, measure), "month" if chart.each == "event" else chart.each)
            return f"{measure.name} {was}: the goal of {goal} is met, {months} running"
        case "touched":
            return f"{measure.name} {was}, at the goal of {goal}; three months running would meet it"
        case _:
            by = f" by {chart.goal_by.label}" if chart.goal_by else ""
            return f"{measure.name} {was}; the goal is {goal}{by}"


def summary(chart: Chart, finding: Verdict, charts: Mapping[str, Chart], measures: Mapping[str, Measure]) -> str:
    """The aim's verdict in a sentence, then every other measure with a signal, worsening first."""
    told = [f"{finding.heading}."]
    for verdict in ("worsening", "improving"):
        names = [
            measures[code].name
            for code, one in charts.items()
            if one.verdict == verdict and one.measure != chart.measure
        ]
        if names:
            verb = "shows" if len(names) == 1 else "show"
            other = plural(len(names), "other measure")
            told.append(f"{capital(other)} {verb} {'a' if verdict == 'worsening' else 'an'} {verdict} signal: ")
            told[-1] += f"{shortened(names, 3)}."
    return " ".join(told)


def preview(chart: Chart, measure: Measure, waiting: int) -> str:
    """The line that a mailbox shows: the figure, the goal, and how much waits."""
    waits = (
        f"{capital(plural(waiting, 'thing'))} need{'s' if waiting == 1 else ''} you."
        if waiting
        else "Nothing is missing."
    )
    return f"{heading(chart, measure)}. {waits}"
