"""A `Project` to project XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from breakthrough.instruments.odm import events, forms, markup, pseudo, variables
from breakthrough.instruments.odm.clinical import Entry
from breakthrough.instruments.odm.clinical_write import records_xml
from breakthrough.instruments.odm.forms import Sheet
from breakthrough.instruments.odm.heads import heads
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Project

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" ?>'
_CLINICAL = re.compile(r"<(?:[\w.-]+:)?ClinicalData\b[^>]*>")


def encode(project: Project) -> bytes:
    """The project as XML in UTF-8. A part that was read from a file and still says the same is written as it stood.

    Fields are written form by form. Not in an XML, as REDCap has it: the query of an sql field, and choices in the
    cell of a type that has none.
    """
    records = [_referring(project)] if project.records else []
    text = "\n".join([*_before(project, forms.sheets(project)), *records, "</ODM>", ""])
    return markup.possible(text).encode()


def stream(
    project: Project, entries: Iterable[Entry], *, groups: bool = False, surveys: bool = False
) -> Iterator[bytes]:
    """The project with those entries as its records, piece by piece, in UTF-8; `project.records` is left out.

    `groups`, `surveys`: whether the items of data access groups and of surveys are defined, as they are in REDCap's
    own export where entries may hold them.
    """
    sheets = forms.sheets(project, pseudo.wanted(project, groups=groups, surveys=surveys))
    yield markup.possible("\n".join([*_before(project, sheets), ""])).encode()
    for piece in records_xml(project, entries, sheets):
        yield piece.encode()
    yield b"</ODM>\n"


def _before(project: Project, sheets: Sequence[Sheet]) -> list[str]:
    """The lines from the declaration to the end of the study."""
    root, study, metadata = heads(project)
    beside = project.kept.beside if project.kept else ()
    earlier = [node for node in beside if node.tag != "MetaDataVersion"]
    text = [_DECLARATION, markup.opened(root), markup.opened(study)]
    parts = (
        variables.node(project),
        *earlier,
        Node("MetaDataVersion", metadata.attributes, _metadata(project, sheets)),
    )
    for part in (*parts, *(node for node in beside if node not in earlier)):
        text += markup.lines(part)
    return [*text, "</Study>"]


def _metadata(project: Project, sheets: Sequence[Sheet]) -> tuple[Node, ...]:
    written = (
        *events.definitions(project),
        *(sheet.definition for sheet in sheets),
        *(group for sheet in sheets for group in sheet.groups),
        *(item for sheet in sheets for item in sheet.items),
        *(listed for sheet in sheets for listed in sheet.lists),
    )
    named = {(node.tag, node.get("OID")) for node in written}
    rest = project.kept.rest if project.kept else ()
    return (*written, *(node for node in rest if (node.tag, node.get("OID")) not in named))


def _referring(project: Project) -> str:
    """The records with the names that the study and its metadata have now, where they had those of the file."""
    if project.kept is None:
        return project.records
    _, study, metadata = heads(project)
    renamed = {
        project.kept.study.get("OID"): study.get("OID"),
        project.kept.metadata.get("OID"): metadata.get("OID"),
    }
    changed = {before: now for before, now in renamed.items() if before and before != now}
    return _CLINICAL.sub(lambda tag: _replaced(tag[0], changed), project.records) if changed else project.records


def _replaced(tag: str, names: Mapping[str, str]) -> str:
    for before, now in names.items():
        tag = tag.replace(f'OID="{before}"', f'OID="{now}"')
    return tag
