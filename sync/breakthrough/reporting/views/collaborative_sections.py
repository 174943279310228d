"""The sections of the report on the whole collaborative: lines, teams side by side, ratings, reporting."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.collaborative import Counted
from breakthrough.language import say, worded
from breakthrough.measures import funnel as funnels
from breakthrough.measures.funnel import Funnel
from breakthrough.measures.health import Tally
from breakthrough.measures.values import Chart
from breakthrough.reporting import charts as drawing
from breakthrough.reporting.charts import Beside, Panel
from breakthrough.reporting.clean import line
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.parts import Chip, Figure, MonthTable, Row
from breakthrough.reporting.sentences import actions, alt, dates, ratings
from breakthrough.reporting.sentences import collaborative as words
from breakthrough.reporting.sentences.verdicts import chip as judged
from breakthrough.reporting.sentences.verdicts import verdict, word
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import listings
from breakthrough.reporting.views.together import Together

_ACROSS = 592
_TOLD = 40  # teams that the words for a picture name, those in need first; its table has all
_TABLE = 6  # months of a table
FEWEST_RATED = 5  # teams, from which their ratings are shown: of fewer, one could be guessed


@dataclass(frozen=True, slots=True)
class Section:
    """A picture with its finding, what it means and what to do next; a table where there is one."""

    kicker: str
    chip: Chip | None
    heading: str
    figure: Figure | None
    meaning: str
    action: str
    table: MonthTable | None = None


def together(of: Together) -> Section | None:
    """The aim's line over all teams, the median of teams beside it, and how many teams are in it."""
    now, code, measure = of.now, of.collaborative.aim.measure, of.aim
    months, chart = of.lines.get(code, ()), of.line_charts.get(code)
    if now is None:
        return None
    figure, chip, meaning = None, judged("none"), ""
    heading = say("Nothing to plot yet")
    if chart is not None and chart.latest is not None:
        finding = verdict(chart, measure, of.collaborative.calendar, whose="the")
        chip, meaning, heading = finding.chip, finding.meaning, finding.heading
        figure = _line(of, chart, finding.heading)
    shown = [one for one in months if one.month <= of.month and one.expected][-_TABLE:]
    table = MonthTable(
        tuple(one.month.short for one in shown),
        (
            Row(say("Pooled"), tuple(words.cell(one.pooled, one, measure) for one in shown)),
            Row(say("Median of teams"), tuple(words.cell(one.median, one, measure) for one in shown)),
            Row(say("Teams"), tuple(words.counted(one) for one in shown)),
        ),
    )
    meeting = dates.next_meeting(of.collaborative, of.today)
    action = actions.pooled(chart, meeting) if chart else say("Send every month: the pooled line needs all teams.")
    kicker = say("All teams together: pooled rate and median of teams")
    return Section(kicker, chip, heading, figure, joined(meaning, words.provisional(shown)), action, table)


def _line(of: Together, chart: Chart, heading: str) -> Figure:
    measure, months = of.aim, of.lines[of.collaborative.aim.measure]
    middle = {one.month: one.median if one.pooled is not None else None for one in months}
    medians = tuple((point.month, middle.get(point.month)) for point in chart.points)
    known = [value for _, value in medians if value is not None]
    beside = Beside(words.beside(known[-1], measure), medians) if known else None

    def scene(*, phone: bool) -> Scene:
        if chart.kind == "year_on_year":
            return drawing.year_on_year(chart, measure, phone=phone, wide=None if phone else _ACROSS)
        return drawing.timeline(
            chart,
            measure,
            events=of.collaborative.calendar.events,
            tests=(),
            until=chart.goal_by or of.collaborative.calendar.end,
            beside=beside,
            phone=phone,
            wide=None if phone else _ACROSS,
        )

    told = joined(alt.chart(chart, measure, heading), f"{beside.words}." if beside else "")
    title = say("{name}: {finding}", name=measure.name, finding=heading)
    listing = listings.of_chart(chart, measure)
    return Figure("together", title, told, scene(phone=False), scene(phone=True), listing)


def measures(of: Together) -> tuple[Row, ...]:
    """Every other measure: pooled, median of teams, teams, verdict."""
    found = []
    for code, months in of.lines.items():
        measure, chart = of.collaborative.measures[code], of.line_charts.get(code)
        now = next((one for one in months if one.month == of.month), None)
        if code == of.collaborative.aim.measure or now is None or chart is None:
            continue
        there = [one for one in months if one.month <= of.month and one.reporting]
        if not there:
            continue
        last = there[-1]
        told = word(chart, measure) if last.suppressed != "all" else say("withheld")
        cells = (
            words.cell(last.pooled, last, measure),
            words.cell(last.median, last, measure),
            words.counted_then(last, of.month),
            told,
        )
        found.append(Row(measure.name, cells))
    return tuple(found)


