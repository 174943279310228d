"""What a chart says: chip, heading and meaning, from its signals, its latest run and its newest month."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose

from breakthrough.collaborative import Measure, Timeline
from breakthrough.measures.signals import FADED, FEWEST_USEFUL
from breakthrough.measures.values import Chart, Signal
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.parts import Chip
from breakthrough.reporting.sentences import lines, patterns, seasons, states, yearly
from breakthrough.reporting.sentences.words import capital, listed, many, named, plural, series, span, times

_CHIPS = {
    "improving": Chip("◆", "Improving signal", "good"),
    "worsening": Chip("■", "Worsening signal", "bad"),
    "unclear": Chip("◇", "Unusual pattern"),
    "none": Chip("○", "No signal yet"),
    "few": Chip("○", "Too few points"),
    "no_rule": Chip("–", "Compared with last year"),
}
_PASSING = Chip("○", "No lasting signal")  # a month has been beyond a limit, and the next ones are back within
_NOT_LASTING = ("No signal yet", "No lasting signal")
_A_SIGNAL = patterns.A_SIGNAL
_RULES = ("shift", "trend", "two_of_three", "crossings", "few_runs", "many_runs", "limits")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A chart's finding. `heading` has no full stop; `meaning` is whole sentences."""

    chip: Chip
    heading: str
    meaning: str


def verdict(chart: Chart, measure: Measure, timeline: Timeline, *, whose: str = "your") -> Verdict:
    """The finding of a chart, as its newest phase has it. `whose` is `your`, `its` or `the`."""
    if chart.latest is None:
        return _empty(chart)
    said = _judged(chart, measure, timeline, whose)
    return Verdict(said.chip, said.heading, " ".join(part for part in (said.meaning, _stale(chart)) if part))


def word(chart: Chart, measure: Measure) -> str:
    """The verdict in two or three words, for a cell: `◆ improving, 7 below`, `3 below`, `too few points`."""
    if chart.latest is None:
        return "no figure"
    if chart.verdict == "no_rule":
        return yearly.word(chart, measure)
    if chart.verdict == "few":
        return "too few points"
    if chart.verdict in {"improving", "worsening", "unclear"}:
        told = newest(chart)
        head = f"{_CHIPS[chart.verdict].mark} {'unusual' if chart.verdict == 'unclear' else chart.verdict}"
        return f"{head}, {_short(chart, told)}" if told else head
    if chart.run is None or chart.run.side == "none":
        return "on the line"
    return f"{len(chart.run.months)} {chart.run.side}"


def newest(chart: Chart) -> Signal | None:
    """The signal that the verdict rests on: the latest in its direction; a shift says more than a single point.

    Months beyond a limit are told with those right before them beyond the same one. An unusual pattern may also be a
    shift that has faded: it then keeps the direction it had.
    """
    if chart.verdict in {"none", "few", "no_rule"}:
        return None
    of_it = [one for one in chart.signals if one.direction == chart.verdict]
    if chart.rules == "nhs" and chart.latest:  # the newest month alone makes the verdict
        of_it = [one for one in of_it if chart.latest.month in one.months]
    of_it = of_it or [one for one in chart.signals if one.rule != "limits"]
    told = max(of_it, key=lambda one: (-_RULES.index(one.rule), one.months[-1]), default=None)
    return lines.stretch(chart, told) if told and told.rule == "limits" else told


def first_verdict(chart: Chart, timeline: Timeline) -> Month | None:
    """The first month whose figures can be judged if none is missed; None where the collaborative ends before."""
    if chart.each == "event":
        return None  # nobody knows when events come
    months = lines.coming(timeline, chart, FEWEST_USEFUL - chart.n_useful)
    return months[-1] if len(months) == FEWEST_USEFUL - chart.n_useful and months else None


def _empty(chart: Chart) -> Verdict:
    if chart.points and all(point.state in {"not_collected", "not_in_session"} for point in chart.points):
        return Verdict(Chip("–", "Not collected"), "Your team does not collect this measure", "")
    chip = states.chip(chart.now) or Chip("–", "Nothing sent yet")
    return Verdict(chip, "Nothing to plot yet", "No month has been sent with cases to count.")


def _judged(chart: Chart, measure: Measure, timeline: Timeline, whose: str) -> Verdict:
    if chart.verdict == "no_rule":
        return Verdict(yearly.chip(chart, measure), yearly.heading(chart, measure), yearly.meaning(chart, measure))
    chip = _CHIPS[chart.verdict]
    if chart.verdict == "few":
        return Verdict(chip, *_few(chart, timeline))
    told = newest(chart)
    heading, meaning = _signalled(chart, measure, told, whose) if told else _none(chart, measure, timeline, whose)
    if told is None and _beyond(chart, None):
        chip, heading = _PASSING, heading.replace("not a signal yet", "no lasting signal").replace(*_NOT_LASTING)
    return Verdict(chip, heading, " ".join(part for part in (meaning, _besides(chart, told)) if part))


