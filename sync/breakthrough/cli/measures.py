"""`breakthrough measures`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import click
import orjson
import pandas as pd

from breakthrough.cli.options import MonthType, deployment, moment, month_option
from breakthrough.errors import FieldsMissing
from breakthrough.measures import codebook as codebooks
from breakthrough.measures.suppression import Audience
from breakthrough.measures.suppression import audience as read_audience
from breakthrough.measures.table import GROUPS
from breakthrough.month import Month
from breakthrough.worker import jobs
from breakthrough.worker.analysis import Analysis, analysis, for_audience
from breakthrough.worker.deployment import Deployment


class AudienceType(click.ParamType[Any]):
    """A reader on the command line: team:T001, coach:c1, leader, sponsor, public or coordinator."""

    name = "READER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Audience:
        """The reader, or click's usage error."""
        if isinstance(value, Audience):
            return value
        try:
            return read_audience(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


@click.command(short_help="Work out each measure by team and month, as a table for analysis.")
@click.option("--team", help="Only this team, by its record.")
@click.option("--measure", help="Only this measure, by its code.")
@click.option(
    "--pooled", is_flag=True, help="The whole collaborative instead: sums, the median of teams, k of K teams."
)
@click.option("--by", type=click.Choice(GROUPS), help="The same for each group of teams.")
@click.option(
    "--constant-cohort", "cohort", is_flag=True, help="With --pooled or --by: only teams that nearly always report."
)
@click.option("--funnel", is_flag=True, help="Teams side by side instead, over the last months, with limits.")
@click.option(
    "--interrupted", is_flag=True, help="Whether level and slope changed at learning session 1, for all teams and each."
)
@click.option("--at", "at", type=MonthType(), help="With --interrupted: another month, the first after the change.")
@click.option("--health", is_flag=True, help="How the collaborative itself does: reporting, testing, attendance …")
@click.option(
    "--audience",
    type=AudienceType(),
    default="coordinator",
    help="As that reader may have it: team:T001, coach:c1, leader, sponsor or public. Else all of it, for you alone.",
)
@click.option("--codebook", is_flag=True, help="What every column and every measure means. Needs no data.")
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
    by: str | None,
    form: str,
    audience: Audience,
    *,
    pooled: bool,
    cohort: bool,
    funnel: bool,
    interrupted: bool,
    at: Month | None,
    health: bool,
    codebook: bool,
) -> None:
    """Work out each measure by team and month: one row each, with state, counts, value, line and signals.

    A month without a value says why: missing, not_due, late, no_cases, not_in_session, not_collected, invalid,
    excluded or not_expected. Months run to --month, else to the newest whose report is due. --codebook says what every
    column means and how every measure is defined.

    With --audience, counts that are too small to be shown to that reader are withheld, and so is what they could be
    worked out from: such months have the state suppressed. docs/privacy.md says what is, and why. Whatever you pass on
    to others, pass on made for them.

    \b
    Example:
      breakthrough measures --team T001 --measure ca_day
      breakthrough measures --pooled --audience sponsor
    """
    _one_of(pooled=pooled, by=bool(by), funnel=funnel, interrupted=interrupted, health=health, codebook=codebook)
    if cohort and not (pooled or by):
        raise click.UsageError("--constant-cohort says whom to sum up. Give it with --pooled or --by.")
    if at and not interrupted:
        raise click.UsageError("--at says where series are interrupted. Give it with --interrupted.")
    if team and (pooled or by or funnel or interrupted or health):
        raise click.UsageError("--team is for the table of teams. The other tables are of all of them.")
    _known("measure", measure, set(here.collaborative.measures))
    if codebook:
        _codebook(here, form)
        return
    found = _analysis(here, now, month, audience)
    if audience.role in {"team", "coach"}:
        codes_of = {one.code if audience.role == "team" else one.coach for one in found.portfolio.teams}
        _known(audience.role, audience.code, codes_of)
    _known("team", team, set(found.frame["team"]))
    codes = _codes(found, measure)
    # What is emitted is made below, and nowhere else, of what the analysis gives its audience.
    if pooled:
        shown = found.pooled(codes, cohort=cohort)
    elif by:
        shown = found.strata(codes, by, cohort=cohort)
    elif funnel:
        shown = found.funnel(codes)
    elif interrupted:
        shown = found.interrupted(codes, _interruption(here, found, at))
    elif health:
        shown = found.health()
    else:
        shown = found.tidy(codes, team)
    _emit(shown, form)


def _analysis(here: Deployment, now: dt.datetime, month: Month | None, audience: Audience) -> Analysis:
    until = jobs.month_due(here, now, month)
    with here.store() as store:
        held = jobs.held(here, store, now)
        jobs.require_pulled(here, store, now)
        found = analysis(held, store, here.collaborative, here.code, until, here.today(now))
        return for_audience(found, held, here.code, audience, now)


def _interruption(here: Deployment, found: Analysis, at: Month | None) -> Month:
    """The first month after the change; learning session 1's where none is named."""
    first, chosen = here.collaborative.calendar.first, at or here.collaborative.calendar.start
    if not first < chosen <= found.month:
        raise click.UsageError(
            f"A series can be interrupted from {first + 1} to {found.month}, where there are months before and after; "
            f"{chosen} is outside. Name another month with --at."
        )
    return chosen


def _codes(found: Analysis, measure: str | None) -> list[str]:
    """The measures asked for, those that cannot be counted left out; ends the program where it is just that one."""
    for one in found.figures.blocked:
        click.echo(f"'{one.measure}' cannot be counted, and is left out. {' '.join(one.reasons)}", err=True)
    left_out = {one.measure for one in found.figures.blocked}
    if measure in left_out:
        sys.exit(FieldsMissing.exit_code)
    return [measure] if measure else [code for code in found.collaborative.measures if code not in left_out]


def _codebook(here: Deployment, form: str) -> None:
    columns = [asdict(one) | {"tables": " ".join(one.tables)} for one in codebooks.columns()]
    of_measures = [asdict(one) for one in codebooks.measures(here.collaborative)]
    if form == "json":
        click.echo(json.dumps({"columns": columns, "measures": of_measures}, indent=1, ensure_ascii=False))
        return
    rows: list[dict[str, Any]] = [{"about": "column", **one} for one in columns]
    for one in of_measures:
        names = {"name": one.pop("code"), "title": one.pop("name"), "meaning": one.pop("definition")}
        rows.append({"about": "measure", **names, **one})
    _emit(pd.DataFrame(rows).astype({"lag": "Int64"}), form)


def _emit(shown: pd.DataFrame, form: str) -> None:
    """The table on stdout: figures with all their digits, nothing where there is none, TRUE and FALSE as R has them."""
    if form == "json":
        rows = shown.astype(object).where(shown.notna(), None).to_dict("records")
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    words = {True: "TRUE", False: "FALSE"}
    flags = [name for name in shown.columns if set(shown[name].dropna().map(type).unique()) == {bool}]
    told = {name: shown[name].map(words) for name in flags}
    click.echo(shown.assign(**told).to_csv(index=False), nl=False)


def _one_of(**asked: bool) -> None:
    given = [name for name, is_asked in asked.items() if is_asked]
    if len(given) > 1:
        named = " and ".join(f"--{name}" for name in given)
        raise click.UsageError(f"{named} are different tables. Ask for one at a time.")


def _known(what: str, code: str | None, codes: Sequence[str] | set[str]) -> None:
    if code is not None and code not in codes:
        raise click.UsageError(f"There is no {what} '{code}'. Known: {', '.join(sorted(codes)) or 'none yet'}.")
