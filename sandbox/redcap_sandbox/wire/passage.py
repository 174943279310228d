"""How an answer gets to the client when the way is bad."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """The way an answer goes; by itself the good one. Seconds may be infinite: as long as the client stays.

    A body that breaks off raises ConnectionAbortedError where it does; the connection then ends.
    """

    delay: float = 0.0  # seconds of silence before the first byte
    skew: float = 0.0  # seconds by which the Date header is fast
    head: bool = True  # without it not a byte is sent
    length: int | None = None  # the Content-Length of a body in pieces, which else are sent as chunks
    framed: bool = True  # without it only the end of the connection tells where the body ends
    hold: float = 0.0  # seconds of silence after the last byte, before the connection ends
    reset: bool = False  # the connection ends as when a firewall kills it

    @property
    def ends(self) -> bool:
        """Whether the connection ends with the answer."""
        return not self.head or not self.framed or self.hold > 0 or self.reset


GOOD = Passage()
