"""`breakthrough demo`."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path

import click

from breakthrough.cli.progress import start_logging, step
from breakthrough.demo import play, web
from breakthrough.demo.play import Outcome, Theatre
from breakthrough.demo.stage import Source
from breakthrough.english import listed, many

_FIRST = "absenteeism"
_VERDICTS = {  # of one team, of several
    "improving": ("shows an improving signal", "show an improving signal"),
    "worsening": ("shows a worsening signal", "show a worsening signal"),
    "unclear": ("shows an unusual pattern", "show an unusual pattern"),
    "none": ("shows no signal yet", "show no signal yet"),
    "few": ("has too few points to judge", "have too few points to judge"),
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
    serve: bool,
    quiet: bool,
) -> None:
    """Play a whole collaborative month on this computer. No REDCap is needed, and nothing leaves the computer.

    It starts a REDCap-like server, deploys the instruments, enters what the teams of a made-up collaborative would have
    entered (or a real file of counts), pulls the records, works out measures and signals, and emails the reports to a
    local inbox. There are three stories: absenteeism, math_swd, and medical_home, which counts charts of a second
    project.

    \b
    Example:
      breakthrough demo --collaborative medical_home --serve
    """
    if bool(data) != bool(map_file):
        raise click.UsageError("--data and --map go together: the map says which columns of the file are what.")
    start_logging(quiet)
    source = Source(data, map_file) if data and map_file else None
    with play.opened(output, collaborative, source) as theatre:
        outcome = play.play(theatre, step)
        click.echo(_summary(theatre, outcome, serve=serve))
        if serve:
            with web.serve(output, port) as address:
                click.echo(f"\nOpen {address} in a browser. REDCap's API is at {theatre.sandbox.url}\nCtrl-C ends it.")
                threading.Event().wait()


def _summary(theatre: Theatre, outcome: Outcome, *, serve: bool) -> str:
    collaborative, output = theatre.here.collaborative, theatre.output
    aim = collaborative.measures[collaborative.aim.measure]
    charts = len(list((output / "charts").glob("*.png")))
    reports = len(list((output / "reports").glob("*.html")))
    verdicts = [
        f"{number} {_VERDICTS[code][number != 1]}" for code, number in outcome.verdicts.items() if code in _VERDICTS
    ]
    program = "breakthrough" if shutil.which("breakthrough") else os.path.relpath(sys.argv[0])
    story = "" if theatre.name == _FIRST else f" --collaborative {theatre.name}"
    beside = ", two projects of it" if len(theatre.here.settings.redcap_projects()) > 1 else ""
    here = f"{program} status -d {output / 'deployment'}"
    lines = [
        "",
        f"{collaborative.name}: {outcome.month.label}, as it would go out on {outcome.now.day} {outcome.now:%B %Y}",
        "",
        "What ran",
        f"  REDCap    a sandbox on this computer{beside}, set up in {outcome.steps} steps",
        f"  Entered   {outcome.staged.rows:,} rows by {len(outcome.staged.members)} teams"
        + (f"; refused {many(outcome.staged.refused, 'row')} of the file" if outcome.staged.refused else "")
        + (f"; and {outcome.cases:,} case rows" if outcome.cases else ""),
        f"  Pulled    {outcome.rows:,} rows into the store",
        f"  {aim.name + ':':<9} {listed(verdicts)}",
        f"  Sent      {outcome.sent.sent} messages; a second send would send {outcome.again}",
        "",
        "Where to look",
        f"  {output / 'reports'}    {reports} reports as web pages: open one in a browser",
        f"  {output / 'inbox'}      the messages: open one in a mail program",
        f"  {output / 'charts'}     {charts} pictures",
        "",
        "What to try next",
        f"  {here}" if serve else f"  {program} demo{story} --serve   look at it all in a browser",
        f"  {program} measures -d {output / 'deployment'} --now {outcome.now.date()} --team T001",
        f"  {program} init my-collaborative{story}   start a deployment of your own",
    ]
    return "\n".join(lines)
