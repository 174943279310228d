"""PDSA cycles in words: what a ramp shows, what its log lacks, what is open, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.entry import EntryKey
from breakthrough.language import capital, day, exact, listed, message, message_as, say, say_as, spelled, worded
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.sentences.words import days, joined, ordinal
from breakthrough.teams.pdsa import POINTS
from breakthrough.teams.values import Pdsa

OPEN = frozenset({"overdue", "awaiting study"})
_SCALES: Mapping[int, str] = {
    1: message("one person"),
    2: message("a few people"),
    3: message("one class, clinician or shift"),
    4: message("several classes, clinicians or shifts"),
    5: message("the whole pilot unit"),
    6: message("beyond the pilot unit"),
}
_DECISIONS = {
    "adopt": message_as("decision after a test", "adopt"),
    "adapt": message_as("decision after a test", "adapt"),
    "abandon": message_as("decision after a test", "abandon"),
    "extend": message_as("decision after a test", "extend"),
}
FULL = 8  # points of a well-kept log (domain §6)


Numbers = Mapping[EntryKey, int]


def scale(size: int) -> str:
    """How large a test is, 1 to 6: `a few people`."""
    return say(_SCALES[size])


def decision(cycle: Pdsa) -> str:
    """`adapt`; '' without one."""
    return say_as(*_DECISIONS[cycle.decision]) if cycle.decision else ""


def numbered(cycles: Sequence[Pdsa]) -> dict[EntryKey, int]:
    """A number for each of a team's tests, in the order they began; those only planned come last."""
    order = sorted(cycles, key=lambda one: (one.start or dt.date.max, one.ramp, one.cycle, one.entry.instance))
    return {cycle.entry: number for number, cycle in enumerate(order, start=1)}


def called(cycle: Pdsa, numbers: Numbers) -> str:
    """`test 4 (D1c, cycle 2)`: the number is the one on the charts."""
    of = line(cycle.idea or cycle.ramp, 24)
    number, its = numbers.get(cycle.entry), cycle.cycle
    if number is None:
        if of:
            return say("the test of {idea}, cycle {cycle}", idea=of, cycle=its)
        return say("the test of cycle {cycle}", cycle=its)
    if of:
        return say("test {number} ({idea}, cycle {cycle})", number=number, idea=of, cycle=its)
    return say("test {number} (cycle {cycle})", number=number, cycle=its)


def outcome(cycle: Pdsa) -> str:
    """What came of a cycle, in a few words."""
    match cycle.met or cycle.status:
        case "as predicted":
            return say("came out as predicted")
        case "partly":
            return say("came out partly")
        case "not":
            return say("came out otherwise")
        case "cannot tell":
            return say("could not be told")
        case "planned":
            return say_as("state of a test", "planned")
        case "running":
            return say("still running")
        case "overdue":
            return say("past its planned end")
        case _:
            return say("result not written")


def number(cycle: Pdsa, value: float | None, measures: Mapping[str, Measure]) -> str:
    """A predicted or measured number as its picture has it: in the unit of the cycle's measure; '' without one."""
    if value is None:
        return ""
    measure = measures.get(cycle.measure)
    return figures.goal(measure, value) if measure else exact(value)


def story(cycle: Pdsa, measures: Mapping[str, Measure]) -> str:
    """`predicted 80%, got 74%, decided to adapt`."""
    expected, came = (number(cycle, one, measures) for one in (cycle.predicted, cycle.result_number))
    told = [say("predicted {number}", number=expected)] if expected else []
    told.append(say("got {number}", number=came) if came else outcome(cycle))
    if cycle.decision:
        told.append(say("decided to {decision}", decision=decision(cycle)))
    return ", ".join(told)


def title(cycles: Sequence[Pdsa], collaborative: Collaborative) -> str:
    """What a ramp is about: its change idea, else its own title where that may be printed, else its code."""
    idea = collaborative.ideas.get(cycles[0].idea)
    if idea:
        return f"{idea.title} ({idea.code})"
    printable = next((cycle.title.printable for cycle in cycles if cycle.title.printable), None)
    return line(printable or cycles[0].ramp[:24] or cycles[0].code[:24] or say("A test"), 80)


