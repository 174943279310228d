"""Project XML as REDCap writes it, assembled from a study's design: nothing here is copied from a real project.

Attribute names, their order and the internal names of field types follow what public project XML files hold.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

Row = Mapping[str, str]

_KINDS = {"dropdown": "select", "notes": "textarea"}
_VALIDATIONS = {"integer": "int", "number": "float"}
_COMPLETE = "0, Incomplete | 1, Unverified | 2, Complete"
_FIXED = {"yesno": "1, Yes | 0, No", "truefalse": "1, True | 0, False"}
_COLUMNS = {  # attribute → column of the dictionary, in the order of real files
    "SectionHeader": "section_header",
    "FieldNote": "field_note",
    "RequiredField": "required_field",
    "BranchingLogic": "branching_logic",
    "CustomAlignment": "custom_alignment",
    "QuestionNumber": "question_number",
    "MatrixGroupName": "matrix_group_name",
    "FieldAnnotation": "field_annotation",
    "Identifier": "identifier",
}


@dataclass(frozen=True)
class Event:
    unique: str
    label: str
    arm: int
    arm_name: str
    forms: Sequence[str]
    day: int = 0
    custom_label: str = ""


@dataclass(frozen=True)
class Upload:
    """A file that a record holds."""

    name: str
    mime: str
    content: bytes


@dataclass(frozen=True)
class Visit:
    """What a record holds in one form. `instance` is the form's; `event_instance` that of a repeating event."""

    record: str
    form: str
    values: Mapping[str, str | Upload]
    event: str = ""
    instance: int = 1
    event_instance: int = 1


@dataclass(frozen=True)
class Study:
    """A project: `fields` are rows of a data dictionary, `groups` and the like attributes of the XML's elements."""

    title: str
    fields: Sequence[Row]
    forms: Mapping[str, str]
    events: Sequence[Event] = ()
    repeating: Sequence[tuple[str, str, str]] = ()  # unique event, form ('' for the whole event), label
    dags: Sequence[str] = ()
    roles: Sequence[Row] = ()
    surveys: Sequence[Row] = ()
    queue: Sequence[Row] = ()
    reports: Sequence[Row] = ()
    settings: Row = field(default_factory=dict)
    visits: Sequence[Visit] = ()

    @property
    def record_id(self) -> str:
        return self.fields[0]["field_name"]


def text(study: Study) -> str:
    """The project XML, with the study's data."""
    return "\n".join(_lines(study)) + "\n"


def attribute(value: str) -> str:
    """A value as it stands in an attribute: line breaks stay raw, as in real files."""
    return escape(value, {'"': "&quot;", "'": "&#039;"})


def choices(row: Row) -> list[tuple[str, str]]:
    """(code, label) of the field's choices."""
    listed = _FIXED.get(row["field_type"], row["select_choices_or_calculations"])
    pairs = [part.partition(",") for part in listed.split("|")]
    return [(code.strip(), label.strip()) for code, _, label in pairs]


def items(row: Row) -> list[str]:
    """The names of a field's items: one for each choice of a checkbox."""
    name = row["field_name"]
    if row["field_type"] != "checkbox":
        return [name]
    return [f"{name}___{re.sub('[^a-z0-9_]', '_', code.lower())}" for code, _ in choices(row)]


def _tag(name: str, attributes: Mapping[str, str]) -> str:
    return " ".join([f"<{name}", *(f'{key}="{attribute(value)}"' for key, value in attributes.items())])


