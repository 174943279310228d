"""What an instrument takes from other forms, events and the server: a page lets a reader fill these in to try it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from breakthrough.errors import LogicInvalid
from breakthrough.instruments.field import Choice, Field
from breakthrough.instruments.preview import markup
from breakthrough.instruments.preview.book import Book
from breakthrough.instruments.preview.logic import logic_of
from breakthrough.instruments.project import Instrument
from breakthrough.instruments.text import piping
from breakthrough.instruments.text.html import plain
from breakthrough.logic.parse import parse
from breakthrough.logic.record import EVENT_WORDS
from breakthrough.logic.tree import Reference, Smart, walk

_RELATIVE = frozenset({"previous-instance", "next-instance", "first-instance", "last-instance"})


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A value that is not on the page. `key` is how the page's values name it."""

    key: str
    label: str
    place: str
    choices: tuple[Choice, ...] = ()


def of(fields: Sequence[Field], book: Book, instrument: Instrument) -> tuple[Elsewhere, ...]:
    """Each value that the instrument's logic or texts read and that no field of its own holds, once, in order."""
    own = {field.field_name for field in fields}
    found: dict[str, Elsewhere] = {}
    texts = [instrument.custom_label]
    for field in fields:
        for one in _read_by_logic(field, own, book):
            found.setdefault(one.key, one)
        texts += [field.section_header, field.field_label, field.field_note, field.select_choices_or_calculations]
    for text in texts:
        for one in _piped(text, own, book):
            found.setdefault(one.key, one)
    return tuple(found.values())


def _read_by_logic(field: Field, own: set[str], book: Book) -> Iterator[Elsewhere]:
    for source in logic_of(field):
        try:
            tree = parse(source)
        except LogicInvalid:
            continue
        for node in walk(tree):
            if isinstance(node, Smart):
                yield from _smart(":".join((node.name, *node.arguments)))
            elif isinstance(node, Reference):
                yield from _reference(node, own, book)


def _reference(node: Reference, own: set[str], book: Book) -> Iterator[Elsewhere]:
    event = "" if node.event in {None, "event-name"} else str(node.event)
    instance = "" if node.instance in {None, "current-instance"} else str(node.instance)
    here = node.field in own and not event and (not instance or instance in _RELATIVE)
    if here or event in EVENT_WORDS or instance in _RELATIVE:
        return
    inside = node.field if node.code is None else f"{node.field}({node.code})"
    key = f"{f'[{event}]' if event else ''}[{inside}]{f'[{instance}]' if instance else ''}"
    yield _value(key if event or instance else inside, node.field, node.code, book)


def _piped(text: str, own: set[str], book: Book) -> Iterator[Elsewhere]:
    for pipe in piping.found(text):
        key = markup.key(pipe)
        if pipe.smart:
            if pipe.certain:
                yield Elsewhere(key, f"[{key.strip('[]')}]", "given by REDCap")
        elif pipe.name in book.by_name and not (key == pipe.name and pipe.name in own):
            boxes = book.by_name[pipe.name].field_type == "checkbox" and key == pipe.name
            for code in book.by_name[pipe.name].codes if boxes else (None,):
                yield _value(key if code is None else f"{key}({code})", pipe.name, code, book)


def _value(key: str, name: str, code: str | None, book: Book) -> Elsewhere:
    field = book.by_name.get(name)
    if field is None:
        return Elsewhere(key, key, "not among the fields of this project")
    label = markup.piping_out(plain(field.field_label), book.by_name) or name
    place = book.labels.get(field.form_name, field.form_name)
    if code is None:
        return Elsewhere(key, label, place, () if field.field_type == "checkbox" else field.choices)
    choice = next((plain(one.label) for one in field.choices if one.code == code), code)
    return Elsewhere(key, f"{label}: {choice}", place, (Choice("1", "ticked"),))


def _smart(inside: str) -> Iterator[Elsewhere]:
    if not inside.endswith("-instance"):
        yield Elsewhere(f"[{inside}]", f"[{inside}]", "given by REDCap")
