"""The closing report: what changed, what was tested, what helped, what stays, and where to read on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Measure
from breakthrough.language import inside, say, trimmed, worded
from breakthrough.language import score as scored
from breakthrough.measures.interrupted import Estimate, Interrupted
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting import figures
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import of_entry
from breakthrough.reporting.parts import Figure, Header, Link, Passage
from breakthrough.reporting.sentences import closing as words
from breakthrough.reporting.sentences.words import joined, listed
from breakthrough.reporting.views import gather
from breakthrough.reporting.views.harvest import KEPT, Harvest, publishable
from breakthrough.reporting.views.occasion import header, subject
from breakthrough.teams import determinants
from breakthrough.teams.determinants import TITLES, Split
from breakthrough.teams.spread import reach
from breakthrough.teams.values import Document

_FEWEST = 3  # teams in a column, below which its middle value would tell of one
_NOTE = 200
# What a mail has room for, however many teams there are and however long their names: mail programs cut long ones off.
_MAILED_LINES, _MAILED_SHARED = 60, 15
_UNBROKEN = "\u00a0"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the table of a measure: change of level and of slope, each with its interval, and the months."""

    who: str
    level: str
    slope: str
    months: str


@dataclass(frozen=True, slots=True)
class Result:
    """A measure: what changed when the work began, in words and in figures, for all teams and for each."""

    name: str
    heading: str
    meaning: str
    lines: tuple[Change, ...]

    @property
    def mailed(self) -> tuple[Change, ...]:
        """The lines that the mail has room for; the page has all."""
        return self.lines[:_MAILED_LINES]

    @property
    def more(self) -> str:
        """How many it has not; '' where there are none."""
        left = len(self.lines) - len(self.mailed)
        return worded("The page tells of {n} more team.", "The page tells of {n} more teams.", left) if left else ""


@dataclass(frozen=True, slots=True)
class Compared:
    """An indicator in the teams that reached the rating hoped for, and in the others."""

    determinant: str
    indicator: str
    reached: str
    others: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A file that its team lets others see. It stays in REDCap."""

    team: str
    what: str
    about: str
    note: Passage | None
    link: Link


@dataclass(frozen=True, slots=True)
class ClosingReport:
    """Everything the closing report says, in the order it is read."""

    collaborative: str
    month: Month
    subject: str
    header: Header
    aim: str
    heading: str
    summary: str
    figure: Figure | None
    meaning: str
    action: str
    results: tuple[Result, ...]
    caution: str
    package: str
    spread: str
    determinants: tuple[Compared, ...]
    determinants_note: str
    stories: str
    library: tuple[Shared, ...]

    @property
    def mailed(self) -> tuple[Shared, ...]:
        """The files of the library that the mail has room for; the page has all."""
        return self.library[:_MAILED_SHARED]

    @property
    def more(self) -> str:
        """How many it has not; '' where there are none."""
        left = len(self.library) - len(self.mailed)
        return worded("The page has {n} more file.", "The page has {n} more files.", left) if left else ""


def closing_report(of: Harvest) -> ClosingReport:
    """The closing report of a collaborative, fit for everybody to read."""
    collaborative, occasion = of.collaborative, of.occasion
    code = collaborative.aim.measure
    aim, months = collaborative.measures[code], of.pooled.get(code, ())
    found = of.broken(code)
    heading = words.heading(aim, months, of.at)
    reached = _reached(of)
    tested = [one for one in of.across if one.tested]
    return ClosingReport(
        collaborative=of.code,
        month=occasion.month,
        subject=subject(collaborative, say("Closing report"), occasion),
        header=header(
            collaborative,
            occasion,
            title=say("What we learned together, up to {month}", month=occasion.month.label),
            preview=heading,
        ),
        aim=line(collaborative.aim.statement, 300),
        heading=heading,
        summary=joined(words.middle_told(), words.goal(aim, months, collaborative.aim.goal)),
        figure=_figure(of, aim, found, heading) if months else None,
        meaning=words.changed(aim, found, of.at),
        action=words.harvest_action(),
        results=tuple(_results(of)),
        caution=words.caution(),
        package=words.harvested(
            len(tested),
            len(of.across),
            sum(any(one.stages.get(stage) for stage in KEPT) for one in of.across),
        ),
        spread=words.spread(reach(of.portfolio.units)),
        determinants=tuple(_determinants(of, reached)),
        determinants_note=words.determinants_note(
            len(reached), len(_accepted(of)) - len(reached), scored(collaborative.rating.target)
        ),
        stories=_stories(of),
        library=library(of),
    )


def _figure(of: Harvest, aim: Measure, found: Interrupted | None, heading: str) -> Figure:
    months = of.pooled[of.collaborative.aim.measure]
    wide, phone = (
        drawing.broken_line(
            months,
            aim,
            of.at,
            found,
            events=of.collaborative.calendar.events,
            goal=of.collaborative.aim.goal,
            phone=cut,
        )
        for cut in (False, True)
    )
    alt = joined(
        say("{finding}.", finding=heading),
        words.changed(aim, found, of.at),
        words.goal(aim, months, of.collaborative.aim.goal),
    )
    return Figure("aim", say("All teams: {measure}", measure=inside(aim.name)), alt, wide, phone)


def _results(of: Harvest) -> Iterator[Result]:
    """The aim's measure first, then the others as they are configured; those that add up over the year say so."""
    aim = of.collaborative.aim.measure
    first = of.broken(aim)
    for code in sorted(of.collaborative.measures, key=lambda one: one != aim):
        measure = of.collaborative.measures[code]
        if code not in of.pooled:
            continue
        if measure.cumulative:
            told = say("It adds up over the year, so no month can be held against the one before.")
            yield Result(measure.name, words.heading(measure, of.pooled[code], of.at), told, ())
            continue
        found = of.broken(code)
        lines = [_change(say("All teams"), measure, found)] if found else []
        lines += [
            _change(name, measure, one)
            for team, name in of.names.items()
            if (one := of.broken(code, team)) is not None and one.level is not None
        ]
        yield Result(
            measure.name,
            words.heading(measure, of.pooled[code], of.at),
            words.changed(measure, found, of.at, first.warnings if first and found and found.level else ()),
            tuple(lines) if any(one.level for one in lines) else (),
        )


