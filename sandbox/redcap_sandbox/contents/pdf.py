"""`pdf`: forms to print, blank or filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from redcap_sandbox.design.events import Event
from redcap_sandbox.desk import Action, Desk
from redcap_sandbox.files import naming, uploads
from redcap_sandbox.pdf.drawing import drawn
from redcap_sandbox.pdf.forms import blank, filled
from redcap_sandbox.pdf.sheet import Sheet
from redcap_sandbox.records import access, branching, entry, reading
from redcap_sandbox.records.access import Access
from redcap_sandbox.records.branching import Rule
from redcap_sandbox.records.entry import Place
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store import journal
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call
from redcap_sandbox.wire.refusals import Refusal

_WHOLE_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)


@dataclass(frozen=True)
class _Wanted:
    """What is to be printed: of all forms or one, blank or of a record, or of all."""

    form: str
    record: str
    event: Event | None
    instance: int | None
    everything: bool
    compact: bool


def export(call: Call, desk: Desk) -> Answer:
    """A PDF: without a record the blank form `instrument`, or all forms; with `record` its data, at `event` and
    `repeat_instance` where they are given; with `allRecords` those of every record.

    Forms the caller may not export are left out, and so are fields that are kept from him.
    """  # noqa: D205  (what comes back depends on four parameters)
    wanted = _read(call, desk)
    sheets = _Sheets(desk, wanted)
    found = sheets.of_records() if wanted.record or wanted.everything else sheets.blank()
    content = drawn(found, datetime.fromisoformat(desk.now))
    desk.note(journal.managed(_logged(wanted)))
    return Answer(content, naming.content_type(_name(desk, wanted), "application/pdf"))


def _read(call: Call, desk: Desk) -> _Wanted:
    form, unique = call.text("instrument"), call.text("event")
    if form and form not in desk.project.dictionary.form_labels:
        raise refusals.invalid_values("instrument", [form])
    events = desk.project.event_by_unique
    if unique and desk.project.is_longitudinal and unique not in events:
        raise refusals.invalid_values("event", [unique])
    instance = call.text("repeat_instance")
    if instance and not _WHOLE_NUMBER.fullmatch(instance):
        raise refusals.invalid_parameter("repeat_instance")
    event = events.get(unique) if desk.project.is_longitudinal else None
    return _Wanted(
        form=form,
        record=call.text("record").strip(),
        event=event,
        instance=int(instance) if instance else None,
        everything=call.flag("allRecords"),
        compact=call.flag("compactDisplay"),
    )


def _logged(wanted: _Wanted) -> str:
    """The line of the log, the API's mark on it assumed."""
    what = "data entry form" if wanted.form else "all data entry forms"
    if wanted.everything:
        return "Download all data entry forms as PDF (all records) (API)"
    return f"Download {what} as PDF{' (with data)' if wanted.record else ''} (API)"


def _name(desk: Desk, wanted: _Wanted) -> str:
    """The file's name: the instrument, the project and the moment (assumed)."""
    label = desk.project.dictionary.form_labels.get(wanted.form, "All Forms")
    words = f"{label} {desk.project.settings['project_title']}"
    plain = "".join(word[:1].upper() + word[1:] for word in words.split())
    stamp = desk.now[:16].replace(" ", "_").replace(":", "")
    return f"{''.join(letter for letter in plain if letter.isalnum())[:60]}_{stamp}.pdf"


class _Sheets:
    """The sheets of one call, in the order in which they are printed."""

    def __init__(self, desk: Desk, wanted: _Wanted) -> None:
        self._desk = desk
        self._wanted = wanted
        self._project = desk.project
        self._access: Access = access.of(desk.caller, desk.project.dictionary)
        title = str(desk.project.settings["project_title"])
        forms = [wanted.form] if wanted.form else list(desk.project.dictionary.form_labels)
        allowed = [form for form in forms if self._access.level(form) != access.NONE]
        self._blank: Mapping[str, Sheet] = {form: blank(desk.project.dictionary, form, title) for form in allowed}
        self._kept = frozenset(  # dates that an export would shift are not printed at all
            column.field
            for column in desk.project.dictionary.columns
            if not self._access.allows(column) or self._access.shifts(column)
        )
        self._rules: Mapping[str, tuple[Rule, ...]] = {
            form: branching.rules(desk.project.dictionary, form) for form in allowed
        }
        self._files = uploads.names(desk.db, desk.project.id)
        self._uploads = frozenset(field.name for field in desk.project.dictionary.fields if field.kind == "file")
        self._sight = Sight(desk.project, desk.now, desk.smart())

    def blank(self) -> Iterator[Sheet]:
        """The forms without data."""
        return iter(self._blank.values())

    def of_records(self) -> Iterator[Sheet]:
        """The forms of the record, or of all records; Refusal if there is no such record."""
        names = None if self._wanted.everything else [self._wanted.record]
        selection = Selection(records=names, group=self._desk.caller.group)
        records = reading.read(self._desk.db, self._project.id, selection)
        found = False
        for record in records:
            found = True
            for place in self._places(record):
                yield self._filled(record, place)
        if not found and names is not None:
            raise Refusal(400, f'The record "{self._wanted.record}" does not exist')

    def _places(self, record: Record) -> Iterator[Place]:
        """Every form of every event the record is in; of what repeats, every instance."""
        held = {(one.event, one.form, one.instance) for one in record.documents}
        for event in self._project.events:
            if self._wanted.event not in {None, event}:
                continue
            for form in self._blank:
                if form not in self._project.forms_of(event.id):
                    continue
                again = self._project.repeats(event.id, form)
                own = form if again else ""
                instances = sorted(number for at, of, number in held if (at, of) == (event.id, own))
                if not again and not self._project.repeats(event.id):
                    instances = [number for number in instances if number == 1]
                for number in instances:
                    if self._wanted.instance in {None, number}:
                        yield Place(event.id, form, number)

    def _filled(self, record: Record, place: Place) -> Sheet:
        repeats = self._project.repeats(place.event) or self._project.repeats(place.event, place.form)
        values = entry.values_at(record, place)
        for name in self._uploads & values.keys():
            values[name] = self._files.get(values[name], values[name])
        instance = place.instance if repeats else None
        seen = self._sight.at(self._sight.values(record), place.event, instance, place.form)
        hidden = branching.hidden(self._rules[place.form], seen, self._sight.setting)
        event = self._project.event_by_id[place.event]
        hides = self._access.hides_records
        return filled(
            self._blank[place.form],
            values,
            access.hashed(self._project.id, record.name) if hides else record.name,
            self._project.event_title(event) if self._project.is_longitudinal else "",
            str(place.instance) if repeats else "",
            hidden | self._kept,
            self._wanted.compact,
        )


ACTIONS = (Action("pdf", "export", export),)
