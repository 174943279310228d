"""Compares the rows of a counts file with the monthly forms in REDCap and writes those that differ."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from breakthrough.collaborative import Collaborative
from breakthrough.errors import RedcapError
from breakthrough.intake.columns import ColumnMap
from breakthrough.intake.counts import CountRow, CountsFile, Refusal

FORM = "monthly_measures"
_KIND = {"history": "1", "baseline": "1", "live": "2", "tail": "3"}  # mm_kind
_REPORTED, _NOT_COLLECTED = "1", "4"  # <measure>_st
_COMPLETE = "2"
_ROWS_A_CALL = 500

Row = dict[str, str]


class Records(Protocol):
    """What is needed of the REDCap client: rows of a form out, rows in."""

    def records(
        self,
        *,
        records: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        forms: Sequence[str] | None = None,
    ) -> list[dict[str, str]]:
        """Rows of those records and forms."""

    def import_records(self, rows: list[dict[str, str]], *, overwrite: bool = False) -> int:
        """How many records were written."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row to be written: its place in the file, and the row REDCap is to have."""

    number: int
    row: Row
    new: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: rows to write, rows that are there already, rows refused."""

    changes: tuple[Change, ...]
    unchanged: int
    refused: tuple[Refusal, ...]
    left_aside: int


def compare(
    found: CountsFile,
    present: Iterable[Mapping[str, str]],
    mapping: ColumnMap,
    collaborative: Collaborative,
    today: dt.date,
) -> Plan:
    """What has to be written so that REDCap holds the file's rows; nothing, when it holds them already.

    `present` are the rows of the monthly form now in REDCap. A team that has a month twice there is refused for that
    month, since it cannot be told which instance the file's row belongs to.
    """
    by_month: dict[tuple[str, str], list[Mapping[str, str]]] = defaultdict(list)
    highest: dict[str, int] = defaultdict(int)
    for entered in present:
        if entered.get("redcap_repeat_instrument") == FORM:
            record = entered["record_id"]
            by_month[record, entered.get("mm_period", "")].append(entered)
            highest[record] = max(highest[record], int(entered["redcap_repeat_instance"]))
    changes: list[Change] = []
    refused = list(found.refused)
    unchanged = 0
    for row in found.rows:
        there = by_month[row.team, str(row.month.first)]
        if len(there) > 1:
            instances = " and ".join(str(one["redcap_repeat_instance"]) for one in there)
            sentence = f"REDCap holds this month of this team more than once (instances {instances}). Delete one."
            refused.append(Refusal(row.number, mapping.month, "month twice", sentence))
            continue
        now = there[0] if there else {}
        wanted = _wanted(row, now, mapping, collaborative)
        if there and all(str(now.get(field, "")) == value for field, value in wanted.items()):
            unchanged += 1
            continue
        if not there:
            highest[row.team] += 1
        instance = str(now.get("redcap_repeat_instance") or highest[row.team])
        plumbing = {"record_id": row.team, "redcap_repeat_instrument": FORM, "redcap_repeat_instance": instance}
        signed = {"mm_by": "import", "mm_submitted": str(row.submitted or today)}
        changes.append(Change(row.number, {**plumbing, **wanted, **signed}, new=not there))
    return Plan(tuple(changes), unchanged, tuple(sorted(refused, key=lambda r: r.number)), found.left_aside)


def carry_out(plan: Plan, client: Records, advance: Callable[[int], None]) -> None:
    """Writes the plan's rows. Each call of at most 500 rows is taken by REDCap whole or not at all.

    Interrupted, it is safe to run again: what has been written compares as unchanged.
    """
    for start in range(0, len(plan.changes), _ROWS_A_CALL):
        part = plan.changes[start : start + _ROWS_A_CALL]
        try:
            client.import_records([change.row for change in part], overwrite=True)
        except RedcapError as problem:
            if start:
                problem.args = (f"{problem}\n{start} rows before these are written. Run it again: it goes on there.",)
            raise
        advance(len(part))


def _wanted(row: CountRow, now: Mapping[str, str], mapping: ColumnMap, collaborative: Collaborative) -> Row:
    """The fields that the file answers for, as REDCap is to hold them.

    A count that is blank in the file is blanked. The status of a measure that the file feeds becomes "reported" when
    its counts are there; of any other measure "not collected", unless a person has entered something for it.
    """
    wanted: Row = {"mm_period": str(row.month.first), "mm_kind": _KIND[collaborative.calendar.kind(row.month)]}
    wanted |= {count: str(row.counts.get(count, "")) for count in mapping.counts}
    for code, measure in collaborative.measures.items():
        status = f"{code}_st"
        if measure.source:
            continue  # its case rows speak for themselves
        if not measure.reports(row.month):
            continue  # nobody is asked for it that month
        if code in mapping.measures:
            if all(count in row.counts for count in measure.at(row.month).counts):
                wanted[status] = _REPORTED
            elif now.get(status) in {_REPORTED, _NOT_COLLECTED}:
                wanted[status] = ""
        elif not now.get(status) and not any(now.get(c) for c in measure.counts if c not in mapping.counts):
            wanted[status] = _NOT_COLLECTED
    wanted[f"{FORM}_complete"] = _COMPLETE
    return wanted
