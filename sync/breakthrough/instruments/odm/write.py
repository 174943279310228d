"""A `Project` to project XML."""

from __future__ import annotations

import re
from collections.abc import Mapping

from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import definitions, events, forms, markup, variables
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Project

_NAMESPACES: Mapping[str, str] = {
    "": "http://www.cdisc.org/ns/odm/v1.3",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "redcap": "https://projectredcap.org",
}
_SCHEMA = "http://www.cdisc.org/ns/odm/v1.3 schema/odm/ODM1-3-1.xsd"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>'


def encode(project: Project) -> bytes:
    """The project as XML in UTF-8. A part that was read from a file and still says the same is written as it stood.

    Fields are written form by form. Not in an XML, as REDCap has it: the query of an sql field, and choices in the
    cell of a type that has none.
    """
    root, study, metadata = _heads(project)
    text = [_DECLARATION, markup.opened(root), markup.opened(study)]
    text += markup.lines(variables.node(project))
    text += markup.lines(Node("MetaDataVersion", metadata.attributes, tuple(_metadata(project))))
    text += ["</Study>", *([project.records] if project.records else []), "</ODM>", ""]
    return markup.possible("\n".join(text)).encode()


def _heads(project: Project) -> tuple[Node, Node, Node]:
    """ODM, Study and MetaDataVersion, without what is in them."""
    if project.kept:
        declared = _declared({**_NAMESPACES, **project.kept.namespaces, **_NAMESPACES})
        root = Node("ODM", declared | dict(project.kept.root.attributes))
        return root, project.kept.study, project.kept.metadata
    words = (re.sub(r"[^A-Za-z0-9]", "", word) for word in project.title.split())
    plain = "".join(word[:1].upper() + word[1:] for word in words)[:30]
    stamp = re.sub(r"[^0-9T-]", "", project.created[:16]).replace("T", "_")
    about = {
        "xsi:schemaLocation": _SCHEMA,
        "ODMVersion": "1.3.1",
        "FileOID": "000-00-0000",
        "FileType": "Snapshot",
        "Description": project.title,
        "AsOfDateTime": project.created,
        "CreationDateTime": project.created,
        "SourceSystem": "REDCap",
        "SourceSystemVersion": project.version,
    }
    metadata = {"OID": f"Metadata.{plain}_{stamp}", "Name": project.title}
    if project.fields:
        metadata["redcap:RecordIdField"] = project.fields[0].field_name
    return (
        Node("ODM", _declared(_NAMESPACES) | about),
        Node("Study", {"OID": f"Project.{plain}"}),
        Node("MetaDataVersion", metadata),
    )


def _declared(namespaces: Mapping[str, str]) -> dict[str, str]:
    return {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in namespaces.items()}


def _metadata(project: Project) -> list[Node]:
    sheets = _sheets(project)
    return [
        *_events(project),
        *(sheet.definition for sheet in sheets),
        *(group for sheet in sheets for group in sheet.groups),
        *(item for sheet in sheets for item in sheet.items),
        *(listed for sheet in sheets for listed in sheet.lists),
        *(project.kept.rest if project.kept else ()),
    ]


def _events(project: Project) -> tuple[Node, ...]:
    if project.kept and events.read(project.kept.events) == project.events:
        return project.kept.events
    return tuple(events.nodes(project.events, {one.event for one in project.repeating if not one.form}))


def _sheets(project: Project) -> list[forms.Sheet]:
    items = project.kept.items if project.kept else {}
    layouts = project.kept.layouts if project.kept else {}
    labels = project.labels
    record_id = project.fields[0].field_name if project.fields else ""
    sheets = []
    for name, fields in _by_form(project).items():
        own = [definitions.item(field, items) for field in fields]
        sheets.append(forms.sheet(name, labels.get(name) or as_redcap_labels(name), own, record_id, layouts.get(name)))
    return sheets


def _by_form(project: Project) -> dict[str, list[Field]]:
    """The fields of each form; in a dictionary with mistakes the rows of one may be apart."""
    found: dict[str, list[Field]] = {form.name: [] for form in project.forms}
    for field in project.fields:
        found.setdefault(field.form_name, []).append(field)
    return found


def as_redcap_labels(form: str) -> str:
    """The label that REDCap makes of a form's name when a dictionary brings a new one."""
    return " ".join(word.capitalize() for word in form.split("_") if word)
