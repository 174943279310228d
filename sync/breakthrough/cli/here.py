"""Whose instruments a command is about: those of a deployment or, where there is none, of a worked collaborative."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from breakthrough import collaborative as collaboratives
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content, shipped
from breakthrough.instruments import project as projects
from breakthrough.instruments.preview import Book
from breakthrough.instruments.project import Project
from breakthrough.settings import MAIN
from breakthrough.worker.deployment import Deployment


@dataclass(frozen=True)
class Here:
    """A collaborative, where its files are, and which of its REDCap projects is meant."""

    content: Content
    collaborative: Collaborative
    project_name: str

    def project(self, *, every: bool = False) -> Project:
        """The instruments, with what the collaborative fills in; `every`: those that are not in use, too."""
        tiers = projects.EVERY_TIER if every else None
        return projects.load(self.content, self.collaborative, self.project_name, tiers=tiers)

    def cases(self) -> dict[str, Project]:
        """The sister projects whose rows are counted and whose forms are defined here, by name."""
        sources = {one.source.project for one in self.collaborative.measures.values() if one.source}
        found = projects.every(self.content, self.collaborative, sorted(sources))
        return {name: one for name, one in found.items() if name != MAIN}


def here(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `-d/--deployment`, `--collaborative` and `--project`; it gets `here: Here`."""

    @click.option(
        "-d",
        "--deployment",
        "deployment_folder",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="BREAKTHROUGH_DEPLOYMENT",
        help="Folder with breakthrough.yaml (else: the nearest from here up, else what is shipped).",
    )
    @click.option(
        "--collaborative",
        default="absenteeism",
        show_default=True,
        help="Without a deployment: the worked collaborative.",
    )
    @click.option(
        "--project",
        default=MAIN,
        show_default=True,
        help="Which REDCap project's instruments: main, or a folder of instruments/ such as session_evaluation.",
    )
    @wraps(command)
    def wrapped(deployment_folder: Path | None, collaborative: str, project: str, **kwargs: Any) -> Any:
        return command(here=_opened(deployment_folder, collaborative, project), **kwargs)

    return wrapped


def known(names: Sequence[str], project: Project | Book) -> None:
    """Raises click's usage error for a name that no instrument of that project has."""
    there = [one.name for one in project.instruments]
    for name in names:
        if name not in there:
            raise click.UsageError(f"There is no instrument '{name}'. Known: {', '.join(there)}.")


def _opened(folder: Path | None, collaborative: str, project: str) -> Here:
    around = (one for one in (Path.cwd(), *Path.cwd().parents) if (one / "breakthrough.yaml").is_file())
    place = folder or next(around, None)
    if place:
        deployment = Deployment.open(place, os.environ)
        return _checked(Here(deployment.content, deployment.collaborative, project))
    # A worked collaborative may lay instruments of its own over the shipped ones, as a deployment does.
    laid_over = shipped() / "config" / "collaboratives" / collaborative
    content = Content(laid_over if laid_over.is_dir() else None)
    return _checked(Here(content, collaboratives.load(content.collaborative(collaborative)), project))


def _checked(one: Here) -> Here:
    folders = (root / "instruments" for root in one.content.folders)
    sisters = sorted({path.parent.name for folder in folders for path in folder.glob("*/project.yaml")})
    if one.project_name not in {MAIN, *sisters}:
        raise click.UsageError(f"There is no project '{one.project_name}'. Known: {', '.join([MAIN, *sisters])}.")
    return one
