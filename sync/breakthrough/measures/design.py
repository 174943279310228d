"""What must be there in a REDCap project before its case rows can be counted: a name it lacks would count as blank."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from breakthrough.collaborative import Measure, Source
from breakthrough.errors import LogicInvalid
from breakthrough.instruments.dictionary import from_rows
from breakthrough.instruments.field import Field
from breakthrough.language import listed, say, say_as
from breakthrough.logic import Known, Node, unknown
from breakthrough.logic.record import EVENT_WORDS
from breakthrough.logic.tree import Reference, Smart, walk

_WITHOUT_DATA = frozenset({"descriptive", "file"})  # an export has no column for them, or none with values


@dataclass(frozen=True)
class Design:
    """What is known of a project whose case rows are counted.

    `dictionary` has its rows in REDCap's API names, `asked` the fields that were asked for, None for all: both as of
    when the project was last read whole, since the rows are as old as that. `events` by unique name, in REDCap's order,
    with the forms of each, None where that is not known or there are none; `missing_codes` its missing-data codes.
    """

    dictionary: Sequence[Mapping[str, str]]
    asked: Collection[str] | None = None
    events: Mapping[str, Collection[str]] | None = None
    missing_codes: frozenset[str] = frozenset()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """The fields by name, in the dictionary's order."""
        return {field.field_name: field for field in from_rows(self.dictionary)}

    @cached_property
    def forms(self) -> Mapping[str, str]:
        """The form of each field, of the status of each form, and of the record's name."""
        names = dict.fromkeys(field.form_name for field in self.fields.values())
        return {name: field.form_name for name, field in self.fields.items()} | {
            f"{one}_complete": one for one in names
        }

    @property
    def record_field(self) -> str:
        """The field that holds the record's name."""
        return next(iter(self.fields))

    @cached_property
    def types(self) -> Mapping[str, str]:
        """The validation type of each field that has one."""
        return {name: field.validation for name, field in self.fields.items() if field.validation}

    @cached_property
    def designated(self) -> Mapping[str, tuple[str, ...]]:
        """The events that hold a field; none where events are not known."""
        events = self.events or {}
        return {
            field: tuple(one for one, forms in events.items() if form in forms) for field, form in self.forms.items()
        }

    def known(self, events: Collection[str]) -> Known:
        """What logic may name; `events` are those that rows were seen of, where the project's own are not known."""
        boxes = {name: field.codes for name, field in self.fields.items() if field.field_type == "checkbox"}
        return Known(list(self.forms), boxes, events if self.events is None else self.events)


def lacking(measure: Measure, projects: Mapping[str, Design]) -> tuple[str, ...]:
    """Why case rows of that measure cannot be read at all: project, pull or form are not there. None where they can."""
    source = measure.source
    design = projects.get(source.project) if source else None
    if source is None:
        return ()
    if design is None:
        known = listed(sorted(projects)) or say_as("a number that stands for itself", "none")
        here = say(
            "There is no project '{project}' among those of this deployment ({known}).",
            project=source.project,
            known=known,
        )
        return (" ".join([here, say("Name it under 'projects' in breakthrough.yaml.")]),)
    if not design.dictionary:
        return (
            say("Nothing was pulled from the project '{project}' yet. Run: breakthrough pull", project=source.project),
        )
    if source.form not in design.forms.values():
        here = say("The project '{project}' has no form '{form}'.", project=source.project, form=source.form)
        return (" ".join([here, *_near(source.form, design)]),)
    return ()


def faults(measure: Measure, design: Design, seen: Collection[str]) -> Iterator[str]:
    """Each name that the measure reads and the project has not, or that was not pulled; `seen` are events with rows."""
    source = measure.source
    if source is None:
        return
    project, known = source.project, design.known(seen)
    for part, text, tree in _parts(measure, source):
        for one in unknown(text, tree, known):
            yield say(
                "Its {part}, {place}: {reason} (project '{project}')",
                part=part,
                place=_place(one),
                reason=_reason(one, design),
                project=project,
            )
        if design.events is None and any(_in_order(node) for node in walk(tree)):
            yield say(
                "Its {part} goes by the order of events, which is not known of the project '{project}'.",
                part=part,
                project=project,
            )
    held = measure.case_fields & design.fields.keys()
    for name in sorted(name for name in held if design.fields[name].field_type in _WITHOUT_DATA):
        yield say(
            "'{field}' holds a file or is a text to read, so that no value of it is pulled (project '{project}').",
            field=name,
            project=project,
        )
    if design.asked is not None:
        late = sorted((measure.case_fields & design.forms.keys()) - {*design.asked, design.record_field})
        if late:
            named = listed([f"'{name}'" for name in late])
            yield say(
                "Of the project '{project}', {fields} was not pulled yet. Run: breakthrough pull",
                project=project,
                fields=named,
            )


def _parts(measure: Measure, source: Source) -> Iterator[tuple[str, str, Node]]:
    """The date, the team and the conditions as logic: name, text and tree."""
    fields = {"date": source.date} if source.by_group else {"date": source.date, "team": source.team}
    for part, field in fields.items():
        yield part, f"[{field}]", reference(field)
    for part, condition in measure.conditions.items():
        yield part, condition.text, condition.tree


def reference(field: str) -> Reference:
    """The field as the row itself sees it."""
    return Reference(field, end=len(field) + 2)


def _place(one: LogicInvalid) -> str:
    if one.line > 1:
        return say("line {line}, character {column}", line=one.line, column=one.column)
    return say("character {column}", column=one.column)


def _reason(one: LogicInvalid, design: Design) -> str:
    if one.code == "unknown-event" and design.events is None:
        return say("No row of this event was pulled so far.")
    return one.reason


def _in_order(node: object) -> bool:
    event = node.event if isinstance(node, Reference) else node.name if isinstance(node, Smart) else None
    return event in EVENT_WORDS


def _near(form: str, design: Design) -> list[str]:
    near = difflib.get_close_matches(form, set(design.forms.values()), n=1, cutoff=0.6)
    return [say("Did you mean '{name}'?", name=near[0])] if near else []
