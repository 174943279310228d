"""`project_xml`: the project as XML, its design alone or with its records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from breakthrough.instruments import odm
from redcap_sandbox.contents.version import SPOKEN
from redcap_sandbox.design.dictionary import Column
from redcap_sandbox.design.events import Event
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.odm import portrait
from redcap_sandbox.odm.entries import Entries, Wanted
from redcap_sandbox.records import access, filtering, reading
from redcap_sandbox.records.access import Access
from redcap_sandbox.records.filtering import Filter
from redcap_sandbox.records.layout import known
from redcap_sandbox.records.reading import Selection
from redcap_sandbox.records.rows import keep_all
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store import journal
from redcap_sandbox.store.journal import Note
from redcap_sandbox.wire.answers import CONTENT_TYPES, Answer
from redcap_sandbox.wire.call import Call


def export(call: Call, desk: Desk) -> Answer:
    """The project as XML; with records, unless only the design is asked for, which are sent while they are read.

    The design is always whole (assumed): `fields` and `events` narrow down the records. The lines of the log and the
    content type are assumed.
    """
    picture = portrait.painted(desk.db, desk.project, SPOKEN, desk.now)
    desk.note(journal.managed("Export project XML (API)"))
    if call.flag("returnMetadataOnly"):
        return Answer(odm.encode(picture), CONTENT_TYPES["xml"])
    rights = access.of(desk.caller, desk.project.dictionary)
    wanted = Wanted(
        columns=_columns(call, desk, rights),
        events=_events(call, desk),
        groups=call.flag("exportDataAccessGroups") and desk.caller.group is None,
        surveys=call.flag("exportSurveyFields") and bool(desk.project.settings.get("surveys_enabled")),
        files=call.flag("exportFiles"),
    )
    logic = _filter(call, desk)
    records = reading.read(desk.db, desk.project.id, _selection(call, desk, wanted, logic))
    entries = Entries(desk.db, desk.project, wanted, rights, logic.passes if logic else keep_all)
    desk.note(Note("export", "Data export (API)", ", ".join(column.name for column in wanted.columns)))
    pieces = odm.stream(picture, entries.of(records), groups=wanted.groups, surveys=wanted.surveys)
    return Answer(_begun(pieces), CONTENT_TYPES["xml"])


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, the first of which, the design, is written already: what fails there is answered as a failure."""
    return chain([next(pieces)], pieces)


def _columns(call: Call, desk: Desk, rights: Access) -> Sequence[Column]:
    """The columns asked for, as far as the caller may export them."""
    dictionary = desk.project.dictionary
    open_to_him = [column for column in dictionary.columns if rights.allows(column)]
    hidden = {column.field for column in dictionary.columns} - {column.field for column in open_to_him}
    fields = known(call.names("fields"), "fields", dictionary.requestable - hidden)
    return [column for column in open_to_him if not fields or column.field in fields]


def _events(call: Call, desk: Desk) -> Sequence[Event]:
    """The events asked for, all without any; a classic project passes over the question."""
    if not desk.project.is_longitudinal:
        return desk.project.events
    asked = known(call.names("events"), "events", frozenset(desk.project.event_by_unique))
    return [event for event in desk.project.events if not asked or event.unique_name in asked]


def _filter(call: Call, desk: Desk) -> Filter | None:
    logic = call.text("filterLogic").strip()
    if not logic:
        return None
    return filtering.read(logic, desk.project, Sight(desk.project, desk.now, desk.smart()))


def _selection(call: Call, desk: Desk, wanted: Wanted, logic: Filter | None) -> Selection:
    asked = call.names("records")
    forms = {*(column.form for column in wanted.columns), *(logic.forms if logic else ())}
    part = len(wanted.events) < len(desk.project.events)
    return Selection(
        forms=sorted(forms) if len(forms) < len(desk.project.dictionary.forms) else None,
        events=[event.id for event in wanted.events] if part and not logic else None,
        records=asked.values if asked else None,
        group=desk.caller.group,
    )


ACTIONS = (Action("project_xml", "export", export),)
