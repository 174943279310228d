"""What happens from September 2027 to October 2028 in two collaboratives, and at which moments their worker looks.

Leap is in London and has five months of tail; its mails go out from one o'clock on, which on 26 March 2028 does not exist
and on 31 October 2027 comes twice. Harbor is in Chicago, where two o'clock does not exist on 12 March 2028 and one o'clock
comes twice on 7 November 2027; its reports are held for 20 hours. Ana coaches in both. All moments here are UTC.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from tests.journeys.office import Collaborative, Office, counts, person, profile, rating

Step = tuple[dt.datetime, Callable[[], object]]
BEGINS = dt.datetime(2027, 9, 20, 12, tzinfo=dt.UTC)
_MEASURES = """\
counts:
  n_seen: {label: People seen}
  n_plan: {label: People with a plan}
measures:
  m_plan:
    name: Plan made together
    plain: Of every 100 people seen, how many have a plan
    kind: outcome
    numerator: n_plan
    denominator: n_seen
    direction: higher
    key: true
"""
_BEN = "  - {code: c2, name: Ben, email: ben@x.org}\n"
_LEAP = f"""\
name: Leap
topic: leap
timezone: Europe/London
aim: {{statement: "By the end of April 2028, 90 of every 100 people have a plan.", measure: m_plan, goal: 90, by: 2028-04}}
calendar:
  start: 2027-09
  end: 2028-04
  tail_end: 2028-08
  baseline_months: 0
  not_in_session: [12]
  due_day: 10
  reminder_days: [5, 9, 12]
  rating_day: 14
  report_day: 15
  call_lead: 3
  revision_day: 26
  holidays: [2027-11-15]
  events:
    - {{code: LS1, kind: learning_session, date: 2027-09-16, phase: learning}}
    - {{code: LS2, kind: learning_session, date: 2027-11-07, phase: testing}}
    - {{code: LS3, kind: learning_session, date: 2028-03-07, phase: spreading}}
coordinator: {{name: Cora, email: cora@x.org}}
sponsor: {{name: Sol, email: sol@x.org}}
coaches:
  - {{code: c1, name: Ana, email: ana@x.org, calls: [2027-11-17, 2028-03-15]}}
{_BEN}{_MEASURES}"""
_HARBOR = f"""\
name: Harbor
topic: harbor
timezone: America/Chicago
aim: {{statement: "By the end of February 2028, 90 of every 100 people have a plan.", measure: m_plan, goal: 90, by: 2028-02}}
calendar:
  start: 2027-10
  end: 2028-02
  baseline_months: 0
  due_day: 5
  reminder_days: [6]
  rating_day: 8
  report_day: 12
  call_lead: 0
  revision_day: 24
