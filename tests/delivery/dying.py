"""A sender that kills itself at a given moment of its second mail, as `kill -9` would. Run by test_outbox."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from typing import Any

from sqlalchemy import update

from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.outbox import WhyNot, sending
from breakthrough.delivery.smtp import Outcome
from breakthrough.settings import Mail
from breakthrough.store import Store, tables

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(smtp.Connection):
    """Dies at its second mail, before the server hears of it or after the server has taken it."""

    moment = ""
    mails = 0

    def send(self, recipient: str, content: bytes) -> Outcome:
        self.mails += 1
        if self.mails == 2 and self.moment == "claimed":
            die()
        outcome = super().send(recipient, content)
        if self.mails == 2 and self.moment == "handed over":
            die()
        return outcome


def mark_sent_before_data() -> None:
    claim = sending._claim

    def hasty(store: Store, now: dt.datetime, why_not: WhyNot, pace: outbox.Pace) -> Any:
        claimed = claim(store, now, why_not, pace)
        if isinstance(claimed, sending._Claim):
            with store.begin() as connection:
                row = update(tables.outbox).where(tables.outbox.c.key == claimed.key)
                connection.execute(row.values(state="sent", sent_at=now))
        return claimed

    sending._claim = hasty


def main(url: str, port: str, moment: str, defect: str) -> None:
    mail = Mail(host="127.0.0.1", port=int(port), security="none", sender="reports@example.org")
    connection = Dying(mail)
    connection.moment = moment
    if defect == "marks sent before DATA":
        mark_sent_before_data()

    def advance(number: int) -> None:
        if connection.mails == 2 and moment == "settled":
            die()

    with Store.open(url) as store:
        outbox.send_due(store, lambda: connection, lambda: NOON, advance=advance)


if __name__ == "__main__":
    main(*sys.argv[1:])
