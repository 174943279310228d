"""The work in the report on the whole collaborative: drivers and ideas, spread, what decides, and the promises made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from breakthrough import teams
from breakthrough.collaborative import Commitment
from breakthrough.language import count, day, say
from breakthrough.reporting import charts as drawing
from breakthrough.reporting.charts import drivers
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Figure, Listing, Row
from breakthrough.reporting.sentences import collaborative as words
from breakthrough.reporting.sentences import dates
from breakthrough.reporting.views import decisions
from breakthrough.reporting.views.decisions import Decision
from breakthrough.reporting.views.together import Together
from breakthrough.teams.changes import Stage
from breakthrough.teams.determinants import TITLES, Code, Unit

_ACROSS = 592
# Stages, and whether their cells are shaded: it is work that should catch the eye.
_COLUMNS: tuple[tuple[tuple[Stage, ...], bool], ...] = (
    (("not started",), False),
    (("dropped",), False),
    (("testing", "adapted"), True),
    (("adopted", "implementing"), True),
    (("spread",), True),
)
_SHADES = 3
_LATE = frozenset({"spreading", "sustaining"})
_TOLD = 3  # times the smallest number that is shown: from that many people on, their sum is told
_HALF = 50  # per cent


@dataclass(frozen=True, slots=True)
class Heat:
    """A cell: how many teams, and how dark its ground is, 0 to 3."""

    teams: str
    shade: int


@dataclass(frozen=True, slots=True)
class DriverRow:
    """A driver, how many teams stand where, and the signals since."""

    driver: str
    cells: tuple[Heat, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Drivers:
    """Which drivers are being tested, by how many teams and how far: as a table and as the driver diagram."""

    heading: str
    rows: tuple[DriverRow, ...]
    figures: tuple[Figure, ...]
    ideas: tuple[Row, ...]  # what the diagram shows, in words: driver and idea, teams that keep it, teams that test it
    meaning: str
    action: str


@dataclass(frozen=True, slots=True)
class Plain:
    """A section in words."""

    heading: str
    meaning: str
    action: str


@dataclass(frozen=True, slots=True)
class Promises:
    """What the sponsor has promised, each with its state."""

    heading: str
    rows: tuple[Row, ...]


def tested(of: Together) -> Drivers | None:
    """The drivers with their live state; None where none is configured."""
    made = drivers.diagram(of.collaborative, of.changes)
    if not made.branches:
        return None
    furthest = teams.by_driver(of.changes)
    neglected = [line(branch.title, 60) for branch in made.branches if not branch.at_work]
    wide, phone = drawing.driver_diagram(made), drawing.driver_diagram(made, phone=True)
    told = [(f"{branch.code} {branch.title}", drivers.state(branch, made.teams)) for branch in made.branches]
    title, described = say("Driver diagram"), words.diagram_alt(told, made.goal)
    heads = (say("Driver"), say("State"), say("Idea"), say("Teams keep it"), say("Teams test it"))
    listing = Listing(heads, tuple(Row(head, tuple(cells)) for head, *cells in drivers.table(made)), words=True)
    # Pages of the two cuts need not end at the same place: what is over of the phone's stands by itself.
    figures = [
        Figure(f"drivers-{at}", title, described, wide[min(at, len(wide) - 1)], phone[min(at, len(phone) - 1)], listing)
        for at in range(max(len(wide), len(phone)))
    ]
    return Drivers(
        heading=words.drivers_heading(len(made.branches) - len(neglected), len(made.branches), neglected),
        rows=tuple(
            DriverRow(
                f"{branch.code} {branch.title}",
                tuple(_heat(furthest.get(branch.code, {}).values(), *column, made.teams) for column in _COLUMNS),
                drivers.state(branch, made.teams),
            )
            for branch in made.branches
        ),
        figures=tuple(figures),
        ideas=tuple(
            Row(f"{head.partition(' ')[0]} {idea}", (keep, test))
            for head, _, idea, keep, test in drivers.table(made)
            if (keep, test) not in {("0", "0"), ("–", "–")}
        ),
        meaning=words.drivers_meaning(),
        action=words.drivers_action(neglected, dates.next_meeting(of.collaborative, of.today)),
    )


def _heat(found: Iterable[Stage], stages: tuple[Stage, ...], shaded: bool, of: int) -> Heat:
    number = sum(one in stages for one in found)
    return Heat(count(number) if number else "–", min(_SHADES, -(-_SHADES * number // max(1, of))) if shaded else 0)


def spread(of: Together) -> Plain:
    """How far changes have gone to other places."""
    fewest = _TOLD * max(1, of.collaborative.privacy.min_count)
    late = of.collaborative.calendar.stage(of.today) in _LATE
    return Plain(
        words.spread_heading(of.reach), words.spread_meaning(of.reach, fewest), words.spread_action(of.reach, late)
    )


def determined(of: Together) -> tuple[Row, ...]:
    """The seven determinants: what is counted, the middle team's, and of how many teams it is known."""
    values: dict[tuple[Code, str, Unit], list[float]] = {}
    every: dict[tuple[Code, str, Unit], int] = {}
    for one in of.determinants:
        for indicator in one.indicators:
            key = one.code, indicator.code, indicator.unit
            every[key] = every.get(key, 0) + 1
            if indicator.value is not None:
                values.setdefault(key, []).append(indicator.value)
    return tuple(
        Row(
            say(TITLES[code]),
            (
                words.indicator(code, what),
                words.level(median(values[code, what, unit]), unit) if (code, what, unit) in values else "–",
                _known(code, len(values.get((code, what, unit), ())), number),
            ),
        )
        for (code, what, unit), number in every.items()
        if (code, what) in words.INDICATORS and (code != "sponsorship" or (code, what, unit) in values)
    )


