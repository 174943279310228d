"""Which faults strike a call: the rules in force, and what has happened since they are."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from time import monotonic

from redcap_sandbox.faults.kinds import Ban, Lag
from redcap_sandbox.faults.rules import Plan, Rule, Sometimes, holds
from redcap_sandbox.wire.call import Call

_MINUTE = 60.0  # seconds


@dataclass(frozen=True)
class Strike:
    """A rule that strikes a call. `seed` is for what its fault leaves to chance, other for each strike."""

    rule: Rule
    seed: str


@dataclass
class _Tally:
    """What has become of one rule."""

    rule: Rule
    seed: str
    random: Random
    concerned: int = 0
    struck: int = 0
    recent: deque[float] = field(default_factory=deque)
    banned_until: float = -math.inf


class Faults:
    """The rules in force; they may be replaced while calls are answered. Without a plan nothing goes wrong."""

    def __init__(self, plan: Plan | None = None, now: Callable[[], float] = monotonic) -> None:
        """`now` counts the seconds by which bans and lags go."""
        self.now = now
        self._lock = Lock()
        self.replace(plan or Plan())

    @property
    def plan(self) -> Plan:
        """The plan in force."""
        return self._plan

    @property
    def longest_lag(self) -> float:
        """The seconds that the slowest replica in the plan is behind; 0 without one."""
        return max((rule.seconds for rule in self._plan.rules if isinstance(rule, Lag)), default=0.0)

    def replace(self, plan: Plan) -> None:
        """Puts another plan in force, from its first call; counts begin anew and bans are lifted."""
        seeds = [f"{plan.seed}:{number}" for number in range(1, len(plan.rules) + 1)]
        with self._lock:
            self._plan = plan
            self._tallies = [
                _Tally(rule, seed, Random(seed))  # noqa: S311  (chance, not secrecy)
                for rule, seed in zip(plan.rules, seeds, strict=True)
            ]

    def strike(self, call: Call) -> tuple[Strike, ...]:
        """The rules that strike the call, in the plan's order; asking counts the call."""
        with self._lock:
            return tuple(
                Strike(tally.rule, f"{tally.seed}:{tally.concerned}")
                for tally in self._tallies
                if self._strikes(tally, call)
            )

    def _strikes(self, tally: _Tally, call: Call) -> bool:
        rule = tally.rule
        concerned = rule.concerns(call)
        tally.concerned += concerned
        if isinstance(rule, Ban):
            return self._bans(tally, rule, concerned=concerned)
        return concerned and isinstance(rule, Sometimes) and _happens(tally, rule)

    def _bans(self, tally: _Tally, rule: Ban, *, concerned: bool) -> bool:
        now = self.now()
        if now < tally.banned_until:
            return True
        if not concerned:
            return False
        recent = tally.recent
        recent.append(now)
        while recent[0] <= now - _MINUTE:
            recent.popleft()
        if len(recent) <= rule.calls:
            return False
        recent.clear()
        tally.banned_until = math.inf if rule.seconds is None else now + rule.seconds
        return True


def _happens(tally: _Tally, rule: Sometimes) -> bool:
    """Whether the rule strikes the call just counted."""
    if rule.times is not None and tally.struck >= rule.times:
        return False
    if not holds(rule.nth, tally.concerned) or tally.random.random() >= rule.probability:
        return False
    tally.struck += 1
    return True
