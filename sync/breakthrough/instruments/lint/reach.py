"""R: fields that can never be shown, by their own branching logic or by that of the fields it asks for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint import solve
from breakthrough.instruments.lint.expressions import BRANCHING, Expression
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.solve import Ways
from breakthrough.instruments.lint.subject import Subject
from breakthrough.logic.tree import Reference

_FILLED = frozenset(
    {
        "@DEFAULT", "@SETVALUE", "@PREFILL", "@TODAY", "@NOW", "@TODAY-SERVER", "@NOW-SERVER", "@TODAY-UTC", "@NOW-UTC",
        "@USERNAME", "@CALCTEXT", "@CALCDATE", "@LATITUDE", "@LONGITUDE", "@LANGUAGE-CURRENT-SURVEY",
        "@LANGUAGE-CURRENT-FORM", "@APPUSERNAME-APP",
    }
)  # fmt: skip


def findings(subject: Subject) -> Iterator[Finding]:
    """Branching that can never be true, and required fields that nobody will ever see."""
    reach = Reach(subject)
    unseen: set[int] = set()
    for expression in reach.branching:
        if not reach.alone(expression):
            unseen.add(id(expression.field))
            problem = "its branching logic can never be true, whatever the answers"
            remedy = "Correct it, or take the field out"
            yield Finding("R001", expression.field, problem, remedy, "branching_logic")
    for expression in reach.never_shown():
        if id(expression.field) not in unseen:
            unseen.add(id(expression.field))
            problem = "its branching logic is true only where fields have values that are never shown themselves"
            remedy = "Correct the branching logic of this field or of those it asks for"
            yield Finding("R002", expression.field, problem, remedy, "branching_logic")
    for field in subject.fields:
        yield from _required(field, subject, unseen=id(field) in unseen)


def _required(field: Field, subject: Subject, *, unseen: bool) -> Iterator[Finding]:
    if not field.is_required or field.field_type in {"calc", "descriptive"}:
        return
    names = {tag.name for tag in subject.tags_of(field)}
    hidden = "@HIDDEN" in names and "@IF" not in names
    if unseen or (hidden and not names & _FILLED):
        problem = "it is required, and never shown, so it can never be answered"
        yield Finding("R003", field, problem, "Let it be shown, or not be required", "required_field")


@dataclass(frozen=True)
class Reach:
    """Which fields of a dictionary can be shown."""

    subject: Subject

    @cached_property
    def branching(self) -> tuple[Expression, ...]:
        """The branching logic that can be read."""
        return tuple(one for one in self.subject.expressions if one.what == BRANCHING and one.tree)

    def alone(self, expression: Expression) -> bool:
        """Whether the condition can be true where every field it asks for may hold anything it can."""
        return self._ways(expression).can_hold(self._domain)

    @cached_property
    def _taken_apart(self) -> dict[str, Ways]:
        return {}

    def _ways(self, expression: Expression) -> Ways:
        if expression.text not in self._taken_apart:
            self._taken_apart[expression.text] = solve.ways(expression.tree)
        return self._taken_apart[expression.text]

    def never_shown(self) -> tuple[Expression, ...]:
        """Branching that stays false as long as nothing but people's answers fills fields in.

        All fields without branching are shown; then all whose condition can hold with the values of those; and so on.
        """
        waiting = {one.field.field_name.lower(): one for one in self.branching if self._named(one)}
        needing: dict[str, set[str]] = defaultdict(set)
        for name, expression in waiting.items():
            for node in expression.nodes:
                if isinstance(node, Reference):
                    needing[node.field].add(name)
        due = list(reversed(waiting))  # the first comes first: most fields ask for earlier ones
        while due:
            name = due.pop()
            if name in waiting and self._opens(waiting[name], waiting):
                del waiting[name]
                due += [other for other in needing[name] if other in waiting]
        return tuple(waiting.values())

    def _named(self, expression: Expression) -> bool:
        return self.subject.named.get(expression.field.field_name.lower()) is expression.field

    def _opens(self, expression: Expression, closed: dict[str, Expression]) -> bool:
        def domain(reference: Reference) -> Sequence[str] | None:
            if reference.field in closed and not self._filled(closed[reference.field].field, reference):
                return ("",) if reference.code is None else ("0",)
            return self._domain(reference)

        return self._ways(expression).can_hold(domain)

    def _filled(self, field: Field, reference: Reference) -> bool:
        """Whether the value may be there though the field is not shown: from elsewhere, or filled in by itself."""
        if reference.event or reference.instance or field.field_type in {"calc", "sql"}:
            return True
        return any(tag.name in _FILLED or tag.name.startswith("@HIDDEN") for tag in self.subject.tags_of(field))

    def _domain(self, reference: Reference) -> Sequence[str] | None:
        """All values that the reference can read; None where it can be any."""
        subject = self.subject
        field = subject.named.get(reference.field)
        codes = subject.codes_of(reference.field)
        if reference.modifiers:
            return None
        if field is not None and field.field_type == "checkbox":
            return None if reference.code is None else ("0", "1")
        if codes is None or reference.code is not None:
            return None
        return tuple(sorted({"", *codes, *subject.missing_codes}))
