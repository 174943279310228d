"""The plan: every step from the project as REDCap has it to the one defined here, in the order they are done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from breakthrough.english import one_line
from breakthrough.instruments.plan import fields, people, setup
from breakthrough.instruments.plan.values import PARTS, Live, Part, Plan, Step, Wanted
from breakthrough.language import clauses, listed, message, say

_OF_VALUES: tuple[Part, ...] = ("dictionary", "repeating setup")
_UNSEEN: Mapping[str, str] = {
    "groups": message("data access groups, and who is in which: the token's user has no right to them"),
    "people": message("roles and users: the token's user has no right to User Rights"),
    "surveys": message("which forms are surveys: REDCap does not give the project XML to this token"),
    "records": message(
        "the records of all teams: the token's user is in a data access group, or it cannot be told that it is in "
        "none, so that what is stored was counted in what it sees alone"
    ),
    "values": message(
        "what is stored in {forms}: the token's user has no right to export it (User Rights, Data Exports)"
    ),
}


def make(wanted: Wanted, live: Live) -> Plan:
    """The plan; without steps where REDCap has everything as it is defined here.

    Why each step is there, and the remarks, are said in the language that is spoken; all else is the same in any.
    A licensed wording is compared but never told: a step names the column alone. Raises DictionaryInvalid where two
    teams would have groups that REDCap and people take for one another.
    """
    setup.require_apart(wanted.project, [*wanted.teams, *(one.team for one in wanted.accounts or () if one.team)])
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
    if fields.is_empty(live):
        found = [_without_records(step) for step in found]
    found = [_on_one_line(step) for step in found]
    uncompared = tuple(_uncompared(live))
    remarks = (*uncompared, *map(one_line, _remarks(wanted, live)))
    return Plan(tuple(sorted(found, key=lambda step: PARTS.index(step.part))), remarks, uncompared)


def _on_one_line(step: Step) -> Step:
    names = tuple(map(one_line, step.names))
    return replace(step, what=one_line(step.what), evidence=one_line(step.evidence), names=names)


def _without_records(step: Step) -> Step:
    """The step where nothing is entered: nothing can be lost. A field that goes is for a look all the same."""
    if step.part not in _OF_VALUES or step.risk == "safe" or step.kind == "remove field":
        return step
    return replace(step, risk="safe", evidence=clauses(step.evidence, say(fields.EMPTY)))


def _uncompared(live: Live) -> Iterator[str]:
    for one in live.unseen:
        words = _UNSEEN[one.what]
        yield say(words, forms=listed(one.forms))
    if not live.sees_all and not live.unseen:
        yield say(
            "what is stored: the token's user is in a data access group, or REDCap does not say that it is in none, so "
            "that records of others may be unseen, and what fields hold was not counted"
        )


def _remarks(wanted: Wanted, live: Live) -> Iterator[str]:
    yield from people.unnamed(wanted, live)
    labels = {one.name: one.label for one in wanted.project.instruments}
    others = [name for name, label in live.labels.items() if labels.get(name, label) != label]
    if others:
        told = listed([f"{name} '{labels[name]}'" for name in others])
        yield say(
            "REDCap calls forms otherwise, and no API can name them: to rename them in the Online Designer, {forms}.",
            forms=told,
        )
