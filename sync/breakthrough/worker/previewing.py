"""Shows the coordinator, in one mail, the reports that have begun to wait: what they say first and what looks odd."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from breakthrough.delivery import addresses, compose, outbox, recipients
from breakthrough.delivery.key import Key
from breakthrough.delivery.message import Attachment
from breakthrough.delivery.outbox import Line
from breakthrough.month import Month
from breakthrough.reporting import render, views
from breakthrough.reporting.values import Rendered
from breakthrough.reporting.views import Waiting
from breakthrough.store import Store, archive, marks, materials
from breakthrough.worker import pages
from breakthrough.worker import press as presses
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.reports import KINDS

log = logging.getLogger(__name__)

_DONE = "previewed"
_PAGES, _BYTES = 12, 6_000_000  # at most so many pages go with the mail, and so much of them
_SHRUNK = 0.5


@dataclass(frozen=True)
class _Report:
    """A report that waits, its mails, and the report before it."""

    kind: str
    subject: str
    month: Month
    lines: tuple[Line, ...]
    page: Rendered
    before: Rendered | None


def tell(here: Deployment, store: Store, now: dt.datetime) -> int:
    """How many mails about reports that have begun to wait are new in the outbox: one a month of reports.

    Each report is told once, also where many wait for long.
    """
    new = _new(here, store)
    if not new:
        return 0
    number = 0
    for month, some in groupby(sorted(new, key=_month), key=_month):
        lines = tuple(some)
        number += _told(here, store, now, month, lines)
    return number


def _told(here: Deployment, store: Store, now: dt.datetime, month: Month, lines: Sequence[Line]) -> int:
    what, coordinator = here.collaborative, here.collaborative.coordinator
    with store.read() as connection:
        found = list(_reports(connection, here.code, month, lines))
    every = _by_report(outbox.listing(store))
    revision = sum(line.period == str(month) for line in every.get(("preview", here.code), ()))
    of = presses.press(here, store.newest(projects_of(what), now), month, now).edition
    waiting = [(one, _waiting(of, one, every.get((one.kind, one.subject), ()))) for one in found]
    attached = _attached(waiting)
    until = min((one.lease_until for one in lines if one.lease_until), default=None)
    with here.speaking():
        told = views.preview(
            [facts for _, facts in waiting],
            what,
            month,
            now,
            code=here.code,
            until=until,
            unread=_unread(of, here),
            attached=len(attached),
        )
        rendered = render.preview(told, here.content)
    key = Key(here.code, "preview", here.code, month, revision, coordinator.email)
    head = here.letterhead()
    item = compose.item(rendered, key, coordinator.name, coordinator.email, head, now, attachments=attached)
    with store.begin() as connection:
        done = outbox.put(connection, [item], now)
        marks.put(connection, f"{_DONE} {month}", max(one.created_at for one in lines))
    log.info("preview: month=%s reports=%d odd=%d", month, len(waiting), sum(facts.odd for _, facts in waiting))
    return len(done)


def _new(here: Deployment, store: Store) -> list[Line]:
    """The held mails with reports that no preview has told of."""
    held = [one for one in outbox.listing(store, states=["held"]) if Key.read(one.key).collaborative == here.code]
    with store.read() as connection:
        told = {month: marks.at(connection, f"{_DONE} {month}") for month in {one.period for one in held}}
    return [one for one in held if one.report in KINDS and ((at := told[one.period]) is None or one.created_at > at)]


def _reports(connection: Connection, code: str, month: Month, lines: Sequence[Line]) -> Iterator[_Report]:
    about: dict[tuple[str, str, int], list[Line]] = {}
    for line in lines:
        about.setdefault((line.report, line.subject, line.revision), []).append(line)
    order = list(KINDS)
    for (kind, subject, revision), some in sorted(about.items(), key=lambda one: (order.index(one[0][0]), one[0])):
        about_it = (code, kind, subject, str(month))
        report = archive.of(connection, (*about_it, revision))
        if report is None or report.unreproducible_since:
            continue
        last = archive.before(connection, about_it, report.rendered_at)
        before = None if last is None or last.unreproducible_since else _read(connection, last.parts)
        yield _Report(kind, subject, month, tuple(some), _read(connection, report.parts), before)


def _read(connection: Connection, parts: str) -> Rendered:
    return pages.unpacked(materials.read_all(connection, parts))


def _by_report(lines: Sequence[Line]) -> Mapping[tuple[str, str], Sequence[Line]]:
    found: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        found.setdefault((line.report, line.subject), []).append(line)
    return found


def _waiting(of: Edition, one: _Report, every: Sequence[Line]) -> Waiting:
    own = KINDS[one.kind].own(of, one.subject)
    rows = of.frame[of.frame["team"].isin(list(own)) & (of.frame["month"] == str(one.month))]
    single = one.kind in {"team", "leader"}
    had = {addresses.same(line.recipient) for line in every if line.period < str(one.month)}
    this = [line for line in every if line.period == str(one.month)]
    return Waiting(
        kind=one.kind,
        name=_name(of, one),
        headline=one.page.headline or one.page.subject,
        readers=len(one.lines),
        doubts=sum(doubt.team in own and doubt.month == one.month for doubt in of.doubts) if single else 0,
        missing=single and bool(len(rows)) and bool(rows["state"].isin(["missing", "late", "not_due"]).all()),
        shrunk=one.before is not None and len(one.page.text) < _SHRUNK * len(one.before.text),
        new=len({addresses.same(line.recipient) for line in one.lines} - had) if had else 0,
        unusable=sum(line.state == "refused" for line in this),
    )


def _name(of: Edition, one: _Report) -> str:
    coach = of.collaborative.coach(one.subject) if one.kind == "coach" else None
    if coach:
        return coach.name
    named: Mapping[str, str] = {team.code: team.short or team.name for team in of.portfolio.teams}
    return named.get(one.subject, one.subject)


def _attached(waiting: Sequence[tuple[_Report, Waiting]]) -> list[Attachment]:
    """The pages of odd reports, then one of each kind, then others, as long as the mail stays one that can be sent."""
    kinds: set[str] = set()

    def rank(one: tuple[_Report, Waiting]) -> int:
        first = one[0].kind not in kinds
        kinds.add(one[0].kind)
        return 0 if one[1].odd else 1 if first else 2

    found: list[Attachment] = []
    for report, _ in sorted(waiting, key=rank):
        content = report.page.page.encode()
        if len(found) < _PAGES and sum(len(one.content) for one in found) + len(content) <= _BYTES:
            safe = re.sub(r"[^A-Za-z0-9.-]", "-", pages.name(report.page))
            found.append(Attachment(f"{safe}.html", content))
    return found


def _unread(of: Edition, here: Deployment) -> list[str]:
    """The teams that are there and of which nobody gets a report."""
    readers = recipients.of_teams(of.portfolio, of.occasion.today(here.collaborative))
    read = {one.subject for one in readers if one.report == "team"}
    return [team.short or team.name for team in of.portfolio.teams if team.status == "active" and team.code not in read]


def _month(line: Line) -> Month:
    return Month(line.period)
