"""`breakthrough instruments`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from breakthrough import collaborative as collaboratives
from breakthrough.cli.options import moment
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.instruments import formats, preview
from breakthrough.instruments import project as projects
from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import Book
from breakthrough.instruments.project import Project
from breakthrough.instruments.text.html import plain
from breakthrough.worker.deployment import Deployment


@dataclass(frozen=True)
class Here:
    """Whose instruments are meant: a deployment's or, where there is none, the shipped ones."""

    content: Content
    collaborative: Collaborative

    project_name: str

    def project(self, *, every: bool = False) -> Project:
        """The instruments, with what the collaborative fills in; `every`: those that are not in use, too."""
        tiers = projects.EVERY_TIER if every else None
        return projects.load(self.content, self.collaborative, self.project_name, tiers=tiers)


def _here(command: Callable[..., Any]) -> Callable[..., Any]:
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
        type=click.Choice(["main", "session_evaluation"]),
        default="main",
        show_default=True,
        help="Which REDCap project's instruments.",
    )
    @wraps(command)
    def wrapped(deployment_folder: Path | None, collaborative: str, project: str, **kwargs: Any) -> Any:
        return command(here=_opened(deployment_folder, collaborative, project), **kwargs)

    return wrapped


def _opened(folder: Path | None, collaborative: str, project: str) -> Here:
    around = (one for one in (Path.cwd(), *Path.cwd().parents) if (one / "breakthrough.yaml").is_file())
    place = folder or next(around, None)
    if place:
        deployment = Deployment.open(place, os.environ)
        return Here(deployment.content, deployment.collaborative, project)
    content = Content()
    return Here(content, collaboratives.load(content.collaborative(collaborative)), project)


@click.group(short_help="List, show and preview what people fill in.")
def command() -> None:
    """List, show and preview what people fill in.

    \b
    Example:
      breakthrough instruments preview --to preview
    """


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that are not in use, too.")
@_here
def list_(here: Here, *, every: bool) -> None:
    """One line an instrument: name, number of fields, who fills it in, repeating or survey, label.

    \b
    Example:
      breakthrough instruments list
    """
    project = here.project(every=every)
    wide = max(len(one.name) for one in project.instruments)
    for one in project.instruments:
        marks = " ".join(mark for mark, on in (("repeating", one.repeating), ("survey", one.survey)) if on)
        many = len(project.fields_of(one.name))
        click.echo(f"{one.name:<{wide}}  {many:>3}  {one.by or '-':<11}  {marks or '-':<16}  {one.label}")


@command.command()
@click.argument("name")
@_here
def show(here: Here, name: str) -> None:
    """The fields of an instrument as text: name, type, label, choices, when it is shown.

    \b
    Example:
      breakthrough instruments show monthly_measures
    """
    project = here.project(every=True)
    _known([name], project)
    for field in project.fields_of(name):
        for line in _lines(field):
            click.echo(line)


@command.command("preview")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="preview",
    show_default=True,
    help="Folder to write to.",
)
@click.option(
    "--dictionary",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Preview this dictionary CSV, instrument ZIP or project XML instead.",
)
@click.option("--all", "every", is_flag=True, help="Those that are not in use, too.")
@_here
@moment
def preview_(
    here: Here, now: dt.datetime, names: tuple[str, ...], folder: Path, file: Path | None, *, every: bool
) -> None:
    """Write instruments as web pages that a team can try: branching, calculations and checks work, nothing is stored.

    A codebook and an index go with them. Each page stands alone and asks nobody for anything.

    \b
    Example:
      breakthrough instruments preview monthly_measures pdsa_cycle --to preview
    """
    if file:
        book = Book.of_dictionary(formats.read(file).fields, file.stem)
    else:
        book = Book.of(here.project(every=every or bool(names)), here.collaborative.name)
    _known(names, book)
    local = now.astimezone(here.collaborative.zone)
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in preview.pages(book, here.content, local, names).items():
        (folder / name).write_text(page, encoding="utf-8")
        click.echo(folder / name)


def _known(names: tuple[str, ...] | list[str], project: Project | Book) -> None:
    there = [one.name for one in project.instruments]
    for name in names:
        if name not in there:
            raise click.UsageError(f"There is no instrument '{name}'. Known: {', '.join(there)}.")


def _lines(field: Field) -> list[str]:
    flags = (("required", field.is_required), ("identifier", field.is_identifier))
    kind = ", ".join((f"{field.field_type} {field.validation}".strip(), *(word for word, on in flags if on)))
    lines = [f"\n{plain(field.section_header)}"] if field.section_header.strip() else []
    lines.append(f"  {field.field_name} ({kind}): {plain(field.field_label)}")
    lines += [f"      {choice.code} = {plain(choice.label)}" for choice in field.choices]
    if field.branching_logic.strip():
        lines.append(f"      only if {' '.join(field.branching_logic.split())}")
    return lines
