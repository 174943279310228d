"""Makes the reports of a month for their readers, and archives what it puts into the outbox, all or nothing."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from sqlalchemy import Connection

from breakthrough.delivery import compose, outbox
from breakthrough.delivery.compose import Letterhead
from breakthrough.delivery.key import Key
from breakthrough.delivery.outbox import Item
from breakthrough.errors import ReportError
from breakthrough.month import Month
from breakthrough.reporting.render import sources
from breakthrough.reporting.values import Rendered
from breakthrough.store import Report, Snapshot, Store, View, archive, materials, snapshots
from breakthrough.store.archive import ReportKey
from breakthrough.worker import ledger, memory, pages, rendering, spool, versions
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.due import Work
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.reports import KINDS
from breakthrough.worker.sources import Sources

_MANY = 50  # reports, from which it pays to start other processes
_TOGETHER = 50  # mails of a report that are in memory at once
_AHEAD = 2  # reports a process that are begun before they are asked for


@dataclass(frozen=True)
class Press:
    """A month's edition, with all that it takes to make it again: `templates` are the files that rendering reads."""

    here: Deployment
    edition: Edition
    snapshot: Snapshot
    templates: Mapping[str, bytes]
    libraries: Mapping[str, str]  # versions by name

    @property
    def at(self) -> dt.datetime:
        """The moment that its reports take as now."""
        return self.edition.occasion.now


@dataclass(frozen=True)
class Mails(Collection[Item]):
    """A report's mails, each composed as it is asked for: the same each time."""

    page: Rendered
    work: tuple[Work, ...]
    head: Letterhead
    at: dt.datetime
    until: dt.datetime | None

    def __len__(self) -> int:
        """How many readers there are."""
        return len(self.work)

    def __iter__(self) -> Iterator[Item]:
        """The mail to each reader, in their order."""
        for one in self.work:
            reader = one.recipient
            made = compose.item(self.page, one.key, reader.name, reader.address, self.head, self.at)
            yield replace(made, held_until=self.until)

    def __contains__(self, item: object) -> bool:
        """Whether that is one of them."""
        return any(one == item for one in self)


@dataclass(frozen=True)
class Made:
    """A report for some of its readers. Its mails; and, unless it is archived already, the report itself."""

    items: Mails
    fresh: Fresh | None = None


@dataclass(frozen=True)
class Fresh:
    """A report that is not archived yet: its files by name, the figures behind it, the records that it was made of."""

    press: Press
    key: ReportKey
    parts: Mapping[str, bytes]
    figures: bytes
    sources: Sources


# some of a report's mails; the press's place; the report, where it is not archived yet; whether these are its first
_Bare = tuple[tuple[Item, ...], int, tuple[ReportKey, Mapping[str, bytes], bytes, Sources] | None, bool]


def press(here: Deployment, held: View, month: Month, now: dt.datetime, *, revised: bool = False) -> Press:
    """That month's, from what is held; `revised` where readers have had it already. Raises what `edition` raises."""
    memory.give_back_large()
    with here.speaking():
        made = edition(held, here.collaborative, month, now, code=here.code, revised=revised)
    return Press(here, made, held.snapshot, sources.files(here.content), versions.libraries())


def reports(of: Press, store: Store, every: Sequence[Sequence[Work]]) -> Iterator[Callable[[], Made]]:
    """What makes each of those reports, in their order: called, it gives the report or raises what kept it from that.

    Many are rendered in `schedule.processes` processes, a few ahead of the one that is asked for.
    """
    processes = of.here.settings.schedule.processes
    if processes == 1 or len(every) < _MANY:
        yield from (partial(report, of, store, work) for work in every)
        return
    waiting: deque[Callable[[], Made]] = deque()
    with rendering.elsewhere(of.edition, of.here.content, processes) as begin:
        for work in every:
            elsewhere = not KINDS[work[0].key.report].momentary  # what looks into the store is made where it is open
            page_of = begin(*work[0].about).result if elsewhere else None
            waiting.append(partial(report, of, store, work, page_of))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()


def report(of: Press, store: Store, work: Sequence[Work], page_of: Callable[[], Rendered] | None = None) -> Made:
    """One report, for those readers. `page_of` gives it where it is rendered elsewhere.

    Where other readers have had it already, these get the same: a report is made once, and then only corrected, under
    the next revision. Raises ReportError where it was made of a record that has been purged since.
    """
    head = of.here.letterhead()
    key = _key(work[0].key)
    page = _archived(store, key)
    fresh = None
    if page is None:
        name, subject = work[0].about
        kind = KINDS[name]
        if page_of:
            page = page_of()
        else:
            with of.here.speaking():
                page = kind.render(of.edition, subject, of.here.content)
        figures = ledger.written(kind.behind(of.edition, subject))
        fresh = Fresh(of, key, pages.packed(page), figures, kind.made_of(of.edition, subject))
    return Made(Mails(page, tuple(work), head, of.at, held_until(of, store, key)), fresh)


