"""The fields that reports rest on must be in REDCap: one that was renamed there would read as missing everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from breakthrough.collaborative import Collaborative
from breakthrough.errors import FieldsMissing
from breakthrough.store import Held

# Beside the collaborative's counts: without these, nobody would be a team, or get a mail, or have sent a month.
_ALWAYS = ("tp_name", "tp_status", "tp_coach", "tr_email", "tr_consent_mail", "tr_reports", "mm_period")
_TOLD = 5


def missing(held: Held, collaborative: Collaborative, project: str) -> tuple[str, ...]:
    """Those of the fields that REDCap's dictionary, as last pulled, has not; none before the first pull."""
    there = {row["field_name"] for row in held.dictionary(project)}
    return tuple(name for name in (*_ALWAYS, *collaborative.counts) if name not in there) if there else ()


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
