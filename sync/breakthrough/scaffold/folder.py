"""Writes the deployment folder, all of it or, where something is in the way, nothing."""

from __future__ import annotations

from pathlib import Path

from breakthrough import collaborative as collaboratives
from breakthrough.content import Content
from breakthrough.english import listed
from breakthrough.errors import DeploymentExists
from breakthrough.scaffold import blanks, worked

_ROOM = "config/scaffold"
_SHOWN = 5  # names of files in the way


def _around(name: str) -> dict[str, str]:
    """What stands around a collaborative: place in the deployment, and in the scaffold."""
    return {
        "breakthrough.yaml": "breakthrough.yaml",
        "people.csv": "people.csv",
        ".gitignore": "gitignore",
        "instruments/README.md": "instruments.md",
        "reports/README.md": "reports.md",
        "service/README.md": "service/README.md",
        f"service/breakthrough-{name}.service": "service/breakthrough.service",
        f"service/breakthrough-{name}-run.service": "service/run.service",
        f"service/breakthrough-{name}.timer": "service/breakthrough.timer",
        "service/crontab": "service/crontab",
        "service/windows-task.xml": "service/windows-task.xml",
        ".github/workflows/check.yml": "ci/github.yml",
        ".gitlab-ci.yml": "ci/gitlab.yml",
    }


def write(directory: Path, content: Content, collaborative: str) -> tuple[Path, ...]:
    """The files that were written, in the order of their names: a whole deployment of the collaborative of that name.

    Raises ContentMissing for a name that is not known, DeploymentExists where any of the files is there already; then
    nothing is written.
    """
    own = worked.files(content, collaborative)
    fill = blanks.of(directory, collaboratives.load(own["collaborative.yaml"]))
    texts = {place: path.read_text(encoding="utf-8") for place, path in own.items()}
    for place, source in _around(fill["NAME"]).items():
        texts[place] = blanks.filled(content.find(f"{_ROOM}/{source}").read_text(encoding="utf-8"), fill)
    _nothing_in_the_way(directory, sorted(texts))
    written = []
    for place, text in sorted(texts.items()):
        path = directory / place
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as new:  # x: not even what came in between is overwritten
            new.write(text)
        written.append(path)
    return tuple(written)


def _nothing_in_the_way(directory: Path, places: list[str]) -> None:
    there = [place for place in places if (directory / place).exists() or (directory / place).is_symlink()]
    if there:
        more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
        names = f"{', '.join(there[:_SHOWN])}{more}" if more else listed(there)
        raise DeploymentExists(f"{directory} holds {names} already, so nothing was written. Name another folder.")
