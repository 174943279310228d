"""The one next action beside a chart: from its verdict, the tests that bear on it, and the date of the next call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.measures.values import Chart
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import goals, lines, states, verdicts
from breakthrough.reporting.sentences.cycles import OPEN, Numbers, called
from breakthrough.reporting.sentences.words import capital, named
from breakthrough.teams.values import Pdsa


@dataclass(frozen=True, slots=True)
class Work:
    """The tests that bear on a measure, oldest first; all tests' numbers; when team and coach speak next, or ''."""

    tests: tuple[Pdsa, ...]
    numbers: Numbers
    call: str  # Tue 21 April
    tried: frozenset[str] = frozenset()  # codes of all ideas that the team has tested
    others: tuple[Pdsa, ...] = ()  # the team's tests that bear on other measures

    def name(self, cycle: Pdsa) -> str:
        """How a test is called."""
        return called(cycle, self.numbers)

    @property
    def open(self) -> Pdsa | None:
        """A test that waits for its result: one that bears on the measure, else any; None where nothing waits."""
        return next((cycle for cycle in (*self.tests, *self.others) if cycle.status in OPEN), None)

    def finish(self, cycle: Pdsa) -> str:
        """Asks for the result of an open test before anything new: said alike beside every chart of a report."""
        why = ": its result is what this chart is waiting for" if cycle in self.tests else ""
        return f"Finish {self.name(cycle)} before you begin another{why}."


def bearing(cycles: Sequence[Pdsa], code: str, measure: Measure, collaborative: Collaborative) -> tuple[Pdsa, ...]:
    """The tests that bear on a measure: those that name it, and those of an idea on one of its drivers."""
    return tuple(cycle for cycle in cycles if cycle.measure == code or _driver(cycle, collaborative) in measure.drivers)


def _driver(cycle: Pdsa, collaborative: Collaborative) -> str:
    driver = collaborative.driver_of(cycle.idea)
    return driver.code if driver else ""


def action(chart: Chart, measure: Measure, work: Work, collaborative: Collaborative, *, ask: bool = True) -> str:
    """What to do next about a chart, beginning with a verb. `ask`: first for counts that are owed."""
    if ask and chart.points[-1].state in states.WANTED:
        return _send(chart)
    match chart.verdict:
        case "improving":
            return _hold(chart, measure, work)
        case "worsening":
            return _look(chart, work, collaborative, measure)
        case "unclear":
            return "Ask since when this is different, and what began then; write it in the month’s note."
        case "few":
            return "Keep sending every month, also the small ones: each one brings the first verdict nearer."
        case "no_rule":
            return _toward(chart, measure, work, collaborative)
        case _:
            return _push(chart, measure, work, collaborative)


def _send(chart: Chart) -> str:
    now = chart.points[-1]
    if now.state == "invalid":
        return f"Check the counts of {now.month.word} in REDCap: as they stand they cannot both be right."
    if now.state == "late":
        return f"Enter {now.month.word} as soon as the counts are there; the next report will show it."
    return f"Send {now.month.word} first: without it nobody can tell where this is going."


def _hold(chart: Chart, measure: Measure, work: Work) -> str:
    on = f"On {work.call}, decide" if work.call else "Decide"
    if work.open and work.open in work.tests:
        return (
            f"{capital(work.name(work.open))} has no result yet: write it. {on} with your coach what becomes routine."
        )
    done = next((cycle for cycle in reversed(work.tests) if cycle.decision in {"adopt", "extend", "adapt"}), None)
    if goals.standing(chart, measure) == "met":
        return f"{on} with your coach who keeps watch on this once it is routine, and where it could go next."
    if done:
        return f"{on} with your coach whether what {work.name(done)} tried becomes routine. Keep counting."
    return f"{on} with your coach what changed, and write it down as a test: so far none bears on this."


def _look(chart: Chart, work: Work, collaborative: Collaborative, measure: Measure) -> str:
    seen = f"Look at what changed{_when(chart)} before you change anything more"
    bring = f", and bring this chart to the call on {work.call}." if work.call else "."
    if work.open:
        return f"{seen}{bring} {work.finish(work.open)}"
    idea = untried(measure, work.tried, collaborative)
    return f"{seen}{bring}{f' Then one small test: {idea}.' if idea else ''}"


def _toward(chart: Chart, measure: Measure, work: Work, collaborative: Collaborative) -> str:
    if goals.standing(chart, measure) in {"met", "touched"}:
        return "Keep going to the end of the year: this measure can still rise and fall with the last months."
    if work.open:
        return work.finish(work.open)
    idea = untried(measure, work.tried, collaborative)
    return (
        f"Choose one idea that reaches further: {idea}." if idea else "Widen by one step the test that has worked best."
    )


def _push(chart: Chart, measure: Measure, work: Work, collaborative: Collaborative) -> str:
    if work.open:
        return work.finish(work.open)
    running = next((cycle for cycle in reversed(work.tests) if cycle.status == "running"), None)
    favourable = chart.run is not None and chart.run.direction == "improving" and len(chart.run.months) > 1
    if running:
        return f"Let {work.name(running)} run as planned, and change nothing else until it is done."
    if favourable and 0 < lines.lacking(chart) <= 3:
        return "Change nothing here until the verdict is in: a change now would blur what this run can tell."
    if favourable and work.tests:
        return f"Keep what {work.name(work.tests[-1])} began, and widen it by one step."
    idea = untried(measure, work.tried, collaborative)
    if idea:
        return f"Test something new, as small as you can: {idea}, with one person, this week."
    return "Repeat the test that taught you most, one size up."


def untried(measure: Measure, tried: Collection[str], collaborative: Collaborative) -> str:
    """The strongest change idea on the measure's drivers not tested yet: `“Friday list” (D1b)`; '' without."""
    ideas = [
        idea
        for driver in collaborative.drivers
        if driver.code in measure.drivers
        for idea in driver.ideas
        if idea.code not in tried and not idea.retired
    ]
    best = max(ideas, key=lambda idea: idea.strength, default=None)
    return f"“{line(best.title, 80)}” ({best.code})" if best else ""


def pooled(chart: Chart, meeting: str) -> str:
    """What to do with the collaborative's own line."""
    at = f" on {meeting}" if meeting else " on the next all-team call"
    match chart.verdict:
        case "improving":
            return f"Say so{at}, with the chart, and ask the teams behind it to tell what they tested."
        case "worsening":
            return f"Ask{at} what teams have seen{_when(chart)} before anyone looks for a remedy."
        case "unclear":
            return f"Ask{at} whether the way of counting has changed anywhere."
        case _:
            return "There is nothing to announce for all teams yet: look at the teams one by one."


def _when(chart: Chart) -> str:
    """The month in which the signal began: what lies beyond a limit for months changed in the first of them."""
    signal = verdicts.newest(chart)
    if signal is None:
        return ""
    began = named(signal.since, chart.points[-1].month)
    return f" in {began}" if signal.rule == "limits" else f" around {began}"
