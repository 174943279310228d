"""A project founded on what a project XML says of its design."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments import odm
from breakthrough.instruments.odm.clinical import CLASSIC_EVENT
from redcap_sandbox.design import dictionary, events, groups, project, reports, surveys
from redcap_sandbox.design.dictionary import Dictionary, Field, Form
from redcap_sandbox.design.events import Arm
from redcap_sandbox.design.project import Place
from redcap_sandbox.design.surveys import Survey
from redcap_sandbox.odm import kept, queue, roles
from redcap_sandbox.odm.settings import Settings, read
from redcap_sandbox.wire.refusals import Refusal

_CALLED = "The project XML"
_NAME = re.compile(r"[a-z0-9_]+")
_ARM = re.compile(r"[1-9][0-9]{0,3}")


def parsed(text: str) -> odm.Project:
    """What the XML says; Refusal if it cannot be read (the texts, which name line and remedy, are ours).

    An instrument does not repeat by itself within an event that repeats as a whole.
    """
    try:
        said = odm.parse(text.encode(), _CALLED)
    except DictionaryInvalid as error:
        raise Refusal(400, str(error)) from None
    whole = {one.event for one in said.repeating if not one.form} if said.events else set()
    return replace(said, repeating=tuple(one for one in said.repeating if not (one.form and one.event in whole)))


def found(db: sqlite3.Connection, parsed: odm.Project, asked: Settings) -> int:
    """The number of the new project, which has no user and no record yet.

    Settings that were asked for go before those of the XML. Repeating instruments, surveys and a queue of forms or
    events that the XML does not define are passed over. Refusal (all texts assumed) for an XML without a field, and for
    names of fields, forms and arms that can be none.
    """
    design = _dictionary(parsed)
    number = project.create(db, {**read(parsed), **asked}, design)
    numbers = _events(db, number, parsed) if parsed.events else {CLASSIC_EVENT: events.load(db, number)[0].id}
    forms = design.form_labels
    project.save_repeating(db, number, dict(_repeating(parsed, numbers)))
    for name in parsed.groups:
        groups.create(db, number, name)
    roles.save(db, number, parsed.roles, forms)
    for survey in parsed.surveys:
        if survey.form in forms:
            surveys.save(db, number, Survey(survey.form, survey.settings))
    surveys.save_queue(db, number, queue.read(parsed, numbers))
    for report in parsed.reports:
        reports.add(db, number, report.settings)
    kept.store(db, number, parsed)
    return number


def _dictionary(parsed: odm.Project) -> Dictionary:
    names = [*(field.field_name for field in parsed.fields), *(form.name for form in parsed.forms)]
    if wrong := next((name for name in names if not _NAME.fullmatch(name)), None):
        raise Refusal(400, f"The project XML has a field or an instrument that cannot be called '{wrong}'.")
    if not parsed.fields:
        raise Refusal(400, "The project XML has no field.")
    forms = tuple(Form(form.name, form.label or dictionary.default_label(form.name)) for form in parsed.forms)
    return Dictionary(forms, tuple(Field(field.row()) for field in parsed.fields))


def _events(db: sqlite3.Connection, number: int, parsed: odm.Project) -> dict[str, int]:
    """The number of each event by the unique name that it has in the XML, and keeps."""
    if wrong := next((arm for arm in parsed.arms if not _ARM.fullmatch(arm)), None):
        raise Refusal(400, f"The project XML has an arm whose number is '{wrong}'.")
    events.delete_arms(db, number, [arm.number for arm in events.load_arms(db, number)])
    for arm, name in parsed.arms.items():
        events.save_arm(db, number, Arm(int(arm), name))
    numbers: dict[str, int] = {}
    designated: list[tuple[int, str]] = []
    for event in parsed.events:
        about = {
            "unique_name": event.unique_name,
            "custom_label": event.custom_label,
            "day_offset": event.day_offset,
            "offset_min": event.offset_min,
            "offset_max": event.offset_max,
        }
        added = events.add(db, number, int(event.arm), event.name, about)
        numbers.setdefault(event.unique_name, added.id)
        designated += [(added.id, form) for form in event.forms]
    events.designate(db, number, designated)
    return numbers


def _repeating(parsed: odm.Project, events: Mapping[str, int]) -> Iterator[tuple[Place, str]]:
    """What repeats, with its label; in a classic project no event does."""
    for one in parsed.repeating:
        if one.event in events and (one.form or parsed.events):
            yield (events[one.event], one.form), one.label
