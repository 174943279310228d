"""`breakthrough deploy`."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.cli.plan import of_a_project
from breakthrough.cli.progress import step
from breakthrough.english import listed, many
from breakthrough.errors import SettingInvalid
from breakthrough.instruments import codes, package, plan
from breakthrough.instruments.package import Handover
from breakthrough.instruments.plan import Plan
from breakthrough.redcap.deploy import Done, backup, deploy
from breakthrough.store import lock
from breakthrough.worker import deployed, founding, planning
from breakthrough.worker.deployment import Deployment


@click.command(short_help="Bring a REDCap project in line with the definitions.")
@of_a_project
@click.option(
    "--allow",
    multiple=True,
    metavar="STEP",
    help="Let this step lose data; by its name in the plan, such as remove-field:tp_old. Repeatable.",
)
@click.option(
    "--backup-to",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="BREAKTHROUGH_BACKUPS",
    help="Folder for backups, outside of any repository (else: the state folder of your account; "
    "env: BREAKTHROUGH_BACKUPS).",
)
@click.option(
    "--package",
    "handover",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for what a person does by hand when the project is in production (else: handover/PROJECT here).",
)
@click.option("--create", is_flag=True, help="Create the project first, with the super token of breakthrough.yaml.")
@click.option(
    "--into",
    type=int,
    metavar="PROJECT_ID",
    help="REDCap's number of the project, to deploy into one that is not empty for the first time.",
)
@deployment
@moment
def command(
    here: Deployment,
    now: dt.datetime,
    name: str,
    teams: tuple[str, ...],
    allow: tuple[str, ...],
    backup_to: Path | None,
    handover: Path | None,
    into: int | None,
    *,
    create: bool,
) -> None:
    """Bring a REDCap project in line with the definitions: forms, repeating setup, groups, roles and people.

    It looks first, backs up what it is about to change, does it, and reads everything back. A second deploy finds
    nothing to do. Steps that lose data are refused unless each is named with --allow. In production a person changes
    the dictionary: then what that takes is written to a folder.

    \b
    Example:
      breakthrough deploy --team T001 --team T002
    """
    planning.require_defined(here, name)
    if create:
        with step("Create the project in REDCap"):
            made = founding.create(here, name, sorted(teams), now)
        click.echo(
            f"Created project {made.project_id} in REDCap; its token is in {made.token}. Commit {deployed.NAME}.",
            err=True,
        )
    client = here.client(name, deploying=True)
    began = time.monotonic()
    usual = backup.usual(os.environ, Path.home())

    def told(todo: Plan, kept: Path | None) -> None:
        click.echo(plan.words(todo))
        if kept:
            click.echo(f"Backed up to {kept}", err=True)

    with ExitStack() as alone:

        def enter(info: Mapping[str, Any]) -> None:
            alone.enter_context(_alone(usual, client.url, info))

        with step("Look at the project in REDCap"):
            found = planning.look(here, client, name, here.today(now), teams, enter)
        info = found.snapshot.info
        deployed.require_meant(here.folder, name, info, planning.theirs(found.wanted.project, found.snapshot), into)
        shelf = backup.place(backup_to or usual, client.url, info["project_id"], now, here.folder)
        for unknown in sorted(set(allow) - {one.name for one in found.plan.steps}):
            click.echo(f"No step is called {unknown}, so there is nothing to allow.", err=True)

        def remember(done: Done) -> None:
            ended = now + dt.timedelta(seconds=time.monotonic() - began)
            _remember(here, client.url, name, found, done, now, ended)

        with step("Deploy") as advance:
            done = deploy(
                client,
                found.wanted,
                allow=allow,
                backups=shelf,
                seen=found.snapshot,
                told=told,
                advance=advance,
                taken=remember,
            )
        if done.backup and not done.steps:  # for what is handed over alone
            click.echo(f"Backed up to {done.backup}", err=True)
        if done.drafted:
            _hand_over(here, found, done, handover or here.folder / "handover" / name, now)
        if not done.steps:
            remember(done)
    _conclude(done)
    if old := backup.overdue(shelf):
        more = f", and {len(old) - 1} beside it, up to {old[-1].name}" if len(old) > 1 else ""
        click.echo(f"Past its day, so delete it: {old[0]}{more}.", err=True)


def _alone(usual: Path, url: str, info: Mapping[str, Any]) -> AbstractContextManager[None]:
    """Keeps every other deploy of that project out, from whichever folder of this account it comes."""
    folder = usual.parent / "locks"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as broken:
        raise SettingInvalid(
            f"The folder {folder}, by which two deploys at once are kept apart, cannot be made: {broken.strerror}. "
            "Nothing was changed. Set XDG_STATE_HOME to a folder that this account may write to."
        ) from broken
    number = info["project_id"]
    return lock.held(folder / f"{backup.of_project(url, number)}.lock", f"Another deploy to project {number} of REDCap")


def _hand_over(here: Deployment, found: planning.Prospect, done: Done, folder: Path, now: dt.datetime) -> None:
    handed = Handover(
        title=found.live.settings.get("project_title", ""),
        number=found.live.project_id,
        records=found.live.records,
        at=now.astimezone(here.collaborative.zone),
        drafted=done.drafted,
        later=done.later,
        by_hand=done.by_hand,
        backup=done.backup if any(one.risk == "loses data" for one in done.drafted) else None,
    )
    package.write(folder, here.content, found.wanted.project, found.live, handed)
    click.echo(
        "The project is in production: a person changes its dictionary, in Draft Mode "
        f"({many(len(done.drafted), 'step')}). What that takes is in {folder}: begin with checklist.md there."
    )


def _remember(
    here: Deployment,
    url: str,
    name: str,
    found: planning.Prospect,
    done: Done,
    now: dt.datetime,
    ended: dt.datetime,
) -> None:
    """Which project this is, since when, and every code that may be stored from now on: not yet one that is drafted."""
    ledger = here.folder / codes.FILE
    added = () if done.drafted else codes.record(ledger, planning.used(here), here.today(now))
    path = None
    if done.steps or name not in deployed.load(here.folder):
        by = found.snapshot.caller
        path = deployed.record(here.folder, name, url, found.snapshot.info, now, ended, by)
    rows = codes.kept(codes.read(ledger))
    path = (deployed.remember(here.folder, rows) if rows.rows else None) or path
    if path:
        click.echo(f"Commit {path.name}: it says which project this is, and which codes are recorded.", err=True)
    if added:
        click.echo(f"Commit {codes.FILE}: {many(len(added), 'new code')}, which never mean anything else.", err=True)


def _conclude(done: Done) -> None:
    if done.by_hand:
        click.echo("To do by hand in REDCap:")
        for one in done.by_hand:
            click.echo(f"  {one.kind} {one.what}: {one.evidence}")
    for remark in done.remarks if not done.steps else ():  # else they were told with the steps
        click.echo(f"Note: {remark}")
    if done.live.unseen:
        click.echo("What the notes name was not compared. With a token that may see it, deploy again.")
    if not done.steps:
        if not done.drafted:
            nothing = "Nothing else to do" if done.by_hand else "Nothing to do"
            click.echo(f"{nothing} in what this token can see." if done.live.unseen else f"{nothing}.")
        return
    left = (
        ("what is done by hand", done.by_hand),
        ("what waits in Draft Mode", done.drafted),
        ("what the token may not see", done.live.unseen),
    )
    but = [what for what, found in left if found]
    equal = f"REDCap now equals the definitions{f', but for {listed(but)}' if but else ''}"
    click.echo(f"{many(len(done.steps), 'step')} done; {equal}.")
