"""`breakthrough demo`."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import click

from breakthrough import paper
from breakthrough.cli.progress import start_logging, step
from breakthrough.demo import play, web
from breakthrough.demo.play import Closed, Entered, Outcome, Theatre
from breakthrough.demo.stage import Source
from breakthrough.english import listed, many
from breakthrough.errors import PaperMissing
from breakthrough.reporting.render.printed import Size

_FIRST = "absenteeism"
_VERDICTS = {  # of one team, of several
    "improving": ("shows an improving signal", "show an improving signal"),
    "worsening": ("shows a worsening signal", "show a worsening signal"),
    "unclear": ("shows an unusual pattern", "show an unusual pattern"),
    "none": ("shows no signal yet", "show no signal yet"),
    "few": ("has too few points to judge", "have too few points to judge"),
}


_DOCUMENTS = {  # of the closing congress, in the order in which they are named
    "closing": "The closing report; the library of what teams share is at its end",
    "change_package": "The change package: each idea, who tested it and what followed",
    "story": "Stories, one of each team that agreed to it",
}


@click.command(short_help="A whole collaborative month on this computer; no REDCap needed.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default="demo-output",
    show_default=True,
    help="Folder for what it leaves.",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A real CSV file of counts, in place of made-up ones.",
)
@click.option(
    "--map",
    "map_file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Says which columns of --data are what.",
)
@click.option("--collaborative", default=_FIRST, show_default=True, help="Whose story is played: that of a worked one.")
@click.option("--closing", is_flag=True, help="Play to the end: the documents of the closing congress instead.")
@click.option("--serve", is_flag=True, help="Keep REDCap running, and show inbox and reports as a web page.")
@click.option("--port", default=0, help="Port of that web page (0: a free one).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors.")
def command(
    output: Path,
    data: Path | None,
    map_file: Path | None,
    collaborative: str,
    port: int,
    *,
    closing: bool,
    serve: bool,
    quiet: bool,
) -> None:
    """Play a whole collaborative month on this computer. No REDCap is needed, and nothing leaves the computer.

    It starts a REDCap-like server, deploys the instruments, enters what the teams of a made-up collaborative would have
    entered (or a real file of counts), pulls the records, works out measures and signals, and emails the reports to a
    local inbox. There are three stories: absenteeism, math_swd, and medical_home, which counts charts of a second
    project.

    With --closing, the collaborative comes to its end: teams fill in closing forms, put up storyboards and files, and
    the documents of the closing congress are written in place of a month's reports. No mail is sent.

    \b
    Example:
      breakthrough demo --collaborative medical_home --serve
      breakthrough demo --closing
    """
    if bool(data) != bool(map_file):
        raise click.UsageError("--data and --map go together: the map says which columns of the file are what.")
    if closing and data:
        raise click.UsageError("--closing plays a made-up story to its end. Leave --data and --map out.")
    start_logging(quiet)
    source = Source(data, map_file) if data and map_file else None
    with play.opened(output, collaborative, source, closing=closing) as theatre:
        if closing:
            told = _end(theatre, play.close(theatre, step, _paper()), serve=serve)
        else:
            told = _summary(theatre, play.play(theatre, step), serve=serve)
        click.echo(told)
        if serve:
            with web.serve(output, port) as address:
                click.echo(f"\nOpen {address} in a browser. REDCap's API is at {theatre.sandbox.url}\nCtrl-C ends it.")
                threading.Event().wait()


def _paper() -> Size | None:
    """The paper of the documents, where PDFs can be made here."""
    try:
        paper.require()
    except PaperMissing:
        return None
    return "A4"


def _summary(theatre: Theatre, outcome: Outcome, *, serve: bool) -> str:
    output, now = theatre.output, theatre.now
    charts = len(list((output / "charts").glob("*.png")))
    reports = len(list((output / "reports").glob("*.html")))
    lines = [
        *_ran(theatre, outcome.entered, outcome.verdicts, f"as it would go out on {now.day} {now:%B %Y}"),
        f"  Sent      {outcome.sent.sent} messages; a second send would send {outcome.again}",
        "",
        "Where to look",
        f"  {output / 'reports'}    {reports} reports as web pages: open one in a browser",
        f"  {output / 'inbox'}      the messages: open one in a mail program",
        f"  {output / 'charts'}     {charts} pictures",
        "",
        *_next(theatre, f"measures -d {output / 'deployment'} --now {now.date()} --team T001", "", serve=serve),
    ]
    return "\n".join(lines)


def _end(theatre: Theatre, closed: Closed, *, serve: bool) -> str:
    now = theatre.now
    pages = {what: [one for one in closed.documents if one[0].kind == kind] for kind, what in _DOCUMENTS.items()}
    lines = [
        *_ran(theatre, closed.entered, closed.verdicts, f"at its end, as it would be told on {now.day} {now:%B %Y}"),
        "",
        "Where to look",
    ]
    for what, some in pages.items():
        lines += [f"  {what}", *(f"    {path}" for _, files in some for path in files)] if some else []
    if not any(path.suffix == ".pdf" for _, files in closed.documents for path in files):
        lines += ["  There are no PDFs, as the extra 'pdf' is not installed (docs/reports.md)."]
    again = f"report --closing -d {theatre.output / 'deployment'} --now {now.date()} --to congress"
    return "\n".join([*lines, "", *_next(theatre, again, " --closing", serve=serve)])


def _ran(theatre: Theatre, entered: Entered, verdicts: Mapping[str, int], when: str) -> list[str]:
    """Whose month it is, what was set up and entered, and what came out of it."""
    collaborative, staged = theatre.here.collaborative, entered.staged
    aim = collaborative.measures[collaborative.aim.measure]
    told = [f"{number} {_VERDICTS[code][number != 1]}" for code, number in verdicts.items() if code in _VERDICTS]
    beside = ", two projects of it" if len(theatre.here.settings.redcap_projects()) > 1 else ""
    return [
        "",
        f"{collaborative.name}: {theatre.month.label}, {when}",
        "",
        "What ran",
        f"  REDCap    a sandbox on this computer{beside}, set up in {entered.steps} steps",
        f"  Entered   {staged.rows:,} rows by {len(staged.members)} teams"
        + (f"; refused {many(staged.refused, 'row')} of the file" if staged.refused else "")
        + (f"; and {entered.cases:,} case rows" if entered.cases else ""),
        f"  Pulled    {entered.rows:,} rows into the store",
        f"  {aim.name + ':':<9} {listed(told)}",
    ]


def _next(theatre: Theatre, one: str, option: str, *, serve: bool) -> list[str]:
    """What to try next: to look at it in a browser, that one command, and a deployment of one's own."""
    program = "breakthrough" if shutil.which("breakthrough") else os.path.relpath(sys.argv[0])
    story = "" if theatre.name == _FIRST else f" --collaborative {theatre.name}"
    here = f"{program} status -d {theatre.output / 'deployment'}"
    return [
        "What to try next",
        f"  {here}" if serve else f"  {program} demo{story}{option} --serve   look at it all in a browser",
        f"  {program} {one}",
        f"  {program} init my-collaborative{story}   start a deployment of your own",
    ]
