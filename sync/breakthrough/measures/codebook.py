"""What every column and every measure of the tables means, so that they read in R or pandas without asking anybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from breakthrough.collaborative import Collaborative
from breakthrough.measures import definition
from breakthrough.measures.health import definitions
from breakthrough.measures.results import STATES
from breakthrough.measures.table import RULES, TIDY
from breakthrough.measures.values import Direction

Type = Literal["text", "month", "date", "time", "number", "whole number", "logical"]
Table = Literal["figures", "pooled", "strata", "funnel", "health", "interrupted"]

_SIDES = ("above", "below")
_DIRECTIONS: tuple[str, ...] = get_args(Direction)
_RULE_WORDS = {
    "shift": "the month is part of a run on one side of the line that is longer than chance makes",
    "trend": "the month is part of a row of months each higher, or each lower, than the one before",
    "two_of_three": "the month is one of two of three successive months close to one limit",
    "crossings": "the month is among those that cross the line too seldom",
    "few_runs": "the month is among those that make too few runs",
    "many_runs": "the month is among those that make too many runs",
    "limits": "the month lies beyond the 3 sigma limits",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `tables` are those that have it; `allowed` the values it can have, '' where any of its type."""

    name: str
    type: Type
    unit: str
    allowed: str
    meaning: str
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """A measure, of teams or of the collaborative itself, in words, as it is defined from the month `since` on.

    `since` is '' for its first definition, `definition_version` '' of a health measure.
    """

    code: str
    since: str
    name: str
    kind: str
    type: str
    definition: str
    numerator: str
    denominator: str
    value: str
    multiply: float
    unit: str
    direction: str
    goal: float | None
    goal_by: str
    lag: int
    months: str  # of the year, in which it is reported
    cumulative: bool
    key: bool
    chart: str
    source: str
    definition_version: str


def columns() -> tuple[Column, ...]:
    """Every column of every table, those of the long table first and in its order."""
    own = {one.name: one for one in _columns()}
    return (*(own[name] for name in TIDY), *(one for name, one in own.items() if name not in TIDY))


def measures(collaborative: Collaborative) -> tuple[Described, ...]:
    """Every measure in the collaborative's order, once for each of its definitions, then those of its health."""
    return (*_measures(collaborative), *_health(collaborative))


def _measures(collaborative: Collaborative) -> Iterator[Described]:
    for code, measure in collaborative.measures.items():
        for since, one in measure.definitions:
            yield Described(
                code=code,
                since=str(since or ""),
                name=one.name,
                kind=one.kind,
                type=one.type,
                definition=" ".join((one.definition or one.plain).split()),
                numerator=definition.numerator(collaborative, one),
                denominator=definition.denominator(collaborative, one),
                value=definition.value(collaborative, one),
                multiply=one.multiply,
                unit=one.unit.strip(),
                direction=one.direction,
                goal=one.goal,
                goal_by=str(one.goal_by or ""),
                lag=one.lag,
                months=" ".join(map(str, one.every)),
                cumulative=one.cumulative,
                key=one.key,
                chart=one.draws,
                source=definition.source(one),
                definition_version=definition.version(collaborative, one),
            )


def _health(collaborative: Collaborative) -> Iterator[Described]:
    for code, one in definitions(collaborative).items():
        yield Described(
            code=code,
            since="",
            name=one.name,
            kind="health of the collaborative",
            type="median" if code == "h_turn" else "rate" if one.multiply == 1 else "proportion",
            definition=one.plain,
            numerator=one.numerator,
            denominator=one.denominator,
            value="",
            multiply=one.multiply,
            unit=one.unit.strip(),
            direction=one.direction,
            goal=one.goal,
            goal_by=str(one.goal_by or ""),
            lag=0,
            months=" ".join(map(str, range(1, 13))),
            cumulative=False,
            key=False,
            chart=one.shape,
            source="the outbox" if code == "h_turn" else "the collaborative's own forms",
            definition_version="",
        )


