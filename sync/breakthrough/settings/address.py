"""Tells this computer's own addresses from all others."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback(url: str) -> bool:
    """Whether the URL leads to this computer itself."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # half an IPv6 address
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