def _lines(study: Study) -> Iterator[str]:
    oid = re.sub(r"\W", "", study.title)
    version = f"Metadata.{oid}_2025-09-01_0800"
    yield '<?xml version="1.0" encoding="UTF-8" ?>'
    yield (
        '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:redcap="https://projectredcap.org"'
        ' xsi:schemaLocation="http://www.cdisc.org/ns/odm/v1.3 schema/odm/ODM1-3-1.xsd" ODMVersion="1.3.1"'
        f' FileOID="000-00-0000" FileType="Snapshot" Description="{attribute(study.title)}"'
        ' AsOfDateTime="2025-09-01T08:00:00" CreationDateTime="2025-09-01T08:00:00" SourceSystem="REDCap"'
        ' SourceSystemVersion="15.2.1">'
    )
    yield f'<Study OID="Project.{oid}">'
    yield from _global(study)
    yield f'<MetaDataVersion OID="{version}" Name="{attribute(study.title)}" redcap:RecordIdField="{study.record_id}">'
    yield from _schedule(study.events)
    yield from _design(study)
    yield "</MetaDataVersion>"
    yield "</Study>"
    if study.visits:
        yield f'<ClinicalData StudyOID="Project.{oid}" MetaDataVersionOID="{version}">'
        yield from _data(study)
        yield "</ClinicalData>"
    yield "</ODM>"


def _global(study: Study) -> Iterator[str]:
    settings = {
        "RecordAutonumberingEnabled": "1",
        "CustomRecordLabel": "",
        "SecondaryUniqueField": "",
        "SchedulingEnabled": "0",
        "SurveysEnabled": str(int(bool(study.surveys))),
        "SurveyInvitationEmailField": "",
        "DisplayTodayNowButton": "1",
        "PreventBranchingEraseValues": "0",
        "Purpose": "0",
        "PurposeOther": "",
        "ProjectNotes": "",
        "MissingDataCodes": "",
        **study.settings,
    }
    yield "<GlobalVariables>"
    yield f"\t<StudyName>{escape(study.title)}</StudyName>"
    yield f"\t<StudyDescription>The design and data of {escape(study.title)}.</StudyDescription>"
    yield f"\t<ProtocolName>{escape(study.title)}</ProtocolName>"
    yield from (f"\t<redcap:{name}>{escape(value)}</redcap:{name}>" for name, value in settings.items())
    yield from _repeating(study.repeating)
    yield from _group("DataAccessGroups", [{"group_name": name} for name in study.dags])
    yield from _group("UserRoles", study.roles)
    yield from _group("Surveys", study.surveys)
    yield from _group("SurveysQueue", study.queue)
    yield from _group("Reports", study.reports)
    yield "</GlobalVariables>"


