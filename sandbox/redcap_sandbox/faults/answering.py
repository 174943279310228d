"""A call under faults: carried out on what the faults let the server see, and answered as they let it answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from redcap_sandbox.faults import bending, pages
from redcap_sandbox.faults.kinds import Instead, Lag, Omission, Skew
from redcap_sandbox.faults.rules import Rule
from redcap_sandbox.faults.striking import Strike
from redcap_sandbox.store.clock import ServerClock
from redcap_sandbox.wire.answers import Answer
from redcap_sandbox.wire.call import Call


@dataclass(frozen=True)
class View:
    """How a server goes about a call: on data how old, by a clock how fast, and whether lenient with unknown names."""

    lag: float = 0.0
    skew: float = 0.0
    lenient: bool = False

    def clock(self, clock: ServerClock) -> ServerClock:
        """The clock as this server has it."""
        if not self.skew:
            return clock
        skew = timedelta(seconds=self.skew)
        return ServerClock(clock.zone, lambda: clock.now() + skew)


def answer(asked: Call, strikes: Sequence[Strike], carry_out: Callable[[View], Answer]) -> Answer:
    """The call's answer, or what strikes put in its place: of several that would, the first."""
    if not strikes:
        return carry_out(View())
    usurper, page = _usurper(asked, strikes)
    if page is None:
        given, bends = carry_out(_view(strikes)), bending.ORDER
    else:
        if isinstance(usurper, Instead) and usurper.carried_out:
            carry_out(_view(strikes)).done()
        given, bends = page, bending.OF_PAGES
    for kind in bends:
        for strike in strikes:
            if isinstance(strike.rule, kind):
                given = bending.bent(given, strike, asked)
    return given


def _usurper(asked: Call, strikes: Sequence[Strike]) -> tuple[Rule | None, Answer | None]:
    for strike in strikes:
        page = pages.instead(strike.rule, asked)
        if page is not None:
            return strike.rule, page
    return None, None


def _view(strikes: Sequence[Strike]) -> View:
    rules = [strike.rule for strike in strikes]
    return View(
        lag=max((rule.seconds for rule in rules if isinstance(rule, Lag)), default=0.0),
        skew=sum(rule.seconds for rule in rules if isinstance(rule, Skew)),
        lenient=any(isinstance(rule, Omission) for rule in rules),
    )
