"""ODM, Study and MetaDataVersion without what is in them: who wrote the XML, when, and what the project is called."""

from __future__ import annotations

import re
from collections.abc import Mapping

from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Kept, Project

NAMESPACES: Mapping[str, str] = {
    "": "http://www.cdisc.org/ns/odm/v1.3",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "redcap": "https://projectredcap.org",
}
_SCHEMA = "http://www.cdisc.org/ns/odm/v1.3 schema/odm/ODM1-3-1.xsd"
_LONGEST = 30  # letters of a title within an identifier


def heads(project: Project) -> tuple[Node, Node, Node]:
    """The three, in this order. Those that were read are as they stood, but for what the project says otherwise now."""
    if project.kept:
        return _kept(project, project.kept)
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
    return (
        Node("ODM", declared(NAMESPACES) | about),
        Node("Study", {"OID": _study(project)}),
        Node("MetaDataVersion", {"OID": _version(project), "Name": project.title} | _record_id(project)),
    )


def declared(namespaces: Mapping[str, str]) -> dict[str, str]:
    """The attributes that declare those namespaces, given by prefix."""
    return {f"xmlns:{prefix}" if prefix else "xmlns": uri for prefix, uri in namespaces.items()}


def _kept(project: Project, kept: Kept) -> tuple[Node, Node, Node]:
    root = declared({**NAMESPACES, **kept.namespaces, **NAMESPACES}) | dict(kept.root.attributes)
    study, metadata = dict(kept.study.attributes), dict(kept.metadata.attributes)
    renamed = project.title != kept.title
    dated = project.created != root.get("CreationDateTime", "")
    if renamed:
        root["Description"] = metadata["Name"] = project.title
        study["OID"] = _study(project)
    if dated:
        root["AsOfDateTime"] = root["CreationDateTime"] = project.created
    if renamed or dated:
        metadata["OID"] = _version(project)
    if project.version != root.get("SourceSystemVersion", ""):
        root["SourceSystemVersion"] = project.version
    if "redcap:RecordIdField" in metadata:
        metadata |= _record_id(project)
    return Node("ODM", root), Node("Study", study), Node("MetaDataVersion", metadata)


def _record_id(project: Project) -> dict[str, str]:
    return {"redcap:RecordIdField": project.fields[0].field_name} if project.fields else {}


def _study(project: Project) -> str:
    return f"Project.{_plain(project.title)}"


def _version(project: Project) -> str:
    stamp = re.sub(r"[^0-9T-]", "", project.created[:16]).replace("T", "_")
    return f"Metadata.{_plain(project.title)}_{stamp}"


def _plain(title: str) -> str:
    """The title as REDCap puts it into identifiers: letters and digits, every word with a capital."""
    words = (re.sub(r"[^A-Za-z0-9]", "", word) for word in title.split())
    return "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST]
