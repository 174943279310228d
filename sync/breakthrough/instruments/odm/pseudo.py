"""Items that are no fields: a record's group, a respondent's identifier, the time at which a survey was completed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Project

GROUP = "redcap_data_access_group"
IDENTIFIER = "redcap_survey_identifier"


@dataclass(frozen=True, slots=True)
class Arranged:
    """Those of a form: of the record, and of the survey that the form is."""

    record: tuple[Node, ...]
    survey: tuple[Node, ...]


def timestamp(form: str) -> str:
    """The name of the item that says when the survey on that form was completed."""
    return f"{form}_timestamp"


def wanted(project: Project, *, groups: bool, surveys: bool) -> dict[str, tuple[Node, ...]]:
    """By form: what REDCap's own export has of them beside the records, in a project with groups and with surveys."""
    found: dict[str, tuple[Node, ...]] = {}
    first = project.fields[0].form_name if project.fields else ""
    on = surveys and project.settings.get("SurveysEnabled", "1") == "1"
    forms = {survey.form for survey in project.surveys} if on else set()
    if groups and project.groups:
        found[first] = (_item(GROUP, "text", "Data Access Group"),)
    if forms:
        found[first] = (*found.get(first, ()), _item(IDENTIFIER, "text", "Survey Identifier"))
    for form in forms:
        found[form] = (*found.get(form, ()), _item(timestamp(form), "datetime", "Survey Timestamp"))
    return found


def among(items: Iterable[Node]) -> list[Node]:
    """Those among these items; a server may name one twice."""
    return [node for node in items if "redcap:FieldType" not in node.attributes]


def arranged(form: str, items: Mapping[str, Node]) -> Arranged:
    """The items of that form by what they belong to, in REDCap's order."""
    known = [GROUP, IDENTIFIER]
    record = [items[name] for name in known if name in items]
    record += [node for name, node in items.items() if name not in {*known, timestamp(form)}]
    return Arranged(tuple(record), tuple(node for name, node in items.items() if name == timestamp(form)))


def _item(name: str, kind: str, label: str) -> Node:
    question = Node("Question", children=(Node("TranslatedText", text=label),))
    attributes = {"OID": name, "Name": name, "DataType": kind, "Length": "999", "redcap:Variable": name}
    return Node("ItemDef", attributes, (question,))
