"""Fields to definitions of items with their code lists, as REDCap writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from breakthrough.instruments.field import Field, export_name
from breakthrough.instruments.odm import kinds
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Item

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STATUS = (("0", "Incomplete"), ("1", "Unverified"), ("2", "Complete"))
_RANGE = (
    "The value you provided is outside the suggested range ({} - {}). "
    "This value is admissible, but you may wish to double check it."
)
_WRITTEN = frozenset(
    {
        "OID", "Name", "DataType", "Length", "SignificantDigits", "redcap:Variable", "redcap:FieldType",
        "redcap:OntologySearch", "redcap:TextValidationType", "redcap:SliderLabels", "redcap:FieldNote",
        "redcap:SectionHeader", "redcap:Calculation", "redcap:Identifier", "redcap:RequiredField",
        "redcap:BranchingLogic", "redcap:CustomAlignment", "redcap:QuestionNumber", "redcap:MatrixGroupName",
        "redcap:MatrixRanking", "redcap:FieldAnnotation",
    }
)  # fmt: skip
_MEASURED = ("DataType", "Length", "SignificantDigits")  # follow from type, validation and choices
_CHILDREN = frozenset({"Question", "RangeCheck", "CodeListRef"})


def item(field: Field, kept: Mapping[str, Item]) -> Item:
    """The definitions of that field: those it was read from, where they still say the same, else new ones."""
    before = kept.get(field.field_name)
    if before and before.field == field:
        return before
    return Item(field, tuple(_definitions(field, before)), _kept_lists(field, before) or tuple(_lists(field)))


def status(form: str) -> tuple[Node, Node]:
    """The definition of `<form>_complete` and its choices."""
    name = f"{form}_complete"
    attributes = {
        "OID": name,
        "Name": name,
        "DataType": "text",
        "Length": "1",
        "redcap:Variable": name,
        "redcap:FieldType": "select",
        "redcap:SectionHeader": "Form Status",
    }
    definition = Node("ItemDef", attributes, (_question("Complete?"), _ref(name)))
    return definition, _list(name, name, "text", tuple(_coded(code, label) for code, label in _STATUS))


def oids(field: Field) -> tuple[str, ...]:
    """The identifiers of a field's items: its name, or for a checkbox one a box."""
    if field.field_type != "checkbox":
        return (field.field_name,)
    return tuple(export_name(field.field_name, code) for code in field.codes) or (field.field_name,)


def _definitions(field: Field, before: Item | None) -> Iterator[Node]:
    stood = before.definitions[0] if before else Node("ItemDef")
    other = {name: value for name, value in stood.attributes.items() if name not in _WRITTEN}  # a video, say
    attached = [node for node in stood.children if node.tag not in _CHILDREN]  # or a picture
    measured = {name: stood.get(name) for name in _MEASURED if name in stood.attributes}
    attributes = _attributes(field) | other
    if before and (_listed(before.field), before.field.validation) == (_listed(field), field.validation):
        attributes |= measured
    limits = stood.all("RangeCheck") if before and _limited(before.field) == _limited(field) else _limits(field)
    question = stood.first("Question") if before and before.field.field_label == field.field_label else None
    shown = (question or _question(field.field_label), *limits)
    for oid in oids(field):
        ref = [_ref(oid)] if _has_list(field) or _kept_lists(field, before) else []
        yield Node("ItemDef", {"OID": oid, "Name": oid} | attributes, (*shown, *ref, *attached))


def _kept_lists(field: Field, before: Item | None) -> tuple[Node, ...]:
    """The lists it was read with, where it has the same choices: those of an sql field are in no dictionary."""
    return before.lists if before and _listed(before.field) == _listed(field) else ()


def _listed(field: Field) -> tuple[str, str, str]:
    return field.field_name, field.field_type, field.select_choices_or_calculations


def _limited(field: Field) -> tuple[str, str]:
    return field.text_validation_min, field.text_validation_max


def _attributes(field: Field) -> dict[str, str]:
    """What every definition of the field says, but for its name."""
    kind, length = kinds.data_type(field)
    told = {"DataType": kind, "Length": length}
    if kind == "float" and kinds.validation_in_xml(field) == "float":
        told["SignificantDigits"] = "1"
    cell = field.select_choices_or_calculations
    given = {
        "redcap:OntologySearch": cell if field.field_type == "text" else "",
        "redcap:TextValidationType": kinds.validation_in_xml(field),
        "redcap:SliderLabels": cell if field.field_type == "slider" else "",
        "redcap:FieldNote": field.field_note,
        "redcap:SectionHeader": field.section_header,
        "redcap:Calculation": cell if field.field_type == "calc" else "",
        "redcap:Identifier": field.identifier,
        "redcap:RequiredField": field.required_field,
        "redcap:BranchingLogic": field.branching_logic,
        "redcap:CustomAlignment": field.custom_alignment,
        "redcap:QuestionNumber": field.question_number,
        "redcap:MatrixGroupName": field.matrix_group_name,
        "redcap:MatrixRanking": field.matrix_ranking,
        "redcap:FieldAnnotation": field.field_annotation,
    }
    told |= {"redcap:Variable": field.field_name, "redcap:FieldType": kinds.type_in_xml(field.field_type)}
    return told | {name: value for name, value in given.items() if value}


def _question(label: str) -> Node:
    plain = _TAG.sub("", _BREAK.sub("\n", label))
    texts = [Node("TranslatedText", text=plain)]
    if plain != label:
        texts.append(Node("redcap:FormattedTranslatedText", text=label))
    return Node("Question", children=tuple(texts))


def _limits(field: Field) -> Iterator[Node]:
    least, greatest = field.text_validation_min, field.text_validation_max
    text = _RANGE.format(least or "no limit", greatest or "no limit")
    message = Node("ErrorMessage", children=(Node("TranslatedText", text=text),))
    for comparator, value in (("GE", least), ("LE", greatest)):
        if value:
            attributes = {"Comparator": comparator, "SoftHard": "Soft"}
            yield Node("RangeCheck", attributes, (Node("CheckValue", text=value), message))


def _has_list(field: Field) -> bool:
    return field.field_type in {*kinds.IMPLIED, "radio", "dropdown", "select"}


def _lists(field: Field) -> Iterator[Node]:
    if not _has_list(field):
        return
    kind = "boolean" if field.field_type in kinds.IMPLIED else "text"
    listed = field.choices
    pairs = kinds.IMPLIED.get(field.field_type) or tuple((one.code, one.label) for one in listed)
    told = "|".join(f"{one.code}, {one.label}" for one in listed) if field.field_type == "checkbox" else ""
    coded = tuple(_coded(code, label) for code, label in pairs)
    yield from (_list(oid, field.field_name, kind, coded, told) for oid in oids(field))


def _list(oid: str, variable: str, kind: str, coded: tuple[Node, ...], told: str = "") -> Node:
    attributes = {"OID": f"{oid}.choices", "Name": oid, "DataType": kind, "redcap:Variable": variable}
    if told:
        attributes["redcap:CheckboxChoices"] = told
    return Node("CodeList", attributes, coded)


def _coded(code: str, label: str) -> Node:
    decode = Node("Decode", children=(Node("TranslatedText", text=label),))
    return Node("CodeListItem", {"CodedValue": code}, (decode,))


def _ref(oid: str) -> Node:
    return Node("CodeListRef", {"CodeListOID": f"{oid}.choices"})
