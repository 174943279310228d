"""The dead man's switch: an address that is fetched after each round in which all went well.

Who watches it sees when it is not, whatever the reason: a computer that is off can tell nobody.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import requests

log = logging.getLogger(__name__)

_PATIENCE = (3.05, 5)  # seconds to connect, and to wait for each part of the answer


def ping(url: str) -> bool:
    """Whether the address was fetched. It may be a secret, so of what went wrong only server and kind are logged."""
    try:
        # of the answer nothing is read but its first line
        with requests.get(url, timeout=_PATIENCE, allow_redirects=False, stream=True) as answer:
            if answer.status_code < 300:
                return True
            what = f"status {answer.status_code}"
    except (requests.RequestException, ValueError) as error:
        what = type(error).__name__
    log.warning("schedule.ping_url at %s could not be fetched: %s", urlsplit(url).hostname, what)
    return False
