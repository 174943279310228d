"""Whether records are fresh and whole enough to be sent reports of, without somebody having said so."""

from __future__ import annotations

import datetime as dt
import math

from breakthrough.collaborative import Collaborative
from breakthrough.english import many
from breakthrough.errors import RecordsUnfit
from breakthrough.settings import MAIN
from breakthrough.store import Held


def unfit(held: Held, collaborative: Collaborative, now: dt.datetime) -> str:
    """Why reports may not go out of these records, in a sentence; '' where they may, or where there are none."""
    run = held.last_run(MAIN)
    if run is None or run.finished_at is None:
        return ""
    age, most = now - run.finished_at, collaborative.reporting.oldest_hours
    if age > dt.timedelta(hours=most):
        hours = math.ceil(age / dt.timedelta(hours=1))
        return f"The records were pulled {many(hours, 'hour')} ago, and reporting.oldest_hours allows {most}."
    if run.quarantined:
        return f"REDCap did not answer for {many(run.quarantined, 'record')}, so not all of what it holds is here."
    return ""


def require(held: Held, collaborative: Collaborative, now: dt.datetime) -> None:
    """Raises RecordsUnfit where reports may not go out of these records."""
    if why := unfit(held, collaborative, now):
        raise RecordsUnfit(
            f"{why} No report is sent. Run: breakthrough pull, and see: breakthrough status. If the reports are to go "
            "out nevertheless, run: breakthrough send --anyway; they say so at the top."
        )
