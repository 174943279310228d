"""What a coordinator has to see to beside the figures: mails, REDCap against the definition, records that do not come.

Plain values: the worker reads them from the store, the coordinator's report says them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.measures.health import Tally


@dataclass(frozen=True, slots=True)
class Mails:
    """How many mails of one kind of report stand where. No address is here, and no name."""

    kind: str  # team, coach … as the outbox names it
    sent: int = 0
    waiting: int = 0
    refused: int = 0
    uncertain: int = 0
    cancelled: int = 0
    held: int = 0  # for a person, or for their moment
    superseded: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """When REDCap was last held against the definition of a project; None differences where nobody noted them."""

    project: str
    at: dt.datetime
    differences: int | None


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A record that REDCap could not answer for: what is held of it is as old as `since`."""

    project: str
    record: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it, at the moment a report is made. `since` is the first day whose mails are counted.

    `shut` are projects whose token REDCap refuses; `vanished` tells by project how many records are no longer on
    REDCap's list and wait for a person; `lacking` are fields that reports rest on and REDCap's dictionary has not.
    `unwritten` counts what could not be put back into REDCap, or may be there or not.
    """

    since: dt.date
    mails: tuple[Mails, ...] = ()
    compared: tuple[Compared, ...] = ()
    unanswered: tuple[Unanswered, ...] = ()
    vanished: tuple[tuple[str, int], ...] = ()
    shut: tuple[tuple[str, dt.datetime], ...] = ()
    lacking: tuple[str, ...] = ()
    health: tuple[Tally, ...] = ()
    unwritten: int = 0
