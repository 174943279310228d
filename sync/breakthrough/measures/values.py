"""What the measures room hands on: the results frame, charts with their signals, and the collaborative's line."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from breakthrough.entry import EntryKey
from breakthrough.month import Month

State = Literal[
    "reported",  # numerator and denominator are there and make sense: there is a value
    "no_cases",  # the denominator is 0: reported, nothing to plot
    "not_in_session",  # nobody is there that month
    "not_collected",  # the team does not collect this measure (this month)
    "not_due",  # the month's due day has not come, and nothing has been entered yet
    "late",  # the team said that it will follow
    "missing",  # due, and not there
    "invalid",  # entered, but impossible: numerator larger than denominator, not a number, month entered twice …
    "excluded",  # a named person took it out of lines and signals; the value stays visible
    "not_expected",  # the team had not joined, paused or left
    "suppressed",  # a count is too small to be shown to this reader, or would give such a count away
]

# Columns of the results frame: one row for each team, measure and month from calendar.first to the month asked for.
COLUMNS = (
    "team",
    "month",
    "measure",
    "state",
    "numerator",
    "denominator",
    "value",
    "entry_key",
    "reason",
    "versus_numerator",
    "versus_denominator",
    "copies",
    "deviation",
    "met",
    "opportunities",
    "gaps",
)
# month is text (2026-03), so that frames sort and export plainly; numerator, denominator and value are float with NaN;
# value is multiplied (percentage points for a percentage); entry_key is str(EntryKey) or ''; reason says why invalid,
# or what contradicts the state; versus_* are the other group's counts of a difference, NaN for every other measure;
# copies is how many instances the team has for that month (0 none, 2 or more: entered twice). A measure counted from
# case rows stands on many: its entry_key is `project/form` and its copies 1 where the team has rows of that month.
# A count has no denominator, a median no numerator; an index has points reached and points that could be reached.
# deviation is the standard deviation of the values of a mean of case rows; met of opportunities are the parts of care
# done, of those to be done, beside an all-or-none composite; gaps are the days between events, each with the day of the
# month of the later one: "04:12 20:16". Where there is none of it, NaN or ''.

Direction = Literal["improving", "worsening", "unclear"]
Rule = Literal["shift", "trend", "two_of_three", "crossings", "few_runs", "many_runs", "limits"]
_OF_ALL: frozenset[Rule] = frozenset(
    {"crossings", "few_runs", "many_runs"}
)  # patterns of all months, of none by itself


ChartKind = Literal["run", "i", "i_prime", "xmr", "p", "p_prime", "u", "u_prime", "c", "g", "t", "xbar", "year_on_year"]
Each = Literal["month", "quarter", "period", "event"]  # what one point stands for


@dataclass(frozen=True, slots=True)
class Point:
    """One month of one measure on a chart. `value` is None where nothing is plotted."""

    month: Month
    state: State
    value: float | None
    numerator: float | None
    denominator: float | None
    kind: Literal["history", "baseline", "live", "tail"]

    def __reduce__(self) -> tuple[type[Point], tuple[object, ...]]:
        """For another process: what dataclasses do by themselves there takes ten times as long."""
        return Point, (self.month, self.state, self.value, self.numerator, self.denominator, self.kind)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event on a t chart: its day of the month, and the days since the event before it.

    `direction` is that of the signal that it is part of, None where it is of none.
    """

    month: Month
    day: int
    value: float
    state: State
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A pattern that chance rarely makes, with the line it was judged against.

    `rule` is shift (a run longer than the rule set allows), trend (months each higher, or each lower, than the one
    before), two_of_three (two of three successive months near one limit), crossings (the line is crossed too seldom),
    few_runs or many_runs (the months make too few or too many runs) or limits (beyond 3 sigma). `line` is the words for
    the line in use: "baseline median", "median of all months", "baseline average", "average of all months".
    `count` of `needed`: a shift of 8 where more than 7 make a signal has count 8, needed 8; where there are too many
    runs, needed is the most that chance makes.
    """

    rule: Rule
    direction: Direction
    months: tuple[Month, ...]
    since: Month
    line: str
    count: int
    needed: int


@dataclass(frozen=True, slots=True)
class Run:
    """The run that the latest points belong to: consecutive useful points on one side of the line."""

    side: Literal["above", "below", "none"]
    months: tuple[Month, ...]
    needed: int  # how long a run must be to make a signal
    direction: Direction


@dataclass(frozen=True, slots=True)
class Chart:
    """A measure over time, ready to be drawn or put in words. Everything a reader sees comes from here, computed once.

    `centre`, `lower`, `upper` have one value a point (None where none applies); for kind "year_on_year" all are None.
    `verdict` is the state of the newest phase: improving, worsening, unclear (an odd pattern), none (no signal yet),
    few (under 10 useful points), no_rule (cumulative measures). A measure that is not reported every month has points
    of those months alone, each for the time since the last. `goal` is the one in force at the last point.
    """

    measure: str  # code
    team: str | None  # None: the collaborative
    kind: ChartKind
    points: tuple[Point, ...]
    centre: tuple[float | None, ...]
    lower: tuple[float | None, ...]
    upper: tuple[float | None, ...]
    line: str  # words for the centre line, as in Signal.line; '' for year_on_year
    frozen: bool  # the centre line comes from the baseline alone
    n_useful: int
    signals: tuple[Signal, ...]
    run: Run | None
    verdict: Literal["improving", "worsening", "unclear", "none", "few", "no_rule"]
    goal: float | None
    goal_by: Month | None
    rule_set: str  # name and version: "anhoej 1"
    sigma_z: float | None = None
    each: Each = "month"
    every: tuple[int, ...] = tuple(range(1, 13))  # months of the year that have a point
    goals: tuple[float | None, ...] = ()  # the goal in force at each point; () where it is `goal` throughout
    versions: tuple[Month, ...] = ()  # months from which the measure has been defined otherwise
    events: tuple[Occurrence, ...] = ()  # of a t chart, what is plotted and judged; points are the months' medians

    @property
    def rules(self) -> str:
        """The name of the rule set alone, as the collaborative's file has it."""
        return self.rule_set.split()[0]

    @property
    def latest(self) -> Point | None:
        """The newest point that has a value and is not excluded, or None."""
        return next((p for p in reversed(self.points) if p.value is not None and p.state != "excluded"), None)

    @property
    def signalled(self) -> dict[Month, Direction]:
        """Where each month that is part of a signal points: what is beyond a limit goes before a shift or a trend.

        A pattern of all months (crossings and runs) is part of none.
        """
        return {
            month: signal.direction
            for signal in sorted(self.signals, key=lambda one: one.rule == "limits")
            if signal.rule not in _OF_ALL
            for month in signal.months
        }

    @property
    def now(self) -> Point | None:
        """The last month of the chart, whatever its state."""
        return self.points[-1] if self.points else None


