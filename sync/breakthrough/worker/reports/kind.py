"""What every kind of report is to the worker: whom it is about, how it is made, and what it was made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from breakthrough.content import Content
from breakthrough.reporting.values import Rendered
from breakthrough.worker import ledger
from breakthrough.worker.edition import Edition
from breakthrough.worker.ledger import Lines
from breakthrough.worker.sources import EVERYTHING, Sources


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of report. Its functions take an edition and a subject: the code of a team or coach, or of all.

    `render` raises NothingToReport where there is nothing to say of the subject, and what rendering raises. `behind`
    are the rows of the results frame that the report shows figures of; `made_of` the records it was made of; `own` the
    teams that it is about, whose figures, when they change, make a new revision of it. One that is `momentary` tells of
    what nobody keeps as it was, such as which mails waited then: it cannot be made again.
    One that is `single` is about a team, and rendered of that team's rows alone, with what all teams are told.
    """

    name: str
    subjects: Callable[[Edition], tuple[str, ...]]
    render: Callable[[Edition, str, Content], Rendered]
    behind: Callable[[Edition, str], Lines]
    made_of: Callable[[Edition, str], Sources]
    own: Callable[[Edition, str], frozenset[str]]
    momentary: bool = False
    single: bool = False


def taking_part(of: Edition) -> tuple[str, ...]:
    """The teams that a report is made of each: those at work, and those that have come to the end."""
    return tuple(team.code for team in of.portfolio.teams if team.status in {"active", "completed"})


def everyone(of: Edition, _: str) -> frozenset[str]:
    """That a report on all is about every team."""
    return frozenset(team.code for team in of.portfolio.teams)


def every_row(of: Edition, _: str) -> Lines:
    """That it shows figures of every row: each decides what of its measure may be told."""
    return ledger.lines(of.frame)


def every_record(_: Edition, __: str) -> Sources:
    """That it was made of all there is."""
    return EVERYTHING


def itself(_: Edition, team: str) -> frozenset[str]:
    """That a report of a team is about that team alone."""
    return frozenset({team})
