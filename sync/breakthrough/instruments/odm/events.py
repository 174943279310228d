"""Events with their arms and forms, both ways."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence

from breakthrough.instruments.odm.node import Node
from breakthrough.instruments.odm.values import Event


def read(definitions: Iterable[Node]) -> tuple[Event, ...]:
    """The events that StudyEventDef elements define, in order."""
    return tuple(_event(node) for node in definitions if node.tag == "StudyEventDef")


def nodes(events: Sequence[Event], repeating: Container[str] = ()) -> Iterator[Node]:
    """Protocol and one StudyEventDef an event, as REDCap writes them; nothing for a classic project.

    `repeating`: the unique names of events that repeat as a whole.
    """
    several = len({event.arm for event in events}) > 1
    if events:
        yield Node("Protocol", children=tuple(_ref(number, event) for number, event in enumerate(events, start=1)))
    yield from (_definition(event, several, event.unique_name in repeating) for event in events)


def _event(node: Node) -> Event:
    return Event(
        unique_name=node.get("redcap:UniqueEventName") or node.get("OID").removeprefix("Event."),
        name=node.get("redcap:EventName"),
        arm=node.get("redcap:ArmNum", "1"),
        arm_name=node.get("redcap:ArmName"),
        day_offset=node.get("redcap:DayOffset"),
        offset_min=node.get("redcap:OffsetMin"),
        offset_max=node.get("redcap:OffsetMax"),
        custom_label=node.get("redcap:CustomEventLabel"),
        forms=tuple(ref.get("redcap:FormName") for ref in node.all("FormRef")),
    )


def _ref(number: int, event: Event) -> Node:
    oid = f"Event.{event.unique_name}"
    return Node("StudyEventRef", {"StudyEventOID": oid, "OrderNumber": str(number), "Mandatory": "No"})


def _definition(event: Event, several_arms: bool, repeats: bool) -> Node:
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
    return Node(
        "StudyEventDef",
        attributes,
        tuple(_form(number, form) for number, form in enumerate(event.forms, start=1)),
    )


def _form(number: int, form: str) -> Node:
    return Node(
        "FormRef",
        {"FormOID": f"Form.{form}", "OrderNumber": str(number), "Mandatory": "No", "redcap:FormName": form},
    )
