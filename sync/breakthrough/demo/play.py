"""Plays the demonstration: a month of a collaborative from an empty REDCap to the inbox, through every room."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import redcap_sandbox
from breakthrough import collaborative as collaboratives
from breakthrough import intake
from breakthrough.collaborative import Collaborative
from breakthrough.content import Content
from breakthrough.delivery.outbox import Sent
from breakthrough.demo import stage
from breakthrough.demo.postbox import Postbox
from breakthrough.demo.stage import Source, Staged
from breakthrough.errors import DeploymentExists
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.store import Store
from breakthrough.worker import jobs
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition, rendered, subjects
from breakthrough.worker.pages import write
from breakthrough.worker.press import Press
from redcap_sandbox import Sandbox

Step = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]

_MARK = ".breakthrough-demo"
_MONTH = Month("2026-03")  # the made-up story's: month 7 of 11, with two years of months behind it
_HISTORY = {"calendar": {"data_from": "2024-04"}}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was played, for the summary."""

    month: Month
    now: dt.datetime
    steps: int  # of deploy
    staged: Staged
    rows: int  # pulled
    verdicts: dict[str, int]  # of the aim's charts: how many teams with each
    sent: Sent
    again: int  # messages that a second send would make


@dataclass(frozen=True, slots=True)
class Theatre:
    """What runs while the demonstration lasts: REDCap, the mail server, and the deployment between them."""

    output: Path
    sandbox: Sandbox
    here: Deployment
    month: Month
    now: dt.datetime
    source: Source | None


@contextmanager
def opened(output: Path, collaborative: str, source: Source | None, port: int = 0) -> Iterator[Theatre]:
    """A theatre in a fresh output folder. Raises DeploymentExists when the folder holds anything that is not ours."""
    _clear(output)
    shipped = collaboratives.load(Content().collaborative(collaborative))
    changes, month = _HISTORY, _MONTH
    if source:
        mapping = intake.load(source.map_file, shipped)
        changes, month = mapping.demo, intake.newest_month(source.file, mapping)
    now = _morning_of(month, shipped)
    folder = output / "deployment"
    with (
        redcap_sandbox.serve(output / "sandbox", stage.SUPER_TOKEN, port, clock=lambda: now) as sandbox,
        Postbox(output / "inbox") as postbox,
    ):
        tokens = stage.new_project(sandbox, shipped.name)
        stage.deployment(folder, sandbox, tokens, postbox.port, collaborative, changes)
        yield Theatre(output, sandbox, Deployment.open(folder, {}), month, now, source)


def play(theatre: Theatre, step: Step) -> Outcome:
    """Deploys, enters, pulls, measures, reports and sends; every file it leaves is in the output folder."""
    here, now = theatre.here, theatre.now
    client = here.client(deploying=True)
    members = stage.cast_of(theatre.source, here.collaborative)
    with step("Deploy instruments to REDCap", None) as advance:
        steps = deploy(client, here.project, [member.record for member in members], advance=advance)
    with step("Enter what teams would enter", None) as advance:
        staged = stage.enter(
            client, members, here.collaborative, theatre.month, theatre.source, here.today(now), advance
        )
    with here.store() as store:
        with step("Pull the records", len(members)) as advance:
            run = jobs.pull(here, store, now, advance)
        with step("Work out measures and signals", None):
            press = jobs.press(here, store, theatre.month, now)
        _publish(theatre, press.edition, step)
        sent = _mail(theatre, store, press, step)
        again = len(jobs.due(here, store, now, hour=0))
    return Outcome(theatre.month, now, len(steps), staged, run.tally.inserted, _verdicts(press.edition), sent, again)


def _publish(theatre: Theatre, edition: Edition, step: Step) -> None:
    everyone = subjects(edition)
    with step("Write the reports", len(everyone)) as advance:
        for report, subject in everyone:
            page = rendered(edition, report, subject, theatre.here.content)
            write(page, theatre.output / "reports", pictures=True, charts=theatre.output / "charts")
            advance(1)


def _mail(theatre: Theatre, store: Store, press: Press, step: Step) -> Sent:
    here, now = theatre.here, theatre.now
    work = jobs.due(here, store, now, hour=0)
    with step("Make the messages", len(work)) as advance:
        made = list(jobs.made(press, store, work, advance))
    new = jobs.issue(store, made, now)
    with step("Send to the local mail server", len(new)) as advance:
        return jobs.send(here, store, lambda: now, advance, lambda: False)


def _verdicts(edition: Edition) -> dict[str, int]:
    aim = edition.collaborative.aim.measure
    found: dict[str, int] = {}
    for (_, measure), chart in edition.charts.items():
        if measure == aim:
            found[chart.verdict] = found.get(chart.verdict, 0) + 1
    return found


def _morning_of(month: Month, collaborative: Collaborative) -> dt.datetime:
    """Half past six on the day that month's reports go out, there."""
    return dt.datetime.combine(collaborative.calendar.report_on(month), dt.time(6, 30), collaborative.zone)


def _clear(output: Path) -> None:
    if output.exists() and any(output.iterdir()) and not (output / _MARK).is_file():
        raise DeploymentExists(
            f"{output} holds files that are not the demonstration's, so nothing was done. Name another --output."
        )
    if output.exists():
        shutil.rmtree(output)
    output.mkdir(parents=True)
    (output / _MARK).write_text("Made by: breakthrough demo. It is emptied each time.\n", encoding="utf-8")
