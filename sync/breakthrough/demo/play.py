"""Plays a demonstration: a month of a collaborative from an empty REDCap to the inbox, through every room."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import redcap_sandbox
from breakthrough import collaborative as collaboratives
from breakthrough import intake
from breakthrough.collaborative import Collaborative
from breakthrough.configfile import merged
from breakthrough.content import Content
from breakthrough.delivery.outbox import Sent
from breakthrough.demo import stage
from breakthrough.demo import story as stories
from breakthrough.demo.postbox import Postbox
from breakthrough.demo.scene import Scene
from breakthrough.demo.stage import Source, Staged
from breakthrough.demo.story import Story
from breakthrough.errors import DeploymentExists
from breakthrough.instruments import project as projects
from breakthrough.instruments.plan import Wanted
from breakthrough.month import Month
from breakthrough.redcap.deploy import deploy
from breakthrough.reporting.render.printed import Size
from breakthrough.reporting.values import Rendered
from breakthrough.settings import MAIN
from breakthrough.store import Store
from breakthrough.worker import congress, jobs, pages, pulls
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition
from breakthrough.worker.press import Press
from breakthrough.worker.reports import rendered, subjects
from redcap_sandbox import Sandbox

Step = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]

_MARK = ".breakthrough-demo"


@dataclass(frozen=True, slots=True)
class Entered:
    """What was set up, entered and pulled."""

    steps: int  # of deploy
    staged: Staged
    cases: int  # rows entered in sister projects
    rows: int  # pulled, of all projects


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was played, for the summary."""

    entered: Entered
    verdicts: dict[str, int]  # of the aim's charts: how many teams with each
    sent: Sent
    again: int  # messages that a second send would make


@dataclass(frozen=True, slots=True)
class Closed:
    """What was played to the end: the documents of the closing congress, and the files that each was written to."""

    entered: Entered
    verdicts: dict[str, int]
    documents: tuple[tuple[Rendered, tuple[Path, ...]], ...]


@dataclass(frozen=True, slots=True)
class Theatre:
    """What runs while the demonstration lasts: REDCap, the mail server, the deployment between them, and its scene."""

    name: str  # of the collaborative
    output: Path
    sandbox: Sandbox
    here: Deployment
    scene: Scene
    now: dt.datetime
    source: Source | None

    @property
    def month(self) -> Month:
        """The month that is reported on."""
        return self.scene.until


@contextmanager
def opened(
    output: Path, collaborative: str, source: Source | None, port: int = 0, *, closing: bool = False
) -> Iterator[Theatre]:
    """A theatre in a fresh output folder; `closing`: of the collaborative's last month, when people close it.

    Raises ContentMissing for a collaborative without a story, or whose story has no end where it is to be closed,
    DeploymentExists when the folder holds anything that is not ours.
    """
    content = Content()
    story = stories.load(content, collaborative)
    shipped = collaboratives.load(content.collaborative(collaborative))
    stories.check(story, shipped)
    _clear(output)
    changes, month, instruments = story.collaborative, story.month, story.instruments
    if closing:
        month, instruments = shipped.calendar.end, merged(instruments, stories.closing(story, shipped).instruments)
    if source:
        mapping = intake.load(source.map_file, shipped)
        changes, month = mapping.demo, intake.newest_month(source.file, mapping)
    now = _morning_of(month, shipped)
    folder = output / "deployment"
    with (
        redcap_sandbox.serve(output / "sandbox", stage.SUPER_TOKEN, port, clock=lambda: now) as sandbox,
        Postbox(output / "inbox") as postbox,
    ):
        tokens = {name: stage.new_project(sandbox, title) for name, title in _titles(story, shipped).items()}
        stage.deployment(folder, sandbox, tokens, postbox.port, collaborative, instruments, changes)
        here = Deployment.open(folder, {})
        scene = stage.scene(story, here.collaborative, here.content, month, here.today(now), source)
        scene = replace(scene, closes=closing)
        yield Theatre(collaborative, output, sandbox, here, scene, now, source)


