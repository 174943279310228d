"""`breakthrough report`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import click

from breakthrough.cli.options import AsOfType, deployment, moment, month_option
from breakthrough.cli.progress import step
from breakthrough.english import listed, long_day, many
from breakthrough.errors import NotAsSent, NothingToReport, SettingInvalid
from breakthrough.month import Month
from breakthrough.reporting import render
from breakthrough.reporting.render.printed import SIZES, Size
from breakthrough.reporting.values import Rendered
from breakthrough.store import Report, Store
from breakthrough.worker import again, congress, jobs, library, pages
from breakthrough.worker.again import Again
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition
from breakthrough.worker.press import Press
from breakthrough.worker.reports import rendered, subjects

_TOLD = 3  # figures that are named


@dataclass(frozen=True, slots=True)
class Output:
    """Where reports are written to, and on which paper as PDF; None for none."""

    folder: Path
    paper: Size | None

    def write(self, page: Rendered) -> list[Path]:
        """The files of that report."""
        return pages.write(page, self.folder, pictures=False, paper=self.paper)


@click.command(short_help="Write the reports of a month as web pages, to look at before they go out.")
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="reports-out",
    show_default=True,
    help="Folder to write to.",
)
@click.option(
    "--archive",
    "archive",
    type=click.Path(path_type=Path, file_okay=False),
    help="Bring this folder to an archive of all reports: those that were sent as they were sent.",
)
@click.option("--only", "subject", help="Only what is about this team or coach, by its code.")
@click.option("--pdf", "as_pdf", is_flag=True, help="As PDF, too.")
@click.option(
    "--paper",
    type=click.Choice(SIZES, case_sensitive=False),
    default="A4",
    show_default=True,
    help="With --pdf: the size of the paper.",
)
@click.option(
    "--as-of", "as_of", type=AsOfType(), help="As they stood at the end of that day, or at that moment: 2026-04-15."
)
@click.option("--closing", "documents", is_flag=True, help="The documents of the closing congress instead.")
@month_option
@deployment
@moment
def command(
    here: Deployment,
    now: dt.datetime,
    month: Month | None,
    folder: Path,
    subject: str | None,
    as_of: dt.datetime | dt.date | None,
    paper: Size,
    archive: Path | None,
    *,
    documents: bool,
    as_pdf: bool,
) -> None:
    """Write the reports of a month as web pages, and with --pdf as PDF. Nothing is sent.

    With --as-of, reports that had been sent by then are made again, from the records, the configuration and the
    templates of then, and held against what was archived. Those of a month that had not been sent are made from the
    records held then, with the configuration and templates of today. Exit 83 where a report that should be the same
    as the one sent is not.

    With --closing, the documents of the closing congress are written, from the figures up to that month: the closing
    report, the harvested change package, and a story of each team that has agreed to it. Anybody may read them; they
    are made to be printed, too.

    With --archive, a folder becomes an archive of every month, to be put behind the institution's sign-on: a folder
    for each team and each other reader, and an index of each month. Run again, it changes what is new and nothing else.

    \b
    Example:
      breakthrough report --month 2026-03 --only T001 --pdf
      breakthrough report --as-of 2026-04-15
      breakthrough report --closing --pdf --to congress
      breakthrough report --archive /srv/reports --pdf
    """
    if documents and (as_of or archive):
        raise click.UsageError("--closing goes with neither --as-of nor --archive: name the month with --month.")
    render.tell(here.content)
    if archive:
        if subject or as_of:
            raise click.UsageError("--archive is of all reports as they were sent. Leave --only and --as-of out.")
        with here.store() as store:
            _archive(here, store, now, month, Output(archive, paper if as_pdf else None))
        return
    out = Output(folder, paper if as_pdf else None)
    if documents:
        with here.store() as store:
            due = jobs.month_due(here, now, month)
            _closing(store, jobs.press(here, store, due, now, anyway=True), out, subject)
        return
    if as_of is None:
        wanted = jobs.month_due(here, now, month)
        with here.store() as store:
            _write(here, jobs.measured(here, store, wanted, now), out, subject)
        return
    at = _moment(here, as_of, now)
    with here.store() as store:
        sent = again.sent(here, store, month, at, subject) if month else ()
        wanted = month if month and sent else jobs.month_due(here, at, month)
        sent = sent or again.sent(here, store, wanted, at, subject)
        if sent:
            _again(here, store, sent, out)
            return
        edition = again.as_of(here, store, wanted, at)
        click.echo(
            f"No report {f'of {subject} ' if subject else ''}for {wanted.label} had been sent by then. These are made "
            "from the records held then, with the configuration and templates of today.",
            err=True,
        )
        _write(here, edition, out, subject)


def _write(here: Deployment, edition: Edition, out: Output, subject: str | None) -> None:
    month = edition.occasion.month
    everyone = subjects(edition, subject)
    if not everyone:
        who = f"no team or coach '{subject}'" if subject else "no team that takes part, and so no team or coach"
        raise NothingToReport(f"There is {who} with a report for {month.label}.")
    written: list[Path] = []
    with step(f"Reports for {month.label}", len(everyone)) as advance, here.speaking():
        for report, code in everyone:
            written += out.write(rendered(edition, report, code, here.content))
            advance(1)
    for path in written:
        click.echo(path)


def _closing(store: Store, of: Press, out: Output, subject: str | None) -> None:
    with step("Documents of the closing congress") as advance:
        documents = congress.documents(of, store, subject, advance=advance)
    for page in documents:
        for path in out.write(page):
            click.echo(path)


def _archive(here: Deployment, store: Store, now: dt.datetime, month: Month | None, out: Output) -> None:
    """Brings the archive to what was sent, and to the month asked for, else the newest due."""
    due = (jobs.month_due(here, now, month),) if month else ()
    if not due:
        with suppress(NothingToReport):
            due = (jobs.month_due(here, now),)
    with step("Archive of reports") as advance:
        done = library.fill(here, store, out.folder, due, now, advance, out.paper)
    click.echo(out.folder / "index.html")
    told = [f"{many(done.sent, 'report')} as sent"]
    if done.anew:
        told.append(f"{done.anew} made for it, as they were never sent")
    if done.withheld:
        told.append(f"{done.withheld} withdrawn, as a record in them was erased")
    click.echo(
        f"{listed(told)}. {done.changed.written} files written, {done.changed.removed} taken away, "
        f"{done.changed.same} left as they were.",
        err=True,
    )


def _again(here: Deployment, store: Store, sent: Sequence[Report], out: Output) -> None:
    """Writes them anew and says how each came out. Raises NotAsSent where one did not as it should."""
    with step("Reports made again", len(sent)) as advance:
        found = list(again.reports(here, store, sent, advance))
    for one in found:
        if one.page:
            for path in out.write(one.page):
                click.echo(path)
    for one in found:
        when = long_day(here.today(one.report.rendered_at))
        click.echo(f"{one.report}, made {when}: {_verdict(one)}", err=True)
    for changed in dict.fromkeys(one.versions for one in found if one.versions):
        click.echo(f"Other versions than then: {'; '.join(changed)}.", err=True)
    wrong = [one for one in found if not one.as_it_should_be]
    if wrong:
        raise NotAsSent(
            f"{len(wrong)} of {many(len(found), 'report')} did not come out as sent, as is said above. What was sent "
            "is in the archive, unchanged. See it with: breakthrough outbox show KEY"
        )
    if not any(one.page for one in found):
        raise NotAsSent(f"None of {many(len(found), 'report')} can be made again.")


def _verdict(one: Again) -> str:
    if one.page is None:
        return f"cannot be made again: {one.hindered}"
    if not one.differing:
        return "identical byte for byte"
    parts = f"differs from what was sent in {listed(one.differing[:_TOLD])}"
    more = f" and {len(one.differing) - _TOLD} more" if len(one.differing) > _TOLD else ""
    if not one.moved:
        return f"{parts}{more}; the figures are the same"
    places = listed([" ".join(key) for key in one.moved[:_TOLD]])
    others = f" and {len(one.moved) - _TOLD} more" if len(one.moved) > _TOLD else ""
    return f"{parts}{more}; other figures: {places}{others}"


def _moment(here: Deployment, given: dt.datetime | dt.date, now: dt.datetime) -> dt.datetime:
    """The moment meant: of a day its end, or now where it is today. Raises SettingInvalid for one that is to come."""
    if isinstance(given, dt.datetime):
        at = given if given.tzinfo else given.replace(tzinfo=here.collaborative.zone)
        to_come = at > now
    else:
        at = min(now, dt.datetime.combine(given, dt.time.max, here.collaborative.zone))
        to_come = given > here.today(now)
    if to_come:
        raise SettingInvalid(
            f"--as-of {given.isoformat()} is still to come, so it is not known how reports stand then. Name a day up "
            f"to {long_day(here.today(now))}."
        )
    return at
