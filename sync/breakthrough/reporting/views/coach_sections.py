"""The sections of a coach's report, each worked out from the coach's scope."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from breakthrough.language import day, inside, say
from breakthrough.measures.values import Chart, Pooled
from breakthrough.month import Month
from breakthrough.reporting import charts as drawing
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Chip, Figure, Passage
from breakthrough.reporting.sentences import actions, alt, cycles, dates, ratings, restated
from breakthrough.reporting.sentences import portfolio as words
from breakthrough.reporting.sentences.verdicts import chip as judged
from breakthrough.reporting.sentences.verdicts import verdict
from breakthrough.reporting.sentences.words import days, joined, named, times
from breakthrough.reporting.views import chart_blocks, gather, grid, listings
from breakthrough.reporting.views.scope import Scope
from breakthrough.teams import judgement
from breakthrough.teams.grouped import by_team
from breakthrough.teams.values import Ask

ASKS, BRIGHT, DOUBTS, RESTATED = 8, 5, 6, 8
_ACROSS = 592  # drawn units: the room between a coach report's gutters
_DOUBTED = 3  # months that doubts look back
_SILENT = 2  # months without counts and report
_RATED = frozenset({"active", "completed"})  # whose work there is to judge: a paused team rests


@dataclass(frozen=True, slots=True)
class AskLine:
    """Something a team asked for."""

    team: str
    text: Passage
    of: str
    age: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A team, and what there is to say about it; in the team's own words, where there are any to print."""

    team: str
    text: str
    quote: Passage | None = None


@dataclass(frozen=True, slots=True)
class Ratings:
    """How ratings are spread, with a next action. No picture where nobody has been rated."""

    heading: str
    figure: Figure | None
    meaning: str
    action: str


@dataclass(frozen=True, slots=True)
class Together:
    """The collaborative as a whole."""

    kicker: str
    chip: Chip
    heading: str
    figure: Figure | None
    meaning: str
    action: str


def headline(scope: Scope, first: str) -> str:
    """Whom to begin with, and how many teams show a signal on any measure."""
    verdicts = [(team, chart.verdict) for (team, _), chart in scope.charts.items()]
    up, down = ({team for team, found in verdicts if found == wanted} for wanted in ("improving", "worsening"))
    return words.headline(first, len(up), len(down), len(scope.teams))


def sent(scope: Scope) -> str:
    """Who has sent the month, on time or not, and who has not."""
    month = scope.month
    owing = [team.code for team in scope.teams if _standing(scope, team.code, month) not in {"to come", "not expected"}]
    here = [team for team in owing if _standing(scope, team, month) == "sent"]
    due = scope.collaborative.calendar.due(month)
    known = [team for team in here if team in scope.received]
    on_time = sum(scope.received[team] <= due for team in known) if len(known) == len(here) else None
    absent = [
        (scope.names[team], _absent(scope, team)) for team in owing if _standing(scope, team, month) == "not sent"
    ]
    partly = [scope.names[team] for team in owing if _standing(scope, team, month) == "in part"]
    silent = [scope.names[team] for team in owing if _is_silent(scope, team)]
    told = words.sent(month, len(here), len(owing), on_time, day(due))
    return joined(told, words.not_sent(absent, partly, silent, month))


def asks(scope: Scope) -> tuple[AskLine, ...]:
    """What teams have asked for, oldest first."""
    found: dict[tuple[str, str], list[Ask]] = {}
    for ask in sorted(scope.portfolio.asks, key=lambda one: one.since):
        if ask.team in scope.names and ask.text.written.strip():
            found.setdefault((ask.team, ask.text.written.strip()), []).append(ask)
    return tuple(_ask(scope, same) for same in found.values())


def _ask(scope: Scope, same: Sequence[Ask]) -> AskLine:
    """An ask with the age of its first time; asked again in the same words, it is one ask still."""
    first = same[0]
    text = gather.passage(first.text, scope.occasion.links, 160)
    age = days(max(first.age(scope.today), 0))
    if len(same) > 1:
        age = say("{days}, asked {times}", days=age, times=times(len(same)))
    return AskLine(
        scope.names[first.team], text or Passage(None, scope.urls[first.team]), words.asked_of(first.of), age
    )


def rows(scope: Scope) -> tuple[grid.TeamRow, ...]:
    """The grid."""
    return tuple(grid.row(scope, team.code, pictured=at < grid.PICTURED) for at, team in enumerate(scope.teams))


def spread(scope: Scope) -> Ratings:
    """The distribution of the coach's ratings over the last months."""
    month, scores = scope.month, scope.scores
    target = scope.collaborative.rating.target
    months = [at for at, _ in next(iter(scores.values()))]
    levels = {at: ratings.distribution(scores, at) for at in months}
    figure = None
    if any(levels.values()):
        scene, phone = (drawing.rating_distribution(levels, target, months, phone=cut) for cut in (False, True))
        told, listing = alt.distribution(levels[month], month), listings.of_ratings(levels, months)
        figure = Figure("ratings", say("Ratings by month"), told, scene, phone, listing)
    here = {team.code for team in scope.teams if team.status in _RATED}
    moving = {team: steps for team, steps in scores.items() if team in here}
    meeting = dates.next_meeting(scope.collaborative, scope.today)
    return Ratings(
        heading=ratings.spread_heading(scores, month),
        figure=figure,
        meaning=joined(
            ratings.spread_meaning(scores, month, scope.collaborative),
            ratings.behind(moving, month, judgement.hoped(scope.collaborative, month)),
            ratings.discordant(_apart(scope, here)),
            ratings.unmoved(moving, month, scope.names, target),
        ),
        action=ratings.spread_action(moving, month, scope.names, meeting),
    )


