"""Puts dictionary and repeating setup back after a deploy that failed half-way, and says what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from breakthrough.english import listed
from breakthrough.errors import BreakthroughError
from breakthrough.instruments import dictionary, plan
from breakthrough.instruments.plan import Wanted
from breakthrough.instruments.project import Instrument, Project
from breakthrough.instruments.wording import Wording
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.live import Snapshot

_BOTH = "The dictionary and the repeating setup"


def put_back(
    client: Client, project: Project, before: Snapshot, backup: Path | None, losses: Sequence[str] = ()
) -> str:
    """A sentence on what became of the dictionary and the repeating setup; raises nothing that REDCap may cause.

    They are not put back where something was entered meanwhile that would go with what was added. `losses` are the
    names of the steps that may have taken values away, which do not come back with a field.
    """
    try:
        return _tried(client, project, before, backup, losses)
    except BreakthroughError as problem:
        return f"{_BOTH} could not be put back, either ({_first(problem)}). {_by_hand(backup)}"


def left(backup: Path | None) -> str:
    """The same sentence where REDCap no longer takes the token, and so is not asked again."""
    return f"{_BOTH} were not put back, as REDCap no longer takes the token. {_by_hand(backup)}"


def _tried(client: Client, project: Project, before: Snapshot, backup: Path | None, losses: Sequence[str]) -> str:
    if _same(client, before):
        return f"{_BOTH} are as they were before."
    old = _as_project(project, before)
    now = live.look(client, old)
    entered = [step for step in plan.make(Wanted(old, ()), now).part("dictionary") if step.risk == "loses data"]
    if entered:
        return (
            f"{_BOTH} were not put back, since something was entered meanwhile that would be lost by it: "
            f"{'; '.join(step.what for step in entered)}. {_by_hand(backup)}"
        )
    if now.fields != old.fields:
        client.import_metadata(before.metadata)
    if not _repeats_the_same(client, before):  # after the dictionary: with a form goes what was said of it
        client.import_repeating(before.repeating)
    gone = _gone(losses, backup) if now.fields != old.fields else ""
    if _same(client, before):
        return f"{_BOTH} were put back as they were before.{gone}"
    return f"{_BOTH} were put back, but read back they are not as before. {_by_hand(backup)}{gone}"


def _gone(losses: Sequence[str], backup: Path | None) -> str:
    """What is to be said of the values that a step took away before; blank where none did."""
    if not losses:
        return ""
    kept = f" Every record as it was is in {backup}; READ-ME.txt there says how to put it back." if backup else ""
    return f" The values that {listed(list(losses))} took away did not come back with them.{kept}"


def _same(client: Client, before: Snapshot) -> bool:
    return tuple(client.metadata()) == before.metadata and _repeats_the_same(client, before)


def _repeats_the_same(client: Client, before: Snapshot) -> bool:
    return _set_up(client.repeating()) == _set_up(before.repeating)


def _set_up(rows: Iterable[Mapping[str, str]]) -> set[tuple[str, str]]:
    return {(row["form_name"], row.get("custom_form_label") or "") for row in rows}


def _as_project(project: Project, before: Snapshot) -> Project:
    """The project as it was, as a definition: its fields and what repeated."""
    fields = dictionary.from_rows(before.metadata)
    labels = {row["form_name"]: row.get("custom_form_label") or "" for row in before.repeating}
    forms = dict.fromkeys(field.form_name for field in fields)
    instruments = tuple(Instrument(form, form, form in labels, labels.get(form, "")) for form in forms)
    return replace(project, fields=fields, instruments=instruments, wording=Wording(), settings={}, roles={})


def _by_hand(backup: Path | None) -> str:
    if backup is None:
        return "Look at the project in REDCap."
    return f"How it was before is in {backup}; READ-ME.txt there says how to put it back by hand."


def _first(problem: Exception) -> str:
    return str(problem).split(". ", 1)[0].split("\n", 1)[0].rstrip(".")
