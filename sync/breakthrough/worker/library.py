"""The archive of reports as a folder of pages: what was sent as it was sent, and the rest made anew and said to be so.

Each reader has a folder, and the months within it: `team/T001/2026-03.html`. So a right is given
once, for every month to come. Folders and files are named by codes, never by people.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from breakthrough.errors import NothingToReport, ReportError
from breakthrough.month import Month
from breakthrough.reporting.render import archive as pages
from breakthrough.reporting.render.printed import Size, pdf
from breakthrough.reporting.views import archive as views
from breakthrough.reporting.views.archive import Shelved
from breakthrough.settings import MAIN
from breakthrough.store import Report, Store, archive, materials
from breakthrough.worker import tree
from breakthrough.worker.deployment import Deployment
from breakthrough.worker.edition import Edition, edition
from breakthrough.worker.figures import projects_of
from breakthrough.worker.pages import PAGE
from breakthrough.worker.reports import KINDS, rendered

ROBOTS = "robots.txt"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)

Advance = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of the archive: how many of its reports are as sent, made anew or withheld, and what changed."""

    sent: int
    anew: int
    withheld: int
    changed: tree.Changed


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A report, and its page; None where it is withheld."""

    shelved: Shelved
    page: str | None


def fill(
    here: Deployment,
    store: Store,
    folder: Path,
    months: Sequence[Month],
    now: dt.datetime,
    advance: Advance,
    paper: Size | None = None,
) -> Filled:
    """What became of the archive in that folder, brought to what the store holds: run again, nothing changes.

    `months` are looked at beside those of which something was sent: what was not sent of them is made from the records
    as they were pulled last. With `paper`, each page stands there as PDF as well. Raises what `tree.bring` raises.
    """
    with here.speaking():
        leaves = list(_leaves(here, store, months, now, advance))
        if not leaves:
            raise NothingToReport("Nothing has been sent yet, and no month is due, so there is nothing to archive.")
        files: dict[str, bytes] = {}
        shelved = []
        for one in leaves:
            if one.page is None:
                shelved.append(one.shelved)
                continue
            path = f"{_room(one.shelved)}/{one.shelved.month}"
            files[f"{path}.html"] = one.page.encode()
            if paper:
                files[f"{path}.pdf"] = _printed(folder / path, one.page, paper)
            shelved.append(replace(one.shelved, path=f"{path}.html", pdf=f"{path}.pdf" if paper else ""))
        files |= _indexes(here, shelved)
    changed = tree.bring(folder, files, "the archive of reports")
    anew = sum(one.path != "" and one.sent is None for one in shelved)
    withheld = sum(one.path == "" for one in shelved)
    return Filled(len(shelved) - anew - withheld, anew, withheld, changed)


def months_sent(here: Deployment, store: Store) -> tuple[Month, ...]:
    """The months of which a report was put into the outbox."""
    with store.read() as connection:
        found = archive.listing(connection, collaborative=here.code)
    return tuple(sorted({Month(one.period) for one in found if one.kind in KINDS}))


def _leaves(
    here: Deployment, store: Store, months: Sequence[Month], now: dt.datetime, advance: Advance
) -> Iterator[_Leaf]:
    """By month, then in the order of `KINDS`; of a kind that was sent in a month, what was sent and nothing besides."""
    for month in sorted({*months, *months_sent(here, store)}):
        with store.read() as connection:
            found = archive.listing(connection, collaborative=here.code, period=str(month))
        newest = {(one.kind, one.subject): one for one in found}
        of_kind = {name: [one for (kind, _), one in newest.items() if kind == name] for name in KINDS}
        made = None if all(of_kind.values()) else _anew(here, store, month, now)
        for name in KINDS:
            leaves = (_sent(here, store, one) for one in of_kind[name]) if of_kind[name] else _made(here, made, name)
            for leaf in leaves:
                yield leaf
                advance(1)


def _sent(here: Deployment, store: Store, report: Report) -> _Leaf:
    """As it was sent; without its page where a record that it was made of has been erased since."""
    month, day = Month(report.period), here.today(report.rendered_at)
    one = Shelved(report.kind, report.subject, month, report.subject, "", sent=day, revision=report.revision)
    if report.unreproducible_since:
        return _Leaf(one, None)
    with store.read() as connection:
        page = materials.read_all(connection, report.parts)[PAGE].decode()
    return _Leaf(replace(one, title=_title(page, here)), page)


def _made(here: Deployment, of: Edition | None, name: str) -> Iterator[_Leaf]:
    """Those of a kind made anew, for as many subjects as there is something to say of."""
    if of is None:
        return
    month = of.occasion.month
    for subject in KINDS[name].subjects(of):
        try:
            page = rendered(of, name, subject, here.content).page
        except NothingToReport:
            continue
        yield _Leaf(Shelved(name, subject, month, _title(page, here), ""), page)


def _anew(here: Deployment, store: Store, month: Month, now: dt.datetime) -> Edition | None:
    """The month as of the newest complete pull, so that it is the same until the next; None where none was."""
    found = store.newest(projects_of(here.collaborative), now)
    if MAIN not in found.snapshot.runs:
        return None
    at = found.last_run(MAIN).finished_at
    if at is None or month.first > here.today(at):
        return None
    made = edition(found, here.collaborative, month, at, code=here.code)
    return replace(made, occasion=replace(made.occasion, sent=False))


def _indexes(here: Deployment, shelved: Sequence[Shelved]) -> Mapping[str, bytes]:
    """The pages of links, each after what it leads to; last what lies beside them."""
    rooms: dict[str, list[Shelved]] = {}
    months: dict[Month, list[Shelved]] = {}
    for one in shelved:
        rooms.setdefault(_room(one), []).append(one)
        months.setdefault(one.month, []).append(one)
    decided, content = here.collaborative, here.content
    made = {
        f"{room}/index.html": views.of_reader(decided, some[0].kind, some[0].subject, some)
        for room, some in sorted(rooms.items())
    }
    made |= {f"{views.MONTHS}/{month}.html": views.of_month(decided, month, some) for month, some in months.items()}
    made[views.HOME] = views.home(decided, list(months))
    folders = views.folders(list(dict.fromkeys(one.kind for one in shelved)))
    told = {path: pages.index(one, content).encode() for path, one in made.items()}
    told[pages.NOTE] = pages.note(decided.name, folders, content).encode()
    told[ROBOTS] = b"User-agent: *\nDisallow: /\n"
    return told


def _room(one: Shelved) -> str:
    """The folder of a reader: `team/T001`. Raises ReportError for a code that cannot name a folder."""
    subject = one.subject or "all"
    if not (_PLAIN.fullmatch(one.kind) and _PLAIN.fullmatch(subject)):
        raise ReportError(
            f"A {one.kind} report is of '{subject}', which cannot name a folder: up to 40 letters, digits, - and _ can."
        )
    return f"{one.kind}/{subject}"


def _title(page: str, here: Deployment) -> str:
    """What a page calls itself, without the collaborative's name."""
    found = _TITLE.search(page)
    told = html.unescape(found[1]) if found else ""
    return told.partition(f" – {here.collaborative.name}")[0]


def _printed(path: Path, page: str, paper: Size) -> bytes:
    """The page as PDF: that which is there where the page is the same, as printing takes seconds."""
    there, printed = path.with_suffix(".html"), path.with_suffix(".pdf")
    if printed.is_file() and there.is_file() and there.read_bytes() == page.encode():
        return printed.read_bytes()
    return pdf(page, paper)
