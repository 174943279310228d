"""What waits for a team: counts and reports that are late, tests without a result, figures to check, what falls due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence

from breakthrough import teams
from breakthrough.collaborative import Collaborative
from breakthrough.entry import EntryKey
from breakthrough.language import say, say_as
from breakthrough.measures.values import Doubt
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.links import Links, checked, of_entry
from breakthrough.reporting.parts import Chip, Duty, Link
from breakthrough.reporting.sentences import cycles, duties
from breakthrough.reporting.views import gather
from breakthrough.reporting.views.occasion import NAME, Occasion
from breakthrough.reporting.views.returns import Gap, Return
from breakthrough.teams.occasional import FormDue
from breakthrough.teams.values import Pdsa, Portfolio

MOST = 6
_BACK = 12  # months that are still asked for
_AHEAD, _LATE = dt.timedelta(14), dt.timedelta(60)  # so long before and after its day a form is asked for


def waiting(
    team: str,
    collaborative: Collaborative,
    portfolio: Portfolio,
    returns: Mapping[tuple[str, Month], Return],
    doubts: Sequence[Doubt],
    numbers: cycles.Numbers,
    occasion: Occasion,
    forms: Collection[str] = (),
) -> tuple[Duty, ...]:
    """Duties, the most pressing first: late counts, the late report, open tests, late forms, doubtful figures.

    `forms` are the instruments that the project has.
    """
    month, today, links = occasion.month, occasion.today(collaborative), occasion.links
    home = checked(links(team))
    return (
        *_counts(team, collaborative, returns, month, today, links, home),
        *_report(team, collaborative, portfolio, returns, month, today, home),
        *_tests(portfolio.pdsas, numbers, today, links),
        *(
            form(one, collaborative, occasion)
            for one in _owed(team, collaborative, portfolio, forms)
            if one.day < today <= one.day + _LATE
        ),
        *_doubts(doubts, month, home),
    )


def coming(
    team: str,
    collaborative: Collaborative,
    portfolio: Portfolio,
    occasion: Occasion,
    forms: Collection[str] = (),
) -> tuple[Duty, ...]:
    """What falls due next: the next month's counts, and forms of the next two weeks; the earliest first."""
    today = occasion.today(collaborative)
    soon = [one for one in _owed(team, collaborative, portfolio, forms) if today <= one.day <= today + _AHEAD]
    found = [(one.day, form(one, collaborative, occasion)) for one in soon]
    ahead = (later for later in (occasion.month + 1).to(collaborative.calendar.last))
    following = next((later for later in ahead if collaborative.calendar.in_session(later)), None)
    if following is not None:
        due = collaborative.calendar.due(following)
        record = Link(say("Open your record"), checked(occasion.links(team)))
        found.append((due, Duty(duties.due_on(due, today), duties.next_month(following), record)))
    return tuple(duty for _, duty in sorted(found, key=lambda one: one[0]))


def form(one: FormDue, collaborative: Collaborative, occasion: Occasion) -> Duty:
    """A form that is due now and then, with the address of an unused one."""
    titles = {event.code: event.title or event.code for event in collaborative.calendar.events}
    today, about = occasion.today(collaborative), line(titles.get(one.about, one.about), NAME)
    text = duties.form(one.instrument, about, one.day if one.day < today else None)
    link = Link(say("Open the form"), occasion.blank(one.team, one.instrument))
    return Duty(duties.overdue(one.day, today), text, link)


def _owed(team: str, collaborative: Collaborative, portfolio: Portfolio, forms: Collection[str]) -> tuple[FormDue, ...]:
    return tuple(one for one in teams.forms_due(portfolio, collaborative, forms) if one.team == team)


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
