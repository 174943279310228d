"""The coach's grid: a row a team, those in need first, with picture, latest value, ratings, tests and flags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from breakthrough.collaborative import Measure
from breakthrough.language import inside, say, worded
from breakthrough.measures import saying
from breakthrough.measures.values import Chart
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting import figures
from breakthrough.reporting.links import of_entry
from breakthrough.reporting.parts import Figure, Link, Listing
from breakthrough.reporting.sentences import alt, cycles, ratings, states, verdicts
from breakthrough.reporting.sentences import portfolio as words
from breakthrough.reporting.sentences.words import joined, listed
from breakthrough.reporting.views import attention, gather, listings
from breakthrough.reporting.views.scope import STEPS, Scope
from breakthrough.teams.values import Pdsa

WINDOW = 30  # days that "tests lately" looks back
RATING, CONTACT = "coach_rating", "coach_contact"
PICTURED = 20  # rows with a picture and links, and rows of the mail; more would pass the size that mail programs show
NAMED = 40  # teams after those that a mail names


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team in the grid; `figure` is None where rows are too many for pictures."""

    team: str
    url: str
    flags: str
    figure: Figure | None
    value: str
    verdict: str
    rating: str  # coach / self
    tests: str
    log: str  # mean points of the logs of those tests
    contact: str  # how long ago
    counts: str  # up to which month they are there
    links: tuple[Link, ...]  # where to rate the team and to note a contact; none where rows are too many


def row(scope: Scope, team: str, *, pictured: bool) -> TeamRow:
    """One team's row. Its figures are those of its own report."""
    chart, scores, name = scope.chart(team), scope.scores[team], scope.names[team]
    own = gather.narrative(scope.portfolio, team, scope.month)
    lately = _lately(scope.tests(team), scope.today)
    return TeamRow(
        team=name,
        url=scope.urls[team],
        flags=attention.short(scope.flags.get(team, ())),
        figure=_figure(scope, team) if pictured else None,
        value=_value(chart, scope.aim),
        verdict=verdicts.word(chart, scope.aim) if chart else "",
        rating=f"{ratings.score(scores[-1][1])} / {ratings.score(own.self_score if own else None)}",
        tests=figures.count(len(lately)),
        log=say("log {score} of {full}", score=round(mean(one.score for one in lately)), full=cycles.FULL)
        if lately
        else "",
        contact=words.contact(_contact(scope, team), scope.today),
        counts=words.counted(_counted(scope, team), scope.month),
        links=(_rate(scope, team), Link(say("Note a contact"), scope.occasion.blank(team, CONTACT)))
        if pictured
        else (),
    )


def after(rows: Sequence[TeamRow], more: int) -> str:
    """The teams after those that have a row in the mail, each with its figure, and how many there are besides."""
    named = [say("{team} {value}", team=one.team, value=one.value) for one in rows]
    told = say("After these: {teams}.", teams=listed(named))
    left = worded("The page tells of {n} more team.", "The page tells of {n} more teams.", more) if more else ""
    return joined(told, left)


def listing(scope: Scope) -> Listing:
    """Every month of the pictures in the rows."""
    charts = [(scope.names[team.code], chart) for team in scope.teams[:PICTURED] if (chart := scope.chart(team.code))]
    return listings.of_teams(charts, scope.aim)


def _figure(scope: Scope, team: str) -> Figure | None:
    chart, scores, name = scope.chart(team), scope.scores[team], scope.names[team]
    if chart is None or not chart.points:
        return None
    scene = drawing.row(chart, scores, scope.collaborative.rating.target)
    return Figure(f"row-{team}", name, alt.row(chart, scope.aim, name, scores), scene)


def _contact(scope: Scope, team: str) -> dt.date | None:
    """The day of the last contact that reached the team: that its report was read is none."""
    return max(
        (one.day for one in scope.portfolio.contacts if one.team == team and one.kind != "report read"), default=None
    )


def _counted(scope: Scope, team: str) -> Month | None:
    """The newest month of which counts are there."""
    sent = (at for (code, at), one in scope.sent.items() if code == team and one.standing in {"sent", "in part"})
    return max(sent, default=None)


def _rate(scope: Scope, team: str) -> Link:
    """Where the month's rating is given, or stands."""
    given = gather.rating(scope.portfolio, team, scope.month)
    if given is None:
        return Link(say("Rate the team"), scope.occasion.blank(team, RATING))
    return Link(say("See your rating"), of_entry(scope.occasion.links, given.entry))


def _value(chart: Chart | None, measure: Measure) -> str:
    if chart is None or chart.now is None:
        return "–"
    chip = states.chip(chart.now)
    return figures.value(measure, chart.now.value) if chip is None else f"{chip.mark} {inside(chip.word)}"


def month(scope: Scope) -> Month:
    """The month that the values are of: the one reported, or the last one in which the measure was due."""
    return max(
        (chart.now.month for team in scope.teams if (chart := scope.chart(team.code)) and chart.now),
        default=scope.month,
    )


def _lately(tests: Sequence[Pdsa], today: dt.date) -> list[Pdsa]:
    """Tests that ran at any time in the window."""
    begin = today - dt.timedelta(days=WINDOW)
    return [one for one in tests if one.start and one.start <= today and (one.end is None or one.end >= begin)]


def legend(scope: Scope) -> str:
    """What the short forms of the grid mean."""
    charts = [chart for team in scope.teams if (chart := scope.chart(team.code))]
    line = next((chart.line for chart in charts if chart.line), "")
    needed = max((chart.run.needed for chart in charts if chart.run), default=0)
    points = saying.counted(3, charts[0].each) if charts else ""
    if needed and line:
        run = say(
            "“3 below”: the latest {points} all below the team’s own {line}; {number} in a row make a signal.",
            points=points,
            line=saying.line(line),
            number=figures.spelled(needed),
        )
    elif line:
        run = say(
            "“3 below”: the latest {points} all below the team’s own {line}.", points=points, line=saying.line(line)
        )
    else:
        run = ""
    return joined(
        run,
        worded(
            "Steps: your rating over {n} month, the dashed line is {target}.",
            "Steps: your rating over {n} months, the dashed line is {target}.",
            STEPS,
            target=ratings.score(scope.collaborative.rating.target),
        ),
        say(
            "Tests: those that ran in the last {days} days; log: their mean points of {full}.",
            days=WINDOW,
            full=cycles.FULL,
        ),
    )