def teams(of: Together) -> Section | None:
    """A panel a team, where the policy lets a sponsor see any."""
    panels = [Panel(of.names[team], chart) for team, chart in of.panels.items() if chart.latest is not None]
    if len(panels) < 2:
        return None
    panels = drawing.by_need(panels)
    wide = drawing.small_multiples(panels, of.aim, wide=_ACROSS)
    phone = drawing.small_multiples(panels, of.aim, phone=True)
    heading = words.teams_heading([panel.chart for panel in panels])
    told = [say("{team} {verdict}", team=panel.name, verdict=word(panel.chart, of.aim)) for panel in panels[:_TOLD]]
    left = len(panels) - len(told)
    told += [worded("{n} more", "{n} more", left)] if left else []
    listing = listings.of_teams([(panel.name, panel.chart) for panel in panels], of.aim)
    figure = Figure("teams", heading, joined(f"{heading}.", f"{'; '.join(told)}."), wide, phone, listing)
    found = {panel.chart.verdict for panel in panels}
    return Section(
        kicker=say("Teams side by side"),
        chip=None,
        heading=heading,
        figure=figure,
        meaning=words.teams_meaning(len(of.panels) - len(panels)),
        action=words.teams_action("worsening" in found, "improving" in found),
    )


def funnel(of: Together) -> Section | None:
    """Teams by size, where the aim's measure is of cases and the policy lets a sponsor see any."""
    if not of.aim.of_cases or of.rows.empty:
        return None
    made = funnels.funnel(of.rows, of.collaborative, of.collaborative.aim.measure)
    if not made.points:
        return None
    size = _size(of)
    wide, phone = (
        drawing.funnel(made, of.aim, of.names, size=size, phone=cut, wide=None if cut else _ACROSS)
        for cut in (False, True)
    )
    heading = words.funnel_heading(made)
    figure = Figure("funnel", heading, joined(f"{heading}.", _beyond(made, of)), wide, phone)
    return Section(
        kicker=say("More than chance?"),
        chip=None,
        heading=heading,
        figure=figure,
        meaning=words.funnel_meaning(made, of.aim),
        action=words.funnel_action(made),
    )


def _size(of: Together) -> str:
    """What the denominator counts, in the words of the form; else no more than that it does."""
    below = of.aim.denominator
    if isinstance(below, Counted) and len(below.counts) == 1:
        return line(of.collaborative.counts[below.counts[0]].label, 90)
    return say("Out of")


def _beyond(made: Funnel, of: Together) -> str:
    told = [of.names.get(point.team, "") for point in made.outside]
    names = [one for one in told if one]
    return say("Outside: {teams}.", teams=", ".join(names)) if names else ""


def rated(of: Together) -> Section:
    """How released ratings are spread over the months: counts of teams, and no team."""
    month, scores = of.month, of.scores
    target = of.collaborative.rating
    months = [at for at, _ in next(iter(scores.values()), ())]
    levels = {at: ratings.distribution(scores, at) for at in months}
    now = sum(levels.get(month, {}).values())
    kicker = say("Coaches’ ratings")
    enough = {at: found for at, found in levels.items() if sum(found.values()) >= FEWEST_RATED}
    if month not in enough:
        heading, told = say("Too few released ratings to show"), words.too_few_rated(FEWEST_RATED)
        return Section(kicker, None, heading, None, told, words.ratings_action(behind=True))
    shown = [at for at in months if at in enough]
    wide, phone = (drawing.rating_distribution(enough, target.target, shown, phone=cut) for cut in (False, True))
    listing = listings.of_ratings(enough, shown)
    figure = Figure("ratings", say("Ratings by month"), alt.distribution(enough[month], month), wide, phone, listing)
    there = sum(number for level, number in enough[month].items() if level >= target.target)
    return Section(
        kicker=kicker,
        chip=None,
        heading=ratings.spread_heading(scores, month),
        figure=figure,
        meaning=joined(
            ratings.spread_meaning(scores, month, of.collaborative), words.distribution_alone(now, len(scores))
        ),
        action=words.ratings_action(behind=100 * there < target.share_of_teams * now),
    )


def reporting(of: Together) -> Section | None:
    """Who has sent, month by month, and who on time."""
    sent = {one.month: one for one in of.health if one.code == "h_report" and one.denominator}
    prompt = {one.month: one for one in of.health if one.code == "h_ontime" and one.denominator}
    if not sent:
        return None
    months = list(sent)[-_TABLE:]
    last = sent[months[-1]]
    asked = of.collaborative.reporting
    met = (last.value or 0.0) >= asked.goal
    if months[-1] in prompt:
        met = met and (prompt[months[-1]].value or 0.0) >= asked.on_time
    table = MonthTable(
        tuple(month.short for month in months),
        (
            Row(say("Sent"), tuple(_share(sent[month]) for month in months)),
            Row(say("On time"), tuple(_share(prompt.get(month)) for month in months)),
        ),
    )
    return Section(
        kicker=say("Reporting"),
        chip=None,
        heading=words.reporting_heading(last, prompt.get(months[-1])),
        figure=None,
        meaning=words.reporting_meaning(of.collaborative),
        action=words.reporting_action(met),
        table=table,
    )


def _share(one: Tally | None) -> str:
    if one is None or one.numerator is None or one.denominator is None:
        return "–"
    return words.share(one.numerator, one.denominator)
