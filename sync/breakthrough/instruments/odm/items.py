"""Definitions of items, with their groups and code lists, to fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from breakthrough.instruments.field import Field, Origin
from breakthrough.instruments.odm import kinds
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Item, Layout
from breakthrough.instruments.text import choices

# What stands in an attribute as it stands in a cell.
_PLAIN = {
    "section_header": "redcap:SectionHeader",
    "field_note": "redcap:FieldNote",
    "identifier": "redcap:Identifier",
    "branching_logic": "redcap:BranchingLogic",
    "required_field": "redcap:RequiredField",
    "custom_alignment": "redcap:CustomAlignment",
    "question_number": "redcap:QuestionNumber",
    "matrix_group_name": "redcap:MatrixGroupName",
    "matrix_ranking": "redcap:MatrixRanking",
    "field_annotation": "redcap:FieldAnnotation",
}
_LIMITS = {"GE": "text_validation_min", "LE": "text_validation_max"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A definition with the form it was found on."""

    form: str
    node: Node


def read(
    metadata: Node, name: str
) -> tuple[tuple[Field, ...], Mapping[str, Item], Mapping[str, Layout], tuple[str, ...]]:
    """The fields in order, how each and how each form stood in the file, and what was unusual."""
    definitions = {node.get("OID"): node for node in metadata.all("ItemDef")}
    lists = {node.get("OID"): node for node in metadata.all("CodeList")}
    groups = {node.get("OID"): node for node in metadata.all("ItemGroupDef")}
    items: dict[str, Item] = {}
    layouts: dict[str, Layout] = {}
    remarks: list[str] = []
    for form in metadata.all("FormDef"):
        own = [groups[ref.get("ItemGroupOID")] for ref in form.all("ItemGroupRef") if ref.get("ItemGroupOID") in groups]
        refs = [ref.get("ItemOID") for group in own for ref in group.all("ItemRef")]
        absent = [ref for ref in refs if ref not in definitions]
        remarks += [
            f"The item {ref} is on the form {form_name(form)} but is nowhere defined; it is left out." for ref in absent
        ]
        found = [definitions[ref] for ref in refs if ref in definitions]
        new = _items(form_name(form), found, lists, name, items)
        items |= new
        fields = tuple(item.field for item in new.values())
        layouts[form_name(form)] = _layout(form, fields, own, found, lists)
    remarks += _losses(items)
    return tuple(item.field for item in items.values()), items, layouts, tuple(remarks)


def form_name(definition: Node) -> str:
    """The unique name of the form that a FormDef defines."""
    return definition.get("redcap:FormName") or definition.get("OID").removeprefix("Form.")


def variable(definition: Node) -> str:
    """The field that an ItemDef belongs to: of a checkbox there are many."""
    return definition.get("redcap:Variable") or definition.get("Name") or definition.get("OID")


def is_status(definition: Node, form: str) -> bool:
    """Whether it is the status of that form, `<form>_complete`, which is no field of a dictionary."""
    return definition.get("OID") == f"{form}_complete" and definition.get("redcap:FieldType") == "select"


def is_field(definition: Node, form: str) -> bool:
    """Whether it belongs to a field: neither the form's status nor a timestamp, a group or an identifier."""
    return "redcap:FieldType" in definition.attributes and not is_status(definition, form)


def _items(
    form: str, found: list[Node], lists: Mapping[str, Node], name: str, before: Mapping[str, Item]
) -> dict[str, Item]:
    """One item a field: the boxes of a checkbox are put together again."""
    grouped: dict[str, list[Node]] = {}
    for node in found:
        if is_field(node, form):
            grouped.setdefault(variable(node), []).append(node)
    items = {}
    for field, nodes in grouped.items():
        if field not in before:
            own = tuple(_lists(nodes, lists))
            items[field] = Item(_field(form, field, nodes[0], own[:1], name), tuple(nodes), own)
    return items


def _layout(
    form: Node, fields: tuple[Field, ...], groups: list[Node], found: list[Node], lists: Mapping[str, Node]
) -> Layout:
    status = [node for node in found if is_status(node, form_name(form))][:1]
    return Layout(fields, form, tuple(groups), tuple(found), (*status, *_lists(status, lists)))


def _lists(nodes: list[Node], lists: Mapping[str, Node]) -> Iterator[Node]:
    for node in nodes:
        ref = node.first("CodeListRef")
        if ref and ref.get("CodeListOID") in lists:
            yield lists[ref.get("CodeListOID")]


def _field(form: str, field: str, node: Node, lists: tuple[Node, ...], name: str) -> Field:
    kind = kinds.type_in_dictionary(node.get("redcap:FieldType"))
    cells = {cell: node.get(attribute) for cell, attribute in _PLAIN.items()}
    validation = node.get("redcap:TextValidationType")
    cells["text_validation_type_or_show_slider_number"] = kinds.validation_in_dictionary(validation)
    for check in node.all("RangeCheck"):
        limit = _LIMITS.get(check.get("Comparator"))
        if limit:
            cells[limit] = check.text_of("CheckValue")
    return Field(
        field_name=field,
        form_name=form,
        field_type=kind,
        field_label=_label(node.first("Question")),
        select_choices_or_calculations=_choices(kind, node, lists),
        origin=Origin(name, 0, line=node.line),
        **cells,
    )


def _label(holder: Node | None) -> str:
    """The formatted text where there is one: the other has lost its HTML."""
    if holder is None:
        return ""
    return holder.text_of("redcap:FormattedTranslatedText") or holder.text_of("TranslatedText")


def _choices(kind: str, node: Node, lists: tuple[Node, ...]) -> str:
    if kind == "calc":
        return node.get("redcap:Calculation")
    if kind == "slider":
        return node.get("redcap:SliderLabels")
    if kind == "checkbox":
        # Newer servers write them without blanks round the bars.
        return choices.joined(choices.parse(lists[0].get("redcap:CheckboxChoices"))) if lists else ""
    if kind in {"radio", "dropdown"}:
        return " | ".join(f"{one.get('CodedValue')}, {_label(one.first('Decode'))}" for one in _coded(lists))
    return node.get("redcap:OntologySearch")


def _coded(lists: tuple[Node, ...]) -> Iterator[Node]:
    return (one for node in lists for one in node.all("CodeListItem"))


def _losses(items: Mapping[str, Item]) -> list[str]:
    queries = [variable for variable, item in items.items() if item.field.field_type == "sql"]
    return [f"The query of {variable} is not in an XML; only its results were exported." for variable in queries]
