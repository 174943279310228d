"""`breakthrough instruments`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from breakthrough.cli import codes, printing
from breakthrough.cli.here import Here, here, known
from breakthrough.cli.options import moment
from breakthrough.instruments import formats, preview
from breakthrough.instruments.field import Field
from breakthrough.instruments.preview import Book
from breakthrough.instruments.text.html import plain


@click.group(short_help="List, show and preview what people fill in.")
def command() -> None:
    """List, show and preview what people fill in.

    \b
    Example:
      breakthrough instruments preview --to preview
    """


command.add_command(codes.command, "codes")
command.add_command(printing.export)
command.add_command(printing.print_)


@command.command("list")
@click.option("--all", "every", is_flag=True, help="Those that are not in use, too.")
@here
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
@here
def show(here: Here, name: str) -> None:
    """The fields of an instrument as text: name, type, label, choices, when it is shown.

    \b
    Example:
      breakthrough instruments show monthly_measures
    """
    project = here.project(every=True)
    known([name], project)
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
@here
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
    known(names, book)
    local = now.astimezone(here.collaborative.zone)
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in preview.pages(book, here.content, local, names).items():
        (folder / name).write_text(page, encoding="utf-8")
        click.echo(folder / name)


def _lines(field: Field) -> list[str]:
    flags = (("required", field.is_required), ("identifier", field.is_identifier))
    kind = ", ".join((f"{field.field_type} {field.validation}".strip(), *(word for word, on in flags if on)))
    lines = [f"\n{plain(field.section_header)}"] if field.section_header.strip() else []
    lines.append(f"  {field.field_name} ({kind}): {plain(field.field_label)}")
    lines += [f"      {choice.code} = {plain(choice.label)}" for choice in field.choices]
    if field.branching_logic.strip():
        lines.append(f"      only if {' '.join(field.branching_logic.split())}")
    return lines