@dataclass(frozen=True, slots=True)
class Pooled:
    """One month of the whole collaborative: sum of numerators over sum of denominators, beside the median of teams.

    For a difference, numerator and denominator are its own group's sums and `pooled` is the difference of pooled rates;
    for a count it is their sum. Medians do not add up over teams, nor do times between events: their `pooled` is None.
    The quartiles are of the teams' values, as the median is, and tell how far teams lie apart. A month is provisional
    while fewer of the K teams have reported than the collaborative's `reporting.goal` asks for, those that had nobody
    to count among them. `cohort` is the number of teams where only the constant cohort was pooled.

    Where a team's figures are withheld from the reader, `suppressed` is "teams": median, quartiles and `at_goal` would
    tell of it, and are None; where the sums would as well, it is "all", and they are NaN and `pooled` None.
    """

    month: Month
    numerator: float
    denominator: float
    pooled: float | None
    median: float | None
    reporting: int  # k teams with a value
    expected: int  # of K that owe data that month
    at_goal: int | None  # of the k, those at the collaborative's goal or beyond it; 0 where there is no goal
    no_cases: int = 0  # of the K - k others, those that reported that there was nobody to count
    provisional: bool = False
    lower_quartile: float | None = None
    upper_quartile: float | None = None
    cohort: int | None = None
    suppressed: Literal["", "teams", "all"] = ""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure to look at again, with the evidence in one sentence: software does not say what is right.

    What concerns several measures (a month entered twice, a denominator they share) is told once, at the first of them.
    """

    team: str
    measure: str
    month: Month
    code: Literal["invalid", "jump", "unchanged", "duplicate", "uncounted", "small_sample"]
    evidence: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """A measure that cannot be counted from case rows as things stand: it has no figures, rather than false ones.

    Each reason is a sentence that names what is not there.
    """

    measure: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Uncounted:
    """Case rows that belong into a denominator and can be counted in no month of no team, with the reason.

    `team` is '' where it is the team that cannot be told. `evidence` is a sentence without values.
    """

    team: str
    measures: tuple[str, ...]
    code: Literal["no_date", "bad_date", "future_date", "no_team", "unknown_team"]
    rows: tuple[EntryKey, ...]
    evidence: str


@dataclass(frozen=True, slots=True)
class CaseValue:
    """A value that a case row was judged or placed by.

    `name` is the field as logic writes it, such as `[tier]`, `[cond(3)]` or `[baseline_arm_1][tier]`; `column` is its
    column in REDCap's export and in the store; `key` the entry that holds it, None where none does and it is blank.
    """

    name: str
    column: str
    value: str
    key: EntryKey | None


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case row of one team and month, and how it counted."""

    key: EntryKey
    in_denominator: bool
    in_numerator: bool
    values: tuple[CaseValue, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What the results frame says of one team, measure and month. Counts and value are None where there are none."""

    state: State
    numerator: float | None
    denominator: float | None
    value: float | None
    versus_numerator: float | None = None
    versus_denominator: float | None = None

    @property
    def there(self) -> bool:
        """Whether there is something to show: a value, counts, or that there was nobody to count."""
        return self.value is not None or (self.numerator is not None and self.denominator is not None)


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure that is another one now than it was before: sent late, corrected, or taken back.

    `since` is when what it is made of was first seen to be as it is now; None where that cannot be told.
    """

    team: str
    measure: str
    month: Month
    before: Result
    after: Result
    since: dt.datetime | None = None
