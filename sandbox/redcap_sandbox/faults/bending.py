"""What faults do to an answer that is on its way: rows doubled, text mis-encoded, body cut, silences, a wrong date."""

from __future__ import annotations

import codecs
import math
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from redcap_sandbox.faults import doubling
from redcap_sandbox.faults.kinds import Charset, Cut, Duplicates, Latency, Skew, Stall
from redcap_sandbox.faults.rules import Rule, holds
from redcap_sandbox.faults.striking import Strike
from redcap_sandbox.wire import answers
from redcap_sandbox.wire.answers import CONTENT_TYPES, Answer
from redcap_sandbox.wire.call import Call

# Rows are doubled before they are encoded, and encoded before they are cut, whatever the order of the rules.
ORDER: tuple[type[Rule], ...] = (Duplicates, Charset, Cut, Stall, Latency, Skew)
OF_PAGES = ORDER[1:]  # what came in place of the answer has no rows

_CHARSET = re.compile(r";\s*charset=[^;]*", re.IGNORECASE)
_TEXT = ("text/", "application/json")


def bent(answer: Answer, strike: Strike, asked: Call) -> Answer:
    """The answer as the strike leaves it; a rule that is not in ORDER leaves it as it is."""
    match strike.rule:
        case Duplicates() as rule:
            return _with_duplicates(answer, rule, Random(strike.seed), asked)  # noqa: S311  (chance, not secrecy)
        case Charset() as rule:
            return _misencoded(answer, rule)
        case Cut() as rule:
            return _cut(answer, rule)
        case Stall() as rule:
            pieces = _broken_off(_first(answers.pieces(answer), rule.after_bytes))
            hold = math.inf if rule.seconds is None else rule.seconds
            return _routed(replace(answer, body=pieces), length=_length(answer), hold=answer.passage.hold + hold)
        case Latency() as rule:
            return _routed(answer, delay=answer.passage.delay + rule.seconds)
        case Skew() as rule:
            return _routed(answer, skew=answer.passage.skew + rule.seconds)
        case _:
            return answer


def _routed(answer: Answer, **changes: Any) -> Answer:
    return replace(answer, passage=replace(answer.passage, **changes))


def _length(answer: Answer) -> int | None:
    """The Content-Length that the answer has so far; None for a body in chunks."""
    return len(answer.body) if isinstance(answer.body, bytes) else answer.passage.length


def _rebodied(answer: Answer, pieces: Iterator[bytes]) -> Answer:
    """The answer with another body, whole if the old one is."""
    return replace(answer, body=b"".join(pieces) if isinstance(answer.body, bytes) else pieces)


def _with_duplicates(answer: Answer, rule: Duplicates, random: Random, asked: Call) -> Answer:
    """Doubles rows of a table that was exported; other answers, project XML too, have no rows."""
    is_table = answer.status == 200 and answer.content_type == CONTENT_TYPES[asked.data_format]
    if not is_table or asked.action != "export" or asked.text("format") == "odm" or asked.content == "project_xml":
        return answer

    def twice(number: int) -> bool:
        return holds(rule.rows, number) and random.random() < rule.share

    return _rebodied(answer, doubling.doubled(answers.pieces(answer), asked.data_format, twice))


def _misencoded(answer: Answer, rule: Charset) -> Answer:
    """Text with a body and a header that do not fit; what the encoding lacks becomes a question mark."""
    if not answer.content_type.startswith(_TEXT):
        return answer
    kind = _CHARSET.sub("", answer.content_type)
    claimed = kind if rule.header == "none" else f"{kind}; charset={rule.header}"
    texts = codecs.iterdecode(answers.pieces(answer), "utf-8", "replace")
    encoded = codecs.iterencode(texts, rule.body, "replace")
    return replace(_rebodied(answer, encoded), content_type=claimed)


def _cut(answer: Answer, rule: Cut) -> Answer:
    pieces = answers.pieces(answer)
    kept = _first(pieces, rule.keep_bytes) if rule.lose_bytes is None else _but_last(pieces, rule.lose_bytes)
    match rule.announced:
        case "sent":
            return replace(answer, body=b"".join(kept))
        case "nothing":
            return _routed(replace(answer, body=kept), framed=False)
        case "chunks":
            return _routed(replace(answer, body=_broken_off(kept)), length=None)
        case "whole":
            return _routed(replace(answer, body=_broken_off(kept)), length=_length(answer))


_Cut = Generator[bytes, None, bool]  # pieces, and in the end whether any were left out


def _first(pieces: Iterable[bytes], size: int | None) -> _Cut:
    left = size or 0
    for piece in pieces:
        yield piece[:left]
        if len(piece) > left:
            return True
        left -= len(piece)
    return False


def _but_last(pieces: Iterable[bytes], size: int) -> _Cut:
    held: deque[bytes] = deque()
    held_size = 0
    for piece in pieces:
        held.append(piece)
        held_size += len(piece)
        while held_size - len(held[0]) >= size:
            held_size -= len(held[0])
            yield held.popleft()
    yield b"".join(held)[:-size]
    return held_size > 0


def _broken_off(cut: _Cut) -> Iterator[bytes]:
    """The pieces; then, if any were left out, the connection breaks."""
    if (yield from cut):
        raise ConnectionAbortedError
