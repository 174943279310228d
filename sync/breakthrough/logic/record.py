"""One record as a row of it sees it: which stored value a reference reads.

Values are keyed as logic writes them, a field alone without brackets: `age`, `cond(3)` (or the export's `cond___3`),
`[baseline_arm_1][age]`, `[med][2]`, `[visit_arm_1][med][2]`, `[user-dag-name]`. A value for an event that the record's
arm does not have is None. What is not there is blank; an unchecked box is 0.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from breakthrough.logic.tree import Reference, Smart

UNCHECKED = "0"
EVENT_WORDS = frozenset({"first-event-name", "last-event-name", "previous-event-name", "next-event-name"})
_INSTANCED = re.compile(r"(.*)\[([0-9]+)\]", re.DOTALL)


@dataclass(frozen=True)
class Record:
    """A record's values, and the event and instance that are current.

    `instance` is None on the base row. `events` are the unique event names in order and `designated` the events that
    hold a field, where not all do; both matter to `[next-event-name]` and its like only. `elsewhere` are fields of
    other forms that repeat by themselves: an instance of one form sees none of another's unless it names its number.
    """

    values: Mapping[str, str | None]
    event: str = ""
    instance: int | None = None
    events: Sequence[str] = ()
    designated: Mapping[str, Iterable[str]] = field(default_factory=dict)
    elsewhere: Container[str] = frozenset()

    def value(self, reference: Reference) -> str:
        """The stored text that the reference reads; blank, or 0 for a box, where there is none."""
        absent = "" if reference.code is None else UNCHECKED
        event = self._event(reference)
        current = event == "" and reference.instance in {None, "current-instance"}
        if event is None or (current and reference.field in self.elsewhere):
            return absent
        for name in _spellings(reference):
            for key in self._keys(name, event, reference.instance):
                if key in self.values:
                    return self.values[key] or absent
        return absent

    def smart(self, smart: Smart) -> str:
        """The text of a smart variable: as given, else what event and instance say, else blank."""
        inner = f"[{':'.join((smart.name, *smart.arguments))}]"
        key = f"{f'[{smart.event}]' if smart.event else ''}{inner}{f'[{smart.instance}]' if smart.instance else ''}"
        if key in self.values:
            return self.values[key] or ""
        return self._known(smart.name)

    def _known(self, name: str) -> str:
        if name == "event-name":
            return self.event
        if name in EVENT_WORDS:
            return neighbour(name, self.event, self.events) or ""
        number = self._relative(name) if name.endswith("-instance") else None
        return "" if number is None else str(number)

    def _event(self, reference: Reference) -> str | None:
        """The event meant: "" for the current one, None where there is none such."""
        if reference.event is None or reference.event in {"event-name", self.event}:
            return ""
        if reference.event not in EVENT_WORDS:
            return reference.event
        held = tuple(self.designated.get(reference.field, self.events))
        found = neighbour(reference.event, self.event, self.events, held)
        return "" if found == self.event else found

    def _keys(self, name: str, event: str, instance: str | None) -> Iterator[str]:
        """The keys under which the value may stand, nearest first."""
        prefixes = [f"[{event}]"] if event else ([f"[{self.event}]", ""] if self.event else [""])
        if instance is None or (instance == "current-instance" and not event):
            number = None if event else self.instance
        else:
            number = self._instance(name, prefixes, instance)
            if number is None:
                return
        if number is not None:
            yield from (f"{prefix}[{name}][{number}]" for prefix in prefixes)
        current = not event and number == self.instance
        single = number == 1 and not any(self._numbers(prefix, name) for prefix in prefixes)
        if number is None or current or single:
            yield from (f"{prefix}[{name}]" if prefix else name for prefix in prefixes)

    def _instance(self, name: str, prefixes: Sequence[str], instance: str) -> int | None:
        if instance.isdigit():
            return int(instance)
        if instance in {"first-instance", "last-instance"}:
            numbers = [number for prefix in prefixes for number in self._numbers(prefix, name)]
            return (min if instance == "first-instance" else max)(numbers, default=1)
        return self._relative(instance)

    def _relative(self, instance: str) -> int | None:
        """The number of the current, previous or next instance; None for one before the first."""
        step = {"current-instance": 0, "previous-instance": -1, "next-instance": 1}.get(instance)
        if step is None or self.instance is None:
            return None
        return self.instance + step if self.instance + step > 0 else None

    def _numbers(self, prefix: str, name: str) -> list[int]:
        beginning = f"{prefix}[{name}]"
        found = (_INSTANCED.fullmatch(key) for key in self.values if key.startswith(beginning))
        return [int(one[2]) for one in found if one and one[1] == beginning]


def neighbour(word: str, event: str, events: Sequence[str], held: Container[str] | None = None) -> str | None:
    """The first, last, previous or next event, seen from one of them, of those held; None where there is none."""
    row = [one for one in events if held is None or one in held]
    if word in {"previous-event-name", "next-event-name"}:
        if event not in events:
            return None
        place = events.index(event)
        side = events[place + 1 :] if word == "next-event-name" else events[:place]
        row = [one for one in row if one in side]
    if not row:
        return None
    return row[0] if word in {"first-event-name", "next-event-name"} else row[-1]


def export_name(field_name: str, code: str) -> str:
    """The column that a checkbox's choice has in an export: small letters, anything but letters and digits as _."""
    return f"{field_name}___{re.sub(r'[^a-z0-9]', '_', code.lower())}"


def _spellings(reference: Reference) -> tuple[str, ...]:
    if reference.code is None:
        return (reference.field,)
    return (f"{reference.field}({reference.code})", export_name(reference.field, reference.code))


_STRUCTURE = frozenset({"redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"})


def from_rows(
    rows: Sequence[Mapping[str, str]],
    position: int,
    *,
    record_field: str = "record_id",
    events: Sequence[str] = (),
    designated: Mapping[str, Iterable[str]] | None = None,
    forms: Mapping[str, str] | None = None,
) -> Record:
    """The record as the row at that position sees it, from all its rows of a flat export.

    `forms` gives the instrument of a field. With it, an instance counts for [last-instance] even where the field itself
    is blank in it.
    """
    own = rows[position]
    values: dict[str, str | None] = {
        "[record-name]": own.get(record_field, ""),
        "[record-dag-name]": own.get("redcap_data_access_group", ""),
    }
    for row in rows:
        values.update(_keyed(row, forms or {}))
    number = own.get("redcap_repeat_instance", "")
    event = own.get("redcap_event_name", "")
    return Record(values, event, int(number) if number else None, events, designated or {})


def _keyed(row: Mapping[str, str], forms: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    event, number = row.get("redcap_event_name", ""), row.get("redcap_repeat_instance", "")
    form = row.get("redcap_repeat_instrument", "")
    for name, value in row.items():
        there = value or (form and forms.get(name.split("___")[0]) == form)
        if name not in _STRUCTURE and there:
            key = f"[{name}]" if event or number else name
            yield f"{f'[{event}]' if event else ''}{key}{f'[{number}]' if number else ''}", value
