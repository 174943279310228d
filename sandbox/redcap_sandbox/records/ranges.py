"""Values outside their field's range, which people's forms and survey pages point out. Imports pay them no heed."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.text import tags
from breakthrough.logic import Record as Seen
from breakthrough.logic import parse, row
from redcap_sandbox.design.dictionary import Field
from redcap_sandbox.design.project import Project
from redcap_sandbox.design.validation import limit, range_message
from redcap_sandbox.records.entry import Place, values_at
from redcap_sandbox.records.incoming import Fault
from redcap_sandbox.records.reading import Record
from redcap_sandbox.records.sight import Sight
from redcap_sandbox.wire.refusals import Refusal

_FORCED = "@FORCE-MINMAX"


@dataclass(frozen=True)
class Outside:
    """A field that holds a value outside its range, and what the page says of it."""

    field: str
    text: str


def outside(project: Project, saved: Record, place: Place, typed: Collection[str], sight: Sight) -> Iterator[Outside]:
    """The fields that were given a value outside their range, in order; ranges are looked at when a value is typed.

    Refusal if one of them has @FORCE-MINMAX, which lets no such value stay. A missing data code is in every range.
    """
    held = values_at(saved, place)
    repeats = project.repeats(place.event) or project.repeats(place.event, place.form)
    seen = sight.at(sight.values(saved), place.event, place.instance if repeats else None, place.form)
    for field in project.dictionary.fields:
        value = held.get(field.name, "") if field.name in typed else ""
        if not value or value in project.missing_codes:
            continue
        forced = any(tag.name == _FORCED for tag in tags.found(field.annotation))
        if text := _message(field, value, seen, sight, forced=forced):
            if forced:
                raise Refusal(400, str(Fault(saved.name, field.name, value, text)))
            yield Outside(field.name, text)


def refuse_forced(project: Project, saved: Record, place: Place, typed: Collection[str], sight: Sight) -> None:
    """As `outside`, for a page that has nobody to tell: Refusal for a field whose range is forced."""
    deque(outside(project, saved, place, typed, sight), maxlen=0)


def _message(field: Field, value: str, seen: Seen, sight: Sight, *, forced: bool) -> str:
    def look_up(reference: str) -> str:
        try:
            return row.result(parse(reference), seen, sight.setting)
        except LogicInvalid:
            return ""

    now = str(sight.setting.now)
    least, greatest = (
        limit(field.cells[f"text_validation_{end}"], field.validation, now, look_up) for end in ("min", "max")
    )
    return range_message(field.validation, value, least, greatest, forced=forced)
