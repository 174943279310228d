"""A message that is sent to see whether mail arrives, where there is no report to send yet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from breakthrough.collaborative import Collaborative
from breakthrough.language import clock, long_day, say
from breakthrough.month import Month
from breakthrough.reporting.clean import line
from breakthrough.reporting.parts import Header
from breakthrough.reporting.views.occasion import letter


@dataclass(frozen=True, slots=True)
class TrialMessage:
    """The message, all settled."""

    header: Header
    month: Month
    collaborative: str
    subject: str
    told: tuple[str, ...]


def trial_message(collaborative: Collaborative, month: Month, now: dt.datetime) -> TrialMessage:
    """A message that holds nothing of anybody; `month` is the one it is filed under, `now` is aware."""
    name = line(collaborative.name, 80)
    local = now.astimezone(collaborative.zone)
    arrived = say("The mail of {collaborative} arrives", collaborative=name)
    return TrialMessage(
        header=letter(
            collaborative,
            arrived,
            say("Sent {day}, {clock}.", day=long_day(local.date()), clock=clock(local)),
            say("Nothing needs to be done."),
        ),
        month=month,
        collaborative=collaborative.topic,
        subject=arrived,
        told=(
            say(
                "You read this, so the mail server takes the progress reports and hands them on. There is no report "
                "to send yet; once there is one, a test holds the newest."
            ),
            say("See that it is in the inbox, and not among unwanted mail. An answer to it goes to the coordinator."),
        ),
    )
