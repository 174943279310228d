"""A project's status: in development or in production."""

from __future__ import annotations

from collections.abc import Mapping

from redcap_sandbox.admin import drafts
from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb, actor
from redcap_sandbox.design import project
from redcap_sandbox.desk import Desk
from redcap_sandbox.store import journal
from redcap_sandbox.wire.refusals import Refusal

_DONE: Result = {"done": True}


def to_production(office: Office, asked: Asked) -> Result:
    """Moves the project to Production; `keep_data` false deletes all records first."""
    keep = asked.flag("keep_data", default=True)
    with office.desk(asked, actor(asked), "design") as desk:
        if desk.project.in_production:
            raise Refusal(400, "The project is in production already.")
        if not keep:
            desk.db.execute("DELETE FROM record WHERE project = ?", (desk.project.id,))
        _set(desk, in_production=1, production_time=desk.now)
        deleted = "" if keep else " (delete all records)"
        desk.note(journal.managed(f"Move project to Production status{deleted}"))
    return _DONE


def to_development(office: Office, asked: Asked) -> Result:
    """Moves the project back to Development, which only an administrator may; a draft is dropped."""
    with office.desk(asked) as desk:
        if not desk.project.in_production:
            raise Refusal(400, "The project is in development already.")
        drafts.drop(desk.db, desk.project.id)
        _set(desk, in_production=0, production_time="")
        desk.note(journal.managed("Move project back to Development status"))
    return _DONE


def _set(desk: Desk, **changes: str | int) -> None:
    project.save_settings(desk.db, desk.project.id, {**desk.project.settings, **changes})


VERBS: Mapping[str, Verb] = {"to_production": to_production, "to_development": to_development}
