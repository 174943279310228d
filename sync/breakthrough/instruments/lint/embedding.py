"""E: fields embedded in texts that are not there, are elsewhere, or are embedded more than once."""

from __future__ import annotations

from collections.abc import Iterator

from breakthrough.instruments.field import Field
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.subject import Subject
from breakthrough.instruments.text import embedding
from breakthrough.instruments.text.embedding import Embed

_COLUMNS = ("section_header", "field_label", "field_note", "select_choices_or_calculations")


def findings(subject: Subject) -> Iterator[Finding]:
    """What is wrong with embedded fields."""
    first: dict[str, Field] = {}
    for field in subject.fields:
        for column in _COLUMNS:
            if field.field_type in {"calc", "sql"} and column == "select_choices_or_calculations":
                continue
            for embed in embedding.found(str(getattr(field, column))):
                yield from _embed(field, column, embed, subject)
                if embed.field in subject.named:
                    yield from _again(field, column, embed, first)


def _embed(field: Field, column: str, embed: Embed, subject: Subject) -> Iterator[Finding]:
    span = (embed.start, embed.end)
    target = subject.named.get(embed.field)
    if target is None:
        near = subject.nearest(embed.field)
        if near or embed.icons or "_" in embed.field:  # {word} alone may be prose
            problem = f"it embeds {{{embed.field}}}, which is not there"
            remedy = f"Did you mean {{{near}}}" if near else "Name a field of this instrument"
            yield Finding("E001", field, problem, remedy, column, span)
    elif target is field:
        yield Finding("E004", field, "it embeds itself", "Name another field", column, span)
    elif target.form_name != field.form_name:
        problem = f"it embeds {{{embed.field}}}, which is on the form {target.form_name}, so nothing is shown"
        yield Finding("E002", field, problem, "Embed fields of the same form only", column, span)


def _again(field: Field, column: str, embed: Embed, first: dict[str, Field]) -> Iterator[Finding]:
    if embed.field in first:
        problem = f"{{{embed.field}}} is embedded a second time (also in {first[embed.field].field_name})"
        yield Finding("E003", field, problem, "Embed a field once only", column, (embed.start, embed.end))
    first.setdefault(embed.field, field)
