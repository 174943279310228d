"""Which charts a team's report shows, in which order, and the block around each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.collaborative.definition import Sampling
from breakthrough.language import capital, inside, listed, message, message_as, month_word, say, say_as
from breakthrough.measures.values import Chart
from breakthrough.reporting import charts as drawing
from breakthrough.reporting import clean, figures
from breakthrough.reporting.charts import TestMark
from breakthrough.reporting.draw import Scene
from breakthrough.reporting.parts import Brief, ChartBlock, Figure, MonthTable, Row, Tile
from breakthrough.reporting.sentences import actions, alt, goals, states
from breakthrough.reporting.sentences.cycles import Numbers
from breakthrough.reporting.sentences.verdicts import Verdict
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import listings
from breakthrough.teams.values import Pdsa

MOST = 4  # charts of a report
_TABLE = 6  # months of a table
_DEFINITION = 1_200  # letters; a definition that is longer is told to be
_BETTER = {
    "lower": message("lower is better"),
    "higher": message("higher is better"),
    "neither": message("no better side"),
}
_KINDS = {
    "outcome": message_as("kind of a measure", "outcome"),
    "process": message_as("kind of a measure", "process"),
    "balancing": message_as("kind of a measure", "balancing"),
}
_SIGNALS = frozenset({"improving", "worsening", "unclear"})


@dataclass(frozen=True, slots=True)
class Tests:
    """A team's tests, their numbers, and the day of the next call (`Tue 21 April`, or '')."""

    all: Sequence[Pdsa]
    numbers: Numbers
    call: str


def chosen(charts: Mapping[str, Chart], collaborative: Collaborative) -> list[str]:
    """Measure codes for two to four charts: the aim's, then signals, then key measures and outcomes."""
    shown = {code: chart for code, chart in charts.items() if chart.latest is not None}
    order = list(collaborative.measures)
    ranked = sorted(shown, key=lambda code: (_rank(code, shown[code], collaborative), order.index(code)))
    strong = [code for code in ranked if _rank(code, shown[code], collaborative) < _REST]
    return strong[:MOST] if len(strong) > 1 else ranked[:2]


_REST = 6


def _rank(code: str, chart: Chart, collaborative: Collaborative) -> int:
    measure, signal = collaborative.measures[code], chart.verdict in _SIGNALS
    if code == collaborative.aim.measure:
        return 0
    if chart.verdict == "worsening" and measure.kind != "process":
        return 1
    if signal:
        return 2 if measure.key else 3
    if measure.key:
        return 4
    return 5 if measure.kind == "outcome" else _REST


def block(chart: Chart, finding: Verdict, collaborative: Collaborative, tests: Tests, *, ask: bool) -> ChartBlock:
    """A chart with its finding, meaning, next action, last months and definition; `ask` as in `actions.action`."""
    measure = collaborative.measures[chart.measure]
    bearing = actions.bearing(tests.all, chart.measure, measure, collaborative)
    others = tuple(one for one in tests.all if one not in bearing)
    work = actions.Work(bearing, tests.numbers, tests.call, frozenset(one.idea for one in tests.all), others)
    kind = capital(say_as(*_KINDS[measure.kind]))
    return ChartBlock(
        kicker=f"{kind} · {inside(measure.name)} · {say(_BETTER[measure.direction])}",
        chip=finding.chip,
        heading=finding.heading,
        figure=picture(chart, measure, collaborative, tests.numbers, bearing, finding.heading),
        meaning=joined(finding.meaning, goals.sentence(chart, measure)),
        action=actions.action(chart, measure, work, collaborative, ask=ask),
        table=table(chart, measure),
        definition=_definition(chart, measure),
    )


