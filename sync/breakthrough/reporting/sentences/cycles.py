"""PDSA cycles in words: what a ramp shows, what its log lacks, what is open, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import EntryKey
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences.words import capital, days, listed, ordinal, plural
from breakthrough.teams.values import Pdsa

OPEN = frozenset({"overdue", "awaiting study"})
SCALES: Mapping[int, str] = {
    1: "one person",
    2: "a few people",
    3: "one class, clinician or shift",
    4: "several classes, clinicians or shifts",
    5: "the whole pilot unit",
    6: "beyond the pilot unit",
}
FULL = 8  # points of a well-kept log (domain §6)


Numbers = Mapping[EntryKey, int]


def numbered(cycles: Sequence[Pdsa]) -> dict[EntryKey, int]:
    """A number for each of a team's tests, in the order they began; those only planned come last."""
    order = sorted(cycles, key=lambda one: (one.start or dt.date.max, one.ramp, one.cycle, one.entry.instance))
    return {cycle.entry: number for number, cycle in enumerate(order, start=1)}


def called(cycle: Pdsa, numbers: Numbers) -> str:
    """`test 4 (D1c, cycle 2)`: the number is the one on the charts."""
    of = line(cycle.idea or cycle.ramp, 24)
    detail = f"{of}, cycle {cycle.cycle}" if of else f"cycle {cycle.cycle}"
    return f"test {numbers[cycle.entry]} ({detail})" if cycle.entry in numbers else f"the test of {detail}"


def outcome(cycle: Pdsa) -> str:
    """What came of a cycle, in a few words."""
    if cycle.met:
        return {"as predicted": "came out as predicted", "partly": "came out partly", "not": "came out otherwise"}.get(
            cycle.met, "could not be told"
        )
    waiting = {"planned": "planned", "running": "still running", "overdue": "past its planned end"}
    return waiting.get(cycle.status, "result not written")


def number(cycle: Pdsa, value: float | None, measures: Mapping[str, Measure]) -> str:
    """A predicted or measured number as its picture has it: in the unit of the cycle's measure; '' without one."""
    if value is None:
        return ""
    measure = measures.get(cycle.measure)
    return figures.goal(measure, value) if measure else f"{value:,g}".replace("-", "−")


def story(cycle: Pdsa, measures: Mapping[str, Measure]) -> str:
    """`predicted 80%, got 74%, decided to adapt`."""
    expected, came = (number(cycle, one, measures) for one in (cycle.predicted, cycle.result_number))
    told = [f"predicted {expected}"] if expected else []
    told.append(f"got {came}" if came else outcome(cycle))
    return ", ".join([*told, f"decided to {cycle.decision}"] if cycle.decision else told)


def title(cycles: Sequence[Pdsa], collaborative: Collaborative) -> str:
    """What a ramp is about: its change idea, else its own title where that may be printed, else its code."""
    idea = collaborative.ideas.get(cycles[0].idea)
    if idea:
        return f"{idea.title} ({idea.code})"
    printable = next((cycle.title.printable for cycle in cycles if cycle.title.printable), None)
    return line(printable or cycles[0].ramp[:24] or cycles[0].code[:24] or "A test", 80)


def heading(cycles: Sequence[Pdsa]) -> str:
    """`Four linked cycles, each wider than the last; the fourth has no result`."""
    number = len(cycles)
    linked = number > 1 and all(cycle.previous for cycle in cycles[1:])
    head = capital(f"{figures.spelled(number)} {'linked ' if linked else ''}{'cycle' if number == 1 else 'cycles'}")
    return f"{head}{_growth(cycles)}; {_last(cycles)}"


def meaning(cycles: Sequence[Pdsa]) -> str:
    """How predictions fared, which is what testing teaches."""
    studied: Counter[str] = Counter(cycle.met for cycle in cycles if cycle.met)
    begun = [cycle for cycle in cycles if cycle.status != "planned"]
    without = sum(not cycle.prediction.written.strip() and cycle.predicted is None for cycle in begun)
    told = [_fared(studied)] if studied else []
    if without:
        told.append(f"{capital(plural(without, 'cycle'))} began without a written prediction.")
    return " ".join(told) or "No prediction has been held against a result yet."


def _fared(studied: Counter[str]) -> str:
    words = {
        "as predicted": "came true",
        "partly": "came true in part",
        "not": "did not come true",
        "cannot tell": "cannot be told",
    }
    parts = [f"{figures.spelled(studied[key])} {word}" for key, word in words.items() if studied[key]]
    if len(parts) > 1:
        return f"Of {plural(studied.total(), 'prediction')}, {listed(parts)}."
    which = {1: "The one prediction", 2: "Both predictions"}.get(
        studied.total(), f"All {plural(studied.total(), 'prediction')}"
    )
    return f"{which} {next(word for key, word in words.items() if studied[key])}."


