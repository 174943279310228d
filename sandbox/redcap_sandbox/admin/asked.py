"""What an action was asked with: an object in JSON, read part by part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redcap_sandbox.wire import refusals
from redcap_sandbox.wire.formbody import Upload


@dataclass(frozen=True)
class Asked:
    """The object, and the files that came with it. Every reader refuses what is not of its kind."""

    given: Mapping[str, Any]
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str | None = None) -> str:
        """The text, or number as text; Refusal if it is absent and there is no default."""
        value = self.given.get(name)
        if value is None and default is not None:
            return default
        if value is None:
            raise refusals.missing_parameter(name)
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise refusals.invalid_parameter(name)
        return str(value)

    def number(self, name: str, default: int | None = None) -> int:
        """The whole number, not below 0."""
        value = self.text(name, None if default is None else str(default))
        if not (value.isascii() and value.isdigit() and len(value) < 19):
            raise refusals.invalid_parameter(name)
        return int(value)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.given.get(name, default)
        if not isinstance(value, bool):
            raise refusals.invalid_parameter(name)
        return value

    def texts(self, name: str) -> dict[str, str]:
        """An object of texts, null being ''; {} if it is absent."""
        value = self.given.get(name) or {}
        if not isinstance(value, dict):
            raise refusals.invalid_parameter(name)
        inner = Asked(value)
        return {key: inner.text(key, "") for key in value}

    def numbers(self, name: str) -> dict[str, int]:
        """An object of whole numbers; {} if it is absent."""
        inner = Asked(self.texts(name))
        return {key: inner.number(key) for key in inner.given}

    def names(self, name: str) -> tuple[str, ...]:
        """A list of texts; () if it is absent."""
        value = self.given.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise refusals.invalid_parameter(name)
        return tuple(value)

    def rows(self, name: str) -> list[dict[str, str]]:
        """A list of objects of texts."""
        value = self.given.get(name)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise refusals.invalid_parameter(name)
        return [Asked({name: item}).texts(name) for item in value]


def parsed(data: str, files: Mapping[str, Upload]) -> Asked:
    """What the text says; Refusal if it is no object in JSON, or holds text that no encoding can carry."""
    try:
        given = json.loads(data or "{}")
        json.dumps(given, ensure_ascii=False).encode()  # fails for half a surrogate pair
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise refusals.invalid_parameter("data")
    return Asked(given, files)