def _columns() -> Iterator[Column]:
    figures: tuple[Table, ...] = ("figures",)
    lines: tuple[Table, ...] = ("figures", "health")
    groups: tuple[Table, ...] = ("pooled", "strata")

    def column(
        name: str, kind: Type, meaning: str, tables: Iterable[Table], *, unit: str = "", allowed: str = ""
    ) -> Column:
        return Column(name, kind, unit, allowed, meaning, tuple(tables))

    yield column(
        "team",
        "text",
        "the team's code: its record in REDCap; of an interrupted series, blank for all teams together",
        ("figures", "funnel", "interrupted"),
    )
    yield column("cohort", "text", "the team's cohort, from its profile; blank where it has none", figures)
    yield column("region", "text", "the team's region, from its profile; blank where it has none", figures)
    yield column("type", "text", "the kind of organisation, from the team's profile; blank where nobody said", figures)
    yield column("month", "month", "the month that the figure is about, not the one it was sent in", (*lines, *groups))
    yield column("measure", "text", "the measure's code; see its own row", (*lines, *groups, "funnel", "interrupted"))
    yield column("state", "text", "whether there is a figure, and if not, why", lines, allowed=" | ".join(STATES))
    yield column(
        "numerator",
        "number",
        "what stands above the line, as the measure's own row says; pooled: the sum over reporting teams; of a "
        "difference, its own group's",
        (*lines, *groups, "funnel"),
        unit="count",
    )
    yield column(
        "denominator", "number", "what stands below the line, likewise", (*lines, *groups, "funnel"), unit="count"
    )
    yield column(
        "value",
        "number",
        "numerator / denominator x multiply; of a difference, the own group's less the other's; blank where nothing is "
        "plotted. An excluded month keeps its value",
        (*lines, "funnel"),
        unit="as in unit",
    )
    yield column("unit", "text", "the unit of value, goal, centre, lower and upper", ("figures", "health"))
    yield column(
        "goal", "number", "the goal on the chart: the team's own, else the collaborative's", lines, unit="as in unit"
    )
    yield column(
        "stage",
        "text",
        "the part of the journey: before the baseline, the baseline, from learning session 1 to the end, after it",
        figures,
        allowed="history | baseline | live | tail",
    )
    yield column("baseline", "logical", "whether the month is one of the baseline", figures, allowed="TRUE | FALSE")
    yield column(
        "phase",
        "whole number",
        "1, and one more from each month on at which a named person accepted a new line for the measure (and team)",
        figures,
    )
    yield column(
        "in_session",
        "logical",
        "whether anybody was there that month, by the calendar and by what the team said",
        figures,
        allowed="TRUE | FALSE",
    )
    yield column("due", "date", "the day by which the month's figure was due, the measure's lag included", figures)
    yield column(
        "submitted_on",
        "date",
        "the day on which the team filled in the form that the figure comes from, as it says; blank where it does not, "
        "and of case rows",
        figures,
    )
    yield column("centre", "number", "the centre line of the chart in that month", lines, unit="as in unit")
    yield column(
        "lower", "number", "the lower limit in that month, where the chart has limits", lines, unit="as in unit"
    )
    yield column("upper", "number", "the upper limit in that month, likewise", lines, unit="as in unit")
    for rule in RULES:
        yield column(
            f"signal_{rule}",
            "text",
            f"{_RULE_WORDS[rule]}: which way that is; blank where the rule is not met or not in the rule set",
            lines,
            allowed=" | ".join(_DIRECTIONS),
        )
    yield column(
        "entry_key",
        "text",
        "the form that the figure comes from, as `breakthrough explain` names it; project/form of case rows",
        figures,
    )
    yield column("reason", "text", "why the month is invalid, or what contradicts its state", figures)
    yield column(
        "versus_numerator", "number", "of a difference, what stands above the other group's line", figures, unit="count"
    )
    yield column(
        "versus_denominator",
        "number",
        "of a difference, what stands below the other group's line",
        figures,
        unit="count",
    )
    yield column(
        "copies", "whole number", "how many forms the team has for that month; 2 or more: entered twice", figures
    )
    yield column(
        "deviation",
        "number",
        "of a mean of case rows, the standard deviation (n - 1) of what was measured in them",
        figures,
    )
    yield column(
        "met",
        "whole number",
        "of an all-or-none composite of case rows, the parts of care that were done, over all rows of the denominator",
        figures,
        unit="count",
    )
    yield column("opportunities", "whole number", "likewise, the parts of care to be done", figures, unit="count")
    yield column(
        "gaps",
        "text",
        "of the time between events, each event of the month: its day, a colon, the days since the event before",
        figures,
    )
    yield column(
        "definition_version",
        "text",
        "a mark of the measure's definition: another one means that something else, or otherwise, was counted",
        figures,
    )
    yield column("rule_set", "text", "the rule set of the signals and its version", lines)
    yield column(
        "data_as_of",
        "time",
        "when the data were pulled from REDCap",
        ("figures", "pooled", "strata", "funnel", "health", "interrupted"),
    )
    yield from _of_groups(groups)
    yield from _of_funnels()
    yield from _of_interruptions()
    yield column("name", "text", "the measure's name", ("health",))
    yield column("direction", "text", "which way is better", ("health",), allowed="higher | lower")