def heading(cycles: Sequence[Pdsa]) -> str:
    """`Four linked cycles, each wider than the last; the fourth has no result`."""
    number = len(cycles)
    linked = number > 1 and all(cycle.previous for cycle in cycles[1:])
    head = capital(
        worded("{n} linked cycle", "{n} linked cycles", number) if linked else worded("{n} cycle", "{n} cycles", number)
    )
    return say("{cycles}; {last}", cycles=_grown(cycles, head), last=_last(cycles))


def meaning(cycles: Sequence[Pdsa]) -> str:
    """How predictions fared, which is what testing teaches."""
    studied: Counter[str] = Counter(cycle.met for cycle in cycles if cycle.met)
    begun = [cycle for cycle in cycles if cycle.status != "planned"]
    without = sum(not cycle.prediction.written.strip() and cycle.predicted is None for cycle in begun)
    told = joined(
        _fared(studied) if studied else "",
        capital(
            worded(
                "{n} cycle began without a written prediction.",
                "{n} cycles began without a written prediction.",
                without,
            )
        )
        if without
        else "",
    )
    return told or say("No prediction has been held against a result yet.")


_FARED = {
    "as predicted": (
        message("The one prediction came true."),
        message("Both predictions came true."),
        message("All {predictions} came true."),
        message("{number} came true"),
    ),
    "partly": (
        message("The one prediction came true in part."),
        message("Both predictions came true in part."),
        message("All {predictions} came true in part."),
        message("{number} came true in part"),
    ),
    "not": (
        message("The one prediction did not come true."),
        message("Both predictions did not come true."),
        message("All {predictions} did not come true."),
        message("{number} did not come true"),
    ),
    "cannot tell": (
        message("The one prediction cannot be told."),
        message("Both predictions cannot be told."),
        message("All {predictions} cannot be told."),
        message("{number} cannot be told"),
    ),
}


def _fared(studied: Counter[str]) -> str:
    found = [key for key in _FARED if studied[key]]
    total = worded("{n} prediction", "{n} predictions", studied.total())
    if len(found) > 1:
        parts = listed([say(_FARED[key][3], number=spelled(studied[key])) for key in found])
        return say("Of {predictions}, {parts}.", predictions=total, parts=parts)
    one, both, every, _ = _FARED[found[0]]
    match studied.total():
        case 1:
            return say(one)
        case 2:
            return say(both)
        case _:
            return say(every, predictions=total)


def log(cycle: Pdsa) -> str:
    """`Cycle 4: 5 of 8; missing: result, study and decision.`."""
    places = {"cycle": cycle.cycle, "score": cycle.score, "full": FULL}
    if not cycle.missing:
        return say("Cycle {cycle}: {score} of {full}.", **places)
    missing = listed([say(point) if point in POINTS else point for point in cycle.missing])
    return say("Cycle {cycle}: {score} of {full}; missing: {missing}.", missing=missing, **places)


def dots(cycle: Pdsa) -> str:
    """`●●●●●○○○`: the points of a well-kept log that it has."""
    kept = max(0, min(cycle.score, FULL))
    return "●" * kept + "○" * (FULL - kept)


def _due(cycle: Pdsa, today: dt.date) -> tuple[bool, dt.date]:
    """Whether a cycle has ended, and since when it is open."""
    if cycle.status == "awaiting study" and cycle.end:
        return True, cycle.end
    return False, cycle.end_planned or cycle.start or today


def waiting(cycle: Pdsa, today: dt.date) -> int:
    """For how many days something is open about a cycle."""
    return (today - _due(cycle, today)[1]).days


def open_since(cycle: Pdsa, test: str, today: dt.date) -> str:
    """`test 4 ended on Fri 20 March. What happened is not written.`."""
    ended, since = _due(cycle, today)
    if ended:
        told = say("{test} ended on {day}.", test=test, day=day(since))
        return joined(told, say("What happened is not written."))
    return joined(say("{test} was to end by {day}.", test=test, day=day(since)), say("Has it?"))


def open_for(cycle: Pdsa, today: dt.date) -> str:
    """`Open 26 days`."""
    return say("Open {days}", days=days(max(waiting(cycle, today), 0)))


