"""`breakthrough init`."""

from __future__ import annotations

from pathlib import Path

import click

from breakthrough import scaffold
from breakthrough.content import Content


@click.command(short_help="Start a deployment folder.")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--collaborative",
    default="absenteeism",
    show_default=True,
    metavar="NAME",
    help="The worked collaborative to start from, such as absenteeism; blank: one to fill in.",
)
def command(directory: Path, collaborative: str) -> None:
    """Start a deployment folder: settings for your institution, a collaborative to change, and what stands around them.

    Forms, wording and templates of your own go into it; a service, a crontab and a check for your repository are there.
    No file that exists is ever overwritten.

    \b
    Example:
      breakthrough init attendance --collaborative blank
    """
    for path in scaffold.write(directory, Content(), collaborative):
        click.echo(f"{path}")
    click.echo(
        f"Next: cd {directory}, fill in breakthrough.yaml and collaborative.yaml, put your tokens into secrets/, then\n"
        "  breakthrough lint .      # mistakes in the forms\n"
        "  breakthrough plan        # what would be changed in REDCap\n"
        "  breakthrough deploy      # change it\n"
        "docs/getting-started.md goes through it step by step.",
        err=True,
    )
