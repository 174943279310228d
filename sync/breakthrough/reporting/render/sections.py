"""Which sections a report holds, and in which order: `reports/team.yaml` and its like, a deployment's own first."""

from __future__ import annotations

import difflib
from pathlib import Path

from breakthrough import configfile
from breakthrough.configfile import Model
from breakthrough.content import Content
from breakthrough.english import listed
from breakthrough.errors import SettingInvalid
from breakthrough.reporting.render import unchanged

FOLDER = "reports"


class _Sections(Model):
    sections: tuple[str, ...]


def sections(content: Content, kind: str) -> tuple[str, ...]:
    """The sections of that kind of report, in order. Those that the shipped file names are all that there are.

    Raises SettingInvalid, naming file and line, for one that is not known or stands twice.
    """
    own, shipped = content.find(_file(kind)), content.program / _file(kind)
    known = _read(shipped)
    if own == shipped:
        return known
    asked = _read(own)
    for at, name in enumerate(asked):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f"Did you mean '{near[0]}'?" if near else f"There are {listed(known)}."
            raise _wrong(own, at, f"the {kind} report has no section '{name}'. {hint}")
        if name in asked[:at]:
            raise _wrong(own, at, f"the section '{name}' stands twice. Take one line away.")
    return asked


def kinds(content: Content) -> tuple[str, ...]:
    """Every kind of report: each has a shipped file of its sections, and a template of its name."""
    found = sorted((content.program / FOLDER).glob("*.yaml"))
    room = content.program / FOLDER / "templates"
    return tuple(one.stem for one in found if (room / f"{one.stem}.html.j2").is_file())


def _file(kind: str) -> str:
    return f"{FOLDER}/{kind}.yaml"


@unchanged.kept(32)
def _read(path: Path) -> tuple[str, ...]:
    return configfile.read(path, _Sections).sections


def _wrong(path: Path, at: int, what: str) -> SettingInvalid:
    return SettingInvalid(f"{configfile.place(path, ('sections', at))}: {what}")
