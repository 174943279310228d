"""How a project stands: what is held of it, how sure that is, what waits, and what somebody should do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from breakthrough.english import many
from breakthrough.pull import due as dues
from breakthrough.pull import guard, several
from breakthrough.pull import need as needs
from breakthrough.pull.due import Due
from breakthrough.pull.need import Need
from breakthrough.store import Run, deletions, known, projects, quarantine, reconciliations, refusals, runs
from breakthrough.store.deletions import Pending
from breakthrough.store.quarantine import Quarantined
from breakthrough.store.reconciliations import Reconciliation
from breakthrough.store.refusals import Refusal
from breakthrough.store.runs import WHOLE
from breakthrough.store.tables import row_current

_TOLD = 5


@dataclass(frozen=True, slots=True)
class State:
    """`last` is the newest pull, `complete` the newest that came to its end, `whole` the newest that read everything.

    `rows` by instrument. `checks` are the newest two reconciliations, the newest first. `lacking` fields are needed,
    and REDCap's dictionary has them not.
    """

    project: str
    last: Run | None
    complete: Run | None
    whole: Run | None
    cursor: dt.datetime | None
    records: int
    rows: Mapping[str, int]
    checks: tuple[Reconciliation, ...]
    quarantined: tuple[Quarantined, ...]
    waiting: tuple[Pending, ...]
    refusal: Refusal | None
    lacking: tuple[str, ...]
    due: Due

    @property
    def drifting(self) -> bool:
        """Whether quicker pulls have missed changes twice running."""
        return len(self.checks) > 1 and all(one.missed for one in self.checks)

    @property
    def person_needed(self) -> bool:
        """Whether records wait that a second list alone does not let go."""
        open_ = [one for one in self.waiting if one.confirmed_at is None]
        agreed = any(one.lists > 1 and one.last_at - one.first_at >= guard.APART for one in open_)
        return agreed or len(open_) > guard.LARGE * self.records


def of(connection: Connection, project: str, every: dt.timedelta, need: Need | None = None) -> State:
    """How that project of the deployment stands, which is pulled `every` so often."""
    rows = (
        select(row_current.c.instrument, func.count())
        .where(row_current.c.project == project, row_current.c.deleted_at.is_(None))
        .group_by(row_current.c.instrument)
        .order_by(row_current.c.instrument)
    )
    dictionary = projects.dictionary(connection, project)
    return State(
        project=project,
        last=runs.last(connection, project),
        complete=runs.newest(connection, project),
        whole=runs.newest(connection, project, modes=WHOLE),
        cursor=runs.cursor_of(connection, project),
        records=sum(1 for _ in known.each(connection, project)),
        rows={row.instrument: row[1] for row in connection.execute(rows)},
        checks=reconciliations.of(connection, project, newest=2),
        quarantined=quarantine.of(connection, project),
        waiting=deletions.of(connection, project),
        refusal=refusals.of(connection, project),
        lacking=needs.lacking(need, dictionary) if dictionary else (),
        due=dues.due(connection, project, every),
    )


def remedies(state: State) -> tuple[str, ...]:
    """What somebody should know or do, a sentence or two each; none where all is well."""
    return tuple(_remedies(state))


def _remedies(state: State) -> Iterator[str]:
    again = several.again(state.project)
    if state.refusal:
        yield (
            f"REDCap refuses the token since {state.refusal.since:%d %B %Y}. The project is left alone until its token "
            f"and its user's rights have been seen to. Then run: {again}"
        )
    elif state.last is None:
        yield f"Nothing was pulled yet. Run: {again}"
    elif state.last.state in {"failed", "interrupted"}:
        why = f" ({state.last.note})" if state.last.note else ""
        yield f"The last pull {state.last.state}{why}. What is held is as it was before. Run: {again}"
    if state.waiting:
        yield _waiting(state, again)
    if state.quarantined:
        names = ", ".join(one.record for one in state.quarantined[:_TOLD]) + _more(state.quarantined)
        yield (
            f"REDCap cannot answer for {many(len(state.quarantined), 'record')} ({names}), which stay as they were. "
            "They are tried again with each pull. Open them in REDCap, and show your administrator if they do not open."
        )
    if state.drifting:
        yield (
            "The last two full checks found changes that the pulls between had missed. Check in breakthrough.yaml that "
            "redcap.timezone is the zone of REDCap's server; if it is, pull with --reconcile before reports go out."
        )
    elif state.checks and state.checks[0].redcap_digest != state.checks[0].store_digest:
        yield f"The last full check did not come out even. Run: {again} --reconcile"


def _waiting(state: State, again: str) -> str:
    names = ", ".join(one.record for one in state.waiting[:_TOLD]) + _more(state.waiting)
    what = f"{many(len(state.waiting), 'record')} ({names}) of {state.records} are no longer on REDCap's list"
    if state.person_needed:
        return (
            f"{what}, which may be a fault as well as a deletion. They stay, and reports wait. If they were really "
            f"deleted, run: {again} --confirm-deletions"
        )
    return f"{what}. They go if the next list says the same. Run: {again}"


def _more(some: tuple[object, ...]) -> str:
    return " …" if len(some) > _TOLD else ""
