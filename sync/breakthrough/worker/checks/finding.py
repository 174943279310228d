"""What a check found: how it stands with one thing, in a sentence, and what to do where something is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from breakthrough.worker.deployment import Deployment

EXAMPLE = "example.org"  # the domain of what a new deployment folder names, which is nobody's

Level = Literal["good", "advice", "wrong", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is the check's own name; no token, address or value of a field is in `said` or `remedy`.

    `wrong` keeps mails from going out, or lets more be seen than should be; `advice` would be better otherwise;
    `unknown` could not be looked at from here.
    """

    level: Level
    subject: str
    said: str
    remedy: str = ""


Now = Callable[[], dt.datetime]
Check = Callable[[Deployment, Now], Iterator[Finding]]
