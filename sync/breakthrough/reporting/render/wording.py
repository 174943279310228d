"""The reports' fixed words: the shipped file, with those of a deployment over it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.content import Content
from breakthrough.errors import SettingInvalid

FILE = "reports/wording/english.yaml"
Words = Mapping[str, Mapping[str, str]]


class Wording(Model):
    """The file's form: a group for all reports, and one for each."""

    shared: dict[str, str] = Field(default_factory=dict)
    team: dict[str, str] = Field(default_factory=dict)
    coach: dict[str, str] = Field(default_factory=dict)
    drift: dict[str, str] = Field(default_factory=dict)


def read(content: Content) -> Words:
    """The words by group and name. Raises SettingInvalid, naming the file and the nearest known word."""
    base, path = content.program / FILE, content.find(FILE)
    words = _words(base, base.stat().st_mtime_ns)
    if path == base:
        return words
    own = _words(path, path.stat().st_mtime_ns)
    for group, ones in own.items():
        for name in ones:
            _check(path, group, name, words[group])
    return configfile.merged(words, own)


@lru_cache(maxsize=8)
def _words(path: Path, changed: int) -> Words:  # noqa: ARG001 - a file that has changed is read anew
    """What stands in the file; kept, as reading YAML takes longer than filling a template."""
    return configfile.read(path, Wording).model_dump(exclude_unset=True)


def _check(path: Path, group: str, name: str, known: Mapping[str, str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
    raise SettingInvalid(f"{path}: the word '{group}.{name}' is not known. {hint}")