def _besides(chart: Chart, told: Signal | None) -> str:
    """A sentence for single months beyond a limit that the heading does not speak of; '' without."""
    lone = _beyond(chart, told)
    if not lone:
        return ""
    parts = []
    for where in ("above", "below"):
        months = [month for month in lone if lines.side(chart, [month]) == where]
        if months:
            limit = "upper" if where == "above" else "lower"
            parts.append(
                f"{series(months, _now(chart))} {'lies' if len(months) == 1 else 'lie'} {where} the {limit} limit"
            )
    return f"{capital(listed(parts))}: ask what was different then."


def _beyond(chart: Chart, told: Signal | None) -> list[Month]:
    said = told.months if told and told.rule == "limits" else ()
    return [one.since for one in chart.signals if one.rule == "limits" and one.since not in said]


def _signalled(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    match signal.rule:
        case "shift":
            return _shift(chart, measure, signal, whose)
        case "crossings":
            return _crossings(chart, measure, signal, whose)
        case "trend":
            return patterns.trend(chart, measure, signal)
        case "two_of_three":
            return patterns.two_of_three(chart, measure, signal, whose)
        case "few_runs" | "many_runs":
            return patterns.runs(chart, measure, signal, whose)
        case _:
            return _limits(chart, measure, signal, whose)


def _shift(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    now, where = _now(chart), lines.side(chart, signal.months)
    ended = chart.run is not None and chart.run.months[-1] > signal.months[-1]
    until = f", until {named(signal.months[-1], now)}" if ended else ""
    finding = _A_SIGNAL[signal.direction] if chart.verdict == signal.direction else "it has faded since"
    heading = (
        f"{capital(plural(signal.count, chart.each))} in a row {where} {lines.name(chart, whose)}{until}: {finding}"
    )
    told = [
        _against_chance(chart, measure, signal, whose),
        seasons.doubt(chart, measure, signal),
        "Something changed; the chart cannot say what.",
        _since(chart, where) if ended else f"{_ending(chart, where)} would end the signal.",
    ]
    return heading, " ".join(part for part in told if part)


def _against_chance(chart: Chart, measure: Measure, signal: Signal, whose: str) -> str:
    lay = f"{capital(span(signal.months, _now(chart)))} lay {lines.side(chart, signal.months)}"
    explained = f"chance alone explains up to {figures.spelled(signal.needed - 1)} in a row"
    if chart.rules != "anhoej":  # fixed lengths, which chance exceeds more often in longer series
        explained = f"the rules in use take {figures.spelled(signal.needed)} in a row for a signal"
    aside = f" {capital(chart.each)}s on the line itself are not counted." if _touches(chart, signal) else ""
    return f"{lay} {lines.with_height(chart, measure, whose)}; {explained}.{aside}"


def _touches(chart: Chart, signal: Signal) -> bool:
    """Whether a month between the signal's first and last lies on the line: it neither counts nor breaks the run."""
    first, last = signal.months[0], signal.months[-1]
    between = [
        (point.value, height)
        for point, height in zip(chart.points, chart.centre, strict=True)
        if first < point.month < last and point.month not in signal.months
    ]
    return any(value is not None and height is not None and isclose(value, height) for value, height in between)


def _ending(chart: Chart, where: lines.Side) -> str:
    return f"One {chart.each} {lines.other(where)} the line" if chart.rules == "nhs" else _again(chart, where)


def _again(chart: Chart, where: lines.Side) -> str:
    return f"{capital(figures.spelled(FADED))} {chart.each}s in a row {lines.other(where)} the line"


def _since(chart: Chart, where: lines.Side) -> str:
    """What has come after a shift whose last month has passed."""
    if chart.run is None or chart.run.side in {"none", where}:
        return f"{_again(chart, where)} would end the signal."
    back = len(chart.run.months)
    have = f"Since then {plural(back, chart.each)} in a row {'lies' if back == 1 else 'lie'} {chart.run.side}"
    if back < FADED:
        return f"{have}; at {figures.spelled(FADED)} the signal would end."
    return f"{have}; {figures.spelled(chart.run.needed)} would be a signal the other way."


def _crossings(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    crossed = f"The {chart.each}s have crossed {lines.name(chart, whose)} {_seldom(signal.count)}"
    heading = f"{crossed}: {_A_SIGNAL[signal.direction]}"
    counted = capital(plural(chart.n_useful, chart.each))
    meaning = (
        f"{counted} were counted against {lines.with_height(chart, measure, whose)}. "
        f"By chance alone they would cross it {times(signal.needed)} or more. "
        f"{_latest_run(chart)} The rules do not say what that means."
    )
    return heading, meaning


def _latest_run(chart: Chart) -> str:
    if chart.run is None or len(chart.run.months) < 2:
        return f"{capital(chart.each)}s keep to one side for long stretches."
    return f"The latest {figures.spelled(len(chart.run.months))} in a row lie {chart.run.side}."


def _seldom(number: int) -> str:
    return times(number) if number == 0 else f"only {times(number)}"


def _limits(chart: Chart, measure: Measure, signal: Signal, whose: str) -> tuple[str, str]:
    now, where, last = _now(chart), lines.side(chart, signal.months), signal.months[-1]
    limit, number = "upper" if where == "above" else "lower", len(signal.months)
    verb = "lies" if number == 1 else "lie"
    heading = f"{capital(series(signal.months, now))} {verb} {where} the {limit} limit: {_A_SIGNAL[signal.direction]}"
    value = lines.farthest(chart, last, where)
    bound = figures.value(measure, _bound(chart, last, where))
    told = (
        f"{named(last, now)} is {figures.value(measure, value)}; the {limit} limit then is {bound}, "
        f"three sigma from {lines.with_height(chart, measure, whose)}."
    )
    lasting = f"One {chart.each} alone asks what was different then; more of them would show a lasting change."
    if number > 1:
        lasting = f"{capital(plural(number, chart.each))} running is no accident of one; the chart cannot say why."
    return heading, f"{told} Chance alone rarely goes that far. {lasting}"


def _bound(chart: Chart, month: Month, where: lines.Side) -> float | None:
    bounds = chart.upper if where == "above" else chart.lower
    return next((b for point, b in zip(chart.points, bounds, strict=True) if point.month == month), None)


def _none(chart: Chart, measure: Measure, timeline: Timeline, whose: str) -> tuple[str, str]:
    run, line = chart.run, lines.name(chart, whose)
    height = figures.value(measure, lines.centre(chart))
    if run is None or run.side == "none" or len(run.months) < 2:
        above, below = lines.split(chart)
        counted = f": {many(above)} above, {many(below)} below {line}" if above + below else ""
        since = f" since {lines.live(chart)[0].month.word}" if above + below else ""
        needed = figures.spelled(run.needed) if run else ""
        turn = f" {capital(needed)} in a row on one side would be a signal." if needed else ""
        return (
            f"No signal yet{counted}{since}",
            f"The {chart.each}s go up and down around {height}, as by chance alone.{turn}",
        )
    have = plural(len(run.months), chart.each)
    heading = f"{capital(have)} in a row {run.side} {line}: not a signal yet"
    return heading, f"{capital(line)} is {height}. {_outlook(chart, timeline, height)}"


def _outlook(chart: Chart, timeline: Timeline, height: str) -> str:
    """What would change the verdict, and when at the earliest."""
    run, more = chart.run, lines.lacking(chart)
    if run is None or chart.latest is None:
        return ""
    needed = figures.spelled(len(run.months) + more)
    ahead = lines.coming(timeline, chart, more)
    if more > 3 or len(ahead) < more or chart.each == "event":
        return f"{capital(needed)} in a row would make {_A_SIGNAL[run.direction]}: {figures.spelled(more)} more."
    months = listed([month.word for month in ahead])
    also = "also stays" if more == 1 else "also stay"
    return (
        f"It takes {needed} in a row. If {months} {also} {run.side} {height}, "
        f"the figures for {ahead[-1].word} will show {_A_SIGNAL[run.direction]}."
    )


def _few(chart: Chart, timeline: Timeline) -> tuple[str, str]:
    so_far, enough = many(chart.n_useful), figures.spelled(FEWEST_USEFUL)
    heading = f"Too few points to judge: {so_far} so far, {enough} are needed"
    month = first_verdict(chart, timeline)
    if month is None:
        if chart.each == "event":
            return heading, "An event counts unless its time since the one before lies exactly on the line."
        return heading, f"A {chart.each} counts once it is sent, has cases, and does not lie exactly on the line."
    return (
        heading,
        f"If no {chart.each} is missed, the figures for {month.word} {month.year} can be judged for the first time.",
    )


def _stale(chart: Chart) -> str:
    """Says so when the newest month has no figure, so that nobody reads an older verdict as this month's."""
    latest, now = chart.latest, chart.now
    if latest is None or now is None or latest.month == now.month:
        return ""
    return f"{now.month.word} {states.clause(now.state)}, so this speaks of the months up to {latest.month.word}."


def _short(chart: Chart, signal: Signal) -> str:
    if signal.rule == "limits":
        return f"{lines.side(chart, signal.months)} limit"
    if signal.rule == "crossings":
        return "few crossings"
    if signal.rule in {"trend", "two_of_three", "few_runs", "many_runs"}:
        return patterns.short(chart, signal)
    return f"{signal.count} {lines.side(chart, signal.months)}"


def _now(chart: Chart) -> Month:
    return chart.points[-1].month