coordinator: {{name: Dora, email: dora@x.org}}
coaches:
  - {{code: k1, name: Ana, email: ana@x.org, calls: [2027-11-07]}}
{_MEASURES}"""


def founded(of: Office) -> tuple[Collaborative, Collaborative]:
    """Both collaboratives with their first teams and people."""
    since = "2027-08-01"
    leap = of.found("leap", _LEAP, "hour: 1, silent_hours: 300", "T001", "T002", "T003")
    leap.enter(
        profile("T001", "Alder", "c1", since),
        person("T001", 1, "lea", "tr", since, until="2028-02-29"),
        person("T001", 2, "hal", "l", since),
        person("T001", 3, "pat", "t", since),
        profile("T002", "Birch", "c1", since),
        person("T002", 1, "pat", "tr", since),  # on two teams
        person("T002", 2, "noa", "tr", since, consents=False),
        profile("T003", "Cedar", "c2", since),
        person("T003", 1, "sam", "tr", since, until="2028-01-20"),
        person("T003", 2, "uma", "tr", "2028-01-21"),
    )
    harbor = of.found("harbor", _HARBOR, "hour: 2, hold_hours: 20, silent_hours: 1000", "T001")
    harbor.enter(profile("T001", "Quay", "k1", since), person("T001", 1, "max", "tr", since))
    return leap, harbor


def steps(of: Office, leap: Collaborative, harbor: Collaborative) -> list[Step]:
    """All that happens, in order: what people do, what breaks, and the rounds of the worker."""
    found = [
        *_leap(leap),
        *_harbor(harbor),
        *_troubles(of),
        *((at, lambda: of.round(leap)) for at in _leap_rounds()),
        *((at, lambda: of.round(harbor)) for at in _harbor_rounds()),
    ]
    return sorted(found, key=lambda step: step[0])


def _at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def _step(text: str, do: Callable[[], object]) -> Step:
    return _at(text if " " in text else f"{text} 11:00"), do


def _troubles(of: Office) -> Iterator[Step]:
    """REDCap is down over a report day, the mail server for nine weeks, the computer for seven."""

    def mail(up: bool) -> None:
        of.mail = up

    def computer(on: bool) -> None:
        of.on = on

    yield _step("2027-10-14 20:00", lambda: of.redcap(up=False))
    yield _step("2027-10-17 08:00", lambda: of.redcap(up=True))
    yield _step("2027-12-11 20:00", lambda: mail(up=False))
    yield _step("2028-02-17 09:00", lambda: mail(up=True))
    yield _step("2028-03-28 11:00", lambda: computer(on=False))
    yield _step("2028-05-18 09:00", lambda: computer(on=True))


# What people do


def _leap(of: Collaborative) -> Iterator[Step]:
    def sent(day: str, month: str, *teams: str, more: int = 0) -> Step:
        """Those teams' counts of that month."""
        number = _number(month)
        rows = [counts(team, number, month, 100 + number, 40 + number + more + int(team[3])) for team in teams]
        return _step(day, lambda: of.enter(*rows))

    def rated(day: str, month: str, coach: str, *teams: str) -> Step:
        rows = [rating(team, _number(month), month, coach) for team in teams]
        return _step(day, lambda: of.enter(*rows))

    yield sent("2027-10-04", "2027-09", "T001", "T003")
    yield rated("2027-10-11", "2027-09", "c2", "T003")
    yield sent("2027-10-20", "2027-09", "T002")  # late, after the report
    yield sent("2027-11-04", "2027-10", "T001", "T003")
    yield sent("2027-11-08", "2027-10", "T002")
    yield rated("2027-11-11", "2027-10", "c2", "T003")
    yield sent("2027-11-20", "2027-10", "T001", more=9)  # put right
    yield sent("2027-12-04", "2027-11", "T001", "T003")
    yield sent("2027-12-13", "2027-11", "T002")
    yield sent("2027-12-20", "2027-11", "T003", more=9)
    yield _step("2028-02-01 08:00", lambda: _hands_over(of))
    yield sent("2028-02-04", "2028-01", "T001", "T002", "T003")
    yield rated("2028-02-11", "2028-01", "c3", "T003")
    yield _step("2028-02-21", lambda: _joins(of))
    yield sent("2028-02-29", "2028-01", "T001", more=9)  # on leap day: too late for January's revision
    yield sent("2028-03-04", "2028-02", "T001", "T003", "T004")
    yield rated("2028-03-11", "2028-02", "c3", "T003", "T004")
    yield sent("2028-03-20", "2028-02", "T002")
    yield sent("2028-04-04", "2028-03", "T001", "T002", "T003", "T004")
    yield sent("2028-05-04", "2028-04", "T001", "T002", "T004")
    yield sent("2028-05-20", "2028-04", "T003")
    for month in ("2028-05", "2028-06"):
        yield sent("2028-08-04", month, "T001", "T002", "T003", "T004")
    yield sent("2028-08-04", "2028-07", "T001", "T003", "T004")
    yield sent("2028-08-10", "2028-07", "T002")
    yield rated("2028-08-11", "2028-07", "c3", "T003", "T004")
    yield sent("2028-09-04", "2028-08", "T001", "T002", "T003", "T004")


