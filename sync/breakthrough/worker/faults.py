"""Exceptions in the log, without what they may carry: values of fields, addresses, a statement's parameters."""

from __future__ import annotations

import logging
import traceback

from breakthrough.errors import BreakthroughError


def record(log: logging.Logger, job: str, error: BaseException) -> None:
    """Logs that a job failed: our own errors in their words, any other by its kind and the lines it came through."""
    if isinstance(error, BreakthroughError):
        log.error("%s failed: %s", job, error)
        return
    way = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in _frames(error))
    log.error("%s failed unexpectedly, which is a fault of this program: %s at %s", job, type(error).__name__, way)


def said(error: BaseException) -> str:
    """What may be told of it outside the log: our own errors' words, of any other its kind."""
    return str(error) if isinstance(error, BreakthroughError) else f"{type(error).__name__}, a fault of this program"


def _frames(error: BaseException) -> list[traceback.FrameSummary]:
    return list(reversed(traceback.extract_tb(error.__traceback__)))[:8]
