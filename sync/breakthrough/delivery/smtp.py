"""One connection to the mail server, and for each message what became of it, told apart as exactly as SMTP can tell.

smtplib's `sendmail` reports a line that broke before the text and one that broke after it in the same way, though only
the first is safe to try again. So the few commands of a transaction are given here one by one.
"""

from __future__ import annotations

import datetime as dt
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from types import TracebackType
from typing import Literal, Self

from breakthrough.delivery import addresses
from breakthrough.errors import MailError, MailRefused, MailUnreachable, SettingInvalid
from breakthrough.settings import Mail, is_loopback

_PER_CONNECTION = 100  # then a fresh one: many relays end a session at about this number
_VERDICT_WAIT = 10  # times the time-out: RFC 5321 §4.5.3.2.6 asks for 10 minutes after the final dot
_IDENTIFIER = re.compile(rb"(?mi)^Message-ID: <([0-9a-f]{32})@")  # `Key.message_id` makes them so
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one message. `note` names step and codes, never an address or the server's own words."""

    kind: Literal["accepted", "temporary", "permanent", "unknown"]
    note: str


class _Dropped(Exception):
    """The line broke before the message's text was sent, so the server cannot have taken the message."""


def connect(mail: Mail, password: str | None = None) -> Connection:
    """An open, encrypted and logged-in connection; close it, or use it in `with`.

    Raises SettingInvalid when mail would travel in the clear, MailRefused for a certificate, a login or a missing
    STARTTLS, MailUnreachable when the server does not answer or asks to come back later.
    """
    if mail.security == "none" and not _here(mail.host):
        raise SettingInvalid(
            "mail.security is none, so reports and password would travel in the clear. Write starttls or tls; "
            "none is for a mail server on this computer only."
        )
    connection = Connection(mail, password)
    connection.open()
    return connection