def _apart(scope: Scope, teams: Collection[str]) -> list[tuple[str, float, float]]:
    """The teams whose own rating of the month and the coach's are far apart: name, the coach's, their own."""
    by = scope.collaborative.flags.gap
    return [
        (scope.names[one.team], one.coach, one.own)
        for one in judgement.judged(scope.portfolio, scope.collaborative, scope.month)
        if one.team in teams and one.month == scope.month and one.discordant(by) and one.coach and one.own
    ]


def together(scope: Scope, pooled: Sequence[Pooled], chart: Chart | None) -> Together | None:
    """The collaborative's line in its newest month that teams owe; None where no pooled figure was given."""
    given = [one for one in pooled if one.month <= scope.month]
    now = max((one for one in given if one.expected), key=lambda one: one.month, default=None)
    now = now or next((one for one in given if one.month == scope.month), None)
    if now is None:
        return None
    measure, figure, chip, meaning = scope.aim, None, judged("none"), ""
    action = say("Send every month: the pooled line needs all teams.")
    if chart is not None and chart.latest is not None:
        finding = verdict(chart, measure, scope.collaborative.calendar, whose="the")
        chip, meaning = finding.chip, words.pooled_meaning(now, measure, finding)
        figure = chart_blocks.picture(chart, measure, scope.collaborative, {}, (), finding.heading, across=_ACROSS)
        action = actions.pooled(chart, dates.next_meeting(scope.collaborative, scope.today))
    what = say("{measure}, {month}", measure=inside(measure.name), month=named(now.month, scope.month))
    kicker = " · ".join([say("The collaborative"), what])
    return Together(kicker, chip, words.pooled_heading(now, measure), figure, meaning, action)


def bright(scope: Scope) -> tuple[Finding, ...]:
    """Improving signals with what was tested before or meanwhile; the team's own words where they may be printed."""
    found = []
    for team in scope.teams:
        own = gather.narrative(scope.portfolio, team.code, scope.month)
        quote = gather.passage(own.bright, scope.occasion.links, 200) if own else None
        for (code, name), chart in scope.charts.items():
            if code == team.code and chart.verdict == "improving":
                measure = scope.collaborative.measures[name]
                tests = actions.bearing(scope.tests(code), name, measure, scope.collaborative)
                found.append(Finding(scope.names[code], words.bright(chart, measure, tests), quote))
                quote = None
    return tuple(found)


def full_logs(scope: Scope) -> str:
    """Teams all of whose tests that closed in the month have full logs."""
    closed = Counter[str]()
    thin = set()
    for test in scope.portfolio.pdsas:
        if test.status == "closed" and test.end is not None and Month.of(test.end) == scope.month:
            closed[test.team] += 1
            if test.score < cycles.FULL:
                thin.add(test.team)
    full = [(scope.names[team], count) for team, count in closed.items() if team not in thin and team in scope.names]
    return words.full_logs(full)


def doubts(scope: Scope) -> tuple[Finding, ...]:
    """What keeps measures from being counted, then figures of the last months to look at again, the newest first."""
    recent = [one for one in scope.doubts if scope.month + -_DOUBTED < one.month <= scope.month]
    recent.sort(key=lambda one: one.month, reverse=True)
    names = {code: measure.name for code, measure in scope.collaborative.measures.items()}
    general = [
        joined(say("{measure} cannot be counted.", measure=names[one.measure]), *one.reasons) for one in scope.blocked
    ]
    general += [one.evidence for one in scope.unplaced]
    every = [Finding(say("All teams"), line(text, 240)) for text in general]
    return (*every, *(Finding(scope.names[one.team], line(one.evidence, 240)) for one in recent))


def changed(scope: Scope) -> tuple[Finding, ...]:
    """What the coach was told of teams before and is told otherwise now, the teams in the scope's order."""
    known = by_team(scope.restated)
    return tuple(
        Finding(scope.names[team.code], sentence)
        for team in scope.teams
        for sentence in restated.told(known.own(team.code), scope.collaborative, scope.month)
    )


def _standing(scope: Scope, team: str, month: Month) -> str:
    found = scope.sent.get((team, month))
    return found.standing if found else "not expected"


def _absent(scope: Scope, team: str) -> list[Month]:
    """The months not sent, up to the one reported, without a break; at most three."""
    months: list[Month] = []
    for back in range(12):
        month = scope.month + -back
        standing = _standing(scope, team, month)
        if standing == "not sent":
            months.insert(0, month)
        elif standing != "not expected":
            break
    return months[-3:]


def _is_silent(scope: Scope, team: str) -> bool:
    """No counts and no report in the last two months that were expected."""
    months = [scope.month + -back for back in range(12)]
    owed = [month for month in months if _standing(scope, team, month) not in {"not expected", "to come"}][:_SILENT]
    return len(owed) == _SILENT and all(
        _standing(scope, team, month) == "not sent" and gather.narrative(scope.portfolio, team, month) is None
        for month in owed
    )
