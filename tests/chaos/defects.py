"""Defects as a hurried hand might leave them in the pull or the store, planted one at a time: the bench must find each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from breakthrough.pull import candidates as detecting
from breakthrough.pull import design, guard, project, renames, taking, vanishing, window
from breakthrough.pull.candidates import Changes
from breakthrough.pull.guard import Verdict
from breakthrough.pull.vanishing import Held, Lists, Missing
from breakthrough.redcap import shapes
from breakthrough.redcap.record_list import RecordList
from breakthrough.store import bulk, deletions, quarantine, rows, runs
from breakthrough.store.tables import cursor, row_history

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Defect:
    """What is planted, and which of the bench's rules and edits come near it: with others it only takes longer."""

    name: str
    plant: Plant
    aims: tuple[str, ...]
    favourites: tuple[str, ...]


DEFECTS: list[Defect] = []


def _defect(name: str, *aims: str, favourites: tuple[str, ...] = ()) -> Callable[[Plant], Plant]:
    def kept(plant: Plant) -> Plant:
        DEFECTS.append(Defect(name, plant, aims, favourites))
        return plant

    return kept


# --- the cursor ------------------------------------------------------------------------------------------------------


@_defect("the cursor moves to the end of the pull", "pull_at_work")
def _cursor_at_the_end(patch: pytest.MonkeyPatch) -> None:
    right = runs.complete

    def complete(connection: Any, run: int, **given: Any) -> None:
        right(connection, run, **given | {"hi": given["at"]})

    patch.setattr(runs, "complete", complete)


@_defect("the cursor moves although a chunk failed", "pull_in_trouble", "pull_and_die")
def _cursor_in_spite(patch: pytest.MonkeyPatch) -> None:
    right = project._note_failure

    def note(work: Any, error: BaseException) -> None:
        with work.store.begin() as connection:
            last = runs.newest(connection, work.project)
            if last is not None and last.hi is not None:
                later = {"project": work.project, "hi": work.at(), "run": last.id}
                bulk.upsert(connection, cursor, ("project",), [later])
        right(work, error)

    patch.setattr(project, "_note_failure", note)


@_defect("no overlap", "pull_around_a_correction", "pull_from_replica")
def _no_overlap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(window, "OVERLAP", dt.timedelta())
    patch.setattr(window, "WIDE", dt.timedelta())


@_defect("the window in UTC instead of the server's zone", "pull_later")
def _in_utc(patch: pytest.MonkeyPatch) -> None:
    right = window.local
    patch.setattr(window, "local", lambda moment, _: right(moment, ZoneInfo("UTC")))


