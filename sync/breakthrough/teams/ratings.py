"""The coach's ratings: human judgement, read as it was given. Nothing here works one out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from breakthrough.entry import Entry
from breakthrough.month import Month
from breakthrough.teams.forms import RATING, Form
from breakthrough.teams.values import CoachRating


def ratings(forms: Iterable[Entry]) -> tuple[CoachRating, ...]:
    """One rating for each team and month, by team and month: the one given last, then the highest instance.

    A form without a readable month or score is left out. A rating without a line of reason is never released.
    """
    found: dict[tuple[str, Month], tuple[tuple[dt.date, int], CoachRating]] = {}
    for form in (Form(entry, "cr_noid") for entry in forms):
        rating = _rating(form)
        if rating is not None:
            place, rank = (rating.team, rating.month), (form.day("cr_on") or dt.date.min, form.key.instance)
            if place not in found or rank > found[place][0]:
                found[place] = rank, rating
    return tuple(rating for _, (_, rating) in sorted(found.items()))


def _rating(form: Form) -> CoachRating | None:
    month, score = form.month("cr_period"), form.choice("cr_score", RATING)
    if month is None or score is None:
        return None
    why = form.written("cr_why")
    return CoachRating(
        team=form.team,
        month=month,
        score=score,
        why=why,
        suggestion=form.written("cr_suggest"),
        coach=form.text("cr_coach"),
        released=form.ticked("cr_released") and bool(why.written),
        entry=form.key,
        given=form.day("cr_on"),
    )
