"""`breakthrough init`."""

from __future__ import annotations

from pathlib import Path

import click

from breakthrough.content import Content
from breakthrough.errors import DeploymentExists


@click.command(short_help="Start a deployment folder.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--collaborative", default="absenteeism", show_default=True, help="The worked collaborative to start from."
)
def command(directory: Path, collaborative: str) -> None:
    """Start a deployment folder: settings for your institution and a collaborative to change.

    No file that exists is ever overwritten.

    \b
    Example:
      breakthrough init attendance
    """
    content = Content()
    files = {
        "breakthrough.yaml": content.find("config/scaffold/breakthrough.yaml"),
        ".gitignore": content.find("config/scaffold/gitignore"),
        "collaborative.yaml": content.collaborative(collaborative),
    }
    there = [name for name in files if (directory / name).exists()]
    if there:
        raise DeploymentExists(
            f"{directory} holds {', '.join(there)} already, so nothing was written. Name another folder."
        )
    directory.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        (directory / name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
        click.echo(f"{directory / name}")
    click.echo("Next: fill in breakthrough.yaml, change collaborative.yaml, then run: breakthrough deploy", err=True)