def _hands_over(of: Collaborative) -> None:
    """Ben has left the day before; Cleo takes over his team."""
    left = _BEN.replace("}", ", until: 2028-01-31}")
    of.edit(_BEN, f"{left}  - {{code: c3, name: Cleo, email: cleo@x.org}}\n")
    of.enter(profile("T003", "Cedar", "c3", "2027-08-01") | {"tp_coach_from": "2028-02-01"})


def _joins(of: Collaborative) -> None:
    """A fourth team."""
    of.deploy("T001", "T002", "T003", "T004")
    of.enter(profile("T004", "Dogwood", "c3", "2028-02-21"), person("T004", 1, "kim", "tlr", "2028-02-21"))


def _harbor(of: Collaborative) -> Iterator[Step]:
    def sent(day: str, month: str, more: int = 0) -> Step:
        row = counts("T001", _number(month), month, 200, 80 + _number(month) + more)
        return _step(day, lambda: of.enter(row))

    def rated(day: str, month: str) -> Step:
        return _step(day, lambda: of.enter(rating("T001", _number(month), month, "k1")))

    yield sent("2027-11-03", "2027-10")
    yield sent("2027-11-20", "2027-10", more=9)
    yield sent("2027-12-03", "2027-11")
    yield rated("2027-12-05", "2027-11")
    yield sent("2028-01-03", "2027-12")
    yield sent("2028-02-03", "2028-01")
    yield rated("2028-02-05", "2028-01")
    yield sent("2028-03-08", "2028-02")


def _number(month: str) -> int:
    """Pages are numbered by month, from September 2027 on."""
    return (int(month[:4]) - 2027) * 12 + int(month[5:]) - 8


# When the worker looks


def _leap_rounds() -> Iterator[dt.datetime]:
    """Twice on days on which something can be due and some others, more often in the nights when clocks change."""
    months = [(2027, month) for month in range(10, 13)] + [(2028, month) for month in range(1, 11)]
    usual = (5, 9, 12, 15, 16, 26)
    days = {dt.date(year, month, day) for year, month in months for day in usual}
    more = "2027-09-20 2027-09-26 2027-10-14 2027-10-17 2027-10-31 2027-11-11 2028-01-21 2028-02-02 2028-02-14 2028-02-17 2028-02-18 "
    more += "2028-02-21 2028-02-22 2028-02-29 2028-03-01 2028-03-07 2028-03-11 2028-03-28 2028-04-23 2028-05-18 2028-05-19 2028-07-23 2028-10-23 "
    days |= {dt.date.fromisoformat(day) for day in more.split()}
    yield from _looks(days, ("00:10", "01:10"))
    yield from _looks(map(dt.date.fromisoformat, ("2027-10-17", "2028-02-17", "2028-05-18")), ("12:10", "12:20"))
    for night in ("2027-10-31", "2028-03-26"):
        yield from _looks(
            [dt.date.fromisoformat(night)], ("00:20", "00:40", "01:00", "01:30", "01:50", "02:10", "03:10")
        )


def _harbor_rounds() -> Iterator[dt.datetime]:
    days = "2027-11-03 2027-11-06 2027-11-07 2027-11-08 2027-11-12 2027-11-13 2027-11-24 2027-11-25 "
    days += "2027-12-06 2027-12-07 2027-12-12 2027-12-13 2027-12-24 2028-01-06 2028-01-12 2028-01-13 2028-01-24 "
    days += "2028-02-06 2028-02-12 2028-02-13 2028-02-17 2028-02-18 2028-02-22 2028-02-24 2028-02-25 "
    days += "2028-03-06 2028-03-07 2028-03-12 2028-03-13 2028-03-24"
    yield from _looks(map(dt.date.fromisoformat, days.split()), ("05:10", "07:10", "08:10", "08:20"))
    for night in ("2027-11-07", "2028-03-12"):
        yield from _looks([dt.date.fromisoformat(night)], ("06:10", "06:40", "07:40", "07:59", "08:00", "09:10"))


def _looks(days: Iterable[dt.date], hours: Iterable[str]) -> Iterator[dt.datetime]:
    for day in days:
        for hour in hours:
            at = _at(f"{day} {hour}")
            if at >= BEGINS:
                yield at