def action(cycles: Sequence[Pdsa], collaborative: Collaborative, waits: str = "") -> str:
    """The one next step of a ramp. `waits` names a test of another ramp without a result: it comes before a new one."""
    last = cycles[-1]
    if last.status == "awaiting study":
        return joined(
            say("Write the result of cycle {cycle}, whatever it was.", cycle=last.cycle),
            say("A test that did not come out as predicted teaches as much."),
        )
    if last.status == "overdue":
        return say("Say whether cycle {cycle} has ended; if it goes on, give it a new end date.", cycle=last.cycle)
    if last.status == "running":
        return joined(
            say("Note surprises while cycle {cycle} runs, not afterwards.", cycle=last.cycle),
            say("It ends on {day}.", day=day(last.end_planned)) if last.end_planned else "",
        )
    if last.status == "planned":
        return say("Write what you expect, as a number if you can, before cycle {cycle} begins.", cycle=last.cycle)
    if waits and last.decision != "adopt":
        return say("Finish {test} before you plan the next cycle here.", test=waits)
    return _decided(last, collaborative)


def none_action(collaborative: Collaborative, tried: Sequence[Pdsa]) -> str:
    """What to do where no test is under way: the strongest idea not tried yet, as small as can be."""
    done = {cycle.idea for cycle in tried}
    left = (idea for idea in collaborative.ideas.values() if idea.code not in done and not idea.retired)
    ideas = sorted(left, key=lambda idea: -idea.strength)
    if not ideas:
        return say("Try one idea again with one person, on one day, this week.")
    return say(
        "Try “{idea}” ({code}) with one person, on one day, this week.",
        idea=line(ideas[0].title, 80),
        code=ideas[0].code,
    )


def _grown(cycles: Sequence[Pdsa], head: str) -> str:
    scales = [cycle.scale for cycle in cycles if cycle.scale]
    if len(scales) < 2 or len(scales) < len(cycles):
        return head
    if all(later > earlier for earlier, later in pairwise(scales)):
        return say("{cycles}, each wider than the last", cycles=head)
    if scales[-1] > scales[0]:
        first, last = scale(scales[0]), scale(scales[-1])
        return say("{cycles}, grown from {first} to {last}", cycles=head, first=first, last=last)
    return say("{cycles}, all at one size", cycles=head) if len(set(scales)) == 1 else head


_LAST = {  # of a single cycle, and of the last of several
    "adopt": (message("it was adopted"), message("the {which} was adopted")),
    "adapt": (message("it was adapted"), message("the {which} was adapted")),
    "abandon": (message("it was dropped"), message("the {which} was dropped")),
    "extend": (message("it is to be repeated more widely"), message("the {which} is to be repeated more widely")),
    "closed": (message("it is closed"), message("the {which} is closed")),
    "planned": (message("it is planned"), message("the {which} is planned")),
    "running": (message("it is running"), message("the {which} is running")),
    "overdue": (message("it is past its planned end"), message("the {which} is past its planned end")),
    "awaiting study": (message("it has no result"), message("the {which} has no result")),
}


def _last(cycles: Sequence[Pdsa]) -> str:
    last = cycles[-1]
    alone, among = _LAST[last.decision or "closed" if last.status == "closed" else last.status]
    return say(alone) if len(cycles) == 1 else say(among, which=ordinal(len(cycles)))


def _decided(last: Pdsa, collaborative: Collaborative) -> str:
    match last.decision:
        case "adopt":
            return say("Agree who makes it routine, from which day, and how you will see that it lasts.")
        case "extend" if not last.scale:
            return say("Plan the next cycle one size up, and write the prediction first.")
        case "extend":
            return say(
                "Plan the next cycle one size up, with {wider}, and write the prediction first.",
                wider=scale(min(last.scale + 1, 6)),
            )
        case "abandon":
            driver = collaborative.driver_of(last.idea)
            ideas = driver.ideas if driver else ()
            rest = [idea.code for idea in ideas if idea.code != last.idea and not idea.retired]
            if not driver or not rest:
                return say("Write down what it taught, then choose another idea.")
            return say(
                "Write down what it taught, then choose another idea on the same driver ({driver}): {ideas}.",
                driver=driver.code,
                ideas=listed(rest, "or"),
            )
        case _:
            return say("Plan the next cycle with what you changed, no wider than this one.")
