"""The fields that reports rest on must be in REDCap: one that was renamed there would read as missing everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.errors import FieldsMissing
from breakthrough.month import Month
from breakthrough.store import Held

# Beside the collaborative's counts: without these, nobody would be a team, or get a mail, or have sent a month.
_ALWAYS = ("tp_name", "tp_status", "tp_coach", "tr_email", "tr_consent_mail", "tr_reports", "mm_period")
_TOLD = 5


def missing(held: Held, collaborative: Collaborative, project: str) -> tuple[str, ...]:
    """Those of the fields that REDCap's dictionary, as last pulled, has not; none before the first pull.

    A count of measures whose first month was not over by then is not among them: there is nothing to be entered yet,
    and in production it comes only when an administrator has approved it.
    """
    there = {row["field_name"] for row in held.dictionary(project)}
    run = held.last_run(project)
    if not there or run is None:
        return ()
    month = Month.of((run.finished_at or run.started_at).astimezone(collaborative.zone).date())
    return tuple(name for name in (*_ALWAYS, *_counts(collaborative, month)) if name not in there)


def _counts(collaborative: Collaborative, month: Month) -> Iterator[str]:
    """The counts but for those that only measures are made of whose first month is this one, or later."""
    measures = collaborative.measures.values()
    to_come = {count for one in measures if one.since and one.since >= month for count in one.counts}
    asked = {count for one in measures if not (one.since and one.since >= month) for count in one.counts}
    return (count for count in collaborative.counts if count in asked or count not in to_come)


def require(held: Held, collaborative: Collaborative, project: str) -> None:
    """Raises FieldsMissing where a field that reports rest on is not in REDCap."""
    if lost := missing(held, collaborative, project):
        raise lacking(lost)


def lacking(lost: Sequence[str]) -> FieldsMissing:
    """The error for those fields."""
    named = ", ".join(lost[:_TOLD]) + (" …" if len(lost) > _TOLD else "")
    return FieldsMissing(
        f"REDCap's dictionary has no field {named}, so what was entered there would count as not sent. No "
        "report is made. Where a field was renamed in REDCap, give it its name back; where it is new in "
        "collaborative.yaml, run: breakthrough deploy. Then run: breakthrough pull"
    )
