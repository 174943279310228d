"""What waits for a team: counts and reports that are late, tests without a result, figures to check, what falls due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.language import say, say_as
from breakthrough.measures.values import Doubt
from breakthrough.month import Month
from breakthrough.reporting.links import Links, checked, of_entry
from breakthrough.reporting.parts import Chip, Duty, Link
from breakthrough.reporting.sentences import cycles, duties
from breakthrough.reporting.views import gather
from breakthrough.reporting.views.returns import Gap, Return
from breakthrough.teams.values import Pdsa, Portfolio

MOST = 6
_BACK = 12  # months that are still asked for


def waiting(
    team: str,
    collaborative: Collaborative,
    portfolio: Portfolio,
    returns: Mapping[tuple[str, Month], Return],
    doubts: Sequence[Doubt],
    numbers: cycles.Numbers,
    month: Month,
    today: dt.date,
    links: Links,
) -> tuple[Duty, ...]:
    """Duties, the most pressing first: late counts, the late report, open tests, impossible and doubtful figures."""
    home = checked(links(team))
    return (
        *_counts(team, collaborative, returns, month, today, links, home),
        *_report(team, collaborative, portfolio, returns, month, today, home),
        *_tests(portfolio.pdsas, numbers, today, links),
        *_doubts(doubts, month, home),
    )


def coming(team: str, collaborative: Collaborative, month: Month, today: dt.date, links: Links) -> Duty | None:
    """What falls due next; None after the last month."""
    ahead = (later for later in (month + 1).to(collaborative.calendar.last))
    following = next((later for later in ahead if collaborative.calendar.in_session(later)), None)
    if following is None:
        return None
    due = collaborative.calendar.due(following)
    return Duty(
        duties.due_on(due, today), duties.next_month(following), Link(say("Open your record"), checked(links(team)))
    )


def _counts(
    team: str,
    collaborative: Collaborative,
    returns: Mapping[tuple[str, Month], Return],
    month: Month,
    today: dt.date,
    links: Links,
    home: str,
) -> Iterator[Duty]:
    """Whole months that are missing in one duty, the rest month by month, the newest first."""
    first = max(month + -(_BACK - 1), collaborative.calendar.start)
    owed = [one for at in first.to(month) if (one := returns.get((team, at))) and one.gaps]
    whole = [one for one in owed if _whole(one, collaborative, today)]
    if whole:
        due = collaborative.calendar.due(whole[0].month)
        text = duties.months_missing([one.month for one in whole], due, month)
        yield Duty(duties.overdue(due, today), text, Link(say("Send the counts"), home))
    part = [one for one in reversed(owed) if one not in whole]
    for (due, names), months in _alike(part, collaborative, today).items():
        text = duties.counts_missing(months, due, names, month)
        yield Duty(duties.overdue(due, today), text, Link(say("Send the counts"), home))
    for one in part:
        yield from _announced(one, collaborative, home)
        yield from _wrong(one, collaborative, links, home)


def _whole(one: Return, collaborative: Collaborative, today: dt.date) -> bool:
    """Whether nothing of a month is there that should be."""
    return sum(gap.state == "missing" for gap in one.gaps) == one.of and collaborative.calendar.due(one.month) < today


def _alike(
    came: Sequence[Return], collaborative: Collaborative, today: dt.date
) -> dict[tuple[dt.date, tuple[str, ...]], list[Month]]:
    """Months in which the same measures are missing, by the first one's due day and the measures' names.

    A measure with a lag is due later than the others, so it is asked for by itself.
    """
    found: dict[tuple[int, tuple[str, ...]], list[Month]] = {}
    for one in came:
        late: dict[int, list[Gap]] = {}
        for gap in one.gaps:
            lag = collaborative.measures[gap.measure].lag
            if gap.state == "missing" and collaborative.calendar.due(one.month, lag) < today:
                late.setdefault(lag, []).append(gap)
        for lag, gaps in late.items():
            found.setdefault((lag, tuple(_names(gaps, collaborative))), []).insert(0, one.month)
    return {(collaborative.calendar.due(months[0], lag), names): months for (lag, names), months in found.items()}


def _announced(one: Return, collaborative: Collaborative, home: str) -> Iterator[Duty]:
    gaps = [gap for gap in one.gaps if gap.state == "late"]
    if gaps:
        text = duties.counts_announced(one.month, _names(gaps, collaborative), one.of)
        yield Duty(
            Chip("×", say_as("state of a month", "Will follow"), "bad"), text, Link(say("Send the counts"), home)
        )


def _wrong(one: Return, collaborative: Collaborative, links: Links, home: str) -> Iterator[Duty]:
    """Impossible counts, each fault once: what several measures of a form share is one thing to put right."""
    faults: dict[tuple[str, str], list[Gap]] = {}
    for gap in one.gaps:
        if gap.state == "invalid":
            faults.setdefault((gap.reason, gap.entry), []).append(gap)
    for (reason, _), gaps in faults.items():
        text = duties.counts_wrong(one.month, _names(gaps, collaborative), reason)
        yield Duty(
            Chip("×", say("Please check"), "bad"), text, Link(say("Correct the form"), _form(gaps[0], links, home))
        )


def _names(gaps: Sequence[Gap], collaborative: Collaborative) -> list[str]:
    return [collaborative.measures[gap.measure].name for gap in gaps]


def _form(gap: Gap, links: Links, home: str) -> str:
    """The form that a figure came from: the frame holds its key as `project/record/instrument/instance`."""
    parts = gap.entry.split("/")
    if len(parts) < 4 or not parts[-1].isdigit():
        return home
    return of_entry(links, EntryKey(parts[0], parts[1], "", parts[-2], int(parts[-1])))


def _report(
    team: str,
    collaborative: Collaborative,
    portfolio: Portfolio,
    returns: Mapping[tuple[str, Month], Return],
    month: Month,
    today: dt.date,
    home: str,
) -> Iterator[Duty]:
    one, due = returns.get((team, month)), collaborative.calendar.due(month)
    if one is None or one.standing == "not expected" or due >= today:
        return
    written = gather.narrative(portfolio, team, month)
    if written is None or not (written.complete or written.submitted):
        yield Duty(duties.overdue(due, today), duties.report_missing(month, due), Link(say("Write the report"), home))


def _tests(tests: Sequence[Pdsa], numbers: cycles.Numbers, today: dt.date, links: Links) -> Iterator[Duty]:
    late = [test for test in tests if test.status in cycles.OPEN]
    for test in sorted(late, key=lambda one: -cycles.waiting(one, today)):
        chip = Chip("", cycles.open_for(test, today), "bad")
        label = say("Write the result") if test.status == "awaiting study" else say("Update the test")
        yield Duty(chip, duties.test_open(test, numbers, today), Link(label, of_entry(links, test.entry)))


def _doubts(doubts: Sequence[Doubt], month: Month, home: str) -> Iterator[Duty]:
    recent = [one for one in doubts if one.code != "invalid" and month + -3 < one.month <= month]
    for one in sorted(recent, key=lambda doubt: doubt.month, reverse=True):
        yield Duty(Chip("", say("Please check")), duties.doubt(one), Link(say("Confirm or correct"), home))
