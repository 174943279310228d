"""`breakthrough pull`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import getpass
import json
import sys
from typing import Any

import click

from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.errors import BreakthroughError
from breakthrough.pull import Comparison, Outcome, Pulled
from breakthrough.store import Store, deletions
from breakthrough.store.runs import Mode
from breakthrough.worker import pulls
from breakthrough.worker.deployment import Deployment

_SHOWN = 12  # characters of a hash on the screen


@click.command(short_help="Bring the records from REDCap into the local store.")
@click.option(
    "--project", "names", multiple=True, metavar="NAME", help="Only that project (else: all of breakthrough.yaml)."
)
@click.option("--full", is_flag=True, help="Read every record, not only those that have changed.")
@click.option("--reconcile", is_flag=True, help="Read every record, and prove that the store holds what REDCap holds.")
@click.option("--confirm-deletions", is_flag=True, help="Say that records missing from REDCap's list were deleted.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@deployment
@moment
def command(
    here: Deployment,
    now: dt.datetime,
    *,
    names: tuple[str, ...],
    full: bool,
    reconcile: bool,
    confirm_deletions: bool,
    as_json: bool,
) -> None:
    """Bring the records from REDCap into the local store: what has changed since the last time, or at first everything.

    Pulling twice changes nothing. A project that cannot be pulled holds up no other.

    \b
    Example:
      breakthrough pull
    """
    if full and reconcile:
        raise click.UsageError("--full and --reconcile both read every record; name one of them.")
    mode: Mode | None = "reconcile" if reconcile else "full" if full else None
    with here.store() as store, step("Pull records") as advance:
        sources = pulls.sources(here, names)
        if confirm_deletions:
            _confirm(store, [one.name for one in sources], now)
        done = pulls.pull_each(here, store, now, names, mode=mode, advance=advance)
        wrong = [(one.project, error) for one in done if (error := pulls.complaint(here, store, one))]
    if as_json:
        click.echo(json.dumps([_facts(one) for one in done], indent=1))
    else:
        for one in done:
            _tell(one, alone=len(done) == 1)
    _end(wrong, alone=len(done) == 1)


def _confirm(store: Store, names: list[str], now: dt.datetime) -> None:
    for name in names:
        with store.begin() as connection:
            number = deletions.confirm(connection, name, getpass.getuser(), now)
        click.echo(f"{name}: {many(number, 'deletion')} confirmed.", err=True)


def _tell(one: Outcome, *, alone: bool) -> None:
    label = "" if alone else f"{one.project}: "
    if one.pulled is None:
        return
    run, tally = one.pulled.run, one.pulled.run.tally
    click.echo(
        f"{label}{many(run.records, 'record')}: {many(tally.inserted, 'row')} new, {tally.updated} changed, "
        f"{tally.deleted} gone, {tally.unchanged} as they were."
    )
    for line in _notes(one.pulled):
        click.echo(f"{label}{line}")
    if one.pulled.comparison:
        _show(one.pulled.comparison)


def _notes(pulled: Pulled) -> list[str]:
    notes = []
    if pulled.renamed:
        notes.append(f"{many(pulled.renamed, 'record')} renamed.")
    if pulled.removed:
        notes.append(f"No longer in REDCap's dictionary: {', '.join(pulled.removed)}.")
    if pulled.run.quarantined:
        notes.append(f"{many(pulled.run.quarantined, 'record')} REDCap could not answer for. See: breakthrough status")
    if pulled.second_list:
        notes.append(f"{many(pulled.second_list, 'record')} no longer listed; they go if the next list says the same.")
    return notes


def _show(found: Comparison) -> None:
    """The proof: rows and a hash of each instrument, as REDCap answered and as the store holds them."""
    click.echo(
        f"{many(found.redcap.whole.records, 'record')} compared, {found.differing} differed, {found.missed} of them "
        "missed by the pulls before."
        + (f" {many(found.left_out, 'record')} could not be compared." if found.left_out else "")
    )
    click.echo(f"  {'':<24}{'REDCap':>24}{'store':>24}")
    for name in found.instruments:
        sides = [side.parts.get(name) for side in (found.redcap, found.store)]
        told = [f"{one.rows:>10,} {one.digest[:_SHOWN]:>13}" if one else f"{0:>10} {'':>13}" for one in sides]
        click.echo(f"  {name:<24}{''.join(told)}  {'same' if sides[0] == sides[1] else 'DIFFERENT'}")
    wholes = [side.whole for side in (found.redcap, found.store)]
    told = [f"{sum(one.rows.values()):>10,} {one.digest[:_SHOWN]:>13}" for one in wholes]
    click.echo(f"  {'all':<24}{''.join(told)}  {'same' if found.agrees else 'DIFFERENT'}")


def _end(found: list[tuple[str, Exception]], *, alone: bool) -> None:
    """Ends with the first of what is wrong with the projects; the others' is told before."""
    if alone and found:
        raise found[0][1]
    for name, error in found:
        ours = isinstance(error, BreakthroughError)
        told = str(error) if ours else f"a fault of this program ({type(error).__name__})."
        click.echo(f"Error: {name}: {told}", err=True)
    if found:
        sys.exit(getattr(found[0][1], "exit_code", 1))


def _facts(one: Outcome) -> dict[str, Any]:
    facts: dict[str, Any] = {"project": one.project, "error": type(one.error).__name__ if one.error else None}
    pulled = one.pulled
    if pulled is None:
        return facts
    run = pulled.run
    return facts | {
        "mode": run.mode,
        "records": run.records,
        "listed": run.listed,
        **dataclasses.asdict(run.tally),
        "renamed": pulled.renamed,
        "removed_fields": list(pulled.removed),
        "lacking_fields": list(pulled.lacking),
        "quarantined": run.quarantined,
        "wait_for_second_list": pulled.second_list,
        "wait_for_a_person": pulled.person,
        "comparison": _compared(pulled.comparison) if pulled.comparison else None,
    }


def _compared(found: Comparison) -> dict[str, Any]:
    sides = {"redcap": found.redcap, "store": found.store}
    return {
        "agrees": found.agrees,
        "compared": found.redcap.whole.records,
        "differing": found.differing,
        "missed": found.missed,
        "left_out": found.left_out,
        **{
            side: {
                "digest": its.whole.digest,
                "instruments": {name: {"rows": part.rows, "digest": part.digest} for name, part in its.parts.items()},
            }
            for side, its in sides.items()
        },
    }
