"""`breakthrough import`: counts from a spreadsheet into the monthly form."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from breakthrough import intake
from breakthrough.cli.options import deployment, moment
from breakthrough.cli.progress import step
from breakthrough.english import many
from breakthrough.errors import CountsRefused
from breakthrough.worker.deployment import Deployment

_SHOWN = 20
# One reason for all refused rows has an exit code of its own, so that a script can tell them apart.
_CODES = {"larger than its whole": 72, "month twice": 73, "unknown team": 74, "not a count": 75}


@click.command(short_help="Take counts from a spreadsheet into the monthly form.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--map",
    "map_file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Says which columns are what.",
)
@click.option("--skip-refused", is_flag=True, help="Take the other rows although some are refused.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@deployment
@moment
def command(
    here: Deployment, now: dt.datetime, file: Path, map_file: Path, *, skip_refused: bool, dry_run: bool
) -> None:
    """Take counts by team and month from a CSV file into the monthly form.

    The map says which columns are team, month and counts, which rows to take, and which measures the file feeds. The
    same file twice changes nothing; a changed row changes its own month. If any row is refused, nothing is written,
    unless --skip-refused says so.

    \b
    Example:
      breakthrough import absence.csv --map maps/england-school-absence.yaml
    """
    mapping = intake.load(map_file, here.collaborative)
    client = here.client(deploying=True)
    with step("Read the monthly forms in REDCap"):
        names = team_names(client.records(fields=["record_id", "tp_name", "tp_short"], dags=False))
        found = intake.read(file, mapping, here.collaborative, names)
        present = client.records(forms=["monthly_measures"], fields=["record_id"], dags=False)
    plan = intake.compare(found, present, mapping, here.collaborative, here.today(now))
    if plan.refused and not skip_refused:
        raise refusal(file, plan)
    if not dry_run:
        with step("Write to REDCap", len(plan.changes)) as advance:
            intake.carry_out(plan, client, advance)
    new = sum(change.new for change in plan.changes)
    verb = "would be" if dry_run else ("was" if new == 1 else "were")
    click.echo(
        f"{file.name}: {many(new, 'month')} {verb} added, {len(plan.changes) - new} changed, {plan.unchanged} there "
        f"already, {len(plan.refused)} refused; {many(plan.left_aside, 'row')} left aside by the map."
    )
    for line in _listed(plan.refused):
        click.echo(line, err=True)


def team_names(rows: Iterable[dict[str, str]]) -> dict[str, str]:
    """Every name that a team may go by, in lower case, and its record: the record itself, its name, its short name."""
    names: dict[str, str] = {}
    for row in rows:
        for name in (row["record_id"], row.get("tp_name", ""), row.get("tp_short", "")):
            if name.strip():
                names.setdefault(name.strip().casefold(), row["record_id"])
    return names


def refusal(file: Path, plan: intake.Plan) -> CountsRefused:
    """The error that lists the refused rows, with an exit code of its own where all have the same reason."""
    rows = "\n".join(_listed(plan.refused))
    error = CountsRefused(
        f"{file.name}: refused {many(len(plan.refused), 'row')}, so nothing was written.\n{rows}\n"
        "Correct what is refused, or take only the others with --skip-refused."
    )
    reasons = {one.reason for one in plan.refused}
    if len(reasons) == 1:
        error.exit_code = _CODES.get(reasons.pop(), CountsRefused.exit_code)
    return error


def _listed(refused: Iterable[intake.Refusal]) -> list[str]:
    every = list(refused)
    lines = [f"  {one}" for one in every[:_SHOWN]]
    if len(every) > _SHOWN:
        counted = ", ".join(f"{number} {reason}" for reason, number in Counter(one.reason for one in every).items())
        lines.append(f"  … and {len(every) - _SHOWN} more ({counted} in all)")
    return lines
