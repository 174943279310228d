"""The mail side of breakthrough.yaml: server, sender, signature, where bounces come back, how readers unsubscribe."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from breakthrough.configfile import Misplaced, Model
from breakthrough.settings.secrets import Reference


class Dkim(Model):
    """The signature by which receivers know that a mail is the institution's: `selector._domainkey.domain` in DNS."""

    domain: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")]
    selector: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*$")]
    key: Reference  # an RSA private key in PEM


class Imap(Model):
    """A mailbox that is read over IMAP, always encrypted."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    user: str
    password: Reference
    folder: str = "INBOX"
    ca_bundle: str | None = None


class Bounces(Model):
    """Where mail to the envelope sender is read: a maildir on this computer, or a mailbox over IMAP."""

    maildir: str | None = None
    imap: Imap | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.maildir is None) == (self.imap is None):
            raise ValueError("name where bounces are read: either maildir or imap, one of the two.")
        return self


class Mail(Model):
    """The mail server and the sender. The reply address is the collaborative's coordinator."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: Reference | None = None
    sender: str  # Name <address>
    bounce: str | None = None  # envelope sender, where it differs
    verp: bool = False  # a bounce address of its own for each mail: bounces+…@
    ca_bundle: str | None = None
    timeout: Annotated[float, Field(gt=0, le=120)] = 60  # ten times that for a verdict, within the outbox's lease
    per_minute: Annotated[int, Field(ge=1)] | None = None  # the most mails that the server may be given
    per_hour: Annotated[int, Field(ge=1)] | None = None
    dkim: Dkim | None = None
    bounces: Bounces | None = None
    unsubscribe_url: Annotated[str, Field(pattern=r"^https://[!-;=?-~]+$", max_length=300)] | None = None
    unsubscribe_key: Reference | None = None

    @model_validator(mode="after")
    def _together(self) -> Self:
        wrong: list[tuple[tuple[str, ...], str]] = []
        if self.bounce is None:
            wrong += [
                ((name,), f"'{name}' needs 'bounce': the address that bounces come back to. Add it.")
                for name in ("verp", "bounces")
                if getattr(self, name)
            ]
        if self.unsubscribe_url and not self.unsubscribe_key:
            wrong.append(
                (("unsubscribe_url",), "it needs 'unsubscribe_key': where the secret is kept that signs its links.")
            )
        if wrong:
            raise Misplaced(wrong)
        return self
