"""The three teams of `world` at the end of their collaborative, and the coordinator's desk: for what is told last."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from tests.reporting import given
from tests.reporting.world import LINKS, MARCH, NAMES, World, folk, form, occasion

from breakthrough import measures
from breakthrough.collaborative import Collaborative
from breakthrough.entry import Entry
from breakthrough.measures import Cases
from breakthrough.measures.health import tally
from breakthrough.measures.health.definitions import definitions
from breakthrough.month import Month
from breakthrough.reporting.desk import Compared, Desk, Mails, Unanswered
from breakthrough.reporting.views import CoordinatorReport, Harvest, coordinator_report
from breakthrough.reporting.views.occasion import Occasion
from breakthrough.teams.records import SpreadUnit, Storyboard
from breakthrough.teams.values import Closeout, Document, Person, Portfolio, Text
from breakthrough.worker.edition import Edition
from breakthrough.worker.figures import Figures
from breakthrough.worker.reports.closing import harvest

CODE = "attendance-2025-09"
JULY = Month("2026-07")
THEN = dt.datetime(2026, 8, 15, 6, 30, tzinfo=ZoneInfo("Europe/London"))
SINCE = dt.datetime(2026, 4, 2, 6, tzinfo=dt.UTC)


def written(text: str, instrument: str, team: str = "T001", *, cleared: bool = True) -> Text:
    return given.text(text, cleared=cleared, entry=given.key(instrument, team=team))


def closeout(team: str, *, publishable: bool, cleared: bool = True, text: str = "") -> Closeout:
    """What a team says at the end; each of its texts bears the team's name."""

    def said(what: str) -> Text:
        return written(text or f"{NAMES[team]} says {what}.", "closeout", team, cleared=cleared)

    return Closeout(
        team,
        "in part",
        frozenset({"D1c"}),
        said("which change"),
        said("what not"),
        said("who"),
        "each quarter",
        said("what to know"),
        publishable=publishable,
        entry=given.key("closeout", 0, team),
    )


def document(team: str, *, shared: bool, cleared: bool = True, text: str = "") -> Document:
    note = written(text or f"{NAMES[team]}’s note", "document_upload", team, cleared=cleared)
    return Document(team, "tool", "D1", note, shared=shared, entry=given.key("document_upload", 1, team))


def people(**changes: Any) -> Portfolio:
    """Ash agrees to everything, Birch to nothing, Cedar shares its storyboard alone."""
    told: dict[str, Any] = {
        "closeouts": (closeout("T001", publishable=True), closeout("T002", publishable=False)),
        "documents": (document("T001", shared=True), document("T002", shared=False)),
        "storyboards": (
            Storyboard("T002", "LS3", given.key("storyboard", 1, "T002")),
            Storyboard("T003", "LS3", given.key("storyboard", 1, "T003"), public=True),
        ),
        "units": (
            SpreadUnit("T001", "D1c", 240, "started", None, dt.date(2026, 4, 1), True, given.key("spread_plan")),
            SpreadUnit("T001", "D1c", None, "agreed", None, None, None, given.key("spread_plan", 2)),
        ),
        "people": (person("T002", "Rae Birch", "3"), person("T002", "Lee Birch", "2"), person("T001", "Amy Ash", "1")),
    }
    return dataclasses.replace(folk(), **(told | changes))


def person(team: str, name: str, role: str, until: dt.date | None = None) -> Person:
    address = f"{name.partition(' ')[0].lower()}@secret.example.org"
    return Person(team, name, address, role, dt.date(2025, 7, 1), until, frozenset({"team"}), consents=True)


def ended(collaborative: Collaborative, portfolio: Portfolio | None = None, entries: Sequence[Entry] = ()) -> Edition:
    """The edition of the last month; `entries` in place of the teams' own."""
    folk_ = portfolio or people()
    forms = entries or [
        form(team, month, at)
        for team in NAMES
        for at, month in enumerate(collaborative.calendar.first.to(JULY), start=1)
        if collaborative.calendar.in_session(month)
    ]
    frame = measures.results(
        collaborative, forms, teams=list(NAMES), expected=folk_.expected, today=THEN.date(), until=JULY
    )
    return Edition(
        collaborative,
        folk_,
        Figures(frame, Cases(), (), tuple(NAMES)),
        measures.packed(frame, collaborative),
        (),
        (),
        {},
        Occasion(JULY, THEN, THEN - dt.timedelta(hours=12), LINKS),
        code=CODE,
    )


def reaped(collaborative: Collaborative, portfolio: Portfolio | None = None, entries: Sequence[Entry] = ()) -> Harvest:
    return harvest(ended(collaborative, portfolio, entries))


def policy(collaborative: Collaborative, names: str) -> Collaborative:
    """The collaborative with that policy on names."""
    privacy = collaborative.privacy.model_copy(update={"peer_names": names})
    return collaborative.model_copy(update={"privacy": privacy})


def desk(collaborative: Collaborative) -> Desk:
    """Mails of two kinds, two of them stuck; REDCap differing; a record unanswered; a health measure of two months."""
    known = definitions(collaborative)
    counted = [tally(known["h_report"], month, part, 3) for month, part in ((MARCH + -1, 3), (MARCH, 1))]
    return Desk(
        since=dt.date(2026, 3, 15),
        mails=(Mails("team", sent=3, waiting=1, refused=1), Mails("coach", sent=1, uncertain=1)),
        compared=(Compared("main", SINCE, 2), Compared("audit", SINCE, 0)),
        unanswered=(Unanswered("main", "T003", SINCE), Unanswered("audit", "77", SINCE)),
        vanished=(("main", 2),),
        shut=(("audit", SINCE),),
        lacking=("tp_name", "sd_abs"),
        health=tuple(counted),
    )


def coordinated(there: World, **changes: Any) -> CoordinatorReport:
    """The coordinator's report of a world."""
    told: dict[str, Any] = {
        "code": CODE,
        "occasion": occasion(),
        "desk": desk(there.collaborative),
        "doubts": there.doubts,
        "received": dict.fromkeys(NAMES, dt.date(2026, 4, 8)),
    }
    return coordinator_report(there.collaborative, there.portfolio, there.frame, **(told | changes))
