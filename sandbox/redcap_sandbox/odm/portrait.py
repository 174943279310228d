"""A project as project XML describes it, without its records."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from breakthrough.instruments import odm
from breakthrough.instruments.field import Field
from breakthrough.instruments.odm.clinical import CLASSIC_EVENT
from redcap_sandbox.design import reports, surveys
from redcap_sandbox.design.project import Project
from redcap_sandbox.odm import kept, queue
from redcap_sandbox.odm import roles as xml_roles
from redcap_sandbox.odm.settings import written
from redcap_sandbox.people import roles


def painted(db: sqlite3.Connection, project: Project, version: str, now: str) -> odm.Project:
    """The project, with what nobody has changed just as it stood in the XML that it was made from, if it was.

    `version` is that of the server, `now` its time. What XML cannot say is lost: arms without an event, and as in
    REDCap the users, the log, the File Repository, and the settings for grants and investigators.
    """
    before = kept.load(db, project.id)
    stood = before or odm.Project("", ())
    forms = project.dictionary.form_labels
    events = {event.id: _unique(project, event.id) for event in project.events}
    return replace(
        stood,
        title=str(project.settings.get("project_title", "")),
        fields=tuple(Field.of(field.cells) for field in project.dictionary.fields),
        forms=tuple(odm.Form(form.name, form.label) for form in project.dictionary.forms),
        events=_events(project, stood),
        repeating=_repeating(project, stood),
        groups=tuple(group.name for group in project.groups),
        roles=xml_roles.written(roles.load(db, project.id), stood.roles, forms),
        surveys=tuple(_surveys(project, stood)),
        reports=tuple(odm.Report(report.settings) for report in reports.load(db, project.id)),
        settings=written(project.settings, before),
        others=queue.written(surveys.load_queue(db, project.id), events, stood),
        version=version,
        created=now.replace(" ", "T"),
        records="",
    )


def _unique(project: Project, event: int) -> str:
    """The name under which the XML speaks of that event, also where it defines none."""
    return project.event_by_id[event].unique_name if project.is_longitudinal else CLASSIC_EVENT


def _events(project: Project, stood: odm.Project) -> tuple[odm.Event, ...]:
    """None of a classic project. An event's forms and the events are in the dictionary's order, or as they stood."""
    if not project.is_longitudinal:
        return ()
    before = {event.unique_name: event.forms for event in stood.events}
    made = []
    for event in project.events:
        here = project.forms_of(event.id)
        forms = tuple(form for form in project.dictionary.form_labels if form in here)
        then = before.get(event.unique_name, ())
        made.append(
            odm.Event(
                unique_name=event.unique_name,
                name=event.name,
                arm=str(event.arm),
                arm_name=project.arm_names[event.arm],
                day_offset=event.day_offset,
                offset_min=event.offset_min,
                offset_max=event.offset_max,
                custom_label=event.custom_label,
                forms=then if set(then) == here else forms,
            )
        )
    return stood.events if set(made) == set(stood.events) else tuple(made)


def _repeating(project: Project, stood: odm.Project) -> tuple[odm.Repeat, ...]:
    """By events and forms, or as they stood."""
    made = [
        odm.Repeat(_unique(project, event), form, label)
        for (event, form), label in project.repeating.items()
        if event in project.event_by_id
    ]
    return stood.repeating if set(made) == set(stood.repeating) else tuple(made)


def _surveys(project: Project, stood: odm.Project) -> Iterator[odm.Survey]:
    """Those that were there in their order, then the others in that of their forms."""
    order = dict.fromkeys([*(survey.form for survey in stood.surveys), *project.dictionary.form_labels])
    for form in order:
        if form in project.surveys:
            yield odm.Survey({"form_name": form, **project.surveys[form].settings})
