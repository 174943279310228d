"""Looks through files and folders: reads them, applies the rules, and sets aside what has been accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from breakthrough.instruments import formats, lint
from breakthrough.instruments.lint import accepted, container, folders
from breakthrough.instruments.lint.accepted import Entry
from breakthrough.instruments.lint.finding import Finding
from breakthrough.instruments.lint.subject import Subject

_CLASSIC = frozenset({"event_1_arm_1"})  # what a project without events calls its only one


@dataclass(frozen=True, slots=True)
class Look:
    """What was found in one file, or in one project of a folder. `files`: where the files that fields name are."""

    path: Path
    mode: str
    fields: int
    forms: int
    findings: tuple[Finding, ...]
    accepted: tuple[tuple[Finding, Entry], ...] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    beside: Path | None = None  # the folder whose lint-accepted.yaml applies

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(finding.severity == "error" for finding in self.findings)

    def file(self, finding: Finding) -> Path:
        """The file that the finding is in."""
        origin = finding.field.origin if finding.field else None
        return self.files.get(origin.file, self.path) if origin else self.path


def at(path: Path, *, instrument: bool = False) -> tuple[Look, ...]:
    """What is found there: one look for a file, one for each project of a folder with project.yaml.

    Raises ContentMissing, DictionaryInvalid or SettingInvalid for what cannot be read.
    """
    return tuple(_folder(path)) if path.is_dir() else (_file(path, instrument=instrument),)


def silenced(looks: Sequence[Look]) -> tuple[Look, ...]:
    """The looks without what the lint-accepted.yaml beside each accepts, and one at each such file that is stale.

    Raises SettingInvalid where one cannot be read.
    """
    found: list[Look] = []
    folders = dict.fromkeys(look.beside for look in looks)
    entries = {folder: accepted.read(folder) if folder else () for folder in folders}
    used: dict[Path | None, set[int]] = {folder: set() for folder in folders}
    for look in looks:
        own = entries[look.beside]
        parted = accepted.part(look.findings, own, look.path.name)
        used[look.beside].update(place for place, entry in enumerate(own) for _, by in parted.accepted if by is entry)
        found.append(replace(look, findings=parted.counting, accepted=parted.accepted))
    for folder in folders:
        names = {name for look in looks if look.beside == folder for name in (look.path.name, *look.files)}
        stale = accepted.unused(entries[folder], used[folder], names)
        if folder and stale:
            found.append(Look(folder / accepted.FILE, "accepted", 0, 0, stale))
    return tuple(found)


def _file(path: Path, *, instrument: bool) -> Look:
    source = formats.read(path)
    one = instrument or source.format == "zip" or path.name.lower() == "instrument.csv"
    subject = Subject(
        source.fields,
        path.name,
        whole=not one,
        events=None if source.events is None else frozenset(source.events) or _CLASSIC,
        missing_codes=frozenset(source.missing_codes or ()),
    )
    found = (*container.findings(source), *lint.find(subject))
    mode = "instrument" if one else "project"
    return Look(path, mode, len(subject.fields), len(subject.forms), found, beside=path.parent.resolve())


def _folder(path: Path) -> Iterator[Look]:
    for own in folders.projects(path):
        found: dict[tuple[object, ...], Finding] = {}
        fields = forms = 0
        for written in own.written:  # once for each collaborative; most of it is the same
            subject = Subject(written, own.name, events=_CLASSIC)
            fields, forms = max(fields, len(subject.fields)), max(forms, len(subject.forms))
            found |= {_same(finding): finding for finding in lint.find(subject) if _same(finding) not in found}
        yield Look(own.folder, "project", fields, forms, tuple(found.values()), files=own.files, beside=own.folder)


def _same(finding: Finding) -> tuple[object, ...]:
    name = finding.field.field_name if finding.field else ""
    return finding.code, name, finding.column, finding.span, finding.problem