def held_until(of: Press, store: Store, key: ReportKey) -> dt.datetime | None:
    """Until when mails with that report wait for the coordinator's look; None where they go out at once.

    A corrected one of which an earlier revision is held goes out when that would have; the coordinator's own waits for
    nobody.
    """
    hours = of.here.settings.schedule.hold_hours
    if not hours or KINDS[key[1]].momentary:
        return None
    first = outbox.held_until(store, *key[:4])
    return first or of.at + dt.timedelta(hours=hours)


def issue(store: Store, made: Iterable[Made], now: dt.datetime) -> tuple[str, ...]:
    """The keys of the mails that are new in the outbox. They, their bytes and their reports go in in one transaction.

    Each is set aside as it is made, and the store is not locked before the last is there. A report that another
    process has archived meanwhile is left to the next time, when its other readers get the same.
    Raises ReportError where a file that rendering reads was changed meanwhile: it would not be known what was used.
    """
    presses: list[Press] = []
    with spool.set_aside(_bare(made, presses)) as every:
        if any(sources.files(of.here.content) != of.templates for of in presses):
            raise ReportError(
                "A template, style sheet, font or wording was changed while reports were being made with it, so none "
                "goes out. Once the files are as they should be, run the same again."
            )
        with store.begin() as connection:
            new: list[str] = []
            shared: dict[int, tuple[str, str, str]] = {}
            ours = True
            for items, place, rest, first in every:
                if first:
                    ours = rest is None or _keep(connection, Fresh(presses[place], *rest), shared)
                if ours and rest is not None:
                    code, kind, subject, period, revision = rest[0]
                    outbox.supersede(connection, code, kind, subject, Month(period), revision)
                if ours:
                    new += outbox.put(connection, items, now)
            return tuple(new)


def _bare(made: Iterable[Made], presses: list[Press]) -> Iterator[_Bare]:
    """Each report without the press, which many have in common; `presses` takes those up.

    Its mails come in several pieces where it has many readers, each of whom gets half a megabyte.
    """
    for one in made:
        items, fresh, place, rest = iter(one.items), one.fresh, 0, None
        if fresh is not None:
            place = next((at for at, of in enumerate(presses) if of is fresh.press), len(presses))
            if place == len(presses):
                presses.append(fresh.press)
            rest = (fresh.key, fresh.parts, fresh.figures, fresh.sources)
        yield tuple(islice(items, _TOGETHER)), place, rest, True
        while more := tuple(islice(items, _TOGETHER)):
            yield more, place, None, False
        del one, items, fresh, rest  # megabytes, which the next need not wait beside


def _keep(connection: Connection, fresh: Fresh, shared: dict[int, tuple[str, str, str]]) -> bool:
    """Whether the report is archived now; False where another process was quicker.

    `shared` takes up what all reports of a press have in common: names of snapshot, configuration and templates.
    """
    of = fresh.press
    if archive.of(connection, fresh.key):
        return False
    if id(of) not in shared:
        specification, templates = (
            materials.keep_all(connection, one) for one in (of.here.specification, of.templates)
        )
        shared[id(of)] = (snapshots.keep(connection, of.snapshot).id, specification, templates)
    snapshot, specification, templates = shared[id(of)]
    made = Report(
        *fresh.key,
        rendered_at=of.at,
        snapshot=snapshot,
        specification=specification,
        templates=templates,
        code_version=versions.code(),
        libraries=of.libraries,
        parts=materials.keep_all(connection, fresh.parts),
        figures=materials.keep(connection, fresh.figures),
    )
    return archive.keep_report(connection, made, fresh.sources)


def _archived(store: Store, key: ReportKey) -> Rendered | None:
    """The report of that key as it was archived; None where it was not."""
    with store.read() as connection:
        found = archive.of(connection, key)
        if found is None:
            return None
        if found.unreproducible_since:
            raise ReportError(
                f"The report {found} was made of a record that has been purged since, so it goes to no further "
                "readers. They get the next one."
            )
        return pages.unpacked(materials.read_all(connection, found.parts))


def _key(of: Key) -> ReportKey:
    return (of.collaborative, of.report, of.subject, str(of.month), of.revision)
