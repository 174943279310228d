"""What makes a mail the same mail: the name under which the outbox knows it, and its Message-ID."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import quote, unquote

from breakthrough.delivery import addresses
from breakthrough.month import Month


@dataclass(frozen=True, slots=True)
class Key:
    """Collaborative × report × subject × month × revision × recipient: each mail goes out once under it.

    `subject` is a team's or a coach's code; `recipient` an address, of which capitals make no difference.
    """

    collaborative: str
    report: str
    subject: str
    month: Month
    revision: int
    recipient: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "recipient", addresses.same(self.recipient))

    def __str__(self) -> str:
        """`absenteeism/team/T003/2026-03/r0/rachel@example.org`: as the outbox holds it and people type it."""
        return f"{self.edition}/{quote(self.recipient, safe='@+')}"

    @property
    def edition(self) -> str:
        """The key without the recipient: fit for a log."""
        parts = (self.collaborative, self.report, self.subject, str(self.month), f"r{self.revision}")
        return "/".join(quote(part, safe=" ") for part in parts)

    def message_id(self, domain: str) -> str:
        """`<…@domain>`, the same whenever it is asked for: a mail sent again after a doubt is known as the same one."""
        return f"<{hashlib.sha256(str(self).encode()).hexdigest()[:32]}@{domain}>"

    @classmethod
    def read(cls, text: str) -> Key:
        """The key that was written so. Raises ValueError."""
        collaborative, report, subject, month, revision, recipient = map(unquote, text.split("/"))
        if not revision.startswith("r"):
            raise ValueError(f"'{revision}' is not a revision; it is written r0, r1 …")
        return cls(collaborative, report, subject, Month(month), int(revision[1:]), recipient)
