"""How a reader takes an address off one kind of report, by a signed token, and what the headers of a mail offer."""

from __future__ import annotations

import datetime as dt
import email
import re
from email import policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakthrough import collaborative as collaboratives
from breakthrough.delivery import compose, outbox, suppressions, unsubscribe
from breakthrough.delivery.key import Key
from breakthrough.errors import SettingInvalid
from breakthrough.month import Month
from breakthrough.reporting.values import Rendered
from breakthrough.settings import Mail, Secret, load
from breakthrough.store import Store

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
KEY = Secret("a secret that signs")
REPORT = Rendered("team", "T003", "2026-03", "March", "<p>words</p>", "words", (), "")
OF = Key("absenteeism", "team", "T003", Month("2026-03"), 0, "Rachel@Example.net")
BASIC = {"host": "mail.example.org", "sender": "Reports <reports@example.org>", "bounce": "bounces@example.org"}


def item(root: Path, **settings: object) -> outbox.Item:
    collaborative = collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    mail = Mail.model_validate(BASIC | {"unsubscribe_key": "env:UNSUBSCRIBE"} | settings)
    head = compose.letterhead(mail, collaborative, {"env:UNSUBSCRIBE": KEY}.__getitem__)
    return compose.item(REPORT, OF, "Rachel", "Rachel@Example.net", head, NOON)


def test_a_token_is_of_that_report_and_address_and_holds_no_address() -> None:
    token = unsubscribe.token(KEY, "absenteeism", "team", "T003", "Rachel@Example.net")
    assert re.fullmatch(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", token)
    assert token == unsubscribe.token(KEY, "absenteeism", "team", "T003", "rachel@example.NET")
    asked = unsubscribe.read(KEY, token)
    assert asked
    assert (asked.collaborative, asked.report, asked.subject) == ("absenteeism", "team", "T003")
    assert "rachel" not in repr(asked).lower()


def test_with_a_page_both_ways_stand_in_the_mail_and_a_post_is_offered(root: Path, store: Store) -> None:
    made = item(root, unsubscribe_url="https://reports.example.org/unsubscribe/", bounces={"maildir": "bounces"})
    mail = email.message_from_bytes(made.payload, policy=policy.compat32)
    by_click, by_mail = mail["List-Unsubscribe"].split(", ")
    token = by_click.removeprefix("<https://reports.example.org/unsubscribe/").removesuffix(">")
    assert by_mail == f"<mailto:bounces@example.org?subject=unsubscribe%20{token}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    outbox.enqueue(store, [made], NOON)
    assert unsubscribe.accept(store, KEY, token, NOON)
    assert unsubscribe.accept(store, KEY, token, NOON + dt.timedelta(days=1))
    with store.read() as connection:
        (found,) = suppressions.of(connection, "absenteeism")
        assert "unsubscribed" in suppressions.why_not(connection, OF, "rachel@example.net")
    assert (found.address, found.report, found.reason, found.since) == (
        "rachel@example.net",
        "team",
        "unsubscribed",
        NOON,
    )


def test_without_page_and_mailbox_a_mail_to_the_coordinator_is_all_that_is_offered(root: Path) -> None:
    mail = email.message_from_bytes(item(root).payload, policy=policy.compat32)
    assert mail["List-Unsubscribe"].startswith("<mailto:ros.whitfield@collaborative.example.org?subject=Unsubscribe")
    assert mail["List-Unsubscribe-Post"] is None


def test_a_genuine_token_of_an_address_that_never_got_a_mail_changes_nothing(store: Store) -> None:
    assert not unsubscribe.accept(store, KEY, unsubscribe.token(KEY, "absenteeism", "team", "T003", "a@b.org"), NOON)


@given(st.text(max_size=80) | st.binary(max_size=40).map(lambda octets: octets.decode("latin-1")))
def test_nothing_made_up_is_a_token(text: str) -> None:
    assert unsubscribe.read(KEY, text) is None


@given(st.data())
def test_a_token_with_any_sign_changed_is_none(data: st.DataObject) -> None:
    token = unsubscribe.token(KEY, "absenteeism", "team", "T003", "rachel@example.net")
    at = data.draw(st.integers(0, len(token) - 1))
    sign = data.draw(st.sampled_from("abcXYZ019-_."))
    changed = token[:at] + sign + token[at + 1 :]
    assert (unsubscribe.read(KEY, changed) is None) == (changed != token)


def test_a_token_of_another_key_is_none() -> None:
    assert unsubscribe.read(KEY, unsubscribe.token(Secret("another"), "a", "team", "T1", "a@b.org")) is None


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        ("  verp: true\n", "'verp' needs 'bounce'"),
        ("  bounces: {maildir: x}\n", "'bounces' needs 'bounce'"),
        ("  bounce: b@example.org\n  bounces: {}\n", "either maildir or imap"),
        ("  unsubscribe_url: https://example.org/u\n", "it needs 'unsubscribe_key'"),
        ("  unsubscribe_url: http://example.org/u\n  unsubscribe_key: env:U\n", "unsubscribe_url"),
        ("  dkim: {domain: example.org, selector: s1, key: MIIEow}\n", "write where the secret is"),
    ],
)
def test_settings_that_do_not_go_together_are_named(tmp_path: Path, mail: str, why: str) -> None:
    path = tmp_path / "breakthrough.yaml"
    path.write_text(
        "collaborative: absenteeism\nredcap: {url: 'https://redcap.example.org/api/', token: 'env:T'}\n"
        f"mail:\n  host: mail.example.org\n  sender: a@example.org\n{mail}"
    )
    with pytest.raises(SettingInvalid, match=why):
        load(path)
