"""`breakthrough measures`."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import asdict

import click
import pandas as pd

from breakthrough import measures, teams
from breakthrough.cli.options import deployment, moment, month_option
from breakthrough.errors import FieldsMissing
from breakthrough.month import Month
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.figures import figures

_FIGURES = ["numerator", "denominator", "value"]


@click.command(short_help="Work out each measure by team and month, with its state.")
@click.option("--team", help="Only this team, by its record.")
@click.option("--measure", help="Only this measure, by its code.")
@click.option(
    "--pooled", is_flag=True, help="The whole collaborative instead: sums, the median of teams, k of K teams."
)
@click.option("--csv", "form", flag_value="csv", default=True, help="As CSV (the default).")
@click.option("--json", "form", flag_value="json", help="As JSON.")
@month_option
@deployment
@moment
def command(
    here: Deployment,
    now: dt.datetime,
    month: Month | None,
    team: str | None,
    measure: str | None,
    form: str,
    *,
    pooled: bool,
) -> None:
    """Work out each measure by team and month, with its state, numerator and denominator.

    A month without a value says why: missing, not_due, late, no_cases, not_in_session, not_collected, invalid,
    excluded or not_expected. Months run to --month, else to the newest whose report is due.

    \b
    Example:
      breakthrough measures --team T001 --measure ca_day
    """
    until = jobs.month_due(here, now, month)
    today = here.today(now)
    with here.store() as store:
        held = jobs.held(here, store, now)
        jobs.require_pulled(here, store, now)
        counted = figures(held, here.collaborative, teams.read(held, here.collaborative, today), until, today)
    frame = counted.frame
    for one in counted.blocked:
        click.echo(f"'{one.measure}' cannot be counted, and is left out. {' '.join(one.reasons)}", err=True)
    _known("team", team, set(frame["team"]))
    _known("measure", measure, set(here.collaborative.measures))
    left_out = {one.measure for one in counted.blocked}
    codes = [measure] if measure else [code for code in here.collaborative.measures if code not in left_out]
    if measure in left_out:
        sys.exit(FieldsMissing.exit_code)
    if pooled:
        shown = pd.concat([_pooled(frame, here, code) for code in codes], ignore_index=True)
    else:
        shown = frame[frame["measure"].isin(codes) & (frame["team"].eq(team) if team else True)]
    click.echo(
        shown.to_csv(index=False) if form == "csv" else shown.to_json(orient="records", indent=1), nl=form != "csv"
    )


def _known(what: str, code: str | None, codes: set[str]) -> None:
    if code is not None and code not in codes:
        raise click.UsageError(f"There is no {what} '{code}'. Known: {', '.join(sorted(codes)) or 'none yet'}.")


def _pooled(frame: pd.DataFrame, here: Deployment, measure: str) -> pd.DataFrame:
    rows = [asdict(one) | {"month": str(one.month)} for one in measures.pooled(frame, here.collaborative, measure)]
    table = pd.DataFrame(rows)
    table.insert(0, "measure", measure)
    return table
