"""The typed form of collaborative.yaml: what the collaborative decided, checked as a whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from breakthrough import english
from breakthrough.collaborative.definition import EVERY_MONTH
from breakthrough.collaborative.flags import Flags
from breakthrough.collaborative.measure import Measure
from breakthrough.collaborative.timeline import Event, MonthField, Timeline
from breakthrough.configfile import Misplaced, Model
from breakthrough.english import listed
from breakthrough.errors import SettingInvalid
from breakthrough.language import ENGLISH, load
from breakthrough.month import Month

__all__ = [
    "Aim",
    "Coach",
    "Collaborative",
    "Commitment",
    "Coordinator",
    "Count",
    "Driver",
    "Event",
    "Exclusion",
    "Flags",
    "Idea",
    "Phase",
    "Privacy",
    "Rating",
    "Reporting",
    "Sponsor",
]

# Field names of REDCap: lower case, at most 26 characters advised; 21 leaves room for the suffix of a status field.
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,20}$")]
Address = Annotated[str, Field(pattern=r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+$")]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"'{name}' is not a time zone. Write one such as Europe/London or America/Chicago") from None
    return name


def _language(locale: str) -> str:
    try:
        load(locale, ())
    except SettingInvalid as unknown:
        raise ValueError(str(unknown).rstrip(".")) from None
    return locale


Fault = tuple[tuple[str | int, ...], str]  # where in the file, and what is wrong there


class Aim(Model):
    """What the collaborative set out to do: one statement, the measure that tells, how far and by when."""

    statement: str
    measure: Code
    goal: float
    by: MonthField
    population: str = ""


class Coordinator(Model):
    """Who answers a reply to a report."""

    name: str
    email: Address


class Coach(Model):
    """A coach, whose teams are those whose profile names this code. `until` is the last day of one who has left."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,10}$")]
    name: str
    email: Address
    calls: tuple[dt.date, ...] = ()
    until: dt.date | None = None

    def coaches(self, day: dt.date) -> bool:
        """Whether the coach is still there on that day."""
        return self.until is None or day <= self.until


class Count(Model):
    """A number asked for each month; its key is the field's name in REDCap. `decimal`: not only whole numbers."""

    label: str
    help: str = ""
    decimal: bool = False


class Idea(Model):
    """A change idea. `strength`: 1 hunch, 2 worked once, 3 worked in several, 4 strong evidence.

    A `retired` idea is suggested to nobody; what teams have tested of it keeps its name.
    """

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]
    title: str
    how: str = ""
    strength: Annotated[int, Field(ge=1, le=4)] = 1
    retired: bool = False


class Driver(Model):
    """A primary driver with its secondary drivers and change ideas."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]
    title: str
    secondary: tuple[str, ...] = ()
    ideas: tuple[Idea, ...] = ()


class Rating(Model):
    """Where ratings should be at the end: `share_of_teams` per cent of teams at `target` or above."""

    target: Annotated[float, Field(ge=0.5, le=5)] = 4.0
    share_of_teams: Annotated[int, Field(ge=0, le=100)] = 50


class Reporting(Model):
    """What is asked of reporting, in per cent.

    Under `goal` of the teams that owe a month, its collaborative figures are provisional; `on_time` is the goal for
    those in by the due day; teams with a figure in `constant_cohort` of their months make the constant cohort. Records
    older than `oldest_hours` are sent to nobody unless somebody says so, and then the report says it.
    """

    goal: Annotated[int, Field(ge=1, le=100)] = 85
    on_time: Annotated[int, Field(ge=1, le=100)] = 75
    constant_cohort: Annotated[int, Field(ge=1, le=100)] = 80
    oldest_hours: Annotated[int, Field(ge=1, le=744)] = 24


class Commitment(Model):
    """What the sponsor has promised: money, time or a rule changed. `kept` is the day it was there."""

    what: Annotated[str, Field(min_length=3)]
    by: dt.date | None = None
    kept: dt.date | None = None


class Sponsor(Model):
    """Who carries the collaborative, and what they have promised it. With an `email`, they get the whole's report."""

    name: str
    email: Address | None = None
    commitments: tuple[Commitment, ...] = ()


class Decision(Model):
    """Something a named person accepted, with date and reason: never done by software on its own."""

    measure: Code
    reason: Annotated[str, Field(min_length=3)]
    accepted_by: Annotated[str, Field(min_length=2)]
    on: dt.date


class Phase(Decision):
    """From this month a measure is judged against a new line."""

    from_: Annotated[MonthField, Field(alias="from")]
    team: str | None = None


class Exclusion(Decision):
    """That month of that team does not count towards lines and signals; it stays visible."""

    team: str
    month: MonthField


class Privacy(Model):
    """Counts under `min_count` are shown to nobody but the team they are of, and its coach.

    `own_team` and `coach` tell whether even those get them. `exempt` are measures whose counts are not of people.
    """

    min_count: Annotated[int, Field(ge=0, le=100)] = 10
    zero_is_shown: bool = True
    peer_names: Literal["named", "coded", "none"] = "coded"
    own_team: Literal["shown", "suppressed"] = "shown"
    coach: Literal["shown", "suppressed"] = "shown"
    exempt: tuple[Code, ...] = ()


