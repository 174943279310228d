"""Which rows of an export pass its filter logic."""

from __future__ import annotations

from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.logic import Node, parse, references, row
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.reading import Record
from redcap_sandbox.records.sight import Sight, Values
from redcap_sandbox.wire.refusals import Refusal

# Assumed: no source shows what a real server says of broken logic.
_BROKEN = "The filter logic is not valid: {}"


@dataclass
class Filter:
    """Logic that rows must fulfil. A record's values are worked out once for all its rows."""

    tree: Node
    sight: Sight
    forms: frozenset[str]
    _of: Record | None = None
    _values: Values | None = None

    def passes(self, record: Record, event: int, form: str, instance: int | None) -> bool:
        """Whether the row of that event, and instance of that form where it is a repeat, fulfils the logic."""
        if self._of is not record or self._values is None:
            self._of, self._values = record, self.sight.values(record)
        return row.holds(self.tree, self.sight.at(self._values, event, instance, form), self.sight.setting)


def read(text: str, project: Project, sight: Sight) -> Filter:
    """The filter in that logic. Refusal if it cannot be read or names fields that the project does not have."""
    try:
        tree = parse(text)
    except LogicInvalid as error:
        raise Refusal(400, _BROKEN.format(error)) from None
    read_fields = references(tree).fields
    known = project.dictionary.requestable
    if unknown := sorted(name for name in read_fields if name not in known):
        raise Refusal(400, _BROKEN.format(f"the project has no field {', '.join(unknown)}"))
    return Filter(tree, sight, frozenset(project.dictionary.form_of[name] for name in read_fields))
