"""What people do with whole records: into another group, deleted with their traces, locked."""

from __future__ import annotations

from collections.abc import Mapping

from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb, actor
from redcap_sandbox.desk import Desk
from redcap_sandbox.people import assignments
from redcap_sandbox.records import reading, removal
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.removal import Part, Stored
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_DONE: Result = {"done": True}


def assign_group(office: Office, asked: Asked) -> Result:
    """Assigns a record to the data access group of that unique name, '' for none; the record keeps its name.

    Refusal for a user who is in a group himself: his pages do not offer it.
    """
    with office.desk(asked, actor(asked)) as desk:
        if desk.caller.group is not None:
            raise Refusal(403, "Only users who are in no Data Access Group may assign records to one")  # (assumed)
        record = _record(desk, asked)
        group = assignments.group_named(desk.project, "group", asked.text("group"))
        number = group.id if group else None
        if number != record.group:
            desk.db.execute("UPDATE record SET access_group = ? WHERE id = ?", (number, record.id))
            verb, unique = ("Assign record to", group.unique) if group else ("Remove record from", "")
            details = f"{verb} Data Access Group (redcap_data_access_group = '{unique}')"
            desk.note(Note("record_edit", f"Update record {record.name}", details, record.name))
    return _DONE


def delete_record(office: Office, asked: Asked) -> Result:
    """Deletes a record; with `wipe_log` also every line of the log about it, and then not even this is logged.

    (That nothing at all remains in the log is assumed.)
    """
    wiped = asked.flag("wipe_log")
    with office.desk(asked, actor(asked), "record_delete") as desk:
        record = _record(desk, asked)
        notes = list(removal.delete(desk.db, desk.project, [Stored(record.id, record.name)], Part()))
        if wiped:
            removal.forget(desk.db, desk.project.id, [Stored(record.id, record.name)])
        else:
            desk.note(*notes)
    return _DONE


def lock_record(office: Office, asked: Asked) -> Result:
    """Locks a record as a whole, in each of its arms, or with `locked` false unlocks it."""
    locked = asked.flag("locked", default=True)
    with office.desk(asked, actor(asked), "lock_records_all_forms") as desk:
        record = _record(desk, asked)
        changed = desk.db.execute(
            "UPDATE record SET locked = ? WHERE id = ? AND locked <> ?", (int(locked), record.id, int(locked))
        )
        if changed.rowcount:
            verb = "Lock" if locked else "Unlock"
            desk.note(*(_lock_note(verb, record.name, arm) for arm in _arms(desk, record)))
    return _DONE


def _lock_note(verb: str, record: str, arm: str) -> Note:
    details = f"Action: {verb} entire record Record: {record} - {arm}"
    return Note("lock_record", f"Lock/Unlock Record {record}", details, record)


def _arms(desk: Desk, record: Record) -> list[str]:
    """What the log calls the arms that the record is in."""
    held = {document.event for document in record.documents}
    numbers = sorted({event.arm for event in desk.project.stored_events if event.id in held})
    return [f"Arm {number}: {desk.project.arm_names[number]}" for number in numbers]


def _record(desk: Desk, asked: Asked) -> Record:
    """The record that is asked for; Refusal if there is none such, or it is not of the user's group."""
    name = asked.text("record").strip()
    selection = Selection(records=[name], group=desk.caller.group)
    record = next(reading.read(desk.db, desk.project.id, selection), None)
    if record is None:
        raise refusals.unknown_record(name)
    return record


VERBS: Mapping[str, Verb] = {
    "assign_group": assign_group,
    "delete_record": delete_record,
    "lock_record": lock_record,
}