def _titles(story: Story, collaborative: Collaborative) -> dict[str, str]:
    """The title of each REDCap project, by our name for it: the collaborative's own first."""
    sisters = {name: f"{collaborative.name}: {name.replace('_', ' ')}" for name in story.cases}
    return {MAIN: collaborative.name} | sisters


def play(theatre: Theatre, step: Step) -> Outcome:
    """Deploys, enters, pulls, measures, reports and sends; every file it leaves is in the output folder."""
    here, now = theatre.here, theatre.now
    with here.store() as store:
        entered = _entered(theatre, store, step)
        with step("Work out measures and signals", None):
            press = jobs.press(here, store, theatre.month, now)
        _publish(theatre, press.edition, step)
        sent = _mail(theatre, store, press, step)
        again = len(jobs.due(here, store, now, hour=0))
    return Outcome(entered, _verdicts(press.edition), sent, again)


def close(theatre: Theatre, step: Step, paper: Size | None) -> Closed:
    """Deploys, enters, pulls, measures, and writes the documents of the closing congress; on `paper` as PDF, too."""
    with theatre.here.store() as store:
        entered = _entered(theatre, store, step)
        with step("Work out measures and signals", None):
            press = jobs.press(theatre.here, store, theatre.month, theatre.now)
        with step("Write the documents of the congress", None) as advance:
            made = congress.documents(press, store, advance=advance)
            folder = theatre.output / "congress"
            written = [(one, tuple(pages.write(one, folder, pictures=False, paper=paper))) for one in made]
    return Closed(entered, _verdicts(press.edition), tuple(written))


def _entered(theatre: Theatre, store: Store, step: Step) -> Entered:
    here, scene = theatre.here, theatre.scene
    with step("Deploy instruments to REDCap", None) as advance:
        steps = sum(_deployed(theatre, name, advance) for name in here.settings.redcap_projects())
    with step("Enter what teams would enter", None) as advance:
        staged = stage.enter(here.client(deploying=True), scene, theatre.source, advance)
        cases = sum(
            stage.enter_cases(here.client(name, deploying=True), scene, name, advance) for name in scene.story.cases
        )
    with step("Pull the records", None) as advance:
        rows = _pulled(theatre, store, advance)
    return Entered(steps, staged, cases, rows)


def _deployed(theatre: Theatre, name: str, advance: Callable[[int], None]) -> int:
    """How many steps it took to bring that project in line."""
    here = theatre.here
    project = projects.load(here.content, here.collaborative, name)
    wanted = Wanted(project, theatre.scene.teams)
    return len(deploy(here.client(name, deploying=True), wanted, advance=advance).steps)


def _pulled(theatre: Theatre, store: Store, advance: Callable[[int], None]) -> int:
    """How many rows of all projects came into the store. Raises what kept any of them from being pulled."""
    found = 0
    for one in pulls.pull_each(theatre.here, store, theatre.now, advance=advance):
        if wrong := pulls.complaint(theatre.here, store, one):
            raise wrong
        found += one.pulled.run.tally.inserted if one.pulled else 0
    return found


def _publish(theatre: Theatre, edition: Edition, step: Step) -> None:
    everyone = subjects(edition)
    with step("Write the reports", len(everyone)) as advance, theatre.here.speaking():
        for report, subject in everyone:
            page = rendered(edition, report, subject, theatre.here.content)
            pages.write(page, theatre.output / "reports", pictures=True, charts=theatre.output / "charts")
            advance(1)


def _mail(theatre: Theatre, store: Store, press: Press, step: Step) -> Sent:
    here, now = theatre.here, theatre.now
    work = jobs.due(here, store, now, hour=0)
    with step("Make the messages", len(work)) as advance:
        new = jobs.issue(store, jobs.made(press, store, work, advance), now)
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
