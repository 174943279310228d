"""The flags of a month beside those of the months before it, each as it was known on the day its reports went out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.collaborative import Collaborative
from breakthrough.errors import FieldsMissing, NothingToReport
from breakthrough.month import Month
from breakthrough.settings import MAIN
from breakthrough.store import Store
from breakthrough.teams import standing
from breakthrough.teams.standing import Look, Standing
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.figures import projects_of

_BACK = 6  # months in session that are looked at again: half a year tells what is new, what stays and what went


def standings(store: Store, of: Edition, *, back: int = _BACK) -> tuple[Standing, ...]:
    """Since when each flag of the edition has stood, and what has cleared in the months before it.

    Each of those months is worked out again from what the store held on the day its reports were due; one of which it
    held nothing usable then is left out.
    """
    today = of.occasion.today(of.collaborative)
    before = looks(store, of.collaborative, of.occasion.month, of.occasion.now, back=back)
    return standing.standings([*before, Look(today, of.flags)], of.portfolio.contacts)


def looks(
    store: Store, collaborative: Collaborative, month: Month, now: dt.datetime, *, back: int = _BACK
) -> Iterator[Look]:
    """The flags of up to `back` months in session before that one, each as known on its report day."""
    calendar = collaborative.calendar
    months = [one for one in calendar.start.to(month + -1) if calendar.in_session(one)]
    for one in months[-back:] if back else ():
        day = calendar.report_on(one)
        moment = min(dt.datetime.combine(day, dt.time.max, collaborative.zone), now)
        view = store.newest(projects_of(collaborative), moment, before=moment)
        if MAIN not in view.snapshot.runs:
            continue
        try:
            yield Look(day, edition(view, collaborative, one, moment).flags)
        except (NothingToReport, FieldsMissing):
            continue
