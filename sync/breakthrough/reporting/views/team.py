"""The team's report (domain §7.2): against its aim, what is due, charts, tests, the coach's note, the next dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Coach, Collaborative
from breakthrough.errors import NothingToReport
from breakthrough.language import listed, say
from breakthrough.measures.values import Blocked, Chart, Doubt, Restated
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links
from breakthrough.reporting.parts import Brief, ChartBlock, Dated, Duty, Header, Passage, Tile
from breakthrough.reporting.sentences import aim, cycles, dates, duties, ratings
from breakthrough.reporting.sentences import restated as sentences
from breakthrough.reporting.sentences.verdicts import Verdict, verdict
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import chart_blocks, duty_list, gather
from breakthrough.reporting.views import peers as among
from breakthrough.reporting.views.occasion import NAME, Occasion, header, subject
from breakthrough.reporting.views.peers import Elsewhere, ElsewhereSection, Peers, PeerSection
from breakthrough.reporting.views.ramp_blocks import TestSection, section
from breakthrough.reporting.views.returns import Return, returns
from breakthrough.teams.values import Portfolio, Team

_TILES = 3
RESTATED = 6  # figures that were given otherwise before; beyond, how many more


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the rating scale: its number, and whether coach or team stand on it."""

    score: str
    coach: bool
    own: bool


@dataclass(frozen=True, slots=True)
class Note:
    """The coach's released rating and words beside the team's own rating."""

    kicker: str
    heading: str
    steps: tuple[Step, ...]
    legend: str
    target: str
    passages: tuple[Passage, ...]
    meaning: str
    action: str


@dataclass(frozen=True, slots=True)
class TeamReport:
    """Everything a team's report says and shows, in the order it is read."""

    team: str
    month: Month
    subject: str
    header: Header
    heading: str
    summary: str
    aim: Passage | None
    tiles: tuple[Tile, ...]
    duties_heading: str
    duties: tuple[Duty, ...]
    more_duties: str
    coming: tuple[Duty, ...]
    thanks: str
    charts: tuple[ChartBlock, ...]
    others: tuple[Brief, ...]
    not_collected: str
    restated: tuple[str, ...]
    more_restated: str
    tests: TestSection
    note: Note | None
    peers: PeerSection | None
    elsewhere: ElsewhereSection | None
    dates: tuple[Dated, ...]
    home: str


def team_report(
    collaborative: Collaborative,
    team: str,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    *,
    occasion: Occasion,
    doubts: Sequence[Doubt] = (),
    received: dt.date | None = None,
    blocked: Sequence[Blocked] = (),
    restated: Sequence[Restated] = (),
    peers: Peers | None = None,
    elsewhere: Sequence[Elsewhere] = (),
    forms: Collection[str] = (),
) -> TeamReport:
    """The report of one team and month.

    `portfolio`, `frame`, `charts`, `doubts` and `restated` (figures that its last report gave otherwise) hold that
    team alone; `received` is the day its counts of the month came in, where known; `blocked` are the measures that
    cannot be counted; `forms` the instruments that the project has. `peers` and `elsewhere` are all that it may be
    told of others, and can hold no more than that. Raises ReportError where anything of another team is among the
    rest, NothingToReport where the team has no chart.
    """
    gather.confine([team], portfolio, frame, charts, doubts, (one.team for one in restated))
    changed = sentences.told(restated, collaborative, occasion.month)
    mine = {measure: chart for (_, measure), chart in charts.items()}
    lead = mine.get(collaborative.aim.measure)
    if lead is None:
        raise NothingToReport(
            f"There is no chart of the aim’s measure for team {team}, so there is nothing to report. "
            "Is the team among those that figures were worked out for?"
        )
    who, today = portfolio.team(team), occasion.today(collaborative)
    coach, numbers = collaborative.coach(who.coach), cycles.numbered(portfolio.pdsas)
    measure = collaborative.measures[lead.measure]
    found = {code: verdict(chart, collaborative.measures[code], collaborative.calendar) for code, chart in mine.items()}
    month, links = occasion.month, occasion.links
    sent = returns(frame, collaborative)
    waiting = duty_list.waiting(team, collaborative, portfolio, sent, doubts, numbers, occasion, forms)
    codes = chart_blocks.chosen(mine, collaborative)
    call, meeting = dates.next_call(coach, today), dates.next_meeting(collaborative, today)
    tests = chart_blocks.Tests(portfolio.pdsas, numbers, call)
    others, without = _others(mine, found, codes, collaborative)
    return TeamReport(
        team=team,
        month=month,
        subject=subject(collaborative, say("Your progress report"), occasion),
        header=header(
            collaborative,
            occasion,
            title=say("{team}, {month}", team=line(who.name, NAME), month=month.label),
            preview=aim.preview(lead, measure, len(waiting)),
        ),
        heading=aim.heading(lead, measure),
        summary=aim.summary(lead, found[lead.measure], mine, collaborative.measures),
        aim=_own_aim(portfolio, team, links),
        tiles=tuple(
            chart_blocks.tile(mine[code], found[code], collaborative.measures[code]) for code in codes[:_TILES]
        ),
        duties_heading=duties.heading(len(waiting)),
        duties=waiting[: duty_list.MOST],
        more_duties=duties.more(len(waiting) - duty_list.MOST),
        coming=duty_list.coming(team, collaborative, portfolio, occasion, forms),
        thanks=_thanks(sent.get((team, month)), received, collaborative, month),
        # The first chart asks for counts that are owed; the same words beside every other would be noise.
        charts=tuple(
            chart_blocks.block(
                mine[code],
                found[code],
                collaborative,
                tests,
                ask=place == 0 or mine[code].points[-1].state == "invalid",
            )
            for place, code in enumerate(codes)
        ),
        others=others,
        not_collected=joined(without, _blocked(blocked, collaborative)),
        restated=changed[:RESTATED],
        more_restated=sentences.more(len(changed) - RESTATED),
        tests=section(portfolio.pdsas, collaborative, numbers, month, today),
        note=_note(collaborative, portfolio, who, coach, occasion),
        peers=among.among(peers, collaborative, meeting, call),
        elsewhere=among.elsewhere(elsewhere, collaborative, call),
        dates=dates.for_team(collaborative, coach, month, today),
        home=links(team),
    )