def _known(code: str, here: int, of: int) -> str:
    """Of how many teams it is known; what is the sponsor's own is of none of them."""
    return "" if code == "sponsorship" else words.share(here, of)


def promises(of: Together) -> Promises | None:
    """The sponsor's promises; None where there is no sponsor, or none was made."""
    made = of.collaborative.sponsor.commitments if of.collaborative.sponsor else ()
    if not made:
        return None
    kept = sum(one.kept is not None and one.kept <= of.today for one in made)
    rows = tuple(Row(line(one.what, 160), (words.promised(one, of.today),)) for one in made)
    return Promises(words.promises_heading(kept, len(made)), rows)


def decision(of: Together) -> Decision:
    """The one thing asked of the sponsor: the first for which there is a reason."""
    by = decisions.by_when(of.collaborative, None, of.today)
    question, why = next(_reasons(of), ("", ""))
    if not question:
        meeting = dates.next_meeting(of.collaborative, of.today)
        question = (
            say("Will you come to {meeting}, and hear the teams?", meeting=meeting)
            if meeting
            else say("Will you visit one team, and see a test as it runs?")
        )
        why = say("Nothing presses. Teams go further where the sponsor comes by.")
    return Decision(say("One decision, by {day}", day=day(by)), question, why, None, None)


def _reasons(of: Together) -> Iterator[tuple[str, str]]:
    made = of.collaborative.sponsor.commitments if of.collaborative.sponsor else ()
    for one in sorted((one for one in made if _owed(one, of)), key=lambda one: str(one.by)):
        yield (
            say("What will it take to keep this promise: “{promise}”?", promise=line(one.what, 120)),
            words.overdue(one),
        )
    newest = max(
        (one for one in of.health if one.code == "h_report" and one.value is not None),
        key=lambda one: one.month,
        default=None,
    )
    if newest and newest.value is not None and newest.value < of.collaborative.reporting.goal:
        why = words.reporting_heading(newest, None)
        yield say("Will you ask the leaders of the teams that have not sent what is in the way?"), f"{why}."
    contact = [
        one.value
        for each in of.determinants
        if each.code == "leader"
        for one in each.indicators
        if one.code == "contact" and one.value is not None
    ]
    if contact and median(contact) < _HALF:
        yield (
            say("Will you ask every senior leader to meet the team once a month?"),
            say("In half of the teams the leader was seen in less than half of the months."),
        )
    idle = [branch for branch in drivers.diagram(of.collaborative, of.changes).branches if not branch.at_work]
    if idle and of.changes:
        yield (
            say("What would let a team try a first idea of “{driver}”?", driver=line(idle[0].title, 80)),
            say("Nobody has tested anything there yet."),
        )
    if not of.reach.intended and of.collaborative.calendar.stage(of.today) in _LATE:
        yield (
            say("Which places shall come next, and who will make room for it there?"),
            words.spread_heading(of.reach) + ".",
        )


def _owed(one: Commitment, of: Together) -> bool:
    """Whether a promise is overdue."""
    return (one.kept is None or one.kept > of.today) and one.by is not None and one.by < of.today