def log(cycle: Pdsa) -> str:
    """`Cycle 4: 5 of 8; missing: result, study and decision.`."""
    lacks = f"; missing: {listed(cycle.missing)}" if cycle.missing else ""
    return f"Cycle {cycle.cycle}: {cycle.score} of {FULL}{lacks}."


def dots(cycle: Pdsa) -> str:
    """`●●●●●○○○`: the points of a well-kept log that it has."""
    kept = max(0, min(cycle.score, FULL))
    return "●" * kept + "○" * (FULL - kept)


def waiting(cycle: Pdsa, today: dt.date) -> tuple[str, int]:
    """What is open about a cycle, and for how many days."""
    if cycle.status == "awaiting study" and cycle.end:
        return f"ended on {figures.day(cycle.end)}. What happened is not written.", (today - cycle.end).days
    due = cycle.end_planned or cycle.start or today
    return f"was to end by {figures.day(due)}. Has it?", (today - due).days


def open_for(cycle: Pdsa, today: dt.date) -> str:
    """`Open 26 days`."""
    return f"Open {days(max(waiting(cycle, today)[1], 0))}"


def action(cycles: Sequence[Pdsa], collaborative: Collaborative, waits: str = "") -> str:
    """The one next step of a ramp. `waits` names a test of another ramp without a result: it comes before a new one."""
    last = cycles[-1]
    if last.status == "awaiting study":
        return (
            f"Write the result of cycle {last.cycle}, whatever it was. "
            "A test that did not come out as predicted teaches as much."
        )
    if last.status == "overdue":
        return f"Say whether cycle {last.cycle} has ended; if it goes on, give it a new end date."
    if last.status == "running":
        until = f" It ends on {figures.day(last.end_planned)}." if last.end_planned else ""
        return f"Note surprises while cycle {last.cycle} runs, not afterwards.{until}"
    if last.status == "planned":
        return f"Write what you expect, as a number if you can, before cycle {last.cycle} begins."
    if waits and last.decision != "adopt":
        return f"Finish {waits} before you plan the next cycle here."
    return _decided(last, collaborative)


def none_action(collaborative: Collaborative, tried: Sequence[Pdsa]) -> str:
    """What to do where no test is under way: the strongest idea not tried yet, as small as can be."""
    done = {cycle.idea for cycle in tried}
    left = (idea for idea in collaborative.ideas.values() if idea.code not in done and not idea.retired)
    ideas = sorted(left, key=lambda idea: -idea.strength)
    if not ideas:
        return "Try one idea again with one person, on one day, this week."
    return f"Try “{line(ideas[0].title, 80)}” ({ideas[0].code}) with one person, on one day, this week."


def _growth(cycles: Sequence[Pdsa]) -> str:
    scales = [cycle.scale for cycle in cycles if cycle.scale]
    if len(scales) < 2 or len(scales) < len(cycles):
        return ""
    if all(later > earlier for earlier, later in pairwise(scales)):
        return ", each wider than the last"
    if scales[-1] > scales[0]:
        return f", grown from {SCALES[scales[0]]} to {SCALES[scales[-1]]}"
    return ", all at one size" if len(set(scales)) == 1 else ""


def _last(cycles: Sequence[Pdsa]) -> str:
    last = cycles[-1]
    which = "it" if len(cycles) == 1 else f"the {ordinal(len(cycles))}"
    if last.status == "closed":
        decided = {
            "adopt": "was adopted",
            "adapt": "was adapted",
            "abandon": "was dropped",
            "extend": "is to be repeated more widely",
        }
        return f"{which} {decided[last.decision]}" if last.decision else f"{which} is closed"
    states = {"planned": "is planned", "running": "is running", "overdue": "is past its planned end"}
    return f"{which} {states.get(last.status, 'has no result')}"


def _decided(last: Pdsa, collaborative: Collaborative) -> str:
    wider = SCALES.get(last.scale + 1, SCALES[6]) if last.scale else "one size up"
    match last.decision:
        case "adopt":
            return "Agree who makes it routine, from which day, and how you will see that it lasts."
        case "extend":
            return f"Plan the next cycle one size up, with {wider}, and write the prediction first."
        case "abandon":
            driver = collaborative.driver_of(last.idea)
            ideas = driver.ideas if driver else ()
            rest = [idea.code for idea in ideas if idea.code != last.idea and not idea.retired]
            on = f" on the same driver ({driver.code}): {listed(rest, 'or')}" if driver and rest else ""
            return f"Write down what it taught, then choose another idea{on}."
        case _:
            return "Plan the next cycle with what you changed, no wider than this one."
