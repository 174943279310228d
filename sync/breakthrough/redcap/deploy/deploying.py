"""Brings a REDCap project in line with its definition: looks, backs up, carries the plan out, and reads it all back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from breakthrough.errors import (
    AuthFailed,
    BreakthroughError,
    ImportRefused,
    RedcapError,
    Refused,
    RemovalNotAllowed,
    TryAgain,
)
from breakthrough.instruments import check, plan
from breakthrough.instruments.plan import Live, Part, Plan, Step, Wanted
from breakthrough.instruments.project import Instrument
from breakthrough.instruments.wording import Wording
from breakthrough.redcap import live
from breakthrough.redcap.client import Client
from breakthrough.redcap.deploy import assigning, backup, undoing
from breakthrough.redcap.deploy.backup import Shelf
from breakthrough.redcap.deploy.carrying import carry, parts
from breakthrough.redcap.live import Snapshot

_DESIGN: Collection[Part] = ("dictionary", "repeating setup")
_RIGHTS = (
    "To deploy, the token's user needs API Export and API Import, Project Design and Setup, User Rights (full access) "
    "and Data Access Groups, and must be in no group."
)


@dataclass(frozen=True, slots=True)
class Done:
    """What a deploy did. `drafted`: the dictionary's steps, left to a person as the project is in production.

    `later`: what can be done only once those are approved; `by_hand`: what no API can do. `backup` is None where
    nothing was to be changed, or no folder was given.
    """

    steps: tuple[Step, ...]
    drafted: tuple[Step, ...]
    later: tuple[Step, ...]
    by_hand: tuple[Step, ...]
    remarks: tuple[str, ...]
    live: Live  # as it was before
    backup: Path | None = None


def deploy(
    client: Client,
    wanted: Wanted,
    *,
    allow: Collection[str] = (),
    backups: Shelf | None = None,
    seen: Snapshot | None = None,
    told: Callable[[Plan, Path | None], None] = lambda _plan, _backup: None,
    advance: Callable[[int], None] = lambda _: None,
    taken: Callable[[Done], None] = lambda _: None,
) -> Done:
    """What was done; no step where REDCap already had everything, and then nothing was sent.

    `allow` names the steps that may lose data; `backups` is where they go, and `seen` what REDCap said
    of the project, where it was asked already. `told` gets the plan and the backup before the first
    change, `advance` is called for each part that was sent, and `taken` gets what was done once REDCap has all of it,
    before it is read back: whatever comes of that, it is there.

    Raises DictionaryInvalid, RemovalNotAllowed or Refused before anything is changed. RedcapError after that says what
    was done and what was not; the dictionary and the repeating setup are put back then, if REDCap can be reached.
    """
    check.require(wanted.project.fields)
    seen = seen or live.snapshot(client)
    require_classic(seen.info)
    require_open(seen)
    there = live.judged(client, seen, wanted.project)
    whole = plan.make(wanted, there)
    refuse_losses(whole, allow)
    within = _within(wanted, there) if there.in_production and whole.part("dictionary") else wanted
    todo = whole if within is wanted else plan.make(within, there)
    assigning.require_own(within, there, todo)
    done = _left(whole, todo, there)
    losses = [step for step in (*todo.to_send, *done.drafted, *done.later) if step.risk == "loses data"]
    if not todo.to_send:
        # what is handed over is lost when an administrator approves it, and nobody backs up then
        return replace(done, backup=_backed_up(client, seen, backups, losses, there)) if losses else done
    kept = _backed_up(client, seen, backups, losses, there)
    told(todo, kept)
    _carried(client, within, there, todo, seen, kept, advance)
    done = replace(done, steps=todo.to_send, backup=kept)
    taken(done)
    _verify(client, within)
    return done


def require_classic(info: Mapping[str, Any]) -> None:
    """Raises Refused where the project has events."""
    if str(info.get("is_longitudinal", 0)) == "1":
        raise Refused(
            "Nothing was changed: this REDCap project is longitudinal (it has events). A collaborative needs a project "
            "without events, whose instruments repeat. Create one, and use its token."
        )


def require_open(seen: Snapshot) -> None:
    """Raises Refused where the token's user is in a data access group, or may be.

    Then REDCap counts the records of that group alone: what those of others hold would be lost unasked.
    """
    if not seen.sees_all:
        who = f", {seen.caller}," if seen.caller else ""
        raise Refused(
            f"Nothing was changed in REDCap: the token's user{who} is in a data access group, or it cannot be told "
            "that it is in none. REDCap would show it the records of that group alone, and what other teams entered "
            "would be lost unseen. In REDCap, open User Rights, take that account out of its group, and give it the "
            "rights to User Rights, Data Access Groups and Logging, by which that can be told."
        )


def refuse_losses(whole: Plan, allow: Collection[str]) -> None:
    """Raises RemovalNotAllowed with every step that would lose data and is not allowed by its name."""
    losses = [step for step in whole.losses if step.name not in allow]
    if losses:
        unknown = sorted(set(allow) - {step.name for step in whole.steps})
        raise RemovalNotAllowed(
            "Nothing was changed in REDCap, since these steps would lose values that are stored there:\n"
            + "\n".join(f"  {step}" for step in losses)
            + (f"\nThere is no step called {', '.join(unknown)}." if unknown else "")
            + "\nPut the fields and choices back into the definition. Where the values may go, allow each by name:\n  "
            + " ".join(f"--allow {step.name}" for step in losses)
        )


def _within(wanted: Wanted, there: Live) -> Wanted:
    """What can be had in production without changing the dictionary: all that is about fields and forms there."""
    forms = dict.fromkeys(field.form_name for field in there.fields)
    ours = {one.name: one for one in wanted.project.instruments}
    instruments = []
    for form in forms:
        stays = Instrument(form, form, form in there.repeating, there.repeating.get(form, ""))
        instruments.append(ours.get(form, stays))
    project = replace(
        wanted.project, fields=there.fields, instruments=tuple(instruments), wording=Wording(), profiles=()
    )
    return replace(wanted, project=project)


def _left(whole: Plan, todo: Plan, there: Live) -> Done:
    """What is not for the API to do, or not yet."""
    if todo is whole:
        drafted: tuple[Step, ...] = ()
        later: tuple[Step, ...] = ()
    else:
        now = {step.name for step in todo.steps}
        drafted = whole.part("dictionary")
        later = tuple(step for step in whole.to_send if step.part != "dictionary" and step.name not in now)
    by_hand = tuple(step for step in whole.steps if step.by_hand)
    return Done((), drafted, later, by_hand, whole.remarks, there)


def _backed_up(client: Client, seen: Snapshot, shelf: Shelf | None, losses: Sequence[Step], there: Live) -> Path | None:
    if shelf is None:
        return None
    uploads = {field.field_name for field in there.fields if field.field_type == "file"}
    files = any(step.key.partition(":")[0] in uploads for step in losses)
    return backup.write(client, seen, shelf, data=bool(losses), files=files)


def _carried(
    client: Client,
    wanted: Wanted,
    there: Live,
    todo: Plan,
    seen: Snapshot,
    kept: Path | None,
    advance: Callable[[int], None],
) -> None:
    done: list[Part] = []
    begun: list[Part] = []
    try:
        for part in carry(client, wanted, there, todo, begun.append):
            done.append(part)
            advance(1)
    except (BreakthroughError, KeyboardInterrupt) as problem:
        said = _half_way(problem, done, parts(todo)[len(done) :], begun)
        if any(part in _DESIGN for part in parts(todo)[: len(done) + 1]):
            shut = isinstance(problem, AuthFailed)
            losses = [step.name for step in todo.part("dictionary") if step.risk == "loses data"]
            back = undoing.left(kept) if shut else undoing.put_back(client, wanted.project, seen, kept, losses)
            said += f"\n{back}"
        if isinstance(problem, Refused):
            said += f"\n{_RIGHTS}"
        said += "\nDeploy again when the cause is gone: it looks first, and does what is left."
        if isinstance(problem, KeyboardInterrupt):
            raise RedcapError(f"Stopped half-way. {problem}\n{said}") from problem
        problem.args = (f"{problem}\n{said}",)
        raise


def _half_way(problem: BaseException, done: Sequence[Part], left: Sequence[Part], begun: Collection[Part]) -> str:
    said = f"Done in REDCap: {', '.join(done) or 'nothing'}. "
    # one of its requests arrived, or may have although its answer did not
    if left[0] in begun or isinstance(problem, (TryAgain, KeyboardInterrupt)):
        said += f"Perhaps done: {left[0]}. "
        left = left[1:]
    return (said + (f"Not done: {', '.join(left)}." if left else "")).strip()


def _verify(client: Client, wanted: Wanted) -> None:
    """Reads everything back. A step that is still to be done was taken by REDCap and made into something else."""
    try:
        left = plan.make(wanted, live.look(client, wanted.project)).to_send
    except BreakthroughError as problem:
        said = (
            "Everything was sent and taken; only the reading back failed. Run breakthrough plan: it must find nothing."
        )
        problem.args = (f"{problem}\n{said}",)
        raise
    if left:
        raise ImportRefused(
            "REDCap took everything, but read back it is not what was sent:\n"
            + "\n".join(f"  {step}" for step in left)
            + "\nLook at these in REDCap; your server may know other field types, validations or rights."
        )