def _change(who: str, measure: Measure, found: Interrupted) -> Change:
    months = say("{before} and {after}", before=found.before, after=found.after)
    return Change(who, _told(measure, found.level), _told(measure, found.slope), months)


def _told(measure: Measure, one: Estimate | None) -> str:
    """`−0.42 (−0.70 to −0.14)`; '' where there is none."""
    if one is None:
        return ""
    whole = words.interval(measure, one).replace(" ", _UNBROKEN)  # in a narrow column it stands on a line of its own
    return say("{value} ({interval})", value=words.signed(measure, one.value), interval=whole)


def _accepted(of: Harvest) -> list[str]:
    return [team.code for team in of.portfolio.teams if team.status != "applied"]


def _reached(of: Harvest) -> frozenset[str]:
    """The teams whose newest rating by their coach is at the target or above."""
    newest = {one.team: one.score for one in sorted(of.portfolio.ratings, key=lambda one: one.month.first)}
    target = of.collaborative.rating.target
    return frozenset(team for team in _accepted(of) if newest.get(team, 0.0) >= target)


def _determinants(of: Harvest, reached: frozenset[str]) -> Iterator[Compared]:
    """Every indicator by rating reached or not. Months of baseline are left out: withheld months would look missing."""
    today = of.occasion.today(of.collaborative)
    found = determinants.determinants(of.portfolio, of.frame, of.collaborative, of.occasion.month, today)
    last = ""
    for split in determinants.at_close(found, reached):
        if split.indicator not in words.INDICATORS:
            continue
        yes, no = _side(split, split.reached), _side(split, split.others)
        if yes or no:
            title = say(TITLES[split.determinant])
            yield Compared(
                title if title != last else "", say(words.INDICATORS[split.indicator]), yes or "–", no or "–"
            )
            last = title


def _side(split: Split, values: Sequence[float]) -> str:
    if len(values) < _FEWEST:
        return ""
    middle = split.medians[0 if values is split.reached else 1] or 0.0
    shown = f"{middle:.0f}" if split.unit == "%" else trimmed(middle)
    return say(words.UNITS[split.unit], figure=figures.count(middle) if split.unit == "%" else shown)


def _stories(of: Harvest) -> str:
    names = {team.code: line(team.short or team.name, 40) for team in of.portfolio.teams}
    told = [names[team] for team in publishable(of.portfolio)]
    if not told:
        return say("No team has said that its results may be published under its name.")
    return say("Read the stories of {teams}.", teams=listed(told))


def library(of: Harvest) -> tuple[Shared, ...]:
    """The files that teams let others see, by driver; a link leads to each, and nothing of it is copied."""
    order = {driver.code: at for at, driver in enumerate(of.collaborative.drivers)}
    files = sorted(
        (one for one in of.portfolio.documents if one.shared), key=lambda one: order.get(one.driver, len(order))
    )
    found = [_document(of, one) for one in files]
    events = {event.code: event for event in of.collaborative.calendar.events}
    for one in of.portfolio.storyboards:
        if one.public:
            event = events.get(one.event)
            about = line(event.title or event.code, 80) if event else ""
            found.append(
                Shared(
                    of.names.get(one.team, say("A team")),
                    words.document("storyboard"),
                    about,
                    None,
                    Link(say("Open it in REDCap"), of_entry(of.occasion.links, one.entry)),
                )
            )
    return tuple(found)


def _document(of: Harvest, one: Document) -> Shared:
    driver = next((each for each in of.collaborative.drivers if each.code == one.driver), None)
    note = gather.passage(one.note, of.occasion.links, _NOTE)
    return Shared(
        of.names.get(one.team, say("A team")),
        words.document(one.kind),
        line(driver.title, 80) if driver else "",
        note if note and note.text else None,  # the link leads there in any case
        Link(say("Open it in REDCap"), of_entry(of.occasion.links, one.entry)),
    )