def _of_groups(groups: tuple[Table, ...]) -> Iterator[Column]:
    strata: tuple[Table, ...] = ("strata",)
    yield Column("by", "text", "", "cohort | region | type", "what teams are grouped by", strata)
    yield Column("stratum", "text", "", "", "the group; blank: teams of which it is not known", strata)
    yield Column("teams", "whole number", "teams", "", "how many teams are in the group", strata)
    yield Column("pooled", "number", "as in unit", "", "sum of numerators / sum of denominators x multiply", groups)
    yield Column("median", "number", "as in unit", "", "the median of the reporting teams' values", groups)
    yield Column("reporting", "whole number", "teams", "", "k: teams with a value", groups)
    yield Column("expected", "whole number", "teams", "", "K: teams that owe the month", groups)
    yield Column(
        "at_goal", "whole number", "teams", "", "of the k, those at the collaborative's goal or beyond it", groups
    )
    yield Column(
        "no_cases", "whole number", "teams", "", "of the other K - k, those that reported nobody to count", groups
    )
    yield Column(
        "provisional",
        "logical",
        "",
        "TRUE | FALSE",
        "whether fewer teams than the reporting goal asks for have reported (k and no_cases, of K)",
        groups,
    )
    yield Column("lower_quartile", "number", "as in unit", "", "a quarter of the teams' values lie below it", groups)
    yield Column("upper_quartile", "number", "as in unit", "", "a quarter of the teams' values lie above it", groups)
    yield Column(
        "suppressed",
        "text",
        "",
        "teams | all",
        "what is withheld from this reader, so that no small number can be told: what is made of single teams' values, "
        "or the sums as well; blank where nothing is",
        groups,
    )
    yield Column(
        "cohort_teams",
        "whole number",
        "teams",
        "",
        "how many teams are in the constant cohort, where that alone was pooled; blank otherwise",
        groups,
    )


def _of_funnels() -> Iterator[Column]:
    funnel: tuple[Table, ...] = ("funnel",)
    yield Column("from", "month", "", "", "the first month of the funnel's period", funnel)
    yield Column("to", "month", "", "", "the last month of the funnel's period", funnel)
    yield Column("funnel_centre", "number", "as in unit", "", "the pooled rate of the period", funnel)
    for name, share in (("lower", "99.8 %"), ("upper", "99.8 %"), ("near_lower", "95 %"), ("near_upper", "95 %")):
        which = "lower" if "lower" in name else "upper"
        yield Column(
            f"limit_{name}", "number", "as in unit", "", f"the {which} limit that holds {share} of teams", funnel
        )
    yield Column("outside", "text", "", " | ".join(_SIDES), "beyond the 99.8 % limits; blank: within", funnel)
    yield Column("far", "text", "", " | ".join(_SIDES), "beyond the 95 % limits; blank: within", funnel)
    yield Column("limits", "text", "", "exact | overdispersed", "how the limits were made", funnel)
    yield Column(
        "overdispersed",
        "logical",
        "",
        "TRUE | FALSE",
        "whether teams lie further apart than chance alone would set them; the limits then allow for that",
        funnel,
    )
    yield Column("phi", "number", "", "", "about 1 where chance alone sets teams apart", funnel)
    yield Column("few", "logical", "", "TRUE | FALSE", "fewer than ten teams: over-dispersion cannot be told", funnel)


def _of_interruptions() -> Iterator[Column]:
    of: tuple[Table, ...] = ("interrupted",)
    unit = "as in unit of the measure"
    yield Column("interrupted_at", "month", "", "", "the first month after the interruption", of)
    yield Column("months_before", "whole number", "months", "", "months with a value before it", of)
    yield Column("months_after", "whole number", "months", "", "months with a value from it on", of)
    for name, what in (
        ("level", "by how much the level changed at that month, against the line before drawn on"),
        ("slope", "slope after less slope before, a month"),
        ("slope_before", "slope before, a month"),
        ("slope_after", "slope after, a month"),
    ):
        yield Column(name, "number", unit, "", f"{what}; blank with too few months", of)
        yield Column(f"{name}_low", "number", unit, "", "lower end of its confidence interval", of)
        yield Column(f"{name}_high", "number", unit, "", "upper end of its confidence interval", of)
        yield Column(f"{name}_p", "number", "", "", "its two-sided p-value (Newey-West errors, Student's t)", of)
    yield Column("expected_last", "number", unit, "", "in the last month, the line before drawn on", of)
    yield Column("fitted_last", "number", unit, "", "in the last month, the line after", of)
    yield Column("confidence", "number", "", "", "of the intervals: 0.95 is 95 per cent", of)
    yield Column("lag", "whole number", "months", "", "how far apart months may resemble one another", of)
    yield Column("autocorrelation", "number", "", "", "of the residuals, from one month to the next", of)
    yield Column("warnings", "text", "", "", "why the figures are weak, in whole sentences", of)
