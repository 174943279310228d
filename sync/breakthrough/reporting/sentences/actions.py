"""The one next action beside a chart: from its verdict, the tests that bear on it, and the date of the next call."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.language import capital, say
from breakthrough.measures.values import Chart
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences import goals, lines, states, verdicts
from breakthrough.reporting.sentences.cycles import OPEN, Numbers, called
from breakthrough.reporting.sentences.words import joined, named
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
        name = self.name(cycle)
        if cycle in self.tests:
            return say(
                "Finish {test} before you begin another: its result is what this chart is waiting for.", test=name
            )
        return say("Finish {test} before you begin another.", test=name)


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
            return say("Ask since when this is different, and what began then; write it in the month’s note.")
        case "few":
            return say("Keep sending every month, also the small ones: each one brings the first verdict nearer.")
        case "no_rule":
            return _toward(chart, measure, work, collaborative)
        case _:
            return _push(chart, measure, work, collaborative)


def _send(chart: Chart) -> str:
    now = chart.points[-1]
    month = now.month.word
    if now.state == "invalid":
        return say("Check the counts of {month} in REDCap: as they stand they cannot both be right.", month=month)
    if now.state == "late":
        return say("Enter {month} as soon as the counts are there; the next report will show it.", month=month)
    return say("Send {month} first: without it nobody can tell where this is going.", month=month)


def _hold(chart: Chart, measure: Measure, work: Work) -> str:
    day = work.call
    if work.open and work.open in work.tests:
        return joined(
            say("{test} has no result yet: write it.", test=capital(work.name(work.open))),
            say("On {day}, decide with your coach what becomes routine.", day=day)
            if day
            else say("Decide with your coach what becomes routine."),
        )
    done = next((cycle for cycle in reversed(work.tests) if cycle.decision in {"adopt", "extend", "adapt"}), None)
    if goals.standing(chart, measure) == "met":
        return (
            say(
                "On {day}, decide with your coach who keeps watch on this once it is routine, and where it could go "
                "next.",
                day=day,
            )
            if day
            else say("Decide with your coach who keeps watch on this once it is routine, and where it could go next.")
        )
    if done:
        test = work.name(done)
        return joined(
            say("On {day}, decide with your coach whether what {test} tried becomes routine.", day=day, test=test)
            if day
            else say("Decide with your coach whether what {test} tried becomes routine.", test=test),
            say("Keep counting."),
        )
    return (
        say(
            "On {day}, decide with your coach what changed, and write it down as a test: so far none bears on this.",
            day=day,
        )
        if day
        else say("Decide with your coach what changed, and write it down as a test: so far none bears on this.")
    )


def _look(chart: Chart, work: Work, collaborative: Collaborative, measure: Measure) -> str:
    look = _seen(chart, work.call)
    if work.open:
        return joined(look, work.finish(work.open))
    idea = untried(measure, work.tried, collaborative)
    return joined(look, say("Then one small test: {idea}.", idea=idea) if idea else "")


def _seen(chart: Chart, day: str) -> str:
    """Look first, at what changed since the signal began; with the day of the call, bring it there."""
    began, within = _began(chart)
    if not began and not day:
        return say("Look at what changed before you change anything more.")
    if not began:
        return say(
            "Look at what changed before you change anything more, and bring this chart to the call on {day}.", day=day
        )
    if within and not day:
        return say("Look at what changed in {month} before you change anything more.", month=began)
    if within:
        return say(
            "Look at what changed in {month} before you change anything more, and bring this chart to the call on "
            "{day}.",
            month=began,
            day=day,
        )
    if not day:
        return say("Look at what changed around {month} before you change anything more.", month=began)
    return say(
        "Look at what changed around {month} before you change anything more, and bring this chart to the call on "
        "{day}.",
        month=began,
        day=day,
    )


def _toward(chart: Chart, measure: Measure, work: Work, collaborative: Collaborative) -> str:
    if goals.standing(chart, measure) in {"met", "touched"}:
        return say("Keep going to the end of the year: this measure can still rise and fall with the last months.")
    if work.open:
        return work.finish(work.open)
    idea = untried(measure, work.tried, collaborative)
    if idea:
        return say("Choose one idea that reaches further: {idea}.", idea=idea)
    return say("Widen by one step the test that has worked best.")


def _push(chart: Chart, measure: Measure, work: Work, collaborative: Collaborative) -> str:
    if work.open:
        return work.finish(work.open)
    running = next((cycle for cycle in reversed(work.tests) if cycle.status == "running"), None)
    favourable = chart.run is not None and chart.run.direction == "improving" and len(chart.run.months) > 1
    if running:
        return say("Let {test} run as planned, and change nothing else until it is done.", test=work.name(running))
    if favourable and 0 < lines.lacking(chart) <= 3:
        return say("Change nothing here until the verdict is in: a change now would blur what this run can tell.")
    if favourable and work.tests:
        return say("Keep what {test} began, and widen it by one step.", test=work.name(work.tests[-1]))
    idea = untried(measure, work.tried, collaborative)
    if idea:
        return say("Test something new, as small as you can: {idea}, with one person, this week.", idea=idea)
    return say("Repeat the test that taught you most, one size up.")


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
    return say("“{idea}” ({code})", idea=line(best.title, 80), code=best.code) if best else ""


def pooled(chart: Chart, meeting: str) -> str:
    """What to do with the collaborative's own line."""
    at = meeting or say("the next all-team call")
    match chart.verdict:
        case "improving":
            return say(
                "Say so at {meeting}, with the chart, and ask the teams behind it to tell what they tested.", meeting=at
            )
        case "worsening":
            return _ask(chart, at)
        case "unclear":
            return say("Ask at {meeting} whether the way of counting has changed anywhere.", meeting=at)
        case _:
            return say("There is nothing to announce for all teams yet: look at the teams one by one.")


def _ask(chart: Chart, meeting: str) -> str:
    began, within = _began(chart)
    if not began:
        return say("Ask at {meeting} what teams have seen before anyone looks for a remedy.", meeting=meeting)
    if within:
        return say(
            "Ask at {meeting} what teams have seen in {month} before anyone looks for a remedy.",
            meeting=meeting,
            month=began,
        )
    return say(
        "Ask at {meeting} what teams have seen around {month} before anyone looks for a remedy.",
        meeting=meeting,
        month=began,
    )


def _began(chart: Chart) -> tuple[str, bool]:
    """The month in which the signal began, and whether in it: what lies beyond a limit changed in the first of them."""
    signal = verdicts.newest(chart)
    if signal is None:
        return "", False
    return named(signal.since, chart.points[-1].month), signal.rule == "limits"
