"""What was given up stays in the instruments: hidden from new entries, and shown for the months it was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from breakthrough.collaborative import Collaborative, Measure
from breakthrough.instruments.field import Field
from breakthrough.instruments.text import tags
from breakthrough.month import Month

_PERIOD = re.compile(r"[a-z0-9_]*_period")
Span = tuple[Month | None, Month | None]  # first and last month; None: from the start, to the end


def codes(name: str, collaborative: Collaborative) -> tuple[str, ...]:
    """The codes of that list (`coaches`, `ideas`, `measures`) that nobody should choose any more."""
    if name == "coaches":
        return tuple(coach.code for coach in collaborative.coaches if coach.until)
    if name == "ideas":
        return tuple(code for code, idea in collaborative.ideas.items() if idea.retired)
    if name == "measures":
        return tuple(code for code, measure in collaborative.measures.items() if measure.until)
    return ()


def hidden(field: Field, given_up: Sequence[str]) -> Field:
    """The field with those choices kept but hidden: REDCap shows one where it is stored, and offers it nowhere else."""
    if not given_up:
        return field
    annotation = field.field_annotation
    own = next((tag for tag in tags.found(annotation) if tag.name == "@HIDECHOICE"), None)
    before = [code.strip() for code in (own.argument or "").split(",") if code.strip()] if own else []
    tag = f"@HIDECHOICE='{','.join(dict.fromkeys([*before, *given_up]))}'"
    whole = f"{annotation[: own.start]}{tag}{annotation[own.end :]}" if own else f"{annotation} {tag}".strip()
    return replace(field, field_annotation=whole)


def period(fields: Iterable[Field]) -> str:
    """The field of an instrument that holds the month a page is for; '' where there is none."""
    return next(
        (one.field_name for one in fields if _PERIOD.fullmatch(one.field_name) and one.validation.startswith("date_")),
        "",
    )


def spans(measures: Iterable[Measure]) -> tuple[Span, ...]:
    """The months in which any of these measures is in use, put together; `((None, None),)` where it is always."""
    found: list[Span] = []
    for since, until in sorted(((one.since, one.until) for one in measures), key=lambda span: str(span[0] or "")):
        before = found[-1] if found else None
        if before and (before[1] is None or since is None or since <= before[1] + 1):
            last = None if before[1] is None or until is None else max(before[1], until)
            found[-1] = (before[0], last)
        else:
            found.append((since, until))
    return tuple(found)


def shown(field: Field, asked: Sequence[Span], month: str) -> Field:
    """The field, shown only on pages whose month (in the field `month`) lies in one of these spans.

    Its own logic holds as well. On a page without a month it is not shown. On a form that is for no month at all
    (`month` is ''), one whose spans all have an end is shown only where something was entered.
    """
    if not asked or (None, None) in asked:
        return field
    if not month:
        return _kept(field) if all(until for _, until in asked) else field
    within = [_within(span, month) for span in asked]
    of_time = within[0] if len(within) == 1 else f"({' or '.join(f'({one})' for one in within)})"
    known = f'[{month}] <> "" and {of_time}'
    own = field.branching_logic.strip()
    return replace(field, branching_logic=f"({own}) and {known}" if own else known)


def _kept(field: Field) -> Field:
    """The field, not asked for any more, and shown where it holds something."""
    if not field.holds_data:
        return field
    tag = f"@IF([{field.field_name}] = '', @HIDDEN, '')"
    return replace(field, field_annotation=f"{field.field_annotation} {tag}".strip())


def _within(span: Span, month: str) -> str:
    since, until = span
    parts = [f"datediff([{month}], '{since.first}', 'd', true) <= 0"] if since else []
    parts += [f"datediff([{month}], '{(until + 1).first}', 'd', true) > 0"] if until else []
    return " and ".join(parts)
