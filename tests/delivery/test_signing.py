"""The DKIM signature, held against the verifier of the library and a DNS that the test answers."""

from __future__ import annotations

import datetime as dt
import subprocess
from email.headerregistry import Address
from pathlib import Path

import dkim
import pytest
from tests.delivery.answering import Server

from breakthrough import collaborative as collaboratives
from breakthrough.delivery import compose, outbox, signing, smtp
from breakthrough.delivery.compose import Letterhead
from breakthrough.delivery.key import Key
from breakthrough.errors import SettingInvalid, TokenMissing
from breakthrough.month import Month
from breakthrough.reporting.values import Picture, Rendered
from breakthrough.settings import Dkim, Mail, Secret
from breakthrough.store import Store, archive

NOON = dt.datetime(2026, 4, 15, 12, 0, tzinfo=dt.UTC)
PNG = bytes(range(256)) * 40
REPORT = Rendered(
    *("team", "T003", "2026-03", "Żory in March 2026", '<p>≥ 3</p>\n.\n<img src="cid:a" alt="b">', "≥ 3\n.\n\n\n"),
    (Picture("a", PNG, 1, 1, "b"),),
    "",
)
KEY = Key("absenteeism", "team", "T003", Month("2026-03"), 0, "rachel@example.net")
MAIL = {"host": "mail.example.org", "sender": "Reports <reports@mail.example.org>", "bounce": "bounces@example.org"}
SIGNED = {"dkim": {"domain": "Example.org", "selector": "s1", "key": "file:dkim.pem"}}


@pytest.fixture(scope="module", params=["PKCS#8", "PKCS#1"])
def pem(request: pytest.FixtureRequest) -> Secret:
    old = ["-traditional"] if request.param == "PKCS#1" else []
    made = subprocess.run(["openssl", "genrsa", *old, "2048"], check=True, capture_output=True)
    return Secret(made.stdout.decode().strip())


def record(pem: Secret) -> bytes:
    """What the institution writes into its DNS."""
    found = subprocess.run(
        ["openssl", "rsa", "-pubout", "-outform", "PEM"], input=str.encode(pem), check=True, capture_output=True
    )
    return b"v=DKIM1; k=rsa; p=" + b"".join(found.stdout.split(b"\n")[1:-2])


def head(root: Path, pem: Secret) -> Letterhead:
    collaborative = collaboratives.load(root / "config/collaboratives/absenteeism/collaborative.yaml")
    return compose.letterhead(Mail.model_validate(MAIL | SIGNED), collaborative, {"file:dkim.pem": pem}.__getitem__)


def verified(content: bytes, pem: Secret) -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes | None:
        return record(pem) if name.rstrip(b".") == b"s1._domainkey.example.org" else None

    return bool(dkim.verify(content, dnsfunc=dns))


def test_what_arrives_is_what_is_archived_and_its_signature_holds(
    root: Path, pem: Secret, store: Store, server: Server
) -> None:
    item = compose.item(REPORT, KEY, "Ward, Rachel", "rachel@example.net", head(root, pem), NOON)
    outbox.enqueue(store, [item], NOON)
    outbox.send_due(store, lambda: smtp.connect(server.mail), lambda: NOON)
    ((_, _, arrived),) = server.answers.taken
    with store.read() as connection:
        assert archive.mail(connection, str(KEY)) == arrived == item.payload
    assert verified(arrived, pem)


def test_the_same_mail_is_signed_with_the_same_bytes_whenever_it_is_written(root: Path, pem: Secret) -> None:
    first, second = (compose.item(REPORT, KEY, "R", "r@example.net", head(root, pem), NOON) for _ in range(2))
    assert first.payload == second.payload
    assert b"t=1776254400;" in first.payload.replace(b"\r\n ", b" ")  # noon of 15 April 2026, the mail's own Date


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"Subject: ", b"Subject: Not "),
        (b"From: Reports", b"From: Others"),
        (b"List-Unsubscribe: <mailto:", b"List-Unsubscribe: <mailto:evil+"),
        (b"=E2=89=A5 3", b"=E2=89=A5 4"),
        (b"MIME-Version", b"From: evil@example.net\r\nMIME-Version"),
        (b"MIME-Version", b"Subject: Another\r\nMIME-Version"),
    ],
)
def test_a_mail_that_was_changed_on_its_way_is_told(root: Path, pem: Secret, before: bytes, after: bytes) -> None:
    content = compose.item(REPORT, KEY, "R", "r@example.net", head(root, pem), NOON).payload
    assert content.count(before) >= 1
    assert verified(content, pem)
    assert not verified(content.replace(before, after, 1), pem)


def test_a_domain_that_cannot_speak_for_the_sender_is_refused() -> None:
    settings = Dkim(domain="other.example", selector="s1", key="file:dkim.pem")
    with pytest.raises(SettingInvalid, match=r"mail\.dkim\.domain is other\.example"):
        signing.signer(settings, Secret("x"), Address(addr_spec="a@example.org"))
    with pytest.raises(SettingInvalid, match=r"another's"):
        signing.signer(settings, Secret("x"), Address(addr_spec="a@another.example"))


def test_a_key_that_is_none_is_refused_and_appears_nowhere() -> None:
    of = signing.Signer("example.org", "s1", Secret("no-key-at-all"))
    with pytest.raises(TokenMissing, match="openssl genrsa") as refused:
        of.signed(b"From: a@example.org\r\n\r\nx\r\n", NOON)
    assert "no-key-at-all" not in str(refused.value)
    assert "no-key-at-all" not in repr(of)
