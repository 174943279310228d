"""Where a call is answered: the database, the project, the caller and the hour, and the log to write in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from redcap_sandbox.design.project import Project
from redcap_sandbox.people.members import Member
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


@dataclass
class Desk:
    """A project's desk.

    `now` is the server's time to the second, one and the same throughout a call; `base_url` what links to the server
    begin with, ending in a slash.
    """

    db: sqlite3.Connection
    project: Project
    caller: Member
    now: str
    base_url: str
    notes: list[Note] = field(default_factory=list)

    def note(self, *notes: Note) -> None:
        """Remembers lines for the project's log; they are written once the call has succeeded."""
        self.notes.extend(notes)

    def smart(self) -> dict[str, str]:
        """The smart variables that tell logic who is calling."""
        group = self.project.group_by_id.get(self.caller.group)
        person, role = self.caller.person, self.caller.role
        return {
            "[user-name]": self.caller.username,
            "[user-fullname]": f"{person.get('firstname', '')} {person.get('lastname', '')}".strip(),
            "[user-email]": person.get("email", ""),
            "[user-role-id]": str(role.id) if role else "",
            "[user-role-name]": role.unique_name if role else "",
            "[user-role-label]": role.label if role else "",
            "[user-dag-name]": group.unique if group else "",
            "[user-dag-id]": str(group.id) if group else "",
            "[user-dag-label]": group.name if group else "",
        }

    def write_notes(self, notes: Iterable[Note]) -> None:
        """Writes lines to the log at once, within the desk's own transaction."""
        journal.write(self.db, self.project.id, self.now, self.caller.username, notes)


@dataclass
class SuperDesk:
    """The desk of the super token, which belongs to no project."""

    db: sqlite3.Connection
    now: str


@dataclass(frozen=True)
class Action:
    """What a content does under one action name, and the rights it needs.

    An action that writes is given a desk whose transaction is kept if it returns and undone if it raises.
    """

    content: str
    name: str
    answer: Callable[[Call, Desk], Answer]
    rights: tuple[str, ...] = ("api_export",)
    writes: bool = False


@dataclass(frozen=True)
class SuperAction:
    """What a content does for the holder of the super token; it may always write."""

    content: str
    name: str
    answer: Callable[[Call, SuperDesk], Answer]
