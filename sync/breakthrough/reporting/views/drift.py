"""What the coordinator is told when REDCap and the definition differ: what, who worked on it, what to do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.english import listed, long_day, many
from breakthrough.instruments.plan import PARTS, Plan, Step
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Chip, Header

_STEPS = 40  # what fits into a mail; `breakthrough plan` tells all
_CHANGES = 12


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
        header=Header(
            collaborative=line(collaborative.name, 80),
            stages=(),
            journey="",
            title="REDCap and the definition differ",
            issued=f"Looked at on {long_day(there.date())}, {there:%H:%M}.",
            preview="What differs, who worked on the project, and what to do.",
            rules="",
            notice=line(collaborative.notice, 300),
        ),
        month=month,
        project=found.project,
        subject=f"REDCap and the definition differ – {name}",
        heading=f"{many(len(steps), 'difference')} in the project “{line(found.title, 60)}”",
        summary=_summary(found),
        parts=tuple(_parts(steps[:_STEPS])),
        more=f"And {len(steps) - _STEPS} more, which {_command('plan', found)} tells." if len(steps) > _STEPS else "",
        who=_who(found),
        changes=tuple(_told(one) for one in (found.changes or ())[:_CHANGES]),
        put_back=_put_back(found),
        take_over=(
            "If it was meant: change the definition in the same way, in instruments/, people.csv or "
            f"collaborative.yaml, until {_command('plan', found)} finds nothing to do. Else the next deploy undoes it."
        ),
        losing=_losing(found),
        by_hand=_by_hand(steps),
        remarks=tuple(line(one, 300) for one in found.plan.remarks[:_STEPS]),
    )


def _summary(found: Found) -> str:
    since = f" since it was deployed on {long_day(found.since)}" if found.deployed else ""
    if not found.plan.to_send:
        return (
            "No deploy can do what differs: either it is left to be done by hand, or somebody has changed it in "
            f"REDCap{since}. Nothing was done about it."
        )
    return (
        f"Either somebody has changed it in REDCap{since}, or the definition was changed and not deployed. Nothing was "
        "done about it."
    )


def _put_back(found: Found) -> str:
    plan = _command("plan", found)
    if not found.plan.to_send:
        return f"If nobody meant it: do these steps in REDCap by hand, until {plan} finds nothing to do."
    deploy = _command("deploy", found)
    return f"If nobody meant it: {deploy} makes REDCap what it was. {plan} shows first what it would do."


def _parts(steps: Sequence[Step]) -> Iterator[Part]:
    for name in PARTS:
        own = tuple(_difference(step) for step in steps if step.part == name)
        if own:
            yield Part(name[0].upper() + name[1:], own)


def _difference(step: Step) -> Difference:
    if step.by_hand:
        chip = Chip("", "by hand", "none")
    elif step.risk == "loses data":
        chip = Chip("", "loses data", "bad")
    else:
        chip = Chip("", "to review" if step.risk == "review" else "safe", "none")
    what = f"{step.kind} {line(step.what, 200)}"
    return Difference(what[0].upper() + what[1:], line(step.evidence, 400), chip)


def _who(found: Found) -> str:
    since = f"since {long_day(found.since)}"
    if found.changes is None:
        return (
            "The worker’s account has no right to REDCap’s log, so it is not known here who did it. In REDCap, Logging "
            f"shows it, {since}."
        )
    if not found.changes:
        return f"REDCap’s log names nobody who worked on the project {since}: look whether the definition was changed."
    shown = min(len(found.changes), _CHANGES)
    newest = f", the newest {shown} of {len(found.changes)}" if len(found.changes) > shown else ""
    return f"From REDCap’s log {since}, by the server’s clock{newest}. It does not name the fields."


def _told(one: Change) -> Told:
    return Told(f"{one.at.day} {one.at:%b %Y, %H:%M}", line(one.who, 80), one.what)


def _losing(found: Found) -> str:
    names = [step.name or str(step.kind) for step in found.plan.losses]
    if not names:
        return ""
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    named = f"{', '.join(names[:5])}{more}" if more else listed(names)
    return (
        "Putting it back would lose what was entered, so deploy refuses it unless each is named with --allow: "
        f"{named}. Take it over, or ask first whose it is."
    )


def _by_hand(steps: Sequence[Step]) -> str:
    number = sum(step.by_hand for step in steps)
    if number == len(steps):
        return ""
    return f"{many(number, 'step')} by hand: no API can do that, so a person has to, in REDCap." if number else ""


def _command(verb: str, found: Found) -> str:
    named = "" if found.project == "main" else f" --project {found.project}"
    return f"“breakthrough {verb}{named}”"
