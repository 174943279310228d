"""What a chart says: chip, heading and meaning, from its signals, its latest run and its newest month."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.collaborative import Measure, Timeline
from breakthrough.language import capital, listed, message, say, says, spelled
from breakthrough.measures import saying
from breakthrough.measures.saying import Whose
from breakthrough.measures.signals import FEWEST_USEFUL
from breakthrough.measures.values import Chart, Signal
from breakthrough.month import Month
from breakthrough.reporting import figures
from breakthrough.reporting.parts import Chip, Tone
from breakthrough.reporting.sentences import lines, patterns, signalled, states, yearly
from breakthrough.reporting.sentences.patterns import a_signal
from breakthrough.reporting.sentences.words import joined, many, series

_CHIPS: dict[str, tuple[str, str, Tone]] = {
    "improving": ("◆", message("Improving signal"), "good"),
    "worsening": ("■", message("Worsening signal"), "bad"),
    "unclear": ("◇", message("Unusual pattern"), "none"),
    "none": ("○", message("No signal yet"), "none"),
    "few": ("○", message("Too few points"), "none"),
    "no_rule": ("–", message("Compared with last year"), "none"),
    # a month has been beyond a limit, and the next ones are back within
    "passing": ("○", message("No lasting signal"), "none"),
}
_WORDS = {"improving": message("improving"), "worsening": message("worsening"), "unclear": message("unusual")}
_RULES = ("shift", "trend", "two_of_three", "crossings", "few_runs", "many_runs", "limits")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A chart's finding. `heading` has no full stop; `meaning` is whole sentences."""

    chip: Chip
    heading: str
    meaning: str


def verdict(chart: Chart, measure: Measure, timeline: Timeline, *, whose: Whose = "your") -> Verdict:
    """The finding of a chart, as its newest phase has it. `whose` is `your`, `its` or `the`."""
    if chart.latest is None:
        return _empty(chart)
    said = _judged(chart, measure, timeline, whose)
    return Verdict(said.chip, said.heading, joined(said.meaning, _stale(chart)))


def chip(found: str) -> Chip:
    """The mark and words of a verdict: `◆ Improving signal`."""
    mark, words, tone = _CHIPS[found]
    return Chip(mark, say(words), tone)


def word(chart: Chart, measure: Measure) -> str:
    """The verdict in two or three words, for a cell: `◆ improving, 7 below`, `3 below`, `too few points`."""
    if chart.latest is None:
        return say("no figure")
    if chart.verdict == "no_rule":
        return yearly.word(chart, measure)
    if chart.verdict == "few":
        return say("too few points")
    if chart.verdict in _WORDS:
        told = newest(chart)
        head = f"{_CHIPS[chart.verdict][0]} {say(_WORDS[chart.verdict])}"
        return say("{verdict}, {pattern}", verdict=head, pattern=_short(chart, told)) if told else head
    if chart.run is None or chart.run.side == "none":
        return say("on the line")
    return _so_many(len(chart.run.months), chart.run.side)


def _so_many(number: int, side: str) -> str:
    return say("{n} above", n=number) if side == "above" else say("{n} below", n=number)


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
        return Verdict(Chip("–", say("Not collected")), say("Your team does not collect this measure"), "")
    waiting = states.chip(chart.now) or states.nothing()
    return Verdict(waiting, say("Nothing to plot yet"), say("No month has been sent with cases to count."))


def _judged(chart: Chart, measure: Measure, timeline: Timeline, whose: Whose) -> Verdict:
    if chart.verdict == "no_rule":
        return Verdict(yearly.chip(chart, measure), yearly.heading(chart, measure), yearly.meaning(chart, measure))
    if chart.verdict == "few":
        return Verdict(chip("few"), *_few(chart, timeline))
    told = newest(chart)
    passing = told is None and bool(_beyond(chart, None))
    heading, meaning = (
        signalled.told(chart, measure, told, whose) if told else _none(chart, measure, timeline, whose, passing=passing)
    )
    return Verdict(chip("passing" if passing else chart.verdict), heading, joined(meaning, _besides(chart, told)))


def _besides(chart: Chart, told: Signal | None) -> str:
    """A sentence for single months beyond a limit that the heading does not speak of; '' without."""
    lone = _beyond(chart, told)
    parts = []
    if months := [month for month in lone if lines.side(chart, [month]) == "above"]:
        which = series(months, _now(chart))
        parts.append(
            says("{months} lies above the upper limit", "{months} lie above the upper limit", len(months), months=which)
        )
    if months := [month for month in lone if lines.side(chart, [month]) == "below"]:
        which = series(months, _now(chart))
        parts.append(
            says("{months} lies below the lower limit", "{months} lie below the lower limit", len(months), months=which)
        )
    if len(parts) > 1:
        return joined(*(f"{capital(part)}." for part in parts), say("Ask what was different then."))
    return say("{found}: ask what was different then.", found=capital(parts[0])) if parts else ""


