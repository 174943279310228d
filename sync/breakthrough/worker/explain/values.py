"""An explanation as plain values: the figure, what defines it, the rows behind it, and the reports that showed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from breakthrough.collaborative import Exclusion, Phase, Source
from breakthrough.entry import EntryKey
from breakthrough.measures import State
from breakthrough.month import Month
from breakthrough.store.past import Kind

# What a row is to the figure. Of monthly forms one is taken; case rows count in both, below the line alone, or not.
Role = Literal["taken", "not taken", "numerator", "denominator", "not counted", "gone"]


@dataclass(frozen=True, slots=True)
class Part:
    """A numerator over a denominator. `printed` and `counted` are as reports print them: `6.8%`, `41 of 600`."""

    name: str
    numerator: float | None
    denominator: float | None
    printed: str
    counted: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure of a team's month. A measure that is blocked has the state `blocked`, and its reasons in `lacking`.

    `meaning` says the state in a sentence, `lacking` what would have to be there for a figure. Of a difference, `parts`
    are the two rates that it is taken of. It covers the months from `covers[0]` to `covers[1]`.
    """

    state: State | Literal["blocked"]
    meaning: str
    reason: str
    numerator: float | None
    denominator: float | None
    value: float | None
    printed: str
    counted: str
    parts: tuple[Part, ...]
    covers: tuple[Month, Month]
    due: dt.date
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a measure's definition, as reports were made with it. Times are those of reports."""

    digest: str
    first: dt.datetime
    last: dt.datetime


@dataclass(frozen=True, slots=True)
class Definition:
    """How the measure is defined. `version` is a digest over all that decides its figure, and over nothing else.

    `since` is the first report of the unbroken row of reports made with this version; None where none was. `before`
    are the versions that reports were made with earlier, the newest first.
    """

    measure: str
    name: str
    plain: str
    definition: str
    kind: str
    numerator: str
    denominator: str
    versus: tuple[str, str, str] | None  # name, numerator, denominator
    source: Source | None
    counts: Mapping[str, str]  # label by code
    multiply: float
    unit: str
    direction: str
    goal: str
    goal_by: Month | None
    cumulative: bool
    lag: int
    version: str
    since: dt.datetime | None = None
    before: tuple[Version, ...] = ()
    type: str = ""
    every: tuple[int, ...] = ()  # months of the year in which it is reported; () for all
    sampling: str = ""
    changes: tuple[tuple[Month, str, str, dt.date], ...] = ()  # of the definition: from when, what, by whom, when


@dataclass(frozen=True, slots=True)
class Place:
    """A REDCap project as it was read: by which run, with which of its dictionaries, and when last whole.

    A change would have been noticed up to `detected`, the end of the newest complete run; `checked` is the end of the
    newest one that read every record.
    """

    project: str
    redcap_project_id: int
    server: str
    redcap_version: str
    run: int
    detected: dt.datetime
    checked: dt.datetime | None
    dictionary: int
    dictionary_since: dt.datetime


@dataclass(frozen=True, slots=True)
class Before:
    """A value that was there before: from when to when it was seen, and how it ended."""

    value: str
    choice: str
    since: dt.datetime
    until: dt.datetime
    end: Kind


@dataclass(frozen=True, slots=True)
class Used:
    """A value that the figure stands on. `part` is what for; `choice` the label of a code; `row` the row that holds it.

    `value` is '' where it is blank, and where `hidden`: the field is flagged as an identifier. Both times are those of
    pulls, since when REDCap itself changed is not known: the change lies between that pull and the one before.
    """

    name: str
    column: str
    label: str
    part: str
    value: str
    choice: str
    row: EntryKey | None
    first_seen: dt.datetime | None
    since: dt.datetime | None
    before: tuple[Before, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row of REDCap. `why` it has that role; `formerly` are names that its record had, with the pull that saw it."""

    key: EntryKey
    redcap_project_id: int
    group: str
    url: str
    role: Role
    why: str
    used: tuple[Used, ...]
    formerly: tuple[tuple[str, dt.datetime], ...] = ()
    gone: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Nowhere:
    """Rows that concern the figure and can be counted in no month or for no team, with the reason."""

    why: str
    rows: tuple[tuple[EntryKey, str], ...]  # with the address of each


@dataclass(frozen=True, slots=True)
class Turn:
    """A row whose part in the figure is another one than in a report; '' where it had or has none."""

    key: EntryKey
    then: Role | Literal[""]
    now: Role | Literal[""]


@dataclass(frozen=True, slots=True)
class Shown:
    """An archived report that showed the figure, as it was in it; '' and None where that cannot be worked out any more.

    `mails` of it were sent, the first at `sent`. `changed` tells whether the figure is another one now: since `since`,
    the newest change in the rows behind it, where that is known. `whole` is a report on all teams, which has
    counted the figure, and may itself have withheld it or given it a made-up name.
    """

    report: str
    subject: str
    period: Month
    revision: int
    made: dt.datetime
    mails: int
    sent: dt.datetime | None
    code_version: str
    definition: str
    state: str
    numerator: float | None
    denominator: float | None
    printed: str
    counted: str
    changed: bool = False
    since: dt.datetime | None = None
    turns: tuple[Turn, ...] = ()
    unknown: str = ""  # why it cannot be worked out
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """All of it. `rows` are those the figure stands on or could stand on, the taken and counted ones first.

    `cases` is how many case rows there are, `left_out` how many of those are not among `rows`.
    """

    collaborative: str
    team: str
    team_name: str
    month: Month
    as_of: dt.datetime
    figure: Figure
    definition: Definition
    decisions: tuple[Exclusion | Phase, ...]
    places: tuple[Place, ...]
    code_version: str
    store_version: str
    rows: tuple[Row, ...]
    cases: int
    left_out: int
    nowhere: tuple[Nowhere, ...]
    shown: tuple[Shown, ...]
