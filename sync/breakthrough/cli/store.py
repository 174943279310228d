"""`breakthrough store`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.errors import SettingInvalid
from breakthrough.store import address, backend, backups, marks, projects, purge, tables
from breakthrough.store import upgrade as upgrading
from breakthrough.store.lock import held
from breakthrough.store.purge import Trail
from breakthrough.worker.deployment import Deployment

_KEPT = (
    "What was sent cannot be called back, and the outbox keeps to whom it went. Backups made before, and a database "
    "server's own, still hold the record until they are deleted."
)


@click.group(short_help="Upgrade the store, back it up, put a backup in place, erase a record.")
def command() -> None:
    """Look after the store: what was pulled, its past, the reports and the outbox.

    \b
    Example:
      breakthrough store backup /secure/breakthrough-2026-03-15.sqlite
    """


@command.command()
@click.option("--backup", "backup", type=click.Path(path_type=Path, dir_okay=False), help="Where to put the backup.")
@deployment
@moment
def upgrade(here: Deployment, now: dt.datetime, backup: Path | None) -> None:
    """Bring the store of an older version up to this program's, after a backup.

    Stop `breakthrough run` first. A store of this version is left as it is.

    \b
    Example:
      breakthrough store upgrade
    """
    where = address.of(here.settings, here.folder, here.environment)
    with _nobody_running(here), step("Upgrade the store") as advance:
        done = upgrading.upgrade(where, backup or _beside(here, where, now), advance)
    if done.backup is None:
        click.echo(f"The store {where} is of version {done.after} already. Nothing was done.")
        return
    click.echo(f"The store {where} is now of version {done.after}; it was of version {done.before}.")
    click.echo(f"A backup of before is in {done.backup.path} ({_size(done.backup.size)}). Delete it when all is well.")


@command.command("backup")
@click.argument("dest", type=click.Path(path_type=Path))
@deployment
def backup_(here: Deployment, dest: Path) -> None:
    """Copy the store into the file DEST, whole and sound, while others go on working.

    The file is a SQLite store, whatever the store is kept in; only you may read it, and it holds data about people.
    A file that is there is never overwritten.

    \b
    Example:
      breakthrough store backup /secure/breakthrough-2026-03-15.sqlite
    """
    with here.store() as store, step("Back up the store") as advance:
        made = backups.write(store.backend, dest, advance)
        with store.begin() as connection:
            marks.put(connection, marks.BACKED_UP, dt.datetime.now(dt.UTC))
    click.echo(f"{made.path} ({_size(made.size)})")


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@deployment
def restore(here: Deployment, file: Path) -> None:
    """Put the backup FILE in the place of the store, where there is none; also to move from a file to PostgreSQL.

    To replace a store, move it away first. To move one to PostgreSQL, back it up, name the database under `store` in
    breakthrough.yaml, and restore.

    \b
    Example:
      breakthrough store restore /secure/breakthrough-2026-03-15.sqlite
    """
    where = address.of(here.settings, here.folder, here.environment)
    at = backend.at(where)
    try:
        with _nobody_running(here), step("Restore the store") as advance:
            version = backups.restore(file, at, advance)
    finally:
        at.engine.dispose()
    later = "" if version == tables.SCHEMA else f", brought up from version {version}"
    click.echo(f"{where} holds what was in {file}{later}. Check it with: breakthrough status")


@command.command("purge")
@click.argument("record")
@click.option("--project", required=True, help="The project it belongs to, by its name in breakthrough.yaml.")
@click.option("--archives", is_flag=True, help="Erase the archived pages and mails that were made of it, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@deployment
@moment
def purge_(here: Deployment, now: dt.datetime, record: str, project: str, *, archives: bool, yes: bool) -> None:
    """Erase RECORD from the store: what is there now and all of its past, under every name it has had.

    Reports made of it can then not be made again; which they are is said before anything is erased. Delete the record
    in REDCap first, or the next pull brings it back.

    \b
    Example:
      breakthrough store purge T003 --project main
    """
    with here.store() as store:
        with store.read() as connection:
            known = projects.names(connection)
            if project not in known:
                raise SettingInvalid(
                    f"Nothing was ever pulled of a project '{project}'. The store knows: {', '.join(known) or 'none'}."
                )
            found = purge.trail(connection, project, record)
        _tell(found, archives=archives)
        if not yes and (found.rows or found.versions or found.mails):
            click.confirm("Erase it? This cannot be undone.", abort=True, err=True)
        with step("Erase the record"):
            done = purge.purge(store, project, record, now, archives=archives)
    if not done.trail.rows and not done.trail.versions:
        click.echo(f"Nothing of {record} is in the store. Its files were cleaned of what had been deleted before.")
        return
    erased = f", archived pages and mails: {done.archives}" if archives else ""
    click.echo(f"Erased: {_amount(done.trail)}{erased}.")
    click.echo(_KEPT)


def _tell(found: Trail, *, archives: bool) -> None:
    """What there is of the record, and what will become of it."""
    if not (found.rows or found.versions):
        return
    click.echo(f"{', '.join(found.names)} of {found.project}: {_amount(found)}.")
    if found.in_redcap:
        click.echo("REDCap still has it, as last pulled: unless it is deleted there, the next pull brings it back.")
    if found.reports:
        click.echo("These reports were made of it, and can then not be made again:")
    for report in found.reports:
        click.echo(f"  {report}")
    kept = [mail for mail in found.mails if mail.archived]
    waiting = [mail for mail in found.mails if mail.waiting and mail.state != "sent"]
    fate = "are erased, too" if archives else "stay as they were sent; --archives erases them, too"
    if found.reports or kept:
        click.echo(
            f"The pages of these reports and {many(len(kept), 'archived mail')} show figures, and perhaps words, of "
            f"the record. They {fate}."
        )
    if waiting:
        fate = "are cancelled" if archives else "go out as they are, unless cancelled: breakthrough outbox cancel KEY"
        click.echo(f"{many(len(waiting), 'mail')} in the outbox may show something of it. Those not sent yet {fate}.")
    for mail in waiting:
        click.echo(f"  {mail.state:<10} {mail.key}")


def _amount(found: Trail) -> str:
    return f"{many(found.rows, 'row')}, and {many(found.versions, 'version')} in the history"


def _beside(here: Deployment, where: address.Address, now: dt.datetime) -> Path:
    """A name for the backup that an upgrade makes, beside the store or, for a database, in the deployment's folder."""
    store = where.path or here.folder / "breakthrough.sqlite"
    return store.with_name(f"{store.name}.before-upgrade-{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}")


@contextmanager
def _nobody_running(here: Deployment) -> Iterator[None]:
    """Keeps the schedule of this folder from beginning meanwhile. Raises StoreLocked while it is going on."""
    with held(here.folder / "breakthrough.run.lock", "A breakthrough run in this folder"):
        yield


def _size(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB" if size >= 100_000 else f"{size:,} bytes"
