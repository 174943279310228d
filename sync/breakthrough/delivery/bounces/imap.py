"""A folder of an IMAP server as a box of messages that came back. Always encrypted, the certificate always checked."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from breakthrough.delivery.bounces.notice import MOST
from breakthrough.errors import MailRefused, MailUnreachable
from breakthrough.settings import Imap, Secret


@dataclass(frozen=True, slots=True)
class Box:
    """The folder of an open session."""

    session: imaplib.IMAP4
    host: str

    def unread(self) -> Iterator[tuple[str, bytes]]:
        """Each message without the flag Seen, by its UID. Raises MailRefused, MailUnreachable."""
        with _told(self.host):
            _, found = self.session.uid("SEARCH", "UNSEEN")
        for number in found[0].split() if found and found[0] else ():
            name = number.decode()
            with _told(self.host):
                _, answer = self.session.uid("FETCH", name, f"(BODY.PEEK[]<0.{MOST}>)")
            content = next((part[1] for part in answer if isinstance(part, tuple)), None)
            if content is not None:  # another reader may have removed it
                yield name, content

    def done(self, name: str) -> None:
        """Sets the flag Seen. Raises MailRefused, MailUnreachable."""
        with _told(self.host):
            self.session.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)")


@contextmanager
def opened(settings: Imap, password: Secret, timeout: float) -> Iterator[Box]:
    """The folder, for the block's time.

    Raises MailRefused for a certificate, a login or a folder that is not there, MailUnreachable where nobody answers.
    """
    context = ssl.create_default_context(cafile=settings.ca_bundle)
    with _told(settings.host):
        session = imaplib.IMAP4_SSL(settings.host, settings.port, ssl_context=context, timeout=timeout)
    try:
        _begin(session, settings, password)
        yield Box(session, settings.host)
    finally:
        with suppress(imaplib.IMAP4.error, OSError):
            session.logout()


def _begin(session: imaplib.IMAP4, settings: Imap, password: Secret) -> None:
    with _told(settings.host):
        try:
            session.login(settings.user, password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:  # its text can repeat what was tried
            raise MailRefused(
                f"The IMAP server {settings.host} refused the login, so bounces are not seen. Check "
                "mail.bounces.imap.user and the secret that its password names."
            ) from None
        quoted = settings.folder.replace("\\", r"\\").replace('"', r"\"")
        if session.select(f'"{quoted}"')[0] != "OK":
            raise MailRefused(
                f"The IMAP server {settings.host} has no folder '{settings.folder}' for this user, so bounces are not "
                "seen. Correct mail.bounces.imap.folder."
            )


@contextmanager
def _told(host: str) -> Iterator[None]:
    """Tells failures in our words."""
    try:
        yield
    except ssl.SSLCertVerificationError as wrong:
        raise MailRefused(
            f"The certificate of the IMAP server {host} cannot be trusted, so bounces are not seen. Where an authority "
            "of your institution signed it, name that authority's file under mail.bounces.imap.ca_bundle."
        ) from wrong
    except (OSError, imaplib.IMAP4.error) as silent:
        raise MailUnreachable(
            f"The IMAP server {host} does not answer as one ({type(silent).__name__}). Nothing was lost: bounces are "
            "read the next time."
        ) from silent
