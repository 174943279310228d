"""The sender's domain in the DNS: SPF, DKIM and DMARC, by which receivers tell our mail from forged mail.

It is advice: what receivers do with it is theirs, and a DNS that cannot be asked from here is no fault.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping

from breakthrough.delivery import addresses
from breakthrough.settings import Mail
from breakthrough.worker.checks.finding import EXAMPLE, Finding, Now
from breakthrough.worker.checks.names import Ask, Kind, Unresolved, asking
from breakthrough.worker.checks.spf import spf
from breakthrough.worker.deployment import Deployment

_ANY: tuple[Kind, ...] = ("TXT", "MX", "A", "AAAA")
_SHORT = 200  # bytes of an RSA key of 1024 bits in DER come to 162, of 2048 bits to 294
_SENDER = "Write your institution's own under mail.sender in breakthrough.yaml."
_POLICIES = {
    "none": "receivers are asked to do nothing",
    "quarantine": "what fails goes to spam",
    "reject": "what fails is turned away",
}


def domain(here: Deployment, now: Now) -> Iterator[Finding]:
    """How it stands with the domain that mails are sent from. Raises MailError where the sender is no address."""
    del now
    if here.settings.mail and not addresses.sender(here.settings.mail.sender).domain.endswith(EXAMPLE):
        yield from advice(here.settings.mail)
    else:
        yield Finding("unknown", "domain", "It is not known yet which domain mails are sent from.", _SENDER)


def advice(mail: Mail, ask: Ask | None = None) -> Iterator[Finding]:
    """The same of these settings; `ask` is how the DNS is asked, else as this computer does."""
    sender = addresses.sender(mail.sender).domain
    envelope = addresses.sender(mail.bounce).domain if mail.bounce else sender
    dkim = getattr(mail, "dkim", None)
    try:
        ask = ask or asking()
        if not any(ask(sender, kind) for kind in _ANY):
            yield Finding(
                "unknown",
                "domain",
                f"The DNS that this computer asks knows nothing of {sender}.",
                "See that mail.sender is spelled right; if it is, look the domain up from a computer outside.",
            )
            return
        yield from spf(envelope, ask)
        if dkim:
            yield from key(dkim.domain, dkim.selector, ask)
        yield from dmarc(sender, ask)
        yield from answered(envelope, ask)
    except Unresolved:
        yield Finding(
            "unknown",
            "domain",
            f"The DNS of {sender} could not be looked up from here.",
            "Where this computer has no DNS, look it up from another one; nothing here depends on it.",
        )


def key(domain: str, selector: str, ask: Ask) -> Iterator[Finding]:
    """What is to be said of the public key that our signatures (DKIM) are checked with. Raises Unresolved."""
    name = f"{selector}._domainkey.{domain}"
    found = [one for one in ask(name, "TXT") if "p=" in one]
    tell = f"Give whoever keeps the DNS of {domain} the public half of the key that mail.dkim names, for {name}."
    if len(found) != 1:
        there = "no DKIM key" if not found else f"{len(found)} DKIM keys, which receivers take none of"
        yield Finding("wrong", "domain", f"{name} has {there}, so that our signatures prove nothing.", tell)
        return
    tags = _tags(found[0])
    try:
        public = base64.b64decode("".join(tags.get("p", "").split()), validate=True)
    except binascii.Error:
        yield Finding("wrong", "domain", f"The DKIM key at {name} is damaged (p= is no base64).", tell)
        return
    if not public:
        yield Finding("wrong", "domain", f"The DKIM key at {name} was taken back (p= is blank).", tell)
    elif tags.get("k", "rsa") == "rsa" and len(public) < _SHORT:
        yield Finding(
            "advice",
            "domain",
            f"The DKIM key at {name} is short; many receivers want 2048 bits.",
            "Make a new one of 2048 bits, under another selector.",
        )
    else:
        yield Finding("good", "domain", f"{name} has a DKIM key.")


def dmarc(domain: str, ask: Ask) -> Iterator[Finding]:
    """What is to be said of the domain's DMARC policy, or of one above that it falls under. Raises Unresolved."""
    for name in _above(domain):
        found = [one for one in ask(f"_dmarc.{name}", "TXT") if one.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(found) > 1:
            yield Finding(
                "wrong",
                "domain",
                f"_dmarc.{name} has {len(found)} DMARC records. Receivers then take none of them.",
                "Ask whoever keeps its DNS to make one of them.",
            )
            return
        if found:
            tags = _tags(found[0])
            policy = (tags.get("sp") if name != domain else None) or tags.get("p", "")
            yield _policy(name, policy.lower())
            return
    yield Finding(
        "advice",
        "domain",
        f"{domain} has no DMARC policy; large mail providers ask for one.",
        f'Ask whoever keeps its DNS to begin with "v=DMARC1; p=none" at _dmarc.{domain}.',
    )


def _policy(name: str, policy: str) -> Finding:
    if policy not in _POLICIES:
        return Finding(
            "wrong",
            "domain",
            f"The DMARC record of {name} has no policy that receivers know.",
            "Ask whoever keeps its DNS to write p=none, p=quarantine or p=reject.",
        )
    return Finding("good", "domain", f"{name} has a DMARC policy: {_POLICIES[policy]} (p={policy}).")


def answered(domain: str, ask: Ask) -> Iterator[Finding]:
    """Whether mail to the envelope's domain, such as a report that it did not arrive, can be delivered."""
    servers = ask(domain, "MX")
    if any(one.split()[-1] == "." for one in servers):
        yield Finding(
            "advice",
            "domain",
            f"{domain} says that it takes no mail, so that nobody learns of mails that did not arrive.",
            "Name an address under mail.bounce that takes mail.",
        )
    elif not servers and not ask(domain, "A") and not ask(domain, "AAAA"):
        yield Finding(
            "wrong",
            "domain",
            f"{domain} has no mail server and no address: many receivers turn away what is sent from it.",
            "See that mail.sender and mail.bounce name your institution's own domain.",
        )


def _above(domain: str) -> Iterator[str]:
    """The domain, and those above it that more than a registry may keep."""
    labels = domain.split(".")
    for at in range(max(1, len(labels) - 1)):
        yield ".".join(labels[at:])


def _tags(record: str) -> Mapping[str, str]:
    """`v=DMARC1; p=none` as a mapping."""
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
