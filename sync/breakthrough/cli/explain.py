"""`breakthrough explain`."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

import click
from pydantic import BaseModel

from breakthrough.cli import explained
from breakthrough.cli.options import MomentType, MonthType, deployment, moment
from breakthrough.month import Month
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.explain import Explanation, explain

_LISTED = 20
_MIDNIGHT = dt.time(0)


class RowsType(click.ParamType[Any]):
    """How many case rows to list: a number, or `all`."""

    name = "N|all"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """The number, `all`, or click's usage error."""
        text = str(value)
        if text != "all" and not (text.isascii() and text.isdigit()):
            self.fail(f"'{text}' is not a number of rows. Write one, such as 50, or: all", param, ctx)
        return text if text == "all" else int(text)


@click.command(short_help="Say where a figure comes from, down to the rows of REDCap.")
@click.argument("team")
@click.argument("measure")
@click.argument("month", type=MonthType())
@click.option(
    "--as-of", type=MomentType(), help="As the store stood then: a day (its end) or a time, the collaborative's own."
)
@click.option(
    "--rows",
    "most",
    type=RowsType(),
    help=f"So many case rows at most, or all (else: {_LISTED}; with --json: all).",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@deployment
@moment
def command(
    here: Deployment,
    now: dt.datetime,
    team: str,
    measure: str,
    month: Month,
    as_of: dt.datetime | None,
    most: int | str | None,
    *,
    as_json: bool,
) -> None:
    """Say where the figure of a TEAM's MEASURE for a MONTH comes from.

    From the figure in the email: its definition and version, each row of REDCap that it stands on, what its fields
    hold, when that was first seen and what was there before, and the reports that showed it. Values are shown on this
    terminal alone: they go into no log. Fields flagged as identifiers are not shown.

    \b
    Example:
      breakthrough explain T001 ca_day 2026-03
    """
    limit = None if most == "all" or (most is None and as_json) else _LISTED if most is None else int(most)
    with here.store() as store:
        found = explain(here, store, team, measure, month, now, as_of=_end(as_of, here), most=limit)
    click.echo(as_text(found) if as_json else explained.text(found, here.collaborative.zone))


def as_text(found: Explanation) -> str:
    """The whole explanation as JSON; times are ISO 8601 with their offset from UTC, months are text."""
    return json.dumps(_plain(found), indent=1, ensure_ascii=False)


def _end(as_of: dt.datetime | None, here: Deployment) -> dt.datetime | None:
    """The moment meant: of a day alone, its last; without an offset, the collaborative's."""
    if as_of is None:
        return None
    if as_of.time() == _MIDNIGHT and as_of.tzinfo is None:
        as_of += dt.timedelta(days=1, microseconds=-1)
    return as_of if as_of.tzinfo else as_of.replace(tzinfo=here.collaborative.zone)


def _plain(value: object) -> object:
    match value:
        case Month():
            return str(value)
        case dt.date():  # and a datetime, which is one
            return value.isoformat()
        case BaseModel():
            return value.model_dump(mode="json", by_alias=True)
        case Mapping():
            return {str(name): _plain(one) for name, one in value.items()}
        case tuple():
            return [_plain(one) for one in value]
        case _ if dataclasses.is_dataclass(value):
            return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    return value
