"""Senders that die as by `kill -9`, and defects as a hurried hand might leave them in the outbox. Run by `crashing`.

It imports everything once and forks for each order, a line of JSON: so that each sender is quick.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import smtplib
import sys
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from breakthrough.delivery import outbox, smtp
from breakthrough.delivery.outbox import sending
from breakthrough.delivery.smtp import Outcome
from breakthrough.settings import Mail
from breakthrough.store import Store, tables

ROW = tables.outbox


def plant(where: object, **functions: Callable[..., Any]) -> None:
    for name, function in functions.items():
        setattr(where, name, function)


def die_at(place: str, nth: int) -> None:
    """From now on this process dies at that place of its nth mail; what is to be told of the one before is told then."""
    begun = 0

    def reach(here: str) -> None:
        if here == place and begun == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    claim, claimed, docmd, send = sending._claim, sending._claimed, smtplib.SMTP.docmd, smtplib.SMTP.send

    def claiming(*given: Any) -> Any:
        nonlocal begun
        begun += 1
        reach("verdict")  # of the mail before
        found = claim(*given)
        reach("claimed")
        return found

    def choosing(*given: Any) -> Any:
        reach("settled")  # the mail before, in the transaction of this one
        return claimed(*given)

    def commanding(self: smtplib.SMTP, command: str, words: str = "") -> Any:
        if command == "DATA":
            reach("before DATA")
        return docmd(self, command, words)

    def giving(self: smtplib.SMTP, content: Any) -> None:
        send(self, content)
        if isinstance(content, bytes) and content.endswith(b"\r\n.\r\n"):
            reach("after DATA")

    plant(sending, _claim=claiming, _claimed=choosing)
    plant(smtplib.SMTP, docmd=commanding, send=giving)


# --- defects ---------------------------------------------------------------------------------------------------------


def marks_sent_before_data() -> None:
    claim = sending._claim

    def hasty(store: Store, now: dt.datetime, *given: Any) -> Any:
        claimed = claim(store, now, *given)
        if isinstance(claimed, sending._Claim):
            with store.begin() as connection:
                row = update(ROW).where(ROW.c.key == claimed.key)
                connection.execute(row.values(state="sent", sent_at=now, lease_until=now))
        return claimed

    plant(sending, _claim=hasty)


def retries_sending() -> None:
    def retry(store: Store, now: dt.datetime) -> int:
        stuck = ROW.update().where(ROW.c.state == "sending", ROW.c.lease_until < now)
        with store.begin() as connection:
            connection.execute(stuck.values(state="pending", lease_until=now))
        return 0

    plant(sending, _doubt=retry)


def claims_without_a_commit() -> None:
    """As if claim, sending and settling were one transaction: what dies leaves a mail that looks untouched."""

    def claim(store: Store, now: dt.datetime, *given: Any) -> Any:
        if given[-1]:
            settle(store, given[-1])
        with store.read() as connection:
            row = connection.execute(sending._DUE, {"now": now}).first()
        return row and sending._Claim(row.key, row.recipient, row.payload, row.attempts + 1, now)

    def settle(store: Store, done: Any) -> None:
        with store.begin() as connection:
            connection.execute(update(ROW).where(ROW.c.key == done.claim.key).values(**done.changes))

    plant(sending, _claim=claim, _settle=settle)


def takes_a_broken_line_for_a_refusal() -> None:
    text = smtp._text

    def hopeful(*given: Any) -> Outcome:
        outcome = text(*given)
        return Outcome("temporary", outcome.note) if outcome.kind == "unknown" else outcome

    plant(smtp, _text=hopeful)


def tries_again_after_the_text() -> None:
    text = smtp._text

    def stubborn(*given: Any) -> Outcome:
        outcome = text(*given)
        if outcome.kind == "unknown":
            raise smtp._Dropped
        return outcome

    plant(smtp, _text=stubborn)


def settles_before_the_verdict() -> None:
    send = smtp.Connection.send

    def trusting(self: smtp.Connection, recipient: str, content: bytes) -> Outcome:
        outcome = send(self, recipient, content)
        return Outcome("accepted", "") if outcome.kind == "unknown" else outcome

    plant(smtp.Connection, send=trusting)


def gives_up_what_was_begun() -> None:
    def drop(store: Store, now: dt.datetime) -> int:
        with store.begin() as connection:
            connection.execute(ROW.delete().where(ROW.c.state == "sending", ROW.c.lease_until < now))
        return 0

    plant(sending, _doubt=drop)


DEFECTS: dict[str, Callable[[], None]] = {
    "marks sent before DATA": marks_sent_before_data,
    "tries again what was being sent": retries_sending,
    "claims without a commit": claims_without_a_commit,
    "takes a broken line for a refusal": takes_a_broken_line_for_a_refusal,
    "tries again after the text": tries_again_after_the_text,
    "takes a broken line for a yes": settles_before_the_verdict,
    "gives up what was begun": gives_up_what_was_begun,
}


# --- orders ----------------------------------------------------------------------------------------------------------


def carry_out(url: str, password: str | None, port: int, now: str, place: str, nth: int, defect: str) -> None:
    if defect:
        DEFECTS[defect]()
    if place:
        die_at(place, nth)
    moment = dt.datetime.fromisoformat(now)
    mail = Mail(host="127.0.0.1", port=port, security="none", sender="reports@example.org")
    with Store.open(url, password) as store:
        outbox.send_due(store, lambda: smtp.connect(mail), lambda: moment)


def main() -> None:
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        after = order.pop("after")
        child = os.fork()
        if not child:
            try:
                carry_out(**order)
            except BaseException as error:  # noqa: BLE001 (a fork must not go on as its parent)
                print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        if after is not None:
            time.sleep(after)
            os.kill(child, signal.SIGKILL)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
