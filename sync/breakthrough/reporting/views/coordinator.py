"""The coordinator's report: who has not sent what, what in the data needs a look, mails, ratings, health."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from breakthrough.collaborative import Collaborative
from breakthrough.language import say
from breakthrough.measures.values import Blocked, Doubt, Uncounted
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.desk import Desk
from breakthrough.reporting.parts import Header
from breakthrough.reporting.sentences import desk as words
from breakthrough.reporting.sentences import duties
from breakthrough.reporting.sentences.words import joined
from breakthrough.reporting.views import desk_sections as sections
from breakthrough.reporting.views.desk_sections import Finding, HealthRow, Late, MailRow, Unrated
from breakthrough.reporting.views.occasion import NAME, Occasion, header, subject
from breakthrough.reporting.views.returns import Return, returns
from breakthrough.teams.values import Portfolio

LATE, FINDINGS, WRONG = 15, 15, 5
_PATH = 300  # characters of what is wrong with a file


@dataclass(frozen=True, slots=True)
class CoordinatorReport:
    """Everything a coordinator's report says, in the order it is read."""

    collaborative: str  # its code
    month: Month
    subject: str
    header: Header
    reader: str
    heading: str
    sent: str
    late: tuple[Late, ...]
    more_late: str
    late_action: str
    quality: tuple[Finding, ...]
    more_quality: str
    mails_heading: str
    mails: tuple[MailRow, ...]
    mail_action: str
    unrated_heading: str
    unrated: tuple[Unrated, ...]
    compared: tuple[str, ...]
    drift_action: str
    wrong: tuple[str, ...]
    wrong_action: str
    health: tuple[HealthRow, ...]
    health_action: str


def coordinator_report(
    collaborative: Collaborative,
    portfolio: Portfolio,
    frame: pd.DataFrame,
    *,
    code: str,
    occasion: Occasion,
    desk: Desk,
    doubts: Sequence[Doubt] = (),
    received: Mapping[str, dt.date] | None = None,
    blocked: Sequence[Blocked] = (),
    uncounted: Sequence[Uncounted] = (),
    wrong: Sequence[str] = (),
) -> CoordinatorReport:
    """The report of one month for the coordinator, who may see everything; no free text of forms is in it.

    `frame` is the results frame of all teams, `received` the day on which a team's counts of the month came in, `code`
    the collaborative's own, and `wrong` what is wrong with the deployment's own templates and wording.
    """
    month, today, links = occasion.month, occasion.today(collaborative), occasion.links
    sent = returns(frame, collaborative)
    late = sections.late(collaborative, portfolio, sent, month, today, links)
    found = sections.quality(collaborative, portfolio, frame, desk, doubts, blocked, uncounted, month, links)
    unrated = sections.unrated(collaborative, portfolio, month)
    healthy = sections.healthy(collaborative, desk, month)
    heading = words.headline(len(late), len(found), month)
    due = collaborative.calendar.rating_due(month)
    return CoordinatorReport(
        collaborative=code,
        month=month,
        subject=subject(collaborative, say("The coordinator’s report"), occasion),
        header=header(
            collaborative,
            occasion,
            title=say("All teams, {month}: what to see to", month=month.label),
            preview=heading,
        ),
        reader=line(collaborative.coordinator.name, NAME),
        heading=heading,
        sent=_sent(collaborative, sent, received or {}, month),
        late=late[:LATE],
        more_late=duties.more(len(late) - LATE),
        late_action=words.late_action(
            late[0].team if late else "", list(dict.fromkeys(one.coach for one in late[:3] if one.coach))
        ),
        quality=found[:FINDINGS],
        more_quality=duties.more(len(found) - FINDINGS),
        mails_heading=words.mailed(desk),
        mails=sections.mails(desk),
        mail_action=words.mail_action(desk),
        unrated_heading=words.unrated(len(unrated), month, due, today),
        unrated=unrated,
        compared=(
            *(words.compared(one) for one in desk.compared),
            *((words.unwritten(desk.unwritten),) if desk.unwritten else ()),
        ),
        drift_action=words.drift_action(desk.compared),
        wrong=tuple(line(one, _PATH) for one in wrong[:WRONG]),
        wrong_action=joined(duties.more(len(wrong) - WRONG), words.wording_action(len(wrong))),
        health=healthy,
        health_action=words.health_action(sections.below(healthy)),
    )


def _sent(
    collaborative: Collaborative,
    sent: Mapping[tuple[str, Month], Return],
    received: Mapping[str, dt.date],
    month: Month,
) -> str:
    """How many teams have sent the month, and how many of them in time, where all of them say when."""
    owing = [one for (_, at), one in sent.items() if at == month and one.standing not in {"to come", "not expected"}]
    here = [one.team for one in owing if one.standing == "sent"]
    due = collaborative.calendar.due(month)
    on_time = sum(received[team] <= due for team in here) if all(team in received for team in here) else None
    return words.sent(len(here), len(owing), on_time, due)
