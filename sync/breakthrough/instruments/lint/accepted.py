"""Findings that somebody has looked at and accepted: `lint-accepted.yaml` beside the dictionary, each with a reason."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator
from pydantic import Field as Limits

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.instruments.lint.codes import CODES
from breakthrough.instruments.lint.finding import Finding

FILE = "lint-accepted.yaml"


def _is_a_code(code: str) -> str:
    if code not in CODES:
        near = difflib.get_close_matches(code, CODES, n=1)
        raise ValueError(f"there is no code {code}." + (f" Did you mean {near[0]}?" if near else ""))
    return code


class Entry(Model):
    """A code that is accepted, everywhere or in one field or file, and why."""

    code: Annotated[str, AfterValidator(_is_a_code)]
    field: str | None = None
    file: str | None = None
    reason: Annotated[str, Limits(min_length=1)]

    def covers(self, finding: Finding, file: str) -> bool:
        """Whether this is the finding meant; `file` is the name of the file it is in."""
        name = finding.field.field_name if finding.field else None
        own = finding.field.origin.file if finding.field and finding.field.origin else file
        return self.code == finding.code and self.field in {None, name} and self.file in {None, file, own}

    def __str__(self) -> str:
        """`N004 of field pd_what in pdsa_cycle.csv`."""
        return self.code + (f" of field {self.field}" if self.field else "") + (f" in {self.file}" if self.file else "")


class AcceptedFile(Model):
    """lint-accepted.yaml."""

    accepted: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Parted:
    """Findings that count, and those that are accepted with the entry that says so."""

    counting: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Entry], ...]


def read(folder: Path) -> tuple[Entry, ...]:
    """What that folder's file accepts; nothing where there is none. Raises SettingInvalid with line and remedy."""
    path = folder / FILE
    return configfile.read(path, AcceptedFile).accepted if path.is_file() else ()


def part(found: Sequence[Finding], entries: Sequence[Entry], file: str) -> Parted:
    """The findings of one file, parted. The first entry that covers a finding is the one that counts as used."""
    counting: list[Finding] = []
    accepted: list[tuple[Finding, Entry]] = []
    for finding in found:
        entry = next((entry for entry in entries if entry.covers(finding, file)), None)
        if entry:
            accepted.append((finding, entry))
        else:
            counting.append(finding)
    return Parted(tuple(counting), tuple(accepted))


def unused(entries: Sequence[Entry], used: Collection[int], files: Collection[str]) -> tuple[Finding, ...]:
    """A note for each entry that nothing was found for. `used` are the places of those used, `files` those looked at.

    An entry for another file may well be of use there.
    """
    return tuple(
        Finding("S001", None, f"{entry} is accepted, and does not occur", "Take the entry out")
        for place, entry in enumerate(entries)
        if place not in used and (entry.file is None or entry.file in files)
    )
