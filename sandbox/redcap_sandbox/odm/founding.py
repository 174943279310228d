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
from redcap_sandbox.odm import kept, queue, roles, settings
from redcap_sandbox.odm.settings import Settings
from redcap_sandbox.wire.refusals import Refusal

_CALLED = "The project XML"
_NAME = re.compile(r"[a-z0-9_]+")
_ARM = re.compile(r"[1-9][0-9]{0,3}")


def read(text: str) -> odm.Project:
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

    Settings that were asked for go before those of the XML. What is said of forms and events that the XML does not
    define is passed over. Refusal (all texts assumed) for an XML without a field, for names of fields, forms and arms
    that can be none, and for two forms of one name.
    """
    design = _dictionary(parsed)
    number = project.create(db, {**settings.read(parsed), **asked}, design)
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
    named = [form.name for form in parsed.forms]
    names = [*(field.field_name for field in parsed.fields), *named]
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise Refusal(400, f"The project XML has a field or an instrument that cannot be called '{wrong[0]}'.")
    if again := [name for name in named if named.count(name) > 1]:
        raise Refusal(400, f"The project XML has two instruments that are called '{again[0]}'.")
    if not parsed.fields:
        raise Refusal(400, "The project XML has no field.")
    forms = tuple(Form(form.name, form.label or dictionary.default_label(form.name)) for form in parsed.forms)
    return Dictionary(forms, tuple(Field(field.row()) for field in parsed.fields))


def _events(db: sqlite3.Connection, number: int, parsed: odm.Project) -> dict[str, int]:
    """The number of each event by the unique name that it has in the XML, and keeps."""
    if wrong := [arm for arm in parsed.arms if not _ARM.fullmatch(arm)]:
        raise Refusal(400, f"The project XML has an arm whose number is '{wrong[0]}'.")
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
    """What repeats, with its label."""
    return (((events[one.event], one.form), one.label) for one in parsed.repeating if one.event in events)