def picture(
    chart: Chart,
    measure: Measure,
    collaborative: Collaborative,
    numbers: Numbers,
    tests: Sequence[Pdsa],
    heading: str,
    *,
    across: float | None = None,
) -> Figure:
    """A chart in both its cuts, the wide one `across` units wide; its alt text stands in where it is not seen."""
    phone = _scene(chart, measure, collaborative, numbers, tests, phone=True)
    wide = _scene(chart, measure, collaborative, numbers, tests, across=across)
    name = chart.measure.replace("_", "-")
    return Figure(
        name,
        say("{name}: {finding}", name=measure.name, finding=heading),
        alt.chart(chart, measure, heading),
        wide,
        phone,
        listings.of_chart(chart, measure),
    )


def _scene(
    chart: Chart,
    measure: Measure,
    collaborative: Collaborative,
    numbers: Numbers,
    tests: Sequence[Pdsa],
    *,
    phone: bool = False,
    across: float | None = None,
) -> Scene:
    if chart.kind == "year_on_year":
        return drawing.year_on_year(chart, measure, phone=phone, wide=across)
    marks = [
        TestMark(numbers[one.entry], one.start, one.end, one.status == "closed")
        for one in tests
        if one.start is not None
    ]
    return drawing.timeline(
        chart,
        measure,
        events=collaborative.calendar.events,
        tests=sorted(marks, key=lambda mark: mark.number),
        until=chart.goal_by or collaborative.calendar.end,
        phone=phone,
        wide=across,
    )


def _definition(chart: Chart, measure: Measure) -> str:
    """The definition that is in force, in which months it is reported, and the sample it stands on."""
    now = measure.at(chart.now.month) if chart.now else measure
    told = [f"{measure.plain}.", now.definition]
    if chart.each in {"quarter", "period"}:
        told.append(say("Reported in {months}.", months=listed([month_word(month) for month in measure.every])))
    if measure.sampling:
        told.append(say("A sample: {sample}.", sample=_sample(measure.sampling)))
    text, cut = clean.passage(" ".join(part for part in told if part), _DEFINITION)
    return joined(f"{text} …", say("Cut here: your coach has the rest.")) if cut else text


def _sample(one: Sampling) -> str:
    """`20 each time (first 20 charts of the month), of all well visits`."""
    if one.of:
        return say("{n} each time ({how}), of {whole}", n=one.size, how=one.how, whole=one.of)
    return say("{n} each time ({how})", n=one.size, how=one.how)


def table(chart: Chart, measure: Measure) -> MonthTable:
    """The last months: values, or states in words; below them what was counted, and out of how many."""
    points = chart.points[-_TABLE:]
    bare, label = figures.columned(measure)
    rows = [Row(label, tuple(listings.value(bare, point) for point in points))]
    above, below = listings.COUNTED.get(measure.type, ("", ""))
    if above:
        rows.append(Row(say(above), tuple(listings.count(point, point.numerator) for point in points)))
    if below and any(point.denominator is not None for point in points):
        rows.append(Row(say(below), tuple(listings.count(point, point.denominator) for point in points)))
    return MonthTable(tuple(point.month.short for point in points), tuple(rows))


def tile(chart: Chart, finding: Verdict, measure: Measure) -> Tile:
    """A headline figure. Where this month has none, the chip says so and the figure is the last one, with its month."""
    latest, now = chart.latest, chart.now
    figure = figures.value(measure, latest.value if latest else None)
    goal = goals.wanted(chart, measure) or say("no goal set")
    if latest and now and latest.month != now.month:
        goal = say("in {month}; {goal}", month=latest.month.word, goal=goal)
    return Tile(measure.name, figure, goal, states.chip(now) or finding.chip)


def brief(chart: Chart, finding: Verdict, measure: Measure) -> Brief:
    """A measure in one line."""
    latest, now = chart.latest, chart.now
    counted = alt.counted(measure, latest) if latest else ""
    if latest and now and latest.month != now.month:
        month = latest.month.word
        counted = say("{counts} in {month}", counts=counted, month=month) if counted else say("in {month}", month=month)
    bare, label = figures.columned(measure)
    return Brief(
        label, figures.value(bare, latest.value if latest else None), counted, states.chip(now) or finding.chip
    )
