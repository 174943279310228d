"""The DKIM signature of a mail (RFC 6376), by which receivers know that the sender's domain stands behind it.

It is put on when the mail is written, so that what is archived is what is sent; its time is the mail's own, so that the
same mail has the same bytes whenever it is written again.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from breakthrough.errors import SettingInvalid, TokenMissing
from breakthrough.settings import Dkim, Secret

# One more than there is of those that a forger would add a second of; receivers show the first or the last.
_SIGNED = (
    *("from", "from", "to", "to", "subject", "subject", "date", "date", "reply-to", "message-id"),
    *("list-id", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted"),
    *("mime-version", "content-type", "content-type"),
)


@dataclass(frozen=True, slots=True)
class Signer:
    """A domain's key, found by receivers in the DNS under `selector._domainkey.domain`."""

    domain: str
    selector: str
    key: Secret  # an RSA private key in PEM

    def signed(self, mail: bytes, date: dt.datetime) -> bytes:
        """The mail with its signature in front. `date` is aware. Raises TokenMissing where the key is none."""
        dkim = _library()
        at = str(int(date.timestamp())).encode()

        class Dated(dkim.DKIM):  # type: ignore[misc, name-defined]  # the library would write the time of the clock
            def gen_header(self, fields: list[tuple[bytes, bytes]], *others: Any, **named: Any) -> bytes:
                dated = [(name, at if name == b"t" else value) for name, value in fields]
                written: bytes = super().gen_header(dated, *others, **named)
                return written

        try:
            header: bytes = Dated(mail).sign(
                self.selector.encode(),
                self.domain.encode(),
                str.encode(self.key),
                # a relay may fold headers anew, but no relay changes the body of what is quoted-printable and base64
                canonicalize=(b"relaxed", b"simple"),
                include_headers=[name.encode() for name in _SIGNED],
            )
        except dkim.KeyFormatError:
            raise TokenMissing(
                "The secret that mail.dkim.key names is no RSA private key in PEM, so no mail can be signed. Make one: "
                "openssl genrsa -out secrets/dkim.pem 2048"
            ) from None
        return header + mail


def signer(settings: Dkim, key: Secret, sender: Address) -> Signer:
    """The signer of a sender's mails. Raises SettingInvalid where its domain could not speak for the sender's."""
    domain = settings.domain.lower()
    if sender.domain != domain and not sender.domain.endswith(f".{domain}"):
        raise SettingInvalid(
            f"mail.dkim.domain is {domain}, and mail.sender is at {sender.domain}, so receivers would count the "
            "signature as another's. Write the sender's domain, or one that it ends with."
        )
    return Signer(domain, settings.selector, key)


def _library() -> Any:
    try:
        import dkim  # noqa: PLC0415 (an extra: most relays sign by themselves)
    except ImportError:
        raise SettingInvalid(
            "mail.dkim is set, and the package that signs mails is not installed. Run: pip install "
            "'redcap-breakthrough[dkim]', or take mail.dkim out where the mail server signs."
        ) from None
    return dkim
