"""The plan: every step from the project as REDCap has it to the one defined here, in the order they are done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from breakthrough.english import listed
from breakthrough.instruments.plan import fields, people, setup
from breakthrough.instruments.plan.values import PARTS, Live, Part, Plan, Wanted

_OF_VALUES: tuple[Part, ...] = ("dictionary", "repeating setup")


def make(wanted: Wanted, live: Live) -> Plan:
    """The plan; without steps where REDCap has everything as it is defined here.

    A licensed wording is compared but never told: a step names the column alone.
    """
    project = wanted.project.worded(live.fields)
    wanted = replace(wanted, project=project)
    found = [
        *fields.steps(project, live),
        *setup.repeats(project, live),
        *setup.groups(project, live, wanted.teams),
        *people.roles(project, live),
        *people.users(wanted, live),
        *setup.settings(project, live),
        *setup.surveys(project, live),
    ]
    if live.records == 0:  # nothing is entered, so nothing can be lost or hidden
        found = [replace(step, risk="safe") if step.part in _OF_VALUES else step for step in found]
    return Plan(tuple(sorted(found, key=lambda step: PARTS.index(step.part))), tuple(_remarks(wanted, live)))


def _remarks(wanted: Wanted, live: Live) -> Iterator[str]:
    yield from live.unseen
    yield from people.unnamed(wanted, live)
    labels = {one.name: one.label for one in wanted.project.instruments}
    others = [name for name, label in live.labels.items() if labels.get(name, label) != label]
    if others:
        told = listed([f"{name} '{labels[name]}'" for name in others])
        yield f"REDCap calls forms otherwise, and no API can name them: to rename them in the Online Designer, {told}."
