"""What the DNS says of a domain, or that it cannot be asked from here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import dns.exception
import dns.resolver

Kind = Literal["TXT", "MX", "A", "AAAA"]
Ask = Callable[[str, Kind], tuple[str, ...]]

_PATIENCE = 3.0  # seconds for a name, all servers together
_EACH = 1.5


class Unresolved(Exception):
    """The DNS gave no answer, neither yes nor no."""


@dataclass(frozen=True, slots=True)
class Servers:
    """Which servers to ask; none named are those that this computer is set up with."""

    addresses: tuple[str, ...] = ()
    port: int = 53


def asking(servers: Servers | None = None) -> Ask:
    """A function that tells the records of a name, () for none. It raises Unresolved where there is no answer.

    The parts of a text are joined, as RFC 7208 §3.3 asks.
    """
    try:
        resolver = dns.resolver.Resolver(configure=servers is None)
    except dns.exception.DNSException as unset:
        raise Unresolved from unset
    if servers:
        resolver.nameservers, resolver.port = list(servers.addresses), servers.port
    resolver.lifetime, resolver.timeout = _PATIENCE, _EACH

    def ask(name: str, kind: Kind) -> tuple[str, ...]:
        try:
            found = resolver.resolve(f"{name}.", kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError) as silent:
            raise Unresolved from silent
        if kind == "TXT":
            return tuple(b"".join(record.strings).decode("utf-8", "replace") for record in found)
        return tuple(record.to_text() for record in found)

    return ask
