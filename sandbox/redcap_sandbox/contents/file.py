"""`file`: the file in a file field of one record, exported, imported and deleted."""

from __future__ import annotations

import re

from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.events import Event
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import attachments, uploads
from redcap_sandbox.files.attachments import Place
from redcap_sandbox.records import access
from redcap_sandbox.records.incoming import NEW
from redcap_sandbox.records.saving import Saving
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import CONTENT_TYPES, Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_INSTANCE = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_MOST_INSTANCES = 32767
_SIGNATURE = "signature"


def export(call: Call, desk: Desk) -> Answer:
    """The file's bytes, with its media type and name in the header, a signature's too.

    Refusal where there is none, and where the caller may not export the field: one without any export right to its
    form, or with less than the full data set if it is marked as an identifier.
    """
    field = _field(call, desk)
    column = desk.project.dictionary.column_names[field.name]
    if not access.of(desk.caller, desk.project.dictionary).allows(column):
        raise Refusal(403, f"You do not have export privileges for the field '{field.name}'")  # (assumed)
    place = _place(call, desk, field)
    file = attachments.find(desk.db, desk.project.id, place)
    if file is None:
        raise refusals.no_file()
    desk.note(_downloaded(place))
    return uploads.download(desk.db, file)


def _downloaded(place: Place) -> Note:
    """The line of the log; `(API)` and the instance are assumed."""
    told = place.field.name if place.instance == 1 else f"[instance = {place.instance}], {place.field.name}"
    return Note("export", f"Download uploaded document (API) Record {place.record}", told, place.record)


def load(call: Call, desk: Desk) -> Answer:
    """Nothing. The file takes the place of any other; an instance that is not there yet is made, a record is not.

    Refusal for a signature, which only a person can give in a form.
    """
    field = _field(call, desk)
    _check_editing(desk, field)
    if field.cells["text_validation_type_or_show_slider_number"] == _SIGNATURE:
        raise Refusal(400, f"The field '{field.name}' is a signature, which cannot be imported")  # (assumed)
    place = _place(call, desk, field)
    _check_place(desk, place)
    sent = call.file("file")
    if sent is None:
        raise Refusal(400, "No valid file was uploaded")  # (assumed)
    number = uploads.add(desk.db, desk.project.id, desk.now, sent.filename, "", sent.content)
    attachments.put(desk.db, desk.project.id, _saving(desk, field), place, number)
    return Answer(b"", CONTENT_TYPES[call.answer_format])


def delete(call: Call, desk: Desk) -> Answer:
    """Nothing: the file is gone for good, a signature too. Refusal where there is none (assumed)."""
    field = _field(call, desk)
    _check_editing(desk, field)
    place = _place(call, desk, field)
    if not attachments.take(desk.db, desk.project.id, _saving(desk, field), place):
        raise Refusal(400, "There is no file to delete for this record")  # (assumed)
    return Answer(b"", CONTENT_TYPES[call.answer_format])


def _saving(desk: Desk, field: Field) -> Saving:
    sight = Sight(desk.project, desk.now, desk.smart())
    return Saving(desk.db, desk.project, desk.caller, desk.write_notes, [field.name], sight)


def _field(call: Call, desk: Desk) -> Field:
    name = call.needed("field")
    field = desk.project.dictionary.by_name.get(name)
    if field is None or field.kind != "file":
        raise refusals.no_file_field(name)
    return field


def _place(call: Call, desk: Desk, field: Field) -> Place:
    """Where the call points; Refusal for an unknown record, event or instance. Without an instance it is the first."""
    asked = call.needed("record")
    event = _event(call, desk)
    record = attachments.record_named(desk.db, desk.project.id, asked, desk.caller.group)
    if record is None:
        raise refusals.unknown_record(asked)  # recorded for survey links, here assumed
    repeats = desk.project.repeats(event.id, field.form)
    return Place(record, event.id, field, _instance(call), repeats)


def _event(call: Call, desk: Desk) -> Event:
    """The event, which a longitudinal project has to be told and any other passes over."""
    if not desk.project.is_longitudinal:
        return desk.project.first_event
    name = call.needed("event")
    if name not in desk.project.event_by_unique:
        raise refusals.invalid_values("event", [name])
    return desk.project.event_by_unique[name]


def _instance(call: Call) -> int | str:
    asked = call.text("repeat_instance").strip() or "1"
    if asked.lower() == NEW and call.action == "import":
        return NEW
    if not _INSTANCE.fullmatch(asked) or int(asked) > _MOST_INSTANCES:
        raise refusals.invalid_parameter("repeat_instance")
    return int(asked)


def _check_editing(desk: Desk, field: Field) -> None:
    """Refusal if the caller's rights do not let him change the form (assumed: REDCap's text is not known)."""
    if not desk.caller.grants.edits(field.form):
        raise Refusal(403, f"You do not have privileges to edit data on the instrument '{field.form}'")


def _check_place(desk: Desk, place: Place) -> None:
    """Refusal where no file can be: the form is not designated to the event, or does not repeat (texts assumed)."""
    event = desk.project.event_by_id[place.event]
    if place.field.form not in desk.project.forms_of(event.id):
        raise Refusal(
            400,
            f"This field ('{place.field.name}') exists on an instrument that is not designated for the event named "
            f"'{desk.project.event_title(event)}'.",
        )
    if place.instance != 1 and not place.repeats and not desk.project.repeats(event.id):
        raise refusals.invalid_parameter("repeat_instance")


ACTIONS = (
    Action("file", "export", export),
    Action("file", "import", load, rights=("api_import",), writes=True),
    Action("file", "delete", delete, rights=("api_import",), writes=True),
)
