"""The steps of a plan as a mail tells them: what would be done, to what, and in which part of the project."""

from __future__ import annotations

from collections.abc import Mapping

from breakthrough.instruments.plan import Kind, Part, Step
from breakthrough.language import message, message_as, say, say_as
from breakthrough.reporting.clean import line

# Each with the word that follows the first of the names in what a step of the kind does, where there are several.
_WHAT: Mapping[tuple[Kind, str], str] = {
    ("add instrument", ""): message("Add instrument {name}"),
    ("add field", " of "): message("Add field {name} of {other}"),
    ("change field", " of "): message("Change field {name} of {other}"),
    ("remove field", " of "): message("Remove field {name} of {other}"),
    ("order fields", ""): message("Put the fields of the dictionary in order"),
    ("repeat instrument", ""): message("Repeat instrument {name}"),
    ("stop repeating", ""): message("Stop repeating {name}"),
    ("label repeats", " with "): message("Label repeats of {name} with {other}"),
    ("add group", ""): message("Add group {name}"),
    ("tell groups apart", ""): message("Tell groups apart: {name}"),
    ("add role", ""): message("Add role {name}"),
    ("change role", ""): message("Change role {name}"),
    ("tell roles apart", ""): message("Tell roles apart: {name}"),
    ("add user", " as "): message("Add user {name} as {other}"),
    ("move user", " out of "): message("Move user {name} out of {other}"),
    ("move user", " from "): message("Move user {name} from {former} to {other}"),
    ("move user", " to "): message("Move user {name} to {other}"),
    ("give role", " to "): message("Give the role {name} to {other}"),
    ("take role", ""): message("Take the role of {name}"),
    ("take rights", ""): message("Take the rights of {name}"),
    ("change setting", " to "): message("Change setting {name} to {other}"),
    ("switch on survey", ""): message("Switch on survey {name}"),
    ("switch off survey", ""): message("Switch off survey {name}"),
}
_PARTS: Mapping[Part, tuple[str, str]] = {
    "dictionary": message_as("part of a REDCap project", "Dictionary"),
    "repeating setup": message_as("part of a REDCap project", "Repeating setup"),
    "data access groups": message_as("part of a REDCap project", "Data access groups"),
    "roles": message_as("part of a REDCap project", "Roles"),
    "users": message_as("part of a REDCap project", "Users"),
    "project settings": message_as("part of a REDCap project", "Project settings"),
    "surveys": message_as("part of a REDCap project", "Surveys"),
}


def what(step: Step) -> str:
    """`Change field tp_name of team_profile`: what would be done, with the names that it is done to."""
    told = step.what.removeprefix("of ")
    names = step.names or (step.key or told,)
    for (kind, parting), text in _WHAT.items():
        if kind == step.kind and told.removeprefix(names[0]).startswith(parting):
            name, former, other = (line(one, 120) for one in (names[0], names[1 % len(names)], names[-1]))
            return say(text, name=name, former=former, other=other)
    return line(f"{step.kind} {step.what}", 200)


def part(name: Part) -> str:
    """What that part of the project is called."""
    return say_as(*_PARTS[name])
