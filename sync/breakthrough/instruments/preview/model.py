"""What the page's script must know of each field, as JSON that may stand inside a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from breakthrough.instruments.preview.elsewhere import Elsewhere
from breakthrough.instruments.preview.markup import seen
from breakthrough.instruments.preview.page import Page
from breakthrough.instruments.preview.questions import Question
from breakthrough.instruments.text.html import plain


def model(page: Page, user: str = "your user name") -> Markup:
    """The fields in order by name, the values from elsewhere by key, and which repeat of the form this is."""
    told = {
        "fields": {one.id: _field(one, user) for one in page.questions},
        "elsewhere": {one.key: _labels(one) for one in page.elsewhere},
        "instance": 1 if page.instrument.repeating else None,
    }
    # A text in it could else end the script element, or begin a comment.
    return Markup(json.dumps(told, ensure_ascii=True).replace("<", "\\u003c"))  # noqa: S704


def _field(one: Question, user: str) -> Mapping[str, Any]:
    field, tags = one.field, one.behaviour
    told: dict[str, Any] = {
        "kind": one.kind,
        "name": one.name,
        "codes": {choice.code: seen(plain(choice.label)) for choice in field.choices},
        "validation": _validation(one),
        "least": field.text_validation_min.strip(),
        "greatest": field.text_validation_max.strip(),
        "forced": tags.forced,
        "required": field.is_required and one.kind != "descriptive" and not tags.hidden,
        "initial": tags.initial,
        "fills": user if tags.fills == "user name" else tags.fills,
        "characters": tags.characters,
        "words": tags.words,
        "most": tags.most,
        "none": list(tags.none_of_the_above),
    }
    return {name: value for name, value in told.items() if value not in (None, "", False, [], {})}


def _validation(one: Question) -> Mapping[str, Any] | None:
    rule = one.validation
    if rule is None:
        return None
    return {
        "type": rule.name,
        "kind": rule.kind,
        "pattern": f"^(?:{rule.pattern})$",
        "wanted": rule.wanted,
        "order": rule.order,
        "comma": rule.comma,
    }


def _labels(one: Elsewhere) -> Mapping[str, str]:
    return {choice.code: seen(plain(choice.label)) for choice in one.choices}
