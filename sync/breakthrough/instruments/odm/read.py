"""Project XML to a `Project`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from breakthrough.errors import DictionaryInvalid
from breakthrough.instruments.odm import events, items, source, variables
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.source import Document
from breakthrough.instruments.odm.values import Form, Item, Kept, Layout, Project

_MODELLED = frozenset({"Protocol", "StudyEventDef", "FormDef"})


def parse(data: bytes, name: str) -> Project:
    """The project in those bytes; `name` is what messages call it.

    Raises DictionaryInvalid (line, column, remedy) when it is no project XML of REDCap's.
    """
    document = source.parse(data, name)
    study, metadata = _metadata(document, name)
    fields, kept_items, layouts, remarks = items.read(metadata, name)
    settings, others, plain = variables.read(study.first("GlobalVariables") or Node("GlobalVariables"))
    kept = Kept(
        _bare(document.root),
        _bare(study),
        _bare(metadata),
        document.namespaces,
        plain,
        tuple(node for node in metadata.children if node.tag in {"Protocol", "StudyEventDef"}),
        kept_items,
        layouts,
        tuple(_rest(metadata, kept_items, layouts)),
        tuple(node for node in study.children if node.tag != "GlobalVariables" and node is not metadata),
        document.beside,
    )
    groups = {node.tag: node for node in plain}
    return Project(
        title=kept.title,
        fields=fields,
        forms=_forms(metadata.all("FormDef")),
        events=events.read(kept.events),
        repeating=variables.repeats(groups),
        groups=variables.data_access_groups(groups),
        roles=variables.roles(groups),
        surveys=variables.surveys(groups),
        reports=variables.reports(groups),
        settings=settings,
        others=others,
        version=document.root.get("SourceSystemVersion"),
        created=document.root.get("CreationDateTime"),
        records=document.beside.text,
        kept=kept,
        remarks=(*document.remarks, *remarks),
    )


def _metadata(document: Document, name: str) -> tuple[Node, Node]:
    study = document.root.first("Study")
    metadata = study.first("MetaDataVersion") if study else None
    if document.root.tag != "ODM":
        raise DictionaryInvalid(
            f"{name}: this XML is not a project of REDCap's (its root is '{document.root.tag}', not ODM). "
            "Export the project from REDCap: Other Functionality > Download metadata only (XML)."
        )
    if study is None or metadata is None or metadata.first("ItemDef") is None:
        raise DictionaryInvalid(
            f"{name}: this file has no fields in it (no MetaDataVersion with ItemDef): it holds records only. "
            "Export the project's metadata from REDCap: Other Functionality > Download metadata only (XML)."
        )
    if not any("redcap:FieldType" in item.attributes for item in metadata.all("ItemDef")):
        raise DictionaryInvalid(
            f"{name}: this is ODM, but not REDCap's: its fields have no redcap:FieldType. "
            "Export the project from REDCap itself."
        )
    return study, metadata


def _forms(definitions: Iterable[Node]) -> tuple[Form, ...]:
    return tuple(Form(items.form_name(node), node.get("Name")) for node in definitions)


def _rest(metadata: Node, kept: Mapping[str, Item], layouts: Mapping[str, Layout]) -> Iterable[Node]:
    """What of the metadata no form leads to: of other kinds, or defined and never named."""
    lists = [*(node for item in kept.values() for node in item.lists)]
    lists += [node for layout in layouts.values() for node in layout.status[1:]]
    named = {
        "ItemGroupDef": {node.get("OID") for layout in layouts.values() for node in layout.groups},
        "ItemDef": {node.get("OID") for layout in layouts.values() for node in layout.sequence},
        "CodeList": {node.get("OID") for node in lists},
    }
    return (
        node
        for node in metadata.children
        if node.tag not in _MODELLED and node.get("OID") not in named.get(node.tag, ())
    )


def _bare(node: Node) -> Node:
    return Node(node.tag, node.attributes, line=node.line)
