"""Forms and their groups of items: how the fields of a form are laid out in an XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import definitions
from breakthrough.instruments.odm import items as nodes
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Item, Layout


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is written: its definition, its groups, its items and their code lists, in order."""

    definition: Node
    groups: tuple[Node, ...]
    items: tuple[Node, ...]
    lists: tuple[Node, ...]


def sheet(name: str, label: str, items: Sequence[Item], record_id: str, kept: Layout | None) -> Sheet:
    """The form with those items. What it was read from is used where it has the same items in the same groups."""
    status = kept.status if kept and kept.status else definitions.status(name)
    lists = (*(node for item in items for node in item.lists), *status[1:])
    if kept and kept.definition.get("Name") == label and _alike(kept.fields, tuple(item.field for item in items)):
        return Sheet(kept.definition, kept.groups, tuple(_replaced(name, kept.sequence, items)), lists)
    extra = _extra(kept)
    groups = tuple(_groups(name, label, items, extra, record_id))
    definition = _definition(name, label, [group.get("OID") for group in groups])
    own = [node for item in items for node in item.definitions]
    start = len(items[0].definitions) if items and items[0].field.field_name == record_id else 0
    return Sheet(definition, groups, (*own[:start], *extra, *own[start:], status[0]), lists)


def _replaced(form: str, sequence: Iterable[Node], items: Iterable[Item]) -> Iterator[Node]:
    """The items as they stood, with the definitions of fields that now say something else."""
    left = {item.field.field_name: item.definitions for item in items}
    for node in sequence:
        if nodes.is_field(node, form):
            yield from left.pop(nodes.variable(node), ())
        else:
            yield node


def _extra(kept: Layout | None) -> tuple[Node, ...]:
    """Each item once that is neither a field nor the form's status."""
    found = kept.sequence if kept else ()
    return tuple({node.get("OID"): node for node in found if "redcap:FieldType" not in node.attributes}.values())


def _definition(name: str, label: str, groups: Sequence[str]) -> Node:
    refs = tuple(Node("ItemGroupRef", {"ItemGroupOID": oid, "Mandatory": "No"}) for oid in groups)
    return Node("FormDef", {"OID": f"Form.{name}", "Name": label, "Repeating": "No", "redcap:FormName": name}, refs)


def _groups(name: str, label: str, items: Sequence[Item], extra: Sequence[Node], record_id: str) -> Iterator[Node]:
    """A group ends where the section header of the next field is another one, or none."""
    first = True
    for header, run in groupby(items, key=lambda item: item.field.section_header):
        refs: list[Node] = []
        for item in run:
            field = item.field
            own = [_ref(node.get("OID"), field.field_name, field.is_required) for node in item.definitions]
            pseudo = [_ref(node.get("OID"), node.get("redcap:Variable"), required=False) for node in extra]
            refs += ([*own, *pseudo] if field.field_name == record_id else [*pseudo, *own]) if first else own
            first = False
        boxes = refs[0].get("ItemOID") != refs[0].get("redcap:Variable")
        # REDCap itself leaves the name blank where a group without a header begins with a checkbox.
        yield _group(name, header or ("" if boxes else label), refs)
    yield _group(name, "Form Status", [_ref(f"{name}_complete", f"{name}_complete", required=False)])


def _group(form: str, name: str, refs: Sequence[Node]) -> Node:
    oid = f"{form}.{refs[0].get('ItemOID')}"
    return Node("ItemGroupDef", {"OID": oid, "Name": name, "Repeating": "No"}, tuple(refs))


def _ref(oid: str, variable: str, required: bool) -> Node:
    attributes = {"ItemOID": oid, "Mandatory": "Yes" if required else "No", "redcap:Variable": variable}
    return Node("ItemRef", attributes)


def _alike(before: tuple[Field, ...], now: tuple[Field, ...]) -> bool:
    """Whether the groups of a form would tell the same of these fields as of those."""
    return before == now or [_told(field) for field in before] == [_told(field) for field in now]


def _told(field: Field) -> tuple[tuple[str, ...], str, bool]:
    return definitions.oids(field), field.section_header, field.is_required