@_defect("an hour that comes twice read once", "pull_around_the_change")
def _fold(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(window, "local", lambda moment, zone: window._shown(moment, zone).replace(second=0, microsecond=0))
    patch.setattr(window, "WIDE", window.OVERLAP)


# --- what has gone ---------------------------------------------------------------------------------------------------


@_defect("an empty list believed", "pull_lied_to", "pull_later", favourites=("list empty",))
def _empty_list(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(guard, "require_records", lambda *_, **__: None)


@_defect("records let go by an empty list", "pull_lied_to", "pull_later", favourites=("list empty",))
def _gone_by_an_empty_list(patch: pytest.MonkeyPatch) -> None:
    _empty_list(patch)
    _unguarded(patch)


@_defect("records let go however many they are", "pull", "edit")
def _unguarded(patch: pytest.MonkeyPatch) -> None:
    def verdict(missing: Any, *_: object, **__: object) -> Verdict:
        return Verdict(go=frozenset(one.record for one in missing))

    patch.setattr(guard, "verdict", verdict)


@_defect("records let go by one list", "pull_lied_to", "pull_later", favourites=("list short once",))
def _one_list(patch: pytest.MonkeyPatch) -> None:
    def missing(self: Lists, listed: RecordList, *_: object, **__: object) -> Missing:
        return Missing(frozenset(self._missing(listed)))

    patch.setattr(Lists, "missing", missing)


@_defect("a list that is not believed counts", "pull_lied_to", "pull_later", favourites=("list empty",))
def _empty_list_counts(patch: pytest.MonkeyPatch) -> None:
    right = deletions.note
    patch.setattr(deletions, "note", lambda *given, **_: right(*given))


@_defect("what the list lacks passed over", "pull_later")
def _no_list(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Lists, "missing", lambda *_, **__: Missing())


@_defect("a record that one list lacked not read", "pull_lied_to", "pull_later", favourites=("list short once",))
def _overlooked(patch: pytest.MonkeyPatch) -> None:
    right = Lists.missing

    def missing(*given: Any, **more: Any) -> Missing:
        found = right(*given, **more)
        return Missing(found.gone, found.silent)

    patch.setattr(Lists, "missing", missing)


@_defect(
    "records let go because they were not returned",
    "pull_lied_to",
    "pull_later",
    favourites=("one record not returned",),
)
def _gone_unlisted(patch: pytest.MonkeyPatch) -> None:
    right = taking.Taking.take_in

    def take_in(self: Any, n: int, records: Sequence[str], answer: Any) -> Any:
        found = right(self, n, records, answer)
        if answer.missing:
            with self.store.begin() as connection:
                rows.let_go(
                    connection, self.project, answer.missing, rows.Seen(self.run, self.at(), self.schema_version)
                )
        return found

    patch.setattr(taking.Taking, "take_in", take_in)


# --- what is written ---------------------------------------------------------------------------------------------------


@_defect("rows written without a look at their hash", "pull_twice", "edit")
def _no_hash_guard(patch: pytest.MonkeyPatch) -> None:
    right = rows._held

    def held(*given: Any) -> Any:
        return {key: was._replace(digest=was.digest and "another") for key, was in right(*given).items()}

    patch.setattr(rows, "_held", held)


@_defect("an update not added to the history", "pull_later")
def _no_history(patch: pytest.MonkeyPatch) -> None:
    right = bulk.insert

    def insert(connection: Any, table: Any, columns: Any, lines: Any) -> None:
        kept = [line for line in lines if table is not row_history or "U" not in line]
        right(connection, table, columns, kept)

    patch.setattr(bulk, "insert", insert)


@_defect("rows of a record that are not in its answer stay", "pull_later")
def _absent_rows_stay(patch: pytest.MonkeyPatch) -> None:
    right = rows._changes
    patch.setattr(rows, "_changes", lambda *given: [one for one in right(*given) if one.cause != "row"])


@_defect("a chunk in two transactions", "pull_and_die")
def _two_transactions(patch: pytest.MonkeyPatch) -> None:
    right = taking.Taking.take_in

    def take_in(self: Any, n: int, records: Sequence[str], answer: Any) -> Any:
        with self.store.begin() as connection:
            tally = self._applied(connection, answer)
        return tally + right(self, n, records, answer)

    patch.setattr(taking.Taking, "take_in", take_in)


@_defect("a group left out of the hash", "pull_later")
def _group_not_hashed(patch: pytest.MonkeyPatch) -> None:
    right = rows._changes
    patch.setattr(rows, "_changes", lambda *given: [one for one in right(*given) if one.cause != "moved"])


@_defect("repeats beyond the second under one key", "pull_later", favourites=("overwrite",))
def _repeats_mixed(patch: pytest.MonkeyPatch) -> None:
    right = shapes._instance
    patch.setattr(shapes, "_instance", lambda row, record: min(right(row, record), 2))


# --- what is asked for -------------------------------------------------------------------------------------------------


@_defect("a changed design passed over", "redesign", "pull_later", favourites=("repeat_charter", "remove_field"))
def _no_redesign(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(design, "change", lambda *_: None)


@_defect(
    "a new design noted before all was read",
    *("redesign", "pull_and_die", "pull_later"),
    favourites=("repeat_charter", "remove_field"),
)
def _design_too_early(patch: pytest.MonkeyPatch) -> None:
    right = project._Pull._identify

    def identify(self: Any, probe: Any) -> Any:
        found = right(self, probe)
        with self.store.begin() as connection:
            design.note(connection, self.project, probe, found[0])
        return found

    patch.setattr(project._Pull, "_identify", identify)


@_defect("a record in another group passed over", "pull_later", favourites=("move_unseen",))
def _move_ignored(patch: pytest.MonkeyPatch) -> None:
    def candidates(found: Changes, listed: RecordList | None, held: RecordList, again: Collection[str]) -> list[str]:
        wanted = found.records | set(again)
        return sorted(wanted) if listed is None else [one for one in listed if one in wanted or one not in held]

    patch.setattr(detecting, "candidates", candidates)


@_defect("records that were set aside not asked for again", "pull_past_a_record")
def _not_again(patch: pytest.MonkeyPatch) -> None:
    right = vanishing.held

    def held(*given: Any) -> Held:
        found = right(*given)
        return replace(found, again=frozenset())

    patch.setattr(vanishing, "held", held)


@_defect("records that were set aside counted as read", "pull_in_trouble", "pull_lied_to")
def _set_aside_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(quarantine, "put", lambda *_: None)


@_defect("any record that came taken for one that went", "pull_later", favourites=("create", "delete"))
def _renamed_wrongly(patch: pytest.MonkeyPatch) -> None:
    def pairs(gone: Mapping[str, str], came: Mapping[str, str], _: Mapping[str, str]) -> dict[str, str]:
        return dict(zip(sorted(gone), sorted(came), strict=False))

    patch.setattr(renames, "pairs", pairs)
