"""Finds answers that show a field, and answers that hide it, with the row evaluator: not with the page's JavaScript."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import behaviour, logic
from breakthrough.logic import row
from breakthrough.logic.parse import parse
from breakthrough.logic.record import Record
from breakthrough.logic.setting import Setting
from breakthrough.logic.tree import Comparison, Node, Number, Reference, Text, walk

_MOST = 60_000  # combinations of answers that are tried for one field
Answers = Mapping[str, str | tuple[str, ...]]


class Form:
    """One instrument, whose fields' visibility follows from answers."""

    def __init__(self, fields: Sequence[Field], now: dt.datetime) -> None:
        self.fields = {field.field_name: field for field in fields}
        self.now = now
        self.shown = {name: parse(source) for name, field in self.fields.items() if (source := logic.branching(field))}
        self.worked = {
            name: parse(source) for name, field in self.fields.items() if (source := logic.calculation(field))
        }

    def hidden(self, name: str) -> bool:
        """Whether a tag hides it for good."""
        return behaviour.of(self.fields[name].field_annotation, self.now).hidden

    def answers(self, name: str, *, visible: bool) -> Answers | None:
        """Answers, to visible fields only, that make the field visible or not; None where there are none."""
        asked = [one for one in self.fields if one in self._needed(name)]
        first = self.initial
        choices = [self._candidates(one) for one in asked]
        for combination in itertools.islice(itertools.product(*choices), _MOST):
            given = {**first, **dict(zip(asked, combination, strict=True))}
            seen = self.visible(given, {*asked, name})
            if (name in seen) == visible and all(one in seen or not given[one] for one in asked):
                return {one: given[one] for one in asked}
        return None

    @cached_property
    def initial(self) -> dict[str, str | tuple[str, ...]]:
        """What the page begins with."""
        found: dict[str, str | tuple[str, ...]] = {}
        for name, field in self.fields.items():
            tags = behaviour.of(field.field_annotation, self.now)
            if tags.initial:
                found[name] = tuple(tags.initial.split(",")) if field.field_type == "checkbox" else tags.initial
            elif tags.fills == "today":
                found[name] = f"{self.now:%Y-%m-%d}"
        return found

    def visible(self, answers: Answers, names: set[str]) -> set[str]:
        """Which of those fields are shown. A field that is hidden is blank to the others."""
        seen = set(names)
        for _ in range(len(names) + 2):
            record = Record(dict(self._values(answers, seen)))
            setting = Setting.at(self.now)
            now_seen = {n for n in names if n not in self.shown or row.holds(self.shown[n], record, setting)}
            if now_seen == seen:
                return seen
            seen = now_seen
        raise AssertionError(f"the branching of {sorted(names)} never comes to rest")

    def _values(self, answers: Answers, seen: set[str]) -> Iterator[tuple[str, str]]:
        for name in seen:
            given = answers.get(name, "")
            if self.fields[name].field_type == "checkbox":
                yield from ((f"{name}({code})", "1" if code in given else "0") for code in self.fields[name].codes)
            else:
                assert isinstance(given, str)
                yield name, given

    def _needed(self, name: str) -> set[str]:
        """The fields that decide whether it is shown, and those that decide about these."""
        found: set[str] = set()
        waiting = [name]
        while waiting:
            tree = self.shown.get(waiting.pop())
            for node in walk(tree) if tree else ():
                if isinstance(node, Reference) and node.field not in found:
                    assert node.field not in self.worked, "a calculation decides: extend this search"
                    assert node.field in self.fields, f"{name} reads {node.field}, which is on no page"
                    found.add(node.field)
                    waiting.append(node.field)
        return found

    def _candidates(self, name: str) -> Sequence[str | tuple[str, ...]]:
        field = self.fields[name]
        if field.field_type == "checkbox":
            codes = self._codes(name) or field.codes[:1]
            return [(), *((code,) for code in codes), *((code,) for code in field.codes if code not in codes)][:8]
        if field.codes:
            return ["", *field.codes]
        if field.validation.startswith("date"):
            return ["", "2026-03-20"]
        near = [literal for literal in dict.fromkeys(self._literals(name)) if literal]
        return ["", *near, *("1023" if field.validation in {"integer", "number"} else ("words",))]

    def _codes(self, name: str) -> list[str]:
        nodes = itertools.chain.from_iterable(walk(tree) for tree in self.shown.values())
        return list(dict.fromkeys(n.code for n in nodes if isinstance(n, Reference) and n.field == name and n.code))

    def _literals(self, name: str) -> Iterator[str]:
        for tree in self.shown.values():
            for node in walk(tree):
                if isinstance(node, Comparison):
                    yield from _near(node.left, node.right, name)
                    yield from _near(node.right, node.left, name)


def _near(side: Node, other: Node, name: str) -> Iterator[str]:
    if not (isinstance(side, Reference) and side.field == name and isinstance(other, Number | Text)):
        return
    text = f"{other.value:g}" if isinstance(other, Number) else other.value
    yield text
    if text.removeprefix("-").isdigit():
        yield from (str(int(text) + 1), str(int(text) - 1))
