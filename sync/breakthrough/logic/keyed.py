"""Reads a record and its setting from one flat mapping: the form examples are written in, and form pages keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from breakthrough.logic.record import Record
from breakthrough.logic.setting import Setting


def read(values: Mapping[str, Any], clock: datetime) -> tuple[Record, Setting]:
    """The record and the setting that the mapping describes.

    Keys are those of `record`, and these of context: `$today`, `$now` (as REDCap stores them; else what `clock` says),
    `$event`, `$instance`, `$events` (unique names in order), `$missing_codes`, `$types` (field to validation type).
    """
    today, now = _clock(values, clock)
    record = Record(
        {key: None if value is None else str(value) for key, value in values.items() if not key.startswith("$")},
        event=str(values.get("$event") or ""),
        instance=int(values["$instance"]) if values.get("$instance") else None,
        events=tuple(values.get("$events") or ()),
    )
    return record, Setting(today, now, frozenset(values.get("$missing_codes") or ()), dict(values.get("$types") or {}))


def _clock(values: Mapping[str, Any], clock: datetime) -> tuple[date, datetime]:
    if "$now" in values:
        now = datetime.fromisoformat(str(values["$now"]))
        return date.fromisoformat(str(values["$today"])) if "$today" in values else now.date(), now
    if "$today" in values:
        today = date.fromisoformat(str(values["$today"]))
        return today, datetime.combine(today, time())
    return clock.date(), clock