def _repeating(repeating: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    if not repeating:
        return
    yield "\t<redcap:RepeatingInstrumentsAndEvents>"
    for event, _, _ in (entry for entry in repeating if not entry[1]):
        yield f'\t\t<redcap:RepeatingEvent redcap:UniqueEventName="{event}"/>'
    if any(form for _, form, _ in repeating):
        yield "\t\t<redcap:RepeatingInstruments>"
        for event, form, label in (entry for entry in repeating if entry[1]):
            names = {"UniqueEventName": event, "RepeatInstrument": form, "CustomLabel": label}
            spelt = {f"redcap:{name}": value for name, value in names.items()}
            yield f"\t\t\t{_tag('redcap:RepeatingInstrument', spelt)}/>"
        yield "\t\t</redcap:RepeatingInstruments>"
    yield "\t</redcap:RepeatingInstrumentsAndEvents>"


def _group(name: str, children: Iterable[Row]) -> Iterator[str]:
    lines = [f"\t\t{_tag(f'redcap:{name}', child)}/>" for child in children]
    if lines:
        yield from (f"\t<redcap:{name}Group>", *lines, f"\t</redcap:{name}Group>")


def _schedule(events: Sequence[Event]) -> Iterator[str]:
    if not events:
        return
    yield "\t<Protocol>"
    for number, event in enumerate(events, 1):
        yield f'\t\t<StudyEventRef StudyEventOID="Event.{event.unique}" OrderNumber="{number}" Mandatory="No"/>'
    yield "\t</Protocol>"
    for event in events:
        named = {
            "OID": f"Event.{event.unique}",
            "Name": f"{event.label} (Arm {event.arm}: {event.arm_name})",
            "Type": "Common",
            "Repeating": "No",
            "redcap:EventName": event.label,
            "redcap:CustomEventLabel": event.custom_label,
            "redcap:UniqueEventName": event.unique,
            "redcap:ArmNum": str(event.arm),
            "redcap:ArmName": event.arm_name,
            "redcap:DayOffset": str(event.day),
            "redcap:OffsetMin": "0",
            "redcap:OffsetMax": "0",
        }
        yield f"\t{_tag('StudyEventDef', named)}>"
        for number, form in enumerate(event.forms, 1):
            yield (
                f'\t\t<FormRef FormOID="Form.{form}" OrderNumber="{number}" Mandatory="No" redcap:FormName="{form}"/>'
            )
        yield "\t</StudyEventDef>"


def _groups(study: Study, form: str) -> dict[str, list[Row]]:
    """Item group → its fields: a section header begins a group, which is named by its first item."""
    found: dict[str, list[Row]] = {}
    for row in (row for row in study.fields if row["form_name"] == form):
        if not found or row["section_header"].strip():
            found[f"{form}.{items(row)[0]}"] = []
        found[list(found)[-1]].append(row)
    return found


def _design(study: Study) -> Iterator[str]:
    for form, label in study.forms.items():
        yield f'\t<FormDef OID="Form.{form}" Name="{attribute(label)}" Repeating="No" redcap:FormName="{form}">'
        for group in [*_groups(study, form), f"{form}.{form}_complete"]:
            yield f'\t\t<ItemGroupRef ItemGroupOID="{group}" Mandatory="No"/>'
        yield "\t</FormDef>"
    for form, label in study.forms.items():
        for group, rows in _groups(study, form).items():
            yield f'\t<ItemGroupDef OID="{group}" Name="{attribute(label)}" Repeating="No">'
            for row in rows:
                must, variable = "Yes" if row["required_field"] else "No", row["field_name"]
                for item in items(row):
                    yield f'\t\t<ItemRef ItemOID="{item}" Mandatory="{must}" redcap:Variable="{variable}"/>'
            yield "\t</ItemGroupDef>"
        status = f"{form}_complete"
        yield f'\t<ItemGroupDef OID="{form}.{status}" Name="Form Status" Repeating="No">'
        yield f'\t\t<ItemRef ItemOID="{status}" Mandatory="No" redcap:Variable="{status}"/>'
        yield "\t</ItemGroupDef>"
    every = [row for form in study.forms for row in _with_status(study, form)]
    yield from (line for row in every for item in items(row) for line in _item(row, item))
    yield from (line for row in every for item in items(row) for line in _codes(row, item))


def _with_status(study: Study, form: str) -> list[Row]:
    rows = [row for row in study.fields if row["form_name"] == form]
    status = {
        **dict.fromkeys(rows[0], ""),
        "field_name": f"{form}_complete",
        "form_name": form,
        "field_type": "dropdown",
        "field_label": "Complete?",
        "section_header": "Form Status",
        "select_choices_or_calculations": _COMPLETE,
    }
    return [*rows, status]


def _item(row: Row, item: str) -> Iterator[str]:
    kind = row["field_type"]
    validation = row["text_validation_type_or_show_slider_number"]
    named = {"OID": item, "Name": item, "DataType": _data_type(row), "Length": _length(row)}
    named |= {"redcap:Variable": row["field_name"], "redcap:FieldType": _KINDS.get(kind, kind)}
    if validation:
        named["redcap:TextValidationType"] = _VALIDATIONS.get(validation, validation) if kind == "text" else validation
    named |= {f"redcap:{name}": row[column] for name, column in _COLUMNS.items() if row[column]}
    if kind == "calc":
        named["redcap:Calculation"] = row["select_choices_or_calculations"]
    if kind == "slider":
        named["redcap:SliderLabels"] = row["select_choices_or_calculations"]
    yield f"\t{_tag('ItemDef', named)}>"
    plain = re.sub("<[^>]*>", "", row["field_label"])
    formatted = f"<redcap:FormattedTranslatedText>{escape(row['field_label'])}</redcap:FormattedTranslatedText>"
    rich = formatted if plain != row["field_label"] else ""
    yield f"\t\t<Question><TranslatedText>{escape(plain)}</TranslatedText>{rich}</Question>"
    for comparator, column in (("GE", "text_validation_min"), ("LE", "text_validation_max")):
        if row[column]:
            yield f'\t\t<RangeCheck Comparator="{comparator}" SoftHard="Soft">'
            yield f"\t\t\t<CheckValue>{escape(row[column])}</CheckValue>"
            yield "\t\t</RangeCheck>"
    if _has_codes(row):
        yield f'\t\t<CodeListRef CodeListOID="{item}.choices"/>'
    yield "\t</ItemDef>"


def _data_type(row: Row) -> str:
    kind, validation = row["field_type"], row["text_validation_type_or_show_slider_number"]
    if kind in {"checkbox", "yesno", "truefalse"}:
        return "boolean"
    if kind == "calc" or validation == "number":
        return "float"
    if kind == "slider" or validation == "integer":
        return "integer"
    if validation.startswith("datetime_seconds"):
        return "datetime"
    return "date" if validation.startswith("date_") else "text"


def _length(row: Row) -> str:
    if _data_type(row) == "boolean":
        return "1"
    return str(max(len(code) for code, _ in choices(row))) if _has_codes(row) else "999"


def _has_codes(row: Row) -> bool:
    return row["field_type"] in {"radio", "dropdown", "checkbox", "yesno", "truefalse"}


def _codes(row: Row, item: str) -> Iterator[str]:
    if not _has_codes(row):
        return
    named = {"OID": f"{item}.choices", "Name": item, "DataType": _data_type(row), "redcap:Variable": row["field_name"]}
    listed = choices(row)
    if row["field_type"] == "checkbox":
        named["redcap:CheckboxChoices"] = "|".join(f"{code}, {label}" for code, label in listed)
        listed = [("1", "Checked"), ("0", "Unchecked")]
    yield f"\t{_tag('CodeList', named)}>"
    for code, label in listed:
        decode = f"<Decode><TranslatedText>{escape(label)}</TranslatedText></Decode>"
        yield f'\t\t<CodeListItem CodedValue="{attribute(code)}">{decode}</CodeListItem>'
    yield "\t</CodeList>"


def _data(study: Study) -> Iterator[str]:
    for record in dict.fromkeys(visit.record for visit in study.visits):
        yield f'\t<SubjectData SubjectKey="{attribute(record)}" redcap:RecordIdField="{study.record_id}">'
        of_record = [visit for visit in study.visits if visit.record == record]
        for event, number in dict.fromkeys((visit.event, visit.event_instance) for visit in of_record):
            if event:
                yield (
                    f'\t\t<StudyEventData StudyEventOID="Event.{event}" StudyEventRepeatKey="{number}"'
                    f' redcap:UniqueEventName="{event}">'
                )
            for visit in of_record:
                if (visit.event, visit.event_instance) == (event, number):
                    yield from _form(study, visit)
            if event:
                yield "\t\t</StudyEventData>"
        yield "\t</SubjectData>"


def _form(study: Study, visit: Visit) -> Iterator[str]:
    status = f"{visit.form}_complete"
    groups = _groups(study, visit.form)
    home = {item: group for group, rows in groups.items() for row in rows for item in items(row)}
    placed: dict[str, list[str]] = {}
    for name, value in visit.values.items():
        group = f"{visit.form}.{status}" if name == status else home.get(name, next(iter(groups)))
        placed.setdefault(group, []).append(_value(name, value))
    yield f'\t\t\t<FormData FormOID="Form.{visit.form}" FormRepeatKey="{visit.instance}">'
    for group, lines in placed.items():
        yield f'\t\t\t\t<ItemGroupData ItemGroupOID="{group}" ItemGroupRepeatKey="1">'
        yield from (f"\t\t\t\t\t{line}" for line in lines)
        yield "\t\t\t\t</ItemGroupData>"
    yield "\t\t\t</FormData>"


def _value(name: str, value: str | Upload) -> str:
    if isinstance(value, str):
        return f'<ItemData ItemOID="{name}" Value="{attribute(value)}"/>'
    named = {"ItemOID": name, "redcap:DocName": value.name, "redcap:MimeType": value.mime}
    content = base64.b64encode(value.content).decode()
    return f"{_tag('ItemDataBase64Binary', named)}><![CDATA[{content}]]></ItemDataBase64Binary>"
