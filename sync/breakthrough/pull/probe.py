"""What a pull finds out before it asks for a record: which project it is, how it is designed, what time it is there."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from breakthrough.errors import AuthFailed, Refused
from breakthrough.pull import need as needs
from breakthrough.pull import window
from breakthrough.pull.need import Need, Request
from breakthrough.redcap.client import Client
from breakthrough.redcap.shapes import Layout
from breakthrough.store.projects import Design


@dataclass(frozen=True, slots=True)
class Probe:
    """A project as it is now. `server_now` is the server's clock, in UTC, before anything was asked for.

    `groups` are the unique names of its data access groups, None where the token's user may not see them. `designed` is
    its design as the store keeps it; `design` a digest over all that decides what an export looks like: when it
    changes, everything is read anew.
    """

    server: str
    number: int
    version: str
    in_production: bool
    server_now: dt.datetime
    dictionary: Sequence[Mapping[str, str]]
    layout: Layout
    request: Request
    groups: frozenset[str] | None
    designed: Design
    design: str

    @property
    def designated(self) -> frozenset[tuple[str, str]] | None:
        """The forms of each event, as (event, form); None where the project is not longitudinal."""
        events = self.designed.events
        return None if events is None else frozenset((event, form) for event, forms in events.items() for form in forms)


def probe(
    client: Client, need: Need | None, at: Callable[[], dt.datetime], most_skew: dt.timedelta | None = window.SKEW
) -> Probe:
    """The project behind the client. `most_skew` None leaves the clocks uncompared, as on this computer itself.

    Raises Refused where the server's clock is wrong by more, SettingInvalid for an identifier that is needed without a
    reason, and any RedcapError of the client.
    """
    before = at()
    version = client.version()
    after = at()
    server_now = client.server_time or before
    if most_skew is not None:
        window.require_same_time(window.skew(server_now.replace(microsecond=0), before, after), most_skew)
    info = client.info()
    dictionary = client.metadata()
    groups = _groups(client)
    request = needs.request(need, dictionary)
    longitudinal = bool(info.get("is_longitudinal"))
    design: dict[str, Any] = {
        "dictionary": dictionary,
        "asked": None if request.asked is None else sorted(request.asked),
        "arms": client.arms() if longitudinal else [],
        "events": client.events() if longitudinal else [],
        "mapping": client.mapping() if longitudinal else [],
        "repeating": client.repeating() if info.get("has_repeating_instruments_or_events") else [],
        "groups": None if groups is None else sorted(groups),
    }
    return Probe(
        server=client.url,
        number=int(info["project_id"]),
        version=version,
        in_production=bool(info.get("in_production")),
        server_now=server_now,
        dictionary=dictionary,
        layout=Layout.of(dictionary),
        request=request,
        groups=groups,
        designed=Design(
            dictionary,
            request.asked,
            _events(design["events"], design["mapping"]),
            _codes(str(info.get("missing_data_codes") or "")),
        ),
        design=_digest(design),
    )


def _groups(client: Client) -> frozenset[str] | None:
    try:
        return frozenset(str(row["unique_group_name"]) for row in client.dags())
    except AuthFailed:
        raise
    except Refused:  # the right to see groups is not needed for anything else
        return None


def _events(
    events: Sequence[Mapping[str, str]], mapping: Sequence[Mapping[str, str]]
) -> dict[str, tuple[str, ...]] | None:
    """The forms of each event, in REDCap's order; None where no event has a form, so that the project has none."""
    forms: dict[str, list[str]] = {row["unique_event_name"]: [] for row in events}
    for row in mapping:
        forms.setdefault(row["unique_event_name"], []).append(row["form"])
    return {event: tuple(names) for event, names in forms.items()} if mapping else None


def _codes(text: str) -> frozenset[str]:
    """The codes of `-9, Unknown | -8, Refused`, or of the same on lines."""
    parts = re.split(r"[\n|]", text)
    return frozenset(code for part in parts if (code := part.partition(",")[0].strip()))


def _digest(design: Mapping[str, Any]) -> str:
    return hashlib.sha256(orjson.dumps(design, option=orjson.OPT_SORT_KEYS)).hexdigest()
