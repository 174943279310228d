"""Assessments through their scoring profiles, and what changed from one round to the next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from breakthrough.entry import Entry
from breakthrough.instruments.profiles import ITEM, Profile, Scores, score
from breakthrough.teams.forms import Form, newest
from breakthrough.teams.records import Assessment, Round

_ROUND: Mapping[str, Round] = {"1": "start", "2": "middle", "3": "end", "4": "later"}
ROUNDS = tuple(_ROUND.values())


@dataclass(frozen=True, slots=True)
class Scored:
    """One round of an assessment with its scores. Show `scores.footer` wherever any of it is shown."""

    assessment: Assessment
    scores: Scores


@dataclass(frozen=True, slots=True)
class Difference:
    """From one round to the next one the team filled in. None where either has no score.

    A fall is no failure: teams learn what good looks like.
    """

    team: str
    profile: str
    before: Scored
    after: Scored
    total: float | None
    parts: Mapping[str, float | None]  # by the part's code


def assessments(forms: Iterable[Entry]) -> tuple[Assessment, ...]:
    """One for each team, profile and round, in that order: of several the one of the latest day, then the last form.

    A form that names no profile or round is left out. Rounds called `later` are told apart by their day.
    """
    found = [one for form in map(Form, forms) if (one := _assessment(form))]
    kept = newest(found, of=_occasion, rank=lambda one: (one.day or dt.date.min, one.entry.instance))
    return tuple(sorted(kept, key=_order))


def scored(found: Iterable[Assessment], profiles: Mapping[str, Profile]) -> tuple[Scored, ...]:
    """Those whose profile is among `profiles`, with what they come to by it, in the order given."""
    return tuple(Scored(one, score(profiles[one.profile], one.answers)) for one in found if one.profile in profiles)


def differences(found: Sequence[Scored]) -> tuple[Difference, ...]:
    """What changed between the rounds of each team and profile that follow each other."""
    rows = sorted(found, key=lambda one: _order(one.assessment))
    series = groupby(rows, key=lambda one: (one.assessment.team, one.assessment.profile))
    return tuple(_differs(before, after) for _, rounds in series for before, after in pairwise(rounds))


def _assessment(form: Form) -> Assessment | None:
    profile, when = form.text("ca_profile"), form.choice("ca_time", _ROUND)
    if not profile or when is None:
        return None
    return Assessment(form.team, profile, when, form.day("ca_date"), form.of_items(ITEM), form.key)


def _occasion(one: Assessment) -> tuple[str, str, str, dt.date | None]:
    return one.team, one.profile, one.round, one.day if one.round == "later" else None


def _order(one: Assessment) -> tuple[str, str, int, dt.date, int]:
    return one.team, one.profile, ROUNDS.index(one.round), one.day or dt.date.min, one.entry.instance


def _differs(before: Scored, after: Scored) -> Difference:
    return Difference(
        team=after.assessment.team,
        profile=after.assessment.profile,
        before=before,
        after=after,
        total=_less(after.scores.total, before.scores.total),
        parts=dict(_parts(before.scores, after.scores)),
    )


def _parts(before: Scores, after: Scores) -> Iterator[tuple[str, float | None]]:
    former = {part.code: part.mean for part in before.parts}
    return ((part.code, _less(part.mean, former.get(part.code))) for part in after.parts)


def _less(after: float | None, before: float | None) -> float | None:
    return after - before if after is not None and before is not None else None
