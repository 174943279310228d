"""Forms and their groups of items: how the fields of a form are laid out in an XML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from breakthrough.instruments.field import Field
from breakthrough.instruments.odm import definitions, pseudo
from breakthrough.instruments.odm import items as nodes
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Item, Layout, Project


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form as it is written: its definition, its groups, its items and their code lists, in order."""

    form: str
    definition: Node
    groups: tuple[Node, ...]
    items: tuple[Node, ...]
    lists: tuple[Node, ...]


def sheets(project: Project, wanted: Mapping[str, tuple[Node, ...]] | None = None) -> list[Sheet]:
    """Every form of the project, in order. `wanted`: by form, items that are no fields and have to be there."""
    items = project.kept.items if project.kept else {}
    layouts = project.kept.layouts if project.kept else {}
    labels = project.labels
    record_id = project.fields[0].field_name if project.fields else ""
    made = []
    for name, fields in _by_form(project).items():
        own = [definitions.item(field, items) for field in fields]
        label = labels.get(name) or as_redcap_labels(name)
        made.append(_sheet(name, label, own, record_id, layouts.get(name), (wanted or {}).get(name, ())))
    return made


def as_redcap_labels(form: str) -> str:
    """The label that REDCap makes of a form's name when a dictionary brings a new one."""
    return " ".join(word.capitalize() for word in form.split("_") if word)


def _by_form(project: Project) -> dict[str, list[Field]]:
    """The fields of each form; in a dictionary with mistakes the rows of one may be apart."""
    found: dict[str, list[Field]] = {form.name: [] for form in project.forms}
    for field in project.fields:
        found.setdefault(field.form_name, []).append(field)
    return found


def _sheet(
    name: str, label: str, items: Sequence[Item], record_id: str, kept: Layout | None, wanted: Sequence[Node]
) -> Sheet:
    """The form with those items. What it was read from is used where it has the same items in the same groups."""
    status = kept.status if kept and kept.status else definitions.status(name)
    lists = (*(node for item in items for node in item.lists), *status[1:])
    extra = {node.get("OID"): node for node in (*pseudo.among(kept.sequence if kept else ()), *wanted)}
    if kept and kept.definition.get("Name") == label and _alike(kept.fields, tuple(item.field for item in items)):
        stood = {node.get("OID") for node in kept.sequence}
        if stood.issuperset(extra):
            return Sheet(name, kept.definition, kept.groups, tuple(_replaced(name, kept.sequence, items)), lists)
    runs = list(_runs(items, pseudo.arranged(name, extra), record_id))
    groups = tuple(_groups(name, label, runs, kept))
    made = (node for run in runs for node in run.items)
    return Sheet(name, _definition(name, label, groups, kept), groups, (*made, status[0]), lists)


def _replaced(form: str, sequence: Iterable[Node], items: Iterable[Item]) -> Iterator[Node]:
    """The items as they stood, with the definitions of fields that now say something else."""
    left = {item.field.field_name: item.definitions for item in items}
    for node in sequence:
        if nodes.is_field(node, form):
            yield from left.pop(nodes.variable(node), ())
        else:
            yield node


@dataclass(frozen=True, slots=True)
class _Run:
    """The items of a group, of which some belong to fields and some do not, and its section header."""

    header: str
    fields: tuple[Item, ...]
    items: tuple[Node, ...]


def _runs(items: Sequence[Item], extra: pseudo.Arranged, record_id: str) -> Iterator[_Run]:
    """A group ends where the section header of the next field is another one, or none.

    On a first form that is a survey the time of the survey begins a group of its own after the record ID, where REDCap
    has named it already.
    """
    first = bool(items) and items[0].field.field_name == record_id
    if first:
        yield from _first(items, extra)
        return
    lead = (*extra.record, *extra.survey)
    if lead and (not items or items[0].field.section_header):
        yield _Run("", (), lead)
        lead = ()
    for run in _by_header(items):
        yield _Run(run[0].field.section_header, run, (*lead, *_definitions(run)))
        lead = ()


def _first(items: Sequence[Item], extra: pseudo.Arranged) -> Iterator[_Run]:
    head, lead = items[:1], (*extra.record, *extra.survey)
    if not extra.survey:
        runs = list(_by_header(items))
        yield _Run(runs[0][0].field.section_header, runs[0], (*_definitions(head), *lead, *_definitions(runs[0][1:])))
        yield from (_Run(run[0].field.section_header, run, _definitions(run)) for run in runs[1:])
        return
    yield _Run(head[0].field.section_header, tuple(head), (*_definitions(head), *lead))
    yield from _runs(items[1:], pseudo.Arranged((), extra.survey), "")


def _by_header(items: Sequence[Item]) -> Iterator[tuple[Item, ...]]:
    return (tuple(run) for _, run in groupby(items, key=lambda item: item.field.section_header))


def _definitions(items: Iterable[Item]) -> tuple[Node, ...]:
    return tuple(node for item in items for node in item.definitions)


def _groups(name: str, label: str, runs: Iterable[_Run], kept: Layout | None) -> Iterator[Node]:
    stood = {group.get("OID"): group for group in (kept.groups if kept else ())}
    refs_stood = {ref.get("ItemOID"): ref for group in stood.values() for ref in group.all("ItemRef")}
    for run in runs:
        required = {item.field.field_name for item in run.fields if item.field.is_required}
        refs = [_ref(node, required, refs_stood) for node in run.items]
        # REDCap itself leaves the name blank where a group without a header begins with a checkbox, or has no field.
        plain = any(node.get("OID") == nodes.variable(node) for node in _definitions(run.fields)[:1])
        yield _group(name, run.header or (label if plain else ""), refs, stood)
    status = Node("ItemDef", {"OID": f"{name}_complete", "redcap:Variable": f"{name}_complete"})
    yield _group(name, "Form Status", [_ref(status, (), refs_stood)], stood)


def _definition(name: str, label: str, groups: Iterable[Node], kept: Layout | None) -> Node:
    before = kept.definition if kept else None
    stood = {ref.get("ItemGroupOID"): ref for ref in (before.all("ItemGroupRef") if before else ())}
    oids = [group.get("OID") for group in groups]
    refs = (Node("ItemGroupRef", {"ItemGroupOID": oid, "Mandatory": "No"}).keeping(stood.get(oid)) for oid in oids)
    attributes = {"OID": f"Form.{name}", "Name": label, "Repeating": "No", "redcap:FormName": name}
    return Node("FormDef", attributes, tuple(refs)).keeping(before, {"ItemGroupRef"})


def _group(form: str, name: str, refs: Sequence[Node], stood: Mapping[str, Node]) -> Node:
    oid = f"{form}.{refs[0].get('ItemOID')}"
    group = Node("ItemGroupDef", {"OID": oid, "Name": name, "Repeating": "No"}, tuple(refs))
    return group.keeping(stood.get(oid), {"ItemRef"})


def _ref(item: Node, required: Iterable[str], stood: Mapping[str, Node]) -> Node:
    oid, field = item.get("OID"), nodes.variable(item)
    attributes = {"ItemOID": oid, "Mandatory": "Yes" if field in required else "No", "redcap:Variable": field}
    return Node("ItemRef", attributes).keeping(stood.get(oid))


def _alike(before: tuple[Field, ...], now: tuple[Field, ...]) -> bool:
    """Whether the groups of a form would tell the same of these fields as of those."""
    return before == now or [_told(field) for field in before] == [_told(field) for field in now]


def _told(field: Field) -> tuple[tuple[str, ...], str, bool]:
    return definitions.oids(field), field.section_header, field.is_required
