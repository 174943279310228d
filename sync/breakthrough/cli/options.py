"""Options that commands share: which deployment, which month, and what time it is taken to be."""

from __future__ import annotations

import datetime as dt
import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from breakthrough.cli.progress import start_logging
from breakthrough.errors import ContentMissing
from breakthrough.month import Month
from breakthrough.worker.deployment import Deployment

_A_DAY = re.compile(r"\d{4}-?\d{2}-?\d{2}")
_YEARS = (1900, 2200)  # leaves room to count months on both sides, whatever the time zone


class MonthType(click.ParamType[Any]):
    """A month on the command line: 2026-03."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        """The month, or click's usage error."""
        if isinstance(value, Month):
            return value
        try:
            return Month(str(value))
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


class MomentType(click.ParamType[Any]):
    """A moment on the command line: 2026-04-15 or 2026-04-15T06:30, without a zone where no offset is given."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        """The moment, or click's usage error."""
        if isinstance(value, dt.datetime):
            return value
        try:
            moment = dt.datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not a time. Write 2026-04-15 or 2026-04-15T06:30.", param, ctx)
        if not _YEARS[0] <= moment.year <= _YEARS[1]:
            self.fail(f"'{value}' is outside the years {_YEARS[0]} to {_YEARS[1]}.", param, ctx)
        return moment


class AsOfType(click.ParamType[Any]):
    """A day or a moment on the command line: 2026-04-15 becomes a date, 2026-04-15T06:30 a time."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime | dt.date:
        """The day or moment, or click's usage error."""
        moment = MomentType().convert(value, param, ctx)
        return moment.date() if isinstance(value, str) and _A_DAY.fullmatch(value.strip()) else moment


def folder_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `-d/--deployment` and `--quiet`; it gets `home: Path`, which holds breakthrough.yaml."""

    @functools.wraps(command)
    def wrapped(deployment_folder: Path | None, quiet: bool, **kwargs: Any) -> Any:
        start_logging(quiet)
        return command(home=deployment_folder or _nearest(), **kwargs)

    return _with(
        wrapped,
        click.option(
            "-d",
            "--deployment",
            "deployment_folder",
            type=click.Path(path_type=Path, file_okay=False),
            envvar="BREAKTHROUGH_DEPLOYMENT",
            help="Folder with breakthrough.yaml (else: the nearest from here up; env: BREAKTHROUGH_DEPLOYMENT).",
        ),
        click.option("-q", "--quiet", is_flag=True, help="Say nothing but results and errors."),
    )


def deployment(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `-d/--deployment` and `--quiet`; it gets `here: Deployment`."""

    @functools.wraps(command)
    def wrapped(home: Path, **kwargs: Any) -> Any:
        return command(here=Deployment.open(home, os.environ), **kwargs)

    return folder_option(wrapped)


def moment(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--now`; it gets `now: datetime`, aware. It needs `@deployment` above it.

    A time without an offset is the collaborative's own, as its report days are.
    """

    @functools.wraps(command)
    def wrapped(here: Deployment, now: dt.datetime | None, **kwargs: Any) -> Any:
        moment = now or dt.datetime.now(dt.UTC)
        return command(
            here=here, now=moment if moment.tzinfo else moment.replace(tzinfo=here.collaborative.zone), **kwargs
        )

    return _with(
        wrapped,
        click.option(
            "--now",
            type=MomentType(),
            envvar="BREAKTHROUGH_NOW",
            help="Take it to be this moment, for rehearsals; in the collaborative's time zone (env: BREAKTHROUGH_NOW).",
        ),
    )


def _with(command: Callable[..., Any], *options: Callable[[Any], Any]) -> Callable[..., Any]:
    for option in options:
        command = option(command)
    return command


def running(now: dt.datetime) -> Callable[[], dt.datetime]:
    """A clock that stood at `now` when the command began and runs on from there: --now sets it, it does not stop it."""
    ahead = now - dt.datetime.now(dt.UTC)
    return lambda: dt.datetime.now(dt.UTC) + ahead


def month_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command `--month`."""
    return click.option(
        "--month", type=MonthType(), help="The month reported, such as 2026-03 (else: the newest due)."
    )(command)


def _nearest() -> Path:
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "breakthrough.yaml").is_file():
            return folder
    raise ContentMissing(
        f"There is no breakthrough.yaml in {here} or above it, so it is not known which REDCap is meant. "
        "Start one with: breakthrough init DIR, or name it with --deployment."
    )