def _beyond(chart: Chart, told: Signal | None) -> list[Month]:
    said = told.months if told and told.rule == "limits" else ()
    return [one.since for one in chart.signals if one.rule == "limits" and one.since not in said]


def _none(chart: Chart, measure: Measure, timeline: Timeline, whose: Whose, *, passing: bool) -> tuple[str, str]:
    """Without a signal. `passing`: a month lies beyond a limit, and the newest do not."""
    run, line = chart.run, lines.name(chart, whose)
    height = figures.value(measure, lines.centre(chart))
    if run is None or run.side == "none" or len(run.months) < 2:
        around = say(
            "The {points} go up and down around {height}, as by chance alone.",
            points=saying.several(chart.each),
            height=height,
        )
        turn = (
            say("{number} in a row on one side would be a signal.", number=capital(spelled(run.needed))) if run else ""
        )
        return _counted(chart, line, passing=passing), joined(around, turn)
    places = {"points": capital(saying.counted(len(run.months), chart.each)), "line": line}
    if passing:
        heading = (
            say("{points} in a row above {line}: no lasting signal", **places)
            if run.side == "above"
            else say("{points} in a row below {line}: no lasting signal", **places)
        )
    else:
        heading = (
            say("{points} in a row above {line}: not a signal yet", **places)
            if run.side == "above"
            else say("{points} in a row below {line}: not a signal yet", **places)
        )
    at = say("{line} is {height}.", line=capital(line), height=height)
    return heading, joined(at, _outlook(chart, timeline, height))


def _counted(chart: Chart, line: str, *, passing: bool) -> str:
    above, below = lines.split(chart)
    if not above + below:
        return say("No lasting signal") if passing else say("No signal yet")
    places = {"above": many(above), "below": many(below), "line": line, "month": lines.live(chart)[0].month.word}
    if passing:
        return say("No lasting signal: {above} above, {below} below {line} since {month}", **places)
    return say("No signal yet: {above} above, {below} below {line} since {month}", **places)


def _outlook(chart: Chart, timeline: Timeline, height: str) -> str:
    """What would change the verdict, and when at the earliest."""
    run, more = chart.run, lines.lacking(chart)
    if run is None or chart.latest is None:
        return ""
    needed, signal = spelled(len(run.months) + more), a_signal(run.direction)
    ahead = lines.coming(timeline, chart, more)
    if more > 3 or len(ahead) < more or chart.each == "event":
        return say(
            "{needed} in a row would make {signal}: {more} more.",
            needed=capital(needed),
            signal=signal,
            more=spelled(more),
        )
    places = {
        "months": listed([month.word for month in ahead]),
        "height": height,
        "last": ahead[-1].word if ahead else "",
        "signal": signal,
    }
    will = (
        says(
            "If {months} also stays above {height}, the figures for {last} will show {signal}.",
            "If {months} also stay above {height}, the figures for {last} will show {signal}.",
            more,
            **places,
        )
        if run.side == "above"
        else says(
            "If {months} also stays below {height}, the figures for {last} will show {signal}.",
            "If {months} also stay below {height}, the figures for {last} will show {signal}.",
            more,
            **places,
        )
    )
    return joined(say("It takes {needed} in a row.", needed=needed), will)


def _few(chart: Chart, timeline: Timeline) -> tuple[str, str]:
    heading = say(
        "Too few points to judge: {number} so far, {enough} are needed",
        number=many(chart.n_useful),
        enough=spelled(FEWEST_USEFUL),
    )
    month, point = first_verdict(chart, timeline), saying.one(chart.each)
    if month is None:
        if chart.each == "event":
            return heading, say("An event counts unless its time since the one before lies exactly on the line.")
        return heading, say(
            "A {point} counts once it is sent, has cases, and does not lie exactly on the line.", point=point
        )
    return heading, say(
        "If no {point} is missed, the figures for {month} can be judged for the first time.",
        point=point,
        month=month.label,
    )


def _stale(chart: Chart) -> str:
    """Says so when the newest month has no figure, so that nobody reads an older verdict as this month's."""
    latest, now = chart.latest, chart.now
    if latest is None or now is None or latest.month == now.month:
        return ""
    return say(
        "{state}, so this speaks of the months up to {month}.",
        state=states.clause(now.month.word, now.state),
        month=latest.month.word,
    )


def _short(chart: Chart, signal: Signal) -> str:
    if signal.rule == "limits":
        return say("above limit") if lines.side(chart, signal.months) == "above" else say("below limit")
    if signal.rule == "crossings":
        return say("few crossings")
    if signal.rule in {"trend", "two_of_three", "few_runs", "many_runs"}:
        return patterns.short(chart, signal)
    return _so_many(signal.count, lines.side(chart, signal.months))


def _now(chart: Chart) -> Month:
    return chart.points[-1].month
