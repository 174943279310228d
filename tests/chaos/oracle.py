"""What a REDCap project holds, worked out from the edits that were sent to it: nothing here was ever read back.

It knows nothing of how a pull works or of what the store is made of. Each edit is a moment, counted from 0, and what
each record looked like at any moment can be had for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

Place = tuple[str, str, int]  # event, form, instance (0 where the form does not repeat)
Cells = tuple[tuple[str, str], ...]  # column, value; sorted
Line = tuple[str, str, str, int, str, Cells]  # record, event, form, instance, group, cells


@dataclass(frozen=True, slots=True)
class State:
    """A record as an export shows it: its group, and the cells of every form that has been touched."""

    group: str
    forms: tuple[tuple[Place, Cells], ...]  # sorted

    def lines(self, record: str) -> Iterator[Line]:
        """A line a form and repeat."""
        return ((record, *place, self.group, cells) for place, cells in self.forms)


Project = Mapping[str, State]  # by record


@dataclass
class Oracle:
    """The project. `fields` gives each field's form, `ticks` the codes of each checkbox field.

    `designated` and `repeating` hold (event, form); a classic project has the one event ''.
    """

    fields: dict[str, str]
    ticks: dict[str, tuple[str, ...]]
    designated: set[tuple[str, str]]
    repeating: set[tuple[str, str]]
    groups: dict[str, str] = field(default_factory=dict)  # by record
    rows: set[tuple[str, str]] = field(default_factory=set)  # record and event in which it has a row of its own
    held: dict[tuple[str, str, str, int], dict[str, str]] = field(default_factory=dict)
    renames: list[tuple[int, str, str]] = field(default_factory=list)  # moment, old, new
    moment: int = 0
    ever: set[Line] = field(default_factory=set)  # every line that was there at any moment
    _past: dict[str, list[tuple[int, State | None]]] = field(default_factory=dict)

    # --- edits

    def enter(self, record: str, event: str, form: str, instance: int, values: Mapping[str, str]) -> None:
        """Values were sent for that form of that record; a blank one erases. A new record is made."""
        self.groups.setdefault(record, "")
        self.rows.add((record, event))
        there = self.held.get((record, event, form, instance), {})
        there.update(values)
        there = {column: value for column, value in there.items() if value != ""}
        if there:
            there.setdefault(f"{form}_complete", "0")
            self.held[record, event, form, instance] = there
        self._tick([record])

    def assign(self, record: str, group: str) -> None:
        """The record was put into that group, '' for none."""
        self.groups[record] = group
        self._tick([record])

    def delete_form(self, record: str, event: str, form: str, instance: int | None) -> None:
        """That form of that record was deleted: one instance of it, or all that there are."""
        for key in [key for key in self.held if key[:3] == (record, event, form) and instance in {None, key[3]}]:
            del self.held[key]
        self._tick([record])

    def delete_event(self, record: str, event: str) -> None:
        """All that the record held in that event was deleted; one that holds nothing any more is gone."""
        for key in [key for key in self.held if key[:2] == (record, event)]:
            del self.held[key]
        self.rows.discard((record, event))
        if not any(name == record for name, _ in self.rows):
            del self.groups[record]
        self._tick([record])

    def delete(self, record: str) -> None:
        """The record was deleted."""
        del self.groups[record]
        self.rows = {row for row in self.rows if row[0] != record}
        self.held = {key: values for key, values in self.held.items() if key[0] != record}
        self._tick([record])

    def rename(self, old: str, new: str) -> None:
        """The record has another name."""
        self.groups[new] = self.groups.pop(old)
        self.rows = {(new if name == old else name, event) for name, event in self.rows}
        self.held = {(new if key[0] == old else key[0], *key[1:]): values for key, values in self.held.items()}
        self.renames.append((self.moment + 1, old, new))
        self._tick([old, new])

    # --- the design

    def add(self, name: str, form: str, ticks: Iterable[str] = ()) -> None:
        """A field was added to that form."""
        self.fields[name] = form
        if ticks:
            self.ticks[name] = tuple(ticks)
        self._tick(self._past)

    def remove(self, name: str) -> None:
        """A field was taken out, and its values with it."""
        del self.fields[name]
        for code in self.ticks.pop(name, ()):
            self._lose(f"{name}___{code}")
        self._lose(name)
        self._tick(self._past)

    def untick(self, name: str, code: str) -> None:
        """A choice of a checkbox field was taken out."""
        self.ticks[name] = tuple(one for one in self.ticks[name] if one != code)
        self._lose(f"{name}___{code}")
        self._tick(self._past)

    def tick(self, name: str, code: str) -> None:
        """A choice of a checkbox field was added."""
        self.ticks[name] += (code,)
        self._tick(self._past)

    def repeat(self, event: str, form: str, *, repeats: bool) -> None:
        """That form of that event repeats from now on, or no longer."""
        (self.repeating.add if repeats else self.repeating.discard)((event, form))
        self._tick(self._past)

    def designate(self, event: str, form: str, *, there: bool) -> None:
        """That event has that form from now on, or no longer."""
        (self.designated.add if there else self.designated.discard)((event, form))
        self._tick(self._past)

    # --- what there is

    def now(self) -> dict[str, State]:
        """The project as it is."""
        return self.then(self.moment)

    def then(self, moment: int) -> dict[str, State]:
        """The project as it was at that moment."""
        return {record: state for record in self._past if (state := self.at(record, moment))}

    def names(self) -> set[str]:
        """Every name that a record ever had."""
        return set(self._past)

    def at(self, record: str, moment: int) -> State | None:
        """The record as it was at that moment; None where it was not there."""
        return next((state for when, state in reversed(self._past.get(record, ())) if when <= moment), None)

    def since(self, record: str, moment: int) -> list[State | None]:
        """Every look that the record had from that moment until now."""
        return [
            self.at(record, moment),
            *(state for when, state in self._past.get(record, ()) if when > moment),
        ]

    def called(self, old: str) -> set[str]:
        """Every name that the record of that name came to have."""
        found, more = set(), {old}
        for _, before, after in self.renames:
            if before in more:
                more.add(after)
                found.add(after)
        return found

    def form_values(self, form: str) -> list[str]:
        """The fields of that form."""
        return [name for name, its in self.fields.items() if its == form]

    def instances(self, record: str, event: str, form: str) -> list[int]:
        """The instances of that form that hold anything."""
        return sorted(key[3] for key in self.held if key[:3] == (record, event, form))

    def _lose(self, column: str) -> None:
        for values in self.held.values():
            values.pop(column, None)

    def _tick(self, records: Iterable[str]) -> None:
        self.moment += 1
        for record in list(records):
            state = self._state(record)
            past = self._past.setdefault(record, [])
            if not past or past[-1][1] != state:
                past.append((self.moment, state))
            if state:
                self.ever.update(state.lines(record))

    def _state(self, record: str) -> State | None:
        if record not in self.groups:
            return None
        forms = []
        for (name, event, form, instance), values in self.held.items():
            repeats = (event, form) in self.repeating
            if name != record or (event, form) not in self.designated or (instance != 1 and not repeats):
                continue
            shown = {f"{form}_complete": "0"} | values
            if shown != {f"{form}_complete": "0"}:
                forms.append(((event, form, instance if repeats else 0), tuple(sorted(shown.items()))))
        return State(self.groups[record], tuple(sorted(forms)))
