"""What the coordinator is told when REDCap and the definition differ: what, who worked on it, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.instruments.plan import PARTS, Plan, Step
from breakthrough.language import clock, long_day, say, says, stamp
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Chip, Header
from breakthrough.reporting.sentences import steps as words
from breakthrough.reporting.sentences.words import joined, shortened
from breakthrough.reporting.views.occasion import letter

_STEPS = 40  # what fits into a mail; `breakthrough plan` tells all
_CHANGES = 12
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A line of REDCap's log: when, by the server's clock; who; and what was done to the project."""

    at: dt.datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a project found. `changes` None: the worker's account may not see the log; else newest first.

    `project` is the key of breakthrough.yaml, `main` for the collaborative's own; `title` is REDCap's. `since` is the
    day from which on the log was read, and `deployed` whether that is when the project was last deployed. `digest` is
    the same for the same differences, however much is entered meanwhile.
    """

    project: str
    title: str
    plan: Plan
    changes: tuple[Change, ...] | None
    since: dt.date
    deployed: bool
    digest: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A step as it is told: what would put it back, why, and what putting it back costs."""

    what: str
    why: str
    chip: Chip


@dataclass(frozen=True, slots=True)
class Part:
    """The differences in one part of the project."""

    name: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the log as it is told."""

    when: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """The mail about drift, all settled."""

    header: Header
    month: Month
    project: str
    subject: str
    heading: str
    summary: str
    parts: tuple[Part, ...]
    more: str
    who: str  # what is known about who did it
    changes: tuple[Told, ...]
    put_back: str
    take_over: str
    losing: str
    by_hand: str
    remarks: tuple[str, ...]


def drift_report(found: Found, collaborative: Collaborative, month: Month, now: dt.datetime) -> DriftReport:
    """The mail about what was found. `month` is what it is filed under; `now` is aware."""
    steps = found.plan.steps
    there = now.astimezone(collaborative.zone)
    name = line(collaborative.name, 60)
    return DriftReport(
        header=letter(
            collaborative,
            say("REDCap and the definition differ"),
            say("Looked at on {day}, {clock}.", day=long_day(there.date()), clock=clock(there)),
            say("What differs, who worked on the project, and what to do."),
        ),
        month=month,
        project=found.project,
        subject=say("REDCap and the definition differ – {collaborative}", collaborative=name),
        heading=says(
            "{n} difference in the project “{project}”",
            "{n} differences in the project “{project}”",
            len(steps),
            project=line(found.title, 60),
        ),
        summary=_summary(found),
        parts=tuple(_parts(steps[:_STEPS])),
        more=_more(len(steps) - _STEPS, found),
        who=_who(found),
        changes=tuple(_told(one) for one in (found.changes or ())[:_CHANGES]),
        put_back=_put_back(found),
        take_over=joined(
            say(
                "If it was meant: change the definition in the same way, in instruments/, people.csv or "
                "collaborative.yaml, until {plan} finds nothing to do.",
                plan=_command("plan", found),
            ),
            say("Else the next deploy undoes it."),
        ),
        losing=_losing(found),
        by_hand=_by_hand(steps),
        remarks=tuple(line(one, 300) for one in found.plan.remarks[:_STEPS]),
    )


def _more(number: int, found: Found) -> str:
    if number <= 0:
        return ""
    return says(
        "And {n} more, which {plan} tells.", "And {n} more, which {plan} tells.", number, plan=_command("plan", found)
    )


def _summary(found: Found) -> str:
    day = long_day(found.since)
    nothing = say("Nothing was done about it.")
    if found.plan.to_send and found.deployed:
        either = say(
            "Either somebody has changed it in REDCap since it was deployed on {day}, or the definition was changed "
            "and not deployed.",
            day=day,
        )
    elif found.plan.to_send:
        either = say("Either somebody has changed it in REDCap, or the definition was changed and not deployed.")
    elif found.deployed:
        either = say(
            "No deploy can do what differs: either it is left to be done by hand, or somebody has changed it in REDCap "
            "since it was deployed on {day}.",
            day=day,
        )
    else:
        either = say(
            "No deploy can do what differs: either it is left to be done by hand, or somebody has changed it in REDCap."
        )
    return joined(either, nothing)


def _put_back(found: Found) -> str:
    plan = _command("plan", found)
    if not found.plan.to_send:
        return say("If nobody meant it: do these steps in REDCap by hand, until {plan} finds nothing to do.", plan=plan)
    return joined(
        say("If nobody meant it: {deploy} makes REDCap what it was.", deploy=_command("deploy", found)),
        say("{plan} shows first what it would do.", plan=plan),
    )


def _parts(steps: Sequence[Step]) -> Iterator[Part]:
    for name in PARTS:
        own = tuple(_difference(step) for step in steps if step.part == name)
        if own:
            yield Part(words.part(name), own)


def _difference(step: Step) -> Difference:
    if step.by_hand:
        chip = Chip("", say("by hand"), "none")
    elif step.risk == "loses data":
        chip = Chip("", say("loses data"), "bad")
    else:
        chip = Chip("", say("to review") if step.risk == "review" else say("safe"), "none")
    return Difference(words.what(step), line(step.evidence, 400), chip)


def _who(found: Found) -> str:
    day = long_day(found.since)
    if found.changes is None:
        return joined(
            say("The worker’s account has no right to REDCap’s log, so it is not known here who did it."),
            say("In REDCap, Logging shows it, since {day}.", day=day),
        )
    if not found.changes:
        return say(
            "REDCap’s log names nobody who worked on the project since {day}: look whether the definition was changed.",
            day=day,
        )
    of = len(found.changes)
    if of > _CHANGES:
        told = say(
            "From REDCap’s log since {day}, by the server’s clock, the newest {shown} of {of}.",
            day=day,
            shown=_CHANGES,
            of=of,
        )
    else:
        told = say("From REDCap’s log since {day}, by the server’s clock.", day=day)
    return joined(told, say("It does not name the fields."))


def _told(one: Change) -> Told:
    return Told(stamp(one.at), line(one.who, 80), one.what)


def _losing(found: Found) -> str:
    names = [step.name or str(step.kind) for step in found.plan.losses]
    if not names:
        return ""
    return joined(
        say(
            "Putting it back would lose what was entered, so deploy refuses it unless each is named with --allow: "
            "{names}.",
            names=shortened(names, _NAMED),
        ),
        say("Take it over, or ask first whose it is."),
    )


def _by_hand(steps: Sequence[Step]) -> str:
    number = sum(step.by_hand for step in steps)
    if number in {0, len(steps)}:
        return ""
    return says(
        "{n} step by hand: no API can do that, so a person has to, in REDCap.",
        "{n} steps by hand: no API can do that, so a person has to, in REDCap.",
        number,
    )


def _command(verb: str, found: Found) -> str:
    named = "" if found.project == "main" else f" --project {found.project}"
    command = f"breakthrough {verb}{named}"
    return say("“{command}”", command=command)