def _own_aim(portfolio: Portfolio, team: str, links: Links) -> Passage | None:
    charter = portfolio.charters.get(team)
    return gather.passage(charter.aim, links, 240) if charter else None


def _others(
    charts: Mapping[str, Chart], found: Mapping[str, Verdict], shown: Sequence[str], collaborative: Collaborative
) -> tuple[tuple[Brief, ...], str]:
    """The measures without a chart of their own: those with a figure in a line each, those never collected by name."""
    rest = [code for code in collaborative.measures if code in charts and code not in shown]
    never = [
        code
        for code in rest
        if all(point.state in {"not_collected", "not_in_session"} for point in charts[code].points)
    ]
    briefs = tuple(
        chart_blocks.brief(charts[code], found[code], collaborative.measures[code])
        for code in rest
        if code not in never
    )
    names = listed([collaborative.measures[code].name for code in never])
    return briefs, say("Not collected by your team: {measures}.", measures=names) if never else ""


def _blocked(some: Sequence[Blocked], collaborative: Collaborative) -> str:
    names = listed([line(collaborative.measures[one.measure].name, 60) for one in some])
    if not some:
        return ""
    return say(
        "Cannot be counted at present, for a reason that does not lie with your team: {measures}.", measures=names
    )


def _thanks(one: Return | None, received: dt.date | None, collaborative: Collaborative, month: Month) -> str:
    if one is None or one.standing not in {"sent", "in part"}:
        return ""
    return duties.thanks(month, received, collaborative.calendar.due(month))


def _note(
    collaborative: Collaborative, portfolio: Portfolio, team: Team, coach: Coach | None, occasion: Occasion
) -> Note | None:
    """The coach's note, only if released, beside the team's own rating; None where there is neither."""
    given = gather.rating(portfolio, team.code, occasion.month)
    rated = given if given and given.released else None
    own = gather.narrative(portfolio, team.code, occasion.month)
    if rated is None and (own is None or own.self_score is None):
        return None
    texts = (rated.why, rated.suggestion) if rated else ()
    passages = [gather.passage(text, occasion.links) for text in texts]
    call = dates.next_call(coach, occasion.today(collaborative))
    return Note(
        kicker=say("Your coach, {name}", name=line(coach.name, NAME)) if coach else say("Your coach"),
        heading=ratings.heading(rated, own).rstrip("."),
        steps=tuple(
            Step(ratings.score(step), bool(rated and rated.score == step), bool(own and own.self_score == step))
            for step in ratings.SCALE
        ),
        legend=ratings.legend(rated, own, collaborative),
        target=ratings.target(collaborative),
        passages=tuple(one for one in passages if one),
        meaning=ratings.apart(rated, own, call),
        action=ratings.action(rated, own),
    )
