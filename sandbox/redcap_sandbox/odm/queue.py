"""The survey queue of a project XML, which is one of the groups that are read as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from breakthrough.instruments import odm
from breakthrough.instruments.odm.clinical import CLASSIC_EVENT
from breakthrough.instruments.odm.node import Node
from redcap_sandbox.design.surveys import Queued

_GROUP, _ONE = "redcap:SurveysQueueGroup", "redcap:SurveysQueue"
_FORM, _EVENT = "survey_id", "event_id"  # the XML has names where the database has numbers


def read(project: odm.Project, events: Mapping[str, int]) -> Iterator[Queued]:
    """The surveys in the queue; `events`: the number of each event by its unique name."""
    return (Queued(events[event], form, settings) for (event, form), settings in _told(project).items())


def written(queue: Iterable[Queued], events: Mapping[int, str], before: odm.Project) -> tuple[Node, ...]:
    """The XML's other groups with that of the queue as it is now; where it still says what it said, as it stood.

    `events`: the unique names of the events in use.
    """
    now = {(events[one.event], one.form): dict(one.settings) for one in queue if one.event in events}
    if now == _told(before):
        return before.others
    rows = tuple(Node(_ONE, {**settings, _EVENT: event, _FORM: form}) for (event, form), settings in now.items())
    rest = tuple(node for node in before.others if node.tag != _GROUP)
    return (*rest, Node(_GROUP, children=rows)) if rows else rest


def _told(project: odm.Project) -> dict[tuple[str, str], dict[str, str]]:
    """The settings of each survey in the queue by event and form, of events that the XML defines."""
    events = {event.unique_name for event in project.events} or {CLASSIC_EVENT}
    told: dict[tuple[str, str], dict[str, str]] = {}
    for node in (child for group in project.others if group.tag == _GROUP for child in group.all(_ONE)):
        settings = dict(node.attributes)
        event, form = settings.pop(_EVENT, ""), settings.pop(_FORM, "")
        if event in events:
            told[event, form] = settings
    return told
