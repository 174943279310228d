"""The mail to the coordinator about reports that wait: what each says first, who gets it, and what looks odd."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import long_day, say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Header
from breakthrough.reporting.sentences import held as words
from breakthrough.reporting.views.occasion import letter

_NAME, _MOST = 60, 60


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits. `name` is its team's or coach's; `headline` what it says first.

    `doubts` are figures of the month that need a look; `missing` tells that no counts of the month came, `shrunk` that
    it is far shorter than the last one; `new` are readers who get it for the first time, `unusable` those who cannot be
    written to.
    """

    kind: str
    name: str
    headline: str
    readers: int
    doubts: int = 0
    missing: bool = False
    shrunk: bool = False
    new: int = 0
    unusable: int = 0

    @property
    def odd(self) -> bool:
        """Whether anything is worth a look."""
        return bool(self.doubts or self.missing or self.shrunk or self.new or self.unusable)


@dataclass(frozen=True, slots=True)
class Shown:
    """A report as it is listed."""

    name: str
    headline: str
    readers: str
    odd: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """What can be done, and by which command."""

    what: str
    command: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The mail, all settled."""

    header: Header
    collaborative: str  # its code
    month: Month
    subject: str
    heading: str
    summary: str
    unread: str
    odd: tuple[Shown, ...]
    others: tuple[Shown, ...]
    more: str
    attached: str
    notes: str
    steps: tuple[Step, ...]


def preview(
    waiting: Sequence[Waiting],
    collaborative: Collaborative,
    month: Month,
    now: dt.datetime,
    *,
    code: str,
    until: dt.datetime | None,
    unread: Sequence[str] = (),
    attached: int = 0,
) -> Preview:
    """The mail about those reports, all of that month. `until` is when they go by themselves; None: never.

    `unread` names teams of which nobody gets a report; `attached` is how many pages go with the mail.
    """
    odd = [one for one in waiting if one.odd]
    others = [one for one in waiting if not one.odd]
    shown = _MOST - min(len(odd), _MOST)
    local = until.astimezone(collaborative.zone) if until else None
    heading, name = words.heading(len(waiting), local), line(collaborative.name, 60)
    left = len(odd[_MOST:]) + len(others[shown:])
    return Preview(
        header=letter(
            collaborative,
            say("Reports for {month}, before they go", month=month.label),
            say("Made {day}.", day=long_day(now.astimezone(collaborative.zone).date())),
            heading,
        ),
        collaborative=code,
        month=month,
        subject=say("Reports for {month}, before they go – {collaborative}", month=month.label, collaborative=name),
        heading=heading,
        summary=words.summary(sum(one.readers for one in waiting), len(odd)),
        unread=words.unread([line(one, _NAME) for one in unread]),
        odd=tuple(_shown(one, month) for one in odd[:_MOST]),
        others=tuple(_shown(one, month) for one in others[:shown]),
        more=say("And {n} more, in the outbox.", n=left) if left else "",
        attached=words.attached(attached, len(waiting)),
        notes=words.notes(),
        steps=tuple(Step(*one) for one in words.steps()),
    )


def _shown(one: Waiting, month: Month) -> Shown:
    told = words.odd(
        doubts=one.doubts,
        missing=one.missing,
        shrunk=one.shrunk,
        new=one.new,
        unusable=one.unusable,
        month=month,
    )
    return Shown(
        words.report(one.kind, line(one.name, _NAME)), line(one.headline, 160), words.readers(one.readers), tuple(told)
    )
