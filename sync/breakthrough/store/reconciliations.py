"""What whole comparisons with REDCap have found: the proof that nothing is missing, and the drift of quicker pulls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from breakthrough.store.proof import Proof
from breakthrough.store.tables import reconciliation as table


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison, that of its run.

    `checked` records were compared and `differing` of them differed; `missed` of those had changed before the cursor,
    so a quicker pull should have seen it: that is the drift. The two digests are `proof.Proof.digest`, over REDCap's
    answers and over the store afterwards.
    """

    run: int
    at: dt.datetime
    checked: int
    rows: int
    differing: int
    missed: int
    redcap_digest: str
    store_digest: str

    @property
    def agreed(self) -> bool:
        """Whether, afterwards, the store was what REDCap had answered."""
        return self.redcap_digest == self.store_digest

    @property
    def drift(self) -> float:
        """The share of the records compared that quicker pulls had missed, 0 to 1."""
        return self.missed / self.checked if self.checked else 0.0


def note(
    connection: Connection,
    project: str,
    run: int,
    *,
    redcap: Proof,
    store: Proof,
    differing: int,
    missed: int,
    at: dt.datetime,
) -> Reconciliation:
    """The comparison, as it is kept from now on."""
    found = Reconciliation(
        run, at, redcap.records, sum(store.rows.values()), differing, missed, redcap.digest, store.digest
    )
    line = {name: getattr(found, name) for name in Reconciliation.__dataclass_fields__}
    connection.execute(table.insert().values(project=project, **line))
    return found


def of(connection: Connection, project: str, newest: int | None = None) -> tuple[Reconciliation, ...]:
    """The project's comparisons, the newest first; only so many where `newest` says so."""
    columns = [table.c[name] for name in Reconciliation.__dataclass_fields__]
    found = select(*columns).where(table.c.project == project).order_by(table.c.run.desc())
    if newest is not None:
        found = found.limit(newest)
    return tuple(Reconciliation(*row) for row in connection.execute(found))
