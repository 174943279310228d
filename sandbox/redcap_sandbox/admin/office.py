"""Where the actions of people and administrators are carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.trigger import Trigger
from redcap_sandbox.contents import Contents
from redcap_sandbox.design import project
from redcap_sandbox.design.project import Project
from redcap_sandbox.desk import Desk
from redcap_sandbox.faults.striking import Faults
from redcap_sandbox.people import members, rights
from redcap_sandbox.people.grants import Grants
from redcap_sandbox.people.members import Member
from redcap_sandbox.store.clock import ServerClock
from redcap_sandbox.store.storage import Storage
from redcap_sandbox.wire.refusals import Refusal

# Who the log names for what an administrator does.
ADMINISTRATOR = "site_admin"

Result = Mapping[str, object]


@dataclass(frozen=True)
class Office:
    """The server, as people and administrators reach it."""

    storage: Storage
    clock: ServerClock
    faults: Faults
    contents: Contents
    trigger: Trigger
    base_url: Callable[[], str]

    @contextmanager
    def desk(self, asked: Asked, username: str = ADMINISTRATOR, *needed: str) -> Iterator[Desk]:
        """The desk of the project `project_id` in a transaction, for its user of that name or an administrator.

        What is noted there is logged at the end. Refusal for a project or user that does not exist, for one whose
        account is suspended or whose access has expired, and for one who holds none of the rights that are `needed`.
        """
        with self.desk_of(asked.number("project_id"), username, *needed) as desk:
            yield desk

    @contextmanager
    def desk_of(self, number: int, username: str = ADMINISTRATOR, *needed: str) -> Iterator[Desk]:
        """The desk of the project of that number, as `desk`."""
        with self.storage.writing() as db:
            if db.execute("SELECT 1 FROM project WHERE id = ?", (number,)).fetchone() is None:
                raise Refusal(400, f"There is no project {number}.")
            now = self.clock.stamp()
            held = project.load(db, number)
            caller = _administrator(held) if username == ADMINISTRATOR else members.required(db, number, username)
            _check(caller, now[:10], needed)
            desk = Desk(db, held, caller, now, self.base_url())
            yield desk
            desk.write_notes(desk.notes)


Verb = Callable[[Office, Asked], Result]


def actor(asked: Asked) -> str:
    """Who does it: the user `username`, without any an administrator."""
    return asked.text("username", "") or ADMINISTRATOR


def _administrator(of: Project) -> Member:
    """Who may do everything, in every project."""
    forms = dict.fromkeys(of.dictionary.form_labels, rights.SURVEY_RESPONSES)
    return Member(ADMINISTRATOR, Grants(dict.fromkeys(rights.RIGHTS, 1), forms))


def _check(caller: Member, today: str, needed: tuple[str, ...]) -> None:
    """Refusal for who may not come in, or not do this; the texts but that of an access that expired are assumed."""
    if caller.suspended:
        raise Refusal(403, "Your REDCap account has been suspended")
    if caller.expired(today):
        raise Refusal(403, "Your access to this particular REDCap project has expired")
    if needed and not any(caller.may(right, writing=True) for right in needed):
        raise Refusal(403, f"You do not have the right for this in the project: {' or '.join(needed)}")
