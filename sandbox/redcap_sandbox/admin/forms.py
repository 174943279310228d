"""Saving a form as a person does on REDCap's pages: what imports never do, branching and the trigger among it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from redcap_sandbox.admin import trigger
from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb
from redcap_sandbox.design.dictionary import status_name
from redcap_sandbox.design.validation import Invalid, form_message
from redcap_sandbox.desk import Desk
from redcap_sandbox.records import entry, names, ranges, reading, unique
from redcap_sandbox.records.entry import Place
from redcap_sandbox.records.incoming import Fault, Incoming, Intake, Rules
from redcap_sandbox.records.layout import EVENT, REPEAT_INSTANCE, REPEAT_INSTRUMENT
from redcap_sandbox.records.ranges import Outside
from redcap_sandbox.records.reading import Record, Selection
from redcap_sandbox.records.saving import Manner, Saving
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.surveys import required, state
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.payload import TextRow
from redcap_sandbox.wire.refusals import Refusal

_BY_FORM = Manner("Create record", "Update record")
_REQUIRED = "* must provide value"
_NOT_TYPED = frozenset({"calc", "file"})


def save_form(office: Office, asked: Asked) -> Result:
    """The record's name, what the page warned of, and the fields whose values branching erased.

    `username` fills in `instrument` of `record` ('' for a new one), at `event` and `repeat_instance` where there are
    such: `values` holds the columns of an import, dates as Y-M-D; `status` is 0, 1 or 2, without it what it was. What
    the page only warns of is saved. `keep` names hidden fields whose values the person does not let go. The data entry
    trigger is fired. Refusal, and nothing is saved, for who may not do this, for a place or field that there is not,
    for values that the form's dialogs would not let pass, and for a record that is locked.
    """
    with office.desk(asked, asked.text("username")) as desk:
        place = _place(desk, asked)
        stored = _stored(desk, asked.text("record", "").strip() or _next_name(desk))
        held = entry.values_at(stored, place)
        _check_rights(desk, place, held)
        incoming = _incoming(desk, asked, place, stored.name)
        typed = incoming.values.get(place.form, {})
        sight = Sight(desk.project, desk.now, _smart(desk, place))
        filled = entry.filled(stored, place, typed, desk.project, sight, _kept(desk, asked, place))
        status = filled.values.get(status_name(place.form)) or held.get(status_name(place.form), "0")
        changes = {**filled.values, status_name(place.form): status}
        unique.refuse_duplicate(desk.db, desk.project, stored, changes)
        _save(desk, replace(incoming, values={place.form: _in_order(desk, changes)}), filled.hidden, sight)
        saved = _stored(desk, stored.name)
        warnings = _warnings(
            desk, saved, place, filled.hidden, ranges.outside(desk.project, saved, place, typed, sight)
        )
        erased = _erased(desk, {**held, **typed}, changes, filled.hidden)
        told = trigger.message(
            desk.project, desk.base_url, desk.caller.username, saved.name, place, status, saved.group
        )
    office.trigger.fire(str(desk.project.settings.get(trigger.SETTING, "")), told)
    return {"record": saved.name, "warnings": warnings, "erased": erased}


def _place(desk: Desk, asked: Asked) -> Place:
    """Where the form is; the instance counts only where something repeats."""
    project = desk.project
    form, unique = asked.text("instrument"), asked.text("event", "")
    if form not in project.dictionary.form_labels:
        raise refusals.invalid_values("instrument", [form])
    if project.is_longitudinal and unique not in project.event_by_unique:
        raise refusals.invalid_values("event", [unique])
    event = project.event_by_unique[unique] if project.is_longitudinal else project.first_event
    if form not in project.forms_of(event.id):
        raise Refusal(400, f"The instrument '{form}' is not designated for the event '{unique}'")
    instance = asked.number("repeat_instance", 1)
    return Place(event.id, form, instance if project.repeats(event.id) or project.repeats(event.id, form) else 1)


def _check_rights(desk: Desk, place: Place, held: Mapping[str, str]) -> None:
    """Refusal for a form that is read-only for this user (texts assumed).

    What a respondent answered takes a right of its own.
    """
    form, grants = place.form, desk.caller.grants
    if not grants.edits(form):
        raise Refusal(403, f"You do not have the right to edit the instrument '{form}'")
    answered = form in desk.project.surveys and state.of(form, held) != "not begun"
    if answered and not grants.edits_responses(form):
        raise Refusal(403, "Survey response is read-only")


def _next_name(desk: Desk) -> str:
    prefix = names.prefix(desk.caller.group)
    return f"{prefix}{names.next_number(desk.db, desk.project.id, prefix)}"


def _stored(desk: Desk, record: str) -> Record:
    """The record as it is, or one without documents."""
    found = reading.read(desk.db, desk.project.id, Selection(records=[record]))
    return next(found, Record(0, record, desk.caller.group, ()))


def _incoming(desk: Desk, asked: Asked, place: Place, record: str) -> Incoming:
    """What was typed, checked as a form checks it; Refusal with the message of every dialog."""
    project = desk.project
    given = asked.texts("values")
    columns = project.dictionary.column_names
    typable = {
        name
        for name, column in columns.items()
        if column.form == place.form and column.kind not in _NOT_TYPED and name != project.dictionary.record_id
    }
    if strange := [name for name in given if name not in typable]:
        raise refusals.unknown_columns(strange)
    row: TextRow = {project.dictionary.record_id: record, **given}
    if status := asked.text("status", ""):
        row[status_name(place.form)] = status
    if project.is_longitudinal:
        row[EVENT] = project.event_by_id[place.event].unique_name
    if project.repeats(place.event, place.form):
        row[REPEAT_INSTRUMENT] = place.form
    if REPEAT_INSTRUMENT in row or project.repeats(place.event):
        row[REPEAT_INSTANCE] = str(place.instance)
    intake = Intake(project, Rules(blanks_erase=True))
    (incoming,) = intake.read([row])
    if intake.faults:
        raise Refusal(400, "\n".join(str(_as_dialog(desk, fault)) for fault in intake.faults))
    return incoming


def _as_dialog(desk: Desk, fault: Fault) -> Fault:
    field = desk.project.dictionary.by_name.get(fault.name)
    return replace(fault, text=form_message(field.validation, Invalid(fault.text))) if field else fault


def _kept(desk: Desk, asked: Asked, place: Place) -> tuple[str, ...]:
    kept = asked.names("keep")
    held = desk.project.dictionary.form_of
    if strange := [name for name in kept if held.get(name) != place.form]:
        raise refusals.invalid_values("keep", strange)
    return kept


def _smart(desk: Desk, place: Place) -> dict[str, str]:
    """The smart variables that tell logic whose form it runs on."""
    label = desk.project.dictionary.form_labels[place.form]
    here = {"[is-form]": "1", "[is-survey]": "0", "[instrument-name]": place.form, "[instrument-label]": label}
    return {**desk.smart(), **here}


def _in_order(desk: Desk, changes: Mapping[str, str]) -> dict[str, str]:
    """The values in the order of the form, in which the log tells them."""
    return {column.key: changes[column.key] for column in desk.project.dictionary.columns if column.key in changes}


def _save(desk: Desk, incoming: Incoming, hidden: frozenset[str], sight: Sight) -> None:
    """Saves the form and does the calculations elsewhere that read it: a page posts every one of its fields."""
    (form,) = incoming.values
    fields = [field.name for field in desk.project.dictionary.fields if field.form == form]
    project = entry.without_hidden_calculations(desk.project, hidden)
    Saving(desk.db, project, desk.caller, desk.write_notes, fields, sight, _BY_FORM).save([incoming])


def _warnings(
    desk: Desk, saved: Record, place: Place, hidden: frozenset[str], outside: Iterable[Outside]
) -> list[Mapping[str, str]]:
    """What the page warns of: `field` and `message`, in the order of the form."""
    held = entry.values_at(saved, place)
    texts = {one.field: one.text for one in outside}
    for field in desk.project.dictionary.fields:
        asked = (
            field.form == place.form and field.name not in hidden and field.name != desk.project.dictionary.record_id
        )
        if asked and required.is_required(field, "form") and not held.get(field.name):
            texts[field.name] = _REQUIRED
    return [{"field": name, "message": texts[name]} for name in desk.project.dictionary.by_name if name in texts]


def _erased(desk: Desk, shown: Mapping[str, str], changes: Mapping[str, str], hidden: frozenset[str]) -> list[str]:
    """The hidden fields that had a value, be it one just typed, and have none now."""
    return sorted(
        {
            column.field
            for column in desk.project.dictionary.columns
            if column.field in hidden and shown.get(column.key) and changes.get(column.key) == ""
        }
    )


VERBS: Mapping[str, Verb] = {"save_form": save_form}
