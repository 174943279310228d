"""`breakthrough send` says until when messages wait, by the collaborative's clocks."""

from __future__ import annotations

import re

from click.testing import CliRunner, Result
from tests.checks.conftest import Place
from tests.delivery.answering import Server

from breakthrough.cli import group
from breakthrough.delivery import outbox

NOW = "2026-04-15T07:00"  # summer time in London: 06:00 UTC


def send(place: Place) -> Result:
    return CliRunner().invoke(group, ["send", "-q", "-d", str(place.folder), "--now", NOW])


def test_of_held_messages_it_tells_when_the_first_goes_out_by_itself(place: Place, server: Server) -> None:
    place.set("schedule", hold_hours=20)
    done = send(place)
    assert re.search(r"^1 sent, 0 refused, 0 uncertain, 0 waiting, \d+ held\.$", done.stdout, re.MULTILINE)
    assert "Held ones wait for their time, the first until 16 April 2026, 03:0" in done.stderr
    assert len(server.answers.taken) == 1  # the preview of them, for the coordinator


def test_of_a_message_that_was_put_off_it_tells_when_it_is_tried_again(place: Place, server: Server) -> None:
    server.answers.rcpt = ["451 4.7.1 greylisted"]
    done = send(place)
    assert re.search(r"^\d+ sent, 0 refused, 0 uncertain, 1 waiting\.$", done.stdout, re.MULTILINE)
    assert re.search(
        r"Of those waiting, the first may go out from 15 April 2026, 07:1\d: breakthrough send", done.stderr
    )
    with place.here.store() as store:
        ((state, _),) = outbox.moments(store).items()
    assert state == "pending"
