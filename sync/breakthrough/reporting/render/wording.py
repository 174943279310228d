"""The reports' fixed words: the shipped file, with those of a deployment over it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.content import Content, shipped
from breakthrough.errors import SettingInvalid

FILE = "reports/wording/english.yaml"
Words = Mapping[str, Mapping[str, str]]


class Wording(Model):
    """The file's form: a group for all reports, and one for each."""

    shared: dict[str, str] = Field(default_factory=dict)
    team: dict[str, str] = Field(default_factory=dict)
    coach: dict[str, str] = Field(default_factory=dict)


def read(content: Content) -> Words:
    """The words by group and name. Raises SettingInvalid, naming the file and the nearest known word."""
    base = configfile.read(shipped() / FILE, Wording).model_dump()
    path = content.find(FILE)
    own = configfile.read(path, Wording).model_dump(exclude_unset=True)
    for group, words in own.items():
        for name in words:
            _check(path, group, name, base[group])
    return configfile.merged(base, own)


def _check(path: Path, group: str, name: str, known: Mapping[str, str]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known here: {', '.join(known)}."
    raise SettingInvalid(f"{path}: the word '{group}.{name}' is not known. {hint}")
