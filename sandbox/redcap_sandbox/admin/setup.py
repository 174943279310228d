"""What people set up on a project's pages: surveys and their queue, customizations, reports, the trigger.

How the log words the queue and a report is assumed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from redcap_sandbox.admin import trigger
from redcap_sandbox.admin.asked import Asked
from redcap_sandbox.admin.office import Office, Result, Verb
from redcap_sandbox.design import project, reports, surveys
from redcap_sandbox.design.dictionary import timestamp_name
from redcap_sandbox.design.surveys import Queued, Survey
from redcap_sandbox.desk import Desk
from redcap_sandbox.records import filtering, removal
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.store import journal
from redcap_sandbox.surveys.participants import EMAIL_FIELD
from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.refusals import Refusal

_DONE: Result = {"done": True}
_URL = re.compile(r"https?://\S+")
_CODE = re.compile(r"[A-Za-z0-9._-]+")
_BREAK = re.compile(r"[|\r\n]")
_SETTING = re.compile(r"[a-z][a-z0-9_]*")  # REDCap's own names, which become attributes of the project XML


def set_up_survey(office: Office, asked: Asked) -> Result:
    """Makes the instrument `form` a survey, or changes its `settings`, which have REDCap's own names."""
    form = asked.text("form")
    with office.desk(asked) as desk:
        if form not in desk.project.dictionary.form_labels:
            raise refusals.invalid_values("form", [form])
        old = desk.project.surveys.get(form)
        usual = {"form_name": form, "title": desk.project.dictionary.form_labels[form], "survey_enabled": "1"}
        settings = {**(old.settings if old else usual), **_settings(asked.texts("settings"))}
        surveys.save(desk.db, desk.project.id, Survey(form, settings))
        _set(desk, surveys_enabled=1)
        desk.note(journal.managed("Modify survey info" if old else "Set up survey"))
    return _DONE


def _settings(given: Mapping[str, str]) -> Mapping[str, str]:
    if strange := [name for name in given if not _SETTING.fullmatch(name)]:
        raise refusals.invalid_values("settings", strange)
    return given


def delete_survey(office: Office, asked: Asked) -> Result:
    """Makes the instrument `form` a survey no longer: links, codes and timestamps go, data stay."""
    form = asked.text("form")
    with office.desk(asked) as desk:
        if form not in desk.project.surveys:
            raise refusals.invalid_values("form", [form])
        surveys.delete(desk.db, desk.project.id, form)
        queue = surveys.load_queue(desk.db, desk.project.id)
        surveys.save_queue(desk.db, desk.project.id, [queued for queued in queue if queued.form != form])
        desk.db.execute(
            "UPDATE document SET content = json_remove(content, ?) "
            "WHERE form = ? AND record IN (SELECT id FROM record WHERE project = ?)",
            (f'$."{timestamp_name(form)}"', form, desk.project.id),
        )
        desk.note(journal.managed("Delete survey"))
    return _DONE


def set_up_queue(office: Office, asked: Asked) -> Result:
    """Replaces the survey queue: a row for each of its surveys, with `form`, `event` and settings; [] turns it off."""
    with office.desk(asked) as desk:
        surveys.save_queue(desk.db, desk.project.id, [_queued(desk, row) for row in asked.rows("queue")])
        desk.note(journal.managed("Set up survey queue"))
    return _DONE


def _queued(desk: Desk, row: Mapping[str, str]) -> Queued:
    settings = dict(row)
    form, unique = settings.pop("form", ""), settings.pop("event", "")
    if form not in desk.project.surveys:
        raise refusals.invalid_values("form", [form])
    events = desk.project.event_by_unique
    if unique and unique not in events:
        raise refusals.invalid_values("event", [unique])
    event = events[unique] if unique else desk.project.first_event
    return Queued(event.id, form, {"active": "1", **_settings(settings)})


def set_email_field(office: Office, asked: Asked) -> Result:
    """Makes `field` the one that holds participants' e-mail addresses, '' for none."""
    name = asked.text("field")
    with office.desk(asked) as desk:
        field = desk.project.dictionary.by_name.get(name)
        if name and (field is None or field.validation != "email"):
            raise refusals.invalid_values("field", [name])
        _set(desk, **{EMAIL_FIELD: name})
        desk.note(journal.managed("Make project customizations"))
    return _DONE


def set_missing_codes(office: Office, asked: Asked) -> Result:
    """Replaces the project's missing data codes: `codes` has a label for each, {} for none."""
    codes = asked.texts("codes")
    if strange := [code for code, label in codes.items() if not _CODE.fullmatch(code) or _BREAK.search(label)]:
        raise refusals.invalid_values("codes", strange)
    with office.desk(asked) as desk:
        _set(desk, missing_data_codes="\n".join(f"{code}, {label}" for code, label in codes.items()))
        desk.note(journal.managed("Make project customizations"))
    return _DONE


def allow_forgetting(office: Office, asked: Asked) -> Result:
    """Lets deletions of records take their traces in the log along, as the API's `delete_logging` asks, or not."""
    allowed = asked.flag("allowed", default=True)
    with office.desk(asked) as desk:
        _set(desk, **{removal.FORGETS: int(allowed)})
        desk.note(journal.managed("Make project customizations"))
    return _DONE


def add_report(office: Office, asked: Asked) -> Result:
    """The number of a new report with these `settings`: title, redcap_reports_fields, advanced_logic and so on."""
    with office.desk(asked) as desk:
        made = reports.add(desk.db, desk.project.id, _settings(asked.texts("settings")))
        if unknown := [name for name in made.fields if name not in desk.project.dictionary.requestable]:
            raise refusals.invalid_values("redcap_reports_fields", unknown)
        if made.logic:
            filtering.read(made.logic, desk.project, Sight(desk.project, desk.now))
        desk.note(journal.managed(f"Create report (report: {made.title}, report_id: {made.id})"))
    return {"report_id": made.id}


def set_trigger(office: Office, asked: Asked) -> Result:
    """Sets the address that the data entry trigger posts to, '' for none."""
    url = asked.text("url")
    if url and not _URL.fullmatch(url):
        raise Refusal(400, "The data entry trigger needs an address that begins with http:// or https://.")
    with office.desk(asked) as desk:
        _set(desk, **{trigger.SETTING: url})
        desk.note(journal.managed("Make project customizations"))
    return _DONE


def _set(desk: Desk, **changes: str | int) -> None:
    project.save_settings(desk.db, desk.project.id, {**desk.project.settings, **changes})


VERBS: Mapping[str, Verb] = {
    "set_up_survey": set_up_survey,
    "delete_survey": delete_survey,
    "set_up_queue": set_up_queue,
    "set_email_field": set_email_field,
    "set_missing_codes": set_missing_codes,
    "allow_forgetting": allow_forgetting,
    "add_report": add_report,
    "set_trigger": set_trigger,
}
