"""`breakthrough status`."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import click

from breakthrough.cli import moments
from breakthrough.cli.options import deployment, moment
from breakthrough.delivery import outbox
from breakthrough.english import many
from breakthrough.pull import state
from breakthrough.pull.state import State
from breakthrough.reporting import render
from breakthrough.settings import MAIN
from breakthrough.store import Run, write_backs
from breakthrough.worker import heartbeat, jobs, outages, pulls
from breakthrough.worker.calendar import next_reports
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.heartbeat import Beat
from breakthrough.worker.outages import Outage

_WHY = {
    "Refused": "REDCap refused it. Check the rights of the account of redcap.write_token. It is tried again in a day.",
    "ImportRefused": "REDCap refused the row. See the log of breakthrough run. It is tried again in a day.",
}


@click.command(short_help="Show when records were last pulled, what is held, and what is due.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@deployment
@moment
def command(here: Deployment, now: dt.datetime, *, as_json: bool) -> None:
    """Show for each project when records were last pulled, what is held, what waits, and what to do about it.

    \b
    Example:
      breakthrough status
    """
    sources = pulls.sources(here)
    with here.store() as store:
        with store.read() as connection:
            states = [state.of(connection, one.name, one.every, one.need) for one in sources]
            back, stuck = write_backs.counts(connection), write_backs.stuck(connection, now)
            going_on = outages.going_on(connection)
        mails = Counter(line.state for line in outbox.listing(store))
        due = jobs.due(here, store, now) if states[0].last else ()
    beat = heartbeat.read(here.folder / heartbeat.FILE)
    coming = next_reports(here.collaborative, now, here.settings.schedule.hour)
    main = states[0]
    faults = render.faults(here.content)
    facts = {
        "collaborative": here.collaborative.name,
        "last_pull": _iso(main.last.finished_at if main.last else None),
        "last_pull_state": main.last.state if main.last else None,
        "rows": dict(main.rows),
        "projects": [_facts(one) for one in states],
        "outbox": dict(sorted(mails.items())),
        "written_back": dict(sorted(back.items())),
        "not_written_back": [{"report": one.key, "what": one.what, "why": one.note} for one in stuck],
        "mails_due": len(due),
        "next_report": coming[1].isoformat() if coming else None,
        "next_report_month": str(coming[0]) if coming else None,
        "report_faults": list(faults),
        "last_round": _round(beat) if beat else None,
        "outages": [{"job": one.job, "since": _iso(one.since), "tries": one.tries} for one in going_on],
    }
    if as_json:
        click.echo(json.dumps(facts, indent=1))
        return
    click.echo(here.collaborative.name)
    for one in states:
        _show(one, here.collaborative.zone, now, named=len(states) > 1)
    click.echo("Outbox        " + (", ".join(f"{number} {said}" for said, number in sorted(mails.items())) or "empty"))
    if back:
        click.echo("Back in REDCap  " + ", ".join(f"{number} {said}" for said, number in sorted(back.items())))
    for told, number in Counter(one.note for one in stuck).items():
        click.echo(f"  ! {number} not written: {_WHY.get(told, told)}")
    click.echo(f"Due now       {len(due)} messages" + (". Run: breakthrough send" if due else ""))
    if coming:
        click.echo(f"Next reports  {coming[1]:%d %B %Y}, for {coming[0].label}")
    _show_rounds(beat, going_on, here.collaborative.zone)
    if faults:
        click.echo(f"Own reports/  {many(len(faults), 'fault')}")
    for told in faults:
        click.echo(f"  ! {told}")


def _show_rounds(beat: Beat | None, going_on: Sequence[Outage], zone: ZoneInfo) -> None:
    if beat is None or (beat.ended is None and beat.began is None):
        click.echo("Last round    never. Leave it to the schedule: see service/README.md")
    elif beat.ended is None:
        click.echo(f"Last round    the first one began {_moment(beat.began, zone)}")
    else:
        how = f"failed at: {', '.join(beat.failed)}" if beat.failed else "all is well"
        click.echo(f"Last round    {_moment(beat.ended, zone)} ({how})")
    for one in going_on:
        since = _moment(one.since, zone)
        click.echo(f"  ! {one.job} has failed since {since}, {many(one.tries, 'time')}. See the log.")


def _round(beat: Beat) -> dict[str, Any]:
    return {
        "ended": _iso(beat.ended),
        "succeeded": _iso(beat.succeeded),
        "began": _iso(beat.began),
        "next": _iso(beat.next),
        "failed": list(beat.failed),
    }


def _show(one: State, zone: ZoneInfo, now: dt.datetime, *, named: bool) -> None:
    if named:
        click.echo(f"\n{one.project}" + (" (the collaborative's own)" if one.project == MAIN else ""))
    if one.complete is None:
        click.echo("Last pull     never")
    else:
        click.echo(f"Last pull     {_moment(one.complete.finished_at, zone)} ({_named(one.complete)})")
        click.echo(f"Whole pull    {_moment(one.whole.finished_at if one.whole else None, zone)}")
        click.echo(f"Held          {many(one.records, 'record')}")
    for instrument, number in one.rows.items():
        click.echo(f"  {instrument:<20}{number:>7,}")
    if one.checks:
        newest = one.checks[0]
        click.echo(
            f"Drift         {newest.missed} of {many(newest.checked, 'record')} had been missed, by the check of "
            f"{_moment(newest.at, zone)}"
        )
    click.echo(f"Next pull     {_next(one, zone, now)}")
    for remedy in state.remedies(one):
        click.echo(f"  ! {remedy}")


def _next(one: State, zone: ZoneInfo, now: dt.datetime) -> str:
    what = {"full": "everything", "changed": "what has changed", "reconcile": "everything, as a check"}[one.due.mode]
    if one.due.at is None:
        return "not before somebody has seen to the token"
    if one.due.by(now):
        return f"due now ({what})"
    return f"{_moment(one.due.at, zone)} ({what})"


def _named(run: Run) -> str:
    return {"full": "everything", "changed": "what had changed", "reconcile": "everything, as a check"}.get(
        run.mode, run.mode
    )


def _moment(at: dt.datetime | None, zone: ZoneInfo) -> str:
    return moments.told(at, zone) if at else "never"


def _iso(at: dt.datetime | None) -> str | None:
    return at.isoformat() if at else None


def _facts(one: State) -> dict[str, Any]:
    return {
        "project": one.project,
        "last_pull": _iso(one.last.finished_at if one.last else None),
        "last_pull_state": one.last.state if one.last else None,
        "last_complete_pull": _iso(one.complete.finished_at if one.complete else None),
        "last_whole_pull": _iso(one.whole.finished_at if one.whole else None),
        "cursor": _iso(one.cursor),
        "records": one.records,
        "rows": dict(one.rows),
        "checks": [
            {
                "at": _iso(check.at),
                "checked": check.checked,
                "differing": check.differing,
                "missed": check.missed,
                "agreed": check.agreed,
            }
            for check in one.checks
        ],
        "drifting": one.drifting,
        "quarantined": [
            {"record": line.record, "why": line.why, "since": _iso(line.since)} for line in one.quarantined
        ],
        "waiting": [
            {
                "record": line.record,
                "since": _iso(line.first_at),
                "lists": line.lists,
                "confirmed_by": line.confirmed_by or None,
            }
            for line in one.waiting
        ],
        "refused_since": _iso(one.refusal.since if one.refusal else None),
        "lacking_fields": list(one.lacking),
        "next_pull": None if one.due.at is None else _iso(one.due.at),
        "next_pull_mode": one.due.mode,
        "remedies": list(state.remedies(one)),
    }
