"""Events with their arms and forms, both ways."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from breakthrough.instruments.odm import variables
from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Event, Project


def read(definitions: Iterable[Node]) -> tuple[Event, ...]:
    """The events that StudyEventDef elements define, in order."""
    return tuple(_event(node) for node in definitions if node.tag == "StudyEventDef")


def definitions(project: Project) -> tuple[Node, ...]:
    """Protocol and the events' definitions: those that were read, where they still say the same, else new ones."""
    kept = project.kept
    repeating = {one.event for one in project.repeating if not one.form}
    if kept and read(kept.events) == project.events:
        before = variables.repeats({node.tag: node for node in kept.globals})
        if repeating == {one.event for one in before if not one.form}:
            return kept.events
    return tuple(nodes(project.events, repeating, kept.events if kept else ()))


def nodes(events: Sequence[Event], repeating: Container[str] = (), kept: Iterable[Node] = ()) -> Iterator[Node]:
    """Protocol and one StudyEventDef an event, as REDCap writes them; nothing for a classic project.

    `repeating`: the unique names of events that repeat as a whole. `kept`: the elements these were read from, of which
    what is not modelled is kept.
    """
    several = len({event.arm for event in events}) > 1
    before = {unique_name(node) if node.tag == "StudyEventDef" else "": node for node in kept}
    if events:
        refs = tuple(_ref(number, event) for number, event in enumerate(events, start=1))
        yield Node("Protocol", children=refs).keeping(before.get(""), {"StudyEventRef"})
    yield from (_definition(event, several, event.unique_name in repeating, before) for event in events)


def unique_name(definition: Node) -> str:
    """The unique name of the event that a StudyEventDef, or a StudyEventData, is about."""
    oid = definition.get("OID") or definition.get("StudyEventOID")
    return definition.get("redcap:UniqueEventName") or oid.removeprefix("Event.")


def _event(node: Node) -> Event:
    return Event(
        unique_name=unique_name(node),
        name=node.get("redcap:EventName"),
        arm=node.get("redcap:ArmNum", "1"),
        arm_name=node.get("redcap:ArmName"),
        day_offset=node.get("redcap:DayOffset"),
        offset_min=node.get("redcap:OffsetMin"),
        offset_max=node.get("redcap:OffsetMax"),
        custom_label=node.get("redcap:CustomEventLabel"),
        forms=tuple(
            ref.get("redcap:FormName") or ref.get("FormOID").removeprefix("Form.") for ref in node.all("FormRef")
        ),
    )


def _ref(number: int, event: Event) -> Node:
    oid = f"Event.{event.unique_name}"
    return Node("StudyEventRef", {"StudyEventOID": oid, "OrderNumber": str(number), "Mandatory": "No"})


def _definition(event: Event, several_arms: bool, repeats: bool, kept: Mapping[str, Node]) -> Node:
    attributes = {
        "OID": f"Event.{event.unique_name}",
        "Name": f"{event.name} (Arm {event.arm}: {event.arm_name})" if several_arms else event.name,
        "Type": "Common",
        "Repeating": "Yes" if repeats else "No",  # No in servers before 14
        "redcap:EventName": event.name,
        "redcap:CustomEventLabel": event.custom_label,
        "redcap:UniqueEventName": event.unique_name,
        "redcap:ArmNum": event.arm,
        "redcap:ArmName": event.arm_name,
        "redcap:DayOffset": event.day_offset,
        "redcap:OffsetMin": event.offset_min,
        "redcap:OffsetMax": event.offset_max,
    }
    forms = tuple(_form(number, form) for number, form in enumerate(event.forms, start=1))
    return Node("StudyEventDef", attributes, forms).keeping(kept.get(event.unique_name), {"FormRef"})


def _form(number: int, form: str) -> Node:
    return Node(
        "FormRef",
        {"FormOID": f"Form.{form}", "OrderNumber": str(number), "Mandatory": "No", "redcap:FormName": form},
    )