class Collaborative(Model):
    """One collaborative.yaml, with the references between its parts checked: a measure names counts that exist."""

    name: str
    topic: Code
    notice: str = ""
    timezone: Annotated[str, AfterValidator(_zone)]
    language: Annotated[str, AfterValidator(_language)] = ENGLISH.locale  # that reports speak
    aim: Aim
    calendar: Timeline
    coordinator: Coordinator
    coaches: Annotated[tuple[Coach, ...], Field(min_length=1)]
    counts: dict[Code, Count] = Field(default_factory=dict)
    measures: dict[Code, Measure]
    drivers: tuple[Driver, ...] = ()
    rules: Literal["anhoej", "ihi", "nhs"] = "anhoej"
    rating: Rating = Rating()
    reporting: Reporting = Reporting()
    flags: Flags = Flags()
    sponsor: Sponsor | None = None
    phases: tuple[Phase, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    privacy: Privacy = Privacy()

    @model_validator(mode="after")
    def _refers_to_what_exists(self) -> Collaborative:
        faults = [*self._dangling(), *self._beside_the_point(), *self._twice()]
        if faults:
            raise Misplaced(faults)
        return self

    def _dangling(self) -> Iterator[Fault]:
        drivers = {driver.code for driver in self.drivers}
        for code, measure in self.measures.items():
            here = ("measures", code)
            if code in self.counts:
                yield here, f"'{code}' is the code of a count as well. Give the measure another"
            for count in measure.counts:
                if count not in self.counts:
                    yield here, f"measure '{code}' uses the count '{count}', which is not under counts"
            shut = [month for month in measure.every if month in self.calendar.not_in_session]
            if shut and measure.every != EVERY_MONTH:
                months = listed([english.month_name(one) for one in shut])
                yield (*here, "every"), f"measure '{code}' is reported in {months}, which is not in session"
            for driver in measure.drivers:
                if driver not in drivers:
                    yield (
                        (*here, "drivers"),
                        f"measure '{code}' names the driver '{driver}', which is not under drivers",
                    )
        named: list[tuple[tuple[str | int, ...], str]] = [(("aim", "measure"), self.aim.measure)]
        named += [(("phases", n, "measure"), phase.measure) for n, phase in enumerate(self.phases)]
        named += [(("exclusions", n, "measure"), one.measure) for n, one in enumerate(self.exclusions)]
        named += [(("privacy", "exempt", n), code) for n, code in enumerate(self.privacy.exempt)]
        for at, code in named:
            if code not in self.measures:
                yield at, f"{at[0]} names the measure '{code}', which is not under measures"
        if (aim := self.measures.get(self.aim.measure)) and (aim.since or aim.until):
            at = ("measures", self.aim.measure, "since" if aim.since else "until")
            yield at, f"'{self.aim.measure}' is the aim's measure, which is reported from the first month to the last"

    def _beside_the_point(self) -> Iterator[Fault]:
        """Exclusions of months in which the measure is not reported: they would leave out nothing."""
        for n, one in enumerate(self.exclusions):
            measure = self.measures.get(one.measure)
            if measure and not measure.reports(one.month):
                told = (
                    f"the measure '{one.measure}' is not reported in {one.month.word}, so there is nothing to leave out"
                )
                yield ("exclusions", n, "month"), told

    def _twice(self) -> Iterator[Fault]:
        for what, codes in (
            ("coaches", [coach.code for coach in self.coaches]),
            ("drivers", [driver.code for driver in self.drivers]),
            ("drivers", [idea.code for driver in self.drivers for idea in driver.ideas]),
        ):
            for code in sorted({code for code in codes if codes.count(code) > 1}):
                yield (what,), f"the code '{code}' stands twice under {what}"

    @property
    def zone(self) -> ZoneInfo:
        """The time zone its days are days of."""
        return ZoneInfo(self.timezone)

    def coach(self, code: str) -> Coach | None:
        """The coach of that code, or None."""
        return next((coach for coach in self.coaches if coach.code == code), None)

    @property
    def ideas(self) -> dict[str, Idea]:
        """Every change idea by its code, in the order of the drivers."""
        return {idea.code: idea for driver in self.drivers for idea in driver.ideas}

    def driver_of(self, idea: str) -> Driver | None:
        """The primary driver that a change idea belongs to, or None."""
        return next((driver for driver in self.drivers if any(one.code == idea for one in driver.ideas)), None)

    @property
    def key_measures(self) -> dict[str, Measure]:
        """The measures marked `key: true`: those that reporting and ratings are held against."""
        return {code: measure for code, measure in self.measures.items() if measure.key}

    def case_fields(self, project: str) -> frozenset[str]:
        """The fields of that REDCap project which measures read to count its case rows; none where none does."""
        of_project = (one for one in self.measures.values() if one.source and one.source.project == project)
        return frozenset().union(*(one.case_fields for one in of_project))

    def excluded(self, measure: str, team: str, month: Month) -> Exclusion | None:
        """The accepted exclusion of that team's month, or None."""
        return next(
            (e for e in self.exclusions if (e.measure, e.team, e.month) == (measure, team, month)),
            None,
        )
