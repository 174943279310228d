"""The mail server: whether it lets us in and takes this sender. Nothing is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from breakthrough.delivery import smtp
from breakthrough.english import long_day
from breakthrough.errors import MailError, SettingInvalid, TokenMissing
from breakthrough.settings import Mail
from breakthrough.worker import returns
from breakthrough.worker.checks.finding import EXAMPLE, Finding, Now
from breakthrough.worker.deployment import Deployment

_SOON = dt.timedelta(days=14)
_OVER = {"starttls": "over STARTTLS", "tls": "over TLS", "none": "without encryption, on this computer"}


def mail(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with the mail server, and with what every mail bears. Raises MailError where it lets us not in."""
    if here.settings.mail is None:  # told among the settings
        yield Finding("wrong", "mail", "No mail server is named.", "Name one under mail in breakthrough.yaml.")
        return
    if here.settings.mail.host.endswith(EXAMPLE):
        yield Finding("unknown", "mail", "No mail server was asked, as mail.host is the example's (see settings).")
        return
    settings, password = here.mail()
    yield from _borne(here, now())
    yield from _returned(here, settings)
    with smtp.connect(settings, password) as connection:
        yield Finding("good", "mail", _entered(settings))
        said = connection.greet()
        if said.kind == "accepted":
            yield Finding("good", "mail", "It takes mail from this sender. Nothing was sent.")
        else:
            yield Finding(
                "wrong",
                "mail",
                f"It does not take mail from this sender now ({said.note}).",
                "Try again in a while; if it stays so, ask its administrator.",
            )
        if ends := connection.certificate_ends():
            yield from _certificate(ends, now())
    yield Finding("good", "mail", "To see one arrive, run: breakthrough send --test ADDRESS")


def _borne(here: Deployment, now: dt.datetime) -> Iterator[Finding]:
    """Whether mails can be written with what each bears: sender, signature, a way to unsubscribe."""
    try:
        head = here.letterhead()
        if head.signer is None:
            return
        head.signer.signed(f"From: {head.sender.addr_spec}\r\n\r\n".encode(), now)
    except (MailError, SettingInvalid) as wrong:
        yield Finding("wrong", "mail", str(wrong))
    except TokenMissing as wrong:
        yield Finding("wrong", "mail", f"No mail can be written. {wrong}")
    else:
        yield Finding("good", "mail", "Mails are signed (DKIM) with the key that is named.")


def _returned(here: Deployment, settings: Mail) -> Iterator[Finding]:
    """Whether the mailbox of what cannot be delivered can be read. Nothing in it is marked."""
    if settings.bounces is None:
        return
    try:
        with returns.opened(here, settings.bounces, settings.timeout) as box:
            next(iter(box.unread()), None)
    except (MailError, SettingInvalid, TokenMissing) as wrong:
        yield Finding("wrong", "mail", str(wrong))
    else:
        yield Finding("good", "mail", "The mailbox of what cannot be delivered can be read.")


def _entered(mail: Mail) -> str:
    login = ", with a login" if mail.user else ""
    return f"{mail.host}, port {mail.port}, lets us in {_OVER[mail.security]}{login}."


def _certificate(ends: dt.datetime, now: dt.datetime) -> Iterator[Finding]:
    if ends - now < _SOON:
        yield Finding(
            "advice",
            "mail",
            f"Its certificate ends on {long_day(ends.date())}; from then on nothing can be sent.",
            "Tell the administrator of the mail server.",
        )
