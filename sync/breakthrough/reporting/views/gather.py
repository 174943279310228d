"""What several views take from the portfolio: passages fit to print, the newest rating of a month, tests by ramp."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from breakthrough.errors import ReportError
from breakthrough.measures.values import Chart, Doubt
from breakthrough.month import Month
from breakthrough.reporting import clean
from breakthrough.reporting.links import Links, of_entry
from breakthrough.reporting.parts import Passage
from breakthrough.reporting.sentences import cycles
from breakthrough.teams.values import CoachRating, Narrative, Pdsa, Portfolio, Text

LONG = 600  # characters of a passage that are printed; the rest is read in REDCap


def passage(text: Text, links: Links, limit: int = LONG) -> Passage | None:
    """What was written, cut at `limit`, where its form's box clears it; else its link alone. None where it is blank."""
    if not text.written.strip():
        return None
    url = of_entry(links, text.entry)
    if text.printable is None:
        return Passage(None, url)
    shown, cut = clean.passage(text.printable, limit)
    return Passage(shown, url, cut) if shown else None


def rating(portfolio: Portfolio, team: str, month: Month) -> CoachRating | None:
    """The coach's rating of that team's month; of several forms, the last."""
    found = [one for one in portfolio.ratings if (one.team, one.month) == (team, month)]
    return max(found, key=lambda one: one.entry.instance, default=None)


def narrative(portfolio: Portfolio, team: str, month: Month) -> Narrative | None:
    """The team's report of that month; of several forms, the complete one, then the last."""
    found = [one for one in portfolio.narratives if (one.team, one.month) == (team, month)]
    return max(found, key=lambda one: (one.complete, one.entry.instance), default=None)


def ramps(tests: Sequence[Pdsa]) -> list[tuple[Pdsa, ...]]:
    """The tests by ramp, each from its first cycle on; a test without a ramp is one of its own."""
    by_ramp: dict[str, list[Pdsa]] = {}
    for test in tests:
        by_ramp.setdefault(test.ramp or str(test.entry), []).append(test)
    return [tuple(sorted(ramp, key=lambda one: (one.cycle, one.entry.instance))) for ramp in by_ramp.values()]


def at_work(ramp: Sequence[Pdsa], month: Month) -> bool:
    """Whether a ramp belongs in that month's report: something in it ran, is open or is planned."""
    return any(one.active_in(month) or one.status in {*cycles.OPEN, "running", "planned"} for one in ramp)


def confine(
    teams: Iterable[str],
    portfolio: Portfolio,
    frame: pd.DataFrame,
    charts: Mapping[tuple[str, str], Chart],
    doubts: Sequence[Doubt],
    further: Iterable[str] = (),
) -> None:
    """Nothing, where everything handed in is of those teams. Raises ReportError where anything is of another.

    The last gate before a report: whoever filters wrongly upstream gets no mail out rather than a wrong one.
    """
    allowed = set(teams)
    here = {
        *(team.code for team in portfolio.teams),
        *(person.team for person in portfolio.people),
        *portfolio.charters,
        *(charter.team for charter in portfolio.charters.values()),
        *(test.team for test in portfolio.pdsas),
        *(one.team for one in portfolio.ratings),
        *(one.team for one in portfolio.narratives),
        *(ask.team for ask in portfolio.asks),
        *(contact.team for contact in portfolio.contacts),
        *(one.team for one in portfolio.units),
        *(one.team for one in portfolio.sustain_checks),
        *(one.team for one in portfolio.storyboards),
        *(one.team for one in portfolio.closeouts),
        *(str(team) for team in frame["team"].unique()),
        *(team for team, _ in charts),
        *(chart.team for chart in charts.values()),
        *(doubt.team for doubt in doubts),
        *further,
    }
    if here - allowed:
        raise ReportError(
            f"A report for {', '.join(sorted(allowed)) or 'nobody'} was given data of {len(here - allowed)} other "
            "team(s), so it is not made. This is a fault of the program, not of the data: please report it."
        )
