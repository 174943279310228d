"""Brings a REDCap project in line with its definition: what `instruments.plan` says, sent, and read back.

Checks run before the first change; each part (dictionary, repeating setup, data access groups) is one request, which
REDCap takes as a whole or not at all.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from breakthrough.errors import ImportRefused, RedcapError, Refused, RemovalNotAllowed, TryAgain
from breakthrough.instruments import Field, check, dictionary, plan
from breakthrough.instruments.plan import PARTS, Held, Live, Part, Step
from breakthrough.instruments.project import Project
from breakthrough.redcap.client import Client

log = logging.getLogger(__name__)


def _silent(_: int) -> None:
    """No progress shown."""


def deploy(
    client: Client,
    project: Project,
    teams: Sequence[str],
    *,
    allow_removals: bool = False,
    advance: Callable[[int], None] = _silent,
) -> tuple[Step, ...]:
    """The steps that were done; none where REDCap already had everything, and then nothing was sent.

    `teams` are the codes (record names) of the teams that need a data access group. `advance` is called once for each
    part that was sent. Raises DictionaryInvalid, RemovalNotAllowed or Refused before anything is changed; RedcapError
    after that says what was done and what was not, and deploying again goes on from there.
    """
    check.require(project.fields)
    there = live(client, project)
    steps = plan.steps(project, there, teams)
    if not steps:
        return ()
    _refuse_losses(steps, allow_removals)
    _refuse_project(client.info(), steps)
    _send(client, project.worded(there.fields), steps, advance)
    _verify(client, project, teams)
    return steps


def live(client: Client, project: Project) -> Live:
    """The project as REDCap has it now, with what is stored in the fields that this definition would take away."""
    fields = dictionary.from_rows(client.metadata())
    records = len(client.record_ids())
    asked = plan.in_danger(project, fields) if records else ()
    repeating = {row["form_name"]: row.get("custom_form_label") or "" for row in client.repeating()}
    groups = frozenset(str(row["data_access_group_name"]) for row in client.dags())
    return Live(fields, repeating, groups, records, _held(client, fields, asked))


def _held(client: Client, fields: Sequence[Field], asked: Sequence[str]) -> dict[str, Held]:
    """How many records hold something in each of those fields. A field that REDCap does not show is left out."""
    if not asked:
        return {}
    rows = client.records(fields=list(asked), dags=False)
    shown = set(rows[0]) if rows else set()
    wanted = [field for field in fields if field.field_name in asked and shown.issuperset(field.export_names)]
    return {field.field_name: _count(rows, field, fields[0].field_name) for field in wanted}


def _count(rows: Sequence[Mapping[str, str]], field: Field, record_id: str) -> Held:
    boxes = dict(zip(field.export_names, field.codes, strict=True)) if field.field_type == "checkbox" else {}
    found: set[tuple[str, str]] = set()  # record, code
    for row in rows:
        if boxes:
            found.update((row[record_id], code) for column, code in boxes.items() if row[column] == "1")
        elif row[field.field_name]:
            found.add((row[record_id], row[field.field_name] if field.choices else ""))
    return Held(len({record for record, _ in found}), Counter(code for _, code in found if code))


def _refuse_losses(steps: Sequence[Step], allowed: bool) -> None:
    losses = [step for step in steps if step.risk == "loses data"]
    if losses and not allowed:
        raise RemovalNotAllowed(
            "Nothing was changed in REDCap, since these steps would lose values that are stored there:\n"
            + "\n".join(f"  {step}" for step in losses)
            + "\nPut the fields and choices back into the definition, or, if the values may go, allow removals "
            "(--allow-removals)."
        )


def _refuse_project(info: Mapping[str, Any], steps: Sequence[Step]) -> None:
    if str(info.get("is_longitudinal", 0)) == "1":
        raise Refused(
            "Nothing was changed: this REDCap project is longitudinal (it has events). A collaborative needs a project "
            "without events, whose instruments repeat. Create one, and use its token."
        )
    if str(info.get("in_production", 0)) == "1" and any(step.part == "dictionary" for step in steps):
        raise Refused(
            "Nothing was changed: this REDCap project is in production, where REDCap lets a person alone change the "
            "dictionary. Enter Draft Mode in REDCap, upload the data dictionary there, submit it, and deploy again for "
            "the rest. What is to be changed:\n" + "\n".join(f"  {step}" for step in steps)
        )


def _send(client: Client, project: Project, steps: Sequence[Step], advance: Callable[[int], None]) -> None:
    todo = [part for part in PARTS if any(step.part == part for step in steps)]
    sends: Mapping[Part, Callable[[], int]] = {
        "dictionary": lambda: client.import_metadata(dictionary.rows(project.fields)),
        "repeating setup": lambda: client.import_repeating(
            {"form_name": name, "custom_form_label": label} for name, label in project.repeating.items()
        ),
        "data access groups": lambda: client.import_dags(
            {"data_access_group_name": step.what, "unique_group_name": ""} for step in steps if step.kind == "add group"
        ),
    }
    for done, part in enumerate(todo):
        try:
            count = sends[part]()
        except RedcapError as problem:
            problem.args = (f"{problem}\n{_half_way(problem, todo[:done], todo[done:])}",)
            raise
        log.info("deployed part=%s count=%d", part.replace(" ", "_"), count)
        advance(1)


def _half_way(problem: RedcapError, done: Sequence[Part], left: Sequence[Part]) -> str:
    said = f"Done in REDCap: {', '.join(done) or 'nothing'}. "
    if isinstance(problem, TryAgain):  # the request may have arrived although its answer did not
        said += f"Perhaps done: {left[0]}. "
        left = left[1:]
    said += f"Not done: {', '.join(left)}. " if left else ""
    return said + "Deploy again when the cause is gone: it looks first, and goes on from there."


def _verify(client: Client, project: Project, teams: Sequence[str]) -> None:
    """Reads everything back. A step that is still to be done was taken by REDCap and made into something else."""
    left = plan.steps(project, live(client, project), teams)
    if left:
        raise ImportRefused(
            "REDCap took everything, but read back it is not what was sent:\n"
            + "\n".join(f"  {step}" for step in left)
            + "\nLook at these in REDCap; your server may know other field types or validations."
        )