class Connection:
    """A session with the mail server, begun anew after 100 messages and when the server has ended it.

    `begun`: something of the text of the message that `send` was last given may have gone out.
    """

    def __init__(self, mail: Mail, password: str | None = None) -> None:
        self._mail = mail
        self._password = password
        self._sender = addresses.sender(mail.bounce or mail.sender)
        self._smtp: smtplib.SMTP | None = None
        self._used = 0
        self.begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> smtplib.SMTP:
        """The session, begun if there is none or the last one has served its number. Raises as `connect` does."""
        if self._smtp is not None and self._used < _PER_CONNECTION:
            return self._smtp
        self.close()
        self._smtp, self._used = _open(self._mail, self._password), 0
        return self._smtp

    def close(self) -> None:
        """Ends the session politely; never raises."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()

    def send(self, recipient: str, content: bytes) -> Outcome:
        """What became of that message to that one recipient. `content` has CRLF line ends and only ASCII.

        Raises MailRefused when the server takes nothing from this sender, MailUnreachable when it cannot be reached:
        then the message was certainly not taken.
        """
        self.begun = False
        for fresh in (self._used == 0, True):
            smtp = self.open()
            self._used += 1
            try:
                sender = _return_path(self._sender, content, each=self._mail.verp)
                outcome = _envelope(smtp, sender, recipient, len(content))
                if outcome is None:
                    self.begun = True
                    outcome = _text(smtp, content, self._mail.timeout)
            except _Dropped:
                # Servers end idle sessions without a word; a second try on a new one is safe before the text.
                self._forget()
                if fresh:
                    return Outcome("temporary", "the server ended the session before the message's text")
                continue
            except (
                MailError,
                KeyboardInterrupt,
                SystemExit,
            ):  # the server may wait for a text, and take a QUIT for one
                self._forget()
                raise
            self._settle(smtp, outcome)
            return outcome
        raise AssertionError("unreachable: the second round always returns")

    def greet(self) -> Outcome:
        """What the server says to this sender. No message is begun: the sender is named and taken back.

        Raises as `connect` does, and MailRefused where the server takes nothing from this sender.
        """
        smtp = self.open()
        try:
            code, words = smtp.mail(self._sender.addr_spec)
            outcome = Outcome("accepted", _codes(code, words)) if code == 250 else _sender_turned_away(code, words)
            smtp.docmd("RSET")
        except (_Dropped, smtplib.SMTPException, OSError) as gone:
            self._forget()
            raise _silent(self._mail, type(gone).__name__) from gone
        return outcome

    def certificate_ends(self) -> dt.datetime | None:
        """When the server's certificate ends; None where the line is not encrypted."""
        sock = self.open().sock
        found = sock.getpeercert() if isinstance(sock, ssl.SSLSocket) else None
        ends = (found or {}).get("notAfter")
        return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), dt.UTC) if isinstance(ends, str) else None

    def _settle(self, smtp: smtplib.SMTP, outcome: Outcome) -> None:
        if outcome.kind == "accepted":
            return
        try:
            answer = smtp.docmd("RSET")[0] if outcome.kind != "unknown" else -1
        except (smtplib.SMTPException, OSError):
            answer = -1
        if answer != 250:
            self._forget()

    def _forget(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _return_path(sender: Address, content: bytes, *, each: bool) -> str:
    """The address that a bounce of this message goes to: with `each`, one that names it (`bounces+…@`)."""
    found = _IDENTIFIER.search(content.partition(b"\r\n\r\n")[0]) if each else None
    return f"{sender.username}+{found[1].decode()}@{sender.domain}" if found else sender.addr_spec


def _open(mail: Mail, password: str | None) -> smtplib.SMTP:
    try:
        smtp = _greeted(mail)
    except ssl.SSLCertVerificationError as wrong:
        raise MailRefused(_certificate(mail)) from wrong
    except smtplib.SMTPConnectError as answer:
        raise _turned_away("greeting", answer.smtp_code, mail) from answer
    except (OSError, smtplib.SMTPException) as silent:
        raise _silent(mail, type(silent).__name__) from silent
    try:
        _secure(smtp, mail)
        _log_in(smtp, mail, password)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _greeted(mail: Mail) -> smtplib.SMTP:
    # smtplib would look its own name up in the DNS, which can take seconds; a server here asks for none.
    name = "localhost" if _here(mail.host) else None
    if mail.security == "tls":
        context = ssl.create_default_context(cafile=mail.ca_bundle)
        return smtplib.SMTP_SSL(mail.host, mail.port, local_hostname=name, timeout=mail.timeout, context=context)
    return smtplib.SMTP(mail.host, mail.port, local_hostname=name, timeout=mail.timeout)


def _secure(smtp: smtplib.SMTP, mail: Mail) -> None:
    try:
        smtp.ehlo_or_helo_if_needed()
        if mail.security != "starttls":
            return
        code, _ = smtp.starttls(context=ssl.create_default_context(cafile=mail.ca_bundle))
        if code != 220:
            raise _turned_away("STARTTLS", code, mail)
        smtp.ehlo_or_helo_if_needed()
    except ssl.SSLCertVerificationError as wrong:
        raise MailRefused(_certificate(mail)) from wrong
    except smtplib.SMTPNotSupportedError as missing:
        raise MailRefused(
            f"The mail server {mail.host} offers no encryption (STARTTLS), so nothing was sent. "
            "Ask its administrator, or set mail.security to tls and mail.port to 465."
        ) from missing
    except smtplib.SMTPResponseException as answer:
        raise _turned_away("STARTTLS" if mail.security == "starttls" else "EHLO", answer.smtp_code, mail) from answer
    except (OSError, smtplib.SMTPException) as silent:
        raise _silent(mail, type(silent).__name__) from silent


def _log_in(smtp: smtplib.SMTP, mail: Mail, password: str | None) -> None:
    if mail.user is None:
        return
    try:
        smtp.login(mail.user, password or "")
    except smtplib.SMTPResponseException as answer:
        # Refusals can repeat what was tried, so no word of theirs goes on.
        raise _turned_away("AUTH", answer.smtp_code, mail) from None
    except smtplib.SMTPServerDisconnected as silent:
        raise _silent(mail, type(silent).__name__) from None
    except smtplib.SMTPException:
        raise MailRefused(
            f"The mail server {mail.host} offers no way to log in that we know, so nothing was sent. Leave mail.user "
            "out if it asks for no login."
        ) from None


def _envelope(smtp: smtplib.SMTP, sender: str, recipient: str, size: int) -> Outcome | None:
    """None when the server waits for the text; else why not. Nothing has been handed over when this ends or raises."""
    try:
        answers = _answers(smtp, sender, recipient, f"size={size}" if smtp.has_extn("size") else "")
    except (smtplib.SMTPException, OSError) as gone:
        raise _Dropped from gone
    refusal = _first_refusal(answers)
    if refusal and answers[-1][0] == 354:  # to DATA after a no
        smtp.close()  # it waits for a text all the same, and would take the next command for one
    return refusal


def _answers(smtp: smtplib.SMTP, sender: str, recipient: str, size: str) -> list[tuple[int, bytes]]:
    """What the server says to MAIL, RCPT and DATA, up to the first no.

    Where it can be asked all at once (RFC 2920) it is, and answers all: of a server far away each message then costs
    one journey in place of three.
    """
    if not smtp.has_extn("pipelining"):
        answers = [smtp.mail(sender, [size] if size else [])]
        if answers[0][0] == 250:
            answers.append(smtp.rcpt(recipient))
            if 200 <= answers[1][0] < 300:
                answers.append(smtp.docmd("DATA"))
        return answers
    mail = f"MAIL FROM:{smtplib.quoteaddr(sender)} {size}".rstrip()
    rcpt = f"RCPT TO:{smtplib.quoteaddr(recipient)}"
    if any(end in mail + rcpt for end in "\r\n"):
        raise ValueError("an address with a line break in it")
    smtp.send(f"{mail}\r\n{rcpt}\r\nDATA\r\n")
    answers = []
    while len(answers) < 3:
        try:
            answers.append(smtp.getreply())
        except (smtplib.SMTPException, OSError):
            if answers and answers[-1][0] >= 400:
                break  # it has said no and gone
            raise
    return answers


def _first_refusal(answers: list[tuple[int, bytes]]) -> Outcome | None:
    for step, (code, words) in zip(("MAIL", "RCPT", "DATA"), answers, strict=False):
        if step == "MAIL" and code != 250:
            return _sender_turned_away(code, words)
        if (step == "RCPT" and not 200 <= code < 300) or (step == "DATA" and code != 354):
            return _refusal(step, code, words)
    return None


def _text(smtp: smtplib.SMTP, content: bytes, timeout: float) -> Outcome:
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    try:
        smtp.send(_transparent(ended) + b".\r\n")
        if smtp.sock is not None:
            smtp.sock.settimeout(timeout * _VERDICT_WAIT)
        code, words = smtp.getreply()
        if smtp.sock is not None:
            smtp.sock.settimeout(timeout)
    except (smtplib.SMTPException, OSError):
        return Outcome("unknown", "the line broke after the message's text was sent: it may or may not have arrived")
    if 200 <= code < 300:
        return Outcome("accepted", _codes(code, words))
    if 400 <= code < 600:
        return _refusal("the message's text", code, words)
    return Outcome("unknown", f"the server answered the message's text with {code}, which says neither yes nor no")


def _transparent(content: bytes) -> bytes:
    """The content with the point at the beginning of a line doubled (RFC 5321 §4.5.2): one alone would be the end."""
    doubled = content.replace(b"\n.", b"\n..")
    return b"." + doubled if content.startswith(b".") else doubled


def _sender_turned_away(code: int, words: bytes) -> Outcome:
    """A refusal of MAIL: for a while, for its size, or, raised, for the sender and so for every message alike."""
    if 400 <= code < 500 or code == 552:
        return _refusal("MAIL", code, words)
    if 500 <= code < 600:
        raise MailRefused(
            f"The mail server takes no mail from this sender ({_codes(code, words)}), so nothing more was sent. "
            "Check mail.sender, mail.bounce and mail.user, then run: breakthrough send"
        )
    raise _Dropped


def _refusal(step: str, code: int, words: bytes) -> Outcome:
    if 500 <= code < 600:
        return Outcome("permanent", f"refused for good at {step}: {_codes(code, words)}")
    return Outcome("temporary", f"put off at {step}: {_codes(code, words)}")


def _codes(code: int, words: bytes) -> str:
    found = _ENHANCED.match(words)
    return f"{code} {found[0].decode()}" if found else str(code)


def _turned_away(step: str, code: int, mail: Mail) -> MailError:
    if 400 <= code < 500:
        return MailUnreachable(
            f"The mail server {mail.host} put us off at {step} ({code}). Nothing was lost: it is tried again later."
        )
    if not 500 <= code < 600:
        return _silent(mail, f"{step}: {code}")
    remedy = "Check mail.user and the secret that mail.password names" if step == "AUTH" else "Ask its administrator"
    return MailRefused(f"The mail server {mail.host} refused us at {step} ({code}), so nothing was sent. {remedy}.")


def _silent(mail: Mail, why: str) -> MailUnreachable:
    return MailUnreachable(
        f"The mail server {mail.host}, port {mail.port}, does not answer as one ({why}). Nothing was "
        "lost: check mail.host, mail.port and mail.security, or wait, then run: breakthrough send"
    )


def _certificate(mail: Mail) -> str:
    return (
        f"The certificate of the mail server {mail.host} cannot be trusted, so nothing was sent. Where an authority of "
        "your institution signed it, name that authority's file under mail.ca_bundle."
    )


def _here(host: str) -> bool:
    return is_loopback(f"smtp://[{host}]" if ":" in host else f"smtp://{host}")
