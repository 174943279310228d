"""`breakthrough instruments export` and `breakthrough instruments print`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from breakthrough import paper
from breakthrough.cli.here import Here, here, known
from breakthrough.cli.options import moment
from breakthrough.instruments import archive, dictionary, package
from breakthrough.instruments.printed import TOOLS, Press, Printed, Size
from breakthrough.instruments.project import Project
from breakthrough.settings import MAIN

_SIZES: Sequence[Size] = ("A4", "Letter")

_to = click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write to; files of the same names are written anew.",
)
_paper = click.option(
    "--paper",
    "size",
    type=click.Choice(_SIZES, case_sensitive=False),
    default="A4",
    show_default=True,
    help="The size of the paper.",
)


@click.command(short_help="Write instruments as ZIPs, dictionary CSV, project XML or blank forms.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--zip", "as_zip", is_flag=True, help="One instrument ZIP each, as REDCap's designer takes it.")
@click.option("--csv", "as_csv", is_flag=True, help="The whole data dictionary in REDCap's 18 columns.")
@click.option("--xml", "as_xml", is_flag=True, help="The project XML of a new project, to upload by hand.")
@click.option("--pdf", "as_pdf", is_flag=True, help="One blank form each, to be filled in on paper.")
@click.option("--team", "teams", multiple=True, metavar="CODE", help="With --xml: a group for this team. Repeatable.")
@click.option("--all", "every", is_flag=True, help="Those that are not in use, too.")
@_paper
@_to
@here
@moment
def export(
    here: Here,
    now: dt.datetime,
    names: tuple[str, ...],
    teams: tuple[str, ...],
    size: Size,
    folder: Path,
    *,
    as_zip: bool,
    as_csv: bool,
    as_xml: bool,
    as_pdf: bool,
    every: bool,
) -> None:
    """Write instruments in a form that REDCap or a person can take; several forms at once if you like.

    \b
    Example:
      breakthrough instruments export --zip --csv --to export
    """
    if not (as_zip or as_csv or as_xml or as_pdf):
        raise click.UsageError("Say as what to export: --zip, --csv, --xml or --pdf.")
    if as_xml and names:
        raise click.UsageError("--xml is of a whole project. Leave the instruments' names out.")
    if teams and not as_xml:
        raise click.UsageError("--team goes with --xml: the other files hold no groups.")
    project = here.project(every=every or bool(names))
    known(names, project)
    forms = [one.name for one in project.instruments if not names or one.name in names]
    if as_zip:
        for form in forms:
            packed = archive.encode(archive.made(project.fields_of(form), form))
            _written(folder / f"{form}.zip", packed)
    if as_csv:
        fields = [field for field in project.fields if field.form_name in forms]
        _written(folder / "dictionary.csv", dictionary.encode(dictionary.made(fields, "dictionary.csv")))
    if as_xml:
        _written(folder / "project.xml", package.xml(here.content, project, teams, _title(here), now))
        if project.wording.cells:
            click.echo("project.xml holds your licensed wording of an assessment: do not pass it on.", err=True)
    if as_pdf:
        press = _press(here, project, now, size)
        for form in forms:
            _written(folder / f"{form}.pdf", paper.pdf(press.form(form).html))


@click.command("print", short_help="Write data guide, PDSA worksheet, charter and storyboard for printing.")
@click.argument("what", nargs=-1, metavar="[WHAT]...")
@click.option("--pdf", "as_pdf", is_flag=True, help="As PDF, too.")
@_paper
@_to
@here
@moment
def print_(here: Here, now: dt.datetime, what: tuple[str, ...], size: Size, folder: Path, *, as_pdf: bool) -> None:
    """Write what is handed out on paper: data-guide, pdsa, charter, storyboard; or an instrument as a blank form.

    All of it is made of collaborative.yaml and the instruments, so print it again when they have changed. Without WHAT:
    all four tools. Each is a web page that prints on the paper named.

    \b
    Example:
      breakthrough instruments print data-guide pdsa --to handouts --pdf
    """
    if here.project_name != MAIN and (not what or "data-guide" in what):
        raise click.UsageError(
            "The data guide and the worksheets are of the main project. Name an instrument of this one."
        )
    project = here.project(every=True)
    press = _press(here, project, now, size)
    for one in _asked(press, what):
        _written(folder / f"{one.name}.html", one.html.encode())
        if as_pdf:
            _written(folder / f"{one.name}.pdf", paper.pdf(one.html))


def _asked(press: Press, what: Sequence[str]) -> Iterator[Printed]:
    forms = [one.name for one in press.project.instruments]
    for name in what:
        if name in TOOLS and name not in press.tools:
            raise click.UsageError(f"There is no {name} to print: this project has no instrument '{TOOLS[name][0]}'.")
        if name not in TOOLS and name not in forms:
            known_names = ", ".join([*press.tools, *forms])
            raise click.UsageError(f"There is no '{name}' to print. Known: {known_names}.")
    for name in what or press.tools:
        yield press.form(name) if name not in press.tools else press.tool(name)


def _press(here: Here, project: Project, now: dt.datetime, size: Size) -> Press:
    local = now.astimezone(here.collaborative.zone)
    return Press(here.content, here.collaborative, project, here.cases(), local, size)


def _title(here: Here) -> str:
    name = here.collaborative.name
    return name if here.project_name == MAIN else f"{name}: {here.project_name.replace('_', ' ')}"


def _written(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    click.echo(path)
