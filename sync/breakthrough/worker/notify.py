"""Tells systemd how the service is: one datagram to the socket that the environment names, as sd_notify(3) says."""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)


def notify(environment: Mapping[str, str], state: str) -> None:
    """Sends `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…`; does nothing where systemd did not ask for it."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
            found.connect("\0" + address[1:] if address.startswith("@") else address)
            found.send(state.encode())
    except OSError as error:  # then systemd ends us as one that hangs, and starts us anew
        log.warning("systemd could not be told '%s': %s", state.partition("=")[0], error.strerror)
