"""Case rows that can be counted nowhere, for want of a day or a team: told, so that nobody takes them for counted."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from breakthrough.collaborative import Collaborative
from breakthrough.language import listed, long_day, say, says
from breakthrough.measures.amounts import NOBODYS, UNKNOWN, seats
from breakthrough.measures.caserows import Flags, Places, Sited
from breakthrough.measures.cases import Cases
from breakthrough.measures.judged import Judged
from breakthrough.measures.values import Uncounted

log = logging.getLogger(__name__)

_Reason = Literal["no_date", "bad_date", "future_date", "no_team", "unknown_team"]
_TOLD = 5


def uncounted(
    cases: Cases, collaborative: Collaborative, teams: Sequence[str], today: dt.date
) -> tuple[Uncounted, ...]:
    """The rows that belong into a denominator and can be counted nowhere, for want of a team or a day, with the reason.

    Rows from before the collaborative's first month are nobody's concern. Sorted by source, then by reason, then by
    team. What concerns several measures of a source is told once.
    """
    first = np.datetime64(collaborative.calendar.first.first)
    by_source: dict[int, dict[str, Judged]] = {}
    for code, judged in cases.judged.items():
        by_source.setdefault(id(judged.sited), {})[code] = judged
    return tuple(
        one for several in by_source.values() for one in _uncounted(several, cases.groups, teams, (first, today))
    )


def _uncounted(
    several: Mapping[str, Judged],
    groups: Mapping[str, str],
    teams: Sequence[str],
    within: tuple[np.datetime64, dt.date],
) -> Iterator[Uncounted]:
    first, today = within
    of = next(iter(several.values())).sited
    seat, undated = seats(of, teams, groups), np.isnat(of.days)
    wanted = np.logical_or.reduce([judged.denominator for judged in several.values()]) & ~(of.days < first)
    why: list[tuple[_Reason, Flags]] = [
        ("no_team", seat == NOBODYS),
        ("unknown_team", seat == UNKNOWN),
        ("no_date", undated & (of.dates == "")),
        ("bad_date", undated),
        ("future_date", of.days > np.datetime64(today)),
    ]
    left = wanted
    for reason, where in why:
        found = left & where
        left = left & ~where
        for place in np.unique(seat[found]).tolist():
            at = np.flatnonzero(found & (seat == place))
            measures = tuple(code for code, judged in several.items() if judged.denominator[at].any())
            keys = tuple(of.rows.keys[row] for row in of.places[at].tolist())
            team = teams[place] if place >= 0 else ""
            log.warning(
                "case rows not counted: project=%s form=%s reason=%s rows=%d",
                of.source.project,
                of.source.form,
                reason,
                len(keys),
            )
            yield Uncounted(team, measures, reason, keys, _evidence(of, reason, at, today))


def _evidence(of: Sited, reason: _Reason, at: Places, today: dt.date) -> str:
    source, number = of.source, len(at)
    places = {"form": source.form, "field": source.date}
    match reason:
        case "no_date":
            return says(
                "{n} row of {form} has no date in {field}, so it counts in no month.",
                "{n} rows of {form} have no date in {field}, so they count in no month.",
                number,
                **places,
            )
        case "bad_date":
            return says(
                "{n} row of {form} has something in {field} that is no date, so it counts in no month.",
                "{n} rows of {form} have something in {field} that is no date, so they count in no month.",
                number,
                **places,
            )
        case "future_date":
            return says(
                "{n} row of {form} is dated after {day} in {field}, so it counts in no month yet.",
                "{n} rows of {form} are dated after {day} in {field}, so they count in no month yet.",
                number,
                day=long_day(today),
                **places,
            )
        case "no_team":
            return _teamless(of, number)
        case _:
            return " ".join([_strange(of, at), say("Name the teams of such rows under 'teams' of the source.")])


def _teamless(of: Sited, number: int) -> str:
    if of.source.by_group:
        return says(
            "{n} row of {form} is in no data access group, so it counts for no team.",
            "{n} rows of {form} are in no data access group, so they count for no team.",
            number,
            form=of.source.form,
        )
    return says(
        "{n} row of {form} has nothing in {field}, so it counts for no team.",
        "{n} rows of {form} have nothing in {field}, so they count for no team.",
        number,
        form=of.source.form,
        field=of.source.team,
    )


def _strange(of: Sited, at: Places) -> str:
    if not of.source.by_group:
        return says(
            "{n} row of {form} has a team in {field} that is none of ours, so it counts for no team.",
            "{n} rows of {form} have a team in {field} that is none of ours, so they count for no team.",
            len(at),
            form=of.source.form,
            field=of.source.team,
        )
    groups = sorted(set(of.whose[at].tolist()))
    named = listed(groups) if len(groups) <= _TOLD else f"{', '.join(groups[:_TOLD])} …"
    return says(
        "{n} row of {form} is in a data access group of none of our teams ({groups}), so it counts for no team.",
        "{n} rows of {form} are in a data access group of none of our teams ({groups}), so they count for no team.",
        len(at),
        form=of.source.form,
        groups=named,
    )
