"""What logic sees of a stored record: the bridge to the room `breakthrough.logic`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from breakthrough.logic import Record as Seen
from breakthrough.logic import Setting
from redcap_sandbox.design.project import Project
from redcap_sandbox.records.reading import Document, Record

Values = dict[str, str | None]
_NONE: frozenset[str] = frozenset()


class Sight:
    """Shows the records of one project to logic, at one moment of the server's time."""

    def __init__(self, project: Project, now: str, smart: Mapping[str, str] | None = None) -> None:
        """`smart`: values of smart variables that are the same for all records, such as `[user-name]`."""
        self._project = project
        self._events = tuple(event.unique_name for event in project.events)
        self._designated = self._designations()
        self._places = dict(_smart_of_events(project))
        self._elsewhere: dict[tuple[int, str], frozenset[str]] = {}
        self._smart: dict[str, str | None] = {
            "[project-id]": str(project.id),
            "[project-status]": str(int(project.in_production)),
            **(smart or {}),
        }
        self.setting = Setting(
            today=datetime.fromisoformat(now).date(),
            now=datetime.fromisoformat(now),
            missing_codes=project.missing_codes,
            types={field.name: field.validation for field in project.dictionary.fields if field.validation},
        )

    def _designations(self) -> Mapping[str, Sequence[str]]:
        if not self._project.is_longitudinal:
            return {}
        holding: dict[str, list[str]] = {}
        for event in self._project.events:
            for form in self._project.forms_of(event.id):
                holding.setdefault(form, []).append(event.unique_name)
        return {field.name: holding.get(field.form, []) for field in self._project.dictionary.fields}

    def values(self, record: Record) -> Values:
        """Every stored value of the record, under the name that logic calls it by; its name in each event it is in."""
        record_id = self._project.dictionary.record_id
        group = self._project.group_by_id.get(record.group)
        values: Values = {
            **self._smart,
            record_id: record.name,
            "[record-name]": record.name,
            "[record-dag-name]": group.unique if group else "",
            "[record-dag-id]": str(group.id) if group else "",
            "[record-dag-label]": group.name if group else "",
        }
        for document in filter(self._is_seen, record.documents):
            values.update(self._named(document))
            if not document.form:
                values[self.name(document.event, "", document.instance, record_id)] = record.name
        return values

    def _is_seen(self, document: Document) -> bool:
        """Not what is kept of a form that is designated no longer, or of instances of what repeats no longer."""
        event, form, instance, _ = document
        if event not in self._project.event_by_id or (form and form not in self._project.forms_of(event)):
            return False
        return instance == 1 or self._project.repeats(event) or self._project.repeats(event, form)

    def name(self, event: int, form: str, instance: int, key: str) -> str:
        """What logic calls that value."""
        prefix = f"[{self._project.event_by_id[event].unique_name}]" if self._project.is_longitudinal else ""
        again = self._project.repeats(event) or self._project.repeats(event, form)
        suffix = f"[{instance}]" if again else ""
        return f"{prefix}[{key}]{suffix}" if prefix or suffix else key

    def _named(self, document: Document) -> Iterator[tuple[str, str]]:
        for key, value in document.values.items():
            yield self.name(document.event, document.form, document.instance, key), value

    def at(self, values: Values, event: int, instance: int | None, form: str = "") -> Seen:
        """The record as a row of that event sees it: `instance` None if it is no repeat, else an instance of `form`."""
        elsewhere = self._others(event, form) if instance is not None and self._project.repeats(event, form) else _NONE
        if not self._project.is_longitudinal:
            return Seen(values, instance=instance, elsewhere=elsewhere)
        unique = self._project.event_by_id[event].unique_name
        return Seen({**values, **self._places[event]}, unique, instance, self._events, self._designated, elsewhere)

    def _others(self, event: int, form: str) -> frozenset[str]:
        """The fields of the other forms that repeat at the event."""
        place = (event, form)
        if place not in self._elsewhere:
            self._elsewhere[place] = frozenset(
                name
                for name, other in self._project.dictionary.form_of.items()
                if other != form and self._project.repeats(event, other)
            )
        return self._elsewhere[place]


def _smart_of_events(project: Project) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Of each event, the smart variables that tell logic where it is."""
    numbers: Counter[int] = Counter()
    for event in project.events:
        numbers[event.arm] += 1
        yield (
            event.id,
            {
                "[event-id]": str(event.id),
                "[event-label]": event.name,
                "[event-number]": str(numbers[event.arm]),
                "[arm-number]": str(event.arm),
                "[arm-label]": project.arm_names[event.arm],
            },
        )
