"""The indexes of the archive of reports: which there are, where they stand, and whether each is as it was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import capital, long_day, message, say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Link

HOME, MONTHS = "index.html", "months"
_KINDS = {
    "team": message("Teams"),
    "coach": message("Coaches"),
    "leader": message("Senior leaders"),
    "collaborative": message("The whole collaborative"),
    "coordinator": message("Coordinators"),
    "closing": message("Closing report"),
}
_READERS = {
    "team": message("the people of that team, and its coach"),
    "coach": message("that coach"),
    "": message("those whom that report is for"),
}


@dataclass(frozen=True, slots=True)
class Shelved:
    """A report in the archive: its title, and where its page is; `path` is '' where it is withheld.

    `sent` is the day that it was made to be sent, None where it never was.
    """

    kind: str
    subject: str
    month: Month
    title: str
    path: str
    pdf: str = ""
    sent: dt.date | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an index: what it leads to, and what is to be known of it."""

    link: Link | None
    label: str
    pdf: Link | None
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """The lines under a heading."""

    heading: str
    what: str  # the entries are
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """A page of links. `up` leads to the index above it."""

    collaborative: str
    title: str
    said: tuple[str, ...]
    groups: tuple[Group, ...]
    up: Link | None
    notice: str


def home(collaborative: Collaborative, months: Sequence[Month]) -> Index:
    """The first page: the months, the newest first. It names no team and no person, so all may see it."""
    entries = tuple(
        Entry(Link(one.label, f"{MONTHS}/{one}.html"), one.label, None, "") for one in sorted(months, reverse=True)
    )
    said = (
        say("Every report of this collaborative, month by month."),
        say(
            "Each team, coach and other reader has a folder of their own. Whoever may see all of them finds them here."
        ),
    )
    return _index(collaborative, say("Reports"), said, (Group(say("Months"), say("Month"), entries),), None)


def of_month(collaborative: Collaborative, month: Month, reports: Sequence[Shelved]) -> Index:
    """All reports of a month, by kind: for those who may see every one of them."""
    kinds = dict.fromkeys(one.kind for one in reports)
    groups = tuple(
        Group(kind(name), say("Report"), tuple(_entry(one, _label(one), "../") for one in reports if one.kind == name))
        for name in kinds
    )
    said = (say("These pages hold figures of every team. Only people who may see all of them should reach this one."),)
    up = Link(say("All months"), f"../{HOME}")
    return _index(collaborative, month.label, said, groups, up)


def of_reader(collaborative: Collaborative, name: str, code: str, reports: Sequence[Shelved]) -> Index:
    """The reports of one reader's folder, the newest first. It leads nowhere out of the folder."""
    newest = sorted(reports, key=lambda one: one.month, reverse=True)
    entries = tuple(_entry(one, one.month.label, "", within=True) for one in newest)
    title = say("{kind}: {code}", kind=kind(name), code=line(code, 40))
    return _index(collaborative, title, (), (Group(say("Months"), say("Month"), entries),), None)


def folders(kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The paths within the archive, each with who may see it."""
    return (
        (HOME, say("everybody who may sign on: it names months, and nobody")),
        (f"{MONTHS}/", say("only those who may see the figures of every team")),
        *((f"{name}/…/", _who(name)) for name in kinds),
    )


def _who(kind: str) -> str:
    who = _READERS.get(kind, _READERS[""])
    return say(who)


def kind(name: str) -> str:
    """What the reports of that kind are called together."""
    return say(_KINDS[name]) if name in _KINDS else capital(name.replace("_", " "))


def _index(
    collaborative: Collaborative, title: str, said: tuple[str, ...], groups: tuple[Group, ...], up: Link | None
) -> Index:
    name, notice = line(collaborative.name, 80), line(collaborative.notice, 300)
    return Index(name, title, said, groups, up, notice)


def _entry(one: Shelved, label: str, above: str, *, within: bool = False) -> Entry:
    def link(path: str, told: str) -> Link | None:
        return Link(told, f"{above}{path.rpartition('/')[2] if within else path}") if path else None

    return Entry(link(one.path, label), label, link(one.pdf, say("{title} as PDF", title=label)), _note(one))


def _label(one: Shelved) -> str:
    """`c1: Your six teams, March 2026`: two coaches' reports may have one title."""
    code = line(one.subject, 40)
    return say("{code}: {title}", code=code, title=one.title) if one.title != one.subject else code


def _note(one: Shelved) -> str:
    if not one.path:
        return say("Withdrawn: a record that it was made of has been erased.")
    if one.sent is None:
        return say("Made for this archive; it was never sent.")
    day = long_day(one.sent)
    return say("As revised and sent, {day}.", day=day) if one.revision else say("As sent, {day}.", day=day)
