"""The faults, each with what it needs to know: the rules of a faults file by their `kind`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redcap_sandbox.faults.rules import Numbers, Rule, Sometimes, check, check_numbers, check_wait

_LARGEST_SKEW = 3.2e8  # seconds: about ten years


@dataclass(frozen=True, kw_only=True)
class Instead(Sometimes):
    """A rule whose fault takes the place of the answer; `carried_out` tells whether the call is done all the same."""

    carried_out: bool = False


@dataclass(frozen=True, kw_only=True)
class Status(Instead):
    """A web server's or proxy's error page; with `message` REDCap's error body instead, in the format asked for."""

    kind = "status"
    status: int = 500
    message: str = ""
    retry_after: int | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check(400 <= self.status <= 599, "status must be between 400 and 599")
        check(self.retry_after is None or self.retry_after >= 0, "retry_after must be 0 or more seconds")


@dataclass(frozen=True, kw_only=True)
class Maintenance(Instead):
    """The page of a REDCap that was taken offline, as if it were a good answer."""

    kind = "maintenance"
    status: int = 200
    text: str = "REDCap is offline for maintenance. Please try again later."

    def __post_init__(self) -> None:
        super().__post_init__()
        check(200 <= self.status <= 599, "status must be between 200 and 599")


@dataclass(frozen=True, kw_only=True)
class Outage(Instead):
    """What REDCap says, with status 200, when its database is out of reach."""

    kind = "outage"


@dataclass(frozen=True, kw_only=True)
class Memory(Instead):
    """REDCap out of memory: PHP's fatal error (unless not `fatal`), then REDCap's message about it."""

    kind = "memory"
    status: int = 200
    fatal: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check(200 <= self.status <= 599, "status must be between 200 and 599")


@dataclass(frozen=True, kw_only=True)
class Empty(Instead):
    """Status 200 and not a byte of body."""

    kind = "empty"


@dataclass(frozen=True, kw_only=True)
class Drop(Instead):
    """The connection ends without a byte; with `reset` as when a firewall kills it."""

    kind = "drop"
    reset: bool = False


@dataclass(frozen=True, kw_only=True)
class Hang(Instead):
    """Not a byte for so many seconds, then the connection ends; without a number it lasts as long as the client."""

    kind = "hang"
    seconds: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_wait(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Forbidden(Sometimes):
    """REDCap's one answer to a wrong token, an expired user and one without API rights."""

    kind = "forbidden"


@dataclass(frozen=True, kw_only=True)
class Ban(Rule):
    """More than `calls` within a minute, and for so many seconds every call, whatever its content, is turned away.

    Without `seconds` it lasts until the rules are replaced, as REDCap's lasts until an administrator lifts it. All
    clients of a sandbox are on one computer: to it they are one address.
    """

    kind = "ban"
    calls: int = 600
    seconds: float | None = None
    status: int = 403

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self.calls >= 0, "calls must be 0 or more")
        check_wait(self.seconds)
        check(200 <= self.status <= 599, "status must be between 200 and 599")


@dataclass(frozen=True, kw_only=True)
class Latency(Sometimes):
    """So many seconds of silence before the answer. The call is carried out first, so it may succeed unseen."""

    kind = "latency"
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_wait(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Cut(Sometimes):
    """The body ends early: so many bytes of it are kept, or so many are lost.

    What was `announced` decides whether the client can notice: the `whole` length, `chunks` of which the last is
    missing, `nothing` but the end of the connection, or just what is `sent`.
    """

    kind = "cut"
    keep_bytes: int | None = None
    lose_bytes: int | None = None
    announced: Literal["whole", "chunks", "nothing", "sent"] = "whole"

    def __post_init__(self) -> None:
        super().__post_init__()
        one = (self.keep_bytes is None) != (self.lose_bytes is None)
        check(one, "one of keep_bytes and lose_bytes is needed, and not both")
        check(self.keep_bytes is None or self.keep_bytes >= 0, "keep_bytes must be 0 or more")
        check(self.lose_bytes is None or self.lose_bytes >= 1, "lose_bytes must be 1 or more")


@dataclass(frozen=True, kw_only=True)
class Stall(Sometimes):
    """After so many bytes of the body not one more for so many seconds, then the connection ends."""

    kind = "stall"
    after_bytes: int = 0
    seconds: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self.after_bytes >= 0, "after_bytes must be 0 or more")
        check_wait(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Charset(Sometimes):
    """The `body` in one encoding and the `header` claiming another; the header `none` claims none."""

    kind = "charset"
    body: str = "utf-8"
    header: str = "utf-8"

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            "".encode(self.body)
        except LookupError:
            raise ValueError(f"body: there is no text encoding {self.body!r}") from None
        check(self.header.isascii() and self.header.isprintable(), "header must be plain text")
        check((self.body, self.header) != ("utf-8", "utf-8"), "body or header must be something else than utf-8")


@dataclass(frozen=True, kw_only=True)
class Skew(Sometimes):
    """The server's clock is so many seconds fast, or slow if fewer than 0; its `Date` header too."""

    kind = "skew"
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check(abs(self.seconds) <= _LARGEST_SKEW, "seconds must be within ten years")


@dataclass(frozen=True, kw_only=True)
class Lag(Sometimes):
    """A call that only reads is answered by a replica, from what was stored so many seconds ago."""

    kind = "lag"
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        check_wait(self.seconds)


@dataclass(frozen=True, kw_only=True)
class Duplicates(Sometimes):
    """Some `rows` of an export, counted from 1, are sent twice in a row: each of them, or a random `share`."""

    kind = "duplicates"
    rows: Numbers = 1
    share: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_numbers(self.rows, "rows")
        check(0 <= self.share <= 1, "share must be between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class Omission(Sometimes):
    """Unknown names in `fields` and `forms`, and unknown columns of a record import, are passed over in silence."""

    kind = "omission"


KINDS: dict[str, type[Rule]] = {
    kind.kind: kind
    for kind in (
        *(Latency, Status, Maintenance, Outage, Memory, Empty, Cut, Stall, Charset, Drop, Hang, Forbidden, Ban),
        *(Skew, Lag, Duplicates, Omission),
    )
}
