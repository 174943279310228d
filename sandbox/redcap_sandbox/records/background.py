"""A background import: good records go in, records with a fault are left out, and the log names SYSTEM."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from redcap_sandbox.desk import Desk
from redcap_sandbox.records import names
from redcap_sandbox.records.incoming import Intake, Rules
from redcap_sandbox.records.saving import Manner, Saving
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire.payload import TextRow

_MANNER = Manner("Create record", "Update record")


def load(desk: Desk, rows: Sequence[TextRow], rules: Rules) -> None:
    """Imports the records without a fault; those that the user may not write are left out, too.

    A real server does it some minutes later; here it is done when the call is answered, so that a rehearsal need not
    wait (assumed to make no other difference).
    """
    intake = Intake(desk.project, rules)
    found = intake.read(rows)

    def log(notes: Iterable[Note]) -> None:
        journal.write(desk.db, desk.project.id, desk.now, f"SYSTEM ({desk.caller.username})", notes)

    sight = Sight(desk.project, desk.now, desk.smart())
    saving = Saving(desk.db, desk.project, desk.caller, log, intake.fields, sight, _MANNER)
    out = saving.barred(row.record for row in found).union(names.folded(fault.record) for fault in intake.faults)
    saving.save([row for row in found if names.folded(row.record) not in out])
